"""Dữ liệu: what was loaded and rejected, which months it speaks for, what each number means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from dashboard import formatting as fmt
from dashboard.filters import months_between
from dashboard.metrics import find_metric
from dashboard.model import Report, Section, Span, Table, TableColumn
from dashboard.reports.comparison import figure_words
from dashboard.reports.context import Context
from dashboard.reports.glossary import glossary_section
from dashboard.text import PARTIAL_MONTH
from etl.batches import batches, speaks_within
from etl.catalogue.metrics import METRICS
from etl.catalogue.sources import SOURCES
from etl.dimensions import dimension_words
from etl.frames import plain_records
from etl.tables import (
    ACCEPTED,
    UNDONE,
    dim_alias,
    load_batch,
    load_coverage,
    load_reject,
    mart_coverage,
)

MONTHLY_SOURCES = ("dossier", "feedback", "survey", "task_report")
QUIET_DAYS = 10
"""Days on end without a loaded dossier that no weekend, and not Tết, explains."""
MOST_HOLES = 3
"""Months, the latest, of which the missing days are told; the cells show all."""
MOST_BATCHES = 60
MOST_REJECTS = 200


def build_data_report(context: Context) -> Report:
    """Return the report of the page Dữ liệu."""
    loads = batches_section(context)
    return Report(
        code="data",
        title="Dữ liệu",
        period=fmt.period_label(context.period) if context.has_data else "",
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=_sentence(context),
        kpis=(),
        sections=(
            coverage_section(context),
            freshness_section(context),
            loads,
            rejects_section(context),
            aliases_section(context),
            dictionary_section(context),
            glossary_section(first_day=context.settings.report_month_first_day),
        ),
    )


def _sentence(context: Context) -> tuple[Span, ...]:
    query = select(func.count(), func.sum(load_batch.c.rejected)).where(
        load_batch.c.status == ACCEPTED, speaks_within(context.units)
    )
    count, rejected = context.connection.execute(query).one()
    if not count:
        return (Span("Chưa nạp tệp nào."),)
    spans = [Span(f"Đã nạp {fmt.count_noun(count, 'tệp')}", strong=True)]
    if context.latest:
        spans.append(Span(f", số liệu đến {fmt.day(context.latest)}"))
    if rejected:
        spans.append(Span(f"; {fmt.count_noun(rejected, 'dòng')} bị loại, cần xem lại"))
    return (*spans, Span("."))


def half_months(context: Context, months: Iterable[str]) -> dict[str, tuple[date, date]]:
    """Return the days of covered ``months`` for which no file brought dossiers, by month.

    A month is covered as soon as a file speaks for a day of it. Dossiers come in every week, so a
    stretch of :data:`QUIET_DAYS` that no file speaks for was not loaded; surveys and feedback may
    well have none. What the data have not reached yet is no hole: that month is cut short.
    """
    c = load_coverage.c
    query = (
        select(c.covered_from, c.covered_to, c.as_of)
        .join(load_batch, load_batch.c.batch_id == c.batch_id)
        .where(c.unit == context.unit.code, c.source == "dossier", load_batch.c.status == ACCEPTED)
        .order_by(c.covered_from)
    )
    spans = context.connection.execute(query).all()
    found: dict[str, tuple[date, date]] = {}
    one_day = timedelta(days=1)
    for month in sorted(months):
        start, end = context.days_of(month)
        end = min(end, max(span.as_of for span in spans))
        for first, last, _ in [*spans, (end + one_day, end, end)]:
            if min(first, end + one_day) - start >= timedelta(days=QUIET_DAYS):
                found[month] = (start, min(first, end + one_day) - one_day)
                break
            start = max(start, last + one_day)
    return found


def coverage_section(context: Context) -> Section:
    """Which months each source speaks for; what is missing is visible."""
    c = mart_coverage.c
    query = select(c.source, c.month, c.is_whole).where(
        c.unit == context.unit.code,
        c.calendar == context.filters.calendar,
        c.source.in_(MONTHLY_SOURCES),
        c.month.between(context.office.first, context.office.last),
    )
    frame = pd.DataFrame(
        context.connection.execute(query).all(), columns=["source", "month", "is_whole"]
    )
    if frame.empty:
        return Section("coverage", "Tháng đã có số liệu", (Span("Chưa có tháng nào"),))
    months = months_between(frame["month"].min(), frame["month"].max())
    known = {(row["source"], row["month"]): row["is_whole"] for row in plain_records(frame)}
    holes = half_months(context, frame.loc[frame["source"] == "dossier", "month"])
    known |= {("dossier", month): False for month in holes}
    rows: list[dict[str, Any]] = []
    missing = 0
    for source in MONTHLY_SOURCES:
        own = frame[frame["source"] == source]["month"]
        states = []
        for month in months:
            whole = known.get((source, month))
            if whole is not None:
                states.append("whole" if whole else "partial")
            else:
                states.append("missing" if len(own) and month > own.min() else "outside")
        missing += states.count("missing")
        rows.append({"label": SOURCES[source].label, "source": source, "states": states})
    words = {
        "whole": "đủ",
        "partial": PARTIAL_MONTH,
        "missing": "thiếu",
        "outside": "chưa bắt đầu",
    }
    table = pd.DataFrame(
        [
            {"label": row["label"], **dict(zip(months, map(words.get, row["states"]), strict=True))}
            for row in rows
        ]
    )
    return Section(
        "coverage",
        "Tháng đã có số liệu",
        (
            Span(
                f"{fmt.count(missing)} tháng còn thiếu số liệu"
                if missing
                else "Không thiếu tháng nào kể từ tháng đầu tiên"
            ),
        ),
        table=Table(
            (
                TableColumn("label", "Nguồn"),
                *(TableColumn(month, fmt.month_short(month)) for month in months),
            ),
            table,
        ),
        note=". ".join(
            (
                *(
                    f"Hồ sơ {fmt.month_label(month).lower()} chưa có từ {fmt.day(first)} đến "
                    f"{fmt.day(last)}, các con số của tháng này chỉ là một phần"
                    for month, (first, last) in [*holes.items()][-MOST_HOLES:]
                ),
                "Tháng không có khảo sát hoặc không có báo cáo vẫn để trống, không phải 0",
            )
        ),
        data={"months": months, "rows": rows, "subtitle": "Mỗi ô một tháng của một nguồn"},
    )


def freshness_section(context: Context) -> Section:
    """Up to which day each source speaks, and when it was last loaded."""
    b = load_batch.c
    query = (
        select(b.source, func.max(b.loaded_at), func.count(), func.sum(b.rows_read))
        .where(b.status == ACCEPTED, speaks_within(context.units))
        .group_by(b.source)
    )
    loaded = {row[0]: row[1:] for row in context.connection.execute(query)}
    rows = []
    for source in SOURCES.values():
        at, files, read = loaded.get(source.code, (None, 0, 0))
        rows.append(
            {
                "label": source.label,
                "as_of": context.as_of.get(source.code),
                "loaded_at": None if at is None else fmt.local(at).date(),
                "files": files,
                "rows": read or 0,
            }
        )
    silent = [row["label"] for row in rows if not row["files"]]
    return Section(
        "freshness",
        "Số liệu đến ngày nào",
        (
            Span(
                f"Chưa nạp: {fmt.join_words(silent)}"
                if silent
                else "Cả năm nguồn đều đã có số liệu"
            ),
        ),
        table=Table(
            (
                TableColumn("label", "Nguồn"),
                TableColumn("as_of", "Số liệu đến", "date"),
                TableColumn("loaded_at", "Nạp lần cuối", "date"),
                TableColumn("files", "Tệp", "integer"),
                TableColumn("rows", "Dòng đã đọc", "integer"),
            ),
            pd.DataFrame(rows).astype(object),
        ),
    )


def batches_section(context: Context) -> Section:
    """The newest loads, with what became of their rows."""
    rows = batches(context.connection, limit=MOST_BATCHES, units=context.units)
    frame = pd.DataFrame(
        [
            {
                "batch_id": row["batch_id"],
                "file": row["file"],
                "source": SOURCES[row["source"]].label,
                "state": "đã hoàn tác" if row["status"] == UNDONE else "đang dùng",
                **{
                    name: row[name]
                    for name in (
                        "rows_read",
                        "inserted",
                        "updated",
                        "unchanged",
                        "rejected",
                        "repeated",
                        "as_of",
                    )
                },
            }
            for row in rows
        ]
    )
    return Section(
        "batches",
        "Các lần nạp",
        (Span("Các lần nạp gần nhất"),),
        table=Table(
            (
                TableColumn("batch_id", "Lần", "integer"),
                TableColumn("file", "Tệp"),
                TableColumn("source", "Nguồn"),
                TableColumn("state", "Tình trạng"),
                TableColumn("rows_read", "Đọc", "integer"),
                TableColumn("inserted", "Thêm mới", "integer"),
                TableColumn("updated", "Cập nhật", "integer"),
                TableColumn("unchanged", "Không đổi", "integer"),
                TableColumn("rejected", "Bị loại", "integer"),
                TableColumn("repeated", "Lặp", "integer"),
                TableColumn("as_of", "Số liệu đến", "date"),
            ),
            frame,
        ),
        note="Đọc = thêm + cập nhật + không đổi + bị loại + lặp",
    )


def rejects_section(context: Context) -> Section:
    """The rejected rows of the newest loads, each with its reason."""
    r, b = load_reject.c, load_batch.c
    # A row's number is one of its sheet, whichever of a file's sheets have rejected rows.
    sheets = func.count(b.sheet.distinct()).label("sheets")
    files = select(b.sha256, sheets).group_by(b.sha256).subquery()
    query = (
        select(b.file, r.sheet, r.row, r.column, r.value, r.reason, files.c.sheets)
        .join(load_batch, b.batch_id == r.batch_id)
        .join(files, files.c.sha256 == b.sha256)
        .where(speaks_within(context.units))
    )
    total = context.connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    query = query.order_by(r.batch_id.desc(), r.number).limit(MOST_REJECTS)
    frame = pd.DataFrame(
        context.connection.execute(query).all(),
        columns=["file", "sheet", "row", "column", "value", "reason", "sheets"],
    )
    is_of_several = frame.pop("sheets") > 1
    named = frame["file"] + ", trang «" + frame["sheet"] + "»"
    frame["file"] = frame["file"].where(~is_of_several, named)
    words = f"{fmt.count_noun(total, 'dòng')} bị loại" if total else "Không có dòng nào bị loại"
    more = f"Hiện {MOST_REJECTS} dòng mới nhất. " if total > MOST_REJECTS else ""
    return Section(
        "rejects",
        "Dòng bị loại",
        (Span(words),),
        table=Table(
            (
                TableColumn("file", "Tệp"),
                TableColumn("row", "Dòng", "integer"),
                TableColumn("column", "Cột"),
                TableColumn("value", "Giá trị"),
                TableColumn("reason", "Lý do"),
            ),
            frame,
        ),
        note=f"{more}Dữ liệu cá nhân trong ô đã được che" if total else "",
    )


def aliases_section(context: Context) -> Section:
    """Spellings that count as another member of their dimension."""
    frame = pd.DataFrame(
        context.connection.execute(
            select(dim_alias.c.dimension, dim_alias.c.alias_label, dim_alias.c.canonical_label)
        ).all(),
        columns=["dimension", "alias", "canonical"],
    )
    frame["dimension"] = [dimension_words(name) for name in frame["dimension"]]
    return Section(
        "aliases",
        "Tên được gộp",
        (
            Span(
                f"{fmt.count_noun(len(frame), 'tên')} được tính là tên khác"
                if len(frame)
                else "Chưa gộp tên nào"
            ),
        ),
        table=Table(
            (
                TableColumn("dimension", "Loại"),
                TableColumn("alias", "Cách viết"),
                TableColumn("canonical", "Được tính là"),
            ),
            frame,
        ),
    )


def dictionary_section(context: Context) -> Section:
    """Every metric as the catalogue declares it, with the period's own numbers."""
    rows = []
    counted = [code for code, metric in METRICS.items() if metric.kind != "published"]
    measured = context.measure_many(counted) if context.has_data else {}
    for code, metric in METRICS.items():
        if metric.is_optional and not context.settings.reading_766:
            continue
        rows.append(
            {
                "code": code,
                "label": metric.label,
                "definition": metric.definition,
                "excluded": metric.excluded or "–",
                "month_of": metric.month_of,
                "source": metric.legal_source or "–",
                "worked": worked_number(context, code, measured.get(code)),
            }
        )
    return Section(
        "dictionary",
        "Từ điển chỉ tiêu",
        (Span(f"{fmt.count(len(rows))} chỉ tiêu, mỗi chỉ tiêu một định nghĩa"),),
        table=Table(
            (
                TableColumn("label", "Chỉ tiêu"),
                TableColumn("definition", "Định nghĩa"),
                TableColumn("excluded", "Không tính"),
                TableColumn("month_of", "Thuộc tháng của"),
                TableColumn("source", "Căn cứ"),
                TableColumn("worked", "Kỳ đang xem"),
            ),
            pd.DataFrame(rows),
        ),
        data={"subtitle": f"Số của {fmt.period_words(context.period)}" if context.has_data else ""},
    )


def worked_number(context: Context, code: str, row: dict[str, Any] | None) -> str:
    """Return a metric's figure of the period with its counts, in words."""
    if not context.has_data:
        return fmt.NOTHING
    metric = find_metric(code)
    if metric.kind == "published":
        frame = context.measure(code, by=("year",))
        if frame.empty:
            return fmt.NOTHING
        return fmt.percent_points(frame["value"].iloc[-1], 2)
    if row is not None and not metric.is_fraction:
        return fmt.count_noun(row["numerator"], metric.unit)
    return figure_words(code, row)
