"""Nạp dữ liệu: what was loaded last, what of it can be undone, and the values that can be typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import or_, select

from dashboard import formatting as fmt
from dashboard.reports.context import Context
from dashboard.reports.units import find_unit
from etl.batches import batches
from etl.catalogue.sources import SOURCES
from etl.catalogue.tasks import load_tasks
from etl.catalogue.values import labels
from etl.dimensions import MEMBERS
from etl.entering import PLAN_FIGURES
from etl.offices import own_unit
from etl.sources import Warned
from etl.tables import (
    NO_MEMBER,
    UNDONE,
    dim_alias,
    dim_unit,
    fact_ranking,
    fact_task_report,
    load_reject,
    plan,
)

MOST_BATCHES = 30
TASK_COLUMNS = ("status", "measured_value", "measured_of", "checklist", "evidence", "note")
RANKING_COLUMNS = ("rank", "index_pct", "respondents")


def last_batches(context: Context) -> list[dict[str, Any]]:
    """Return the newest batches: number, file, source, counts, days, whether undone."""
    found = batches(context.connection, limit=MOST_BATCHES, units=context.units)
    return [_batch(row) for row in found]


def some_batches(context: Context, numbers: list[int]) -> list[dict[str, Any]]:
    """Return the batches of ``numbers`` with their first rejected rows."""
    wanted = batches(context.connection, limit=len(numbers), units=context.units, numbers=numbers)
    found = []
    for row in sorted(wanted, key=lambda row: numbers.index(row["batch_id"])):
        r = load_reject.c
        query = (
            select(r.row, r.column, r.value, r.reason)
            .where(r.batch_id == row["batch_id"])
            .order_by(r.number)
            .limit(20)
        )
        rejects = [dict(one) for one in context.connection.execute(query).mappings()]
        found.append(_batch(row) | {"rejects": rejects})
    return found


def _batch(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("inserted", "updated", "unchanged", "rejected", "repeated", "rows_read")
    return {
        "number": int(row["batch_id"]),
        "file": row["file"],
        "sheet": row["sheet"],
        "source": row["source"],
        "label": SOURCES[row["source"]].label,
        "loaded_at": row["loaded_at"],
        "covered": f"{fmt.day(row['covered_from'])} – {fmt.day(row['covered_to'])}",
        "as_of": fmt.day(row["as_of"]),
        "month": f"{row['covered_to']:%Y-%m}",
        "is_undone": row["status"] == UNDONE,
        "is_demo": bool(row["is_demo"]),
        "warnings": [Warned(**one).words() for one in orjson.loads(row["warnings"])],
        **{name: int(row[name]) for name in names},
    }


def task_rows(context: Context, month: str) -> list[dict[str, str]]:
    """Return what was reported of each task due in ``month``, as it would be typed."""
    t = fact_task_report.c
    unit = own_unit(context.settings, month)
    query = select(fact_task_report).where(t.unit == unit, t.month == month)
    known = {row["task_code"]: row for row in context.connection.execute(query).mappings()}
    words = labels("task_status")
    rows = []
    _, month_end = context.days_of(month)
    for code, task in load_tasks().items():
        if not task.is_due(month_end):
            continue
        row: Any = known.get(code, {})
        typed = {name: _text(row.get(name)) for name in TASK_COLUMNS}
        typed["status"] = words.get(typed["status"], "")
        rows.append({"task_code": code, "month": month, **typed})
    return rows


def ranking_rows(context: Context, year: int) -> list[dict[str, str]]:
    """Return the ranking of ``year`` as it would be typed, a row per unit that then was one."""
    u, r, last = dim_unit.c, fact_ranking.c, date(year, 12, 31)
    own = find_unit(context.connection, own_unit(context.settings, f"{year}-12"), day=last)
    query = (
        select(u.unit, u.name, u.kind, r.rank, r.index_pct, r.respondents)
        .select_from(dim_unit.outerjoin(fact_ranking, (r.unit == u.unit) & (r.year == year)))
        .where(
            u.valid_from <= last,
            or_(u.valid_to.is_(None), u.valid_to >= last),
            u.parent == own.parent,
            or_(u.is_demo == context.is_demo, u.unit == own.code),
        )
        .order_by(u.name)
    )
    return [
        {
            "year": str(year),
            "unit": row["unit"],
            "name": f"{fmt.capital(row['kind'])} {row['name']}",
            **{name: _text(row[name]) for name in RANKING_COLUMNS},
        }
        for row in context.connection.execute(query).mappings()
    ]


def plan_row(context: Context, year: int) -> dict[str, str]:
    """Return the plan figures of ``year`` as they would be typed."""
    p = plan.c
    unit = own_unit(context.settings, f"{year}-12")
    query = select(plan).where(p.unit == unit, p.year == year)
    row: Any = context.connection.execute(query).mappings().first() or {}
    return {"year": str(year), **{name: _text(row.get(name)) for name in PLAN_FIGURES}}


def alias_rows(context: Context) -> list[dict[str, str]]:
    """Return the spellings that count as others."""
    a = dim_alias.c
    query = select(a.dimension, a.alias_label, a.canonical_label).order_by(
        a.dimension, a.alias_label
    )
    return [
        {"dimension": row[0], "spelling": row[1], "canonical": row[2]}
        for row in context.connection.execute(query)
    ]


def known_names(context: Context) -> list[tuple[str, str]]:
    """Return every (dimension, name) that files have named."""
    return [
        (dimension, label)
        for dimension, table in MEMBERS.items()
        for label in context.connection.scalars(
            select(table.c.label)
            .where(table.c[f"{dimension}_id"] != NO_MEMBER)
            .order_by(table.c.label)
        )
    ]


def _text(value: Any) -> str:
    """Return a value as a person would type it: a decimal comma, nothing between thousands."""
    if isinstance(value, str) or fmt.is_nothing(value):
        return value if isinstance(value, str) else ""
    return f"{fmt.decimal(value).normalize():f}".replace(".", ",")
