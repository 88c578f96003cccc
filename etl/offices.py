"""Which unit was the own one in which month: a commune may become part of another.

The setting ``UNIT`` names the unit of today; the seed ``predecessors`` names, for a unit, the one
before it and the day of the change. A month belongs to the unit that stands at its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Engine, exists, select

from etl.errors import UserError
from etl.seeds import seed_rows
from etl.settings import Settings
from etl.tables import dim_unit

FIRST, LAST = "0000-00", "9999-99"


@dataclass(frozen=True)
class Office:
    """A unit and the months (YYYY-MM, both included) in which it was the own one."""

    unit: str
    since: date | None = None
    """The day it came to be; None for the oldest."""
    first: str = FIRST
    last: str = LAST

    def within(self, months: tuple[str, str]) -> tuple[str, str] | None:
        """Return the part of ``months`` that is this office's; None without any."""
        first, last = max(months[0], self.first), min(months[1], self.last)
        return (first, last) if first <= last else None


def require_own_unit(engine: Engine, settings: Settings) -> None:
    """Refuse to go on for a unit that the list of units does not have.

    Raises:
        UserError: ``UNIT`` is no unit's code.
    """
    query = select(exists().where(dim_unit.c.unit == settings.unit))
    with engine.connect() as connection:
        is_known = connection.scalar(query)
    if not is_known:
        raise UserError(
            f"Cấu hình UNIT đang là «{settings.unit}», không có trong danh sách đơn vị "
            "(units.csv). Hãy sửa UNIT trong .env hoặc thêm đơn vị."
        )


def own_offices(settings: Settings, *, calendar: str = "calendar") -> tuple[Office, ...]:
    """Return the own units, oldest first, that of today last.

    Raises:
        UserError: the seed ``predecessors`` is not understood.
    """
    offices = [Office(settings.unit)]
    before = {row["unit"]: row for row in seed_rows("predecessors")}
    while (row := before.pop(offices[0].unit, None)) is not None:
        day = row.day("changed_on")
        first = month_of(day, settings, calendar=calendar)
        if offices[0].last <= first:
            raise row.fault("changed_on", f"một ngày trước tháng {offices[0].last}")
        offices[0] = replace(offices[0], since=day, first=first)
        offices.insert(0, Office(row["predecessor"], last=_month_before(first)))
    return tuple(offices)


def own_unit(settings: Settings, month: str, *, calendar: str = "calendar") -> str:
    """Return the code of the unit that was the own one in ``month``; of today without a month."""
    if not month:
        return settings.unit
    return office_of(own_offices(settings, calendar=calendar), month).unit


def office_of(offices: Iterable[Office], month: str) -> Office:
    """Return which of the own units a month belongs to."""
    return next(one for one in offices if one.first <= month <= one.last)


def month_of(day: date, settings: Settings, *, calendar: str) -> str:
    """Return the month of a calendar in which a day lies."""
    is_next = calendar == "report" and day.day >= settings.report_month_first_day
    return _shifted(day.year * 12 + day.month - 1 + is_next)


def _month_before(month: str) -> str:
    return _shifted(int(month[:4]) * 12 + int(month[5:7]) - 2)


def _shifted(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
