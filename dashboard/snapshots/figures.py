"""Every metric's figures of a snapshot, for machines to compare and for documents to look up."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Report, Section, Span, Table, TableColumn
from dashboard.reports.context import YEAR_MONTHS, Context
from dashboard.snapshots.hiding import Hiding
from dashboard.snapshots.hiding import is_survey as counts_persons
from dashboard.text import HIDDEN_WORD, INTERVAL
from etl.catalogue.metrics import METRICS
from etl.frames import records

FIGURES = "figures"
"""Code of the section in the snapshot's own report."""

Figure = dict[str, Any]
"""A row of the section; what is hidden has no counts."""

_BY_WORDS = {"": "cả kỳ", "month": "tháng", "department": "bộ phận", "year": "năm"}


def _month_words(member: str) -> str:
    return fmt.month_short(member) if len(member) == 7 and member[4] == "-" else member


def figures_section(context: Context, hiding: Hiding) -> Section:
    """Every metric of the catalogue: over the period, by month of the year, by department.

    Persons' answers are given by month only, which the trend shows as well; other breakdowns of
    them stand in their own sections.
    """
    rows: list[dict[str, Any]] = []
    year = context.months_to_end(YEAR_MONTHS)
    for code, metric in METRICS.items():
        if metric.is_optional and not context.settings.reading_766:
            continue
        if metric.kind == "published":
            rows += _published(context, code)
            continue
        rows += _figures(context, code, "", hiding=hiding)
        if code != "rating3_rate":
            rows += _figures(context, code, "month", hiding=hiding, months=year)
        if "department" in metric.mart.dimensions and not counts_persons(code):
            rows += _figures(context, code, "department", hiding=hiding)
    columns = (
        TableColumn("metric", "Mã", "code"),
        TableColumn("label", "Chỉ tiêu"),
        TableColumn("by_words", "Chia theo"),
        TableColumn("member_words", "Nhóm"),
        TableColumn("numerator", "Tử số", "integer"),
        TableColumn("denominator", "Mẫu số", "integer"),
        TableColumn("n", "Cỡ mẫu", "integer"),
        TableColumn("value", "Giá trị", "figure"),
        TableColumn("interval", INTERVAL, "figure"),
    )
    keys = [*(column.key for column in columns), "by", "member"]
    frame = pd.DataFrame(rows, columns=keys)
    frame["by_words"] = frame["by"].map(_BY_WORDS)
    is_month = frame["by"] == "month"
    frame["member_words"] = frame["member"].mask(is_month, frame["member"].map(_month_words))
    counts = dict.fromkeys(("numerator", "denominator", "n"), "Int64")
    return Section(
        FIGURES,
        "Toàn bộ số liệu",
        (Span("Mọi chỉ tiêu của kỳ, theo tháng và theo bộ phận"),),
        table=Table(columns, frame.astype(counts)),
    )


def _figures(
    context: Context,
    code: str,
    by: str,
    *,
    hiding: Hiding,
    months: tuple[str, str] | None = None,
) -> list[dict[str, Any]]:
    metric = find_metric(code)
    frame = context.measure(code, by=(by,) if by else (), months=months)
    if by and by != "month":
        frame = frame.sort_values(by, kind="stable")
    rows = []
    for row in records(frame):
        member = str(row[by]) if by else ""
        if by == "month":
            is_hidden = hiding.month_is_hidden(code, member)
        else:
            is_hidden = hiding.total_is_hidden(code, hiding.period_window)
        rows.append(
            {
                "metric": code,
                "label": metric.label,
                "by": by,
                "member": member,
                **({} if is_hidden else _counts_of(row)),
                "value": HIDDEN_WORD if is_hidden else printed(code, row),
                "interval": HIDDEN_WORD
                if is_hidden
                else fmt.percent_range(row["low"], row["high"]),
            }
        )
    return rows


def _counts_of(row: dict[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("numerator", "denominator", "n")}


def printed(code: str, row: Any) -> str:
    """Return a measured row's value as every page prints it."""
    if pd.isna(row["numerator"]):
        return fmt.NOTHING
    metric = find_metric(code)
    if metric.is_fraction:
        return fmt.percent_of(row["numerator"], row["denominator"])
    return fmt.count(row["numerator"])


def _published(context: Context, code: str) -> list[dict[str, Any]]:
    frame = context.measure(code, by=("year",), months=("2000-01", context.period.months[1]))
    return [
        {
            "metric": code,
            "label": find_metric(code).label,
            "by": "year",
            "member": str(row["year"]),
            "value": fmt.percent_points(row["value"], 2),
            "interval": fmt.NOTHING,
        }
        for row in records(frame)
    ]


# Looked up ----------------------------------------------------------------------------------------


def figures_by(summary: Report, dimension: str) -> dict[str, dict[str, Figure]]:
    """Return the figures by a dimension's members, then by metric."""
    table = summary.section(FIGURES).table
    assert table is not None
    found: dict[str, dict[str, Figure]] = {}
    for row in records(table.rows[table.rows["by"] == dimension]):
        found.setdefault(row["member"], {})[row["metric"]] = row
    return found


def find_figure(summary: Report, metric: str) -> Figure | None:
    """Return a metric's figure of the whole period, None where nothing is known of it."""
    figure = figures_by(summary, "").get("", {}).get(metric)
    is_known = figure is not None and not (
        figure["value"] == fmt.NOTHING and fmt.is_nothing(figure["numerator"])
    )
    return figure if is_known else None
