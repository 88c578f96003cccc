"""Hài lòng: the index over time beside the yearly baseline, and by criterion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.reports.context import TREND_MONTHS, YEAR_MONTHS, Context
from dashboard.reports.kpis import SMALL_N, has_value, one_row
from dashboard.model import Chart, Missing, Section, Sentence, Span, Table, TableColumn
from dashboard.reports.tasks import criteria
from etl.frames import records

METHOD = "Phương pháp: hai mức cao nhất"
"""Top-two-box, the SIPAS method in use; printed beside every index."""


def baseline_label(year: int | None, baseline: float | None) -> str:
    """Return "Mốc 2023 90,83 %", "" without a baseline."""
    if baseline is None:
        return ""
    return f"Mốc {year or ''} {fmt.percent(baseline, 2)}".replace("  ", " ")


def trend_section(context: Context) -> Section:
    """The index month by month with its interval; a month without survey is a hole."""
    code, title = "satisfaction_trend", "Hài lòng từng tháng"
    months = context.months_to_end(TREND_MONTHS)
    frame = context.measure("satisfaction_index", by=("month",), months=months)
    covered = frame[frame["numerator"].notna()]
    if covered.empty or covered["value"].isna().all():
        return Section(
            code,
            title,
            (Span("Chưa có phiếu khảo sát nào"),),
            metric="satisfaction_index",
            missing=Missing(
                "no_data",
                "Chưa có khảo sát nên không có chỉ số. Đây không phải 0 %.",
                "Nạp phiếu khảo sát",
                "/du-lieu",
            ),
        )
    first = covered["month"].min()
    frame = frame[frame["month"] >= first].reset_index(drop=True)
    frame["state"] = [_state(row) for row in records(frame)]
    plan = context.plan(context.period.year)
    forms = int(frame["n"].fillna(0).sum())
    present = int((frame["state"] != "missing").sum())
    return Section(
        code,
        title,
        _trend_sentence(frame, plan.baseline),
        chart=Chart(
            "trend",
            frame,
            {
                "baseline": plan.baseline,
                "baseline_label": baseline_label(plan.baseline_year, plan.baseline),
                "noun": "phiếu",
            },
        ),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                TableColumn("value", "Chỉ số", "percent1"),
                TableColumn("low", "Thấp nhất (95 %)", "percent1"),
                TableColumn("high", "Cao nhất (95 %)", "percent1"),
                TableColumn("numerator", "Trả lời hài lòng", "integer"),
                TableColumn("denominator", "Trả lời hợp lệ", "integer"),
                TableColumn("n", "Phiếu", "integer"),
            ),
            frame,
        ),
        note=f"{fmt.count_noun(forms, 'phiếu')}, {present} tháng · {METHOD}",
        metric="satisfaction_index",
        data={"subtitle": "Khảo sát hằng tháng của xã, tỷ lệ trả lời hài lòng và rất hài lòng"},
    )


def _state(row: dict[str, Any]) -> str:
    if pd.isna(row["numerator"]) or pd.isna(row["value"]):
        return "missing"
    if row["n"] < SMALL_N:
        return "small"
    return "ok" if row["is_whole"] else "partial"


def _trend_sentence(frame: pd.DataFrame, baseline: float | None) -> Sentence:
    """Say how many months lie clear of the baseline: that much the intervals can carry."""
    known = frame[frame["state"] != "missing"]
    if baseline is None:
        return (Span(f"Chỉ số hài lòng của {len(known)} tháng"),)
    above = int((known["low"] > baseline).sum())
    below = int((known["high"] < baseline).sum())
    label = fmt.percent(baseline, 2)
    if not above and not below:
        return (Span(f"Hài lòng từng tháng chưa tách hẳn khỏi mốc {label}"),)
    parts = [f"{above} tháng cao hơn"] if above else []
    parts += [f"{below} tháng thấp hơn"] if below else []
    return (Span(f"{fmt.join_words(parts)} mốc {label}, các tháng khác chưa tách hẳn"),)


def criteria_section(context: Context) -> Section:
    """The six criteria over the last twelve months and the twelve before."""
    code, title = "criteria_index", "Sáu tiêu chí"
    months = context.months_to_end(YEAR_MONTHS)
    now = context.measure("satisfaction_index", by=("criterion",), months=months)
    now = now[now["denominator"].fillna(0) > 0]
    if now.empty:
        return Section(
            code,
            title,
            (Span("Chưa có số liệu theo tiêu chí"),),
            metric="satisfaction_index",
            missing=Missing(
                "no_data",
                "Mười hai tháng qua không có khảo sát nên không có chỉ số. Đây không phải 0 %.",
                "Nạp phiếu khảo sát",
                "/du-lieu",
            ),
        )
    before_months = _year_before(context)
    before = context.measure("satisfaction_index", by=("criterion",), months=before_months)
    previous = dict(zip(before["criterion"], before["value"], strict=True))
    names = criteria(context)
    frame = now.assign(
        label=[_criterion_label(code, names) for code in now["criterion"]],
        previous=[previous.get(code, float("nan")) for code in now["criterion"]],
    ).sort_values("value", ascending=False, kind="stable", ignore_index=True)
    lowest = frame.iloc[-1]
    frame["is_highlight"] = frame["criterion"] == lowest["criterion"]
    plan = context.plan(context.period.year)
    value = fmt.percent_of(lowest["numerator"], lowest["denominator"])
    name = str(lowest["label"]).split(". ", 1)[-1]
    pulls = plan.baseline is not None and lowest["high"] < plan.baseline
    sentence = f"{name} kéo chỉ số xuống: {value}" if pulls else f"{name} thấp nhất: {value}"
    return Section(
        code,
        title,
        (Span(sentence),),
        chart=Chart(
            "dots",
            frame,
            {
                "baseline": plan.baseline,
                "baseline_label": ""
                if plan.baseline is None
                else f"Mốc chung {fmt.percent(plan.baseline, 2)}",
            },
        ),
        table=Table(
            (
                TableColumn("label", "Tiêu chí"),
                TableColumn("value", "Chỉ số", "percent1"),
                TableColumn("low", "Thấp nhất (95 %)", "percent1"),
                TableColumn("high", "Cao nhất (95 %)", "percent1"),
                TableColumn("previous", "12 tháng trước đó", "percent1"),
                TableColumn("numerator", "Trả lời hài lòng", "integer"),
                TableColumn("denominator", "Trả lời hợp lệ", "integer"),
                TableColumn("n", "Phiếu", "integer"),
            ),
            frame,
        ),
        note=f"{fmt.count(frame['denominator'].min())}–{fmt.count(frame['denominator'].max())} "
        "câu trả lời mỗi tiêu chí",
        metric="satisfaction_index",
        data={
            "subtitle": f"Sáu tiêu chí, 12 tháng đến {fmt.month_short(months[1])}; "
            "vòng rỗng là 12 tháng trước đó"
        },
    )


def _year_before(context: Context) -> tuple[str, str]:
    first, _ = context.months_to_end(2 * YEAR_MONTHS)
    _, last = context.months_to_end(YEAR_MONTHS)
    year = str(int(last[:4]) - 1)
    return first, f"{year}{last[4:]}"


def _criterion_label(code: str, names: dict[str, dict[str, str]]) -> str:
    return f"{code}. {names[code]['label']}" if code in names else "Đánh giá chung"


def index_words(context: Context) -> Sentence:
    """Say the twelve-month index and how it stands to the baseline, no more than n can carry."""
    row = one_row(context.measure("satisfaction_index", months=context.months_to_end(YEAR_MONTHS)))
    if row is None or not has_value(row):
        return (Span("chưa có khảo sát hài lòng trong 12 tháng"),)
    value = Span(fmt.percent_of(row["numerator"], row["denominator"]), strong=True)
    plan = context.plan(context.period.year)
    if plan.baseline is None:
        return (Span("hài lòng 12 tháng "), value)
    label = fmt.percent(plan.baseline, 2)
    if row["low"] > plan.baseline:
        return (Span("hài lòng 12 tháng "), value, Span(f", cao hơn mốc {label}"))
    if row["high"] < plan.baseline:
        return (
            Span("hài lòng 12 tháng "),
            value,
            Span(f", thấp hơn mốc {label}", strong=True, tone="concern"),
        )
    side = "trên" if row["value"] >= plan.baseline else "dưới"
    return (
        Span("hài lòng 12 tháng "),
        value,
        Span(f", {side} mốc {label} nhưng chưa đủ phiếu để khẳng định"),
    )
