"""What a reader has chosen: a period, a calendar and members of dimensions; kept in the URL."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from etl.catalogue.metrics import FEEDBACK, Mart
from etl.errors import UserError
from etl.normalise import drop_controls
from etl.working_time import CALENDAR_END, FIRST_DAY

CALENDARS = ("calendar", "report")
MEMBER_FILTERS = ("department", "field", "channel")
ALL_UNITS = "all"
"""The choice of every unit that the reader may see."""

_PERIOD = re.compile(r"(?P<year>(19|20)\d\d)(-(?P<part>0[1-9]|1[0-2]|Q[1-4]|H[12]|9M))?", re.ASCII)
_QUARTERS = {"Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}
_PER_YEAR = {"quarter": 4, "half": 2}
_PARTS = {**_QUARTERS, "H1": (1, 6), "H2": (7, 12), "9M": (1, 9)}


def whole_number(text: str) -> int | None:
    """Return the whole number that an address says; None where it says none a database can hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


_MOST_SAID = 12
"""Characters of an unknown number that are said again: an address may hold anything."""


def unknown_numbers(asked: Iterable[str], *, known: Container[int | None]) -> list[str]:
    """Return what an address asks for by number and is no ``known`` one, each once."""
    unknown = [part for part in map(str.strip, asked) if part and whole_number(part) not in known]
    return list(dict.fromkeys(part[:_MOST_SAID] for part in unknown))


def year_of(text: str) -> int | None:
    """Return the year that an address says, as YYYY; None where it says none."""
    return int(text) if re.fullmatch(r"(19|20)\d\d", text, re.ASCII) else None


def require_calendar(name: str) -> str:
    """Return the name of a calendar.

    Raises:
        UserError: there is none of that name.
    """
    if name not in CALENDARS:
        raise UserError(f"Không có lịch «{name}». Các lịch: {', '.join(CALENDARS)}.")
    return name


def is_month(text: str) -> bool:
    """Whether ``text`` is a month of the calendar, as YYYY-MM."""
    return _is_known_period(text) and text[5:].isdigit()


def _is_known_period(text: str) -> bool:
    """Whether ``text`` is a period of which the calendar knows the days."""
    is_period = bool(_PERIOD.fullmatch(text))
    return is_period and FIRST_DAY.year <= int(text[:4]) <= CALENDAR_END.year


def query_values(query: str) -> dict[str, str]:
    """Return what a URL's query says, the last of each name, as text that can be kept."""
    found = parse_qs(drop_controls(query).lstrip("?"))
    return {name: drop_controls(values[-1]) for name, values in found.items()}


@dataclass(frozen=True)
class Period:
    """Whole months of one calendar: 2024-06, 2024-Q2, 2024-H1, 2024-9M or 2024."""

    code: str

    def __post_init__(self) -> None:
        if not _PERIOD.fullmatch(self.code):
            raise UserError(
                f"Kỳ «{self.code}» không đọc được. Hãy viết: tháng 2024-06, quý 2024-Q2, "
                "sáu tháng 2024-H1, chín tháng 2024-9M hoặc năm 2024."
            )

    @property
    def year(self) -> int:
        """The calendar year."""
        return int(self.code[:4])

    @property
    def part(self) -> str:
        """What follows the year: "06", "Q2", "H1", "9M", or "" for the whole year."""
        return self.code[5:]

    @property
    def kind(self) -> str:
        """One of month, quarter, half, nine_months, year."""
        if not self.part:
            return "year"
        return {"Q": "quarter", "H": "half", "9": "nine_months"}.get(self.part[0], "month")

    @property
    def months(self) -> tuple[str, str]:
        """The first and the last month, as YYYY-MM."""
        first, last = _PARTS.get(self.part, (1, 12))
        if self.kind == "month":
            first = last = int(self.part)
        return f"{self.year}-{first:02d}", f"{self.year}-{last:02d}"

    def previous(self) -> Period:
        """Return the period before: the same kind, one step back; of nine months, a year back."""
        return self._step(-1)

    def next(self) -> Period:
        """Return the period after, undoing :meth:`previous`."""
        return self._step(1)

    def _step(self, by: int) -> Period:
        if self.kind == "month":
            return Period(shift_month(self.code, by))
        per_year = _PER_YEAR.get(self.kind)
        if per_year is None:
            return Period(f"{self.year + by}{self.code[4:]}")
        number = self.year * per_year + int(self.part[1]) - 1 + by
        return Period(f"{number // per_year}-{self.part[0]}{number % per_year + 1}")

    def last_year(self) -> Period:
        """Return the same period of the year before."""
        return Period(f"{self.year - 1}{self.code[4:]}")


def shift_month(month: str, by: int) -> str:
    """Return the month ``by`` months after ``month``, both YYYY-MM."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """Return the months from ``first`` to ``last``, both included."""
    return [shift_month(first, step) for step in range(count_months(first, last))]


def count_months(first: str, last: str) -> int:
    """Return how many months there are from ``first`` to ``last``, both included."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1


@dataclass(frozen=True)
class Filters:
    """The reader's choice. ``None`` of a member filter means all.

    ``unit`` is the code of another unit, the name of what units belong to, or :data:`ALL_UNITS`;
    None is the own unit.
    """

    period: Period | None = None
    calendar: str = "calendar"
    department: str | None = None
    field: str | None = None
    channel: str | None = None
    unit: str | None = None

    @classmethod
    def from_query(cls, query: str) -> Filters:
        """Return the filters written in a URL's query; what is not understood is left out.

        A link is typed, shortened and passed on by people: a bad part of it must not keep the
        page from opening.
        """
        values = query_values(query)
        filters = cls()
        code = values.get("period", "")
        if _is_known_period(code):
            filters = replace(filters, period=Period(code))
        if values.get("calendar") in CALENDARS:
            filters = replace(filters, calendar=values["calendar"])
        named = (*MEMBER_FILTERS, "unit")
        members = {name: values[name][:200] for name in named if values.get(name)}
        return replace(filters, **members)  # type: ignore[arg-type]

    def to_query(self) -> str:
        """Return the URL's query for these filters, "" when nothing is chosen."""
        values: Mapping[str, str | None] = {
            "period": self.period.code if self.period else None,
            "calendar": self.calendar if self.calendar != "calendar" else None,
            **{name: getattr(self, name) for name in MEMBER_FILTERS},
            "unit": self.unit,
        }
        chosen = {name: value for name, value in values.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def members(self, mart: Mart) -> dict[str, str]:
        """Return the chosen members that restrict a mart, by dimension.

        A channel is chosen for dossiers: what feedback came by is another thing.
        """
        return {
            name: getattr(self, name)
            for name in MEMBER_FILTERS
            if name in mart.dimensions
            and getattr(self, name)
            and not (name == "channel" and mart is FEEDBACK)
        }
