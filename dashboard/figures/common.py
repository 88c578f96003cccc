"""What every form shares: the sheet it is drawn on, columns of its frame, tooltips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.measuring import escape
from dashboard.text import INTERVAL, SMALL_N
from dashboard.theme import Theme

Floats = NDArray[np.float64]
Record = dict[str, Any]
"""One row of a frame: column → value."""

_NARROW = 440
"""Under this width in px a chart is laid out for a phone."""

_PAGE_WIDTH, _SLIDE_WIDTH = 600, 700
_WIDE_SLIDE = 1000
_TALLER = 28 / 24


@dataclass(frozen=True)
class Sheet:
    """The theme and the size in px a figure is drawn for.

    The width is a hint: figures fill their container, and what depends on the width is laid out in
    margins, so that a figure stays right some way to both sides of it. The height is the figure's.
    """

    theme: Theme
    width: int
    height: int
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    is_narrow: bool = False
    text_size: float = 13.0
    tick_size: float = 12.0
    annotations: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def plot_width(self) -> float:
        """The width in px between the margins."""
        return max(40.0, self.width - self.left - self.right)

    @property
    def plot_height(self) -> float:
        """The height in px between the margins."""
        return max(20.0, self.height - self.top - self.bottom)

    def say(self, text: str, **placing: Any) -> None:
        """Put words over the figure; ``placing`` is Plotly's annotation."""
        # The box is as wide as the browser thought before the font came: align to where it hangs.
        align = placing.get("xanchor", "center")
        defaults = {"text": text, "align": align, "font": {"size": self.text_size}}
        self.annotations.append(defaults | placing)

    def line(self, **shape: Any) -> None:
        """Put a straight line under the traces."""
        self.shapes.append({"type": "line", "layer": "below"} | shape)

    def layout(self, **more: Any) -> dict[str, Any]:
        """Return the figure's layout: the template, the margins and all words and lines."""
        return {
            "annotations": self.annotations,
            "height": self.height,
            "margin": {
                "b": self.bottom,
                "l": self.left,
                "pad": 0,
                "r": self.right,
                "t": self.top,
            },
            "shapes": self.shapes,
            "template": self.theme.template,
        } | more


def sheet(
    theme: Theme,
    *,
    width: int | None,
    height: int | None,
    default_height: float,
    left: float,
    right: float,
    top: float,
    bottom: float,
) -> Sheet:
    """Return the sheet for a theme and size; a projector's words grow on a wide slide."""
    return Sheet(
        theme,
        width_hint(theme, width),
        round(height or default_height),
        is_narrow=is_narrow(theme, width),
        text_size=text_size(theme, width),
        tick_size=tick_size(theme, width),
        left=left,
        right=right,
        top=top,
        bottom=bottom,
    )


def width_hint(theme: Theme, width: int | None) -> int:
    """Return the width in px to lay out for: as stated, else that of an ordinary card or slide."""
    return width or (_SLIDE_WIDTH if theme.is_projector else _PAGE_WIDTH)


def text_size(theme: Theme, width: int | None) -> float:
    """Return the size of words in px on a figure of this width."""
    return theme.text_size * _growth(theme, width)


def tick_size(theme: Theme, width: int | None) -> float:
    """Return the size of the words at the ticks in px on a figure of this width."""
    return theme.tick_size * _growth(theme, width)


def is_narrow(theme: Theme, width: int | None) -> bool:
    """Whether it is drawn for a phone; a slide never is."""
    return not theme.is_projector and width_hint(theme, width) < _NARROW


def is_terse(theme: Theme, width: int | None) -> bool:
    """Whether names and counts must be short: on a phone, and on a slide under full HD."""
    is_small_slide = theme.is_projector and width_hint(theme, width) < _WIDE_SLIDE
    return is_small_slide or is_narrow(theme, width)


def _growth(theme: Theme, width: int | None) -> float:
    return _TALLER if theme.is_projector and (width or 0) >= _WIDE_SLIDE else 1.0


def is_small(n: Any) -> bool:
    """Whether there are cases, but too few to read much from their share."""
    return not fmt.is_nothing(n) and bool(0 < n < SMALL_N)


def floats(frame: pd.DataFrame, column: str) -> Floats:
    """Return a column as floats, NaN where there is nothing or no such column."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    found = frame[column].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return found.astype(np.float64)


def words(frame: pd.DataFrame, column: str, *, default: str = "") -> list[str]:
    """Return a column as words, ``default`` where there is nothing or no such column."""
    if column not in frame:
        return [default] * len(frame)
    return [default if pd.isna(value) else str(value) for value in frame[column]]


def flags(frame: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """Return a column as flags, False where there is nothing or no such column."""
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return frame[column].fillna(False).to_numpy(dtype=bool)


def tooltip(
    theme: Theme,
    *,
    period: str = "",
    value: str = "",
    name: str = "",
    counts: str = "",
    low: float = np.nan,
    high: float = np.nan,
    verdict: str = "",
) -> str:
    """Return a tooltip of at most five lines; what is not known takes no line.

    Period · value and name · counts · 95 % interval · verdict.
    """
    interval = fmt.percent_range(low, high)
    large = f'<span style="font-size:{theme.text_size * 1.25:.0f}px">{value}</span>'
    second = f"<b>{large}</b> {escape(name)}".strip() if value else escape(name)
    lines = (
        _faint(theme, escape(period)),
        second,
        escape(counts),
        _faint(theme, "" if interval == fmt.NOTHING else f"{INTERVAL}: {interval}"),
        escape(verdict),
    )
    return "<br>".join(line for line in lines if line)


def _faint(theme: Theme, line: str) -> str:
    return f'<span style="color:{theme.context_soft}">{line}</span>' if line else ""


_TIP, _END = "%{customdata[1]}", "<extra></extra>"
TOOLTIP = _TIP + _END
"""Every point carries (key, tooltip): the key is what a click filters by."""


def say_action(drawn: go.Figure, action: str) -> None:
    """Say under every tooltip of a figure what a click does."""
    told = f"{_TIP}<br><b>{escape(action)}</b>{_END}"
    drawn.update_traces(hovertemplate=told, selector={"hovertemplate": TOOLTIP})


def custom(keys: Sequence[Any], tooltips: Sequence[str]) -> NDArray[np.object_]:
    """Return the customdata that :data:`TOOLTIP` reads."""
    return np.array(list(zip(keys, tooltips, strict=True)), dtype=object).reshape(-1, 2)


def of_words(numerator: Any, denominator: Any, noun: str) -> str:
    """Return "8 trên 331 hồ sơ", "" when a count is not known."""
    if fmt.is_nothing(numerator) or fmt.is_nothing(denominator):
        return ""
    return f"{fmt.count(numerator)} trên {fmt.count_noun(denominator, noun)}"


def share_words(record: Record) -> str:
    """Return a row's share as words, exactly where its counts are known."""
    exact = fmt.percent_of(record.get("numerator"), record.get("denominator"))
    return fmt.percent(record.get("value")) if exact == fmt.NOTHING else exact


def figure(traces: Sequence[Any], drawn: Sheet, **layout: Any) -> go.Figure:
    """Return the figure of the traces with the sheet's words, lines and margins."""
    return go.Figure(data=list(traces), layout=drawn.layout(**layout), _validate=False)


def silent(trace: dict[str, Any]) -> dict[str, Any]:
    """Return a trace that is looked at, never pointed at."""
    return {"hoverinfo": "skip", "showlegend": False} | trace
