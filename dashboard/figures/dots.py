"""A dot with its interval for each category, beside where it stood before and a baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    Sheet,
    custom,
    figure,
    flags,
    floats,
    is_narrow,
    of_words,
    share_words,
    sheet,
    silent,
    text_size,
    tick_size,
    tooltip,
    width_hint,
)
from dashboard.figures.margins import widest
from dashboard.figures.measuring import clip, escape, text_width
from dashboard.figures.rows import Names, lay_names, names_axis
from dashboard.figures.scales import Scale, across_axis, percent_scale
from dashboard.text import ANSWERS, NO_DATA, SMALL_N
from dashboard.theme import Theme
from etl.frames import records

_GAP = 8.0
_GOES_ON = "Mũi tên: khoảng còn dài ra ngoài trục"

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
    is_above = is_narrow(theme, width)
    ends = [_end(record) for record in records(frame)]
    head = size * 1.7 if goal and baseline_label else 4.0
    cuts = (low < scale.low, high > scale.high)
    notes = [f"Vòng xanh rỗng: dưới {SMALL_N} {noun}"] if is_small.any() else []
    if any(cut.any() for cut in cuts):
        notes.append(_GOES_ON)
    foot = tick_size(theme, width) * (1.3 + 1.3 * len(notes)) + 8 + (4 if notes else 0)
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
        right=widest(ends, size) + 2 * _GAP,
        top=head,
        bottom=foot,
    )
    levels = _levels(names, is_above=is_above)
    _draw_rows(drawn, levels, scale)
    _say_ends(drawn, levels, ends)
    # Rows are clipped to the plot; the line reaches up to its words.
    pieces = [(-6.0 if baseline_label else 0.0, names.height)]
    if is_above:
        _say_names(drawn, levels, names.texts)
        # The line would strike through the names: each row has its own piece.
        reach = theme.marker_size * 1.3
        pieces = [(at - reach, at + reach) for at in levels]
    if goal:
        _draw_baseline(drawn, scale, goal[0], pieces, escape(baseline_label))
    if notes:
        _say_notes(drawn, notes)
    return figure(
        [
            *_intervals(levels, low, high, theme),
            *_arrows(levels, scale, cuts, theme),
            _rings(levels, previous, theme),
            _dots(
                levels,
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
        xaxis=across_axis(scale, drawn),
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
    was = "" if fmt.is_nothing(before) else f"{fmt.capital(previous_label)}: {fmt.percent(before)}"
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


def _levels(names: Names, *, is_above: bool) -> Floats:
    """Return where the rows' dots stand: lower where the names stand above them."""
    levels = names.edges[:-1] + np.diff(names.edges) * (0.72 if is_above else 0.5)
    return levels[: len(names.texts)]


def _draw_rows(drawn: Sheet, levels: Floats, scale: Scale) -> None:
    for level in levels:
        drawn.line(
            x0=scale.low,
            x1=scale.high,
            y0=float(level),
            y1=float(level),
            line={"color": drawn.theme.grid, "width": drawn.theme.hairline},
        )


def _say_ends(drawn: Sheet, levels: Floats, ends: list[str]) -> None:
    for end, level in zip(ends, levels, strict=True):
        drawn.say(
            end,
            x=1,
            xref="paper",
            xanchor="left",
            xshift=1.5 * _GAP,
            y=float(level),
            yanchor="middle",
        )


def _say_names(drawn: Sheet, levels: Floats, names: list[str]) -> None:
    for text, level in zip(names, levels, strict=True):
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


def _draw_baseline(
    drawn: Sheet, scale: Scale, level: float, pieces: list[tuple[float, float]], label: str
) -> None:
    for start, end in pieces:
        drawn.line(
            x0=level,
            x1=level,
            y0=float(start),
            y1=float(end),
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


def _say_notes(drawn: Sheet, notes: list[str]) -> None:
    # Under the plot, and under the names as well where they leave it too little.
    overhang = widest(notes, drawn.tick_size) - drawn.plot_width - drawn.right
    drawn.say(
        "<br>".join(map(escape, notes)),
        x=0,
        xref="paper",
        xanchor="left",
        y=0,
        yref="paper",
        yanchor="top",
        xshift=-min(max(0.0, overhang), drawn.left),
        yshift=-(drawn.tick_size * 1.3 + 8),
        font={"color": drawn.theme.ink_3, "size": drawn.tick_size},
    )


def _intervals(levels: Floats, low: Floats, high: Floats, theme: Theme) -> list[Any]:
    """Return the intervals as thick bars, outlined where tints are too faint to carry meaning."""
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


def _arrows(
    levels: Floats,
    scale: Scale,
    cuts: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    theme: Theme,
) -> list[Any]:
    """Return an arrow at each end of a bar that the axis cuts off: the interval goes on there.

    Bars of few cases may do so; a scale that held them all would flatten the others.
    """
    return [
        go.Scatter(
            silent(
                {
                    "x": np.full(int(cut.sum()), end),
                    "y": levels[cut],
                    "mode": "markers",
                    "cliponaxis": False,
                    "marker": {
                        "color": theme.context,
                        "opacity": 1,
                        "size": theme.marker_size * 1.2,
                        "symbol": f"triangle-{side}",
                    },
                }
            )
        )
        for cut, end, side in zip(cuts, (scale.low, scale.high), ("left", "right"), strict=True)
        if cut.any()
    ]


def _rings(levels: Floats, previous: Floats, theme: Theme) -> Any:
    return go.Scatter(
        silent(
            {
                "x": previous,
                "y": levels,
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
    levels: Floats,
    value: Floats,
    is_small: NDArray[np.bool_],
    theme: Theme,
    customdata: NDArray[np.object_],
) -> Any:
    return go.Scatter(
        x=value,
        y=levels,
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
