"""Hồ sơ: late rate by department, outcomes by month, what is open and due, form II.06a."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import Period
from dashboard.reports.context import YEAR_MONTHS, Context
from dashboard.reports.kpis import has_value, one_row
from dashboard.model import (
    Chart,
    Missing,
    Report,
    Section,
    Sentence,
    Span,
    Table,
    TableColumn,
)
from etl.catalogue.metrics import DOSSIER, Mart
from etl.catalogue.values import code_of
from etl.frames import records
from etl.marts import Slice, sums
from etl.queries import run_query
from etl.seeding import working_calendar

SOON_DAYS = 5
"""Working days ahead that the list of due dossiers looks."""


def build_dossiers_report(context: Context) -> Report:
    """Return the report of the page Hồ sơ."""
    by_department = context.measure("late_rate", by=("department",))
    whole = one_row(context.measure("late_rate"))
    return Report(
        code="dossiers",
        title="Hồ sơ",
        period=fmt.period_label(context.period),
        as_of=context.as_of.get("dossier", context.latest),
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=late_sentence(context.period, whole, by_department),
        kpis=(),
        sections=(
            strip_section(context),
            late_by_department_section(context, by_department, whole),
            outcomes_section(context),
            due_section(context),
            form_section(context),
        ),
    )


def no_data(context: Context, what: str = "hồ sơ") -> Missing:
    """Say that the period is not covered, and what to do."""
    words = fmt.period_label(context.period)
    return Missing(
        "no_data",
        f"{words} chưa có số liệu {what}. Đây không phải 0.",
        "Nạp số liệu của kỳ này",
        "/du-lieu",
    )


def worst_department(by_department: pd.DataFrame) -> dict[str, Any] | None:
    """Return the department with the most late dossiers, when there is any."""
    late = by_department[by_department["numerator"].fillna(0) > 0]
    if late.empty:
        return None
    ordered = late.sort_values(["numerator", "value"], ascending=False, kind="stable")
    return dict(ordered.iloc[0])


def late_sentence(
    period: Period, whole: dict[str, Any] | None, by_department: pd.DataFrame
) -> Sentence:
    """One sentence: the late rate with its count, and where most of it lies."""
    words = fmt.period_label(period)
    if whole is None:
        return (Span(f"{words} chưa có số liệu hồ sơ."),)
    if not has_value(whole):
        return (Span(f"{words} không có hồ sơ có hạn nào được giải quyết."),)
    if whole["numerator"] == 0:
        return (
            Span("Không có hồ sơ trễ hạn", strong=True),
            Span(
                f" trong {fmt.count_noun(whole['denominator'], 'hồ sơ')} có hạn, {words.lower()}."
            ),
        )
    spans = [
        Span(
            f"{fmt.count_of(whole['numerator'], whole['denominator'], 'hồ sơ')} trễ hạn "
            f"({fmt.percent_of(whole['numerator'], whole['denominator'])})",
            strong=True,
            tone="concern",
        ),
        Span(f" {words.lower()}"),
    ]
    worst = worst_department(by_department)
    if worst is not None and worst["numerator"] > 1:
        spans.append(Span(f"; {fmt.count(worst['numerator'])} hồ sơ ở {worst['department']}"))
    return (*spans, Span("."))


def strip_section(context: Context) -> Section:
    """The six numbers of the strip."""
    resolved = one_row(context.measure("dossiers_resolved"))
    if resolved is None:
        return Section("strip", "Số chính", (Span("Số chính"),), missing=no_data(context))
    late = one_row(context.measure("late_rate"))
    intake = one_row(context.measure("intake_within_8h_rate"))
    apology = one_row(context.measure("apology_rate"))
    counts = mart_sums(
        context,
        DOSSIER,
        (
            "resolved_no_due",
            "pending_in_time",
            "pending_overdue",
            "pending_no_due",
            "intake_no_time",
        ),
    )
    pending = sum(counts[name] for name in ("pending_in_time", "pending_overdue", "pending_no_due"))
    assert late is not None and intake is not None and apology is not None
    cells = [
        _cell(
            "Đã giải quyết",
            fmt.count(resolved["numerator"]),
            f"{fmt.count(counts['resolved_no_due'])} hồ sơ không có hạn",
            "dossiers_resolved",
        ),
        _cell(
            "Trễ hạn",
            fmt.count(late["numerator"]),
            f"trên {fmt.count(late['denominator'])} hồ sơ có hạn",
            "late_rate",
            is_concern=late["numerator"] > 0,
        ),
        _cell(
            "Đang xử lý",
            fmt.count(pending),
            f"{fmt.count(counts['pending_in_time'])} còn trong hạn",
            "open_overdue",
        ),
        _cell(
            "Quá hạn chưa xong",
            fmt.count(counts["pending_overdue"]),
            _longest_overdue(context),
            "open_overdue",
            is_concern=counts["pending_overdue"] > 0,
        ),
        _cell(
            "Tiếp nhận trong 8 giờ",
            fmt.percent_of(intake["numerator"], intake["denominator"])
            if has_value(intake)
            else "–",
            f"{fmt.count(intake['numerator'])}/{fmt.count(intake['denominator'])} trực tuyến"
            + (
                f", {fmt.count(counts['intake_no_time'])} không ghi giờ"
                if counts["intake_no_time"]
                else ""
            ),
            "intake_within_8h_rate",
        ),
        _cell(
            "Có phiếu xin lỗi",
            f"{fmt.count(apology['numerator'])}/{fmt.count(apology['denominator'])}",
            f"còn {fmt.count(apology['denominator'] - apology['numerator'])} hồ sơ (IV.2)",
            "apology_rate",
        ),
    ]
    return Section("strip", "Số chính", (Span("Số chính"),), data={"cells": cells})


def _cell(
    label: str, value: str, detail: str, metric: str, *, is_concern: bool = False
) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "detail": detail,
        "metric": metric,
        "is_concern": is_concern,
    }


def mart_sums(context: Context, mart: Mart, columns: tuple[str, ...]) -> dict[str, int]:
    """Return counts of a mart for the period under the reader's filters."""
    chosen = context.filters.members(mart.dimensions)
    members = tuple((name, (_code(name, value),)) for name, value in chosen.items())
    part = Slice(
        context.filters.calendar,
        months=context.period.months,
        members=members,
        units=(context.unit.code,),
    )
    frame = sums(context.connection, mart, columns, part=part)
    return {
        name: 0 if pd.isna(frame[name].iloc[0]) else int(frame[name].iloc[0]) for name in columns
    }


def _code(dimension: str, label: str) -> str:
    if dimension != "channel":
        return label
    return code_of("dossier_channel", label) or label


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
        channel=_code("channel", channel) if channel else None,
    )


def _longest_overdue(context: Context) -> str:
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


def late_by_department_section(
    context: Context, by_department: pd.DataFrame, whole: dict[str, Any] | None
) -> Section:
    """Late rate of each department with its counts, most late dossiers first."""
    if whole is None:
        return Section(
            "late_by_department",
            "Trễ hạn theo bộ phận",
            (Span("Trễ hạn theo bộ phận"),),
            metric="late_rate",
            missing=no_data(context),
        )
    frame = by_department[by_department["denominator"].fillna(0) > 0]
    if frame.empty:
        return Section(
            "late_by_department",
            "Trễ hạn theo bộ phận",
            (Span("Không có hồ sơ có hạn nào được giải quyết"),),
            metric="late_rate",
            missing=Missing(
                "empty_filter",
                f"Không có hồ sơ nào khớp bộ lọc trong {fmt.period_label(context.period).lower()}.",
                "Bỏ bộ lọc",
                "?",
            ),
        )
    frame = frame.sort_values(
        ["value", "denominator"], ascending=[False, False], kind="stable", ignore_index=True
    )
    worst = worst_department(by_department)
    bars = frame.rename(columns={"department": "label"}).assign(
        key=frame["department"],
        is_highlight=frame["department"] == (worst or {}).get("department"),
    )
    if worst is None:
        sentence: Sentence = (Span("Không bộ phận nào có hồ sơ trễ"),)
    else:
        sentence = (
            Span(
                f"{worst['department']} có {fmt.count(worst['numerator'])} trên "
                f"{fmt.count(whole['numerator'])} hồ sơ trễ"
            ),
        )
    return Section(
        "late_by_department",
        "Trễ hạn theo bộ phận",
        sentence,
        chart=Chart(
            "bars",
            bars,
            {
                "noun": "hồ sơ",
                "average": float(whole["value"]) if has_value(whole) else None,
                "average_label": f"Toàn {context.unit.kind or 'đơn vị'} "
                f"{fmt.percent_of(whole['numerator'], whole['denominator'])}",
                "zero_text": "trễ",
            },
        ),
        table=Table(
            (
                TableColumn("department", "Bộ phận"),
                TableColumn("numerator", "Trễ hạn", "integer"),
                TableColumn("denominator", "Đã giải quyết có hạn", "integer"),
                TableColumn("value", "Tỷ lệ trễ", "percent1"),
                TableColumn("low", "Thấp nhất (95 %)", "percent1"),
                TableColumn("high", "Cao nhất (95 %)", "percent1"),
            ),
            frame,
        ),
        note="Trễ: ngày xong sau ngày hẹn",
        metric="late_rate",
        data={
            "subtitle": f"Tỷ lệ trễ hạn theo bộ phận, {fmt.period_label(context.period).lower()}"
        },
    )


OUTCOMES = {
    "resolved_late": "late",
    "resolved_on_time": "on_time",
    "resolved_early": "early",
    "resolved_no_due": "no_due",
}


def outcomes_section(context: Context) -> Section:
    """Resolved dossiers by outcome, month by month, for the year that ends with the period."""
    months = context.months_to_end(YEAR_MONTHS)
    chosen = context.filters.members(DOSSIER.dimensions)
    part = Slice(
        context.filters.calendar,
        by=("month",),
        months=months,
        members=tuple((name, (_code(name, value),)) for name, value in chosen.items()),
        units=(context.unit.code,),
    )
    frame = sums(context.connection, DOSSIER, tuple(OUTCOMES), part=part)
    frame = frame.rename(columns=OUTCOMES).sort_values("month", ignore_index=True)
    if frame.empty:
        return Section(
            "outcomes",
            "Kết quả từng tháng",
            (Span("Kết quả từng tháng"),),
            metric="dossiers_resolved",
            missing=no_data(context),
        )
    names = list(OUTCOMES.values())
    total = int(frame[names].to_numpy().sum())
    late = int(frame["late"].sum())
    return Section(
        "outcomes",
        "Kết quả từng tháng",
        (
            Span(
                f"{fmt.count(late)} hồ sơ trễ trong {fmt.count(total)} hồ sơ giải quyết "
                "mười hai tháng"
            ),
        ),
        chart=Chart("outcomes", frame),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                TableColumn("late", "Trễ hạn", "integer"),
                TableColumn("on_time", "Đúng hạn", "integer"),
                TableColumn("early", "Trước hạn", "integer"),
                TableColumn("no_due", "Không có hạn", "integer"),
            ),
            frame,
        ),
        note=f"12 tháng đến {fmt.month_short(months[1])}",
        metric="dossiers_resolved",
        data={"subtitle": "Hồ sơ đã giải quyết theo kết quả, từng tháng"},
    )


def due_section(context: Context) -> Section:
    """What is overdue, and what falls due in the next working days."""
    cutoff = context.cutoff
    code, title = "due", "Hồ sơ quá hạn và sắp đến hạn"
    if cutoff is None or "dossier" not in context.as_of:
        return Section(code, title, (Span(title),), missing=no_data(context))
    days = working_calendar(context.settings).next_working_days(cutoff, SOON_DAYS)
    frame = open_dossiers(context, due_until=days[-1])
    is_overdue = frame["due_on"] < cutoff
    overdue, soon = frame[is_overdue], frame[~is_overdue]
    items = []
    for record in records(frame):
        late_by = overdue_days(context, record["due_on"], cutoff)
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


FORM_COLUMNS = (
    "entered_due",
    "opening_due",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "withdrawn_early",
    "withdrawn_on_time",
    "withdrawn_late",
    "pending_in_time",
    "pending_overdue",
)


def form_ii06a(context: Context) -> pd.DataFrame:
    """Form II.06a: one row per field, thirteen columns; the last row is the total.

    Columns c3 to c13 as the form numbers them; withdrawn dossiers count as resolved there, and
    ``withdrawn_late`` says how many of column 10 they are. Source: form II.06a, Circular
    01/2020/TT-VPCP.
    """
    chosen = context.filters.members(DOSSIER.dimensions)
    part = Slice(
        context.filters.calendar,
        by=("field", "channel"),
        months=context.period.months,
        members=tuple((name, (_code(name, value),)) for name, value in chosen.items()),
        units=(context.unit.code,),
    )
    frame = sums(context.connection, DOSSIER, FORM_COLUMNS, part=part)
    is_online = (frame["channel"] == "online").astype("Int64")
    form = pd.DataFrame(
        {
            "field": frame["field"],
            "c4": frame["entered_due"] * is_online,
            "c5": frame["entered_due"] * (1 - is_online),
            "c6": frame["opening_due"],
            "c8": frame["resolved_early"] + frame["withdrawn_early"],
            "c9": frame["resolved_on_time"] + frame["withdrawn_on_time"],
            "c10": frame["resolved_late"] + frame["withdrawn_late"],
            "c12": frame["pending_in_time"],
            "c13": frame["pending_overdue"],
            "withdrawn_late": frame["withdrawn_late"],
        }
    )
    form = form.groupby("field", as_index=False).sum()
    form["c3"] = form["c4"] + form["c5"] + form["c6"]
    form["c7"] = form["c8"] + form["c9"] + form["c10"]
    form["c11"] = form["c12"] + form["c13"]
    form = form[form["c3"] + form["c7"] + form["c11"] > 0]
    numbers = [f"c{n}" for n in range(3, 14)] + ["withdrawn_late"]
    total = form[numbers].sum().to_frame().T.assign(field="Tổng cộng")
    return pd.concat([form, total], ignore_index=True)[["field", *numbers]]


FORM_LABELS = {
    "c3": "Tổng số tiếp nhận",
    "c4": "Trực tuyến",
    "c5": "Trực tiếp, bưu chính",
    "c6": "Kỳ trước chuyển",
    "c7": "Tổng đã giải quyết",
    "c8": "Trước hạn",
    "c9": "Đúng hạn",
    "c10": "Quá hạn",
    "c11": "Tổng đang giải quyết",
    "c12": "Trong hạn",
    "c13": "Quá hạn",
}


def form_section(context: Context) -> Section:
    """Form II.06a as a table, fields down."""
    code, title = "form_ii06a", "Biểu II.06a"
    form = form_ii06a(context)
    if len(form) == 1:
        return Section(code, title, (Span(title),), missing=no_data(context))
    total = form.iloc[-1]
    footnote = (
        f"Cột 10 gồm {fmt.count(total['withdrawn_late'])} hồ sơ rút sau ngày hẹn. "
        if total["withdrawn_late"]
        else ""
    )
    without_due = mart_sums(
        context, DOSSIER, ("entered_no_due", "resolved_no_due", "pending_no_due")
    )
    return Section(
        code,
        title,
        (
            Span(
                f"Tiếp nhận {fmt.count(total['c3'])}, đã giải quyết {fmt.count(total['c7'])}, "
                f"đang giải quyết {fmt.count(total['c11'])} hồ sơ có hạn"
            ),
        ),
        table=Table(
            (
                TableColumn("field", "Lĩnh vực"),
                *(TableColumn(key, label, "integer") for key, label in FORM_LABELS.items()),
            ),
            form,
        ),
        note=f"{footnote}Hồ sơ không có hạn, ngoài biểu: tiếp nhận "
        f"{fmt.count(without_due['entered_no_due'])}, đã giải quyết "
        f"{fmt.count(without_due['resolved_no_due'])}, đang giải quyết "
        f"{fmt.count(without_due['pending_no_due'])}.",
        data={
            "subtitle": f"Theo lĩnh vực, {fmt.period_label(context.period).lower()}; "
            "hồ sơ rút hoặc dừng tính vào đã giải quyết"
        },
    )
