"""What is overdue and what falls due in the next working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.reports.absence import no_data
from dashboard.reports.context import Context
from dashboard.reports.slices import mart_slice, query_binds
from etl.catalogue.metrics import DOSSIER, FEEDBACK
from etl.frames import records
from etl.queries import run_query
from etl.seeding import working_calendar
from etl.summing import covered_months, sums

SOON_DAYS = 3
"""Working days ahead that the list of due dossiers looks."""


def open_dossiers(context: Context, *, due_until: date) -> pd.DataFrame:
    """One row per dossier open at the cut-off and due up to ``due_until``, earliest first.

    No row where no dossiers of the period are loaded: what is open then is not known.
    """
    frame = run_query(
        context.connection,
        "open_dossiers",
        cutoff=context.cutoff,
        due_until=due_until,
        **query_binds(context),
    )
    return frame if has_dossiers(context) else frame.iloc[:0]


def past_due(context: Context) -> pd.DataFrame:
    """One row per dossier open at the cut-off and due before it, earliest first."""
    cutoff = context.cutoff
    assert cutoff is not None
    return context.once(
        "past due", lambda: open_dossiers(context, due_until=cutoff - timedelta(days=1))
    )


def has_dossiers(context: Context) -> bool:
    """Whether dossiers of the period are loaded: before and after all data none is not zero."""
    return context.once("has dossiers", lambda: _has_dossiers(context))


def _has_dossiers(context: Context) -> bool:
    part = mart_slice(context, DOSSIER)
    return not covered_months(context.connection, DOSSIER, part).empty


def longest_overdue(context: Context) -> str:
    """Say how long the longest overdue dossier has waited."""
    cutoff = context.cutoff
    assert cutoff is not None
    overdue = past_due(context)
    if overdue.empty:
        return "không có hồ sơ quá hạn"
    days = overdue_days(context, overdue["due_on"].min(), cutoff)
    return f"lâu nhất {fmt.count(days)} ngày làm việc"


def overdue_days(context: Context, due_on: date, until: date) -> int:
    """Return the days late of one dossier or item: see :func:`late_days`."""
    return int(late_days(context, pd.Series([due_on]), until).iloc[0])


def late_days(
    context: Context, due_on: pd.Series[Any], until: pd.Series[Any] | date
) -> pd.Series[int]:
    """Return the working days from due dates to ``until``, the negative where it comes before.

    Late is late by the day, as everywhere: what is done on the day off after its due date is late
    by one day, not by none. NA where a day is blank.
    """
    due = pd.to_datetime(due_on)
    end = pd.to_datetime(until) if isinstance(until, pd.Series) else until
    days = working_calendar(context.settings).working_days_between(due, end)
    is_late = (due < pd.to_datetime(end)).fillna(False)
    return days.mask(is_late & (days < 1), 1)


def due_section(context: Context) -> Section:
    """What is overdue, and what falls due in the next working days."""
    cutoff = context.cutoff
    code, title = "due", "Hồ sơ quá hạn và sắp đến hạn"
    if cutoff is None or not has_dossiers(context):
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    days = working_calendar(context.settings).next_working_days(cutoff, SOON_DAYS)
    frame = open_dossiers(context, due_until=days[-1])
    is_overdue = frame["due_on"] < cutoff
    overdue, soon = frame[is_overdue], frame[~is_overdue]
    waits = late_days(context, frame["due_on"], cutoff)
    items = []
    for record, late_by in zip(records(frame), waits, strict=True):
        is_late = record["due_on"] < cutoff
        if is_late:
            chip = f"Quá {fmt.count(late_by)} ngày"
        elif record["due_on"] == cutoff:
            chip = "Hạn hôm chốt"
        else:
            chip = f"Còn {fmt.count(-late_by)} ngày"
        items.append({**record, "chip": chip, "tone": "concern" if is_late else "notice"})
    sentence = (
        Span(
            f"{fmt.count_noun(len(overdue), 'hồ sơ')} quá hạn, "
            f"{fmt.count_noun(len(soon), 'hồ sơ')} đến hạn trong {SOON_DAYS} ngày làm việc"
        ),
    )
    table = pd.DataFrame(
        items, columns=["chip", "dossier_code", "procedure", "department", "due_on", "tone"]
    )
    return Section(
        code,
        title,
        sentence,
        table=Table(
            (
                TableColumn("chip", "Tình trạng (ngày làm việc)", "chip"),
                TableColumn("dossier_code", "Mã hồ sơ", "code"),
                TableColumn("procedure", "Thủ tục"),
                TableColumn("department", "Bộ phận"),
                TableColumn("due_on", "Hẹn trả", "date"),
            ),
            table,
        ),
        note=f"Tính đến {fmt.day(cutoff)}",
        metric="open_overdue",
        data={
            "by_day": due_by_day(frame, cutoff=cutoff, days=days),
            "feedback": unanswered_feedback(context),
        },
    )


def unanswered_feedback(context: Context) -> list[dict[str, Any]]:
    """Return the feedback without an answer by department: past its limit, then within it.

    Empty where the period's last month has no feedback loaded: unknown is not none.
    """
    part = mart_slice(context, FEEDBACK, by=("department",))
    if covered_months(context.connection, FEEDBACK, part).empty:
        return []
    frame = sums(context.connection, FEEDBACK, ("open_overdue", "open_in_time"), part=part)
    rows = []
    for column, label, is_overdue in (
        ("open_overdue", "Phản ánh quá hạn", True),
        ("open_in_time", "Phản ánh chờ trả lời", False),
    ):
        own = frame[frame[column] > 0].sort_values(column, ascending=False, kind="stable")
        rows.append(
            {
                "label": label,
                "count": int(own[column].sum()),
                "departments": [
                    (str(name), int(n))
                    for name, n in zip(own["department"], own[column], strict=True)
                ],
                "is_overdue": is_overdue,
            }
        )
    return rows


def due_by_day(frame: pd.DataFrame, *, cutoff: date, days: list[date]) -> list[dict[str, Any]]:
    """Return what is overdue and what falls due on each coming working day, by department.

    What falls due between two working days is listed with the working day before it: that is the
    last day on which something can be done.
    """
    rows = [_due_row("Đã quá hạn", frame[frame["due_on"] < cutoff], is_overdue=True)]
    ends = [day - timedelta(days=1) for day in days[1:]] + [days[-1]]
    for start, end in zip([cutoff, *days], [days[0] - timedelta(days=1), *ends], strict=True):
        due = frame[(frame["due_on"] >= start) & (frame["due_on"] <= end)]
        # The day of the cut-off has passed: it is spoken of where something was due then.
        if start != cutoff or len(due):
            rows.append(_due_row(fmt.weekday(start), due, is_overdue=False))
    return rows


def _due_row(label: str, due: pd.DataFrame, *, is_overdue: bool) -> dict[str, Any]:
    counts = due["department"].value_counts()
    return {
        "label": label,
        "count": len(due),
        "departments": [(str(name), int(count)) for name, count in counts.items()],
        "is_overdue": is_overdue,
    }
