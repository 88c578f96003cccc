"""How ranks moved between two years, for the units that have both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    custom,
    figure,
    flags,
    floats,
    sheet,
    text_size,
    tooltip,
    words,
)
from dashboard.figures.margins import Label, say_beside, widest
from dashboard.figures.measuring import escape
from dashboard.text import RANK
from dashboard.theme import Theme

_GAP = 10.0


def draw_slope(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    first: str = "",
    last: str = "",
) -> go.Figure:
    """Draw a line from each unit's rank in ``first`` to its rank in ``last``.

    Args:
        frame: one row per unit: label, before, after (ranks; NaN where there is none, then only
            the other end is drawn), is_own.
        first, last: the two years, as they are written under the ends.
    """
    before, after = floats(frame, "before"), floats(frame, "after")
    names = words(frame, "label")
    is_own = flags(frame, "is_own")
    ranks = np.concatenate([before, after])
    ranks = ranks[np.isfinite(ranks)]
    low, high = (float(ranks.min()), float(ranks.max())) if len(ranks) else (1.0, 1.0)
    size = text_size(theme, width)
    row = size * 1.5
    left = [f"{RANK} {rank:.0f}" if np.isfinite(rank) else "" for rank in before]
    right = [
        f"{rank:.0f}  {escape(name)}" if np.isfinite(rank) else ""
        for rank, name in zip(after, names, strict=True)
    ]
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=max((high - low + 1), len(frame)) * row + size * 2.4,
        left=widest(left, size) + 2 * _GAP,
        right=widest(right, size) + 2 * _GAP,
        top=4.0,
        bottom=size * 1.3 + 8,
    )
    span = max(high - low, 1e-9)
    edge = row / 2 / drawn.plot_height
    sides: tuple[tuple[Literal["left", "right"], list[str], Floats], ...] = (
        ("left", left, before),
        ("right", right, after),
    )
    for side, texts, values in sides:
        # One word for each rank on the left: units that shared a rank share the word.
        seen = _once(texts) if side == "left" else range(len(texts))
        at = (edge + (values - low) / span * (1 - 2 * edge)) * drawn.plot_height
        labels = [
            Label(f"<b>{texts[i]}</b>", float(at[i]), theme.accent)
            if is_own[i]
            else Label(texts[i], float(at[i]), theme.ink_2)
            for i in seen
            if texts[i]
        ]
        # Ranks are of one line each and stand closer than the lines of a text.
        say_beside(
            labels,
            drawn,
            low=0.0,
            high=drawn.plot_height,
            between=-0.05 * size,
            gap=_GAP,
            side=side,
        )
    order = np.argsort(is_own, kind="stable")
    return figure(
        [_line(i, before, after, names, is_own, theme, first, last) for i in order],
        drawn,
        xaxis={
            "range": [0, 1],
            "tickmode": "array",
            "tickvals": np.array([0.0, 1.0]),
            "ticktext": np.array([first, last], dtype=object),
            "tickfont": {"size": drawn.tick_size},
            "ticklabelstandoff": 2,
        },
        yaxis={
            "range": [high + span * edge / (1 - 2 * edge), low - span * edge / (1 - 2 * edge)],
            "visible": False,
        },
    )


def _once(texts: Sequence[str]) -> list[int]:
    return [i for i, text in enumerate(texts) if text not in texts[:i]]


def _line(
    i: Any,
    before: Floats,
    after: Floats,
    names: Sequence[str],
    is_own: Any,
    theme: Theme,
    first: str,
    last: str,
) -> Any:
    colour = theme.accent if is_own[i] else theme.context
    ends = np.array([before[i], after[i]])
    said = [
        f"{year}: {RANK} {rank:.0f}" if np.isfinite(rank) else f"{year}: chưa rõ"
        for year, rank in zip((first, last), ends, strict=True)
    ]
    tip = tooltip(theme, period=names[i], value=said[1], counts=said[0])
    return go.Scatter(
        x=np.array([0.0, 1.0]),
        y=ends,
        mode="lines+markers",
        cliponaxis=False,
        customdata=custom([names[i]] * 2, [tip] * 2),
        hovertemplate=TOOLTIP,
        line={"color": colour, "width": theme.line_width * (1.5 if is_own[i] else 0.8)},
        marker={
            "color": colour,
            "line": {"width": 0},
            "opacity": 1,
            "size": theme.marker_size * (1.3 if is_own[i] else 0.9),
        },
        showlegend=False,
    )
