"""The Report that only a snapshot has: the table of results, causes of delay, notes on the data."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import func, select

from dashboard import formatting as fmt
from dashboard.components.words import verdict_words
from dashboard.filters import Period, months_between
from dashboard.model import Kpi, Missing, Report, Section, Span, Table, TableColumn
from dashboard.reports.absence import no_data
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.dossier_lists import DONE_LATE, NO_APOLOGY, dossier_list_section
from dashboard.reports.kpis import has_value, ratio_kpi
from dashboard.reports.satisfaction import METHOD
from dashboard.snapshots.figures import figures_section
from dashboard.snapshots.hiding import FEW, Hiding
from dashboard.snapshots.hiding import is_survey as counts_persons
from dashboard.text import HIDDEN_WORD, NO_DATA, NONE, PARTIAL_MONTH
from etl.catalogue.sources import SOURCES
from etl.tables import ACCEPTED, load_batch, load_coverage, mart_coverage

RATIOS = {
    "late_rate": ("early_rate", "intake_within_8h_rate", "apology_rate"),
    "feedback_on_time_rate": ("feedback_published_rate",),
}
"""Shares of the table of results beside the four of the overview, and which they follow."""

SUMMARY = "summary"


def build_summary_report(context: Context, *, kpis: tuple[Kpi, ...], hiding: Hiding) -> Report:
    """Return the snapshot's own report. ``kpis`` are the overview's, already hidden where due."""
    cards: list[Kpi] = []
    for kpi in kpis:
        cards.append(kpi)
        cards += [ratio_kpi(context, code, link="") for code in RATIOS.get(kpi.metric, ())]
    return Report(
        code=SUMMARY,
        title="Kết quả chính",
        period=fmt.period_label(context.period),
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=(),
        kpis=tuple(cards),
        sections=(
            kpi_section(context, cards),
            late_section(context),
            notes_section(context, hiding),
            figures_section(context, hiding),
        ),
    )


# The table of results -----------------------------------------------------------------------------


def kpi_section(context: Context, kpis: Iterable[Kpi]) -> Section:
    """One row per card: result with its counts, goal, what it is compared with, change, verdict."""
    rows = [_kpi_row(context, kpi) for kpi in kpis]
    return Section(
        "kpis",
        "Kết quả chính",
        (Span("Kết quả chính"),),
        table=Table(
            (
                TableColumn("label", "Chỉ tiêu"),
                TableColumn("value", "Kết quả", "figure"),
                TableColumn("goal", "Mục tiêu", "figure"),
                TableColumn("before", "Kỳ so sánh", "figure"),
                TableColumn("change", "Thay đổi", "figure"),
                TableColumn("verdict", "Nhận định"),
            ),
            pd.DataFrame(rows),
        ),
        note=_interval_note(kpis),
    )


def _kpi_row(context: Context, kpi: Kpi) -> dict[str, str]:
    value, counts = f"{kpi.value}{kpi.suffix}", _counts(context, kpi)
    label = kpi.label
    if kpi.window != fmt.period_label(context.period):
        label = f"{label}, {fmt.lower_first(kpi.window)}"
    return {
        "metric": kpi.metric,
        "label": label,
        "value": f"{value} ({counts})" if counts else value,
        "goal": kpi.row("goal").value or fmt.NOTHING,
        "before": _before(context, kpi),
        "change": kpi.row("change").value or fmt.NOTHING,
        "verdict": _verdict(kpi),
        "interval": kpi.row("interval").value or fmt.NOTHING,
    }


def _verdict(kpi: Kpi) -> str:
    if kpi.missing is not None:
        return "Ít phiếu" if kpi.missing.reason == FEW else fmt.capital(NO_DATA)
    return verdict_words(kpi.verdicts) or fmt.NOTHING


def _counts(context: Context, kpi: Kpi) -> str:
    """Return the bare counts of a share of the period: "13/326"; "" where the card has them."""
    if kpi.missing or counts_persons(kpi.metric) or kpi.metric == "task_completion_rate":
        return ""
    row = one_row(context.measure(kpi.metric))
    return "" if row is None else fmt.fraction_of(row["numerator"], row["denominator"])


def _before(context: Context, kpi: Kpi) -> str:
    """Return the value that a card's change is against, with its name."""
    if kpi.missing:
        return fmt.NOTHING
    if counts_persons(kpi.metric):
        plan = context.plan(context.period.year)
        if plan.baseline is None:
            return fmt.NOTHING
        return f"{fmt.percent(plan.baseline, 2)} ({plan.baseline_year})"
    if kpi.metric == "task_completion_rate":
        return _tasks_before(context)
    before = context.period.previous()
    row = one_row(context.measure(kpi.metric, months=before.months))
    if row is None or not has_value(row):
        return fmt.NOTHING
    value = fmt.percent_of(row["numerator"], row["denominator"])
    return f"{value} ({_short_period(before, beside=context.period)})"


def _short_period(period: Period, *, beside: Period) -> str:
    """Name a period beside one that is named in full: "tháng 5" of the same year."""
    words = fmt.period_words(period)
    words = words.removesuffix(f"/{period.year}") if period.year == beside.year else words
    # In a narrow column it goes to the next line as a whole, not its number alone.
    return words.replace(" ", fmt.NBSP)


def _tasks_before(context: Context) -> str:
    months = context.measure(
        "task_completion_rate", by=("month",), months=context.months_to_end(YEAR_MONTHS)
    )
    known = months[months["denominator"].notna()]
    if len(known) < 2:
        return fmt.NOTHING
    row = known.iloc[-2]
    counts = fmt.fraction_of(row["numerator"], row["denominator"])
    words = _short_period(Period(str(row["month"])), beside=context.period)
    return f"{counts} ({words})"


def _interval_note(kpis: Iterable[Kpi]) -> str:
    parts = [
        f"{kpi.label.lower()} {interval}"
        for kpi in kpis
        if (interval := kpi.row("interval").value) not in ("", fmt.NOTHING)
    ]
    sizes = [
        f"{kpi.label}: {n}, {METHOD.lower()}."
        for kpi in kpis
        if counts_persons(kpi.metric) and (n := kpi.row("size").value)
    ]
    words = f"Khoảng tin cậy 95 %: {'; '.join(parts)}." if parts else ""
    return " ".join([*sizes, words]).strip()


# Late dossiers ------------------------------------------------------------------------------------


def late_section(context: Context) -> Section:
    """Late dossiers counted by department, procedure and cause: causes are named, codes are not."""
    code, title = "late", "Hồ sơ trễ hạn theo bộ phận và nguyên nhân"
    table = dossier_list_section(context).table
    if table is None or one_row(context.measure("late_rate")) is None:
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    rows = table.rows[table.rows["state"] == DONE_LATE]
    by = ["department", "procedure", "cause"]
    if rows.empty:
        reason = f"Không có hồ sơ trễ hạn trong {fmt.period_words(context.period)}."
        return Section(code, title, (Span(title),), missing=Missing("empty_filter", reason))
    grouped = rows.assign(is_sorry=rows["apology"] != NO_APOLOGY).groupby(by, sort=True)
    counted = grouped.agg(
        count=("state", "size"), longest=("days", "max"), apologised=("is_sorry", "sum")
    ).reset_index()
    order = counted.groupby("department")["count"].transform("sum")
    counted = (
        counted.assign(order=order)
        .sort_values(["order", "department", "count"], ascending=[False, True, False])
        .drop(columns="order")
        .reset_index(drop=True)
    )
    return Section(
        code,
        title,
        (Span(f"{fmt.count_noun(len(rows), 'hồ sơ')} đã xong trễ hạn"),),
        table=Table(
            (
                TableColumn("department", "Bộ phận"),
                TableColumn("procedure", "Thủ tục"),
                TableColumn("count", "Số hồ sơ", "integer"),
                TableColumn("longest", "Trễ lâu nhất (ngày làm việc)", "integer"),
                TableColumn("apologised", "Đã xin lỗi", "integer"),
                TableColumn("cause", "Nguyên nhân"),
            ),
            counted.astype({"longest": "int64", "apologised": "int64"}),
        ),
        metric="late_rate",
    )


# Notes on the data --------------------------------------------------------------------------------

_SAMPLES = {
    "dossier": ("dossiers_resolved", "hồ sơ đã giải quyết"),
    "feedback": ("feedback_received", "phản ánh"),
    "survey": ("survey_responses", "phiếu"),
}


def notes_section(context: Context, hiding: Hiding) -> Section:
    """One row per source: up to which day, how much, missing months, rejects."""
    months = months_between(*(context.office.within(context.period.months) or ("", "")))
    c, b = mart_coverage.c, load_batch.c
    covered: dict[str, dict[str, bool]] = {}
    query = select(c.source, c.month, c.is_whole).where(
        c.unit == context.unit.code,
        c.calendar == context.filters.calendar,
        c.month.in_(months),
    )
    for source, month, whole in context.connection.execute(query):
        covered.setdefault(source, {})[month] = bool(whole)
    totals = {
        row.source: row
        for row in context.connection.execute(
            select(
                b.source,
                func.sum(b.rows_read).label("read"),
                func.sum(b.rejected).label("rejected"),
            )
            .where(
                b.status == ACCEPTED,
                b.batch_id.in_(
                    select(load_coverage.c.batch_id).where(
                        load_coverage.c.unit == context.unit.code
                    )
                ),
            )
            .group_by(b.source)
        )
    }
    rows = []
    for source in SOURCES.values():
        read = totals.get(source.code)
        rows.append(
            {
                "label": source.label,
                "as_of": context.as_of.get(source.code),
                "sample": _sample(context, source.code, hiding),
                "missing": fmt.NOTHING
                if source.code == "ranking"
                else _months_missing(months, covered.get(source.code, {})),
                "read": 0 if read is None else int(read.read),
                "rejected": 0 if read is None else int(read.rejected),
            }
        )
    return Section(
        "notes",
        "Ghi chú số liệu",
        (Span("Số liệu lấy từ đâu, còn thiếu gì"),),
        table=Table(
            (
                TableColumn("label", "Nguồn"),
                TableColumn("as_of", "Số liệu đến", "date"),
                TableColumn("sample", "Trong kỳ", "figure"),
                TableColumn("missing", "Tháng còn thiếu"),
                TableColumn("read", "Dòng đã đọc", "integer"),
                TableColumn("rejected", "Dòng bị loại", "integer"),
            ),
            pd.DataFrame(rows).astype({"as_of": object}),
        ),
        note=f"{METHOD} (SIPAS): trả lời «hài lòng» và «rất hài lòng» trên trả lời hợp lệ. "
        "Khoảng tin cậy 95 % tính theo Wilson trên số phiếu. "
        "Dòng đã đọc và bị loại tính cho mọi tệp đang dùng.",
    )


def _sample(context: Context, source: str, hiding: Hiding) -> str:
    if source not in _SAMPLES:
        return fmt.NOTHING
    code, noun = _SAMPLES[source]
    row = one_row(context.measure(code))
    if row is None:
        return NO_DATA
    if hiding.total_is_hidden(code, hiding.period_window):
        return HIDDEN_WORD
    return fmt.count_noun(row["numerator"], noun)


def _months_missing(months: list[str], covered: dict[str, bool]) -> str:
    missing = [fmt.month_short(month) for month in months if month not in covered]
    partial = [fmt.month_short(m) for m in months if covered.get(m) is False]
    words = [fmt.join_words(missing)] if missing else []
    words += [f"{fmt.join_words(partial)} {PARTIAL_MONTH}"] if partial else []
    return "; ".join(words) or NONE
