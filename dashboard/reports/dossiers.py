"""Hồ sơ: late rate by department, outcomes by month, what is open and due, form II.06a."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import Period, months_between
from dashboard.model import (
    Chart,
    Report,
    Section,
    Sentence,
    Span,
    Table,
    TableColumn,
)
from dashboard.reports.absence import (
    chosen_words,
    no_data,
    nothing_matches,
    nothing_there,
    span_words,
)
from dashboard.reports.ages import ages_section
from dashboard.reports.breakdowns import (
    NOUNS,
    RATIO_COLUMNS,
    counts_section,
    members_section,
    ratio_trend_section,
    together,
    with_names,
)
from dashboard.reports.comparison import comparison_section
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.dossier_lists import (
    changes_by_month_section,
    changes_section,
    listed_section,
)
from dashboard.reports.due import longest_overdue
from dashboard.reports.form_ii06a import form_section
from dashboard.reports.kpis import has_value
from dashboard.reports.signals import last_reading, movement_words
from dashboard.reports.slices import mart_slice, mart_sums
from dashboard.statistics.funnel import judge
from dashboard.statistics.readings import Reading
from dashboard.text import FUNNEL_VERDICTS, HIGHEST, LOWEST, OUTCOME_LABELS
from etl.catalogue.metrics import DOSSIER
from etl.summing import covered_months, sums

COMPARED = (
    "dossiers_received",
    "dossiers_resolved",
    "late_rate",
    "early_rate",
    "online_rate",
    "intake_within_8h_rate",
    "supplemented_rate",
    "repeat_supplement_rate",
    "apology_rate",
    "late_explained_rate",
    "returned_on_time_rate",
    "record_completeness",
    "no_due_date_rate",
    "open_overdue",
    "due_date_changes",
    "rating3_rate",
)


def build_dossiers_report(context: Context, *, behind: str = "") -> Report:
    """Return the report of the page Hồ sơ.

    ``behind`` is the code of the metric whose dossiers are listed; without one, or with one that
    counts no dossiers, the late ones and those soon due.
    """
    by_department = context.measure("late_rate", by=("department",))
    whole = one_row(context.measure("late_rate"))
    return Report(
        code="dossiers",
        title="Hồ sơ",
        period=fmt.period_label(context.period),
        as_of=context.as_of.get("dossier", context.latest),
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=late_sentence(
            context.period,
            whole,
            by_department,
            reading=last_reading(context, "late_rate"),
            chosen=chosen_words(context),
        ),
        kpis=(),
        sections=(
            strip_section(context),
            late_by_department_section(context, by_department, whole),
            outcomes_section(context),
            listed_section(context, behind),
            funnel_section(context),
            ratio_trend_section(
                context,
                "intake_within_8h_rate",
                section="intake_trend",
                months=context.trend_months(YEAR_MONTHS),
                what="hồ sơ trực tuyến",
                subtitle="Hồ sơ trực tuyến được quyết định trong 8 giờ làm việc, theo tháng nộp",
            ),
            members_section(
                context,
                "supplemented_rate",
                by="department",
                section="supplements",
                title="Phải bổ sung sau tiếp nhận",
                what="hồ sơ",
                subtitle="Theo bộ phận; vạch là khoảng 95 %",
            ),
            counts_section(
                context,
                "dossiers_resolved",
                by="field",
                section="by_field",
                title="Lĩnh vực",
                what="hồ sơ",
            ),
            counts_section(
                context,
                "dossiers_resolved",
                by="procedure",
                section="by_procedure",
                title="Thủ tục",
                what="hồ sơ",
                most=10,
            ),
            ages_section(context),
            changes_section(context),
            changes_by_month_section(context),
            comparison_section(
                context,
                (*COMPARED, "on_time_rate_766") if context.settings.reading_766 else COMPARED,
            ),
            form_section(context),
        ),
    )


def worst_department(by_department: pd.DataFrame) -> dict[str, Any] | None:
    """Return the department with more late dossiers than each other one.

    None where there is none, where several share the highest count, or where only one is looked at.
    """
    judged = by_department[by_department["denominator"].fillna(0) > 0]
    most = judged[judged["numerator"] == judged["numerator"].max()]
    is_alone = len(judged) > 1 and len(most) == 1
    return dict(most.iloc[0]) if is_alone else None


def late_sentence(
    period: Period,
    whole: dict[str, Any] | None,
    by_department: pd.DataFrame,
    *,
    reading: Reading | None = None,
    chosen: str = "",
) -> Sentence:
    """One sentence: the late rate with its count, what the months say, and where most of it lies.

    A change is claimed only where ``reading`` holds a signal. ``chosen`` names the filter, said
    where it leaves nothing.
    """
    words = fmt.period_label(period)
    if whole is None:
        return (Span(f"{words} chưa có số liệu hồ sơ."),)
    if not has_value(whole):
        which = f" khớp {chosen}" if chosen else ""
        return (Span(f"{words} không có hồ sơ có hạn nào{which} được giải quyết."),)
    if whole["numerator"] == 0:
        return (
            Span("Không có hồ sơ trễ hạn", strong=True),
            Span(
                f" trong {fmt.count_noun(whole['denominator'], 'hồ sơ')} có hạn, "
                f"{fmt.period_words(period)}."
            ),
        )
    share = fmt.percent_of(whole["numerator"], whole["denominator"])
    counts = fmt.count_of(whole["numerator"], whole["denominator"], "hồ sơ")
    movement = movement_words(reading)
    if reading is not None and reading.last_signal == "concern" and not reading.is_trial:
        spans = [
            Span(f"Trễ hạn {fmt.period_words(period)} "),
            Span(f"{movement}: {share}", strong=True, tone="concern"),
            Span(f" ({counts})"),
        ]
    else:
        spans = [
            Span(f"{counts} trễ hạn ({share})", strong=True, tone="concern"),
            Span(f" {fmt.period_words(period)}{f', {movement}' if movement else ''}"),
        ]
    worst = worst_department(by_department)
    if worst is not None and worst["numerator"] > 1:
        spans.append(Span(f"; {fmt.count(worst['numerator'])} hồ sơ ở {worst['department']}"))
    return (*spans, Span("."))


def strip_section(context: Context) -> Section:
    """The six numbers of the strip."""
    resolved = one_row(context.measure("dossiers_resolved"))
    if resolved is None:
        return Section("strip", "Số chính", (Span("Số chính"),), missing=no_data(context, "hồ sơ"))
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
            "",
        ),
        _cell(
            "Quá hạn chưa xong",
            fmt.count(counts["pending_overdue"]),
            longest_overdue(context),
            "open_overdue",
            is_concern=counts["pending_overdue"] > 0,
        ),
        _cell(
            "Tiếp nhận trong 8 giờ",
            fmt.percent_of(intake["numerator"], intake["denominator"]),
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
            _unapologised_words(apology["numerator"], apology["denominator"]),
            "apology_rate",
        ),
    ]
    return Section("strip", "Số chính", (Span("Số chính"),), data={"cells": cells})


def _unapologised_words(told: int, late: int) -> str:
    if not late:
        return "không có hồ sơ trễ (IV.2)"
    if told == late:
        return f"đủ cả {fmt.count_noun(late, 'hồ sơ')} (IV.2)"
    return f"còn {fmt.count_noun(late - told, 'hồ sơ')} (IV.2)"


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


def late_by_department_section(
    context: Context, by_department: pd.DataFrame, whole: dict[str, Any] | None
) -> Section:
    """Late rate of each department with its counts, highest first."""
    if whole is None:
        return Section(
            "late_by_department",
            "Trễ hạn theo bộ phận",
            (Span("Trễ hạn theo bộ phận"),),
            metric="late_rate",
            missing=no_data(context, "hồ sơ"),
        )
    frame = by_department[by_department["denominator"].fillna(0) > 0]
    if frame.empty:
        return Section(
            "late_by_department",
            "Trễ hạn theo bộ phận",
            (Span("Không có hồ sơ có hạn nào được giải quyết"),),
            metric="late_rate",
            missing=nothing_matches(context),
        )
    frame = frame.sort_values(
        ["value", "denominator"], ascending=[False, False], kind="stable", ignore_index=True
    )
    worst = worst_department(by_department)
    bars = frame.rename(columns={"department": "label"}).assign(
        key=frame["department"],
        is_highlight=(frame["numerator"] > 0) & (frame["numerator"] == frame["numerator"].max()),
    )
    return Section(
        "late_by_department",
        "Trễ hạn theo bộ phận",
        (Span(_where_late(frame, worst)),),
        chart=Chart(
            "bars",
            bars,
            {
                "noun": "hồ sơ",
                "average": float(whole["value"]) if has_value(whole) else None,
                "average_label": f"{together(context)} "
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
                TableColumn("low", LOWEST, "percent1"),
                TableColumn("high", HIGHEST, "percent1"),
            ),
            frame,
        ),
        note="Trễ: ngày xong sau ngày hẹn",
        metric="late_rate",
        data={"subtitle": f"Tỷ lệ trễ hạn theo bộ phận, {fmt.period_words(context.period)}"},
    )


def _where_late(frame: pd.DataFrame, worst: dict[str, Any] | None) -> str:
    """Say where the late dossiers lie; a department is named where none has as many."""
    late = frame.loc[frame["numerator"] > 0, "numerator"]
    total = fmt.count(late.sum())
    if late.empty:
        return "Không bộ phận nào có hồ sơ trễ"
    if worst is not None:
        return f"{worst['department']} có {fmt.count(worst['numerator'])} trên {total} hồ sơ trễ"
    if len(frame) == 1:
        return f"{total} trên {fmt.count(frame['denominator'].iloc[0])} hồ sơ trễ"
    each = f", mỗi nơi {fmt.count(late.iloc[0])}" if late.nunique() == 1 else ""
    return f"{total} hồ sơ trễ ở {fmt.count(len(late))} bộ phận{each}"


def funnel_section(context: Context, *, by: str = "department") -> Section:
    """Late rate of each department or unit against its size in twelve months: or only small?"""
    code, title = "late_funnel", "Khác hẳn hay chỉ ít hồ sơ"
    months = context.months_to_end(YEAR_MONTHS)
    frame = context.measure("late_rate", by=(by,), months=months)
    frame = judge(frame[frame["denominator"].fillna(0) > 0].reset_index(drop=True))
    frame = with_names(context, frame, by=by)
    noun = NOUNS[by]
    if frame.empty:
        why = nothing_there(context, "late_rate", "hồ sơ", months=months)
        return Section(code, title, (Span(title),), metric="late_rate", missing=why)
    whole = one_row(context.measure("late_rate", months=months))
    assert whole is not None
    high = [str(name) for name in frame[frame["verdict"] == "different_high"]["label"]]
    sentence = (
        f"{fmt.short_list(high)} trễ nhiều hơn hẳn, không phải ngẫu nhiên"
        if high
        else f"Chưa {noun} nào trễ nhiều hơn hẳn mức chung"
    )
    share = fmt.percent_of(whole["numerator"], whole["denominator"])
    window = context.window_words(YEAR_MONTHS)
    table = frame.assign(verdict=[FUNNEL_VERDICTS[verdict] for verdict in frame["verdict"]])
    return Section(
        code,
        title,
        (Span(sentence),),
        chart=Chart(
            "funnel",
            frame,
            {
                "size_label": "Số hồ sơ có hạn đã giải quyết",
                "average_label": f"{together(context)} {share}",
                "period": window,
                "name": "trễ hạn",
            },
        ),
        table=Table(
            (
                TableColumn("label", fmt.capital(noun)),
                *RATIO_COLUMNS,
                TableColumn("verdict", "Nhận định"),
            ),
            table,
        ),
        note=window,
        metric="late_rate",
        data={
            "subtitle": f"Tỷ lệ trễ hạn theo số hồ sơ của từng {noun}",
            "reading": (
                f"{fmt.capital(noun)} ít hồ sơ dễ có tỷ lệ rất cao hoặc rất thấp do tình cờ, nên "
                "vùng xám rộng ở bên trái. Điểm vuông nằm ngoài vùng 99,8 % mới là khác hẳn "
                "mức chung; điểm rỗng là quá ít hồ sơ để so sánh."
            ),
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
    part = mart_slice(context, DOSSIER, by=("month",), months=months)
    counted = sums(context.connection, DOSSIER, tuple(OUTCOMES), part=part)
    covered = covered_months(context.connection, DOSSIER, part)["month"]
    frame = pd.DataFrame({"month": months_between(*months)}).merge(
        counted.rename(columns=OUTCOMES), on="month", how="left"
    )
    is_covered = frame["month"].isin(covered)
    frame.loc[is_covered, list(OUTCOMES.values())] = frame.loc[
        is_covered, list(OUTCOMES.values())
    ].fillna(0)
    frame = frame[frame["month"] >= covered.min()] if len(covered) else frame.iloc[0:0]
    frame = frame.reset_index(drop=True)
    if frame.empty:
        return Section(
            "outcomes",
            "Kết quả từng tháng",
            (Span("Kết quả từng tháng"),),
            metric="dossiers_resolved",
            missing=no_data(context, "hồ sơ"),
        )
    names = list(OUTCOMES.values())
    total = int(frame[names].sum().sum())
    if not total:
        return Section(
            "outcomes",
            "Kết quả từng tháng",
            (Span("Không có hồ sơ nào được giải quyết"),),
            metric="dossiers_resolved",
            missing=nothing_matches(context, window=span_words(context, months)),
        )
    late = int(frame["late"].sum())
    count = int(frame["month"].isin(covered).sum())
    return Section(
        "outcomes",
        "Kết quả từng tháng",
        (
            Span(
                f"{fmt.count(late)} hồ sơ trễ trên {fmt.count(total)} hồ sơ giải quyết "
                f"trong {count} tháng"
            ),
        ),
        chart=Chart("outcomes", frame),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                *(TableColumn(code, words, "integer") for code, words in OUTCOME_LABELS.items()),
            ),
            frame,
        ),
        note=context.window_words(YEAR_MONTHS),
        metric="dossiers_resolved",
        data={"subtitle": "Hồ sơ đã giải quyết theo kết quả, từng tháng"},
    )
