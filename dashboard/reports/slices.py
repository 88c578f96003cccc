"""What the reader has chosen, as marts and queries are asked for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.metrics import member_code
from dashboard.reports.context import Context
from etl.catalogue.metrics import DOSSIER, Mart
from etl.summing import Slice, sums


def unfiltered(context: Context) -> Context:
    """Return the context of the same period with every member."""
    everything = replace(context.filters, department=None, field=None, channel=None)
    return context if everything == context.filters else replace(context, filters=everything)


def mart_slice(
    context: Context,
    mart: Mart,
    *,
    by: tuple[str, ...] = (),
    months: tuple[str, str] | None = None,
) -> Slice:
    """Return the slice of a mart that the reader's filters leave, for the period or ``months``."""
    chosen = context.filters.members(mart)
    units, months = context.held(months or context.period.months)
    return Slice(
        context.filters.calendar,
        by=by,
        months=months,
        members=tuple((name, (member_code(mart, name, value),)) for name, value in chosen.items()),
        units=units,
    )


def mart_sums(context: Context, mart: Mart, columns: tuple[str, ...]) -> dict[str, int]:
    """Return counts of a mart for the period under the reader's filters."""
    frame = sums(context.connection, mart, columns, part=mart_slice(context, mart))
    return {name: int(frame[name].iloc[0]) for name in columns}


def query_binds(context: Context) -> dict[str, str | None]:
    """Return the unit and the reader's filters, named as the selects of ``sql/queries`` do."""
    channel = context.filters.channel
    return {
        "unit": context.unit.code,
        "department": context.filters.department,
        "field": context.filters.field,
        "channel": member_code(DOSSIER, "channel", channel) if channel else None,
    }


def period_days(context: Context) -> tuple[date, date]:
    """Return the first day of the period and its cut-off."""
    cutoff = context.cutoff
    assert cutoff is not None
    return context.days_of(max(context.period.months[0], context.office.first))[0], cutoff
