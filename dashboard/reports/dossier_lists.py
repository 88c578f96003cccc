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
from dashboard.reports.behind import dossiers_behind
from dashboard.reports.breakdowns import period_days, query_binds
from dashboard.reports.context import Context
from dashboard.reports.due import SOON_DAYS, open_dossiers
from etl.catalogue.metrics import METRICS
from etl.catalogue.values import labels
from etl.frames import plain_records
from etl.queries import run_query
from etl.seeding import working_calendar

BACK = "Hồ sơ trễ và sắp đến hạn"

LIST_COLUMNS = (
    TableColumn("state", "Tình trạng"),
    TableColumn("due_on", "Hẹn trả", "date"),
    TableColumn("days", "Ngày trễ", "integer"),
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
    """Every dossier resolved late in the period, overdue at its cut-off, or due soon after it."""
    first, cutoff = period_days(context)
    late = run_query(
        context.connection, "late_dossiers", first=first, last=cutoff, **query_binds(context)
    )
    calendar = working_calendar(context.settings)
    soon = open_dossiers(context, due_until=calendar.next_working_days(cutoff, SOON_DAYS)[-1])
    rows = [
        {
            "state": "Đã xong, trễ hạn",
            "days": int((row["closed_on"] - row["due_on"]).days),
            **_late_words(row),
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
    frame = pd.DataFrame(rows, columns=[column.key for column in LIST_COLUMNS])
    frame["channel"] = frame["channel"].map(labels("dossier_channel"))
    return Section(
        "dossier_list",
        "Danh sách hồ sơ",
        (
            Span(
                f"{fmt.count_noun(len(late), 'hồ sơ')} đã xong trễ, "
                f"{fmt.count_noun(len(soon), 'hồ sơ')} quá hạn hoặc sắp đến hạn"
            ),
        ),
        table=Table(LIST_COLUMNS, frame),
        note=f"Từ {fmt.day(first)} đến {fmt.day(cutoff)}; trễ tính theo ngày dương lịch",
        metric="late_rate",
        data={"export": _export(context)},
    )


def behind_section(context: Context, code: str) -> Section:
    """Every dossier that the metric ``code`` counts in the period: its numerator, then the rest."""
    metric = find_metric(code)
    found = dossiers_behind(context, code)
    rows = []
    for row in plain_records(found):
        days = (row["closed_on"] - row["due_on"]).days if row["closed_on"] and row["due_on"] else 0
        is_late = days > 0
        rows.append(
            {
                "state": "Được đếm" if row["is_counted"] else "Chỉ ở mẫu số",
                "days": days if is_late else None,
                **(_late_words(row) if is_late else {"apology": "", "cause": ""}),
                **row,
            }
        )
    frame = pd.DataFrame(rows, columns=[column.key for column in LIST_COLUMNS])
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


def _late_words(row: dict[str, Any]) -> dict[str, str]:
    """Return whether the citizen was told, and why it was late."""
    return {
        "apology": fmt.day(row["apology_on"]) if row["apology_on"] else "chưa có",
        "cause": row["late_cause"] or "chưa ghi",
    }


CHANGE_COLUMNS = (
    TableColumn("dossier_code", "Mã hồ sơ", "code"),
    TableColumn("department", "Bộ phận"),
    TableColumn("what", "Ô bị đổi"),
    TableColumn("before", "Trước", "date"),
    TableColumn("after", "Nay", "date"),
    TableColumn("changed_on", "Số liệu đến", "date"),
)


def moved_deadlines(context: Context) -> pd.DataFrame:
    """One row per due or finish date that a load of the period moved, as :data:`CHANGE_COLUMNS`."""
    first, cutoff = period_days(context)
    frame = run_query(
        context.connection, "deadline_changes", first=first, last=cutoff, **query_binds(context)
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
    return pd.DataFrame(rows, columns=[column.key for column in CHANGE_COLUMNS]).astype(object)


def changes_section(context: Context) -> Section:
    """Due or finish dates that a later load moved: the former and the present value."""
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
        note="So với giá trị của lần nạp trước",
        metric="due_date_changes",
    )
