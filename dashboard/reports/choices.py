"""What a reader may choose from: the months, departments, fields and channels that are loaded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, union

from dashboard import formatting as fmt
from dashboard.reports.context import Context
from dashboard.reports.kept import found_once
from dashboard.reports.ranking import ranking_years
from etl.catalogue.values import labels
from etl.dimensions import MEMBERS
from etl.offices import FIRST, LAST
from etl.tables import mart_coverage, mart_dossier, mart_feedback, mart_survey


@dataclass(frozen=True)
class Choices:
    """First and last month with data, and the members of each filter, by label."""

    months: tuple[str, str] | None
    departments: tuple[str, ...]
    fields: tuple[str, ...]
    channels: tuple[str, ...]
    ranking_years: tuple[int, ...]


def find_choices(context: Context) -> Choices:
    """Return what the data of the units looked at offer."""
    key = (
        "choices",
        context.data_version,
        context.codes,
        context.filters.calendar,
        tuple(context.parts((FIRST, LAST))),
    )
    return found_once(context.connection, key, lambda: _find_choices(context))


def _find_choices(context: Context) -> Choices:
    c = mart_coverage.c
    is_there = or_(
        *(
            and_(c.unit.in_(codes), c.month.between(*months))
            for codes, months in context.parts((FIRST, LAST))
        )
    )
    first, last = context.connection.execute(
        select(func.min(c.month), func.max(c.month)).where(
            is_there, c.calendar == context.filters.calendar, c.source != "ranking"
        )
    ).one()
    return Choices(
        months=(first, last) if first else None,
        departments=_members(context, "department"),
        fields=tuple(sorted(_members(context, "field"), key=fmt.alphabetical)),
        channels=tuple(labels("dossier_channel").values()),
        ranking_years=tuple(ranking_years(context)),
    )


def _members(context: Context, dimension: str) -> tuple[str, ...]:
    """Return the labels of the members that some mart of the unit has, in seed order.

    Of several units all that there are: to look through their marts would cost more than a page.
    """
    table = MEMBERS[dimension]
    column = f"{dimension}_id"
    if context.has_several:
        everything = select(table.c.label).where(table.c[column] > 0).order_by(table.c[column])
        return tuple(context.connection.scalars(everything))
    marts = [mart for mart in (mart_dossier, mart_survey, mart_feedback) if column in mart.c]
    used = union(
        *(select(mart.c[column]).where(mart.c.unit == context.unit.code) for mart in marts)
    )
    query = (
        select(table.c.label)
        .where(table.c[column].in_(used), table.c[column] > 0)
        .order_by(table.c[column])
    )
    return tuple(context.connection.scalars(query))
