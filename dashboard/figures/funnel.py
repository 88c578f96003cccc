"""Shares against sizes: who differs from the others, and who is only small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    Sheet,
    custom,
    figure,
    floats,
    of_words,
    share_words,
    sheet,
    silent,
    text_size,
    tick_size,
    tooltip,
    words,
)
from dashboard.figures.measuring import escape, text_height, text_width
from dashboard.figures.placing import Placer
from dashboard.figures.scales import Scale, across_axis, count_scale, percent_scale, value_axis
from dashboard.statistics.funnel import funnel_limits
from dashboard.text import FUNNEL_VERDICTS, short_name
from dashboard.theme import Theme
from etl.frames import records

_GAP = 8.0
_GRID = 160
_TONES = {"different_high": "concern", "different_low": "accent"}
"""Which rows differ → the token of their points and names; what is counted is unwelcome."""

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
) -> go.Figure:
    """Draw each row of ``frame`` at its size and share, over the band in which all would lie.

    Args:
        frame: key, label, numerator, denominator, value (fraction), verdict (different_high,
            different_low, common, too_small).
        noun: what is counted; size_label: words under the axis; average_label: of the line.
        period, name: of the measure, for the tooltips.
    """
    rows = frame[floats(frame, "denominator") > 0].reset_index(drop=True)
    x, y = floats(rows, "denominator"), floats(rows, "value") * 100
    cases, of = floats(rows, "numerator").sum(), x.sum()
    share = cases / of if of else 0.0
    most = float(x.max()) * 1.12 if len(x) else 1.0
    sizes = np.linspace(most * 0.012, most, _GRID)
    low, high = (edge * 100 for edge in funnel_limits(sizes, share=share))
    at_smallest = funnel_limits(x, share=share)[1] * 100
    top = max([*y, *np.minimum(at_smallest, 1.8 * max([*y, share * 100])), share * 200])
    scale = percent_scale([0.0, float(top)])
    across = count_scale([most], most_steps=5)
    size = text_size(theme, width)
    tick = tick_size(theme, width)
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
    limits = [(sizes / most * drawn.plot_width, scale.share(edge)) for edge in (low, high)]
    _say(
        drawn,
        scale,
        most,
        x,
        y,
        records_,
        verdicts,
        share=share,
        average_label=average_label,
        limits=limits,
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
        )
        for one, verdict in zip(records_, verdicts, strict=True)
    ]
    return figure(
        [
            *_band(sizes, low, high, theme),
            _average(share * 100, most, theme),
            _points(x, y, records_, verdicts, tips, theme),
        ],
        drawn,
        xaxis=across_axis(across, drawn) | {"range": [0, most]},
        yaxis=value_axis(scale, drawn)
        | {"range": [scale.low - (scale.high - scale.low) * 0.03, scale.high]},
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
) -> Any:
    """Return the points: a square where a row differs, hollow where it is too small to say."""
    colours = [getattr(theme, _TONES.get(verdict, "ink_3")) for verdict in verdicts]
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
                ["square" if verdict in _TONES else "circle" for verdict in verdicts],
                dtype=object,
            ),
        },
        showlegend=False,
    )


def _say(
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
    limits: Sequence[tuple[Floats, Floats]],
) -> None:
    """Name the points, the line and the band, each where it covers nothing.

    A point's name may cross a limit, a thin line, where there is no other room for it.
    """
    placer = Placer(drawn.plot_width, drawn.plot_height)
    lines = Placer(drawn.plot_width, drawn.plot_height)
    for across, up in limits:
        lines.take_line(list(across), list((1 - up) * drawn.plot_height), thickness=2)
    px = x / most * drawn.plot_width
    py = (1 - scale.share(y)) * drawn.plot_height
    radius = drawn.theme.marker_size
    middles = np.column_stack([px, py])
    placer.take(np.hstack([middles - radius, middles + radius]))
    level = float(1 - scale.share(share * 100)) * drawn.plot_height
    placer.take(np.array([[0, level - 5, drawn.plot_width, level + 5]]))
    if average_label:
        text = escape(average_label)
        width = text_width(text, drawn.text_size) + 6
        spots = np.column_stack(
            [
                np.tile([drawn.plot_width - width / 2 - 2, width / 2 + 4], 2),
                np.repeat([level - drawn.text_size - 3, level + drawn.text_size + 3], 2),
            ]
        )
        _put(text, placer, drawn, spots, colour=drawn.theme.ink)
    order = sorted(range(len(rows)), key=lambda i: verdicts[i] not in _TONES)
    for i in order:
        is_different = verdicts[i] in _TONES
        label = escape(short_name(str(rows[i]["label"])))
        text = f"<b>{label} {share_words(rows[i])}</b>" if is_different else label
        colour = getattr(drawn.theme, _TONES.get(verdicts[i], "ink_2"))
        _name(text, placer, lines, drawn, middles[i], colour=colour)
    placer.take(lines.taken)
    wide = text_width(_BAND_WORDS, drawn.text_size)
    near = (drawn.plot_width * 0.25 + wide / 2, text_height(_BAND_WORDS, drawn.text_size) * 0.6)
    _put(_BAND_WORDS, placer, drawn, placer.grid(near=near), colour=drawn.theme.ink_3)


def _name(
    text: str,
    placer: Placer,
    lines: Placer,
    drawn: Sheet,
    middle: NDArray[np.float64],
    *,
    colour: str,
) -> None:
    """Put a point's name beside it, over it or under it, off the limits where that can be."""
    box = (text_width(text, drawn.text_size) + 4, text_height(text, drawn.text_size))
    gap = drawn.theme.marker_size + 2
    wide, high = box[0] / 2 + gap, drawn.text_size + 2
    beside = [[wide, 0], [-wide, 0], [0, -high], [0, high]]
    corners = [[wide, -high], [-wide, -high], [wide, high], [-wide, high]]
    farther = [[0, 1.6 * high], [0, -1.6 * high], [wide, 1.6 * high], [wide, -1.6 * high]]
    centres = middle + np.array([*beside, *corners, *farther])
    found = placer.place(*box, lines.free(*box, centres))
    ground = {}
    if found is None:
        found = placer.place(*box, centres)
        ground = {"bgcolor": drawn.theme.limits}
    if found is None:
        return
    # Held at the side of the point: letters that turn out narrower leave no gap.
    side = np.sign(round(found[0] - middle[0]))
    anchors = {0: "center", 1: "left", -1: "right"}
    _say_at(
        text,
        drawn,
        middle[0] + side * gap,
        found[1],
        colour=colour,
        xanchor=anchors[int(side)],
        **ground,
    )


def _put(
    text: str, placer: Placer, drawn: Sheet, centres: NDArray[np.float64], *, colour: str
) -> None:
    found = placer.place(
        text_width(text, drawn.text_size) + 4, text_height(text, drawn.text_size), centres
    )
    if found is not None:
        _say_at(text, drawn, *found, colour=colour)


def _say_at(
    text: str,
    drawn: Sheet,
    x: float,
    y: float,
    *,
    colour: str,
    xanchor: str = "center",
    **look: Any,
) -> None:
    drawn.say(
        text,
        x=x / drawn.plot_width,
        y=1 - y / drawn.plot_height,
        xref="paper",
        yref="paper",
        xanchor=xanchor,
        yanchor="middle",
        font={"color": colour, "size": drawn.text_size},
        **look,
    )
