"""The time axis: months in a row, their ticks, and the stretches without data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.common import Floats, Sheet
from dashboard.figures.measuring import clip, escape, text_width
from dashboard.filters import months_between

_STEPS = (1, 3, 6, 12, 24, 60, 120)
NARROW_TICKS = 4
_LEAST_SPAN = 5
"""Months that an axis spans at least: one month alone is not blown up to the whole plot."""


def in_a_row(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with one row for each month from the first to the last, in order.

    A month that the frame lacks is a row of nothing: a hole is information.
    """
    if frame.empty:
        return frame
    every = pd.DataFrame({"month": months_between(frame["month"].min(), frame["month"].max())})
    return every.merge(frame, on="month", how="left")


def month_axis(months: Sequence[str], drawn: Sheet) -> dict[str, Any]:
    """Return the x axis: T1 … T12, the year under its first month shown where it has the room."""
    shown = ticks(months, drawn)
    named = _named_years(months, shown, drawn)
    labels = [
        fmt.month_tick(months[index]) + (f"<br>{months[index][:4]}" if index in named else "")
        for index in shown
    ]
    return {
        "range": list(span(months)),
        "tickmode": "array",
        "tickvals": np.array(shown, dtype=float),
        "ticktext": np.array(labels, dtype=object),
        "tickfont": {"size": drawn.tick_size},
        "tickangle": 0,
        "ticklabelstandoff": round(drawn.tick_size * 0.35),
    }


def _named_years(months: Sequence[str], shown: Sequence[int], drawn: Sheet) -> set[int]:
    """Return under which ticks their year stands: its first, but for a year that ends beside it."""
    first_of: dict[str, int] = {}
    for index in shown:
        first_of.setdefault(months[index][:4], index)
    firsts = list(first_of.values())
    at, room = to_px(months, drawn), text_width("2024 ", drawn.tick_size)
    crowded = {first for first, then in pairwise(firsts) if at[then] - at[first] < room}
    return set(firsts) - crowded


def span(months: Sequence[str]) -> tuple[float, float]:
    """Return the ends of the axis; months stand at 0, 1, 2 …"""
    pad = max(1.0, _LEAST_SPAN - len(months) + 1) / 2
    return -pad, max(len(months), 1) - 1 + pad


def to_px(months: Sequence[str], drawn: Sheet) -> Floats:
    """Return where the months stand on a plot of this sheet's width, in px."""
    low, high = span(months)
    at = np.arange(len(months), dtype=np.float64)
    return (at - low) / (high - low) * drawn.plot_width


def ticks(months: Sequence[str], drawn: Sheet) -> list[int]:
    """Return which months bear a tick: each, or the first of each quarter, half or year."""
    room = text_width("T12", drawn.tick_size) + drawn.tick_size * 0.4
    most = max(1, int(drawn.plot_width // room))
    if drawn.is_narrow:
        most = min(most, NARROW_TICKS)
    for step in _STEPS:
        shown = [i for i, month in enumerate(months) if _number(month) % step == 0]
        if len(shown) <= most:
            break
    return shown or [0] * bool(months)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def axis_height(drawn_tick_size: float) -> float:
    """Return the height in px of the two lines under a time axis."""
    return drawn_tick_size * 2.6 + 10


def mark_years(months: Sequence[str], drawn: Sheet) -> None:
    """Draw a hairline where a new year begins."""
    for index, month in enumerate(months):
        if index and month.endswith("-01"):
            drawn.line(
                x0=index,
                x1=index,
                y0=0,
                y1=1,
                yref="paper",
                line={"color": drawn.theme.grid, "width": drawn.theme.hairline},
            )


def mark_changes(changes: Sequence[str], drawn: Sheet) -> None:
    """Draw a broken line before each month with which something begins, and say what above it."""
    at = to_px(changes, drawn)
    for index, words in enumerate(changes):
        if not words:
            continue
        is_late = index > len(changes) / 2
        room = at[index] + drawn.left if is_late else drawn.plot_width + drawn.right - at[index]
        drawn.line(
            x0=index - 0.5,
            x1=index - 0.5,
            y0=0,
            y1=1,
            yref="paper",
            line={"color": drawn.theme.ink_2, "dash": "dash", "width": drawn.theme.hairline},
        )
        drawn.say(
            escape(clip(words, drawn.text_size, room)),
            x=index - 0.5,
            xanchor="right" if is_late else "left",
            y=1,
            yref="paper",
            yanchor="bottom",
            font={"color": drawn.theme.ink_2, "size": drawn.text_size},
        )


@dataclass(frozen=True)
class Stretch:
    """Rows ``first`` to ``last``, both included."""

    first: int
    last: int


def stretches(is_in: NDArray[np.bool_]) -> list[Stretch]:
    """Return the unbroken runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_in, [False]]).astype(int)))
    return [
        Stretch(int(first), int(end) - 1)
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def stretch_label(months: Sequence[str], stretch: Stretch) -> str:
    """Return "Tháng 8", "Tháng 3–5" or "Tháng 11/2023–2/2024"."""
    first, last = months[stretch.first], months[stretch.last]
    if first == last:
        return f"Tháng {int(first[5:7])}"
    if first[:4] == last[:4]:
        return f"Tháng {int(first[5:7])}–{int(last[5:7])}"
    return f"Tháng {fmt.month_short(first)}–{fmt.month_short(last)}"


def mark_missing(runs: Sequence[Stretch], drawn: Sheet) -> None:
    """Draw a band over each stretch without data."""
    for run in runs:
        drawn.shapes.append(
            {
                "type": "rect",
                "layer": "below",
                "x0": run.first - 0.45,
                "x1": run.last + 0.45,
                "y0": 0,
                "y1": 1,
                "xref": "x",
                "yref": "paper",
                "fillcolor": drawn.theme.band_missing,
                "line": {"width": 0},
            }
        )


def ribbon(low: Floats, high: Floats, *, breaks: Sequence[int] = ()) -> tuple[Floats, Floats]:
    """Return the outline of the intervals over time, one polygon per unbroken stretch.

    A stretch also ends before each of ``breaks``. NaN parts the polygons. A month that stands
    alone gets a narrow column: an interval without width would not be seen.
    """
    x: list[Floats] = []
    y: list[Floats] = []
    is_known = np.isfinite(low) & np.isfinite(high)
    runs = [
        Stretch(start + run.first, start + run.last)
        for start, end in pairwise([0, *breaks, len(is_known)])
        for run in stretches(is_known[start:end])
    ]
    for run in runs:
        at = np.arange(run.first, run.last + 1, dtype=float)
        below, above = low[run.first : run.last + 1], high[run.first : run.last + 1]
        if run.first == run.last:
            at = at + np.array([-0.2, 0.2])
            below, above = np.repeat(below, 2), np.repeat(above, 2)
        x += [at, at[::-1], at[:1], np.array([np.nan])]
        y += [above, below[::-1], above[:1], np.array([np.nan])]
    if not x:
        return np.empty(0), np.empty(0)
    return np.concatenate(x)[:-1], np.concatenate(y)[:-1]
