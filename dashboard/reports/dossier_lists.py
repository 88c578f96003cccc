"""Lists of dossiers: late and soon due, behind a number, with a moved deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.reports.absence import no_data
from dashboard.reports.behind import dossiers_behind
from dashboard.reports.context import YEAR_MONTHS, Context
from dashboard.reports.due import SOON_DAYS, has_dossiers, late_days, open_dossiers
from dashboard.reports.slices import period_days, query_binds
from etl.catalogue.metrics import METRICS
from etl.catalogue.values import labels
from etl.frames import plain_records
from etl.queries import run_query
from etl.seeding import working_calendar

BACK = "Hồ sơ trễ và sắp đến hạn"
DONE_LATE, OVERDUE = "Đã xong, trễ hạn", "Quá hạn chưa xong"
"""What state a late dossier is in."""
NO_APOLOGY, NO_CAUSE = "chưa có", "chưa ghi"
"""What stands where nobody has said sorry, or why."""

DAYS_LATE = "Trễ (ngày làm việc)"
"""What the column of days late is called: they are counted the same way in every list."""

LIST_COLUMNS = (
    TableColumn("state", "Tình trạng", "chip"),
    TableColumn("due_on", "Hẹn trả", "date"),
    TableColumn("days", DAYS_LATE, "late"),
    TableColumn("dossier_code", "Mã hồ sơ", "code"),
    TableColumn("procedure", "Thủ tục"),
    TableColumn("department", "Bộ phận"),
    TableColumn("field", "Lĩnh vực"),
    TableColumn("channel", "Kênh"),
    TableColumn("received_on", "Tiếp nhận", "date"),
    TableColumn("closed_on", "Xong", "date"),
    TableColumn("apology", "Xin lỗi"),
    TableColumn("cause", "Nguyên nhân"),
)
"""What is told of a dossier in every list: what decides comes first."""


EXPORT_PATH = "/ho-so/danh-sach.xlsx"
"""Where the list that a page shows is had as a workbook."""


def listed_section(context: Context, behind: str) -> Section:
    """Return the dossiers that the metric ``behind`` counts; without one that counts any, the late
    ones and those soon due.
    """
    if behind in METRICS and METRICS[behind].counts_dossiers:
        return behind_section(context, behind)
    return dossier_list_section(context)


def _export(context: Context, **more: str) -> str:
    """Return the address of the workbook of a list: as the page is filtered, whoever asks."""
    address = replace(context.filters, period=context.period).to_query()
    return f"{EXPORT_PATH}{address}" + "".join(f"&{key}={word}" for key, word in more.items())


def dossier_list_section(context: Context) -> Section:
    """Every dossier overdue at the period's cut-off, due soon after it, or resolved late in it."""
    if not has_dossiers(context):
        code, title = "dossier_list", "Danh sách hồ sơ"
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    first, cutoff = period_days(context)
    late = run_query(
        context.connection, "late_dossiers", first=first, last=cutoff, **query_binds(context)
    )
    calendar = working_calendar(context.settings)
    soon = open_dossiers(context, due_until=calendar.next_working_days(cutoff, SOON_DAYS)[-1])
    to_come = late_days(context, soon["due_on"], cutoff)
    were_late = late_days(context, late["due_on"], late["closed_on"])
    # What can still be done comes first.
    rows = [
        {
            **_open_words(is_overdue=row["due_on"] < cutoff),
            "days": days,
            "closed_on": None,
            "apology": "",
            "cause": "",
            **row,
        }
        for row, days in zip(plain_records(soon), to_come, strict=True)
    ] + [
        {
            "state": DONE_LATE,
            "tone": "plain",
            "days": days,
            **_late_words(row),
            **row,
        }
        for row, days in zip(plain_records(late), were_late, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=[*(column.key for column in LIST_COLUMNS), "tone"])
    frame["channel"] = frame["channel"].map(labels("dossier_channel"))
    return Section(
        "dossier_list",
        "Danh sách hồ sơ",
        (
            Span(
                f"{fmt.count_noun(len(soon), 'hồ sơ')} quá hạn hoặc sắp đến hạn, "
                f"{fmt.count_noun(len(late), 'hồ sơ')} đã xong trễ"
                if len(frame)
                else "Không có hồ sơ nào quá hạn, sắp đến hạn hay đã xong trễ"
            ),
        ),
        table=Table(LIST_COLUMNS, frame),
        note=f"Từ {fmt.day(first)} đến {fmt.day(cutoff)}",
        metric="late_rate",
        data={"export": _export(context)},
    )


def behind_section(context: Context, code: str) -> Section:
    """Every dossier that the metric ``code`` counts in the period: its numerator, then the rest."""
    metric = find_metric(code)
    found = dossiers_behind(context, code)
    if metric.kind == "stock":
        # What it counts was open at the cut-off, whatever has become of it since.
        found = found.assign(closed_on=None)
    rows = []
    # What is still open has been late up to the cut-off.
    until = found["closed_on"].where(found["closed_on"].notna(), context.cutoff)
    days_late = late_days(context, found["due_on"], until)
    for row, days in zip(plain_records(found), days_late, strict=True):
        is_late = not pd.isna(days) and days > 0
        rows.append(
            {
                "state": "Được đếm" if row["is_counted"] else "Chỉ ở mẫu số",
                "tone": "plain",
                "days": days if is_late else None,
                **(
                    _late_words(row)
                    if is_late and row["closed_on"]
                    else {"apology": "", "cause": ""}
                ),
                **row,
            }
        )
    frame = pd.DataFrame(rows, columns=[*(column.key for column in LIST_COLUMNS), "tone"])
    frame["channel"] = frame["channel"].map(labels("dossier_channel"))
    counted = fmt.count(int(found["is_counted"].sum()))
    words = f"{counted} trên {fmt.count_noun(len(found), 'hồ sơ')}"
    if not metric.denominator:
        words = fmt.count_noun(len(found), "hồ sơ")
    address = replace(context.filters, period=context.period).to_query()
    return Section(
        "dossier_list",
        "Danh sách hồ sơ",
        (Span(f"{metric.label}: {words}"),),
        table=Table(LIST_COLUMNS, frame),
        note=fmt.period_label(context.period),
        metric=code,
        data={
            "back": (BACK, f"/ho-so{address}#dossier_list"),
            "export": _export(context, list=code),
        },
    )


def _open_words(*, is_overdue: bool) -> dict[str, str]:
    if is_overdue:
        return {"state": OVERDUE, "tone": "concern"}
    return {"state": "Sắp đến hạn", "tone": "notice"}


def _late_words(row: dict[str, Any]) -> dict[str, str]:
    """Return whether the citizen was told, and why it was late."""
    return {
        "apology": fmt.day(row["apology_on"]) if row["apology_on"] else NO_APOLOGY,
        "cause": row["late_cause"] or NO_CAUSE,
    }


CHANGE_COLUMNS = (
    TableColumn("dossier_code", "Mã hồ sơ", "code"),
    TableColumn("department", "Bộ phận"),
    TableColumn("what", "Ô bị đổi"),
    TableColumn("before", "Lần đầu", "date"),
    TableColumn("after", "Nay", "date"),
    TableColumn("times", "Số lần đổi", "integer"),
    TableColumn("changed_on", "Số liệu đến", "date"),
)


def moved_deadlines(context: Context) -> pd.DataFrame:
    """One row per due or finish date that a load of the period moved, as :data:`CHANGE_COLUMNS`.

    ``before`` is what the first load that gave the date said, whenever that was, ``after`` what
    the database says now, ``times`` how often loads of the period moved it, ``changed_on`` up to
    which day the data of the last of those reach. The latest move comes first.
    """
    first, cutoff = period_days(context)
    found = run_query(context.connection, "deadline_changes", last=cutoff, **query_binds(context))
    rows = []
    for _, loads in found.groupby("dossier_code", sort=False):
        for name, words in (("due_at", "Ngày hẹn"), ("finished_at", "Ngày xong")):
            if row := _moved(plain_records(loads), name, since=first):
                rows.append({**row, "what": words})
    rows.sort(key=lambda row: row["changed_on"], reverse=True)
    return pd.DataFrame(rows, columns=[column.key for column in CHANGE_COLUMNS]).astype(object)


def _moved(loads: list[dict[str, Any]], name: str, *, since: date) -> dict[str, Any] | None:
    """Return how the date ``name`` of one dossier moved since a day; None where it did not.

    A first filling in of a blank moves nothing.
    """
    days = [_day(orjson.loads(load["image"])[name]) for load in loads] + [_day(loads[-1][name])]
    moves = [
        load["changed_on"]
        for load, before, after in zip(loads, days, days[1:], strict=False)
        if before is not None and before != after and load["changed_on"] >= since
    ]
    if not moves:
        return None
    return {
        "dossier_code": loads[-1]["dossier_code"],
        "department": loads[-1]["department"],
        "before": next(day for day in days if day is not None),
        "after": days[-1],
        "times": len(moves),
        "changed_on": moves[-1],
    }


def _day(moment: object) -> date | None:
    text = str(moment or "")[:10]
    return date.fromisoformat(text) if text else None


def changes_section(context: Context) -> Section:
    """Due or finish dates that a later load moved: the first and the present value."""
    table = moved_deadlines(context)
    return Section(
        "deadline_changes",
        "Ngày hẹn, ngày xong bị đổi",
        (
            Span(
                f"{fmt.count_noun(table['dossier_code'].nunique(), 'hồ sơ')} bị đổi ngày sau khi "
                "đã nạp"
                if len(table)
                else "Không có ngày hẹn, ngày xong nào bị đổi"
            ),
        ),
        table=Table(CHANGE_COLUMNS, table),
        note="Lần đầu: giá trị của lần nạp đầu tiên có ghi ngày này",
        metric="due_date_changes",
    )


def changes_by_month_section(context: Context) -> Section:
    """How many dossiers had such a date moved, by month and department, the newest month first."""
    months = context.months_to_end(YEAR_MONTHS)
    counted = context.measure("due_date_changes", by=("month", "department"), months=months)
    counted = counted[counted["numerator"].fillna(0) > 0]
    frame = counted.assign(count=counted["numerator"].astype(int)).sort_values(
        ["month", "count", "department"], ascending=[False, False, True], ignore_index=True
    )
    window = context.window_words(YEAR_MONTHS)
    words = (
        f"{fmt.count(frame['count'].sum())} lượt hồ sơ bị đổi ngày trong {window}"
        if len(frame)
        else f"Không hồ sơ nào bị đổi ngày trong {window}"
    )
    return Section(
        "deadline_months",
        "Bị đổi ngày theo tháng và bộ phận",
        (Span(words),),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                TableColumn("department", "Bộ phận"),
                TableColumn("count", "Hồ sơ", "integer"),
            ),
            frame[["month", "department", "count"]],
        ),
        note="Tháng của số liệu nạp sau",
        metric="due_date_changes",
    )
