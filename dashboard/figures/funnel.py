"""Shares against sizes: who differs from the others, and who is only small."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    Scale,
    Sheet,
    action_words,
    count_scale,
    custom,
    figure,
    floats,
    of_words,
    percent_scale,
    records,
    share_words,
    sheet,
    silent,
    text_size,
    tooltip,
    words,
)
from dashboard.figures.measuring import Placer, escape, text_height, text_width
from dashboard.statistics.funnel import ACTION_Z, funnel_limits
from dashboard.text import FUNNEL_VERDICTS, short_name
from dashboard.theme import Theme

_GAP = 8.0
_GRID = 160
_BAND_WORDS = "Ngoài vùng này<br>mới là khác hẳn"


def draw_funnel(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "hồ sơ",
    size_label: str = "",
    average_label: str = "",
    period: str = "",
    name: str = "",
    is_lower_better: bool = True,
    action: str = "",
) -> go.Figure:
    """Draw each row of ``frame`` at its size and share, over the band in which all would lie.

    Args:
        frame: key, label, numerator, denominator, value (fraction), verdict (different_high,
            different_low, common, too_small).
        noun: what is counted; size_label: words under the axis; average_label: of the line.
        name: the measure's words in a tooltip; action: what a click does.
    """
    rows = frame[floats(frame, "denominator") > 0].reset_index(drop=True)
    x, y = floats(rows, "denominator"), floats(rows, "value") * 100
    cases, of = floats(rows, "numerator").sum(), x.sum()
    share = cases / of if of else 0.0
    most = float(x.max()) * 1.12 if len(x) else 1.0
    sizes = np.linspace(most * 0.012, most, _GRID)
    low, high = (edge * 100 for edge in funnel_limits(sizes, share=share, z=ACTION_Z))
    at_smallest = funnel_limits(x, share=share, z=ACTION_Z)[1] * 100
    top = max([*y, *np.minimum(at_smallest, 3 * max([*y, share * 100])), share * 200])
    scale = percent_scale([0.0, float(top)])
    across = count_scale([most], most_steps=5)
    size = text_size(theme, width)
    tick = theme.tick_size * size / theme.text_size
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=520 if theme.is_projector else 290,
        left=scale.label_width(tick) + _GAP,
        right=_GAP,
        top=size * 0.7,
        bottom=tick * (3.2 if size_label else 1.8),
    )
    high = np.minimum(high, scale.high)
    records_ = records(rows)
    verdicts = words(rows, "verdict", default="common")
    placer = Placer(drawn.plot_width, drawn.plot_height)
    for edge in (low, high):
        at = (1 - scale.share(edge)) * drawn.plot_height
        placer.take_line(list(sizes / most * drawn.plot_width), list(at), thickness=4)
    _say(
        placer,
        drawn,
        scale,
        most,
        x,
        y,
        records_,
        verdicts,
        share=share,
        average_label=average_label,
    )
    if size_label:
        drawn.say(
            escape(size_label),
            x=0.5,
            xref="paper",
            y=0,
            yref="paper",
            yanchor="top",
            yshift=-tick * 1.6,
            font={"color": theme.ink_3, "size": drawn.tick_size},
        )
    tips = [
        tooltip(
            theme,
            period=" · ".join(part for part in (str(one["label"]), period) if part),
            value=share_words(one),
            name=name,
            counts=of_words(one.get("numerator"), one.get("denominator"), noun),
            verdict=FUNNEL_VERDICTS.get(verdict, ""),
            action=action_words(action, one),
        )
        for one, verdict in zip(records_, verdicts, strict=True)
    ]
    return figure(
        [
            *_band(sizes, low, high, theme),
            _average(share * 100, most, theme),
            _points(x, y, records_, verdicts, tips, theme, is_lower_better=is_lower_better),
        ],
        drawn,
        xaxis={
            "range": [0, most],
            "tickmode": "array",
            "tickvals": across.ticks[across.ticks <= most],
            "ticktext": across.labels[across.ticks <= most],
            "tickangle": 0,
            "tickfont": {"color": theme.ink_3, "size": drawn.tick_size},
            "ticklabelstandoff": 2,
        },
        yaxis={
            "range": [scale.low - (scale.high - scale.low) * 0.03, scale.high],
            "showgrid": True,
            "tickmode": "array",
            "tickvals": scale.ticks,
            "ticktext": scale.labels,
            "tickfont": {"size": drawn.tick_size},
            "ticklabelstandoff": 5,
        },
    )


def _band(sizes: Floats, low: Floats, high: Floats, theme: Theme) -> list[Any]:
    """Return the band between the limits, and the edge above it as a line."""
    fill = go.Scatter(
        silent(
            {
                "x": np.concatenate([sizes, sizes[::-1]]),
                "y": np.concatenate([high, low[::-1]]),
                "mode": "lines",
                "fill": "toself",
                "fillcolor": theme.limits,
                "line": {"width": 0},
            }
        )
    )
    line = {"color": theme.context, "width": 1.5 * theme.hairline}
    edges = [
        go.Scatter(silent({"x": sizes, "y": edge, "mode": "lines", "line": line}))
        for edge in (high, low)
    ]
    return [fill, *edges]


def _average(level: float, most: float, theme: Theme) -> Any:
    line = {"color": theme.baseline, "width": 1.5 * theme.hairline}
    return go.Scatter(
        silent(
            {
                "x": np.array([0.0, most]),
                "y": np.array([level, level]),
                "mode": "lines",
                "line": line,
            }
        )
    )


def _points(
    x: Floats,
    y: Floats,
    rows: list[Record],
    verdicts: list[str],
    tips: list[str],
    theme: Theme,
    *,
    is_lower_better: bool,
) -> Any:
    """Return the points: a square where a row differs, hollow where it is too small to say."""
    worse = "different_high" if is_lower_better else "different_low"
    colours = [
        theme.concern
        if verdict == worse
        else theme.accent
        if verdict.startswith("different")
        else theme.ink_3
        for verdict in verdicts
    ]
    is_small = np.array([verdict == "too_small" for verdict in verdicts], dtype=bool)
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        cliponaxis=False,
        customdata=custom([row.get("key", row["label"]) for row in rows], tips),
        hovertemplate=TOOLTIP,
        marker={
            "color": np.where(is_small, theme.surface, np.array(colours, dtype=object)),
            "line": {
                "color": np.array(colours, dtype=object),
                "width": np.where(is_small, theme.line_width, 0.0),
            },
            "opacity": 1,
            "size": theme.marker_size * 1.2,
            "symbol": np.array(
                ["square" if v.startswith("different") else "circle" for v in verdicts],
                dtype=object,
            ),
        },
        showlegend=False,
    )


def _say(
    placer: Placer,
    drawn: Sheet,
    scale: Scale,
    most: float,
    x: Floats,
    y: Floats,
    rows: list[Record],
    verdicts: list[str],
    *,
    share: float,
    average_label: str,
) -> None:
    """Name the points, the line and the band, each where it covers nothing."""
    px = x / most * drawn.plot_width
    py = (1 - scale.share(y)) * drawn.plot_height
    radius = drawn.theme.marker_size
    middles = np.column_stack([px, py])
    placer.take(np.hstack([middles - radius, middles + radius]))
    level = float(1 - scale.share(share * 100)) * drawn.plot_height
    placer.take(np.array([[0, level - 2, drawn.plot_width, level + 2]]))
    if average_label:
        text = escape(average_label)
        width = text_width(text, drawn.text_size) + 6
        spots = np.column_stack(
            [
                np.tile([drawn.plot_width - width / 2 - 2, width / 2 + 4], 2),
                np.repeat([level - drawn.text_size, level + drawn.text_size], 2),
            ]
        )
        _put(text, placer, drawn, spots, colour=drawn.theme.ink)
    order = sorted(range(len(rows)), key=lambda i: not verdicts[i].startswith("different"))
    for i in order:
        is_different = verdicts[i].startswith("different")
        label = escape(short_name(str(rows[i]["label"])))
        text = f"<b>{label} {share_words(rows[i])}</b>" if is_different else label
        colour = drawn.theme.ink_2
        if is_different:
            colour = drawn.theme.concern if y[i] > share * 100 else drawn.theme.accent
        _put(text, placer, drawn, _around(middles[i], text, drawn), colour=colour)
    wide = text_width(_BAND_WORDS, drawn.text_size)
    near = (drawn.plot_width * 0.25 + wide / 2, text_height(_BAND_WORDS, drawn.text_size) * 0.6)
    _put(_BAND_WORDS, placer, drawn, placer.grid(near=near), colour=drawn.theme.ink_3)


def _around(middle: NDArray[np.float64], text: str, drawn: Sheet) -> NDArray[np.float64]:
    """Return where a point's name may stand: right, left, above, below."""
    wide = text_width(text, drawn.text_size) / 2 + drawn.theme.marker_size + 4
    high = drawn.text_size + 2
    steps = np.array([[wide, 0], [-wide, 0], [0, -high], [0, high], [wide, -high], [-wide, -high]])
    return middle + steps


def _put(
    text: str, placer: Placer, drawn: Sheet, centres: NDArray[np.float64], *, colour: str
) -> None:
    found = placer.place(
        text_width(text, drawn.text_size) + 4, text_height(text, drawn.text_size), centres
    )
    if found is None:
        return
    drawn.say(
        text,
        x=found[0] / drawn.plot_width,
        y=1 - found[1] / drawn.plot_height,
        xref="paper",
        yref="paper",
        xanchor="center",
        yanchor="middle",
        font={"color": colour, "size": drawn.text_size},
    )
