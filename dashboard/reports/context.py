"""What every report is built from: a connection, a period, filters, and the stamps of the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from dashboard import formatting as fmt
from dashboard.filters import Filters, Period, months_between, shift_month
from dashboard.metrics import find_metric, measure, measure_many
from etl.errors import UserError
from etl.loading import is_demo
from etl.marts import as_of_dates
from etl.offices import FIRST, LAST, Office, office_of, own_offices, own_unit
from etl.settings import Settings
from etl.tables import dim_month, dim_unit, mart_coverage, plan
from etl.version import data_version

TREND_MONTHS = 24
YEAR_MONTHS = 12


@dataclass(frozen=True)
class Plan:
    """The plan's figures for a year: fractions, None where not set."""

    baseline_year: int | None = None
    baseline: float | None = None
    target: float | None = None
    ranked_units: int | None = None


@dataclass(frozen=True)
class Unit:
    """A unit as it is called on a day."""

    code: str
    name: str
    kind: str
    parent: str

    @property
    def full_name(self) -> str:
        """The name with its kind: "Xã Hoài Châu Bắc"."""
        return f"{self.kind.capitalize()} {self.name}".strip()

    def __str__(self) -> str:
        """Return the name inside a sentence: "xã Hoài Châu Bắc"."""
        return f"{self.kind} {self.name}".strip()


@dataclass(frozen=True)
class Context:
    """One reader's view of the warehouse at one data version."""

    connection: Connection
    settings: Settings
    filters: Filters
    offices: tuple[Office, ...]
    """The own units that the reader may see, oldest first; ``unit`` is the one of the period."""
    units: tuple[str, ...] | None
    unit: Unit
    as_of: dict[str, date]
    data_version: str
    is_demo: bool

    def __post_init__(self) -> None:
        """Refuse a unit that is not the reader's.

        Every figure and every list is asked for through a context, so none can be had without it.
        """
        if self.units is not None and self.unit.code not in self.units:
            raise UserError("Tài khoản của bạn không được xem số liệu của đơn vị này.")

    @property
    def period(self) -> Period:
        """The period in force. Only meaningful when there is data."""
        assert self.filters.period is not None
        return self.filters.period

    @property
    def has_data(self) -> bool:
        """Whether anything is loaded for the own unit."""
        return self.filters.period is not None

    @property
    def latest(self) -> date | None:
        """The latest as-of date of any source but the ranking."""
        return max((day for source, day in self.as_of.items() if source != "ranking"), default=None)

    @property
    def cutoff(self) -> date | None:
        """The end of the period, or the as-of date of the dossiers where that is earlier."""
        if not self.has_data:
            return None
        day = self.as_of.get("dossier", self.latest)
        return min(self.period_end, day) if day else self.period_end

    @property
    def period_end(self) -> date:
        """The last day of the period, whether the data reach so far or not."""
        end = self.connection.scalar(
            select(dim_month.c.end_on).where(
                dim_month.c.calendar == self.filters.calendar,
                dim_month.c.month == self.period.months[1],
            )
        )
        assert isinstance(end, date)
        return end

    @property
    def office(self) -> Office:
        """The own unit of the period and its months."""
        if not self.has_data:
            return self.offices[-1]
        return office_of(self.offices, self.period.months[1])

    @property
    def own_units(self) -> tuple[str, ...]:
        """The codes of the own unit, whatever it was called before."""
        return tuple(office.unit for office in self.offices)

    def months_to_end(self, count: int) -> tuple[str, str]:
        """Return the ``count`` months that end with the period, without those of another office."""
        return self._own(self.trend_months(count))

    def trend_months(self, count: int) -> tuple[str, str]:
        """Return the ``count`` months that end with the period, whosever they are."""
        last = self.period.months[1]
        return shift_month(last, 1 - count), last

    def window_words(self, count: int) -> str:
        """Return "12 tháng đến 6/2024", with as many months as are the office's own."""
        first, last = self.months_to_end(count)
        return f"{len(months_between(first, last))} tháng đến {fmt.month_short(last)}"

    def _own(self, months: tuple[str, str]) -> tuple[str, str]:
        """Return the part of ``months``, which end with the period, that is the office's own."""
        return self.office.within(months) or months

    def starts(self, months: tuple[str, str]) -> list[Office]:
        """Return the offices that came to be within ``months``, after the first of them."""
        return [one for one in self.offices if one.since and months[0] < one.first <= months[1]]

    def change_words(self, months: tuple[str, str] | None = None) -> list[str]:
        """Say which unit the own one became within the months of a trend, and from which day."""
        if not self.has_data:
            return []
        return [
            f"Từ {fmt.day(one.since)}: {find_unit(self.connection, one.unit, day=one.since)}"
            for one in self.starts(months or self.trend_months(TREND_MONTHS))
        ]

    def measure(
        self,
        code: str,
        *,
        by: Iterable[str] = (),
        months: tuple[str | None, str | None] | None = None,
        members: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Measure under the reader's filters; dimensions that a metric lacks do not apply.

        Months of another office are as months without data.
        """
        return self._measure(self.office, code, by=by, months=months, members=members)

    def trend(
        self,
        code: str,
        *,
        months: tuple[str, str],
        members: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Measure month by month, each month of the office that it belongs to.

        ``change`` says which office begins with a month, "" for the others: nothing may be drawn
        or counted across it.
        """
        parts = [
            self._measure(office, code, by=("month",), months=part, members=members)
            for office in self.offices
            if (part := office.within(months))
        ]
        frame = pd.concat(parts, ignore_index=True)
        firsts = [office.first for office in self.starts(months)]
        begun = dict(zip(firsts, self.change_words(months), strict=True))
        return frame.assign(change=[begun.get(month, "") for month in frame["month"]])

    def _measure(
        self,
        office: Office,
        code: str,
        *,
        by: Iterable[str],
        months: tuple[str | None, str | None] | None,
        members: dict[str, str] | None,
    ) -> pd.DataFrame:
        wanted: tuple[str | None, str | None] = months or self.period.months
        own = office.within((wanted[0] or FIRST, wanted[1] or LAST))
        asked = wanted
        if own:
            # An open side stays open: as far as is covered.
            asked = None if own[0] == FIRST else own[0], None if own[1] == LAST else own[1]
        chosen = self.filters.members(find_metric(code).mart.dimensions)
        return measure(
            self.connection,
            code,
            by=by,
            months=asked,
            calendar=self.filters.calendar,
            members={**chosen, **(members or {})},
            units=(office.unit,) if own else (),
        )

    def measure_many(
        self, codes: Iterable[str], *, months: tuple[str, str] | None = None
    ) -> dict[str, dict[str, Any] | None]:
        """Return the only row of several metrics under the reader's filters; None without figure.

        Metrics of one mart cost one query together.
        """
        rows: dict[str, dict[str, Any] | None] = {}
        for dimensions, group in self._by_dimensions(codes).items():
            measured = measure_many(
                self.connection,
                group,
                months=self._own(months or self.period.months),
                calendar=self.filters.calendar,
                members=self.filters.members(dimensions),
                units=(self.unit.code,),
            )
            rows.update({code: one_row(frame) for code, frame in measured.items()})
        return rows

    def measure_by_month(
        self, codes: Iterable[str], *, months: tuple[str, str]
    ) -> dict[str, pd.DataFrame]:
        """Measure several metrics month by month under the reader's filters."""
        frames: dict[str, pd.DataFrame] = {}
        for dimensions, group in self._by_dimensions(codes).items():
            measured = measure_many(
                self.connection,
                group,
                by=("month",),
                months=self._own(months),
                calendar=self.filters.calendar,
                members=self.filters.members(dimensions),
                units=(self.unit.code,),
            )
            frames.update(measured)
        return frames

    @staticmethod
    def _by_dimensions(codes: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
        """Group metrics by the dimensions that can filter them."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for code in codes:
            groups.setdefault(find_metric(code).mart.dimensions, []).append(code)
        return groups

    def plan(self, year: int) -> Plan:
        """Return the plan's figures for ``year``, of the unit that then was the own one."""
        unit = self.unit.code
        if not self.has_data or year != self.period.year:
            unit = own_unit(self.settings, f"{year}-12")
        c = plan.c
        row = self.connection.execute(
            select(c.baseline_year, c.baseline_pct, c.target_pct, c.ranked_units).where(
                c.unit == unit, c.year == year
            )
        ).first()
        if row is None:
            return Plan()
        return Plan(
            row.baseline_year,
            None if row.baseline_pct is None else row.baseline_pct / 100,
            None if row.target_pct is None else row.target_pct / 100,
            row.ranked_units,
        )


def one_row(frame: pd.DataFrame) -> dict[str, Any] | None:
    """Return the only row of a measured frame; None when it holds no figure."""
    if frame.empty or pd.isna(frame["numerator"].iloc[0]):
        return None
    return {str(name): value for name, value in frame.iloc[0].items()}


def open_context(
    connection: Connection,
    *,
    settings: Settings,
    filters: Filters,
    units: tuple[str, ...] | None = None,
) -> Context:
    """Return the context for ``filters``; without a period, the last month that is whole.

    ``units`` are the units the reader may see, None for all.
    """
    offices = own_offices(settings, calendar=filters.calendar)
    if units is not None:
        # Of none, the newest is asked for, and refused.
        offices = tuple(one for one in offices if one.unit in units) or offices[-1:]
    if filters.period is None:
        found = (_last_whole_month(connection, one, filters) for one in reversed(offices))
        filters = replace(filters, period=next(filter(None, found), None))
    office, day = offices[-1], None
    if filters.period is not None:
        last = filters.period.months[1]
        office = office_of(own_offices(settings, calendar=filters.calendar), last)
        day = connection.scalar(
            select(dim_month.c.end_on).where(
                dim_month.c.calendar == filters.calendar, dim_month.c.month == last
            )
        )
    stamps = as_of_dates(connection, units=[office.unit])
    as_of = {source: day for (_, source), day in stamps.items()}
    return Context(
        connection=connection,
        settings=settings,
        filters=filters,
        offices=offices,
        units=units,
        unit=find_unit(connection, office.unit, day=day),
        as_of=as_of,
        data_version=data_version(connection, settings=settings),
        is_demo=is_demo(connection),
    )


def _last_whole_month(connection: Connection, office: Office, filters: Filters) -> Period | None:
    """Return an office's last whole month of dossiers, else of anything; None without any."""
    c = mart_coverage.c
    query = select(func.max(c.month)).where(
        c.unit == office.unit,
        c.calendar == filters.calendar,
        c.source != "ranking",
        c.month.between(office.first, office.last),
    )
    for where in ((c.source == "dossier", c.is_whole), (c.is_whole,), ()):
        month = connection.scalar(query.where(*where))
        if month is not None:
            return Period(month)
    return None


def find_unit(connection: Connection, code: str, *, day: date | None) -> Unit:
    """Return what the unit ``code`` is called on ``day``; its code when the seeds lack it."""
    c = dim_unit.c
    rows = connection.execute(
        select(c.name, c.kind, c.parent, c.valid_from, c.valid_to)
        .where(c.unit == code)
        .order_by(c.valid_from)
    ).all()
    for row in reversed(rows):
        if day is None or row.valid_from <= day:
            return Unit(code, row.name, row.kind, row.parent)
    return Unit(code, code, "", "")
