"""The marts, computed from the facts. What is asked of them is in :mod:`etl.summing`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    String,
    Table,
    TextClause,
    bindparam,
    delete,
    func,
    select,
    text,
)

from etl.mart_dossier import refresh_dossiers
from etl.settings import SQL_DIR
from etl.summing import monthly_sums
from etl.tables import (
    ACCEPTED,
    load_batch,
    load_coverage,
    mart_coverage,
    mart_dossier,
    mart_feedback,
    mart_survey,
    mart_task,
)
from etl.task_states import write_task_states
from etl.warehouse import take_stock

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
            load_batch.c.status == ACCEPTED,
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
            .where(load_batch.c.status == ACCEPTED)
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
    written = 0
    for unit in units:
        for table in (mart_coverage, mart_task, *(table for _, table in marts)):
            connection.execute(delete(table).where(table.c.unit == unit))
        if sources is None or "dossier" in sources:
            written += refresh_dossiers(
                connection,
                unit=unit,
                calendars=CALENDARS,
                as_of=as_of.get((unit, "dossier")),
                since=since,
            )
        for calendar in CALENDARS:
            connection.execute(_bound("mart_coverage"), {"unit": unit, "calendar": calendar})
    # Coverage is short, but every sum of the mart joins it: both are looked at together.
    for table in (mart_dossier, mart_coverage):
        take_stock(connection, table, written=written)
    for unit in units:
        for calendar in CALENDARS:
            place = {"unit": unit, "calendar": calendar}
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
