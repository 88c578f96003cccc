"""Text of the time before Unicode in the cells of any file: recognised and converted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from etl.reading.old_fonts import OLD_FONTS, OldFont
from etl.reading.sheets import Note, Sheet

_ONLY_UNICODE = re.compile(r"[\u0102\u0103\u0110\u0111\u0128\u0129\u0168-\u01b0\u1ea0-\u1ef9]")
_PLAIN = re.compile("[A-Za-z]")
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


@lru_cache
def _words_of(font: OldFont) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds the words of a text that may be in ``font``, and its letters in them."""
    signs = re.escape(font.signs)
    return (
        re.compile(rf"[A-Za-z\u00c0-\u024f\u1e00-\u1eff{signs}]+"),
        re.compile(f"[{signs}]"),
    )


def _judged(text: str, font: OldFont) -> tuple[int, int, int]:
    """Return how many words may be in ``font``, and how many are syllables as is, converted."""
    word_of, sign_of = _words_of(font)
    # A sign by itself says nothing: it may be a dash or a bullet.
    words = [word for word in word_of.findall(text) if sign_of.search(word) and _PLAIN.search(word)]
    raw = sum(is_syllable(word) for word in words)
    converted = sum(is_syllable(font.convert(word)) for word in words)
    return len(words), raw, converted


def find_old_font(texts: Iterable[str]) -> OldFont | None:
    """Return the font in which texts as a whole make sense while they do not as they stand."""
    texts = list(texts)
    found: list[tuple[int, OldFont]] = []
    for font in OLD_FONTS:
        counts = [_judged(text, font) for text in texts]
        words = sum(count for count, _, _ in counts)
        raw = sum(count for _, count, _ in counts)
        converted = sum(count for _, _, count in counts)
        if words >= _FEWEST_WORDS and converted * 10 >= words * 6 and raw * 2 <= converted:
            found.append((converted, font))
    # Their letters overlap: of two that make sense the one that makes more of it.
    return max(found, key=lambda one: one[0])[1] if found else None


def _texts(cells: pd.DataFrame) -> set[str]:
    return {
        value
        for column in cells
        for value in cells[column].unique()
        if isinstance(value, str) and not value.isascii()
    }


def _candidates(texts: set[str]) -> set[str]:
    """Return the texts that hold no letters which only Unicode has."""
    return {text for text in texts if not _ONLY_UNICODE.search(text)}


def _composed(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def to_unicode(sheet: Sheet) -> Sheet:
    """Return the sheet with its cells in an old font converted and that noted, if it has any.

    Letters that another old encoding took apart are put together.
    """
    if any(note.code in _TAKEN_APART for note in sheet.notes):
        sheet = replace(sheet, cells=sheet.cells.map(_composed))
    font = find_old_font(_candidates(_texts(sheet.cells.head(_SAMPLE_ROWS))))
    if font is None:
        return sheet
    cells = sheet.cells
    texts = _texts(cells)
    # Beside Unicode text, what makes sense either way was not typed in an old font.
    is_mixed = sum(map(bool, map(_ONLY_UNICODE.search, texts))) > _MIXED * len(texts)
    converted = {}
    for text in _candidates(texts):
        words, raw, better = _judged(text, font)
        if words and (better > raw or (better == raw and not is_mixed)):
            converted[text] = font.convert(text)
    count = int(sum(cells[column].isin(list(converted)).sum() for column in cells))

    def ours(value: object) -> object:
        return converted.get(value, value) if isinstance(value, str) else value

    note = converted_note(font, count)
    return replace(sheet, cells=cells.map(ours)).with_notes([note])


def converted_note(font: OldFont, count: int = 1) -> Note:
    """Say that text in an old font was converted."""
    advice = f"; {font.advice}" if font.advice else "."
    return Note(font.code, f"chữ gõ bằng {font.label} đã được chuyển sang Unicode{advice}", count)
