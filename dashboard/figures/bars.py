"""Horizontal bars by category, each with its counts at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.common import (
    TOOLTIP,
    Floats,
    Record,
    Sheet,
    action_words,
    custom,
    figure,
    flags,
    floats,
    is_narrow,
    is_small,
    of_words,
    share_words,
    sheet,
    text_size,
    tooltip,
    width_hint,
    words,
)
from dashboard.figures.measuring import escape, text_height, text_width, wrap
from dashboard.figures.months import stretches
from dashboard.text import NO_DATA, SMALL_N, short_name
from dashboard.theme import Theme
from etl.frames import records

_GAP = 8.0
_TOP = 4.0
_BAR_SHARE = 0.62
"""How much of its row's height a bar takes."""
_NAMES_SHARE, _SLIDE_NAMES_SHARE = 0.42, 0.5
"""How much of the width names may take before they are broken into lines."""

_MOST_LINES = 3

_TONES = {
    "concern": "concern",
    "good": "accent",
    "partly": "accent_mid",
    "notice": "notice_mid",
    "plain": "context",
}
"""What a bar means → the token that fills it."""

_TEXT_TONES = {
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


def draw_bars(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
    average: float | None = None,
    average_label: str = "",
    zero_text: str = "",
    tone: str = "concern",
    period: str = "",
    name: str = "",
    action: str = "",
) -> go.Figure:
    """Draw a share for each row of ``frame``, in its order from the top.

    Args:
        frame: key, label, value, low, high (fractions), numerator, denominator, is_highlight;
            optional verdict (words).
        noun: what is counted, e.g. "hồ sơ".
        average, average_label: the whole that the rows are parts of, dotted across rows with a
            bar, e.g. "Toàn xã 4,0 %".
        zero_text: what zero cases are called: "trễ" gives "0 trễ trong 34 hồ sơ".
        tone: what a highlighted row is: concern, good, notice or plain.
        period, name, action: words of the tooltip.
    """
    is_short = is_narrow(theme, width)
    rows = [
        _share_row(
            record,
            tone=tone if is_high else "plain",
            is_strong=bool(is_high),
            end=_share_end(record, theme, noun, zero_text, is_short=is_short),
            tip=_share_tip(record, theme, noun, period, name, action),
        )
        for record, is_high in zip(records(frame), flags(frame, "is_highlight"), strict=True)
    ]
    note = ""
    if any(row.is_hollow for row in rows) and not theme.is_projector:
        note = f"Thanh rỗng: dưới {SMALL_N} {noun}".strip()
    return draw_rows(
        rows,
        theme=theme,
        width=width,
        height=height,
        level=None if average is None else average * 100,
        level_label=average_label,
        note=escape(note),
        is_shortened=True,
    )


def draw_counts(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
    period: str = "",
    action: str = "",
) -> go.Figure:
    """Draw a count for each row of ``frame``: ages of what is open, items by channel.

    Args:
        frame: key, label, count; optional tone (concern, good, notice, plain), is_highlight
            (the name in bold) and detail (words after the count).
        noun: what is counted; period, action: words of the tooltip.
    """
    strong = flags(frame, "is_highlight")
    details = words(frame, "detail")
    tones = words(frame, "tone", default="plain")
    rows = []
    for i, record in enumerate(records(frame)):
        count = fmt.count_noun(record["count"], noun)
        is_known = not fmt.is_nothing(record["count"])
        end = f"<b>{fmt.count(record['count'])}</b> {noun}".strip() if is_known else NO_DATA
        if details[i]:
            end += f" · {escape(details[i])}"
        rows.append(
            Row(
                record.get("key", record["label"]),
                record["label"],
                float(record["count"]) if is_known else np.nan,
                end,
                tooltip(
                    theme,
                    period=period,
                    value=count if is_known else "",
                    name=record["label"],
                    counts=details[i] if is_known else NO_DATA,
                    action=action_words(action, record),
                ),
                tone=tones[i],
                is_strong=bool(strong[i]),
            )
        )
    return draw_rows(rows, theme=theme, width=width, height=height)


def draw_pareto(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    noun: str = "",
    cut: float = 0.8,
    period: str = "",
    action: str = "",
) -> go.Figure:
    """Draw counts from the largest, and where the first few already make up most of the whole.

    Args:
        frame: key, label, count, share and cumulative (fractions of the whole), largest first.
        noun: what is counted, e.g. "trả lời chưa hài lòng".
        cut: the share of the whole that the leading rows, in accent, make up.
    """
    cumulative = floats(frame, "cumulative")
    is_leading = np.concatenate([[True], cumulative[:-1] < cut - 1e-9])[: len(frame)]
    is_leading &= floats(frame, "count") > 0
    rows = []
    for i, record in enumerate(records(frame)):
        share = fmt.percent(record["share"])
        end = f"<b>{fmt.count(record['count'])}</b>  {share}"
        if i and not is_narrow(theme, width):
            end += f", cộng dồn {fmt.percent(record['cumulative'])}"
        tip = tooltip(
            theme,
            period=period,
            value=fmt.count_noun(record["count"], noun),
            name=record["label"],
            counts=f"{share} của tất cả",
            verdict=f"Cộng dồn {fmt.percent(record['cumulative'])}",
            action=action_words(action, record),
        )
        rows.append(
            Row(
                record.get("key", record["label"]),
                record["label"],
                float(record["count"]),
                end,
                tip,
                tone="good" if is_leading[i] else "plain",
                is_strong=i == 0,
            )
        )
    return draw_rows(rows, theme=theme, width=width, height=height)


@dataclass(frozen=True)
class Part:
    """One part of stacked bars: its column, what it is called, and what it means."""

    column: str
    words: str
    tone: str = "plain"


def draw_stacked(
    frame: pd.DataFrame,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    parts: Sequence[Part | tuple[str, str, str]] = (),
    noun: str = "",
    period: str = "",
    action: str = "",
) -> go.Figure:
    """Draw counts that add up, for each row of ``frame``: what is open by department and age.

    Args:
        frame: key, label and a column of counts for each part.
        parts: (column, words, tone) from the base outwards, at most four: more are unreadable.
            The words at a bar's end name its parts in the same order, so no legend is needed; a
            narrow chart has room for their numbers only, and names them once below.
        noun: what is counted; period, action: words of the tooltip.
    """
    named = [part if isinstance(part, Part) else Part(*part) for part in parts]
    counts = np.column_stack([floats(frame, part.column) for part in named]).reshape(
        len(frame), len(named)
    )
    totals = np.nansum(counts, axis=1)
    rows = [
        Row(
            record.get("key", record["label"]),
            record["label"],
            float(total),
            _parts_end(named, own, theme, noun, is_short=is_narrow(theme, width)),
            tooltip(
                theme,
                period=period,
                value=fmt.count_noun(total, noun),
                name=record["label"],
                counts=", ".join(_parts_words(named, own)),
                action=action_words(action, record),
            ),
        )
        for record, own, total in zip(records(frame), counts, totals, strict=True)
    ]
    is_keyed = is_narrow(theme, width) and bool(totals.any())
    drawn = draw_rows(
        rows,
        theme=theme,
        width=width,
        height=height,
        note=_parts_key(named, theme) if is_keyed else "",
        is_shortened=True,
    )
    whole = drawn.data[0]
    starts = np.cumsum(np.nan_to_num(counts), axis=1) - np.nan_to_num(counts)
    drawn.data = ()
    drawn.layout.barmode = "overlay"
    for index, part in enumerate(named):
        drawn.add_trace(
            go.Bar(
                x=counts[:, index],
                y=whole.y,
                base=starts[:, index],
                width=whole.width,
                orientation="h",
                customdata=whole.customdata,
                hovertemplate=TOOLTIP,
                marker={
                    "color": getattr(theme, _TONES[part.tone]),
                    "line": {"color": theme.surface, "width": 1},
                    "opacity": 1,
                },
                showlegend=False,
            )
        )
    return drawn


def _parts_words(parts: Sequence[Part], counts: Floats) -> list[str]:
    return [
        f"{fmt.count(count)} {part.words}"
        for part, count in zip(parts, counts, strict=True)
        if count > 0
    ]


def _parts_end(
    parts: Sequence[Part], counts: Floats, theme: Theme, noun: str, *, is_short: bool
) -> str:
    if not np.isfinite(counts).any():
        return NO_DATA
    if not np.nansum(counts):
        return f"0 {noun}".strip()
    # Numbers alone are told apart by their place: none is left out.
    said = [
        _toned(f"<b>{fmt.count(count)}</b>{'' if is_short else ' ' + part.words}", part, theme)
        for part, count in zip(parts, np.nan_to_num(counts), strict=True)
        if count > 0 or is_short
    ]
    return " · ".join(said)


def _parts_key(parts: Sequence[Part], theme: Theme) -> str:
    """Name the parts once, in their order, for a chart whose bars say numbers only."""
    return " · ".join(_toned(part.words, part, theme) for part in parts)


def _toned(words: str, part: Part, theme: Theme) -> str:
    return f'<span style="color:{getattr(theme, _TEXT_TONES[part.tone])}">{words}</span>'


def _share_row(
    record: Record,
    *,
    tone: str,
    is_strong: bool,
    end: str,
    tip: str,
) -> Row:
    value, denominator = record.get("value"), record.get("denominator")
    length = np.nan if value is None or fmt.is_nothing(value) else float(value) * 100
    return Row(
        record.get("key", record["label"]),
        record["label"],
        length,
        end,
        tip,
        tone=tone if length > 0 else "plain",
        is_strong=is_strong,
        is_hollow=length > 0 and is_small(denominator),
    )


def _share_end(record: Record, theme: Theme, noun: str, zero_text: str, *, is_short: bool) -> str:
    """Return "9,3 %  9/97 hồ sơ", "0 trễ trong 34 hồ sơ", or why there is no share."""
    value = record.get("value")
    numerator, denominator = record.get("numerator"), record.get("denominator")
    if fmt.is_nothing(value):
        is_empty = not fmt.is_nothing(denominator) and denominator == 0
        return f"không có {noun}".rstrip() if is_empty else NO_DATA
    if fmt.is_nothing(numerator) or fmt.is_nothing(denominator):
        return f"<b>{fmt.percent(value)}</b>"
    counts = fmt.fraction_of(numerator, denominator)
    share = fmt.percent_of(numerator, denominator)
    if theme.is_projector:
        return counts if is_short or numerator == 0 else f"{counts} = {share}"
    if numerator == 0 and zero_text:
        within = fmt.count(denominator) if is_short else fmt.count_noun(denominator, noun)
        return f"0 {escape(zero_text)} trong {within}"
    return f"<b>{share}</b>  {counts}{'' if is_short else ' ' + escape(noun)}".rstrip()


def _share_tip(record: Record, theme: Theme, noun: str, period: str, name: str, action: str) -> str:
    numerator, denominator = record.get("numerator"), record.get("denominator")
    verdict = record.get("verdict") or ""
    if not verdict and is_small(denominator):
        verdict = f"Số ít: dưới {SMALL_N} {noun}".strip()
    return tooltip(
        theme,
        period=" · ".join(part for part in (str(record["label"]), period) if part),
        value=share_words(record),
        name=name,
        counts=of_words(numerator, denominator, noun),
        low=record.get("low", np.nan),
        high=record.get("high", np.nan),
        verdict=verdict,
        action=action_words(action, record),
    )


# --- drawing --------------------------------------------------------------------------------


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
    is_short = is_shortened and is_narrow(theme, width)
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
) -> go.Figure:
    """Draw rows of bars on one scale from 0, with a dotted level across those that have a bar."""
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
    return figure(
        [_bar_trace(rows, names, theme)],
        drawn,
        xaxis={"range": [0, top], "visible": False},
        yaxis=names_axis(names, drawn, head=head),
    )


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
            "color": getattr(drawn.theme, _TEXT_TONES[row.tone]),
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


def _bar_trace(rows: Sequence[Row], names: Names, theme: Theme) -> Any:
    colour = np.array([getattr(theme, _TONES[row.tone]) for row in rows], dtype=object)
    is_hollow = np.array([row.is_hollow for row in rows], dtype=bool)
    lengths: Floats = np.array([row.length for row in rows], dtype=float)
    return go.Bar(
        x=lengths,
        y=names.middles[: len(rows)],
        width=np.diff(names.edges)[: len(rows)] * _BAR_SHARE,
        orientation="h",
        customdata=custom([row.key for row in rows], [row.tip for row in rows]),
        hovertemplate=TOOLTIP,
        marker={
            "color": np.where(is_hollow, theme.surface, colour),
            "line": {"color": colour, "width": np.where(is_hollow, theme.line_width, 0.0)},
            "opacity": 1,
        },
        showlegend=False,
    )
