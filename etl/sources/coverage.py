"""Which days a file speaks for, and up to which day: from its title rows, else from its events."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from etl.normalise import fold

DEMO_WORDS = "du lieu minh hoa"
_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_RANGE = re.compile(rf"tu (?:ngay )?{_DAY}.{{0,12}}?den (?:het )?(?:ngay )?{_DAY}")
_UNTIL = re.compile(rf"(?:tinh )?den (?:het )?(?:ngay )?{_DAY}")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTH = re.compile(r"\bthang (\d{1,2})\s*(?:/|nam|-)\s*(\d{4})")
_QUARTER = re.compile(r"\bquy (i{1,3}|iv|[1-4])\s*(?:/|nam|-)\s*(\d{4})")
_FIRST_MONTHS = re.compile(r"\b(6|sau|9|chin) thang (?:dau )?nam (\d{4})")
_LAST_HALF = re.compile(r"\b(?:6|sau) thang cuoi nam (\d{4})")
_YEAR = re.compile(r"\bnam (\d{4})\b")


@dataclass(frozen=True)
class Stated:
    """What the title rows say: days covered and as-of day, each None where they are silent."""

    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    is_demo: bool = False


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def read_titles(titles: tuple[str, ...]) -> Stated:
    """Return what the rows above a header state about days."""
    text = " | ".join(fold(title) for title in titles)
    is_demo = DEMO_WORDS in text
    span = _range(text) or _named_months(text)
    until = _UNTIL.search(text)
    as_of = _day(*until.groups()) if until else None
    if span:
        return Stated(span[0], span[1], as_of, is_demo)
    return Stated(as_of=as_of, is_demo=is_demo)


def _range(text: str) -> tuple[date, date] | None:
    found = _RANGE.search(text)
    if not found:
        return None
    first, last = _day(*found.groups()[:3]), _day(*found.groups()[3:])
    return (first, last) if first and last and first <= last else None


def _named_months(text: str) -> tuple[date, date] | None:
    """Return the months that words name, the narrowest first: month, quarter, half, year."""
    if found := _FIRST_MONTHS.search(text):
        return _months(int(found[2]), 1, 6 if found[1] in ("6", "sau") else 9)
    if found := _LAST_HALF.search(text):
        return _months(int(found[1]), 7, 12)
    if (found := _MONTH.search(text)) and 1 <= int(found[1]) <= 12:
        return _months(int(found[2]), int(found[1]), int(found[1]))
    if found := _QUARTER.search(text):
        number = _ROMAN.get(found[1]) or int(found[1])
        return _months(int(found[2]), 3 * number - 2, 3 * number)
    if found := _YEAR.search(text):
        return _months(int(found[1]), 1, 12)
    return None
