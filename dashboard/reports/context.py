"""What every report is built from: a connection, a period, filters, and the stamps of the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from dashboard.filters import Filters, Period, shift_month
from dashboard.metrics import find_metric
from dashboard.reports.kept import measure_kept
from dashboard.reports.units import Unit, choose_units, find_peers, find_unit, together
from etl.errors import UserError
from etl.loading import is_demo
from etl.marts import as_of_dates
from etl.rebasing import Rebase, rebases
from etl.settings import Settings
from etl.tables import dim_month, mart_coverage, plan
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
class Context:
    """One reader's view of the warehouse at one data version.

    ``unit`` is the unit looked at, and ``chosen`` it alone; of several together ``chosen`` are
    all of them, and ``unit`` is what they are called. ``peers`` are the units to choose from.
    """

    connection: Connection
    settings: Settings
    filters: Filters
    units: tuple[str, ...] | None
    unit: Unit
    as_of: dict[str, date]
    data_version: str
    is_demo: bool
    chosen: tuple[Unit, ...]
    peers: tuple[Unit, ...]
    rebases: tuple[Rebase, ...] = ()
    """Months from which the unit's series are counted as new."""

    def __post_init__(self) -> None:
        """Refuse a unit that is not the reader's.

        Every figure and every list is asked for through a context, so none can be had without it.
        """
        if self.units is not None and not set(self.codes) <= set(self.units):
            raise UserError("Tài khoản của bạn không được xem số liệu của đơn vị này.")

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

    def months_to_end(self, count: int) -> tuple[str, str]:
        """Return the ``count`` months that end with the period."""
        last = self.period.months[1]
        return shift_month(last, 1 - count), last

    def measure(
        self,
        code: str,
        *,
        by: Iterable[str] = (),
        months: tuple[str, str] | None = None,
        members: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Measure under the reader's filters; dimensions that a metric lacks do not apply."""
        return self._measured((code,), by=tuple(by), months=months, members=members)[code]

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
        frames: dict[str, pd.DataFrame] = {}
        for dimensions, group in self._by_dimensions(codes).items():
            measured = measure_kept(
                self.connection,
                group,
                version=self.data_version,
                by=by,
                months=months or self.period.months,
                calendar=self.filters.calendar,
                members={**self.filters.members(dimensions), **(members or {})},
                units=self.codes,
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

    def rebases_of(self, code: str) -> list[Rebase]:
        """Return from which months a metric is counted as new, in order of time."""
        return [one for one in self.rebases if one.metric in ("", code)]

    def since_rebase(self, code: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the months of ``frame`` that may be compared with its last one."""
        starts = [one.month for one in self.rebases_of(code)]
        last = max((m for m in starts if m <= str(frame["month"].max())), default="")
        return frame[frame["month"] >= last]

    def plan(self, year: int) -> Plan:
        """Return the plan's figures for ``year``."""
        c = plan.c
        row = self.connection.execute(
            select(c.baseline_year, c.baseline_pct, c.target_pct, c.ranked_units).where(
                c.unit == self.unit.code, c.year == year
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
    peers = find_peers(connection, units=units)
    codes = choose_units(peers, filters.unit, own=settings.unit)
    # What several units say together reaches as far as the one that is behind.
    as_of: dict[str, date] = {}
    for (_, source), day in as_of_dates(connection, units=codes).items():
        as_of[source] = min(day, as_of.get(source, day))
    latest = max(as_of.values(), default=None)
    chosen = tuple(find_unit(connection, code, day=latest) for code in codes)
    filters = replace(filters, unit=None if codes == (settings.unit,) else filters.unit)
    if filters.period is None:
        filters = replace(filters, period=_last_whole_month(connection, codes, filters))
    return Context(
        connection=connection,
        settings=settings,
        filters=filters,
        units=units,
        unit=together(chosen),
        as_of=as_of,
        data_version=data_version(connection, settings=settings),
        is_demo=is_demo(connection),
        chosen=chosen,
        peers=peers,
        # Several units together are one series only as long as each of them is one.
        rebases=tuple(one for code in codes for one in rebases(connection, unit=code)),
    )


def _last_whole_month(
    connection: Connection, codes: tuple[str, ...], filters: Filters
) -> Period | None:
    """Return the last whole month of dossiers, else of anything; None when nothing is loaded.

    Of several units the last month that most of them have.
    """
    c = mart_coverage.c
    count = func.count(c.unit.distinct())
    query = (
        select(c.month)
        .where(c.unit.in_(codes), c.calendar == filters.calendar, c.source != "ranking")
        .group_by(c.month)
        .order_by(count.desc(), c.month.desc())
        .limit(1)
    )
    for where in ((c.source == "dossier", c.is_whole), (c.is_whole,), ()):
        month = connection.scalar(query.where(*where))
        if month is not None:
            return Period(month)
    return None
