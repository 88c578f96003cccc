"""What became of the dossiers resolved each month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import formatting as fmt
from dashboard.figures import months as time
from dashboard.figures.columns import GAP, column_trace, last_known, mark_uncovered, say_parts
from dashboard.figures.common import (
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
from dashboard.figures.margins import widest
from dashboard.figures.measuring import text_width
from dashboard.figures.scales import count_scale, value_axis
from dashboard.text import OUTCOME_LABELS
from dashboard.theme import Theme

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
    ticks = tick_size(theme, width)
    shown = last_known(counts["late"])
    labels = _outcome_labels(counts, shown, theme)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=470 if theme.is_projector else 280,
        left=scale.label_width(ticks) + GAP,
        right=widest([*(text for text, _, _ in labels), _LATE_ALONE], size) + 2 * GAP,
        top=ticks * 1.6,
        bottom=time.axis_height(ticks),
    )
    low_part = 1 - _LATE_SHARE - 14 / drawn.plot_height
    mark_uncovered(frame, months, counts["late"], drawn)
    late_top = max(float(np.nanmax(counts["late"], initial=0.0)), 1.0)
    say_parts(drawn, labels, scale, part=low_part)
    drawn.say(
        _LATE_ALONE,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=GAP,
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
        column_trace(x, counts[name], data, _OUTCOME_LOOKS[name](theme), theme)
        for name in OUTCOME_LABELS
    ]
    late = column_trace(x, counts["late"], data, {"color": theme.concern}, theme)
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
