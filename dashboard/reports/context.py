"""What every report is built from: a connection, a period, filters, and the stamps of the data."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar, cast

import pandas as pd
from sqlalchemy import Connection, func, select

from dashboard import formatting as fmt
from dashboard.filters import Filters, Period, count_months, shift_month
from dashboard.metrics import find_metric
from dashboard.reports.kept import measure_kept
from dashboard.reports.starts import own_rebases, words_of
from dashboard.reports.units import Unit, choose_units, find_peers, find_unit, home_unit, together
from etl.batches import is_demo
from etl.catalogue.metrics import Mart
from etl.errors import UserError
from etl.marts import as_of_dates
from etl.offices import FIRST, LAST, Office, office_of, own_offices, own_unit
from etl.rebasing import Rebase, rebases
from etl.settings import Settings
from etl.tables import dim_month, mart_coverage, plan
from etl.version import data_version

Part = tuple[tuple[str, ...], tuple[str, str]]
"""Codes of units, and the months for which they are asked."""

_Found = TypeVar("_Found")

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
class Context:
    """One reader's view of the warehouse at one data version.

    ``unit`` is the unit looked at, and ``chosen`` it alone; of several together ``chosen`` are
    all of them, and ``unit`` is what they are called. ``peers`` are the units to choose from.
    The own unit is the one that it was at the end of the period.
    """

    connection: Connection
    settings: Settings
    filters: Filters
    offices: tuple[Office, ...]
    """What the own unit was, oldest first, as far as the reader may see; none of other units."""
    units: tuple[str, ...] | None
    unit: Unit
    as_of: dict[str, date]
    data_version: str
    is_demo: bool
    chosen: tuple[Unit, ...]
    peers: tuple[Unit, ...]
    home: str
    """The unit that the reader's pages open on; the own one but for whoever may not see it."""
    rebases: tuple[Rebase, ...] = ()
    """Months from which the unit's series are counted as new."""
    _found: dict[Hashable, Any] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a unit that is not the reader's.

        Every figure and every list is asked for through a context, so none can be had without it.
        """
        asked = {*self.codes, *(one.unit for one in self.offices)}
        if self.units is not None and not asked <= set(self.units):
            raise UserError("Tài khoản của bạn không được xem số liệu của đơn vị này.")

    def once(self, key: Hashable, find: Callable[[], _Found]) -> _Found:
        """Return what ``find`` gives, found once: parts of one report ask for the same things.

        Whoever is given it leaves it as it is. Another context, with other filters say, finds its
        own.
        """
        if key not in self._found:
            self._found[key] = find()
        return cast(_Found, self._found[key])

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the units looked at."""
        return tuple(one.code for one in self.chosen)

    @property
    def has_several(self) -> bool:
        """Whether several units are looked at together."""
        return len(self.chosen) > 1

    @property
    def period(self) -> Period:
        """The period in force. Only meaningful when there is data."""
        assert self.filters.period is not None
        return self.filters.period

    @property
    def has_data(self) -> bool:
        """Whether anything but a ranking is loaded for the unit."""
        return self.filters.period is not None and self.latest is not None

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

    def cutoff_of(self, source: str) -> date | None:
        """The end of the period, or the as-of date of a source where that is earlier."""
        day = self.as_of.get(source)
        return None if day is None or not self.has_data else min(self.period_end, day)

    @property
    def period_end(self) -> date:
        """The last day of the period, whether the data reach so far or not."""
        return self.days_of(self.period.months[1])[1]

    def days_of(self, month: str) -> tuple[date, date]:
        """Return the first day and the last of a month that the calendar knows."""
        return self.once(("days", month), lambda: self._days_of(month))

    def _days_of(self, month: str) -> tuple[date, date]:
        c = dim_month.c
        query = select(c.start_on, c.end_on).where(
            c.calendar == self.filters.calendar, c.month == month
        )
        start, end = self.connection.execute(query).one()
        return start, end

    @property
    def office(self) -> Office:
        """The own unit of the period and its months; what others are they are in every month."""
        if not self.offices:
            return Office(self.unit.code)
        if not self.has_data:
            return self.offices[-1]
        return office_of(self.offices, self.period.months[1])

    @property
    def own_units(self) -> tuple[str, ...]:
        """The codes of the own unit, whatever it was before; of others their own."""
        return tuple(office.unit for office in self.offices) or self.codes

    def months_to_end(self, count: int) -> tuple[str, str]:
        """Return the ``count`` months that end with the period, without those of another office."""
        months = self.trend_months(count)
        return self.office.within(months) or months

    def trend_months(self, count: int) -> tuple[str, str]:
        """Return the ``count`` months that end with the period, whosever they are."""
        last = self.period.months[1]
        return shift_month(last, 1 - count), last

    def window_words(self, count: int) -> str:
        """Return "12 tháng đến 6/2024", with as many months as are the office's own."""
        first, last = self.months_to_end(count)
        return f"{count_months(first, last)} tháng đến {fmt.month_short(last)}"

    def held(self, months: tuple[str, str]) -> Part:
        """Return whom to ask for ``months``: those of another office are asked of nobody."""
        own = self.office.within(months)
        return (self.codes, own) if own else ((), months)

    def parts(self, months: tuple[str, str]) -> list[Part]:
        """Return whom to ask for which part of ``months``, the oldest office first."""
        if not self.offices:
            return [(self.codes, months)]
        return [((one.unit,), part) for one in self.offices if (part := one.within(months))]

    def change_words(self) -> list[str]:
        """Say what starts all series anew within the months of a trend; of one unit alone."""
        if not self.has_data or self.has_several:
            return []
        first, last = self.trend_months(TREND_MONTHS)
        words = words_of(one for one in self.rebases if not one.metric)
        return [words[month] for month in words if first < month <= last]

    def measure(
        self,
        code: str,
        *,
        by: Iterable[str] = (),
        months: tuple[str, str] | None = None,
        members: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Measure under the reader's filters; dimensions that a metric lacks do not apply.

        Months of another office are as months without data.
        """
        return self._measured((code,), by=tuple(by), months=months, members=members)[code]

    def trend(
        self,
        code: str,
        *,
        months: tuple[str, str],
        members: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Measure month by month, each month of the office that it belongs to.

        Where another begins, :attr:`rebases` has its month: nothing may be counted across it.
        """
        frames = [
            self._measured_of(part, (code,), by=("month",), members=members)[code]
            for part in self.parts(months) or [((), months)]
        ]
        return pd.concat(frames, ignore_index=True)

    def measure_many(
        self, codes: Iterable[str], *, months: tuple[str, str] | None = None
    ) -> dict[str, dict[str, Any] | None]:
        """Return the only row of several metrics under the reader's filters; None without figure.

        Metrics of one mart cost one query together.
        """
        measured = self._measured(codes, months=months)
        return {code: one_row(frame) for code, frame in measured.items()}

    def measure_together(
        self, codes: Iterable[str], *, by: str, months: tuple[str, str] | None = None
    ) -> dict[str, pd.DataFrame]:
        """Measure several metrics by one dimension under the reader's filters."""
        return self._measured(codes, by=(by,), months=months)

    def _measured(
        self,
        codes: Iterable[str],
        *,
        by: tuple[str, ...] = (),
        months: tuple[str, str] | None = None,
        members: Mapping[str, str] | None = None,
    ) -> dict[str, pd.DataFrame]:
        part = self.held(months or self.period.months)
        return self._measured_of(part, codes, by=by, members=members)

    def _measured_of(
        self,
        part: Part,
        codes: Iterable[str],
        *,
        by: tuple[str, ...],
        members: Mapping[str, str] | None,
    ) -> dict[str, pd.DataFrame]:
        units, months = part
        frames: dict[str, pd.DataFrame] = {}
        for mart, group in self._by_mart(codes).items():
            measured = measure_kept(
                self.connection,
                group,
                version=self.data_version,
                by=by,
                months=months,
                calendar=self.filters.calendar,
                members={**self.filters.members(mart), **(members or {})},
                units=units,
            )
            frames.update(measured)
        return frames

    @staticmethod
    def _by_mart(codes: Iterable[str]) -> dict[Mart, list[str]]:
        groups: dict[Mart, list[str]] = {}
        for code in codes:
            groups.setdefault(find_metric(code).mart, []).append(code)
        return groups

    def rebases_of(self, code: str) -> list[Rebase]:
        """Return from which months a metric is counted as new, in order of time."""
        return [one for one in self.rebases if one.metric in ("", code)]

    def since_rebase(self, code: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the months of ``frame`` that may be compared with its last one."""
        starts = [one.month for one in self.rebases_of(code)]
        last = max((m for m in starts if m <= str(frame["month"].max())), default="")
        return frame[frame["month"] >= last]

    def code_in(self, year: int) -> str:
        """Return the code of the unit looked at, as it stood at the end of ``year``."""
        return own_unit(self.settings, f"{year}-12") if self.offices else self.unit.code

    def plan(self, year: int) -> Plan:
        """Return the plan's figures for ``year``, of the unit that then was the own one."""
        return self.once(("plan", year), lambda: self._plan(year))

    def _plan(self, year: int) -> Plan:
        unit = self.code_in(year)
        if self.has_data and year == self.period.year:
            unit = self.unit.code
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
    return dict(zip(map(str, frame.columns), frame.iloc[0].array, strict=True))


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
    peers = find_peers(connection, units=units)
    home = home_unit(peers, units=units, own=settings.unit)
    codes = choose_units(peers, filters.unit, own=home)
    offices: tuple[Office, ...] = ()
    if codes == (settings.unit,):
        filters = replace(filters, unit=None)
        offices = _seen_offices(settings, filters, units=units)
    elif codes == (home,):
        filters = replace(filters, unit=home)
    if filters.period is None:
        spans: list[Part] = [((one.unit,), (one.first, one.last)) for one in reversed(offices)]
        found = (
            _last_whole_month(connection, part, filters)
            for part in spans or [(codes, (FIRST, LAST))]
        )
        filters = replace(filters, period=next(filter(None, found), None))
    if offices and filters.period is not None:
        codes = (own_unit(settings, filters.period.months[1], calendar=filters.calendar),)
    # What several units say together reaches as far as the one that is behind.
    as_of: dict[str, date] = {}
    for (_, source), day in as_of_dates(connection, units=codes).items():
        as_of[source] = min(day, as_of.get(source, day))
    month = filters.period.months[1] if filters.period else ""
    called_on = last_day(connection, month, calendar=filters.calendar)
    called_on = called_on or max(as_of.values(), default=None)
    chosen = tuple(find_unit(connection, code, day=called_on) for code in codes)
    return Context(
        connection=connection,
        settings=settings,
        filters=filters,
        offices=offices,
        units=units,
        unit=together(chosen),
        as_of=as_of,
        data_version=data_version(connection, settings=settings),
        is_demo=is_demo(connection),
        chosen=chosen,
        peers=peers,
        home=home,
        # Several units together are one series only as long as each of them is one.
        rebases=own_rebases(connection, offices)
        if offices
        else tuple(one for code in codes for one in rebases(connection, unit=code)),
    )


def _seen_offices(
    settings: Settings, filters: Filters, *, units: tuple[str, ...] | None
) -> tuple[Office, ...]:
    """Return the own units among those the reader may see; of none the newest, to be refused."""
    offices = own_offices(settings, calendar=filters.calendar)
    if units is None:
        return offices
    return tuple(one for one in offices if one.unit in units) or offices[-1:]


def last_day(connection: Connection, month: str, *, calendar: str) -> date | None:
    """Return the last day of a month; None without one, or outside the calendar."""
    c = dim_month.c
    return connection.scalar(select(c.end_on).where(c.calendar == calendar, c.month == month))


def _last_whole_month(connection: Connection, part: Part, filters: Filters) -> Period | None:
    """Return the last whole month of dossiers, else of anything; None when nothing is loaded.

    Of several units the last month that most of them have.
    """
    codes, months = part
    c = mart_coverage.c
    count = func.count(c.unit.distinct())
    query = (
        select(c.month)
        .where(
            c.unit.in_(codes),
            c.calendar == filters.calendar,
            c.source != "ranking",
            c.month.between(*months),
        )
        .group_by(c.month)
        .order_by(count.desc(), c.month.desc())
        .limit(1)
    )
    for where in ((c.source == "dossier", c.is_whole), (c.is_whole,), ()):
        month = connection.scalar(query.where(*where))
        if month is not None:
            return Period(month)
    return None
