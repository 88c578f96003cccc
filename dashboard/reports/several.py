"""Several units together: each page's figures summed over them, and the units side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Chart, Kpi, Report, Section, Sentence, Span, Table, TableColumn
from dashboard.reports.absence import chosen_words, no_data, nothing_matches
from dashboard.reports.breakdowns import (
    RATIO_COLUMNS,
    counts_section,
    members_section,
    ratio_trend_section,
    with_names,
)
from dashboard.reports.comparison import comparison_section, figure_words
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.dossiers import COMPARED, funnel_section, late_sentence, outcomes_section
from dashboard.reports.feedback import COMPARED as FEEDBACK_COMPARED
from dashboard.reports.feedback import WHAT as FEEDBACK_WHAT
from dashboard.reports.feedback import feedback_sentence
from dashboard.reports.kpis import (
    has_value,
    ratio_kpi,
    satisfaction_kpi,
    survey_size_kpi,
    year_ago_kpi,
)
from dashboard.reports.overview import overview_sentence
from dashboard.reports.satisfaction import (
    criteria_section,
    index_sentence,
    trend_section,
    unsatisfied_section,
)
from dashboard.reports.signals import last_reading
from dashboard.reports.slices import mart_slice
from dashboard.reports.tasks import STATE_PARTS, months_so_far, so_far
from dashboard.text import STATE_LABELS
from etl.catalogue.metrics import TASK
from etl.frames import records
from etl.marts import as_of_dates
from etl.summing import sums
from etl.tables import TASK_COUNTS

MOST_SHOWN = 20
"""Rows of a chart of units; the table behind it has all of them."""

SIDE_BY_SIDE = (
    "dossiers_received",
    "late_rate",
    "open_overdue",
    "online_rate",
    "feedback_on_time_rate",
    "task_completion_rate",
)
OVER_A_YEAR = ("satisfaction_index",)
"""What stands in the table of units: of the period, and of the twelve months that end with it."""


def build_several_overview(context: Context) -> Report:
    """Return Tổng quan of several units: four numbers of all, and the units side by side."""
    return _report(
        context,
        "overview",
        "Tổng quan",
        sentence=overview_sentence(context, _late_sentence(context)),
        kpis=(
            satisfaction_kpi(context),
            ratio_kpi(context, "late_rate", link="/ho-so"),
            ratio_kpi(context, "feedback_on_time_rate", link="/phan-anh"),
            ratio_kpi(context, "task_completion_rate", link="/nhiem-vu"),
        ),
        sections=(
            late_by_unit_section(context),
            satisfaction_by_unit_section(context),
            funnel_section(context, by="unit"),
            tasks_by_unit_section(context),
            units_section(context),
        ),
    )


def build_several_satisfaction(context: Context) -> Report:
    """Return Hài lòng of several units."""
    return _report(
        context,
        "satisfaction",
        "Hài lòng",
        sentence=index_sentence(context),
        kpis=(
            satisfaction_kpi(context),
            year_ago_kpi(context, "satisfaction_index"),
            survey_size_kpi(context),
        ),
        sections=(
            trend_section(context),
            satisfaction_by_unit_section(context),
            criteria_section(context),
            unsatisfied_section(context, by="criterion"),
        ),
    )


def build_several_dossiers(context: Context) -> Report:
    """Return Hồ sơ of several units; single dossiers are looked up in the unit's own page."""
    return _report(
        context,
        "dossiers",
        "Hồ sơ",
        sentence=_late_sentence(context),
        sections=(
            late_by_unit_section(context),
            outcomes_section(context),
            funnel_section(context, by="unit"),
            ratio_trend_section(
                context,
                "intake_within_8h_rate",
                section="intake_trend",
                months=context.trend_months(YEAR_MONTHS),
                what="hồ sơ trực tuyến",
                subtitle="Hồ sơ trực tuyến được quyết định trong 8 giờ làm việc, theo tháng nộp",
            ),
            counts_section(
                context,
                "dossiers_resolved",
                by="field",
                section="by_field",
                title="Lĩnh vực",
                what="hồ sơ",
            ),
            comparison_section(context, COMPARED),
        ),
    )


def build_several_feedback(context: Context) -> Report:
    """Return Phản ánh of several units."""
    window = context.window_words(YEAR_MONTHS)
    return _report(
        context,
        "feedback",
        "Phản ánh",
        sentence=feedback_sentence(context),
        sections=(
            members_section(
                context,
                "feedback_on_time_rate",
                by="unit",
                section="feedback_by_unit",
                title="Trả lời đúng hạn theo đơn vị",
                what=FEEDBACK_WHAT,
                months=context.months_to_end(YEAR_MONTHS),
                subtitle=f"Trả lời đúng hạn, {window}; vạch là khoảng 95 %",
                most=MOST_SHOWN,
            ),
            ratio_trend_section(
                context,
                "feedback_on_time_rate",
                section="on_time_trend",
                months=context.trend_months(YEAR_MONTHS),
                what=FEEDBACK_WHAT,
                subtitle="Theo tháng gửi; khoảng 95 %",
            ),
            comparison_section(context, FEEDBACK_COMPARED),
        ),
    )


def build_several_tasks(context: Context) -> Report:
    """Return Nhiệm vụ of several units."""
    row = one_row(context.measure("task_completion_rate", months=months_so_far(context)))
    sentence: Sentence = (Span(f"{fmt.capital(so_far(context))} chưa có số liệu nhiệm vụ."),)
    if has_value(row):
        done = fmt.fraction_of(row["numerator"], row["denominator"])
        sentence = (
            Span(f"{context.unit.name} đạt "),
            Span(done, strong=True),
            Span(f" lượt nhiệm vụ {so_far(context)}."),
        )
    return _report(
        context,
        "tasks",
        "Nhiệm vụ",
        sentence=sentence,
        sections=(tasks_by_unit_section(context),),
    )


def _report(
    context: Context,
    code: str,
    title: str,
    *,
    sentence: Sentence,
    sections: tuple[Section, ...],
    kpis: tuple[Kpi, ...] = (),
) -> Report:
    return Report(
        code=code,
        title=title,
        period=fmt.period_label(context.period),
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=sentence,
        kpis=kpis,
        sections=sections,
    )


def _late_sentence(context: Context) -> Sentence:
    """Say the late rate of all, and the unit with the most late dossiers."""
    by_unit = with_names(context, context.measure("late_rate", by=("unit",)), by="unit")
    return late_sentence(
        context.period,
        one_row(context.measure("late_rate")),
        by_unit.assign(department=by_unit["label"]),
        reading=last_reading(context, "late_rate"),
        chosen=chosen_words(context),
    )


def _own_surveys(context: Context) -> str:
    """Say which surveys an index is of: never the published one."""
    window = context.window_words(YEAR_MONTHS)
    return f"Khảo sát của từng đơn vị, {window}; không phải số công bố"


def _of_most(frame: pd.DataFrame, words: str) -> str:
    """Say that a chart shows only some of the units."""
    return "" if len(frame) <= MOST_SHOWN else f"; {MOST_SHOWN} đơn vị {words} trong {len(frame)}"


def late_by_unit_section(context: Context) -> Section:
    """Late rate of each unit with its counts, highest first."""
    code, title = "late_by_unit", "Trễ hạn theo đơn vị"
    measured = context.measure("late_rate", by=("unit",))
    frame = measured[measured["denominator"].fillna(0) > 0]
    whole = one_row(context.measure("late_rate"))
    if frame.empty or whole is None:
        why = no_data(context, "hồ sơ") if whole is None else nothing_matches(context)
        return Section(code, title, (Span(title),), metric="late_rate", missing=why)
    frame = with_names(context, frame, by="unit").sort_values(
        ["value", "denominator"], ascending=False, kind="stable", ignore_index=True
    )
    late = frame[frame["numerator"] > 0]
    words = "Không đơn vị nào có hồ sơ trễ"
    if len(late):
        first = late.iloc[0]
        counts = fmt.count_of(first["numerator"], first["denominator"], "hồ sơ")
        share = fmt.percent_of(first["numerator"], first["denominator"])
        words = f"Tỷ lệ trễ cao nhất: {first['label']}, {share} ({counts})"
    share = fmt.percent_of(whole["numerator"], whole["denominator"])
    return Section(
        code,
        title,
        (Span(words),),
        chart=Chart(
            "bars",
            frame.head(MOST_SHOWN).assign(is_highlight=False),
            {
                "noun": "hồ sơ",
                "average": float(whole["value"]),
                "average_label": f"{context.unit.together} {share}",
                "zero_text": "trễ",
            },
        ),
        table=Table((TableColumn("label", "Đơn vị"), *RATIO_COLUMNS), frame),
        note="Trễ: ngày xong sau ngày hẹn",
        metric="late_rate",
        data={
            "subtitle": f"Tỷ lệ trễ hạn, {fmt.period_words(context.period)}"
            + _of_most(frame, "trễ nhiều nhất")
        },
    )


def satisfaction_by_unit_section(context: Context) -> Section:
    """The index of each unit's own survey over twelve months, with its interval."""
    return members_section(
        context,
        "satisfaction_index",
        by="unit",
        section="satisfaction_by_unit",
        title="Hài lòng theo đơn vị",
        what="khảo sát",
        months=context.months_to_end(YEAR_MONTHS),
        subtitle=_own_surveys(context),
        most=MOST_SHOWN,
    )


def tasks_by_unit_section(context: Context) -> Section:
    """How many task-months of the year, up to the period's end, stand in each state."""
    code, title = "tasks_by_unit", "Nhiệm vụ theo đơn vị"
    part = mart_slice(context, TASK, by=("unit",), months=months_so_far(context))
    frame = sums(context.connection, TASK, TASK_COUNTS, part=part)
    frame = frame[frame["counted"] > 0]
    if frame.empty:
        return Section(
            code,
            title,
            (Span(title),),
            metric="task_completion_rate",
            missing=no_data(context, "nhiệm vụ"),
        )
    frame = with_names(context, frame, by="unit")
    frame = frame.assign(share=frame["met"] / frame["counted"]).sort_values(
        ["share", "label"], kind="stable", ignore_index=True
    )
    least = frame.iloc[0]
    done = fmt.fraction_of(least["met"], least["counted"])
    return Section(
        code,
        title,
        (Span(f"{least['label']} đạt ít nhất: {done} lượt"),),
        chart=Chart("stacked", frame.head(MOST_SHOWN), {"parts": STATE_PARTS, "noun": "lượt"}),
        table=Table(
            (
                TableColumn("label", "Đơn vị"),
                *(TableColumn(state, words, "integer") for state, words in STATE_LABELS.items()),
                TableColumn("counted", "Phải đánh giá", "integer"),
                TableColumn("share", "Tỷ lệ đạt", "percent1"),
            ),
            frame,
        ),
        metric="task_completion_rate",
        data={
            "subtitle": f"Lượt nhiệm vụ theo kết quả, {so_far(context)}"
            + _of_most(frame, "đạt ít nhất")
        },
    )


def units_section(context: Context) -> Section:
    """The units side by side, and all of them together in the last row.

    A unit that is not loaded to the end of the period is named: the sum is without it, or with
    less of it.
    """
    code, title = "units", "Các đơn vị"
    year = context.months_to_end(YEAR_MONTHS)
    by_unit = {
        **context.measure_together(SIDE_BY_SIDE, by="unit"),
        **context.measure_together(OVER_A_YEAR, by="unit", months=year),
    }
    whole = {**context.measure_many(SIDE_BY_SIDE), **context.measure_many(OVER_A_YEAR, months=year)}
    stamps = as_of_dates(context.connection, units=context.codes)
    found = {name: {row["unit"]: row for row in records(frame)} for name, frame in by_unit.items()}
    rows: list[dict[str, Any]] = [
        {
            "label": one.short_name,
            **{name: figure_words(name, found[name].get(one.code)) for name in found},
            "as_of": stamps.get((one.code, "dossier")),
        }
        for one in context.chosen
    ]
    end = context.period_end
    behind = [row["label"] for row in rows if row["as_of"] is None or row["as_of"] < end]
    rows.append(
        {
            "label": context.unit.together,
            **{name: figure_words(name, whole[name]) for name in found},
            "as_of": min((row["as_of"] for row in rows if row["as_of"]), default=None),
        }
    )
    words = (
        f"Hồ sơ chưa đến hết kỳ: {fmt.short_list(behind)}"
        if behind
        else "Hồ sơ của mọi đơn vị đều đến hết kỳ"
    )
    return Section(
        code,
        title,
        (Span(words),),
        table=Table(
            (
                TableColumn("label", "Đơn vị"),
                *(TableColumn(name, find_metric(name).label, "figure") for name in found),
                TableColumn("as_of", "Hồ sơ đến", "date"),
            ),
            pd.DataFrame(rows).astype(object),
        ),
        note=f"Hài lòng: {_own_surveys(context).lower()}",
        data={"subtitle": f"{context.unit.office}, {fmt.period_words(context.period)}"},
    )


SEVERAL: dict[str, Callable[[Context], Report]] = {
    "/": build_several_overview,
    "/hai-long": build_several_satisfaction,
    "/ho-so": build_several_dossiers,
    "/phan-anh": build_several_feedback,
    "/nhiem-vu": build_several_tasks,
}
"""The builder of several units by a page's address."""
