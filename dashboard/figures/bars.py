"""Horizontal bars by category, each with its counts at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import formatting as fmt
from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    flags,
    floats,
    is_small,
    is_terse,
    of_words,
    share_words,
    tooltip,
)
from dashboard.figures.measuring import escape
from dashboard.figures.rows import TEXT_TONES, TONES, Row, draw_rows, row_data
from dashboard.text import NO_DATA, SMALL_N
from dashboard.theme import Theme
from etl.frames import records


def draw_bars(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
    average: float | None = None,
    average_label: str = "",
    zero_text: str = "",
) -> go.Figure:
    """Draw a share for each row of ``frame``, in its order from the top.

    Args:
        frame: key, label, value, low, high (fractions), numerator, denominator, is_highlight
            (the row to look into).
        noun: what is counted, e.g. "hồ sơ".
        average, average_label: the whole that the rows are parts of, dotted across rows with a
            bar, e.g. "Toàn xã 4,0 %".
        zero_text: what zero cases are called: "trễ" gives "0 trễ trong 34 hồ sơ".
    """
    is_short = is_terse(theme, width)
    rows = [
        _share_row(
            record,
            tone="concern" if is_high else "plain",
            is_strong=bool(is_high),
            end=_share_end(record, theme, noun, zero_text, is_short=is_short),
            tip=_share_tip(record, theme, noun),
        )
        for record, is_high in zip(records(frame), flags(frame, "is_highlight"), strict=True)
    ]
    note = ""
    if any(row.is_hollow for row in rows) and not theme.is_projector:
        note = f"Thanh rỗng: dưới {SMALL_N} {noun}".strip()
    return draw_rows(
        rows,
        theme=theme,
        width=width,
        height=height,
        level=None if average is None else average * 100,
        level_label=average_label,
        note=escape(note),
        is_shortened=True,
    )


def draw_counts(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
) -> go.Figure:
    """Draw a count for each row of ``frame``: dossiers by field, feedback by channel.

    Args:
        frame: key, label, count.
        noun: what is counted.
    """
    rows = [
        Row(
            record.get("key", record["label"]),
            record["label"],
            float(record["count"]),
            f"<b>{fmt.count(record['count'])}</b> {noun}".strip(),
            tooltip(theme, value=fmt.count_noun(record["count"], noun), name=record["label"]),
        )
        for record in records(frame)
    ]
    return draw_rows(rows, theme=theme, width=width, height=height)


def draw_pareto(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
    cut: float,
) -> go.Figure:
    """Draw counts from the largest, and where the first few already make up most of the whole.

    Args:
        frame: key, label, count, share and cumulative (fractions of the whole), largest first.
        noun: what is counted, e.g. "trả lời chưa hài lòng".
        cut: the share of the whole that the leading rows, in accent, make up.
    """
    cumulative = floats(frame, "cumulative")
    is_leading = np.concatenate([[True], cumulative[:-1] < cut - 1e-9])[: len(frame)]
    is_leading &= floats(frame, "count") > 0
    rows = []
    for i, record in enumerate(records(frame)):
        share = fmt.percent(record["share"])
        end = f"<b>{fmt.count(record['count'])}</b>  {share}"
        if i and not is_terse(theme, width):
            end += f", cộng dồn {fmt.percent(record['cumulative'])}"
        tip = tooltip(
            theme,
            value=fmt.count_noun(record["count"], noun),
            name=record["label"],
            counts=f"{share} của tất cả",
            verdict=f"Cộng dồn {fmt.percent(record['cumulative'])}",
        )
        rows.append(
            Row(
                record.get("key", record["label"]),
                record["label"],
                float(record["count"]),
                end,
                tip,
                tone="good" if is_leading[i] else "plain",
                is_strong=i == 0,
            )
        )
    return draw_rows(rows, theme=theme, width=width, height=height)


Part = tuple[str, str, str]
"""One part of stacked bars: its column, what it is called, and its tone."""


def draw_stacked(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    parts: Sequence[Part],
    noun: str = "",
) -> go.Figure:
    """Draw counts that add up, for each row of ``frame``: what is open by department and age.

    Args:
        frame: key, label and a column of counts for each part.
        parts: (column, words, tone) from the base outwards, at most four: more are unreadable.
            The words at a bar's end name its parts in the same order, so no legend is needed; a
            narrow chart has room for their numbers only, and names them once below.
        noun: what is counted.
    """
    counts = np.column_stack([floats(frame, column) for column, _, _ in parts])
    totals = np.nansum(counts, axis=1)
    rows = [
        Row(
            record.get("key", record["label"]),
            record["label"],
            float(total),
            _parts_end(parts, own, theme, noun, is_short=is_terse(theme, width)),
            tooltip(
                theme,
                value=fmt.count_noun(total, noun),
                name=record["label"],
                counts=" · ".join(_parts_words(parts, own)),
            ),
        )
        for record, own, total in zip(records(frame), counts, totals, strict=True)
    ]
    is_keyed = is_terse(theme, width) and bool(totals.any())
    starts = np.cumsum(np.nan_to_num(counts), axis=1) - np.nan_to_num(counts)

    def bars(middles: Floats, heights: Floats) -> list[Any]:
        return [
            go.Bar(
                x=counts[:, index],
                y=middles,
                base=starts[:, index],
                width=heights,
                orientation="h",
                customdata=row_data(rows),
                hovertemplate=TOOLTIP,
                marker={
                    "color": getattr(theme, TONES[tone]),
                    "line": {"color": theme.surface, "width": 1},
                    "opacity": 1,
                },
                showlegend=False,
            )
            for index, (_, _, tone) in enumerate(parts)
        ]

    return draw_rows(
        rows,
        theme=theme,
        width=width,
        height=height,
        note=_parts_key(parts, theme) if is_keyed else "",
        is_shortened=True,
        draw_bars=bars,
    )


def _parts_words(parts: Sequence[Part], counts: Floats) -> list[str]:
    return [
        f"{called}: {fmt.count(count)}"
        for (_, called, _), count in zip(parts, counts, strict=True)
        if count > 0
    ]


def _parts_end(
    parts: Sequence[Part], counts: Floats, theme: Theme, noun: str, *, is_short: bool
) -> str:
    if not np.isfinite(counts).any():
        return NO_DATA
    if not np.nansum(counts):
        return f"0 {noun}".strip()
    # Numbers alone are told apart by their place: none is left out.
    said = [
        _toned(f"{'' if is_short else called + ': '}<b>{fmt.count(count)}</b>", tone, theme)
        for (_, called, tone), count in zip(parts, np.nan_to_num(counts), strict=True)
        if count > 0 or is_short
    ]
    return " · ".join(said)


def _parts_key(parts: Sequence[Part], theme: Theme) -> str:
    """Name the parts once, in their order, for a chart whose bars say numbers only."""
    return " · ".join(_toned(called, tone, theme) for _, called, tone in parts)


def _toned(words: str, tone: str, theme: Theme) -> str:
    return f'<span style="color:{getattr(theme, TEXT_TONES[tone])}">{words}</span>'


def _share_row(
    record: Record,
    *,
    tone: str,
    is_strong: bool,
    end: str,
    tip: str,
) -> Row:
    value, denominator = record.get("value"), record.get("denominator")
    length = np.nan if value is None or fmt.is_nothing(value) else float(value) * 100
    return Row(
        record.get("key", record["label"]),
        record["label"],
        length,
        end,
        tip,
        tone=tone if length > 0 else "plain",
        is_strong=is_strong,
        is_hollow=length > 0 and is_small(denominator),
    )


def _share_end(record: Record, theme: Theme, noun: str, zero_text: str, *, is_short: bool) -> str:
    """Return "9,3 %  9/97 hồ sơ", "0 trễ trong 34 hồ sơ", or why there is no share."""
    value = record.get("value")
    numerator, denominator = record.get("numerator"), record.get("denominator")
    if fmt.is_nothing(value):
        is_empty = not fmt.is_nothing(denominator) and denominator == 0
        return f"không có {noun}".rstrip() if is_empty else NO_DATA
    if fmt.is_nothing(numerator) or fmt.is_nothing(denominator):
        return f"<b>{fmt.percent(value)}</b>"
    counts = fmt.fraction_of(numerator, denominator)
    share = fmt.percent_of(numerator, denominator)
    if theme.is_projector:
        return counts if is_short or numerator == 0 else f"{counts} = {share}"
    if numerator == 0 and zero_text:
        within = fmt.count(denominator) if is_short else fmt.count_noun(denominator, noun)
        return f"0 {escape(zero_text)} trong {within}"
    return f"<b>{share}</b>  {counts}{'' if is_short else ' ' + escape(noun)}".rstrip()


def _share_tip(record: Record, theme: Theme, noun: str) -> str:
    numerator, denominator = record.get("numerator"), record.get("denominator")
    return tooltip(
        theme,
        period=str(record["label"]),
        value=share_words(record),
        counts=of_words(numerator, denominator, noun),
        low=record.get("low", np.nan),
        high=record.get("high", np.nan),
        verdict=f"Số ít: dưới {SMALL_N} {noun}".strip() if is_small(denominator) else "",
    )
