"""From which months the series looked at are others, and how that is said on the pages."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from dashboard import formatting as fmt
from dashboard.reports.units import find_unit
from etl.offices import Office
from etl.rebasing import Rebase, rebases


def own_rebases(connection: Connection, offices: Iterable[Office]) -> tuple[Rebase, ...]:
    """Return the months from which the own unit's series are others, in order of time.

    An office that follows another begins one by itself, and what its code stood for before that is
    none of its history.
    """
    found: list[Rebase] = []
    for office in offices:
        if office.since is not None:
            unit = find_unit(connection, office.unit, day=office.since)
            found.append(Rebase(unit.code, office.first, "", str(unit), since=office.since))
        found += [
            one
            for one in rebases(connection, unit=office.unit)
            if office.first < one.month <= office.last
        ]
    return tuple(found)


def words_of(starts: Iterable[Rebase]) -> dict[str, str]:
    """Return by month what starts with it: "Từ 01/07/2025: phường Hoài Nhơn Bắc"."""
    by_month: dict[str, list[Rebase]] = {}
    for one in starts:
        by_month.setdefault(one.month, []).append(one)
    return {
        month: f"Từ {_day(together)}: "
        + fmt.short_list(dict.fromkeys(one.reason for one in together))
        for month, together in by_month.items()
    }


def _day(together: list[Rebase]) -> str:
    days = [one.since for one in together if one.since is not None]
    return fmt.day(min(days)) if days else fmt.month_short(together[0].month)
