"""Text typed in fonts of the TCVN3 (ABC) family, from before Unicode: recognised and converted.

Such text is stored as Western letters and only looks Vietnamese in its font: "Hoµi Ch©u B¾c".
Source: TCVN 5712:1993, character set VN3. Capitals with marks exist as fonts alone (.VnTimeH),
so what was typed in capitals comes out small.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from etl.reading.sheets import Note, Sheet

_CODES = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦"
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_TO_UNICODE = str.maketrans(_CODES, _LETTERS)
_MAYBE = re.compile(f"[{_CODES}]")
_WORD = re.compile(rf"[A-Za-z\u00c0-\u024f\u1e00-\u1eff{_CODES}]+")
_ONLY_UNICODE = re.compile(r"[\u0102\u0103\u0110\u0111\u0128\u0129\u0168-\u01b0\u1ea0-\u1ef9]")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_INITIAL = "(?:ngh|ng|nh|n|ch|c|gh|gi|g|kh|k|ph|p|th|tr|t|qu|q|b|d|đ|h|l|m|r|s|v|x)?"
_NUCLEUS = (
    "(?:uyê|uya|uyu|uôi|ươi|ươu|iêu|yêu|oai|oay|oao|oeo|uây|iê|yê|ia|ai|ao|au|ay|âu|ây|eo|êu|iu|"
    "oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|uê|ui|uô|uơ|uy|ưa|ưi|ươ|ưu|[aăâeêioôơuưy])"
)
_SYLLABLE = re.compile(f"{_INITIAL}{_NUCLEUS}(ch|c|p|t|m|ng|nh|n)?")
_TAKEN_APART = ("old_encoding", "broken_letters")
"""Notes of texts in Windows-1258, which writes the tones after their letters."""
_FEWEST_WORDS = 3
_MIXED = 0.1
_SAMPLE_ROWS = 2000


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether ``word`` could be a syllable of Vietnamese, by its letters and its tone."""
    parts = unicodedata.normalize("NFD", word.casefold())
    tones = [mark for mark in parts if mark in _TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
    found = _SYLLABLE.fullmatch(plain)
    if not found or len(tones) > 1:
        return False
    # A syllable that ends in a stop has one of two tones.
    is_stopped = found[1] in ("ch", "c", "p", "t")
    return not is_stopped or not tones or tones[0] in "\u0301\u0323"


def _judged(text: str) -> tuple[int, int, int]:
    """Return how many words may be TCVN3, and how many of them are syllables as is, converted."""
    words = [word for word in _WORD.findall(text) if _MAYBE.search(word)]
    raw = sum(is_syllable(word) for word in words)
    converted = sum(is_syllable(word.translate(_TO_UNICODE)) for word in words)
    return len(words), raw, converted


def is_tcvn3(texts: Iterable[str]) -> bool:
    """Whether texts as a whole make sense as TCVN3 and do not as they stand."""
    counts = [_judged(text) for text in texts]
    words = sum(count for count, _, _ in counts)
    raw = sum(count for _, count, _ in counts)
    converted = sum(count for _, _, count in counts)
    return words >= _FEWEST_WORDS and converted * 10 >= words * 6 and raw * 2 <= converted


def _texts(cells: pd.DataFrame) -> set[str]:
    return {
        value
        for column in cells
        for value in cells[column].unique()
        if isinstance(value, str) and not value.isascii()
    }


def _candidates(texts: set[str]) -> set[str]:
    """Return the texts that hold letters of the old fonts and none that only Unicode has."""
    return {text for text in texts if _MAYBE.search(text) and not _ONLY_UNICODE.search(text)}


def _composed(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def to_unicode(sheet: Sheet) -> Sheet:
    """Return the sheet with its TCVN3 cells converted and that noted, if it has any.

    Letters that another old encoding took apart are put together.
    """
    if any(note.code in _TAKEN_APART for note in sheet.notes):
        sheet = replace(sheet, cells=sheet.cells.map(_composed))
    if not is_tcvn3(_candidates(_texts(sheet.cells.head(_SAMPLE_ROWS)))):
        return sheet
    cells = sheet.cells
    texts = _texts(cells)
    # Beside Unicode text, what makes sense either way was not typed in an old font.
    is_mixed = sum(map(bool, map(_ONLY_UNICODE.search, texts))) > _MIXED * len(texts)
    converted = {}
    for text in _candidates(texts):
        _, raw, better = _judged(text)
        if better > raw or (better == raw and not is_mixed):
            converted[text] = text.translate(_TO_UNICODE)
    count = int(sum(cells[column].isin(list(converted)).sum() for column in cells))
    note = Note(
        "tcvn3",
        "chữ gõ bằng phông TCVN3 (ABC) đã được chuyển sang Unicode; chữ hoa có dấu thành chữ "
        "thường, hãy xem lại tên riêng.",
        count,
    )

    def ours(value: object) -> object:
        return converted.get(value, value) if isinstance(value, str) else value

    return replace(sheet, cells=cells.map(ours)).with_notes([note])
