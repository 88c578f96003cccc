"""Phản ánh: received, answered in time, published, open, conduct; by channel, class, department."""

from __future__ import annotations

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Chart, Report, Section, Sentence, Span, Table, TableColumn
from dashboard.reports.absence import no_data
from dashboard.reports.breakdowns import counts_section, members_section, ratio_trend_section
from dashboard.reports.comparison import comparison_section
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.kpis import has_value

WHAT = "phản ánh, kiến nghị"
COMPARED = (
    "feedback_received",
    "conduct_complaints",
    "feedback_on_time_rate",
    "feedback_published_rate",
    "feedback_open_overdue",
)


def build_feedback_report(context: Context) -> Report:
    """Return the report of the page Phản ánh."""
    period = fmt.period_label(context.period)
    return Report(
        code="feedback",
        title="Phản ánh",
        period=period,
        as_of=context.as_of.get("feedback", context.latest),
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=feedback_sentence(context),
        kpis=(),
        sections=(
            strip_section(context),
            received_section(context),
            ratio_trend_section(
                context,
                "feedback_on_time_rate",
                section="on_time_trend",
                months=context.trend_months(YEAR_MONTHS),
                what=WHAT,
                subtitle="Theo tháng gửi; khoảng 95 %",
            ),
            counts_section(
                context,
                "feedback_received",
                by="channel",
                section="by_source",
                title="Theo nguồn",
                what=WHAT,
            ),
            counts_section(
                context,
                "feedback_received",
                by="category",
                section="by_category",
                title="Theo loại",
                what=WHAT,
            ),
            members_section(
                context,
                "feedback_on_time_rate",
                by="department",
                section="by_department",
                title="Theo bộ phận",
                what=WHAT,
                months=context.months_to_end(YEAR_MONTHS),
                subtitle=f"Trả lời đúng hạn, {context.window_words(YEAR_MONTHS)}; "
                "vạch là khoảng 95 %",
            ),
            comparison_section(context, COMPARED),
        ),
    )


def feedback_sentence(context: Context) -> Sentence:
    """Say what came in, how much was answered in time, and what is open past its limit."""
    words = fmt.period_label(context.period)
    received = one_row(context.measure("feedback_received"))
    if received is None:
        return (Span(f"{words} chưa có số liệu {WHAT}."),)
    on_time = one_row(context.measure("feedback_on_time_rate"))
    overdue = one_row(context.measure("feedback_open_overdue"))
    spans = [
        Span(fmt.count_noun(received["numerator"], "phản ánh"), strong=True),
        Span(f" {fmt.period_words(context.period)}"),
    ]
    if has_value(on_time):
        spans += [
            Span("; trả lời đúng hạn "),
            Span(fmt.count_of(on_time["numerator"], on_time["denominator"], ""), strong=True),
        ]
    if overdue is not None and overdue["numerator"]:
        spans += [
            Span("; "),
            Span(
                f"{fmt.count(overdue['numerator'])} quá hạn chưa trả lời",
                strong=True,
                tone="concern",
            ),
        ]
    return (*spans, Span("."))


def strip_section(context: Context) -> Section:
    """The five numbers of the strip."""
    received = one_row(context.measure("feedback_received"))
    if received is None:
        return Section("strip", "Số chính", (Span("Số chính"),), missing=no_data(context, WHAT))
    on_time = one_row(context.measure("feedback_on_time_rate"))
    published = one_row(context.measure("feedback_published_rate"))
    overdue = one_row(context.measure("feedback_open_overdue"))
    conduct = one_row(context.measure("conduct_complaints"))
    assert on_time is not None and published is not None
    assert overdue is not None and conduct is not None
    before = one_row(context.measure("feedback_received", months=context.period.previous().months))
    against = fmt.period_words(context.period.previous())
    cells = [
        {
            "label": "Nhận được",
            "value": fmt.count(received["numerator"]),
            "detail": f"{against}: {'–' if before is None else fmt.count(before['numerator'])}",
            "metric": "feedback_received",
            "is_concern": False,
        },
        {
            "label": "Trả lời đúng hạn",
            "value": fmt.percent_of(on_time["numerator"], on_time["denominator"]),
            "detail": fmt.count_of(on_time["numerator"], on_time["denominator"], "phản ánh"),
            "metric": "feedback_on_time_rate",
            "is_concern": False,
        },
        {
            "label": "Trả lời được công khai",
            "value": fmt.percent_of(published["numerator"], published["denominator"]),
            "detail": fmt.count_of(published["numerator"], published["denominator"], "đã trả lời"),
            "metric": "feedback_published_rate",
            "is_concern": False,
        },
        {
            "label": "Quá hạn chưa trả lời",
            "value": fmt.count(overdue["numerator"]),
            "detail": f"tính đến {fmt.day(context.cutoff_of('feedback'))}",
            "metric": "feedback_open_overdue",
            "is_concern": overdue["numerator"] > 0,
        },
        {
            "label": "Về hành vi công chức",
            "value": fmt.count(conduct["numerator"]),
            "detail": "mục tiêu 0 (IV.1)",
            "metric": "conduct_complaints",
            "is_concern": conduct["numerator"] > 0,
        },
    ]
    return Section("strip", "Số chính", (Span("Số chính"),), data={"cells": cells})


def received_section(context: Context) -> Section:
    """Items received month by month."""
    code, title = "received", "Phản ánh nhận được từng tháng"
    months = context.months_to_end(YEAR_MONTHS)
    frame = context.measure("feedback_received", by=("month",), months=months)
    covered = frame[frame["numerator"].notna()]
    if covered.empty:
        return Section(
            code,
            title,
            (Span(title),),
            metric="feedback_received",
            missing=no_data(context, WHAT),
        )
    frame = frame[frame["month"] >= covered["month"].min()].reset_index(drop=True)
    frame["state"] = [
        "missing" if pd.isna(n) else "ok" if whole else "partial"
        for n, whole in zip(frame["numerator"], frame["is_whole"], strict=True)
    ]
    total = int(covered["numerator"].sum())
    return Section(
        code,
        title,
        (Span(f"{fmt.count_noun(total, 'phản ánh')} trong {len(covered)} tháng"),),
        chart=Chart("columns", frame, {"noun": "phản ánh"}),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                TableColumn("numerator", "Phản ánh", "integer"),
            ),
            frame,
        ),
        note=context.window_words(YEAR_MONTHS),
        metric="feedback_received",
        data={"subtitle": "Số phản ánh, kiến nghị theo tháng gửi"},
    )
