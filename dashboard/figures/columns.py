"""A count for each month as a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import formatting as fmt
from dashboard.figures import months as time
from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Sheet,
    custom,
    figure,
    floats,
    sheet,
    text_size,
    tick_size,
    tooltip,
    words,
)
from dashboard.figures.margins import Label, say_beside, widest
from dashboard.figures.scales import Scale, count_scale, value_axis
from dashboard.text import NO_DATA, PARTIAL_MONTH
from dashboard.theme import Theme

GAP = 8.0
_BAR_SHARE = 0.72


def draw_columns(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
) -> go.Figure:
    """Draw a count for each month: feedback received.

    Args:
        frame: one row per month: month, value (a count, NaN where not covered); optional state
            ("partial" for a month not yet ended).
        noun: what is counted.
    """
    rows = time.in_a_row(frame)
    months = words(rows, "month")
    value = floats(rows, "value")
    is_partial = np.array([state == "partial" for state in words(rows, "state")], dtype=bool)
    scale = count_scale(value)
    size = text_size(theme, width)
    ticks = tick_size(theme, width)
    last = last_known(value)
    side = _column_labels(months, value, last, is_partial, theme, noun=noun)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=420 if theme.is_projector else 240,
        left=scale.label_width(ticks) + GAP,
        right=widest([text for text, _, _ in side], size) + 2 * GAP,
        top=size * 0.7,
        bottom=time.axis_height(ticks),
    )
    mark_uncovered(frame, months, value, drawn)
    say_parts(drawn, side, scale)
    colour = np.full(len(months), theme.accent_mid, dtype=object)
    if last is not None:
        colour[last] = theme.accent
    fill = np.where(is_partial, theme.surface, colour)
    outline = {"color": colour, "width": np.where(is_partial, theme.line_width, 0.0)}
    tips = [
        tooltip(
            theme,
            period=fmt.month_label(month),
            value="" if np.isnan(count) else fmt.count_noun(count, noun),
            name=NO_DATA if np.isnan(count) else "",
            verdict=PARTIAL_MONTH.capitalize() if partial else "",
        )
        for month, count, partial in zip(months, value, is_partial, strict=True)
    ]
    return figure(
        [
            column_trace(
                np.arange(len(months), dtype=float),
                value,
                custom(months, tips),
                {"color": fill, "line": outline},
                theme,
            )
        ],
        drawn,
        xaxis=time.month_axis(months, drawn),
        yaxis=value_axis(scale, drawn),
    )


def _column_labels(
    months: Sequence[str],
    value: Floats,
    last: int | None,
    is_partial: Any,
    theme: Theme,
    *,
    noun: str,
) -> list[tuple[str, float, str]]:
    if last is None:
        return []
    text = f"<b>{fmt.month_tick(months[last])}: {fmt.count(value[last])}</b><br>{noun}"
    if is_partial[last]:
        text += f"<br>{PARTIAL_MONTH}"
    return [(text, float(value[last]), theme.accent)]


# What the columns of outcomes share ---------------------------------------------------------------


def mark_uncovered(
    frame: pd.DataFrame, months: Sequence[str], values: Floats, drawn: Sheet
) -> None:
    """Draw a band over the months of which the frame itself says that it knows nothing."""
    said = set(frame["month"])
    time.mark_missing(
        [
            run
            for run in time.stretches(~np.isfinite(values))
            if said & set(months[run.first : run.last + 1])
        ],
        drawn,
    )


def last_known(values: Floats) -> int | None:
    """Return the last month that has a count."""
    known = np.flatnonzero(np.isfinite(values))
    return int(known[-1]) if len(known) else None


def column_trace(x: Floats, y: Floats, customdata: Any, look: dict[str, Any], theme: Theme) -> Any:
    """Return a column for each month; ``look`` is its marker."""
    return go.Bar(
        x=x,
        y=y,
        width=np.full(len(x), _BAR_SHARE),
        customdata=customdata,
        hovertemplate=TOOLTIP,
        marker={"line": {"color": theme.surface, "width": 1}, "opacity": 1} | look,
        showlegend=False,
    )


def say_parts(
    drawn: Sheet, labels: Sequence[tuple[str, float, str]], scale: Scale, *, part: float = 1.0
) -> None:
    """Put (words, count, colour) level with the counts; the columns have the lower ``part``."""
    room = drawn.plot_height * part
    top = drawn.plot_height - room
    say_beside(
        [
            Label(text, top + (1 - scale.share(count)) * room, colour)
            for text, count, colour in labels
        ],
        drawn,
        low=top - 10.0,
        high=drawn.plot_height + drawn.tick_size * 0.6,
        between=2.0,
        gap=GAP,
    )
