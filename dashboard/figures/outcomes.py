"""Counts month by month: what became of resolved dossiers, and plain flows."""

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
    Scale,
    Sheet,
    count_scale,
    custom,
    figure,
    floats,
    sheet,
    text_size,
    tooltip,
    words,
)
from dashboard.figures.measuring import spread, text_height, text_width
from dashboard.figures.trend import value_axis
from dashboard.text import NO_DATA, OUTCOME_LABELS, PARTIAL_MONTH
from dashboard.theme import Theme

_GAP = 8.0
_BAR_SHARE = 0.72
_LATE_SHARE = 0.24
"""How much of the height the late dossiers have to themselves."""

_LATE_ALONE = "<b>Riêng trễ hạn</b>"


def draw_outcomes(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
) -> go.Figure:
    """Draw resolved dossiers by outcome, the late ones once more above on their own scale.

    Args:
        frame: one row per month: month, late, on_time, early, no_due (counts, NA where the month
            is not covered). A covered month without dossiers must be there, with zeros.
    """
    rows = time.in_a_row(frame)
    months = words(rows, "month")
    counts = {name: floats(rows, name) for name in OUTCOME_LABELS}
    totals = np.sum([np.nan_to_num(values) for values in counts.values()], axis=0)
    scale = count_scale(totals, most_steps=3)
    size = text_size(theme, width)
    tick_size = theme.tick_size * size / theme.text_size
    shown = _last_known(counts["late"])
    labels = _outcome_labels(counts, shown, theme)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=470 if theme.is_projector else 280,
        left=scale.label_width(tick_size) + _GAP,
        right=max(
            [text_width(text, size) for text, _, _ in labels] + [text_width(_LATE_ALONE, size)]
        )
        + 2 * _GAP,
        top=tick_size * 1.6,
        bottom=time.axis_height(tick_size),
    )
    low_part = 1 - _LATE_SHARE - 14 / drawn.plot_height
    time.mark_missing(
        [
            run
            for run in time.stretches(~np.isfinite(counts["late"]))
            if _is_said(frame, months, run)
        ],
        drawn,
    )
    late_top = max(float(np.nanmax(counts["late"], initial=0.0)), 1.0)
    _say_outcomes(drawn, labels, scale, low_part)
    drawn.say(
        _LATE_ALONE,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=_GAP,
        y=1,
        yref="paper",
        yanchor="top",
        align="left",
        font={"color": theme.concern, "size": size},
    )
    _say_late(drawn, months, counts["late"])
    tips = _outcome_tips(rows, months, counts, totals, theme)
    data = custom(months, tips)
    x = np.arange(len(months), dtype=float)
    traces = [
        _column(x, counts[name], data, _OUTCOME_LOOKS[name](theme), theme)
        for name in OUTCOME_LABELS
    ]
    late = _column(x, counts["late"], data, {"color": theme.concern}, theme)
    late.yaxis = "y2"
    return figure(
        [*traces, late],
        drawn,
        barmode="stack",
        xaxis=time.month_axis(months, drawn) | {"anchor": "y"},
        yaxis=value_axis(scale, drawn) | {"domain": [0, low_part]},
        yaxis2={
            "anchor": "x",
            "domain": [1 - _LATE_SHARE, 1],
            "range": [0, late_top],
            "visible": False,
        },
    )


_OUTCOME_LOOKS: dict[str, Any] = {
    "late": lambda theme: {"color": theme.concern},
    "on_time": lambda theme: {"color": theme.accent_mid},
    "early": lambda theme: {"color": theme.accent},
    "no_due": lambda theme: {
        "color": theme.surface,
        "pattern": {
            "bgcolor": theme.surface,
            "fgcolor": theme.context,
            "shape": "/",
            "size": 5,
            "solidity": 0.35,
        },
        "line": {"color": theme.context, "width": 1},
    },
}

_OUTCOME_INKS = {"late": "concern", "on_time": "ink", "early": "accent", "no_due": "ink_2"}


def _is_said(frame: pd.DataFrame, months: Sequence[str], run: time.Stretch) -> bool:
    """Whether the frame itself says that these months hold nothing."""
    return bool(set(months[run.first : run.last + 1]) & set(frame["month"]))


def _last_known(values: Floats) -> int | None:
    known = np.flatnonzero(np.isfinite(values))
    return int(known[-1]) if len(known) else None


def _column(x: Floats, y: Floats, customdata: Any, look: dict[str, Any], theme: Theme) -> Any:
    return go.Bar(
        x=x,
        y=y,
        width=np.full(len(x), _BAR_SHARE),
        customdata=customdata,
        hovertemplate=TOOLTIP,
        marker={"line": {"color": theme.surface, "width": 1}, "opacity": 1} | look,
        showlegend=False,
    )


def _outcome_labels(
    counts: dict[str, Floats], shown: int | None, theme: Theme
) -> list[tuple[str, float, str]]:
    """Return (words, middle of the part, colour) for the last month's parts, from the base up."""
    if shown is None:
        return []
    labels = []
    base = 0.0
    for name, label in OUTCOME_LABELS.items():
        count = float(np.nan_to_num(counts[name][shown]))
        words_ = f"{label} {fmt.count(count)}"
        if name in ("late", "early"):
            words_ = f"<b>{words_}</b>"
        if count or name == "late":
            labels.append((words_, base + count / 2, getattr(theme, _OUTCOME_INKS[name])))
        base += count
    return labels


def _say_outcomes(
    drawn: Sheet, labels: Sequence[tuple[str, float, str]], scale: Scale, part: float
) -> None:
    room = drawn.plot_height * part
    heights = [text_height(text, drawn.text_size) + 2 for text, _, _ in labels]
    wanted = [(1 - scale.share(middle)) * room for _, middle, _ in labels]
    middles = spread(wanted, heights, low=-10.0, high=room + drawn.tick_size * 0.6)
    for (text, _, colour), middle in zip(labels, middles, strict=True):
        drawn.say(
            text,
            x=1,
            xref="paper",
            xanchor="left",
            xshift=_GAP,
            y=(room - middle) / drawn.plot_height,
            yref="paper",
            yanchor="middle",
            font={"color": colour, "size": drawn.text_size},
        )


def _say_late(drawn: Sheet, months: Sequence[str], late: Floats) -> None:
    """Say each month's late dossiers above its bar; where it is tight, the most and the last."""
    at = [int(i) for i in np.flatnonzero(np.isfinite(late))]
    if not at:
        return
    widest = max(text_width(fmt.count(late[i]), drawn.tick_size) for i in at)
    month = float(np.diff(time.to_px(months, drawn))[0]) if len(months) > 1 else drawn.plot_width
    shown = set(at) if widest + 4 <= month else _far_apart(late, at, (widest + 4) / month)
    for i in sorted(shown):
        drawn.say(
            fmt.count(late[i]),
            x=i,
            y=float(late[i]),
            yref="y2",
            yanchor="bottom",
            font={"color": drawn.theme.concern, "size": drawn.tick_size},
        )


def _far_apart(values: Floats, at: Sequence[int], least: float) -> set[int]:
    last, most = at[-1], at[int(np.argmax(values[at]))]
    return {last, most} if abs(last - most) >= least else {last}


def _outcome_tips(
    rows: pd.DataFrame,
    months: Sequence[str],
    counts: dict[str, Floats],
    totals: Floats,
    theme: Theme,
) -> list[str]:
    tips = []
    for i in range(len(rows)):
        with_due = totals[i] - np.nan_to_num(counts["no_due"][i])
        known = {name: fmt.count(np.nan_to_num(values[i])) for name, values in counts.items()}
        tips.append(
            tooltip(
                theme,
                period=fmt.month_label(months[i]),
                value=fmt.percent_of(np.nan_to_num(counts["late"][i]), with_due)
                if with_due
                else "0 hồ sơ",
                name="trễ hạn" if with_due else "có hạn",
                counts=f"{known['late']} trên {fmt.count_noun(with_due, 'hồ sơ')} có hạn",
                verdict=f"{known['early']} trước hạn, {known['on_time']} đúng hạn, "
                f"{known['no_due']} không có hạn",
            )
        )
    return tips


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
    tick_size = theme.tick_size * size / theme.text_size
    last = _last_known(value)
    side = _column_labels(months, value, last, is_partial, theme, noun=noun)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=420 if theme.is_projector else 240,
        left=scale.label_width(tick_size) + _GAP,
        right=max([text_width(text, size) for text, _, _ in side] + [0.0]) + 2 * _GAP,
        top=size * 0.7,
        bottom=time.axis_height(tick_size),
    )
    time.mark_missing(
        [run for run in time.stretches(~np.isfinite(value)) if _is_said(frame, months, run)], drawn
    )
    _say_outcomes(drawn, side, scale, 1.0)
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
            _column(
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
