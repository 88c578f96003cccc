"""The period beside the one before it and the same one of the year before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import Period
from dashboard.metrics import find_metric
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.reports.context import Context
from dashboard.reports.kpis import has_value


def comparison_section(context: Context, codes: Iterable[str]) -> Section:
    """One row per metric: this period, the one before, the same one last year, with counts.

    A difference is given as it is; whether it means anything is not said here.
    """
    period = context.period
    before, last_year = period.previous(), period.last_year()
    codes = list(codes)
    now_rows = context.measure_many(codes)
    before_rows = context.measure_many(codes, months=before.months)
    year_ago_rows = context.measure_many(codes, months=last_year.months)
    rows = []
    for code in codes:
        now, earlier, year_ago = now_rows[code], before_rows[code], year_ago_rows[code]
        rows.append(
            {
                "label": find_metric(code).label,
                "now": figure_words(code, now),
                "before": figure_words(code, earlier),
                "change": _change(code, now, earlier),
                "year_ago": figure_words(code, year_ago),
                "year_change": _change(code, now, year_ago),
            }
        )
    return Section(
        "comparison",
        "So sánh các kỳ",
        (Span(f"{fmt.period_label(period)} so với kỳ trước và cùng kỳ năm trước"),),
        table=Table(
            (
                TableColumn("label", "Chỉ tiêu"),
                TableColumn("now", fmt.period_label(period), "figure"),
                TableColumn("before", fmt.period_label(before), "figure"),
                TableColumn("change", "So kỳ trước", "figure"),
                TableColumn("year_ago", _year_ago_label(last_year, before), "figure"),
                TableColumn("year_change", "So cùng kỳ", "figure"),
            ),
            pd.DataFrame(rows),
        ),
        note="Chênh lệch nhỏ có thể chỉ là dao động; xem khoảng 95 % trước khi kết luận",
    )


def _year_ago_label(last_year: Period, before: Period) -> str:
    words = fmt.period_label(last_year)
    return f"{words} (cùng kỳ)" if last_year == before else words


def figure_words(code: str, row: dict[str, Any] | None) -> str:
    """Return a figure with its counts: "3,1 % (9/290)"; without figure, why there is none."""
    metric = find_metric(code)
    if row is None or pd.isna(row["numerator"]):
        return "chưa có số liệu"
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
