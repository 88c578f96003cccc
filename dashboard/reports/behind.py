"""The dossiers behind a number: which ones a metric counts, by the text that counts them."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    select,
    text,
)
from sqlalchemy import column as sql_column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from dashboard.metrics import find_metric
from dashboard.reports.breakdowns import filter_code, mart_slice
from dashboard.reports.context import Context
from etl.catalogue.metrics import DOSSIER, Metric
from etl.marts import covered_months, sql_text
from etl.record_tables import record_entry
from etl.tables import dim_department, dim_field, dim_procedure, fact_dossier

_KEYS = ("dossier_code", "month", "seen_month", "channel")
_IDS = ("department_id", "field_id", "procedure_id")


def dossiers_behind(context: Context, code: str) -> pd.DataFrame:
    """One row per dossier that a metric counts in the reader's period, under the filters.

    Columns: ``is_counted`` (in the numerator; else only in the denominator), ``dossier_code``,
    ``procedure``, ``field``, ``department``, ``channel``, ``received_on``, ``due_on``,
    ``closed_on``, ``apology_on``, ``late_cause``; the counted first, then by due date. Empty where
    the period is not covered.
    """
    metric = find_metric(code)
    covered = covered_months(context.connection, DOSSIER, mart_slice(context, DOSSIER))["month"]
    as_of = context.as_of.get("dossier")
    columns = [
        "is_counted",
        "dossier_code",
        "procedure",
        "field",
        "department",
        "channel",
        "received_on",
        "due_on",
        "closed_on",
        "apology_on",
        "late_cause",
    ]
    if as_of is None or covered.empty:
        return pd.DataFrame(columns=columns)
    rows = context.connection.execute(
        _query(context, metric, covered=covered.tolist()),
        {"unit": context.unit.code, "calendar": context.filters.calendar, "as_of": as_of},
    ).all()
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _query(context: Context, metric: Metric, *, covered: list[str]) -> Select[tuple[object, ...]]:
    counts = _counts(metric)
    # The meeting's record wins over what the file says.
    why, sorry = record_entry.alias("said_why"), record_entry.alias("said_sorry")
    f, c = fact_dossier.c, counts.c

    def total(columns: tuple[str, ...]) -> ColumnElement[int]:
        found = [
            case((_in_span(counts, name, covered=covered), c[name]), else_=0) for name in columns
        ]
        return func.sum(sum(found[1:], start=found[0]))

    per_dossier = (
        select(
            c.dossier_code,
            c.department_id,
            c.field_id,
            c.procedure_id,
            c.channel,
            total(metric.numerator).label("counted"),
            total((*metric.numerator, *metric.denominator)).label("entered"),
        )
        .where(c.month.in_(covered), c.seen_month <= context.period.months[1])
        .group_by(c.dossier_code, *(c[name] for name in (*_IDS, "channel")))
        .subquery()
    )
    d = per_dossier.c
    query = (
        select(
            d.counted > 0,
            d.dossier_code,
            dim_procedure.c.label,
            dim_field.c.label,
            dim_department.c.label,
            d.channel,
            f.received_on,
            f.due_on,
            f.closed_on,
            func.coalesce(sorry.c.day, f.apology_on),
            func.coalesce(func.nullif(why.c.value, ""), f.late_cause),
        )
        .join(fact_dossier, and_(f.unit == bindparam("unit"), f.dossier_code == d.dossier_code))
        .join(dim_department, dim_department.c.department_id == d.department_id)
        .join(dim_field, dim_field.c.field_id == d.field_id)
        .join(dim_procedure, dim_procedure.c.procedure_id == d.procedure_id)
        .outerjoin(why, _typed(why, "cause"))
        .outerjoin(sorry, _typed(sorry, "apology_on"))
        .where(d.entered > 0)
        .order_by((d.counted > 0).desc(), f.due_on.nulls_last(), d.dossier_code)
    )
    chosen = context.filters
    if chosen.department:
        query = query.where(dim_department.c.label == chosen.department)
    if chosen.field:
        query = query.where(dim_field.c.label == chosen.field)
    if chosen.channel:
        query = query.where(d.channel == filter_code("channel", chosen.channel))
    return query


def _typed(entry: FromClause, field: str) -> ColumnElement[bool]:
    """Return the condition that joins a dossier with a field of the meeting's record."""
    e = entry.c
    return and_(
        e.unit == fact_dossier.c.unit,
        e.kind == "dossier",
        e.month == "",
        e.subject == fact_dossier.c.dossier_code,
        e.field == field,
    )


def _counts(metric: Metric) -> Subquery:
    """Return ``sql/marts/dossier_counts.sql`` as a table of the columns that the metric reads."""
    statement = text(
        f"with\n{sql_text('marts', 'dossier_counts')}\nselect * from dossier_counts"
    ).bindparams(
        bindparam("unit", type_=String),
        bindparam("calendar", type_=String),
        bindparam("as_of", type_=Date),
    )
    return statement.columns(
        *(sql_column(name, String) for name in _KEYS),
        *(sql_column(name, Integer) for name in (*_IDS, *metric.columns)),
    ).subquery("counts")


def _in_span(counts: Subquery, name: str, *, covered: list[str]) -> ColumnElement[bool]:
    """Say which months of the period a count is taken from, as :func:`etl.marts.sums` does."""
    span = DOSSIER.span(name)
    month = counts.c.month
    if span == "opening":
        return month == min(covered)
    return month == max(covered) if span == "closing" else month.in_(covered)
