"""The period beside the one before it and the same one of the year before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.reports.context import Context
from dashboard.reports.kpis import has_value
from dashboard.text import NO_DATA


def comparison_section(context: Context, codes: Iterable[str]) -> Section:
    """One row per metric: this period, the one before, the same one last year, with counts.

    Of a year the one before is the same one last year, and stands there once. A difference is
    given as it is; whether it means anything is not said here.
    """
    period, codes = context.period, list(codes)
    others = [
        ("before", "change", "So kỳ trước", period.previous()),
        ("year_ago", "year_change", "So cùng kỳ", period.last_year()),
    ]
    said = "kỳ trước và cùng kỳ năm trước"
    if period.previous() == period.last_year():
        said = "năm trước" if period.kind == "year" else "cùng kỳ năm trước"
        others = [("before", "change", f"So {said}", period.previous())]
    now_rows = context.measure_many(codes)
    columns = [
        TableColumn("label", "Chỉ tiêu"),
        TableColumn("now", fmt.period_label(period), "figure"),
    ]
    rows = [
        {"label": find_metric(code).label, "now": figure_words(code, now_rows[code])}
        for code in codes
    ]
    for then, change, compared, other in others:
        then_rows = context.measure_many(codes, months=other.months)
        for code, row in zip(codes, rows, strict=True):
            row[then] = figure_words(code, then_rows[code])
            row[change] = _change(code, now_rows[code], then_rows[code])
        columns += [
            TableColumn(then, fmt.period_label(other), "figure"),
            TableColumn(change, compared, "figure"),
        ]
    return Section(
        "comparison",
        "So sánh các kỳ",
        (Span(f"{fmt.period_label(period)} so với {said}"),),
        table=Table(tuple(columns), pd.DataFrame(rows)),
        note="Chênh lệch nhỏ có thể chỉ là dao động; xem khoảng 95 % trước khi kết luận",
    )


def figure_words(code: str, row: dict[str, Any] | None) -> str:
    """Return a figure with its counts: "3,1 % (9/290)"; without figure, why there is none."""
    metric = find_metric(code)
    if row is None or pd.isna(row["numerator"]):
        return NO_DATA
    if not metric.is_fraction:
        return fmt.count(row["numerator"])
    counts = fmt.fraction_of(row["numerator"], row["denominator"])
    if not has_value(row):
        return f"không phát sinh ({counts})"
    return f"{fmt.percent_of(row['numerator'], row['denominator'])} ({counts})"


def _change(code: str, now: dict[str, Any] | None, then: dict[str, Any] | None) -> str:
    if now is None or then is None:
        return fmt.NOTHING
    if not find_metric(code).is_fraction:
        return fmt.signed(int(now["numerator"]) - int(then["numerator"]))
    if not has_value(now) or not has_value(then):
        return fmt.NOTHING
    return fmt.points(now["value"] - then["value"])
