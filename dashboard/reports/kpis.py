"""Cards: a number with its own period, four fixed rows to compare line by line, and a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeGuard

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import Period
from dashboard.metrics import find_metric
from dashboard.model import Chart, Kpi, KpiRow, Missing, Verdict
from dashboard.reports.absence import unmatched
from dashboard.reports.context import TREND_MONTHS, YEAR_MONTHS, Context, one_row
from dashboard.reports.signals import last_reading, read_metric, variation
from dashboard.reports.tasks import task_states
from dashboard.statistics.intervals import sample_size
from dashboard.statistics.readings import Reading
from dashboard.text import (
    ANSWERS,
    INTERVAL,
    NONE,
    NOT_ZERO,
    PARTIAL_MONTH,
    SMALL_N,
    STATE_LABELS,
)

MET = Verdict("check-circle", "Đạt", "good")
NOT_MET = Verdict("x-circle", "Chưa đạt", "concern")
ALWAYS_MET = Verdict("check-circle", "Luôn đạt", "good")
NEVER_MET = Verdict("x-circle", "Luôn chưa đạt", "concern")
SMALL = Verdict("info-circle", "Số ít", "notice")
CUT_SHORT = Verdict("calendar3", fmt.capital(PARTIAL_MONTH))
LACKS_MONTHS = Verdict("calendar3", "Chưa đủ các tháng")


def has_value(row: dict[str, Any] | None) -> TypeGuard[dict[str, Any]]:
    """Whether there is a value: 0/0 is none."""
    return row is not None and not pd.isna(row["value"])


def satisfaction_kpi(context: Context) -> Kpi:
    """The index of the last twelve months beside the yearly baseline, never of one month."""
    metric = find_metric("satisfaction_index")
    plan = context.plan(context.period.year)
    months = context.months_to_end(YEAR_MONTHS)
    row = one_row(context.measure(metric.code, months=months))
    window = context.window_words(YEAR_MONTHS)
    if not has_value(row):
        return _missing(context, metric.code, window, source="phiếu khảo sát", months=months)
    value, suffix = _split(fmt.percent_of(row["numerator"], row["denominator"]))
    target = plan.target if plan.target is not None else plan.baseline
    goal = (
        fmt.percent(plan.target, 2)
        if plan.target is not None
        else "chưa đặt"
        if plan.baseline is None
        else f"trên mốc {fmt.percent(plan.baseline, 2)}"
    )
    return Kpi(
        metric=metric.code,
        label=metric.label,
        window=window,
        value=value,
        suffix=suffix,
        rows=(
            KpiRow("goal", "Mục tiêu", goal),
            KpiRow(
                "change",
                f"So với mốc {plan.baseline_year or ''}".strip(),
                "–" if plan.baseline is None else fmt.points(row["value"] - plan.baseline),
            ),
            KpiRow("interval", INTERVAL, fmt.percent_range(row["low"], row["high"])),
            KpiRow("size", "Cỡ mẫu", fmt.count_noun(row["n"], "phiếu")),
        ),
        spark=_spark(context, metric.code, baseline=target, months=TREND_MONTHS),
        verdicts=baseline_verdicts(row, plan.baseline, needed=needed_forms(context, months)),
        link="/hai-long",
        worked=_answers(row),
    )


def year_ago_kpi(context: Context, code: str) -> Kpi:
    """The period beside the same period of the year before."""
    metric = find_metric(code)
    label, window = f"{metric.label} trong kỳ", fmt.period_label(context.period)
    row = one_row(context.measure(code))
    if not has_value(row):
        return replace(_missing(context, code, window, source="phiếu khảo sát"), label=label)
    before_period = context.period.last_year()
    before = one_row(context.measure(code, months=before_period.months))
    known = before if has_value(before) else None
    value, suffix = _split(fmt.percent_of(row["numerator"], row["denominator"]))
    overlaps = known is not None and row["low"] <= known["high"] and known["low"] <= row["high"]
    return Kpi(
        metric=code,
        label=label,
        window=window,
        value=value,
        suffix=suffix,
        rows=(
            KpiRow(
                "before",
                fmt.period_label(before_period),
                "–" if known is None else fmt.percent_of(known["numerator"], known["denominator"]),
            ),
            KpiRow(
                "change",
                "So với cùng kỳ năm trước",
                "–" if known is None else fmt.points(row["value"] - known["value"]),
            ),
            KpiRow("interval", INTERVAL, fmt.percent_range(row["low"], row["high"])),
            KpiRow("size", "Cỡ mẫu", fmt.count_noun(row["n"], "phiếu")),
        ),
        spark=_spark(context, code, months=TREND_MONTHS),
        verdicts=(
            *_unfinished(context, row),
            *((Verdict("wave", "Chưa rõ khác cùng kỳ"),) if overlaps else ()),
            *((SMALL,) if row["n"] < SMALL_N else ()),
        ),
        worked=_answers(row),
    )


def _answers(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the counts behind an index, which its rows give in forms alone."""
    return (("Tử số, mẫu số", fmt.count_of(row["numerator"], row["denominator"], ANSWERS)),)


def survey_size_kpi(context: Context) -> Kpi:
    """How many forms there are, and how many the sample formula asks for.

    The population is the dossiers resolved in the same twelve months. Source: the SIPAS sample
    formula n = N / (1 + N·e²), e = 5 %.
    """
    months = context.months_to_end(YEAR_MONTHS)
    window = context.window_words(YEAR_MONTHS)
    row = one_row(context.measure("survey_responses", months=months))
    if row is None:
        return _missing(context, "survey_responses", window, source="phiếu khảo sát")
    forms = int(row["numerator"])
    resolved = one_row(context.measure("dossiers_resolved", months=months))
    population = 0 if resolved is None else int(resolved["numerator"])
    needed = sample_size(population) if population else None
    enough = needed is not None and forms >= needed
    by_month = context.measure("survey_responses", by=("month",), months=months)
    silent = by_month[by_month["numerator"].isna()]["month"].tolist()
    return Kpi(
        metric="survey_responses",
        label="Phiếu khảo sát",
        window=window,
        value=fmt.count(forms),
        suffix=" phiếu",
        rows=(
            KpiRow(
                "detail",
                "Mẫu cần theo công thức",
                "–" if needed is None else fmt.count_noun(needed, "phiếu"),
            ),
            KpiRow(
                "detail",
                "Còn thiếu",
                "–" if needed is None else fmt.count_noun(max(needed - forms, 0), "phiếu"),
            ),
            KpiRow("detail", "Hồ sơ đã giải quyết", fmt.count_noun(population, "hồ sơ")),
            KpiRow(
                "detail",
                "Tháng không khảo sát",
                fmt.short_list([fmt.month_short(m) for m in silent]) or NONE,
            ),
        ),
        spark=Chart(
            "spark",
            _spark_frame(by_month.assign(value=by_month["numerator"].astype("Float64"))),
            {"kind": "bar"},
        ),
        verdicts=()
        if needed is None
        else (Verdict("check-circle", "Đủ mẫu", "good"),)
        if enough
        else (Verdict("info-circle", "Chưa đủ mẫu", "notice"),),
    )


def needed_forms(context: Context, months: tuple[str, str]) -> int | None:
    """Return how many forms the SIPAS sample formula asks for; None where nothing was resolved.

    The population is the dossiers resolved in the same months.
    """
    resolved = one_row(context.measure("dossiers_resolved", months=months))
    population = 0 if resolved is None else int(resolved["numerator"])
    return sample_size(population) if population else None


def baseline_verdicts(
    row: dict[str, Any], baseline: float | None, *, needed: int | None = None
) -> tuple[Verdict, ...]:
    """Say above or below the baseline only when the interval lies wholly on that side.

    Fewer forms than ``needed`` are said with the number that the sample formula asks for.
    """
    small: tuple[Verdict, ...] = (SMALL,) if row["n"] < SMALL_N else ()
    if needed is not None and row["n"] < needed:
        words = f"Số ít, cần {fmt.count_noun(needed, 'phiếu')}"
        small = (Verdict("info-circle", words, "notice"),)
    if baseline is None:
        return small
    if row["low"] > baseline:
        return (Verdict("graph-up-arrow", "Cao hơn mốc", "good"), *small)
    if row["high"] < baseline:
        return (Verdict("graph-down-arrow", "Thấp hơn mốc", "concern"), *small)
    return (Verdict("wave", "Chưa rõ khác mốc"), *small)


def ratio_kpi(context: Context, code: str, *, link: str) -> Kpi:
    """A share of the period against its goal and the period before."""
    metric = find_metric(code)
    row = one_row(context.measure(code))
    window = fmt.period_label(context.period)
    if row is None:
        return _missing(context, code, window, source=metric.unit)
    before_period = context.period.previous()
    before = one_row(context.measure(code, months=before_period.months))
    goal = "chưa đặt" if metric.target is None else fmt.percent(metric.target, 0)
    if not has_value(row):
        return Kpi(
            metric=code,
            label=metric.label,
            window=window,
            value="–",
            rows=(
                KpiRow("goal", "Mục tiêu", goal),
                KpiRow("change", _against(before_period, context.period), "–"),
                KpiRow("interval", INTERVAL, "–"),
                KpiRow("size", "Trên tổng số", fmt.count_noun(0, metric.unit)),
            ),
            verdicts=(Verdict("dash", "Không phát sinh"),),
            link=link,
        )
    value, suffix = _split(fmt.percent_of(row["numerator"], row["denominator"]))
    reading = last_reading(context, code)
    return Kpi(
        metric=code,
        label=metric.label,
        window=window,
        value=value,
        suffix=suffix,
        rows=(
            KpiRow("goal", "Mục tiêu", goal),
            KpiRow(
                "change",
                _against(before_period, context.period),
                fmt.points(row["value"] - before["value"]) if has_value(before) else "–",
            ),
            KpiRow("interval", INTERVAL, fmt.percent_range(row["low"], row["high"])),
            KpiRow(
                "size",
                "Trên tổng số",
                fmt.count_of(row["numerator"], row["denominator"], metric.unit),
            ),
        ),
        spark=_spark(context, code, target=metric.target, months=TREND_MONTHS),
        verdicts=(
            *_unfinished(context, row),
            *variation(reading),
            *target_verdicts(
                row, target=metric.target, direction=metric.direction, reading=reading
            ),
        ),
        link=link,
    )


def _unfinished(context: Context, row: dict[str, Any]) -> tuple[Verdict, ...]:
    """Say that the figure is of less than its period: of a month cut short, or of fewer months."""
    if row["is_whole"]:
        return ()
    return (CUT_SHORT if context.period.kind == "month" else LACKS_MONTHS,)


def target_verdicts(
    row: dict[str, Any], *, target: float | None, direction: str, reading: Reading | None = None
) -> tuple[Verdict, ...]:
    """Say whether the goal is met, always or never with it, and that the number is small."""
    small = (SMALL,) if row["n"] < SMALL_N else ()
    if target is None:
        return small
    is_met = row["value"] <= target if direction == "down" else row["value"] >= target
    assurance = reading.assurance if reading is not None and not reading.is_trial else ""
    if is_met:
        return (ALWAYS_MET if assurance == "always" else MET, *small)
    return (NEVER_MET if assurance == "never" else NOT_MET, *small)


def task_kpi(context: Context) -> Kpi:
    """Tasks met in the last month of the period that has ended."""
    code = "task_completion_rate"
    months = context.measure(code, by=("month",), months=context.months_to_end(YEAR_MONTHS))
    known = months[months["denominator"].notna()]
    if known.empty:
        return _missing(context, code, fmt.period_label(context.period), source="báo cáo nhiệm vụ")
    last = dict(known.iloc[-1])
    before = dict(known.iloc[-2]) if len(known) > 1 else None
    states = task_state_counts(context, month=str(last["month"]))
    unreported = states["not_reported"]
    return Kpi(
        metric=code,
        label="Nhiệm vụ đạt",
        window=fmt.month_label(last["month"]),
        value=fmt.count(last["numerator"]),
        suffix=f"/{fmt.count(last['denominator'])}",
        rows=(
            KpiRow(
                "goal",
                "Mục tiêu",
                f"{fmt.count(last['denominator'])}/{fmt.count(last['denominator'])}",
            ),
            KpiRow(
                "change",
                "So với tháng trước",
                "–"
                if before is None
                else fmt.signed(int(last["numerator"] - before["numerator"]), "nhiệm vụ"),
            ),
            KpiRow(
                "split",
                "Một phần, chưa đạt",
                f"{fmt.count(len(states['partly']))} và {fmt.count(len(states['not_met']))}",
            ),
            KpiRow("silent", STATE_LABELS["not_reported"], fmt.short_list(unreported) or NONE),
        ),
        spark=Chart(
            "spark",
            _spark_frame(known.assign(value=known["numerator"].astype(float))),
            {"kind": "bar", "target": float(last["denominator"])},
        ),
        verdicts=_task_verdicts(states),
        link="/nhiem-vu",
    )


def _task_verdicts(states: dict[str, list[str]]) -> tuple[Verdict, ...]:
    verdicts = []
    if states["not_met"]:
        verdicts.append(
            Verdict("x-circle", f"{fmt.count(len(states['not_met']))} chưa đạt", "concern")
        )
    if states["not_reported"]:
        words = f"Còn {fmt.count(len(states['not_reported']))} chưa báo cáo"
        verdicts.append(Verdict("question-square", words, "notice"))
    return tuple(verdicts) or (MET,)


def task_state_counts(context: Context, *, month: str) -> dict[str, list[str]]:
    """Return the codes of the tasks in each state in ``month``."""
    frame = task_states(context, months=(month, month))
    states: dict[str, list[str]] = {
        name: [] for name in ("met", "partly", "not_met", "not_reported", "not_applicable")
    }
    for task, state in zip(frame["task"], frame["state"], strict=True):
        states[state].append(task)
    return states


def _missing(
    context: Context, code: str, window: str, *, source: str, months: tuple[str, str] | None = None
) -> Kpi:
    metric = find_metric(code)
    within = fmt.lower_first(window)
    filtered = unmatched(context, code, months=months or context.period.months, window=within)
    return Kpi(
        metric=code,
        label=metric.label,
        window=window,
        value="–",
        missing=filtered
        or Missing(
            "no_data",
            f"Chưa có số liệu {source} trong {within}. {NOT_ZERO}.",
            "Nạp số liệu của kỳ này",
            "/du-lieu",
        ),
    )


def _split(percent: str) -> tuple[str, str]:
    """Part "92,1 %" into the figure and its unit, which is set smaller."""
    value, _, unit = percent.partition(fmt.NBSP)
    return value, f"{fmt.NBSP}{unit}" if unit else ""


def _against(before: Period, period: Period) -> str:
    if period.kind == "month":
        return f"So với {fmt.month_words(before.code)}"
    # Short, so that the change beside it keeps its room: "6 tháng cuối 2023".
    return f"So với {fmt.period_words(before).replace(' năm ', ' ')}"


def _spark(
    context: Context,
    code: str,
    *,
    months: int,
    target: float | None = None,
    baseline: float | None = None,
) -> Chart:
    frame = context.measure(code, by=("month",), months=context.months_to_end(months))
    options = {"kind": "line", "target": target, "baseline": baseline}
    read = read_metric(context, code, frame).frame.set_index("month")["signal"]
    frame = context.since_rebase(code, frame)
    signals = read.reindex(frame["month"]).replace("", "common").to_numpy()
    return Chart(
        "spark",
        _spark_frame(frame).assign(signal=signals, is_signal=signals != "common"),
        {name: value for name, value in options.items() if value is not None},
    )


def _spark_frame(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["month", "value", "low", "high"]].assign(is_signal=False)
