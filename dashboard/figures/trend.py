"""A share month by month with its interval, beside a baseline or a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures import months as time
from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    Scale,
    Sheet,
    custom,
    figure,
    floats,
    of_words,
    percent_scale,
    share_words,
    sheet,
    silent,
    text_size,
    tooltip,
    words,
)
from dashboard.figures.measuring import Placer, escape, spread, text_height, text_width
from dashboard.text import (
    ANSWERS,
    INTERVAL_RIBBON,
    NO_DATA,
    NOT_ZERO,
    PARTIAL_MONTH,
    SMALL_N,
    small_note,
)
from dashboard.theme import Theme
from etl.frames import records

_MOST_NOTES = 2
"""Small months, or stretches without data, that are each noted; of more, one note tells all."""

_GAP = 8.0


@dataclass(frozen=True)
class Series:
    """The frame's columns as arrays in percent, one entry per month without holes in time."""

    months: list[str]
    value: Floats
    low: Floats
    high: Floats
    n: Floats
    is_small: NDArray[np.bool_]
    is_partial: NDArray[np.bool_]
    signals: list[str]
    changes: list[str]
    """What begins with a month, "" for nothing: no line is drawn across it."""
    records: list[Record]

    @property
    def is_missing(self) -> NDArray[np.bool_]:
        """Which months have no value."""
        return ~np.isfinite(self.value)

    @property
    def last(self) -> int | None:
        """The last month that has a value."""
        known = np.flatnonzero(~self.is_missing)
        return int(known[-1]) if len(known) else None


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
    series = _read_series(frame)
    goals = [level * 100 for level in (baseline, target) if level is not None]
    scale = percent_scale([*series.value, *goals], lows=series.low, highs=series.high)
    side = _side_labels(
        series,
        [(baseline, baseline_label, theme.baseline), (target, target_label, theme.ink_2)],
        noun=noun,
        theme=theme,
    )
    size = text_size(theme, width)
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=470 if theme.is_projector else 270,
        left=scale.label_width(theme.tick_size * size / theme.text_size) + _GAP,
        right=max(
            [text_width(label.text, size) for label in side]
            + [text_width(line, size) for line in _ribbon_lines(series)]
            + [0.0]
        )
        + 1.5 * _GAP,
        top=size * (2.2 if any(series.changes) else 0.7),
        bottom=time.axis_height(theme.tick_size * size / theme.text_size),
    )
    time.mark_missing(time.stretches(series.is_missing), drawn)
    time.mark_years(series.months, drawn)
    time.mark_changes(series.changes, drawn)
    told = _place_notes(series, scale, drawn, goals, noun=noun, missing_text=missing_text)
    if not told and len(_ribbon_lines(series)):
        side.append(_Label("<br>".join(_ribbon_lines(series)), scale.low, theme.accent))
    _say_side(side, scale, drawn)
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


def value_axis(scale: Scale, drawn: Sheet) -> dict[str, Any]:
    """Return the y axis of a scale: light grid lines, the unit on the top tick."""
    return {
        "range": [scale.low, scale.high],
        "showgrid": True,
        "tickmode": "array",
        "tickvals": scale.ticks,
        "ticktext": scale.labels,
        "tickfont": {"size": drawn.tick_size},
        "ticklabelstandoff": 5,
    }


def _read_series(frame: pd.DataFrame) -> Series:
    """Return a trend's frame as arrays, holes filled with months of nothing."""
    rows = time.in_a_row(frame)
    states = words(rows, "state", default="missing" if "state" in rows else "ok")
    is_there = np.array([state != "missing" for state in states], dtype=bool)
    n = floats(rows, "n") if "n" in rows else floats(rows, "denominator")
    return Series(
        months=words(rows, "month"),
        value=np.where(is_there, floats(rows, "value") * 100, np.nan),
        low=np.where(is_there, floats(rows, "low") * 100, np.nan),
        high=np.where(is_there, floats(rows, "high") * 100, np.nan),
        n=n,
        is_small=np.array([state == "small" for state in states], dtype=bool) | (n < SMALL_N),
        is_partial=np.array([state == "partial" for state in states], dtype=bool),
        signals=words(rows, "signal", default="common"),
        changes=words(rows, "change", default=""),
        records=records(rows),
    )


# --- traces ---------------------------------------------------------------------------------


def _ribbon_traces(series: Series, theme: Theme) -> list[Any]:
    """Return the ribbon of the intervals, parted where months are missing; none without any."""
    x, y = time.ribbon(series.low, series.high, breaks=_breaks(series))
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


def _breaks(series: Series) -> list[int]:
    """Return the months before which every line is broken."""
    return [index for index, change in enumerate(series.changes) if change]


def _parted(x: Floats, y: Floats, series: Series) -> tuple[Floats, Floats]:
    """Return a line with a hole before each change."""
    breaks = np.array(_breaks(series), dtype=int)
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
        is_pooled = _is_pooled(series, i)
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


def _is_pooled(series: Series, i: int) -> bool:
    """Whether the interval rests on other cases than the share: forms, not answers."""
    denominator = series.records[i].get("denominator")
    return bool(
        "n" in series.records[i]
        and not fmt.is_nothing(denominator)
        and np.isfinite(series.n[i])
        and denominator != series.n[i]
    )


# --- words ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Label:
    """Words in the right margin, wanted at a height on the scale."""

    text: str
    level: float
    colour: str


def _side_labels(
    series: Series,
    levels: Sequence[tuple[float | None, str, str]],
    *,
    noun: str,
    theme: Theme,
) -> list[_Label]:
    labels = []
    if series.last is not None:
        labels.append(
            _Label(_end_words(series, noun, theme), series.value[series.last], theme.accent)
        )
    for level, label, colour in levels:
        if level is not None and label:
            # The plain blank before the figure: "90,83 %" holds together with a no-break one.
            text = "<br>".join(escape(label).rsplit(" ", 1))
            labels.append(_Label(text, level * 100, colour))
    return labels


def _end_words(series: Series, noun: str, theme: Theme) -> str:
    assert series.last is not None
    i = series.last
    value = share_words(series.records[i])
    lines = [f"<b>{fmt.month_tick(series.months[i])}: {value}</b>"]
    if theme.is_projector:
        return f"<b>{value}</b>"
    numerator, denominator = (series.records[i].get(k) for k in ("numerator", "denominator"))
    if _is_pooled(series, i):
        lines.append(fmt.count_noun(series.n[i], noun))
    elif not (fmt.is_nothing(numerator) or fmt.is_nothing(denominator)):
        lines.append(fmt.count_of(numerator, denominator, noun))
    if series.is_partial[i]:
        lines.append(PARTIAL_MONTH)
    return "<br>".join(lines)


def _say_side(labels: Sequence[_Label], scale: Scale, drawn: Sheet) -> None:
    """Put the labels of the right margin level with what they name, apart from each other."""
    heights = [text_height(label.text, drawn.text_size) + 4 for label in labels]
    wanted = [(1 - scale.share(label.level)) * drawn.plot_height for label in labels]
    room = drawn.plot_height + drawn.bottom
    middles = spread(wanted, heights, low=-drawn.top, high=max(room, sum(heights) - drawn.top))
    for label, middle in zip(labels, middles, strict=True):
        drawn.say(
            label.text,
            x=1,
            xref="paper",
            xanchor="left",
            xshift=_GAP,
            y=1 - middle / drawn.plot_height,
            yref="paper",
            yanchor="middle",
            align="left",
            font={"color": label.colour, "size": drawn.text_size},
        )


def _ribbon_lines(series: Series) -> list[str]:
    """Return the ribbon's name on two lines for the margin; none where there is no ribbon."""
    if not (np.isfinite(series.low) & np.isfinite(series.high)).any():
        return []
    head, _, tail = INTERVAL_RIBBON.partition(" tin cậy ")
    return [head, f"tin cậy {tail}"]


def _place_notes(
    series: Series,
    scale: Scale,
    drawn: Sheet,
    goals: Sequence[float],
    *,
    noun: str,
    missing_text: str,
) -> bool:
    """Say what needs saying inside the plot, off the line and off each other.

    Returns whether the ribbon has found room for its name; the other notes are left out where
    there is none, the tooltips still say them.
    """
    placer = Placer(drawn.plot_width, drawn.plot_height)
    x = time.to_px(series.months, drawn)
    y = (1 - scale.share(series.value)) * drawn.plot_height
    radius = drawn.theme.marker_size / 2 + 2
    for run in time.stretches(~series.is_missing):
        piece = slice(run.first, run.last + 1)
        placer.take_line(list(x[piece]), list(y[piece]), thickness=6)
        middles = np.column_stack([x[piece], y[piece]])
        placer.take(np.hstack([middles - radius, middles + radius]))
    for level in goals:
        height = (1 - scale.share(level)) * drawn.plot_height
        placer.take(np.array([[0, height - 2, drawn.plot_width, height + 2]]))
    # The ribbon first: its name has the fewest places where it can go.
    is_ribbon_named = _note_ribbon(series, scale, placer, drawn)
    _note_small(series, placer, drawn, x, y, noun=noun)
    _note_missing(series, placer, drawn, x, missing_text=missing_text)
    return is_ribbon_named


def _note_small(
    series: Series, placer: Placer, drawn: Sheet, x: Floats, y: Floats, *, noun: str
) -> None:
    small = np.flatnonzero(series.is_small & ~series.is_missing)
    if not len(small):
        return
    if len(small) > _MOST_NOTES:
        text = small_note(noun).strip()
        _say_at(text, placer, drawn, near=(0.0, drawn.plot_height))
        return
    for i in small:
        text = f"Tháng {int(series.months[i][5:7])}: chỉ<br>{fmt.count_noun(series.n[i], noun)}"
        box = (text_width(text, drawn.text_size) + 8, text_height(text, drawn.text_size) + 4)
        below = (x[i] - box[0] * 0.6, y[i] + box[1] * 0.9)
        found = placer.place(*box, placer.grid(near=below))
        if found is None:
            continue
        drawn.say(
            text,
            x=int(i),
            y=float(series.value[i]),
            ax=found[0] - x[i],
            ay=found[1] - y[i],
            showarrow=True,
            arrowhead=0,
            arrowwidth=drawn.theme.hairline,
            arrowcolor=drawn.theme.ink_3,
            standoff=drawn.theme.marker_size * 0.8,
            align="left",
            font={"color": drawn.theme.ink_2, "size": drawn.text_size},
        )


def _note_missing(
    series: Series, placer: Placer, drawn: Sheet, x: Floats, *, missing_text: str
) -> None:
    runs = time.stretches(series.is_missing)
    if len(runs) > _MOST_NOTES:
        text = f"Khoảng trống: {escape(missing_text)}"
        _say_at(text, placer, drawn, near=(float(x[runs[0].first]), drawn.plot_height))
        return
    for run in runs:
        label = time.stretch_label(series.months, run)
        text = f"{label}:<br>{escape(missing_text)}"
        width = text_width(text, drawn.text_size) + 6
        height = text_height(text, drawn.text_size)
        middle = max(float(np.mean(x[[run.first, run.last]])), width / 2)
        middle = min(middle, drawn.plot_width - width / 2)
        bottom_up = np.arange(drawn.plot_height - height / 2 - 2, height / 2, -6.0)
        centres = np.column_stack([np.full(len(bottom_up), middle), bottom_up])
        found = placer.place(width, height, centres)
        if found is not None:
            _say_px(text, found, drawn)


def _note_ribbon(series: Series, scale: Scale, placer: Placer, drawn: Sheet) -> bool:
    """Name the ribbon inside it, from the left; False where it has no room for its name."""
    width = text_width(INTERVAL_RIBBON, drawn.text_size) + 6
    height = drawn.text_size * 1.5
    if drawn.theme.is_projector or not len(_ribbon_lines(series)):
        return True
    centres = placer.grid(near=(width / 2 + _GAP, drawn.plot_height * 0.6))
    x = time.to_px(series.months, drawn)
    above = (1 - scale.share(series.high)) * drawn.plot_height
    below = (1 - scale.share(series.low)) * drawn.plot_height
    # The months that a name at each place stands over; the ribbon must hold it at all of them.
    first = np.searchsorted(x, centres[:, 0] - width / 2, side="right") - 1
    last = np.searchsorted(x, centres[:, 0] + width / 2)
    month = np.arange(len(x))
    is_over = (month >= first[:, None]) & (month <= last[:, None])
    top, bottom = centres[:, [1]] - height / 2, centres[:, [1]] + height / 2
    has_room = (above <= top) & (below >= bottom)
    is_inside = (first >= 0) & (last < len(x)) & (has_room | ~is_over).all(axis=1)
    found = placer.place(width, height, centres[is_inside])
    if found is None:
        return False
    _say_px(INTERVAL_RIBBON, found, drawn, colour=drawn.theme.accent)
    return True


def _say_at(text: str, placer: Placer, drawn: Sheet, *, near: tuple[float, float]) -> None:
    box = (text_width(text, drawn.text_size) + 6, text_height(text, drawn.text_size))
    found = placer.place(*box, placer.grid(near=near))
    if found is not None:
        _say_px(text, found, drawn)


def _say_px(
    text: str, middle: tuple[float, float], drawn: Sheet, *, colour: str | None = None
) -> None:
    drawn.say(
        text,
        x=middle[0] / drawn.plot_width,
        xref="paper",
        xanchor="center",
        y=1 - middle[1] / drawn.plot_height,
        yref="paper",
        yanchor="middle",
        font={"color": colour or drawn.theme.ink_2, "size": drawn.text_size},
    )
