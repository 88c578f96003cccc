"""The same line for several groups, each on its own small panel and all on one scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures import months as time
from dashboard.figures.common import (
    Scale,
    Sheet,
    figure,
    percent_scale,
    share_words,
    sheet,
    text_size,
    width_hint,
    words,
)
from dashboard.figures.measuring import escape, text_height, text_width, wrap
from dashboard.figures.trend import (
    Series,
    level_traces,
    line_traces,
    points,
    read_series,
    ribbon_traces,
    tooltips,
    value_axis,
)
from dashboard.filters import months_between
from dashboard.text import ANSWERS, NO_DATA, small_note
from dashboard.theme import Theme

_PANEL_HEIGHT, _SLIDE_PANEL_HEIGHT = 84.0, 150.0
_LEAST_PANEL_WIDTH, _LEAST_SLIDE_PANEL_WIDTH = 190.0, 330.0
_MOST_COLUMNS = 4
_BETWEEN = 24.0


def draw_multiples(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    baseline: float | None = None,
    baseline_label: str = "",
    noun: str = "",
    answers: str = ANSWERS,
    name: str = "",
    missing_text: str = NO_DATA,
    action: str = "",
) -> go.Figure:
    """Draw a small trend for each group of ``frame``, in the order in which they first occur.

    Args:
        frame: one row per group and month: group, and the columns of a trend (month, value, low,
            high, numerator, denominator, n, state).
        baseline, baseline_label: a level common to all panels, solid, named in the foot.
        noun, answers, name, missing_text, action: as of a trend.
    """
    groups = list(dict.fromkeys(words(frame, "group")))
    months = frame["month"].dropna()
    every = pd.DataFrame(
        {"month": months_between(months.min(), months.max()) if len(months) else []},
        dtype=object,
    )
    panels = {
        group: read_series(every.merge(frame[frame["group"] == group], on="month", how="left"))
        for group in groups
    }
    scale = percent_scale(
        [
            *(value for series in panels.values() for value in series.value),
            *([] if baseline is None else [baseline * 100]),
        ],
        most_steps=2,
    )
    size = text_size(theme, width)
    tick_size = theme.tick_size * size / theme.text_size
    left = scale.label_width(tick_size) + 8
    hint = width_hint(theme, width)
    least = _LEAST_SLIDE_PANEL_WIDTH if theme.is_projector else _LEAST_PANEL_WIDTH
    columns = int(
        np.clip((hint - left) // (least + _BETWEEN), 1, min(_MOST_COLUMNS, len(groups) or 1))
    )
    rows = -(-len(groups) // columns) or 1
    panel = _SLIDE_PANEL_HEIGHT if theme.is_projector else _PANEL_HEIGHT
    panel_width = (hint - left - 8 - _BETWEEN * (columns - 1)) / columns
    ends = {group: _end(series) for group, series in panels.items()}
    titles = [
        _title(group, size, panel_width - text_width(ends[group], size) - 8) for group in groups
    ]
    title = (max([text.count("<br>") for text in titles] + [0]) + 1) * size * 1.3 + 6
    note = wrap(
        _note(
            panels.values(),
            baseline_label="" if baseline is None else escape(baseline_label),
            noun=noun,
            missing_text=escape(missing_text),
        ),
        size=tick_size,
        width=hint - left,
    )
    foot = time.axis_height(tick_size) + (text_height(note, tick_size) + 4 if note else 0.0)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=rows * (panel + title) + (rows - 1) * size + foot,
        left=left,
        right=8.0,
        top=title,
        bottom=foot,
    )
    room = (drawn.plot_height - (rows - 1) * (title + size)) / rows
    layout: dict[str, Any] = {}
    traces: list[Any] = []
    for index, group in enumerate(groups):
        row, column = divmod(index, columns)
        x = (column * (panel_width + _BETWEEN)) / drawn.plot_width
        y = 1 - row * (room + title + size) / drawn.plot_height
        box = (x, x + panel_width / drawn.plot_width, y - room / drawn.plot_height, y)
        is_lowest = index + columns >= len(groups)
        layout |= _axes(
            index, box, panels[group], scale, drawn, panel_width, column == 0, is_lowest
        )
        _say_panel(drawn, box, titles[index], ends[group])
        nth = _nth(index)
        time.mark_missing(
            time.stretches(panels[group].is_missing),
            drawn,
            xref=f"x{nth}",
            yref=f"y{nth} domain",
        )
        for trace in _traces(
            panels[group],
            theme,
            baseline=baseline,
            noun=noun,
            answers=answers,
            name=name,
            action=action,
            group=group,
        ):
            trace.xaxis, trace.yaxis = f"x{nth}", f"y{nth}"
            traces.append(trace)
    if note:
        _say_note(drawn, note)
    return figure(traces, drawn, **layout)


def _nth(index: int) -> str:
    return str(index + 1) if index else ""


def _title(group: str, size: float, room: float) -> str:
    lines = wrap(group, size=size, width=max(room, 60.0)).split("<br>")
    return "<br>".join(f"<b>{escape(line)}</b>" for line in lines)


def _end(series: Series) -> str:
    return NO_DATA if series.last is None else share_words(series.records[series.last])


def _axes(
    index: int,
    box: tuple[float, float, float, float],
    series: Series,
    scale: Scale,
    drawn: Sheet,
    panel_width: float,
    is_first: bool,
    is_lowest: bool,
) -> dict[str, Any]:
    small = replace(
        drawn, width=round(panel_width), left=0.0, right=0.0, is_narrow=True, annotations=[]
    )
    nth = _nth(index)
    return {
        f"xaxis{nth}": time.month_axis(series.months, small)
        | {"anchor": f"y{nth}", "domain": [box[0], min(1.0, box[1])], "showticklabels": is_lowest},
        f"yaxis{nth}": value_axis(scale, drawn)
        | {
            "anchor": f"x{nth}",
            "domain": [max(0.0, box[2]), min(1.0, box[3])],
            "showticklabels": is_first,
        },
    }


def _say_panel(drawn: Sheet, box: tuple[float, float, float, float], title: str, end: str) -> None:
    placing = {"xref": "paper", "y": min(1.0, box[3]), "yref": "paper", "yanchor": "bottom"}
    drawn.say(title, x=box[0], xanchor="left", yshift=3, **placing)
    drawn.say(
        end,
        x=min(1.0, box[1]),
        xanchor="right",
        yshift=3,
        font={"color": drawn.theme.accent, "size": drawn.text_size},
        **placing,
    )


def _note(panels: Iterable[Series], *, baseline_label: str, noun: str, missing_text: str) -> str:
    """Return what the panels do not say themselves, for the foot."""
    series = list(panels)
    parts = [f"Đường ngang: {baseline_label}"] if baseline_label else []
    if any((one.is_small & ~one.is_missing).any() for one in series):
        parts.append(small_note(noun))
    if any(one.is_missing.any() for one in series):
        parts.append(f"Khoảng trống: {missing_text}")
    return " · ".join(parts)


def _say_note(drawn: Sheet, note: str) -> None:
    drawn.say(
        note,
        x=0,
        xref="paper",
        xanchor="left",
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-time.axis_height(drawn.tick_size),
        font={"color": drawn.theme.ink_3, "size": drawn.tick_size},
    )


def _traces(
    series: Series,
    theme: Theme,
    *,
    baseline: float | None,
    noun: str,
    answers: str,
    name: str,
    action: str,
    group: str,
) -> list[Any]:
    tips = [
        f"{escape(group)}<br>{tip}"
        for tip in tooltips(series, theme, noun=noun, answers=answers, name=name, action=action)
    ]
    small = replace(theme, marker_size=max(4, theme.marker_size // 2))
    return [
        *ribbon_traces(series, theme),
        *level_traces(series, theme, baseline=baseline, target=None),
        *line_traces(series, small),
        points(series, small, tips),
    ]
