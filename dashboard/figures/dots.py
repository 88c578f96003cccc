"""A dot with its interval for each category, beside where it stood before and a baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.common import (
    NARROW,
    TOOLTIP,
    Floats,
    Record,
    Scale,
    Sheet,
    custom,
    figure,
    flags,
    floats,
    of_words,
    percent_scale,
    share_words,
    sheet,
    silent,
    text_size,
    tooltip,
    width_hint,
)
from dashboard.figures.measuring import clip, escape, text_width
from dashboard.figures.rows import Names, lay_names, names_axis
from dashboard.text import ANSWERS, NO_DATA, SMALL_N
from dashboard.theme import Theme
from etl.frames import records

_GAP = 8.0
_STACKED_ROW = 46.0
"""Height of a row on a phone, where the name stands above its line."""

_NAMES_ABOVE_SHARE = 0.8
"""How much of the width a name above its line may take before its last words are given up."""


def draw_dots(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    baseline: float | None = None,
    baseline_label: str = "",
    noun: str = "phiếu",
    previous_label: str = "kỳ trước",
) -> go.Figure:
    """Draw a share for each row of ``frame``, in its order from the top.

    Args:
        frame: label, value, low, high, previous (fractions, NaN without data), denominator,
            is_highlight; optional key, numerator, n (what the interval rests on).
        baseline, baseline_label: a level common to all rows, solid.
        noun: what ``n`` counts, and the denominator too unless it is another number: answers.
        previous_label: what the grey ring is, in the tooltip.
    """
    value, low, high = (floats(frame, column) * 100 for column in ("value", "low", "high"))
    previous = floats(frame, "previous") * 100
    n = floats(frame, "n") if "n" in frame else floats(frame, "denominator")
    is_small = (n < SMALL_N) & np.isfinite(value)
    goal = [] if baseline is None else [baseline * 100]
    clear = np.where(is_small, np.nan, 1.0)
    scale = percent_scale([*value, *previous, *(low * clear), *(high * clear), *goal])
    size = text_size(theme, width)
    tick_size = theme.tick_size * size / theme.text_size
    is_above = not theme.is_projector and width_hint(theme, width) < NARROW
    ends = [_end(record) for record in records(frame)]
    head = size * 1.7 if goal and baseline_label else 4.0
    note = f"Vòng xanh rỗng: dưới {SMALL_N} {noun}" if is_small.any() else ""
    foot = tick_size * 1.3 + 8 + (size * 1.7 if note else 0.0)
    labels = [str(label) for label in frame["label"]]
    strong = flags(frame, "is_highlight")
    names = _names(labels, strong, theme, width, height, head + foot, is_above=is_above)
    # A dot on the axis reaches to its left by half its size: names stand off it.
    gap = max(_GAP, theme.marker_size * 0.6 + theme.line_width + 2)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=head + names.height + foot,
        left=_GAP if is_above else names.width + _GAP + gap,
        right=max([text_width(end, size) for end in ends] + [0.0]) + 2 * _GAP,
        top=head,
        bottom=foot,
    )
    _draw_rows(drawn, names, scale)
    _say_ends(drawn, names, ends)
    if is_above:
        _say_names(drawn, names)
    if goal:
        _draw_baseline(drawn, names, scale, goal[0], escape(baseline_label))
    if note:
        _say_note(drawn, note)
    return figure(
        [
            *_intervals(names, low, high, theme),
            _rings(names, previous, theme),
            _dots(
                names,
                value,
                is_small,
                theme,
                custom(
                    list(frame["key"] if "key" in frame else frame["label"]),
                    [_tip(record, theme, noun, previous_label) for record in records(frame)],
                ),
            ),
        ],
        drawn,
        xaxis={
            "range": [scale.low, scale.high],
            "tickmode": "array",
            "tickvals": scale.ticks,
            "ticktext": scale.labels,
            "tickangle": 0,
            "tickfont": {"color": theme.ink_3, "size": drawn.tick_size},
            "ticklabelstandoff": 2,
        },
        yaxis=names_axis(names, drawn)
        | {"ticklabelstandoff": round(gap)}
        | ({"showticklabels": False, "automargin": False} if is_above else {}),
    )


def _names(
    labels: list[str],
    strong: NDArray[np.bool_],
    theme: Theme,
    width: int | None,
    height: int | None,
    around: float,
    *,
    is_above: bool,
) -> Names:
    if not is_above:
        return lay_names(
            labels,
            theme=theme,
            width=width,
            strong=list(strong),
            height=None if height is None else height - around,
            is_shortened=False,
        )
    size, room = text_size(theme, width), width_hint(theme, width) * _NAMES_ABOVE_SHARE
    shown = [escape(clip(label, size, room)) for label in labels]
    texts = [
        f"<b>{label}</b>" if is_strong else label
        for label, is_strong in zip(shown, strong, strict=True)
    ]
    row = _STACKED_ROW if height is None else (height - around) / max(1, len(labels))
    return Names(texts, 0.0, np.arange(max(1, len(labels)) + 1, dtype=float) * float(row))


def _end(record: Record) -> str:
    value = share_words(record)
    return NO_DATA if value == fmt.NOTHING else f"<b>{value}</b>"


def _tip(record: Record, theme: Theme, noun: str, previous_label: str) -> str:
    numerator, denominator, n = (record.get(k) for k in ("numerator", "denominator", "n"))
    is_pooled = not fmt.is_nothing(n) and not fmt.is_nothing(denominator) and n != denominator
    counts = of_words(numerator, denominator, ANSWERS if is_pooled else noun)
    if is_pooled:
        counts += f", {fmt.count_noun(n, noun)}"
    before = record.get("previous")
    was = "" if fmt.is_nothing(before) else f"{previous_label.capitalize()}: {fmt.percent(before)}"
    value = share_words(record)
    return tooltip(
        theme,
        period=str(record["label"]),
        value="" if value == fmt.NOTHING else value,
        name=NO_DATA if value == fmt.NOTHING else "",
        counts=counts,
        low=record.get("low", np.nan),
        high=record.get("high", np.nan),
        verdict=was,
    )


def _line_at(names: Names, index: int, *, is_above: bool) -> float:
    """Return where a row's dots stand: lower where the name stands above them."""
    start, end = names.edges[index], names.edges[index + 1]
    return float(start + (end - start) * (0.72 if is_above else 0.5))


def _levels(names: Names) -> Floats:
    is_above = names.width == 0.0
    return np.array([_line_at(names, i, is_above=is_above) for i in range(len(names.texts))])


def _draw_rows(drawn: Sheet, names: Names, scale: Scale) -> None:
    for level in _levels(names):
        drawn.line(
            x0=scale.low,
            x1=scale.high,
            y0=float(level),
            y1=float(level),
            line={"color": drawn.theme.grid, "width": drawn.theme.hairline},
        )


def _say_ends(drawn: Sheet, names: Names, ends: list[str]) -> None:
    for end, level in zip(ends, _levels(names), strict=True):
        drawn.say(
            end,
            x=1,
            xref="paper",
            xanchor="left",
            xshift=1.5 * _GAP,
            y=float(level),
            yanchor="middle",
        )


def _say_names(drawn: Sheet, names: Names) -> None:
    for text, level in zip(names.texts, _levels(names), strict=True):
        drawn.say(
            text,
            x=0,
            xref="paper",
            xanchor="left",
            y=float(level),
            yanchor="bottom",
            yshift=drawn.theme.marker_size,
            bgcolor=drawn.theme.surface,
        )


def _draw_baseline(drawn: Sheet, names: Names, scale: Scale, level: float, label: str) -> None:
    # Rows are clipped to the plot; the line reaches up to its words. Where names stand above their
    # rows it would strike through them: there each row has its own piece.
    pieces = [(-6.0 if label else 0.0, names.height)]
    if names.width == 0.0:
        reach = drawn.theme.marker_size * 1.3
        pieces = [(float(at) - reach, float(at) + reach) for at in _levels(names)]
    for start, end in pieces:
        drawn.line(
            x0=level,
            x1=level,
            y0=start,
            y1=end,
            layer="between",
            line={"color": drawn.theme.baseline, "width": 1.5 * drawn.theme.hairline},
        )
    if not label:
        return
    share = float(scale.share(level))
    half = text_width(label, drawn.text_size) / 2 + 4
    is_right = share * drawn.plot_width + half > drawn.plot_width + drawn.right
    is_left = share * drawn.plot_width - half < -drawn.left
    drawn.say(
        label,
        x=level,
        xanchor="right" if is_right else "left" if is_left else "center",
        y=1,
        yref="paper",
        yanchor="bottom",
    )


def _say_note(drawn: Sheet, note: str) -> None:
    drawn.say(
        escape(note),
        x=0,
        xref="paper",
        xanchor="left",
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-(drawn.tick_size * 1.3 + 8),
        font={"color": drawn.theme.ink_3, "size": drawn.tick_size},
    )


def _intervals(names: Names, low: Floats, high: Floats, theme: Theme) -> list[Any]:
    """Return the intervals as thick bars, outlined where tints are too faint to carry meaning."""
    levels = _levels(names)
    x = np.column_stack([low, high, np.full(len(low), np.nan)]).ravel()
    y = np.repeat(levels, 3)
    thick = theme.marker_size * 1.15
    outline = theme.ribbon_outline
    looks = [(theme.ribbon, thick)]
    if outline:
        looks.insert(0, (outline, thick + 4))
    return [
        go.Scatter(silent({"x": x, "y": y, "mode": "lines", "line": {"color": c, "width": w}}))
        for c, w in looks
    ]


def _rings(names: Names, previous: Floats, theme: Theme) -> Any:
    return go.Scatter(
        silent(
            {
                "x": previous,
                "y": _levels(names),
                "mode": "markers",
                "cliponaxis": False,
                "marker": {
                    "color": theme.surface,
                    "line": {"color": theme.context, "width": theme.line_width},
                    "opacity": 1,
                    "size": theme.marker_size,
                },
            }
        )
    )


def _dots(
    names: Names,
    value: Floats,
    is_small: NDArray[np.bool_],
    theme: Theme,
    customdata: NDArray[np.object_],
) -> Any:
    return go.Scatter(
        x=value,
        y=_levels(names),
        mode="markers",
        cliponaxis=False,
        customdata=customdata,
        hovertemplate=TOOLTIP,
        marker={
            "color": np.where(is_small, theme.surface, theme.accent).astype(object),
            "line": {
                "color": theme.accent,
                "width": np.where(is_small, theme.line_width, 0.0),
            },
            "opacity": 1,
            "size": theme.marker_size * 1.2,
        },
        showlegend=False,
    )
