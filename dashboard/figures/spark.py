"""A sparkline: the shape of the last months in the corner of a card, nothing to read off."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures import months as time
from dashboard.figures.common import Floats, figure, flags, floats, sheet, silent, words
from dashboard.theme import Theme

_HEIGHT = 44
_EDGE = 5.0


def draw_spark(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    kind: Literal["line", "bar"] = "line",
    target: float | None = None,
    baseline: float | None = None,
) -> go.Figure:
    """Draw the months of ``frame`` small, the last one marked.

    Args:
        frame: one row per month: month, value, low, high (any unit, NaN without data), is_signal;
            optional signal (improvement, concern, common).
        kind: a line with its ribbon for shares, bars from 0 for counts.
        target, baseline: a level to compare with, dotted.
    """
    rows = time.in_a_row(frame)
    value = floats(rows, "value")
    goal = target if target is not None else baseline
    drawn = sheet(
        theme,
        width=width or 160,
        height=height,
        default_height=_HEIGHT,
        left=_EDGE,
        right=_EDGE,
        top=_EDGE,
        bottom=_EDGE,
    )
    if kind == "bar":
        known = [goal or 0.0, *value[np.isfinite(value)]]
        low, high = 0.0, max(known) or 1.0
        traces = [_bars(value, theme)]
    else:
        low, high = _line_range(value, goal, floats(rows, "low"), floats(rows, "high"))
        traces = _lines(rows, value, theme)
    count = max(1, len(value))
    if goal is not None:
        traces.append(_goal_line(count, goal, theme))
    return figure(
        traces,
        drawn,
        hovermode=False,
        xaxis={"range": [-0.5, count - 0.5], "visible": False},
        yaxis={"range": [low, high], "visible": False},
    )


def _line_range(
    value: Floats, goal: float | None, low: Floats, high: Floats
) -> tuple[float, float]:
    """Return a scale by the line itself: wide intervals run off rather than flatten it."""
    known = [*value[np.isfinite(value)], *([] if goal is None else [goal])]
    if not known:
        return 0.0, 1.0
    for ends in (low, high):
        if np.isfinite(ends).any():
            known.append(float(np.nanmedian(ends)))
    span = max(known) - min(known)
    pad = span * 0.08 or 0.5 * abs(known[0]) or 0.5
    return min(known) - pad, max(known) + pad


def _lines(rows: pd.DataFrame, value: Floats, theme: Theme) -> list[Any]:
    traces = []
    x, y = time.ribbon(floats(rows, "low"), floats(rows, "high"))
    if len(x):
        fill = {"fill": "toself", "fillcolor": theme.limits, "line": {"width": 0}}
        traces.append(go.Scatter(silent({"x": x, "y": y, "mode": "lines"} | fill)))
    at = np.arange(len(value), dtype=float)
    line = {"color": theme.context, "width": theme.line_width * 0.8}
    traces.append(
        go.Scatter(
            silent({"x": at, "y": value, "mode": "lines", "line": line, "cliponaxis": False})
        )
    )
    known = np.flatnonzero(np.isfinite(value))
    if len(known):
        traces.append(_last_point(rows, value, int(known[-1]), theme))
    return traces


def _last_point(rows: pd.DataFrame, value: Floats, last: int, theme: Theme) -> Any:
    is_signal = bool(flags(rows, "is_signal")[last])
    is_better = words(rows, "signal")[last] == "improvement"
    return go.Scatter(
        silent(
            {
                "x": np.array([float(last)]),
                "y": value[[last]],
                "mode": "markers",
                "cliponaxis": False,
                "marker": {
                    "color": theme.concern if is_signal and not is_better else theme.accent,
                    "line": {"color": theme.surface, "width": 1.5},
                    "opacity": 1,
                    "size": theme.marker_size + 1,
                    "symbol": "square" if is_signal else "circle",
                },
            }
        )
    )


def _bars(value: Floats, theme: Theme) -> Any:
    colour = np.full(len(value), theme.context_soft, dtype=object)
    known = np.flatnonzero(np.isfinite(value))
    if len(known):
        colour[known[-1]] = theme.accent
    return go.Bar(
        silent(
            {
                "x": np.arange(len(value), dtype=float),
                "y": value,
                "width": np.full(len(value), 0.72),
                "marker": {"color": colour, "line": {"width": 0}, "opacity": 1},
            }
        )
    )


def _goal_line(count: int, goal: float, theme: Theme) -> Any:
    return go.Scatter(
        silent(
            {
                "x": np.array([-0.5, count - 0.5]),
                "y": np.array([goal, goal], dtype=float),
                "mode": "lines",
                "cliponaxis": False,
                "line": {"color": theme.ink, "dash": "dot", "width": 1.5 * theme.hairline},
            }
        )
    )
