"""Why there is nothing to show: no data, or nothing that the filter leaves; never a zero."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Missing, Section, Span
from dashboard.reports.context import Context, one_row
from dashboard.reports.slices import unfiltered


def no_data(context: Context, what: str, *, months: tuple[str, str] | None = None) -> Missing:
    """Say that the period, or ``months``, are not covered, and what to do."""
    return Missing(
        "no_data",
        f"{fmt.capital(span_words(context, months))} chưa có số liệu {what}. Đây không phải 0.",
        "Nạp số liệu của kỳ này",
        "/du-lieu",
    )


def unmatched(
    context: Context, code: str, *, months: tuple[str, str], window: str
) -> Missing | None:
    """Say that the filter leaves nothing of a metric that has a value without it; None else.

    ``window`` names the months inside a sentence.
    """
    whole = unfiltered(context)
    if whole is context:
        return None
    row = one_row(whole.measure(code, months=months))
    is_there = row is not None and not pd.isna(row["value"])
    return nothing_matches(context, window=window) if is_there else None


def nothing_there(
    context: Context, code: str, what: str, *, months: tuple[str, str] | None = None
) -> Missing:
    """Say why there is nothing of a metric in the period, or ``months``: its filter, or no data."""
    window = span_words(context, months)
    filtered = unmatched(context, code, months=months or context.period.months, window=window)
    return filtered or no_data(context, what, months=months)


def span_words(context: Context, months: tuple[str, str] | None = None) -> str:
    """Name the period, or ``months``, inside a sentence: "tháng 7/2023 đến tháng 6/2024"."""
    if months is None or months == context.period.months:
        return fmt.period_words(context.period)
    return " đến ".join(fmt.month_label(month).lower() for month in months)


def chosen_words(context: Context) -> str:
    """Name the filter inside a sentence: "bộ phận Tư pháp và kênh Trực tuyến"; "" without one."""
    filters = context.filters
    return fmt.join_words(
        f"{label} {value}"
        for label, value in (
            ("bộ phận", filters.department),
            ("lĩnh vực", filters.field),
            ("kênh", filters.channel),
        )
        if value
    )


def nothing_matches(context: Context, *, window: str = "") -> Missing:
    """Say that the filter leaves nothing in ``window``, the period; and offer to drop it."""
    chosen = chosen_words(context)
    period = window or fmt.period_words(context.period)
    if not chosen:
        return Missing("empty_filter", f"Không phát sinh trong {period}.")
    return Missing(
        "empty_filter",
        f"Không có gì khớp {chosen} trong {period}.",
        "Bỏ lọc",
        unfiltered(context).filters.to_query(),
    )


def unknown_section(noun: str, numbers: Sequence[str]) -> Section:
    """Say that an address asks for ``numbers`` of ``noun`` that are not there."""
    said = f"Không tìm thấy {noun} số {fmt.short_list(numbers)}"
    return Section("unknown", "Không tìm thấy", (Span(said),))
