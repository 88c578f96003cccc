"""What metrics ask of the marts: the months that are covered, and counts summed by dimensions.

The statements are made once for each shape of question; months, units and members are bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Connection,
    Row,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from etl.catalogue.metrics import TASK, Mart
from etl.dimensions import MEMBERS
from etl.tables import (
    dim_month,
    dim_question,
    dim_task,
    mart_coverage,
    metadata,
)

_STATEMENTS = 512
"""Shapes of question whose statement is kept; all pages together ask about a hundred."""


@dataclass(frozen=True)
class Slice:
    """Which rows of a mart to sum, and by what.

    ``by`` are dimension names; ``members`` restrict a dimension to labels or codes as shown;
    ``months`` is the first and last month, or None for everything covered.
    """

    calendar: str
    by: tuple[str, ...] = ()
    months: tuple[str, str] | None = None
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()
    units: tuple[str, ...] | None = None

    @property
    def shape(self) -> _Shape:
        """What of the slice decides the statement."""
        return _Shape(
            by=self.by,
            members=tuple(name for name, _ in self.members),
            has_months=self.months is not None,
            has_units=self.units is not None,
        )

    @property
    def binds(self) -> dict[str, Any]:
        """What is bound to the statement."""
        first, last = self.months or (None, None)
        members = {f"member_{name}": list(labels) for name, labels in self.members}
        own = {"calendar": self.calendar, "first": first, "last": last, "units": self.units}
        return {name: value for name, value in own.items() if value is not None} | members


@dataclass(frozen=True)
class _Shape:
    by: tuple[str, ...]
    members: tuple[str, ...]
    has_months: bool
    has_units: bool

    @property
    def named(self) -> list[str]:
        return list(dict.fromkeys((*self.by, *self.members)))

    @property
    def period(self) -> str | None:
        """The span of time that rows stand for; None for all months together."""
        return next((name for name in ("month", "quarter", "year") if name in self.by), None)

    def within(self, table: Any) -> list[ColumnElement[bool]]:
        """Restrict a table of units and months, given by its columns, to the slice."""
        where = [table.calendar == bindparam("calendar")]
        if self.has_units:
            where.append(table.unit.in_(bindparam("units", expanding=True)))
        if self.has_months:
            where.append(table.month.between(bindparam("first"), bindparam("last")))
        return where


def covered_months(
    connection: Connection, mart: Mart, part: Slice, *, by_unit: bool = False
) -> pd.DataFrame:
    """One row per covered month of the slice: month, quarter, year, cutoff, is_whole (0 or 1).

    A month is covered where one of the units is; ``by_unit`` gives a row per ``unit`` and month.
    """
    by = ("unit",) if by_unit else ()
    rows = _covered_rows(connection, mart, part, by=by)
    return _frame(rows, labels=(*by, "month", "quarter", "year", "cutoff"), counts=("is_whole",))


def _covered_rows(
    connection: Connection, mart: Mart, part: Slice, *, by: tuple[str, ...] = ()
) -> Sequence[Row[Any]]:
    asked = _Shape(by, (), has_months=part.months is not None, has_units=part.units is not None)
    return connection.execute(_covered_statement(mart.source, asked), part.binds).all()


@lru_cache(_STATEMENTS)
def _covered_statement(source: str, shape: _Shape) -> Select[Any]:
    c, m = mart_coverage.c, dim_month.c
    units = (c.unit,) if "unit" in shape.by else ()
    return (
        select(
            *units,
            c.month,
            m.quarter,
            m.year,
            func.min(c.cutoff),
            func.min(case((c.is_whole, 1), else_=0)),
        )
        .join(dim_month, and_(m.calendar == c.calendar, m.month == c.month))
        .where(c.source == source, *shape.within(c))
        .group_by(*units, c.month, m.quarter, m.year)
        .order_by(*units, c.month)
    )


def monthly_sums(
    connection: Connection,
    mart: Mart,
    columns: tuple[str, ...],
    *,
    unit: str,
    calendar: str,
    criterion: str = "",
) -> dict[str, dict[str, int]]:
    """Return each covered month with its ``columns`` as known at that month's cut-off.

    A covered month without rows is zero; a month that is not covered is not there.
    """
    members = (("criterion", (criterion,)),) if criterion else ()
    part = Slice(calendar, by=("month",), members=members, units=(unit,))
    found = connection.execute(_sums_statement(mart, columns, part.shape), part.binds)
    by_month = {month: tuple(map(int, counts)) for month, *counts in found}
    nothing = (0,) * len(columns)
    return {
        row.month: dict(zip(columns, by_month.get(row.month, nothing), strict=True))
        for row in _covered_rows(connection, mart, part)
    }


def sums(
    connection: Connection,
    mart: Mart,
    columns: tuple[str, ...],
    *,
    part: Slice,
) -> pd.DataFrame:
    """One row per combination of ``part.by`` that has rows: each column summed as its span asks.

    Events count in their own month, from the month on in which they are known: a row is in when
    its month lies in the period and its month of knowing does not lie after the period's end.
    Opening stocks come from the unit's first covered month of the period, closing ones from its
    last: units that are loaded up to different months each count at their own.
    """
    statement = _sums_statement(mart, columns, part.shape)
    rows = connection.execute(statement, part.binds).all()
    if part.by:
        # Engines group in orders of their own; where counts tie, the order decides what is said.
        rows = sorted(rows, key=lambda row: tuple(row[: len(part.by)]))
    return _frame(rows, labels=part.by, counts=columns)


def _frame(
    rows: Sequence[Row[Any]], *, labels: Sequence[str], counts: Sequence[str]
) -> pd.DataFrame:
    """Return rows as a frame: labels as they are, then whole numbers, none of them blank."""
    of = list(zip(*rows, strict=True)) or [()] * (len(labels) + len(counts))
    known = {name: list(values) for name, values in zip(labels, of, strict=False)}
    whole = zip(counts, of[len(labels) :], strict=True)
    return pd.DataFrame({**known, **{name: np.array(n, dtype=np.int64) for name, n in whole}})


@lru_cache(_STATEMENTS)
def _sums_statement(mart: Mart, columns: tuple[str, ...], shape: _Shape) -> Select[Any]:
    table = metadata.tables[mart.table]
    coverage = mart_coverage.alias("coverage")
    months = dim_month.alias("months")
    seen = dim_month.alias("seen")
    period = shape.period

    joined = table.join(
        coverage,
        and_(
            coverage.c.unit == table.c.unit,
            coverage.c.calendar == table.c.calendar,
            coverage.c.month == table.c.month,
            coverage.c.source == mart.source,
        ),
    ).join(months, and_(months.c.calendar == table.c.calendar, months.c.month == table.c.month))
    where = shape.within(table.c)
    if mart.has_levels:
        where.append(table.c.level == _level(shape))
    if mart.has_seen_month:
        if shape.has_months:
            where.append(table.c.seen_month <= bindparam("last"))
        if period is not None:
            joined = joined.join(
                seen,
                and_(seen.c.calendar == table.c.calendar, seen.c.month == table.c.seen_month),
            )
            where.append(seen.c[period] <= months.c[period])

    dimensions = {name: _dimension(mart, table, months, name) for name in shape.named}
    for dimension in dimensions.values():
        if dimension.join is not None:
            joined = joined.join(*dimension.join)
    for name in shape.members:
        where.append(dimensions[name].label.in_(bindparam(f"member_{name}", expanding=True)))

    groups = [dimensions[name].label.label(name) for name in shape.by]
    spans = {column: mart.span(column) for column in columns}
    if any(span != "flow" for span in spans.values()):
        edges = _edge_months(mart, shape)
        at = [edges.c.unit == table.c.unit]
        if period is not None:
            at.append(edges.c.period == months.c[period])
        joined = joined.outerjoin(edges, and_(*at))
    numbers: list[ColumnElement[int]] = []
    for column, span in spans.items():
        value: ColumnElement[int] = table.c[column]
        if span != "flow":
            value = case((table.c.month == edges.c[span], value), else_=0)
        numbers.append(func.coalesce(func.sum(value), 0).label(column))
    selected: list[ColumnElement[Any]] = [*groups, *numbers]
    return select(*selected).select_from(joined).where(*where).group_by(*groups)


def _edge_months(mart: Mart, shape: _Shape) -> Subquery:
    """Select each unit's months of opening and closing stocks, one of each per period."""
    c, m = mart_coverage.c, dim_month.alias("edge_months").c
    period = shape.period
    label = (c.month if period == "month" else m[period]) if period else None
    query = (
        select(
            c.unit,
            *(() if label is None else (label.label("period"),)),
            func.min(c.month).label("opening"),
            func.max(c.month).label("closing"),
        )
        .join(m.month.table, and_(m.calendar == c.calendar, m.month == c.month))
        .where(c.source == mart.source, *shape.within(c))
        .group_by(c.unit, *(() if label is None else (label,)))
    )
    return query.subquery("edges")


def _level(shape: _Shape) -> str:
    if "question" in shape.named:
        return "question"
    return "criterion" if "criterion" in shape.named else "all"


@dataclass(frozen=True)
class _Dimension:
    label: ColumnElement[str]
    join: tuple[Table, ColumnElement[bool]] | None = None


def _dimension(mart: Mart, table: Table, months: Any, name: str) -> _Dimension:
    """Return how a dimension is labelled and what must be joined for it."""
    if name == "month":
        return _Dimension(table.c.month)
    if name in ("quarter", "year"):
        return _Dimension(months.c[name])
    if name in MEMBERS:
        members = MEMBERS[name]
        return _Dimension(
            members.c.label, (members, members.c[f"{name}_id"] == table.c[f"{name}_id"])
        )
    if name == "question":
        return _Dimension(
            dim_question.c.label, (dim_question, dim_question.c.question_id == table.c.question_id)
        )
    if name == "criterion" and mart is TASK:
        return _Dimension(dim_task.c.criterion, (dim_task, dim_task.c.task == table.c.task))
    return _Dimension(table.c[name])
