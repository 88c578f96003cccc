"""Scales of shares and counts, and the axes that show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures.common import Floats, Sheet
from dashboard.figures.measuring import text_width


@dataclass(frozen=True)
class Scale:
    """An axis: its ends, its ticks and what they read, the unit on the top tick alone."""

    low: float
    high: float
    ticks: Floats
    labels: NDArray[np.object_]

    def share(self, values: Any) -> Any:
        """Return where values lie between the ends, 0–1."""
        return (values - self.low) / (self.high - self.low)

    def label_width(self, size: float) -> float:
        """Return the width in px of the longest tick label."""
        return max(text_width(str(label), size) for label in self.labels)


_LEAST_SPAN = 2.0
"""Points that a scale in percent spans at least: on a narrower one, noise would look like news."""

_STEPS = tuple(base * 10.0**power for power in range(-3, 9) for base in (1, 2, 2.5, 5))


def percent_scale(
    values: Iterable[float],
    *,
    lows: Floats | None = None,
    highs: Floats | None = None,
    most_steps: int = 4,
) -> Scale:
    """Return a scale in percent that holds all ``values`` and most of their intervals.

    The interval of a month with few cases may run off the axis: it must not flatten the others.
    """
    known = [value for value in values if np.isfinite(value)]
    if lows is not None and np.isfinite(lows).any():
        known.append(float(np.nanquantile(lows, 0.25)))
    if highs is not None and np.isfinite(highs).any():
        known.append(float(np.nanquantile(highs, 0.75)))
    low, high = (min(known), max(known)) if known else (0.0, 100.0)
    missing = _LEAST_SPAN - (high - low)
    if missing > 0:
        low = min(max(0.0, low - missing / 2), 100.0 - _LEAST_SPAN)
        high = low + _LEAST_SPAN
    return _scale(low, high, ceiling=100.0, unit=f"{fmt.NBSP}%", most_steps=most_steps)


def count_scale(values: Iterable[float], *, most_steps: int = 4) -> Scale:
    """Return a scale from 0 in whole numbers that holds all ``values``."""
    high = max((value for value in values if np.isfinite(value)), default=0.0)
    return _scale(0.0, high, ceiling=np.inf, unit="", most_steps=most_steps, least_step=1.0)


def _scale(
    low: float,
    high: float,
    *,
    ceiling: float,
    unit: str,
    most_steps: int,
    least_step: float = 0.0,
) -> Scale:
    if low <= high / 3:
        low = 0.0
    for step in _STEPS:
        if step < least_step or (least_step and step % 1):
            continue
        bottom = np.floor(low / step + 1e-9) * step
        top = min(ceiling, np.ceil(high / step - 1e-9) * step)
        if top <= bottom:
            bottom, top = (bottom, bottom + step) if bottom < ceiling else (ceiling - step, ceiling)
        if (top - bottom) / step <= most_steps + 1e-9:
            break
    ticks = np.arange(bottom, top + step / 2, step)
    decimals = max(0, -int(fmt.decimal(round(step, 6)).normalize().as_tuple().exponent))
    labels = [fmt.number(round(tick, 6), 0 if tick % 1 == 0 else decimals) for tick in ticks]
    labels[-1] += unit
    pad = (top - bottom) * 0.02
    return Scale(
        bottom if bottom == 0 else bottom - pad,
        top + pad,
        ticks,
        np.array(labels, dtype=object),
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


def across_axis(scale: Scale, drawn: Sheet) -> dict[str, Any]:
    """Return the x axis of a scale: quiet ticks, no grid."""
    return {
        "range": [scale.low, scale.high],
        "tickmode": "array",
        "tickvals": scale.ticks,
        "ticktext": scale.labels,
        "tickangle": 0,
        "tickfont": {"color": drawn.theme.ink_3, "size": drawn.tick_size},
        "ticklabelstandoff": 2,
    }
