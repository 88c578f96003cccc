"""Personal data is hidden in the free text that enters the database.

Cause, note and evidence cells are written by hand, and hands write telephone numbers. Dossier
codes and dates look like numbers too and are left alone, since the work needs them. When in
doubt the text is hidden: a nine-digit amount written without separators is taken for an identity
number.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from etl.reading.words import search_all

_SPACE = r"[\s.]{0,2}"
_GAP = r"[\s.-]{0,2}"
_NOT_IN_NUMBER = r"(?<!\d)"
_ENDS = r"(?!\d)"

_KEPT = (
    # A dossier code: unit-yyMMdd-serial.
    r"(?<![\w.])[0-9A-Z]+(?:\.[0-9A-Z]+)*-\d{6}-\d{3,6}(?!\d)",
    # A date with dots would read as the beginning of a telephone number.
    r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:19|20)\d{2}(?!\d)",
    # So would a date or a number that begins with its year.
    r"(?<!\d)(?:19|20)\d{2}-\d{1,4}-\d{1,6}(?!\d)",
)
_HIDDEN = {
    # Bounded, so that a long word without @ is not searched again from each of its letters.
    "email": r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
    "landline": rf"{_NOT_IN_NUMBER}\(?(?:\+?84{_GAP}|0)256\)?(?:{_GAP}\d){{7}}{_ENDS}",
    # A dash stands after three digits or more: 08-2024-0001 numbers a dossier.
    "mobile": (
        rf"{_NOT_IN_NUMBER}\(?(?:\+84-|\+?84|0)\)?{_SPACE}[35789]"
        rf"{_SPACE}\d(?:{_GAP}\d){{7}}{_ENDS}"
    ),
    # A citizen's number begins with the code of a province, 001 to 096. In groups it must not be
    # the tail of an amount such as 1.090.512.345.678.
    "cccd": (
        rf"{_NOT_IN_NUMBER}(?=0(?:0[1-9]|[1-8]\d|9[0-6]))(?:\d{{12}}{_ENDS}|(?<!\d\.)"
        rf"(?:\d{{3}}(?:[\s.]\d{{3}}){{3}}|\d{{4}}(?:[\s.]\d{{4}}){{2}}|\d{{3}}[\s.]\d{{3}}[\s.]\d{{6}})"
        rf"{_ENDS}(?!\.\d))"
    ),
    # Nine digits in groups of three are an amount, unless the words before say otherwise.
    "cmnd": (
        rf"{_NOT_IN_NUMBER}\d{{9}}{_ENDS}"
        rf"|(?:CMND|CMTND|[Cc]hứng minh nhân dân)[^\d\n]{{0,12}}"
        rf"\d{{3}}[\s.]\d{{3}}[\s.]\d{{3}}{_ENDS}"
    ),
}
_MARKERS = {
    "email": "[đã ẩn thư điện tử]",
    "landline": "[đã ẩn số điện thoại]",
    "mobile": "[đã ẩn số điện thoại]",
    "cccd": "[đã ẩn số căn cước]",
    "cmnd": "[đã ẩn số CMND]",
}
_PATTERN = re.compile(
    "|".join(
        [*(f"(?:{kept})" for kept in _KEPT)]
        + [f"(?P<{name}>{pattern})" for name, pattern in _HIDDEN.items()]
    )
)


_MAYBE_PERSONAL = re.compile(r"@|(?:\d[\s.()]{0,3}){9}|0\d{2,3}-\d{3}")
"""Quick to rule most codes out."""


def redact(text: str) -> str:
    """Return ``text`` with identity numbers, telephone numbers and e-mail addresses hidden.

    ``text`` is composed (NFC). Redacting twice changes nothing more.
    """
    return _PATTERN.sub(_marker, text)


def redact_series(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return each text redacted; blanks stay as they are."""
    hidden = {text: redact(text) for text in texts.dropna().unique()}
    return texts.map(hidden.__getitem__, na_action="ignore")


def names_a_person(keys: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each key is a person's number or address and not a code of its own.

    Nine bare digits may be a person's or the numbering of a register: they are taken for the
    latter where most keys have nine.
    """
    filled = keys.dropna().tolist()
    suspects = {filled[place] for place in search_all(_MAYBE_PERSONAL, filled)}
    found = {key: kind for key in suspects if (kind := _whole_kind(key))}
    if not found:
        return pd.Series(False, index=keys.index)
    kinds = keys.map(found)
    is_bare = (kinds == "cmnd") & keys.str.fullmatch(r"\d{9}", na=False).astype(bool)
    is_register = is_bare.sum() * 2 > keys.notna().sum()
    return kinds.notna() & ~(is_bare & is_register)


def _whole_kind(key: str) -> str | None:
    """Return which kind of personal data a key holds; None for a code of its own."""
    return next((found.lastgroup for found in _PATTERN.finditer(key) if found.lastgroup), None)


def _marker(found: re.Match[str]) -> str:
    return found[0] if found.lastgroup is None else _MARKERS[found.lastgroup]
