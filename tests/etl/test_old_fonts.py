"""Letters of the time before Unicode: each comes back, and nothing else is taken for one."""

from __future__ import annotations

import unicodedata

import pytest

from etl.reading.legacy import find_old_font
from etl.reading.old_fonts import TCVN3, VISCII, VNI
from tests.etl.disguises import to_tcvn3, to_vni

ALPHABET = (
    "".join(
        unicodedata.normalize("NFC", base + tone)
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    + "đĐ"
)


def test_every_letter_comes_back_from_viscii() -> None:
    assert ALPHABET.encode(VISCII).decode(VISCII) == ALPHABET
    # As RFC 1456 has them: one byte each, those of ASCII where they are.
    assert len(ALPHABET.encode(VISCII)) == len(ALPHABET) == 146
    assert "Hoài Châu Bắc".encode(VISCII) == b"Ho\xe0i Ch\xe2u B\xa1c"


def test_every_letter_comes_back_from_vni_and_the_small_ones_from_tcvn3() -> None:
    assert VNI.convert(to_vni(ALPHABET)) == ALPHABET
    small = ALPHABET[:72] + "đ"
    assert TCVN3.convert(to_tcvn3(small)) == small
    assert to_vni("Hoài Châu Bắc") == "Hoaøi Chaâu Baéc"


@pytest.mark.parametrize(
    "texts",
    [
        ["2023 – 2024", "Giai doan 1 – 2", "A – B", "“Mot”", "hai…"],
        ["João", "São Paulo", "região", "Ñandú", "Ceará", "Über", "naïve", "Ærø"],
        ["Chứng thực", "Hộ tịch", "Đất đai", "Hoài Châu Bắc", "thì là mà"],
        ["a", "1", "", "x y z", "ho so thu tuc"],
    ],
)
def test_what_is_in_no_old_font_is_left_alone(texts: list[str]) -> None:
    assert find_old_font(texts) is None
