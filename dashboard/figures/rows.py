"""Rows of categories: their names, a bar on one scale for each, and words at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Sheet,
    custom,
    figure,
    is_terse,
    sheet,
    text_size,
    width_hint,
)
from dashboard.figures.measuring import escape, text_height, text_width, wrap
from dashboard.figures.months import stretches
from dashboard.text import short_name
from dashboard.theme import Theme

_GAP = 8.0
_TOP = 4.0
_BAR_SHARE = 0.62
"""How much of its row's height a bar takes."""
_NAMES_SHARE, _SLIDE_NAMES_SHARE = 0.42, 0.5
"""How much of the width names may take before they are broken into lines."""

_MOST_LINES = 3

TONES = {
    "concern": "concern",
    "good": "accent",
    "partly": "accent_mid",
    "notice": "notice_mid",
    "plain": "context",
}
"""What a bar means → the token that fills it."""

TEXT_TONES = {
    "concern": "concern",
    "good": "accent",
    "partly": "ink",
    "notice": "notice",
    "plain": "ink",
}
"""What is said at a bar's end is read, so it takes only tokens dark enough for words."""


@dataclass(frozen=True)
class Row:
    """One category: its name, its bar, and what is said at the bar's end."""

    key: Any
    name: str
    length: float
    end: str
    tip: str
    tone: str = "plain"
    is_strong: bool = False
    is_hollow: bool = False

    @property
    def has_bar(self) -> bool:
        """Whether there is anything to see: not zero, not unknown."""
        return bool(np.isfinite(self.length) and self.length > 0)


@dataclass(frozen=True)
class Names:
    """The names of categories, short where the width asks for it, broken into lines.

    ``edges`` are the rows' limits in px from the top: a name of two lines has a higher row.
    """

    texts: list[str]
    width: float
    edges: Floats

    @property
    def middles(self) -> Floats:
        """Where the rows' bars stand, in px from the top."""
        return (self.edges[:-1] + self.edges[1:]) / 2

    @property
    def height(self) -> float:
        """The height of all rows in px."""
        return float(self.edges[-1])


def lay_names(
    names: Sequence[str],
    *,
    theme: Theme,
    width: int | None,
    strong: Sequence[bool],
    height: float | None = None,
    is_shortened: bool = False,
) -> Names:
    """Return names that fit beside a plot of this width, in rows that fill ``height`` if given.

    A name takes three lines at most, fewer where a stated ``height`` holds no more, and then ends
    in an ellipsis. Names of departments and the like may be ``is_shortened`` where it is narrow.
    """
    size = text_size(theme, width)
    share = _SLIDE_NAMES_SHARE if theme.is_projector else _NAMES_SHARE
    room = width_hint(theme, width) * share
    is_short = is_shortened and is_terse(theme, width)
    shown = [short_name(name) if is_short else name for name in names]
    # Rows that must fill a height have as many lines as it holds.
    for most in range(_MOST_LINES, 0, -1):
        broken = [wrap(name, size=size, width=room, most=most) for name in shown]
        if height is None or sum(text_height(name, size) for name in broken) <= height:
            break
    texts = [
        f"<b>{escape_lines(name)}</b>" if is_strong else escape_lines(name)
        for name, is_strong in zip(broken, strong, strict=True)
    ]
    least = 62.0 if theme.is_projector and height is None else size * 1.3
    heights = np.array(
        [max(least, text_height(text, size)) + size * 0.25 for text in texts] or [least]
    )
    if height is None:
        heights = np.maximum(heights + size * 0.45, 32.0)
    else:
        heights *= max(0.1, height) / heights.sum()
    return Names(
        texts,
        max((text_width(text, size) for text in texts), default=0.0),
        np.concatenate([[0.0], np.cumsum(heights)]),
    )


def escape_lines(name: str) -> str:
    """Escape a name from data, keeping the line breaks that we put in."""
    return "<br>".join(escape(line) for line in name.split("<br>"))


def draw_rows(
    rows: Sequence[Row],
    *,
    theme: Theme,
    width: int | None,
    height: int | None,
    level: float | None = None,
    level_label: str = "",
    note: str = "",
    is_shortened: bool = False,
    draw_bars: Callable[[Floats, Floats], list[Any]] | None = None,
) -> go.Figure:
    """Draw rows of bars on one scale from 0, with a dotted level across those that have a bar.

    ``draw_bars`` returns other traces than one bar a row, from the middles and the heights of the
    bars in px.
    """
    size = text_size(theme, width)
    has_bar = np.array([row.has_bar for row in rows], dtype=bool)
    is_level = level is not None and bool(has_bar.any())
    head = size * 1.7 if is_level and level_label else 0.0
    foot = size * 2.0 if note else 6.0
    names = lay_names(
        [row.name for row in rows],
        theme=theme,
        width=width,
        strong=[row.is_strong for row in rows],
        height=None if height is None else height - head - foot - _TOP,
        is_shortened=is_shortened,
    )
    top = max([row.length for row in rows if row.has_bar] + [level or 0.0 if is_level else 0.0])
    top = top or 1.0
    drawn = sheet(
        theme,
        width=width,
        height=height,
        default_height=_TOP + head + names.height + foot,
        left=names.width + 2 * _GAP,
        right=_end_room(rows, top, size, width=width, left=names.width, theme=theme),
        top=_TOP,
        bottom=foot,
    )
    _draw_axis(drawn, names)
    if is_level:
        assert level is not None
        _draw_level(drawn, names, has_bar, level, escape(level_label), head, share=level / top)
    for row, middle in zip(rows, names.middles, strict=False):
        _say_end(drawn, row, float(middle), is_crossed=is_level and row.has_bar)
    if note:
        _say_note(drawn, note)
    middles, heights = names.middles[: len(rows)], np.diff(names.edges)[: len(rows)] * _BAR_SHARE
    return figure(
        draw_bars(middles, heights) if draw_bars else [_bars(rows, middles, heights, theme)],
        drawn,
        barmode="overlay",
        xaxis={"range": [0, top], "visible": False},
        yaxis=names_axis(names, drawn, head=head),
    )


def row_data(rows: Sequence[Row]) -> NDArray[np.object_]:
    """Return the keys and tooltips of rows, for their bars."""
    return custom([row.key for row in rows], [row.tip for row in rows])


def names_axis(names: Names, drawn: Sheet, *, head: float = 0.0) -> dict[str, Any]:
    """Return the y axis in px from the top, whose ticks are the names."""
    return {
        # Measured already; the browser widens the margin if its font turns out wider.
        "automargin": "left",
        "range": [names.height, -head],
        "tickmode": "array",
        "tickvals": names.middles[: len(names.texts)],
        "ticktext": np.array(names.texts, dtype=object),
        "tickfont": {"color": drawn.theme.ink, "size": drawn.text_size},
        "ticklabelstandoff": round(_GAP),
    }


def _end_room(
    rows: Sequence[Row],
    top: float,
    size: float,
    *,
    width: int | None,
    left: float,
    theme: Theme,
) -> float:
    """Return the right margin that the words after the bars need.

    A short bar's words have the rest of the plot as well. The plot is taken for a fifth narrower
    than stated, so that the words still fit in a narrower container.
    """
    hint = width_hint(theme, width)
    needed = [(text_width(row.end, size) + 2 * _GAP, _share(row, top)) for row in rows]
    margin = max([room for room, share in needed if share > 0.98] + [2 * _GAP])
    for _ in range(8):
        plot = max(60.0, (hint - left - margin) * 0.8)
        margin = max([margin] + [room - (1 - share) * plot for room, share in needed])
    return margin


def _share(row: Row, top: float) -> float:
    return row.length / top if row.has_bar else 0.0


def _draw_axis(drawn: Sheet, names: Names) -> None:
    colour = drawn.theme.ink if drawn.theme.is_projector else drawn.theme.control
    drawn.line(
        x0=0, x1=0, y0=0, y1=names.height, line={"color": colour, "width": drawn.theme.hairline}
    )


def _draw_level(
    drawn: Sheet,
    names: Names,
    has_bar: NDArray[np.bool_],
    level: float,
    label: str,
    head: float,
    *,
    share: float,
) -> None:
    """Draw the dotted level beside its words and across the rows that have a bar."""
    line = {"color": drawn.theme.ink, "dash": "dot", "width": 1.5 * drawn.theme.hairline}
    spans = [(names.edges[run.first], names.edges[run.last + 1]) for run in stretches(has_bar)]
    if label:
        spans.insert(0, (-head, 0.0))
        is_left = share <= 0.6
        drawn.say(
            label,
            x=level,
            xanchor="left" if is_left else "right",
            xshift=6 if is_left else -6,
            y=-head / 2,
            yanchor="middle",
        )
    for start, end in spans:
        drawn.line(x0=level, x1=level, y0=float(start), y1=float(end), line=line)


def _say_end(drawn: Sheet, row: Row, middle: float, *, is_crossed: bool) -> None:
    """Put the words after the bar; where the dotted level may cross them they get a ground."""
    drawn.say(
        row.end,
        x=row.length if row.has_bar else 0,
        xanchor="left",
        xshift=_GAP,
        y=middle,
        yanchor="middle",
        bgcolor=drawn.theme.surface if is_crossed else None,
        font={
            "color": getattr(drawn.theme, TEXT_TONES[row.tone]),
            "size": drawn.text_size,
        },
    )


def _say_note(drawn: Sheet, note: str) -> None:
    """Put ``note`` under the bars; a long one begins at the chart's edge, under the names."""
    is_long = text_width(note, drawn.tick_size) > drawn.plot_width
    drawn.say(
        note,
        x=0,
        xref="paper",
        xanchor="left",
        xshift=_GAP - drawn.left if is_long else 0,
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-4,
        font={"color": drawn.theme.ink_3, "size": drawn.tick_size},
    )


def _bars(rows: Sequence[Row], middles: Floats, heights: Floats, theme: Theme) -> Any:
    colour = np.array([getattr(theme, TONES[row.tone]) for row in rows], dtype=object)
    is_hollow = np.array([row.is_hollow for row in rows], dtype=bool)
    lengths: Floats = np.array([row.length for row in rows], dtype=float)
    return go.Bar(
        x=lengths,
        y=middles,
        width=heights,
        orientation="h",
        customdata=row_data(rows),
        hovertemplate=TOOLTIP,
        marker={
            "color": np.where(is_hollow, theme.surface, colour),
            "line": {"color": colour, "width": np.where(is_hollow, theme.line_width, 0.0)},
            "opacity": 1,
        },
        showlegend=False,
    )
