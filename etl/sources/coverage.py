"""Which days a file speaks for, and up to which day: from its title rows, else from its events."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from etl.normalise import fold

DEMO_WORDS = "du lieu minh hoa"
_DAY = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
_ONE_DAY = re.compile(_DAY)
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
# A number before "/5" begins a date, and one before "tháng" counts months.
_PART = (
    r"(?:(?P<kind>thang|quy)\s+)?(?P<number>\d{1,2}|i{1,3}|iv)\b(?!\s*[/.]\s*\d{1,2}\b|\s+thang)"
    r"(?:\s*(?:/|nam|[-–])\s*(?P<year>\d{4})\b)?"
)
_FIRST_PART = re.compile(rf"\b(?=thang|quy){_PART}")
_NEXT_PART = re.compile(rf"\s*(?P<join>[,;&]|va\b|[-–]|den\b(?:\s+het\b)?)\s*{_PART}")
_LISTS = (",", ";", "&", "va")
_OTHER_DAY = re.compile(r"\bngay \d{1,2} thang \d{1,2}\b")
"""A day of which the year is not written: it names no month of its own."""
_FIRST_MONTHS = re.compile(r"\b(\d{1,2}|ba|sau|chin) thang (?:dau )?nam (\d{4})")
_LAST_HALF = re.compile(r"\b(?:6|sau) thang cuoi nam (\d{4})")
_ANY_YEAR = re.compile(r"(?:/|\bnam|-)\s*(\d{4})\b")
_YEAR = re.compile(r"\bnam (\d{4})\b(\s*(?:[,;&]|va\b|[-–]|den\b)\s*(?:nam )?\d{4}\b)?")


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


def read_titles(titles: tuple[str | date, ...], *, is_month_first: bool = False) -> Stated:
    """Return what the rows above a header state about days.

    With ``is_month_first``, days written as texts have the month first, unless one of them cannot.
    """
    text = " | ".join(_day_first(titles) if is_month_first else map(_title, titles))
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


def _title(title: str | date) -> str:
    return fold(title) if isinstance(title, str) else f"{title:%d/%m/%Y}"


def _day_first(titles: tuple[str | date, ...]) -> list[str]:
    """Return titles whose days have the month first with the day first."""
    written = [day for title in titles if isinstance(title, str) for day in _ONE_DAY.findall(title)]
    if not all(_day(second, first, year) for first, second, year in written):
        return [*map(_title, titles)]
    return [
        _title(_ONE_DAY.sub(r"\2/\1/\3", title) if isinstance(title, str) else title)
        for title in titles
    ]


def _range(text: str) -> tuple[date, date] | None:
    found = _RANGE.search(text)
    if not found:
        return None
    first, last = _day(*found.groups()[:3]), _day(*found.groups()[3:])
    return (first, last) if first and last and first <= last else None


def _named_months(text: str) -> tuple[date, date] | None:
    """Return the months that words name: several, the first of a year, one or a quarter, a year.

    None where it is not certain which: then the events tell, and no month becomes a false zero.
    """
    text = _OTHER_DAY.sub(" ", text)
    own = " | ".join(title for title in text.split(" | ") if not _PLANS.search(title))
    years = set(_ANY_YEAR.findall(own))
    phrases = _phrases(own, years.pop() if len(years) == 1 else None) or _phrases(text, None)
    if several := {months for months, parts in phrases if parts > 1}:
        return several.pop() if len(several) == 1 else None
    if found := _FIRST_MONTHS.search(text):
        return _months(int(found[2]), 1, _COUNTS.get(found[1]) or int(found[1]))
    if found := _LAST_HALF.search(text):
        return _months(int(found[1]), 7, 12)
    if ones := {months for months, _ in phrases}:
        return ones.pop() if len(ones) == 1 else None
    named = set(_YEAR.findall(own))
    year, others = named.pop() if len(named) == 1 else ("", "")
    return _months(int(year), 1, 12) if year and not others else None


def _phrases(text: str, year: str | None) -> list[tuple[tuple[date, date] | None, int]]:
    """Return what each list or range of months and quarters means, and of how many parts it is.

    ``year`` stands where a phrase names none; without either, one month alone says nothing.
    """
    found = []
    end = 0
    for first in _FIRST_PART.finditer(text):
        if first.start() < end:
            continue
        parts = [first]
        while following := _NEXT_PART.match(text, parts[-1].end()):
            parts.append(following)
        end = parts[-1].end()
        while _is_other_count(parts):
            parts.pop()
        if len(parts) > 1 or parts[0]["year"] or year:
            found.append((_spanned(parts, year), len(parts)))
    return found


def _is_other_count(parts: list[re.Match[str]]) -> bool:
    """Whether the last part counts something else: "Tháng 6/2024, 12 đơn vị"."""
    *before, last = parts
    return bool(before) and not (
        last["kind"]
        or last["year"]
        or last["join"] not in _LISTS
        or all(part["year"] is None for part in before)
    )


def _spanned(parts: list[re.Match[str]], year: str | None) -> tuple[date, date] | None:
    """Return the first and last day of what is named without a hole; None for anything else."""
    years = [part["year"] for part in parts]
    for place in reversed(range(len(years))):
        years[place] = years[place] or (years[place + 1 :] or [year])[0]
    kind = ""
    spans: list[tuple[date, date]] = []
    for part, of in zip(parts, years, strict=True):
        kind = part["kind"] or kind
        one = of and _one(kind, part["number"], int(of))
        if not one:
            return None
        if spans:
            before = spans[-1][1]
            follows = one[0] - before == timedelta(days=1)
            if not follows and (part["join"] in _LISTS or one[0] <= before):
                return None
        spans.append(one)
    return spans[0][0], spans[-1][1]


def _one(kind: str, number: str, year: int) -> tuple[date, date] | None:
    if kind == "thang":
        return _months(year, int(number), int(number)) if number.isdigit() else None
    quarter = _ROMAN.get(number) or int(number)
    return _months(year, 3 * quarter - 2, 3 * quarter)
