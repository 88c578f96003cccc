"""A share month by month with its interval, beside a baseline or a target."""

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
)
from dashboard.figures.margins import Label, say_beside, widest
from dashboard.figures.notes import end_words, level_words, place_notes, ribbon_words
from dashboard.figures.scales import Scale, percent_scale, value_axis
from dashboard.figures.series import Series, read_series
from dashboard.text import ANSWERS, NO_DATA, NOT_ZERO, PARTIAL_MONTH, SMALL_N
from dashboard.theme import Theme

_GAP = 8.0


def draw_trend(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    baseline: float | None = None,
    baseline_label: str = "",
    target: float | None = None,
    target_label: str = "",
    noun: str = "",
    answers: str = ANSWERS,
    missing_text: str = NO_DATA,
) -> go.Figure:
    """Draw a line with its ribbon over the months of ``frame``.

    Args:
        frame: one row per month: month (YYYY-MM), value, low, high (fractions, NaN without data),
            numerator, denominator, n (what the interval rests on), state (ok, missing, partial,
            small); optional signal (improvement, concern, special, common), verdict (words),
            low_limit and high_limit (fractions, NaN where none hold), change (what begins with
            the month, "" for nothing: the line is broken before it).
        baseline, baseline_label: a level reached before, solid, e.g. "Mốc 2023 90,83 %".
        target, target_label: a level to reach, dotted.
        noun: what ``n`` counts, e.g. "phiếu"; ``answers`` what the denominator counts where that
            is another thing.
        missing_text: why a month is missing, e.g. "thiếu khảo sát".
    """
    series = read_series(frame)
    goals = [level * 100 for level in (baseline, target) if level is not None]
    scale = percent_scale([*series.value, *goals], lows=series.low, highs=series.high)
    size, ticks = text_size(theme, width), tick_size(theme, width)
    side: list[tuple[str, float, str]] = []
    if series.last is not None:
        end = end_words(series, series.last, noun=noun, theme=theme)
        side.append((end, series.value[series.last], theme.accent))
    for level, label, colour in (
        (baseline, baseline_label, theme.baseline),
        (target, target_label, theme.ink_2),
    ):
        if level is not None and label:
            side.append((level_words(label), level * 100, colour))
    ribbon = [ribbon_words()] if series.has_ribbon else []
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=470 if theme.is_projector else 270,
        left=scale.label_width(ticks) + _GAP,
        right=widest([*(text for text, _, _ in side), *ribbon], size) + 1.5 * _GAP,
        top=size * (2.2 if any(series.changes) else 0.7),
        bottom=time.axis_height(ticks),
    )
    time.mark_missing(time.stretches(series.is_missing), drawn)
    time.mark_years(series.months, drawn)
    time.mark_changes(series.changes, drawn)
    told = place_notes(series, scale, drawn, goals, noun=noun, missing_text=missing_text)
    if not told:
        side += [(text, scale.low, theme.accent) for text in ribbon]
    say_beside(
        [
            Label(text, (1 - scale.share(level)) * drawn.plot_height, colour)
            for text, level, colour in side
        ],
        drawn,
        low=-drawn.top,
        high=drawn.plot_height + drawn.bottom,
        between=4.0,
        gap=_GAP,
    )
    tips = _tooltips(series, theme, noun=noun, answers=answers)
    return figure(
        [
            *_ribbon_traces(series, theme),
            *_limit_traces(frame, series, theme),
            *_level_traces(series, theme, baseline=baseline, target=target),
            *_line_traces(series, theme),
            _points(series, theme, tips),
            *_missing_points(series, theme, scale, missing_text),
        ],
        drawn,
        xaxis=time.month_axis(series.months, drawn),
        yaxis=value_axis(scale, drawn),
    )


def _ribbon_traces(series: Series, theme: Theme) -> list[Any]:
    """Return the ribbon of the intervals, parted where months are missing; none without any."""
    x, y = time.ribbon(series.low, series.high, breaks=series.breaks)
    if not len(x):
        return []
    outline = theme.ribbon_outline
    return [
        go.Scatter(
            silent(
                {
                    "x": x,
                    "y": y,
                    "mode": "lines",
                    "fill": "toself",
                    "fillcolor": theme.ribbon,
                    "line": {"color": outline or theme.ribbon, "width": 2 if outline else 0},
                }
            )
        )
    ]


def _limit_traces(frame: pd.DataFrame, series: Series, theme: Theme) -> list[Any]:
    """Return the limits of ordinary variation as two quiet broken lines, parted at holes."""
    if "low_limit" not in frame:
        return []
    rows = time.in_a_row(frame)
    x = np.arange(len(series.months), dtype=float)
    line = {"color": theme.context, "dash": "dash", "shape": "hvh", "width": theme.hairline}
    traces = []
    for name in ("low_limit", "high_limit"):
        level = floats(rows, name) * 100
        if np.isfinite(level).any():
            parted = dict(zip("xy", _parted(x, level, series), strict=True))
            traces.append(go.Scatter(silent({**parted, "mode": "lines", "line": line})))
    return traces


def _parted(x: Floats, y: Floats, series: Series) -> tuple[Floats, Floats]:
    """Return a line with a hole before each change."""
    breaks = np.array(series.breaks, dtype=int)
    return np.insert(x, breaks, breaks - 0.5), np.insert(y, breaks, np.nan)


def _level_traces(
    series: Series, theme: Theme, *, baseline: float | None, target: float | None
) -> list[Any]:
    """Return the baseline, solid, and the target, dotted, over all months."""
    x = np.array(time.span(series.months))
    traces = []
    for level, dash in ((baseline, "solid"), (target, "dot")):
        if level is not None:
            line = {"color": theme.baseline, "dash": dash, "width": 1.5 * theme.hairline}
            y = np.array([level, level]) * 100
            traces.append(go.Scatter(silent({"x": x, "y": y, "mode": "lines", "line": line})))
    return traces


def _line_traces(series: Series, theme: Theme) -> list[Any]:
    """Return the line; the piece that leads to a month not yet ended is dotted."""
    x = np.arange(len(series.months), dtype=float)
    whole = np.where(series.is_partial, np.nan, series.value)
    line = {"color": theme.accent, "width": theme.line_width}
    shared = {"mode": "lines", "connectgaps": False, "cliponaxis": False}
    parted = dict(zip("xy", _parted(x, whole, series), strict=True))
    traces = [go.Scatter(silent({**parted, "line": line} | shared))]
    for index in np.flatnonzero(series.is_partial):
        is_joined = index and not series.changes[index]
        if is_joined and np.isfinite(series.value[index - 1 : index + 1]).all():
            piece = {
                "x": x[index - 1 : index + 1],
                "y": series.value[index - 1 : index + 1],
                "line": line | {"dash": "dot"},
            }
            traces.append(go.Scatter(silent(piece | shared)))
    return traces


def _point_sizes(series: Series, theme: Theme) -> Floats:
    """Return marker sizes: smaller where months stand close, the last one larger."""
    base = theme.marker_size * (1.0 if len(series.months) <= 26 else 0.7)
    sizes = np.full(len(series.months), base)
    if series.last is not None:
        sizes[series.last] = base * 1.35
    return sizes


def _points(series: Series, theme: Theme, tips: Sequence[str]) -> Any:
    """Return the points: hollow where n is small or the month not over, square for signals."""
    colour = np.array(
        [theme.concern if signal == "concern" else theme.accent for signal in series.signals],
        dtype=object,
    )
    symbol = np.array(
        ["circle" if signal == "common" else "square" for signal in series.signals], dtype=object
    )
    is_hollow = series.is_small | series.is_partial
    fill = np.where(is_hollow, theme.surface, colour)
    return go.Scatter(
        x=np.arange(len(series.months), dtype=float),
        y=series.value,
        mode="markers",
        cliponaxis=False,
        customdata=custom(series.months, tips),
        hovertemplate=TOOLTIP,
        marker={
            "color": fill,
            "line": {"color": colour, "width": np.where(is_hollow, theme.line_width, 0.0)},
            "opacity": 1,
            "size": _point_sizes(series, theme),
            "symbol": symbol,
        },
        showlegend=False,
    )


def _missing_points(series: Series, theme: Theme, scale: Scale, missing_text: str) -> list[Any]:
    """Return unseen points that answer when a band without data is pointed at."""
    at = np.flatnonzero(series.is_missing)
    if not len(at):
        return []
    tips = [
        tooltip(
            theme,
            period=fmt.month_label(series.months[i]),
            name=missing_text.capitalize(),
            verdict=NOT_ZERO,
        )
        for i in at
    ]
    return [
        go.Scatter(
            x=at.astype(float),
            y=np.full(len(at), (scale.low + scale.high) / 2),
            mode="markers",
            customdata=custom([series.months[i] for i in at], tips),
            hovertemplate=TOOLTIP,
            marker={"color": "rgba(0,0,0,0)", "opacity": 1, "size": 24},
            showlegend=False,
        )
    ]


def _tooltips(series: Series, theme: Theme, *, noun: str, answers: str) -> list[str]:
    """Return a tooltip for each month."""
    verdicts = [str(record.get("verdict") or "") for record in series.records]
    tips = []
    for i, record in enumerate(series.records):
        numerator, denominator = record.get("numerator"), record.get("denominator")
        is_pooled = series.is_pooled(i)
        counts = of_words(numerator, denominator, answers if is_pooled else noun)
        if is_pooled:
            counts += f", {fmt.count_noun(series.n[i], noun)}"
        verdict = verdicts[i]
        if series.is_partial[i]:
            verdict = PARTIAL_MONTH.capitalize()
        elif series.is_small[i] and not verdict:
            verdict = f"Số ít: dưới {SMALL_N} {noun}".strip()
        tips.append(
            tooltip(
                theme,
                period=fmt.month_label(series.months[i]),
                value=share_words(record),
                counts=counts,
                low=series.low[i] / 100,
                high=series.high[i] / 100,
                verdict=verdict,
            )
        )
    return tips
