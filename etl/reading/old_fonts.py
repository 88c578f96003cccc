"""The ways in which Vietnamese was written before Unicode, and what each of their signs stands for.

TCVN3 (ABC) and VNI are fonts: their text is stored as Western letters and only looks Vietnamese in
them ("Hoµi Ch©u B¾c", "Hoaøi Chaâu Baéc"). VISCII is an encoding of its own.
Sources: TCVN 5712:1993, character set VN3; the key tables of VNI for Windows; RFC 1456.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

_CODES = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"

# VNI: a letter, and after it a sign for its shape, its tone, or both.
_TONED = {"a": "àáảãạ", "e": "èéẻẽẹ", "o": "òóỏõọ", "u": "ùúủũụ", "y": "ỳýỷỹ", "ô": "ờớởỡợ"}
_TONED["ö"] = "ừứửữự"
_SHAPED = {"a": "âầấẩẫậ", "e": "êềếểễệ", "o": "ôồốổỗộ"}
_SIGNS = ((_TONED, "øùûõï"), (_SHAPED, "âàáåãä"), ({"a": "ăằắẳẵặ"}, "êèéúüë"))
_PAIRS = {
    base + sign: letter
    for shapes, signs in _SIGNS
    for base, letters in shapes.items()
    for sign, letter in zip(signs, letters, strict=False)
}
_ALONE = dict(zip("ôöñîæóòìí", "ơưđỵỉĩịìí", strict=True))

_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
VISCII = "etl-viscii"
_VISCII_TABLE = "".join(_VISCII_LOW.get(code, chr(code)) for code in range(128)) + _VISCII_HIGH


@dataclass(frozen=True)
class OldFont:
    """A way of writing: its name, the letters that it uses, and how text in it becomes Unicode."""

    code: str
    label: str
    signs: str
    """What of a Western text may be a letter of it, beside plain ASCII."""
    convert: Callable[[str], str]
    advice: str = ""


def _from_vni(text: str) -> str:
    return _VNI.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    signs = found[0]
    # Of capitals the sign after them is one, too; a lone tone after a capital still belongs to it.
    small = signs.lower()
    letter = _PAIRS.get(small) or _ALONE[small]
    return letter.upper() if signs[0].isupper() else letter


def _either_case(keys: dict[str, str]) -> str:
    return "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))


_VNI = re.compile(f"{_either_case(_PAIRS)}|{_either_case(_ALONE)}", re.IGNORECASE)
_VNI_SIGNS = "".join(sorted({sign for key in (*_PAIRS, *_ALONE) for sign in key if sign > "\x7f"}))


_VISCII_SIGNS = {chr(code): letter for code, letter in enumerate(_VISCII_HIGH, start=128)}

_TO_UNICODE = str.maketrans(_CODES, _LETTERS)
_VISCII_TO_UNICODE = str.maketrans(_VISCII_SIGNS)

TCVN3 = OldFont(
    "tcvn3",
    "phông TCVN3 (ABC)",
    _CODES,
    lambda text: text.translate(_TO_UNICODE),
    # Capitals with marks exist as fonts alone (.VnTimeH): they come out small.
    "chữ hoa có dấu thành chữ thường, hãy xem lại tên riêng.",
)
VNI = OldFont("vni", "phông VNI", _VNI_SIGNS + _VNI_SIGNS.upper(), _from_vni)
VISCII_FONT = OldFont(
    "viscii",
    "bảng mã VISCII",
    "".join(_VISCII_SIGNS),
    lambda text: text.translate(_VISCII_TO_UNICODE),
)
OLD_FONTS = (TCVN3, VNI, VISCII_FONT)


# The encoding -------------------------------------------------------------------------------------


class _Decoder(codecs.IncrementalDecoder):
    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        return codecs.charmap_decode(data, self.errors, _VISCII_TABLE)[0]


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:
        return codecs.charmap_encode(text, self.errors, _VISCII_MAP)[0]


_VISCII_MAP = codecs.charmap_build(_VISCII_TABLE)


def _find(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != VISCII:
        return None
    return codecs.CodecInfo(
        name=VISCII,
        encode=lambda text, errors="strict": codecs.charmap_encode(text, errors, _VISCII_MAP),
        decode=lambda data, errors="strict": codecs.charmap_decode(
            bytes(data), errors, _VISCII_TABLE
        ),
        incrementaldecoder=_Decoder,
        incrementalencoder=_Encoder,
    )


codecs.register(_find)
