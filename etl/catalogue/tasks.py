"""The plan's tasks and how each month's state is decided, read from the seed files.

Both seeds are configuration: thresholds, owners and measures may change with next year's plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, get_args

from etl.catalogue.metrics import METRICS
from etl.seeds import seed_rows

State = Literal["met", "partly", "not_met", "not_reported", "not_applicable"]
StateFrom = Literal["metric", "report", "both"]
Combine = Literal["worst", "count"]
Comparison = Literal["at_most", "at_least"]
REPORTED = ("reported_value", "reported_share", "checklist")
"""The figures that a task report itself carries."""


@dataclass(frozen=True)
class Measure:
    """One yardstick of a task: a metric, or a figure of the task report, and its thresholds.

    ``what`` is a metric code or one of :data:`REPORTED`. ``per_year`` thresholds grow with the
    month: the year's figure × month ÷ 12, rounded up.
    """

    task: str
    what: str
    criterion: str
    comparison: Comparison
    met: Decimal
    partly: Decimal | None
    per_year: bool

    @property
    def is_reported(self) -> bool:
        """Whether the task report itself carries the figure."""
        return self.what in REPORTED


@dataclass(frozen=True)
class Task:
    """One duty of the plan, due every month from ``valid_from`` on."""

    code: str
    criterion: str
    title: str
    duty: str
    owner: str
    state_from: StateFrom
    combine: Combine
    """``worst``: the worst measure decides; ``count``: all met is met, some met is partly."""
    valid_from: date
    valid_to: date | None
    evidence: str
    record: str
    """Which record stands for the report where it exists: ``meeting``, or ""."""
    measures: tuple[Measure, ...]

    def is_due(self, month_end: date) -> bool:
        """Whether the plan asks for the task in the month that ends on a day."""
        return self.valid_from <= month_end and (not self.valid_to or month_end <= self.valid_to)


@cache
def load_tasks() -> dict[str, Task]:
    """Return the tasks by code, in the plan's order."""
    measures: dict[str, list[Measure]] = {}
    for row in seed_rows("task_measures"):
        measures.setdefault(row["task"], []).append(
            Measure(
                task=row["task"],
                what=row.one_of("what", (*REPORTED, *METRICS)),
                criterion=row["criterion"],
                comparison=row.one_of("comparison", get_args(Comparison)),  # type: ignore[arg-type]
                met=row.figure("met"),
                partly=row.optional(row.figure, "partly"),
                per_year=row.flag("per_year"),
            )
        )
    return {
        row["code"]: Task(
            code=row["code"],
            criterion=row["criterion"],
            title=row["title"],
            duty=row["duty"],
            owner=row["owner"],
            state_from=row.one_of("state_from", get_args(StateFrom)),  # type: ignore[arg-type]
            combine=row.one_of("combine", get_args(Combine)),  # type: ignore[arg-type]
            valid_from=row.day("valid_from"),
            valid_to=row.optional(row.day, "valid_to"),
            evidence=row["evidence"],
            record=row["record"],
            measures=tuple(measures.get(row["code"], ())),
        )
        for row in seed_rows("tasks")
    }
