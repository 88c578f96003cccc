"""From which months a series is another one: its limits start anew, its line is not joined.

The office states them in the seed ``rebase`` (a reorganisation, a new rule; a blank metric
means all). A unit that takes over another's code under a new name is one by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from etl.catalogue.metrics import METRICS
from etl.seeds import SeedRow, seed_rows
from etl.tables import dim_unit

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Rebase:
    """A month (YYYY-MM) from which a metric of a unit, "" for all, is counted as new, and why."""

    unit: str
    month: str
    metric: str
    reason: str
    since: date | None = None
    """The day, where it is known."""


def stated_rebases(rows: Iterable[SeedRow]) -> list[Rebase]:
    """Return what the rows of the seed state.

    Raises:
        UserError: a month or a metric that is none, or no reason; named with its row.
    """
    found = []
    for row in rows:
        one = Rebase(row["unit"], row["month"], row["metric"], row["reason"])
        wrong = {
            "unit": (not one.unit, "mã đơn vị"),
            "month": (not _MONTH.fullmatch(one.month), "tháng dạng 2025-07"),
            "metric": (
                bool(one.metric) and one.metric not in METRICS,
                "mã chỉ tiêu, hoặc để trống cho mọi chỉ tiêu",
            ),
            "reason": (not one.reason, "lý do"),
        }
        for column, (is_wrong, wanted) in wrong.items():
            if is_wrong:
                raise row.fault(column, wanted)
        found.append(one)
    return found


def rebases(connection: Connection, *, unit: str) -> tuple[Rebase, ...]:
    """Return every month from which a metric of ``unit`` is counted as new, in order of time."""
    u = dim_unit.c
    query = select(u.valid_from, u.kind, u.name).where(u.unit == unit).order_by(u.valid_from)
    renamed = [
        Rebase(unit, f"{row.valid_from:%Y-%m}", "", f"thành lập {row.kind} {row.name}")
        for row in connection.execute(query).all()[1:]
    ]
    stated = [one for one in stated_rebases(seed_rows("rebase")) if one.unit == unit]
    return tuple(sorted([*stated, *renamed], key=lambda one: one.month))
