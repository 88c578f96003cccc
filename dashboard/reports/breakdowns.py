"""Breakdowns that several pages share: a ratio by members, counts by members, months of a ratio."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Chart, Section, Sentence, Span, Table, TableColumn
from dashboard.reports.absence import nothing_matches, nothing_there, span_words
from dashboard.reports.context import TREND_MONTHS, Context
from dashboard.reports.signals import (
    changes_shown,
    movement_words,
    read_metric,
    reading_hint,
    with_signals,
)
from dashboard.reports.slices import unfiltered
from dashboard.text import HIGHEST, LOWEST, SMALL_N, brief
from etl.frames import records

RATIO_COLUMNS = (
    TableColumn("value", "Tỷ lệ", "percent1"),
    TableColumn("low", LOWEST, "percent1"),
    TableColumn("high", HIGHEST, "percent1"),
    TableColumn("numerator", "Tử số", "integer"),
    TableColumn("denominator", "Mẫu số", "integer"),
)

NOUNS = {"department": "bộ phận", "unit": "đơn vị"}
"""What a member of a dimension is called inside a sentence."""


def with_names(context: Context, frame: pd.DataFrame, *, by: str) -> pd.DataFrame:
    """Return a frame measured by ``by`` with ``label``, what readers call a member, and ``key``."""
    names = {one.code: one.short_name for one in context.chosen} if by == "unit" else {}
    return frame.assign(key=frame[by], label=frame[by].map(lambda name: names.get(name, name)))


def together(context: Context) -> str:
    """Name what all rows of a chart are together: the whole commune, or what the filter leaves."""
    return context.unit.together if unfiltered(context) is context else "Mức chung"


def trend_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a measured series with the ``state`` of each month; leading blanks are left out."""
    covered = frame[frame["numerator"].notna()]
    if covered.empty:
        return frame.iloc[0:0].assign(state=[])
    frame = frame[frame["month"] >= covered["month"].min()].reset_index(drop=True)
    return frame.assign(state=[month_state(row) for row in records(frame)])


def month_state(row: dict[str, Any]) -> str:
    """Return missing, small, partial or ok for one month of a ratio."""
    if pd.isna(row["numerator"]) or pd.isna(row["value"]):
        return "missing"
    if row["n"] < SMALL_N:
        return "small"
    return "ok" if row["is_whole"] else "partial"


def ratio_trend_section(
    context: Context,
    code: str,
    *,
    section: str,
    months: tuple[str, str],
    what: str,
    subtitle: str,
) -> Section:
    """A ratio month by month with its interval, its goal and what its months can be said to show.

    The limits rest on the two years that end with the period, whatever part is shown.
    """
    metric = find_metric(code)
    measured = context.trend(code, months=context.trend_months(TREND_MONTHS))
    reading = read_metric(context, code, measured)
    shown = measured[measured["month"].between(*months)]
    rebases = context.rebases_of(code)
    frame = with_signals(trend_frame(shown), reading, rebases=rebases)
    if frame.empty or frame["value"].isna().all():
        return Section(
            section,
            metric.label,
            (Span(metric.label),),
            metric=code,
            missing=nothing_there(context, code, what, months=months),
        )
    last = frame[frame["value"].notna()].iloc[-1]
    is_last = reading.last is not None and reading.frame["month"][reading.last] == last["month"]
    movement = movement_words(reading) if is_last else ""
    sentence: Sentence = (
        Span(
            f"{metric.label} {fmt.month_words(last['month'])}: "
            f"{fmt.percent_of(last['numerator'], last['denominator'])} "
            f"({fmt.count_of(last['numerator'], last['denominator'], metric.unit)})"
        ),
        *((Span(f", {movement}"),) if movement else ()),
    )
    return Section(
        section,
        metric.label,
        sentence,
        chart=Chart(
            "trend",
            frame,
            {
                "noun": metric.unit,
                "answers": metric.unit,
                "target": metric.target,
                "target_label": ""
                if metric.target is None
                else f"Mục tiêu {fmt.percent(metric.target, 0)}",
            },
        ),
        table=Table((TableColumn("month", "Tháng", "month"), *RATIO_COLUMNS), frame),
        metric=code,
        note="; ".join(
            [
                f"{fmt.count(len(frame))} tháng đến {fmt.month_short(months[1])}",
                *changes_shown(frame),
            ]
        ),
        data={"subtitle": subtitle, "reading": reading_hint(reading, rebases=rebases)},
    )


def members_section(
    context: Context,
    code: str,
    *,
    by: str,
    section: str,
    title: str,
    what: str,
    months: tuple[str, str] | None = None,
    baseline: float | None = None,
    baseline_label: str = "",
    subtitle: str = "",
    most: int | None = None,
) -> Section:
    """A ratio by the members of a dimension, as dots with intervals, highest first.

    The chart shows the lowest ``most``, the table all.
    """
    metric = find_metric(code)
    measured = context.measure(code, by=(by,), months=months)
    frame = measured[measured["denominator"].fillna(0) > 0]
    if frame.empty:
        missing = (
            nothing_matches(context, window=span_words(context, months))
            if len(measured)
            else nothing_there(context, code, what, months=months)
        )
        return Section(section, title, (Span(title),), metric=code, missing=missing)
    frame = with_names(context, frame, by=by).sort_values(
        "value", ascending=False, kind="stable", ignore_index=True
    )
    frame["previous"] = float("nan")
    frame["is_highlight"] = False
    lowest, highest = frame.iloc[-1], frame.iloc[0]
    if len(frame) == 1:
        words = f"{lowest['label']}: {fmt.percent_of(lowest['numerator'], lowest['denominator'])}"
    elif lowest["high"] < highest["low"]:
        words = f"{lowest['label']} thấp hơn hẳn {highest['label']}"
        frame.loc[frame.index[-1], "is_highlight"] = True
    else:
        words = f"{title}: chưa nơi nào tách hẳn"
    noun = "phiếu" if metric.sample else metric.unit
    return Section(
        section,
        title,
        (Span(words),),
        chart=Chart(
            "dots",
            frame if most is None else frame.tail(most).reset_index(drop=True),
            {"noun": noun, "baseline": baseline, "baseline_label": baseline_label},
        ),
        table=Table(
            (
                TableColumn("label", title),
                *RATIO_COLUMNS,
                *((TableColumn("n", "Phiếu", "integer"),) if metric.sample else ()),
            ),
            frame,
        ),
        metric=code,
        data={"subtitle": subtitle},
    )


def counts_section(
    context: Context,
    code: str,
    *,
    by: str,
    section: str,
    title: str,
    what: str,
    most: int | None = None,
) -> Section:
    """A count by the members of a dimension, largest first; the chart shows the first ``most``."""
    metric = find_metric(code)
    measured = context.measure(code, by=(by,))
    frame = measured[measured["numerator"].fillna(0) > 0].rename(columns={by: "label"})
    if frame.empty:
        missing = nothing_matches(context) if len(measured) else nothing_there(context, code, what)
        return Section(section, title, (Span(title),), metric=code, missing=missing)
    frame = frame.assign(count=frame["numerator"].astype(int), key=frame["label"]).sort_values(
        "count", ascending=False, kind="stable", ignore_index=True
    )
    total, first = int(frame["count"].sum()), frame.iloc[0]
    return Section(
        section,
        title,
        (
            Span(
                f"{brief(str(first['label']))}: "
                f"{fmt.count(first['count'])} trên {fmt.count(total)} "
                f"{metric.unit}"
            ),
        ),
        chart=Chart(
            "counts",
            frame[["key", "label", "count"]].head(most or len(frame)),
            {"noun": metric.unit},
        ),
        table=Table(
            (TableColumn("label", title), TableColumn("count", metric.label, "integer")), frame
        ),
        metric=code,
        data={"subtitle": f"{metric.label}, {fmt.period_words(context.period)}"},
    )


def pareto_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return unsatisfied answers by member, largest first, with shares and running totals.

    ``frame`` has label, numerator (satisfied) and denominator (valid answers).
    """
    counted = frame.assign(count=(frame["denominator"] - frame["numerator"]).astype(int))
    counted = counted[counted["count"] > 0].sort_values(
        "count", ascending=False, kind="stable", ignore_index=True
    )
    total = counted["count"].sum()
    return counted.assign(
        key=counted["label"],
        share=counted["count"] / total if total else counted["count"].astype(float),
        cumulative=counted["count"].cumsum() / total if total else counted["count"].astype(float),
    )
