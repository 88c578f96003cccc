"""What state each task of the plan is in, month by month: metrics and reports, the worse of both.

A yardstick that is a metric reads the marts; one that is reported reads the task report. Five
states only: met, partly met, not met, not reported, not applicable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from etl.catalogue.metrics import METRICS, Mart
from etl.catalogue.tasks import Measure, State, Task, load_tasks
from etl.record import held_months
from etl.tables import TASK_COUNTS, dim_month, fact_task_report, mart_coverage, mart_task
from etl.warehouse import upsert

Sums = Callable[[Mart, tuple[str, ...], str], Mapping[str, Mapping[str, int]]]
"""A mart, columns of it and a criterion (or "") → the columns by covered month."""

_HELD = {"measured_value": None, "measured_of": None, "checklist": None}
"""A report that says no more than that the duty was done."""

_WORSE: dict[State, int] = {"met": 0, "partly": 1, "not_met": 2}


@dataclass(frozen=True)
class Reading:
    """What one yardstick read in one month; ``state`` is None where there is nothing to read."""

    what: str
    criterion: str
    numerator: float | None
    denominator: float | None
    threshold: str
    state: State | None


def threshold(measure: Measure, limit: Decimal, *, month_number: int) -> Decimal:
    """Return what is due by the month: a yearly ``limit`` grows by twelfths, rounded up."""
    if not measure.per_year:
        return limit
    return (limit * month_number / 12).to_integral_value(ROUND_CEILING)


def judge(
    measure: Measure, numerator: Decimal, denominator: Decimal | None, *, month_number: int
) -> State:
    """Return the state of one yardstick; not applicable when nothing was to be judged."""
    if denominator is not None and denominator == 0:
        return "not_applicable"
    scale = denominator if denominator is not None else Decimal(1)
    limits: tuple[tuple[State, Decimal | None], ...] = (
        ("met", measure.met),
        ("partly", measure.partly),
    )
    for state, limit in limits:
        if limit is None:
            continue
        wanted = threshold(measure, limit, month_number=month_number) * scale
        if numerator <= wanted if measure.comparison == "at_most" else numerator >= wanted:
            return state
    return "not_met"


def combine(task: Task, states: list[State]) -> State | None:
    """Return the one state of several yardsticks; None when none could be read."""
    judged = [state for state in states if state in _WORSE]
    if not judged:
        return "not_applicable" if states else None
    if task.combine == "count":
        met = sum(state == "met" for state in judged)
        return "met" if met == len(judged) else "partly" if met else "not_met"
    return worse(judged)


def worse(states: list[State]) -> State:
    """Return the worst of met, partly met and not met."""
    return max(states, key=lambda state: _WORSE[state])


def task_state(task: Task, *, metric: State | None, report: State | None) -> State:
    """Return the state shown, from what the metrics and what the report say.

    Where both say something the worse is shown. A task that is only measured needs no report. A
    task that must be reported and is not stays "not reported", unless what was measured already
    shows that the duty was not met: no report could better that.
    """
    known = [state for state in (metric, report) if state in _WORSE]
    if report in (None, "not_reported") and task.state_from != "metric":
        return "not_met" if metric == "not_met" else "not_reported"
    if known:
        return worse(known)
    if metric == "not_applicable" or report == "not_applicable":
        return "not_applicable"
    return "not_reported"


def write_task_states(
    connection: Connection, *, unit: str, calendar: str, as_of: date, sums: Sums
) -> None:
    """Write the task mart of one unit and calendar, and the months it covers."""
    months = _ended_months(connection, unit=unit, calendar=calendar, as_of=as_of)
    reports = _reports(connection, unit=unit)
    held = held_months(connection, unit=unit)
    measured = _MeasuredSums(sums)
    covered: dict[str, date] = {}
    rows: list[dict[str, Any]] = []
    for task in load_tasks().values():
        for month, end_on in months:
            if not task.is_due(end_on):
                continue
            report = reports.get((month, task.code))
            if task.record == "meeting" and month in held:
                # The meeting's own record wins over what a file reports of it.
                report = {**_HELD, **(report or {}), "status": "met"}
            readings = [measured.read(measure, month, report) for measure in task.measures]
            paired = list(zip(readings, task.measures, strict=True))
            metric_state = combine(
                task, [r.state for r, m in paired if not m.is_reported and r.state is not None]
            )
            report_state = _report_state(
                task, report, [r.state for r, m in paired if m.is_reported]
            )
            state = task_state(task, metric=metric_state, report=report_state)
            covered[month] = end_on
            rows.append(
                {
                    "unit": unit,
                    "calendar": calendar,
                    "month": month,
                    "task": task.code,
                    **{name: int(name == state) for name in TASK_COUNTS},
                    "counted": int(state != "not_applicable"),
                    "state": state,
                    "metric_state": metric_state,
                    "report_state": report_state,
                    "measured": orjson.dumps(readings).decode(),
                }
            )
    upsert(connection, mart_task, rows)
    upsert(
        connection,
        mart_coverage,
        [
            {
                "unit": unit,
                "calendar": calendar,
                "source": "task",
                "month": month,
                "cutoff": end_on,
                "is_whole": True,
            }
            for month, end_on in covered.items()
        ],
    )


def _ended_months(
    connection: Connection, *, unit: str, calendar: str, as_of: date
) -> list[tuple[str, date]]:
    """Return the months from the first that any source covers to the last that has ended."""
    first = connection.scalar(
        select(func.min(mart_coverage.c.month)).where(
            mart_coverage.c.unit == unit,
            mart_coverage.c.calendar == calendar,
            mart_coverage.c.source != "ranking",
        )
    )
    if first is None:
        return []
    query = (
        select(dim_month.c.month, dim_month.c.end_on)
        .where(
            dim_month.c.calendar == calendar,
            dim_month.c.month >= first,
            dim_month.c.end_on <= as_of,
        )
        .order_by(dim_month.c.month)
    )
    return [(month, end_on) for month, end_on in connection.execute(query)]


def _reports(connection: Connection, *, unit: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    rows = connection.execute(
        select(fact_task_report).where(fact_task_report.c.unit == unit)
    ).mappings()
    return {(row["month"], row["task_code"]): dict(row) for row in rows}


def _report_state(
    task: Task, report: Mapping[str, Any] | None, figures: list[State | None]
) -> State | None:
    """Return what the report says: its status, and no better than the figures it carries.

    A report of "not applicable" or "not reported" stands as it is. Where several figures decide
    together, the status stands for one that was not given.
    """
    if report is None:
        return None
    status: State = report["status"]
    if status not in _WORSE:
        return status
    if task.combine == "count":
        return combine(task, [figure or status for figure in figures]) or status
    measured = combine(task, [figure for figure in figures if figure is not None])
    if measured is None or measured == "not_applicable":
        return status
    return worse([status, measured])


class _MeasuredSums:
    """Reads yardsticks month by month, asking each mart once per criterion."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self._known: dict[tuple[str, str], Mapping[str, Mapping[str, int]]] = {}
        self._columns: dict[tuple[str, str], tuple[str, ...]] = {}
        for task in load_tasks().values():
            for measure in task.measures:
                if not measure.is_reported:
                    metric = METRICS[measure.what]
                    key = (metric.mart.table, measure.criterion)
                    columns = (*self._columns.get(key, ()), *metric.columns)
                    self._columns[key] = tuple(dict.fromkeys(columns))

    def read(self, measure: Measure, month: str, report: Mapping[str, Any] | None) -> Reading:
        number = int(month[5:7])
        limit = str(threshold(measure, measure.met, month_number=number))
        if measure.is_reported:
            numerator, denominator = self._reported(measure, report)
        else:
            numerator, denominator = self._metric(measure, month)
        state = (
            None
            if numerator is None
            else judge(measure, numerator, denominator, month_number=number)
        )
        return Reading(
            what=measure.what,
            criterion=measure.criterion,
            numerator=None if numerator is None else float(numerator),
            denominator=None if denominator is None else float(denominator),
            threshold=limit,
            state=state,
        )

    def _metric(self, measure: Measure, month: str) -> tuple[Decimal | None, Decimal | None]:
        metric = METRICS[measure.what]
        key = (metric.mart.table, measure.criterion)
        if key not in self._known:
            self._known[key] = self._sums(metric.mart, self._columns[key], measure.criterion)
        row = self._known[key].get(month)
        if row is None:
            return None, None
        numerator = Decimal(sum(row[name] for name in metric.numerator))
        if not metric.denominator:
            return numerator, None
        return numerator, Decimal(metric.scale * sum(row[name] for name in metric.denominator))

    @staticmethod
    def _reported(
        measure: Measure, report: Mapping[str, Any] | None
    ) -> tuple[Decimal | None, Decimal | None]:
        if report is None:
            return None, None
        name = "checklist" if measure.what == "checklist" else "measured_value"
        if report[name] is None:
            return None, None
        value = Decimal(str(report[name]))
        if measure.what != "reported_share":
            return value, None
        if report["measured_of"] is None:
            return None, None
        return value, Decimal(str(report["measured_of"]))
