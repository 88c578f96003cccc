"""Lists of dossiers: overdue and due soon, late ones, ages of what is open, moved deadlines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import select

from dashboard import formatting as fmt
from dashboard.model import Chart, Section, Span, Table, TableColumn
from dashboard.reports.breakdowns import filter_code, no_data
from dashboard.reports.context import Context
from etl.catalogue.values import labels
from etl.frames import plain_records, records
from etl.queries import run_query
from etl.seeding import working_calendar
from etl.tables import dim_month

SOON_DAYS = 5
"""Working days ahead that the list of due dossiers looks."""


def open_dossiers(context: Context, *, due_until: date) -> pd.DataFrame:
    """One row per dossier open at the cut-off and due up to ``due_until``, earliest first."""
    channel = context.filters.channel
    return run_query(
        context.connection,
        "open_dossiers",
        unit=context.unit.code,
        cutoff=context.cutoff,
        due_until=due_until,
        department=context.filters.department,
        field=context.filters.field,
        channel=filter_code("channel", channel) if channel else None,
    )


def longest_overdue(context: Context) -> str:
    """Say how long the longest overdue dossier has waited."""
    cutoff = context.cutoff
    assert cutoff is not None
    overdue = open_dossiers(context, due_until=cutoff - timedelta(days=1))
    if overdue.empty:
        return "không có hồ sơ quá hạn"
    days = overdue_days(context, overdue["due_on"].min(), cutoff)
    return f"lâu nhất {fmt.count(days)} ngày làm việc"


def overdue_days(context: Context, due_on: date, cutoff: date) -> int:
    """Return the working days from the due date to the cut-off."""
    return int(working_calendar(context.settings).working_days_between(due_on, cutoff))


def due_section(context: Context) -> Section:
    """What is overdue, and what falls due in the next working days."""
    cutoff = context.cutoff
    code, title = "due", "Hồ sơ quá hạn và sắp đến hạn"
    if cutoff is None or "dossier" not in context.as_of:
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    days = working_calendar(context.settings).next_working_days(cutoff, SOON_DAYS)
    frame = open_dossiers(context, due_until=days[-1])
    is_overdue = frame["due_on"] < cutoff
    overdue, soon = frame[is_overdue], frame[~is_overdue]
    due_days = pd.to_datetime(frame["due_on"])
    waits = working_calendar(context.settings).working_days_between(due_days, cutoff)
    items = []
    for record, late_by in zip(records(frame), waits, strict=True):
        is_late = record["due_on"] < cutoff
        if is_late:
            chip = f"Quá {fmt.count(max(late_by, 1))} ngày"
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
                TableColumn("chip", "Tình trạng", "chip"),
                TableColumn("dossier_code", "Mã hồ sơ", "code"),
                TableColumn("procedure", "Thủ tục"),
                TableColumn("department", "Bộ phận"),
                TableColumn("due_on", "Hẹn trả", "date"),
            ),
            table,
        ),
        note=f"Tính đến {fmt.day(cutoff)}",
        metric="open_overdue",
        data={"by_day": due_by_day(frame, cutoff=cutoff, days=days)},
    )


def due_by_day(frame: pd.DataFrame, *, cutoff: date, days: list[date]) -> list[dict[str, Any]]:
    """Return what is overdue and what falls due on each coming working day, by department.

    What falls due between two working days is listed with the working day before it: that is the
    last day on which something can be done.
    """
    rows = [_due_row("Đã quá hạn", frame[frame["due_on"] < cutoff], is_overdue=True)]
    start = cutoff
    for day in days:
        due = frame[(frame["due_on"] >= start) & (frame["due_on"] <= day)]
        rows.append(_due_row(fmt.weekday(day), due, is_overdue=False))
        start = day + timedelta(days=1)
    return rows


def _due_row(label: str, due: pd.DataFrame, *, is_overdue: bool) -> dict[str, Any]:
    counts = due["department"].value_counts()
    return {
        "label": label,
        "count": len(due),
        "departments": [(str(name), int(count)) for name, count in counts.items()],
        "is_overdue": is_overdue,
    }


def _filters(context: Context) -> dict[str, str | None]:
    channel = context.filters.channel
    return {
        "unit": context.unit.code,
        "department": context.filters.department,
        "field": context.filters.field,
        "channel": filter_code("channel", channel) if channel else None,
    }


def _days(context: Context) -> tuple[date, date]:
    """Return the first day of the period and its cut-off."""
    start = context.connection.scalar(
        select(dim_month.c.start_on).where(
            dim_month.c.calendar == context.filters.calendar,
            dim_month.c.month == context.period.months[0],
        )
    )
    cutoff = context.cutoff
    assert start is not None and cutoff is not None
    return start, cutoff


def dossier_list_section(context: Context) -> Section:
    """Every dossier resolved late in the period, overdue at its cut-off, or due soon after it."""
    first, cutoff = _days(context)
    late = run_query(
        context.connection, "late_dossiers", first=first, last=cutoff, **_filters(context)
    )
    calendar = working_calendar(context.settings)
    soon = open_dossiers(context, due_until=calendar.next_working_days(cutoff, SOON_DAYS)[-1])
    channels = labels("dossier_channel")
    rows = [
        {
            "state": "Đã xong, trễ hạn",
            "days": int((row["closed_on"] - row["due_on"]).days),
            "apology": fmt.day(row["apology_on"]) if row["apology_on"] else "chưa có",
            "cause": row["late_cause"] or "chưa ghi",
            **row,
        }
        for row in plain_records(late)
    ] + [
        {
            "state": "Quá hạn chưa xong" if row["due_on"] < cutoff else "Sắp đến hạn",
            "days": int((cutoff - row["due_on"]).days),
            "closed_on": None,
            "apology": "",
            "cause": "",
            **row,
        }
        for row in plain_records(soon)
    ]
    columns = (
        TableColumn("state", "Tình trạng"),
        TableColumn("dossier_code", "Mã hồ sơ", "code"),
        TableColumn("procedure", "Thủ tục"),
        TableColumn("field", "Lĩnh vực"),
        TableColumn("department", "Bộ phận"),
        TableColumn("channel", "Kênh"),
        TableColumn("received_on", "Tiếp nhận", "date"),
        TableColumn("due_on", "Hẹn trả", "date"),
        TableColumn("closed_on", "Xong", "date"),
        TableColumn("days", "Trễ (ngày)", "integer"),
        TableColumn("apology", "Xin lỗi"),
        TableColumn("cause", "Nguyên nhân"),
    )
    frame = pd.DataFrame(rows, columns=[column.key for column in columns])
    frame["channel"] = frame["channel"].map(channels)
    return Section(
        "dossier_list",
        "Danh sách hồ sơ",
        (
            Span(
                f"{fmt.count_noun(len(late), 'hồ sơ')} đã xong trễ, "
                f"{fmt.count_noun(len(soon), 'hồ sơ')} quá hạn hoặc sắp đến hạn"
            ),
        ),
        table=Table(columns, frame),
        note=f"Từ {fmt.day(first)} đến {fmt.day(cutoff)}; trễ tính theo ngày dương lịch",
        metric="late_rate",
    )


AGES = (
    ("up_to_5", "đến 5 ngày", 5, "good"),
    ("up_to_15", "6–15 ngày", 15, "partly"),
    ("up_to_30", "16–30 ngày", 30, "plain"),
    ("over_30", "trên 30 ngày", None, "notice"),
)
"""Calendar days since reception: column, words, upper bound, tone."""


def ages_section(context: Context) -> Section:
    """How long what is open has been open, by department."""
    code, title = "open_ages", "Tuổi của hồ sơ đang xử lý"
    cutoff = context.cutoff
    if cutoff is None or "dossier" not in context.as_of:
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    frame = run_query(context.connection, "open_ages", cutoff=cutoff, **_filters(context))
    table: dict[str, dict[str, int]] = {}
    for row in records(frame):
        age = (cutoff - row["received_on"]).days
        bucket = next(key for key, _, most, _ in AGES if most is None or age <= most)
        own = table.setdefault(row["department"], {key: 0 for key, *_ in AGES})
        own[bucket] += int(row["dossiers"])
    rows = pd.DataFrame(
        [
            {"key": name, "label": name, **counts, "total": sum(counts.values())}
            for name, counts in table.items()
        ],
        columns=["key", "label", *(key for key, *_ in AGES), "total"],
    ).sort_values("total", ascending=False, kind="stable", ignore_index=True)
    total, old = int(rows["total"].sum()), int(rows["over_30"].sum())
    words = f"{fmt.count_noun(total, 'hồ sơ')} đang xử lý"
    return Section(
        code,
        title,
        (Span(f"{words}, {fmt.count(old)} đã quá 30 ngày" if old else words),),
        chart=Chart(
            "stacked",
            rows,
            {"parts": tuple((key, words, tone) for key, words, _, tone in AGES), "noun": "hồ sơ"},
        )
        if total
        else None,
        table=Table(
            (
                TableColumn("label", "Bộ phận"),
                *(TableColumn(key, words, "integer") for key, words, *_ in AGES),
                TableColumn("total", "Tổng", "integer"),
            ),
            rows,
        ),
        note=f"Tính từ ngày tiếp nhận đến {fmt.day(cutoff)}",
        metric="open_overdue",
        data={"subtitle": "Theo bộ phận và số ngày kể từ khi tiếp nhận"},
    )


def changes_section(context: Context) -> Section:
    """Due or finish dates that a later load moved: the former and the present value."""
    first, cutoff = _days(context)
    frame = run_query(
        context.connection, "deadline_changes", first=first, last=cutoff, **_filters(context)
    )
    rows = []
    for row in plain_records(frame):
        image = orjson.loads(row["image"])
        for name, words in (("due_at", "Ngày hẹn"), ("finished_at", "Ngày xong")):
            before = str(image[name] or "")[:10]
            after = str(row[name] or "")[:10]
            if before and before != after:
                rows.append(
                    {
                        "dossier_code": row["dossier_code"],
                        "department": row["department"],
                        "what": words,
                        "before": date.fromisoformat(before),
                        "after": date.fromisoformat(after) if after else None,
                        "changed_on": row["changed_on"],
                    }
                )
    columns = (
        TableColumn("dossier_code", "Mã hồ sơ", "code"),
        TableColumn("department", "Bộ phận"),
        TableColumn("what", "Ô bị đổi"),
        TableColumn("before", "Trước", "date"),
        TableColumn("after", "Nay", "date"),
        TableColumn("changed_on", "Số liệu đến", "date"),
    )
    table = pd.DataFrame(rows, columns=[column.key for column in columns]).astype(object)
    return Section(
        "deadline_changes",
        "Ngày hẹn, ngày xong bị đổi",
        (
            Span(
                f"{fmt.count_noun(table['dossier_code'].nunique(), 'hồ sơ')} bị đổi ngày sau khi "
                "đã nạp"
                if rows
                else "Không có ngày hẹn, ngày xong nào bị đổi"
            ),
        ),
        table=Table(columns, table),
        note="So với giá trị của lần nạp trước",
        metric="due_date_changes",
    )
