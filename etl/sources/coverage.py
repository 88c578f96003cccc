"""Which days a file speaks for, and up to which day: from its title rows, else from its events."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from etl.normalise import fold

DEMO_WORDS = "du lieu minh hoa"
_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_GAP = r"[\s:|]*"
_TO = rf"\bden{_GAP}(?:het|thoi diem)?{_GAP}(?:ngay)?{_GAP}"
_RANGE = re.compile(rf"{_DAY}.{{0,12}}?(?:{_TO}|[-–]\s*){_DAY}")
_CLOSED = re.compile(rf"\bchot so lieu{_GAP}(?:den)?{_GAP}(?:ngay)?{_GAP}{_DAY}")
_UNTIL = re.compile(rf"{_TO}{_DAY}")
_WRITTEN_DAY = re.compile(r"\bngay (\d{1,2}) thang (\d{1,2}) nam (\d{4})\b")
_OPEN_DAY = re.compile(r"\bngay[\s.…_]+thang[\s.…_\d]+nam\b")
"""The place-and-date line of a document whose day is still to be written."""
_PLANS = re.compile(r"ke hoach|quyet dinh|nghi quyet|nghi dinh|thong tu|chi thi|luat")
"""A title that cites one of these names that one's year, not the file's."""
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_COUNTS = {"ba": 3, "sau": 6, "chin": 9}
_MONTH = re.compile(r"\bthang (\d{1,2})\s*(?:/|nam|-)\s*(\d{4})")
_MONTHS = re.compile(
    r"\btu thang (\d{1,2})(?:\s*(?:/|nam|-)\s*(\d{4}))? den (?:het )?thang (\d{1,2})"
    r"\s*(?:/|nam|-)\s*(\d{4})"
)
_QUARTER = re.compile(r"\bquy (i{1,3}|iv|[1-4])\s*(?:/|nam|-)\s*(\d{4})")
_FIRST_MONTHS = re.compile(r"\b(\d{1,2}|ba|sau|chin) thang (?:dau )?nam (\d{4})")
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


def _months(year: int, first: int, last: int) -> tuple[date, date] | None:
    if not (MINYEAR <= year <= MAXYEAR and 1 <= first <= last <= 12):
        return None
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def read_titles(titles: tuple[str, ...]) -> Stated:
    """Return what the rows above a header state about days."""
    text = " | ".join(fold(title) for title in titles)
    # "Hoài Châu Bắc, ngày 05 tháng 7 năm 2024" says when it was printed, not which month it covers.
    text = _OPEN_DAY.sub(" ", _WRITTEN_DAY.sub(r"ngay \1/\2/\3", text))
    days = _range(text)
    first, last = days or _named_months(text) or (None, None)
    # The day of closing says it outright; "đến ngày" may end the days that are covered.
    until = _CLOSED.search(text) or _UNTIL.search(text)
    as_of = _day(*until.groups()) if until else None
    if as_of is None and days:
        as_of = last
    return Stated(first, last, as_of, DEMO_WORDS in text)


def _range(text: str) -> tuple[date, date] | None:
    found = _RANGE.search(text)
    if not found:
        return None
    first, last = _day(*found.groups()[:3]), _day(*found.groups()[3:])
    return (first, last) if first and last and first <= last else None


def _named_months(text: str) -> tuple[date, date] | None:
    """Return the months that words name, the narrowest first: months, quarter, half, year."""
    if found := _MONTHS.search(text):
        end_year = int(found[4])
        first = _months(int(found[2] or end_year), int(found[1]), int(found[1]))
        last = _months(end_year, int(found[3]), int(found[3]))
        return (first[0], last[1]) if first and last and first[0] <= last[1] else None
    if found := _FIRST_MONTHS.search(text):
        return _months(int(found[2]), 1, _COUNTS.get(found[1]) or int(found[1]))
    if found := _LAST_HALF.search(text):
        return _months(int(found[1]), 7, 12)
    if found := _MONTH.search(text):
        return _months(int(found[2]), int(found[1]), int(found[1]))
    if found := _QUARTER.search(text):
        number = _ROMAN.get(found[1]) or int(found[1])
        return _months(int(found[2]), 3 * number - 2, 3 * number)
    own = " | ".join(title for title in text.split(" | ") if not _PLANS.search(title))
    if found := _YEAR.search(own):
        return _months(int(found[1]), 1, 12)
    return None
