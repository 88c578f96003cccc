"""Hài lòng: the index over time beside the yearly baseline, and what holds it down."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import count_months, shift_month
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
from dashboard.reports.absence import chosen_words, nothing_there, span_words, unmatched
from dashboard.reports.breakdowns import members_section, pareto_frame, trend_frame
from dashboard.reports.comparison import comparison_section
from dashboard.reports.context import TREND_MONTHS, YEAR_MONTHS, Context, one_row
from dashboard.reports.kpis import has_value, satisfaction_kpi, survey_size_kpi, year_ago_kpi
from dashboard.reports.signals import changes_shown, read_metric, reading_hint, with_signals
from dashboard.reports.tasks import criteria
from dashboard.statistics.claims import lies_below
from dashboard.text import HIGHEST, LOWEST, NOT_ZERO, brief

COMPARED = ("satisfaction_index", "satisfaction_mean", "survey_responses")
MOST_NAMED = 2
"""Criteria that a title names."""
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
    months = context.trend_months(TREND_MONTHS)
    measured = context.trend("satisfaction_index", months=months)
    reading = read_metric(context, "satisfaction_index", measured)
    rebases = context.rebases_of("satisfaction_index")
    frame = with_signals(trend_frame(measured), reading, rebases=rebases)
    if frame.empty or frame["value"].isna().all():
        return Section(
            code,
            title,
            (Span("Chưa có phiếu khảo sát nào"),),
            metric="satisfaction_index",
            missing=_unmatched(context, months)
            or Missing(
                "no_data",
                f"Chưa có khảo sát nên không có chỉ số. {NOT_ZERO}.",
                "Nạp phiếu khảo sát",
                "/du-lieu",
            ),
        )
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
                "missing_text": "thiếu khảo sát",
            },
        ),
        table=Table(
            (
                TableColumn("month", "Tháng", "month"),
                TableColumn("value", "Chỉ số", "percent1"),
                TableColumn("low", LOWEST, "percent1"),
                TableColumn("high", HIGHEST, "percent1"),
                TableColumn("numerator", "Trả lời hài lòng", "integer"),
                TableColumn("denominator", "Trả lời hợp lệ", "integer"),
                TableColumn("n", "Phiếu", "integer"),
            ),
            frame,
        ),
        note="; ".join(
            [
                f"{fmt.count_noun(forms, 'phiếu')}, {present} tháng · {METHOD}",
                *changes_shown(frame),
            ]
        ),
        metric="satisfaction_index",
        data={
            "subtitle": "Khảo sát hằng tháng của xã, tỷ lệ trả lời hài lòng và rất hài lòng",
            "reading": reading_hint(reading, rebases=rebases),
        },
    )


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
    rest = ", các tháng khác chưa tách hẳn" if above + below < len(known) else ""
    return (Span(f"{fmt.join_words(parts)} mốc {label}{rest}"),)


def _unmatched(context: Context, months: tuple[str, str]) -> Missing | None:
    window = span_words(context, months)
    return unmatched(context, "satisfaction_index", months=months, window=window)


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
            missing=_unmatched(context, months)
            or Missing(
                "no_data",
                f"{context.window_words(YEAR_MONTHS)} không có khảo sát nên không có chỉ số. "
                f"{NOT_ZERO}.",
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
    frame["is_highlight"] = frame["value"] == frame["value"].min()
    plan = context.plan(context.period.year)
    fewest, most = (fmt.count(of(frame["denominator"])) for of in (min, max))
    return Section(
        code,
        title,
        (Span(lowest_words(frame, baseline=plan.baseline)),),
        chart=Chart(
            "dots",
            frame,
            {
                "previous_label": "12 tháng trước đó",
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
                TableColumn("low", LOWEST, "percent1"),
                TableColumn("high", HIGHEST, "percent1"),
                TableColumn("previous", "12 tháng trước đó", "percent1"),
                TableColumn("numerator", "Trả lời hài lòng", "integer"),
                TableColumn("denominator", "Trả lời hợp lệ", "integer"),
                TableColumn("n", "Phiếu", "integer"),
            ),
            frame,
        ),
        note=f"{fewest if fewest == most else f'{fewest}–{most}'} câu trả lời mỗi tiêu chí",
        metric="satisfaction_index",
        data={
            "subtitle": f"Sáu tiêu chí, {context.window_words(YEAR_MONTHS)}"
            # No ring is drawn of months without figures, or of another office.
            + ("; vòng xám rỗng là 12 tháng trước đó" if frame["previous"].notna().any() else "")
        },
    )


def lowest_words(frame: pd.DataFrame, *, baseline: float | None) -> str:
    """Say which criteria stand lowest, as many as tie there, and whether they pull the index down.

    ``frame`` has label, value, n, numerator and denominator of at least one criterion.
    """
    lowest = frame[frame["value"] == frame["value"].min()]
    value = fmt.percent_of(lowest["numerator"].iloc[0], lowest["denominator"].iloc[0])
    if len(lowest) == len(frame) > 1:
        return f"{len(frame)} tiêu chí bằng nhau: {value}"
    names = [str(label).split(". ", 1)[-1] for label in lowest["label"]]
    who = fmt.join_words(names) if len(names) <= MOST_NAMED else f"{len(names)} tiêu chí"
    pulls = baseline is not None and bool(
        lies_below(lowest["value"], lowest["n"], baseline=baseline, among=len(frame)).all()
    )
    return f"{who} kéo chỉ số xuống: {value}" if pulls else f"{who} thấp nhất: {value}"


def _year_before(context: Context) -> tuple[str, str]:
    last = shift_month(context.period.months[1], -YEAR_MONTHS)
    return shift_month(last, 1 - YEAR_MONTHS), last


def _criterion_label(code: str, names: dict[str, dict[str, str]]) -> str:
    return f"{code}. {names[code]['label']}" if code in names else "Đánh giá chung"


def index_words(context: Context, *, chosen: str = "bộ lọc") -> Sentence:
    """Say the twelve-month index and how it stands to the baseline, no more than n can carry.

    ``chosen`` names the filter, said where it leaves nothing.
    """
    months = context.months_to_end(YEAR_MONTHS)
    count = f"{count_months(*months)} tháng"
    row = one_row(context.measure("satisfaction_index", months=months))
    if not has_value(row):
        if _unmatched(context, months):
            return (Span(f"không có phiếu khảo sát nào khớp {chosen} trong {count}"),)
        return (Span(f"chưa có khảo sát hài lòng trong {count}"),)
    value = Span(fmt.percent_of(row["numerator"], row["denominator"]), strong=True)
    plan = context.plan(context.period.year)
    if plan.baseline is None:
        return (Span(f"hài lòng {count} "), value)
    label = fmt.percent(plan.baseline, 2)
    if row["low"] > plan.baseline:
        return (Span(f"hài lòng {count} "), value, Span(f", cao hơn mốc {label}"))
    if row["high"] < plan.baseline:
        return (
            Span(f"hài lòng {count} "),
            value,
            Span(f", thấp hơn mốc {label}", strong=True, tone="concern"),
        )
    side = "trên" if row["value"] >= plan.baseline else "dưới"
    return (
        Span(f"hài lòng {count} "),
        value,
        Span(f", {side} mốc {label} nhưng chưa đủ chắc để khẳng định"),
    )


def index_sentence(context: Context) -> Sentence:
    """Say :func:`index_words` as a sentence of its own."""
    first, *more = index_words(context, chosen=chosen_words(context))
    return (replace(first, text=fmt.capital(first.text)), *more, Span("."))


# The page -----------------------------------------------------------------------------------------

MOST_QUESTIONS = 10
HALF = 0.5
"""The share of the unsatisfied answers that the bars in accent hold: where to begin."""


def build_satisfaction_report(context: Context) -> Report:
    """Return the report of the page Hài lòng; breakdowns take the last twelve months."""
    months = context.months_to_end(YEAR_MONTHS)
    plan = context.plan(context.period.year)
    window = context.window_words(YEAR_MONTHS)
    baseline_words = "" if plan.baseline is None else f"Mốc chung {fmt.percent(plan.baseline, 2)}"

    def by(dimension: str, title: str) -> Section:
        return members_section(
            context,
            "satisfaction_index",
            by=dimension,
            section=f"by_{dimension}",
            title=title,
            months=months,
            what="khảo sát",
            baseline=plan.baseline,
            baseline_label=baseline_words,
            subtitle=f"Chỉ số hài lòng, {window}",
        )

    return Report(
        code="satisfaction",
        title="Hài lòng",
        period=fmt.period_label(context.period),
        as_of=context.as_of.get("survey", context.latest),
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=index_sentence(context),
        kpis=(
            satisfaction_kpi(context),
            year_ago_kpi(context, "satisfaction_index"),
            survey_size_kpi(context),
        ),
        sections=(
            trend_section(context),
            criteria_section(context),
            unsatisfied_section(context, by="criterion"),
            unsatisfied_section(context, by="question"),
            by("department", "Theo bộ phận"),
            by("channel", "Theo kênh nộp hồ sơ"),
            comparison_section(context, COMPARED),
        ),
    )


def unsatisfied_section(context: Context, *, by: str) -> Section:
    """Where the answers below "hài lòng" lie: exact counts, largest first."""
    what = {"criterion": "tiêu chí", "question": "câu hỏi"}[by]
    code, title = f"unsatisfied_by_{by}", f"Trả lời chưa hài lòng theo {what}"
    months = context.months_to_end(YEAR_MONTHS)
    measured = context.measure("satisfaction_index", by=(by,), months=months)
    measured = measured[measured["denominator"].fillna(0) > 0].rename(columns={by: "label"})
    if by == "criterion":
        names = criteria(context)
        measured["label"] = [_criterion_label(one, names) for one in measured["label"]]
    frame = pareto_frame(measured)
    window = context.window_words(YEAR_MONTHS)
    if frame.empty:
        return Section(
            code,
            title,
            (Span(title),),
            metric="satisfaction_index",
            missing=Missing(
                "no_data",
                f"{window} không có trả lời nào dưới mức hài lòng.",
            )
            if len(measured)
            else nothing_there(context, "satisfaction_index", "khảo sát", months=months),
        )
    top, total = frame.iloc[0], int(frame["count"].sum())
    name = str(top["label"]).split(". ", 1)[-1] if by == "criterion" else brief(str(top["label"]))
    shown = frame.head(MOST_QUESTIONS)
    return Section(
        code,
        title,
        (Span(f"{name}: {fmt.count(top['count'])} trên {fmt.count(total)} trả lời chưa hài lòng"),),
        chart=Chart("pareto", shown, {"noun": "trả lời chưa hài lòng", "cut": HALF}),
        table=Table(
            (
                TableColumn("label", fmt.capital(what)),
                TableColumn("count", "Chưa hài lòng", "integer"),
                TableColumn("denominator", "Trả lời hợp lệ", "integer"),
                TableColumn("share", "Phần trong tất cả", "percent1"),
                TableColumn("cumulative", "Cộng dồn", "percent1"),
            ),
            frame,
        ),
        note="Mức 1 đến 3 trên 5 · xanh: những mục đầu chiếm một nửa"
        + (f" · {MOST_QUESTIONS} câu đầu trên {len(frame)}" if len(frame) > len(shown) else ""),
        metric="satisfaction_index",
        data={"subtitle": f"Số trả lời dưới mức hài lòng, {window}"},
    )
