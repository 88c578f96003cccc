"""The marts: refreshing them from the facts, and summing their counts for a metric."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import (
    Connection,
    Date,
    String,
    Subquery,
    Table,
    TextClause,
    and_,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.sql.elements import ColumnElement

from etl.catalogue.metrics import TASK, Mart
from etl.mart_dossier import refresh_dossiers
from etl.settings import SQL_DIR
from etl.tables import (
    dim_department,
    dim_field,
    dim_month,
    dim_procedure,
    dim_question,
    dim_task,
    load_batch,
    load_coverage,
    mart_coverage,
    mart_feedback,
    mart_survey,
    mart_task,
    metadata,
)
from etl.task_states import write_task_states

CALENDARS = ("calendar", "report")
_SQL_MARTS: tuple[tuple[str, Table], ...] = (
    ("feedback", mart_feedback),
    ("survey", mart_survey),
)


def as_of_dates(
    connection: Connection, *, units: Iterable[str], without: int = 0
) -> dict[tuple[str, str], date]:
    """Return the as-of date of each (unit, source): the latest that a live file states.

    ``without`` is a batch that is left out of it.
    """
    query = (
        select(load_coverage.c.unit, load_coverage.c.source, func.max(load_coverage.c.as_of))
        .join(load_batch, load_batch.c.batch_id == load_coverage.c.batch_id)
        .where(
            load_batch.c.status == "accepted",
            load_batch.c.batch_id != without,
            load_coverage.c.unit.in_(list(units)),
        )
        .group_by(load_coverage.c.unit, load_coverage.c.source)
    )
    return {(unit, source): day for unit, source, day in connection.execute(query)}


def loaded_units(connection: Connection) -> list[str]:
    """Return the units that some live file speaks for."""
    return list(
        connection.scalars(
            select(load_coverage.c.unit)
            .join(load_batch, load_batch.c.batch_id == load_coverage.c.batch_id)
            .where(load_batch.c.status == "accepted")
            .distinct()
            .order_by(load_coverage.c.unit)
        )
    )


def refresh(
    connection: Connection,
    *,
    units: Iterable[str],
    sources: Iterable[str] | None = None,
    since: date | None = None,
) -> None:
    """Compute the marts of ``units`` anew from the facts; with ``sources``, only theirs.

    With ``since``, nothing counted before that day has changed, and of the mart of dossiers only
    what is known from its month on is computed. Coverage and task states rest on every source and
    are always computed.
    """
    units = list(units)
    as_of = as_of_dates(connection, units=units)
    marts = [one for one in _SQL_MARTS if sources is None or one[0] in sources]
    for unit in units:
        for table in (mart_coverage, mart_task, *(table for _, table in marts)):
            connection.execute(delete(table).where(table.c.unit == unit))
        if sources is None or "dossier" in sources:
            refresh_dossiers(
                connection,
                unit=unit,
                calendars=CALENDARS,
                as_of=as_of.get((unit, "dossier")),
                since=since,
            )
        for calendar in CALENDARS:
            place = {"unit": unit, "calendar": calendar}
            connection.execute(_bound("mart_coverage"), place)
            for source, table in marts:
                if (unit, source) in as_of:
                    connection.execute(_bound(table.name), {**place, "as_of": as_of[unit, source]})
            _write_tasks(connection, unit=unit, calendar=calendar, as_of=as_of)


def _write_tasks(
    connection: Connection, *, unit: str, calendar: str, as_of: dict[tuple[str, str], date]
) -> None:
    days = [day for (u, source), day in as_of.items() if u == unit and source != "ranking"]
    if days:
        write_task_states(
            connection,
            unit=unit,
            calendar=calendar,
            as_of=max(days),
            sums=lambda mart, columns, criterion: monthly_sums(
                connection, mart, columns, unit=unit, calendar=calendar, criterion=criterion
            ),
        )


@cache
def _bound(name: str) -> TextClause:
    sql = (SQL_DIR / "marts" / f"{name}.sql").read_text(encoding="utf-8")
    binds: list[Any] = [bindparam("unit", type_=String), bindparam("calendar", type_=String)]
    if ":as_of" in sql:
        binds.append(bindparam("as_of", type_=Date))
    return text(sql).bindparams(*binds)


# Summing --------------------------------------------------------------------------------------


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


def coverage_source(mart: Mart) -> str:
    """Return the name under which :data:`mart_coverage` knows the months of ``mart``."""
    return mart.source


def covered_months(connection: Connection, mart: Mart, part: Slice) -> pd.DataFrame:
    """One row per covered month of the slice: month, quarter, year, whether it is whole."""
    c, m = mart_coverage.c, dim_month.c
    query = (
        select(c.month, m.quarter, m.year, func.min(c.cutoff), _every(c.is_whole))
        .join(dim_month, and_(m.calendar == c.calendar, m.month == c.month))
        .where(c.calendar == part.calendar, c.source == coverage_source(mart))
        .group_by(c.month, m.quarter, m.year)
        .order_by(c.month)
    )
    if part.units is not None:
        query = query.where(c.unit.in_(part.units))
    if part.months is not None:
        query = query.where(c.month.between(*part.months))
    return pd.DataFrame(
        connection.execute(query).all(), columns=["month", "quarter", "year", "cutoff", "is_whole"]
    )


def _every(flag: ColumnElement[bool]) -> ColumnElement[int]:
    return func.min(case((flag, 1), else_=0))


def monthly_sums(
    connection: Connection,
    mart: Mart,
    columns: tuple[str, ...],
    *,
    unit: str,
    calendar: str,
    criterion: str = "",
) -> pd.DataFrame:
    """One row per covered month: ``columns`` as known at that month's cut-off.

    A covered month without rows is zero; a month that is not covered has no row.
    """
    members = (("criterion", (criterion,)),) if criterion else ()
    part = Slice(calendar, by=("month",), members=members, units=(unit,))
    covered = covered_months(connection, mart, part)[["month"]]
    frame = covered.merge(sums(connection, mart, columns, part=part), how="left")
    return frame.fillna(dict.fromkeys(columns, 0))


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
    table = metadata.tables[mart.table]
    coverage = mart_coverage.alias("coverage")
    months = dim_month.alias("months")
    seen = dim_month.alias("seen")
    period = next((name for name in ("month", "quarter", "year") if name in part.by), None)

    joined = table.join(
        coverage,
        and_(
            coverage.c.unit == table.c.unit,
            coverage.c.calendar == table.c.calendar,
            coverage.c.month == table.c.month,
            coverage.c.source == coverage_source(mart),
        ),
    ).join(months, and_(months.c.calendar == table.c.calendar, months.c.month == table.c.month))
    where: list[ColumnElement[bool]] = [table.c.calendar == part.calendar]
    if part.units is not None:
        where.append(table.c.unit.in_(part.units))
    if part.months is not None:
        where.append(table.c.month.between(*part.months))
    if mart.has_levels:
        where.append(table.c.level == _level(part))
    if mart.has_seen_month:
        if part.months is not None:
            where.append(table.c.seen_month <= part.months[1])
        if period is not None:
            joined = joined.join(
                seen,
                and_(seen.c.calendar == table.c.calendar, seen.c.month == table.c.seen_month),
            )
            where.append(seen.c[period] <= months.c[period])

    dimensions = {name: _dimension(mart, table, months, name) for name in _named(part)}
    for dimension in dimensions.values():
        if dimension.join is not None:
            joined = joined.join(*dimension.join)
    for name, labels in part.members:
        where.append(dimensions[name].label.in_(labels))

    groups = [dimensions[name].label.label(name) for name in part.by]
    spans = {column: mart.span(column) for column in columns}
    if any(span != "flow" for span in spans.values()):
        edges = _edge_months(mart, part, period=period)
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
    query = select(*groups, *numbers).select_from(joined).where(*where).group_by(*groups)
    frame = pd.DataFrame(connection.execute(query).all(), columns=[*part.by, *columns])
    if part.by:
        # Engines group in orders of their own; where counts tie, the order decides what is said.
        frame = frame.sort_values(list(part.by), kind="stable", ignore_index=True)
    return frame.astype(dict.fromkeys(columns, "int64"))


def _edge_months(mart: Mart, part: Slice, *, period: str | None) -> Subquery:
    """Select each unit's months of opening and closing stocks, one of each per period."""
    c, m = mart_coverage.c, dim_month.alias("edge_months").c
    label = (c.month if period == "month" else m[period]) if period else None
    query = (
        select(
            c.unit,
            *(() if label is None else (label.label("period"),)),
            func.min(c.month).label("opening"),
            func.max(c.month).label("closing"),
        )
        .join(m.month.table, and_(m.calendar == c.calendar, m.month == c.month))
        .where(c.calendar == part.calendar, c.source == coverage_source(mart))
        .group_by(c.unit, *(() if label is None else (label,)))
    )
    if part.units is not None:
        query = query.where(c.unit.in_(part.units))
    if part.months is not None:
        query = query.where(c.month.between(*part.months))
    return query.subquery("edges")


def _named(part: Slice) -> list[str]:
    return list(dict.fromkeys((*part.by, *(name for name, _ in part.members))))


def _level(part: Slice) -> str:
    named = _named(part)
    if "question" in named:
        return "question"
    return "criterion" if "criterion" in named else "all"


@dataclass(frozen=True)
class _Dimension:
    label: ColumnElement[str]
    join: tuple[Table, ColumnElement[bool]] | None = None


_MEMBER_TABLES = {
    "department": dim_department,
    "field": dim_field,
    "procedure": dim_procedure,
}


def _dimension(mart: Mart, table: Table, months: Any, name: str) -> _Dimension:
    """Return how a dimension is labelled and what must be joined for it."""
    if name == "month":
        return _Dimension(table.c.month)
    if name in ("quarter", "year"):
        return _Dimension(months.c[name])
    if name in _MEMBER_TABLES:
        members = _MEMBER_TABLES[name]
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
