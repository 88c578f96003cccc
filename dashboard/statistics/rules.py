"""The four rules that tell a signal from noise, after NHS "Making Data Count".

A hole in the series ends every run: seven points are seven months in a row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dashboard.statistics.limits import Limits

Floats = npt.NDArray[np.float64]
Signs = npt.NDArray[np.int8]

RUN = 7
OUTSIDE, SHIFT, TREND, NEAR = "outside", "shift", "trend", "two_of_three"
RULES = (OUTSIDE, SHIFT, TREND, NEAR)


def mark(values: Floats, limits: Limits) -> dict[str, Signs]:
    """Return for each rule which points it marks: 1 high or rising, -1 low or falling, else 0.

    ``values`` in order of time with NaN for holes. Every point of a run is marked, as the sources
    do; of two of three near a limit, the two that are near.
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values) & np.isfinite(limits.low)
    outside = np.zeros(len(values), dtype=np.int8)
    with np.errstate(invalid="ignore"):
        outside[known & (values > limits.high)] = 1
        outside[known & (values < limits.low)] = -1
        side = np.where(known, np.sign(values - limits.centre), 0).astype(np.int8)
    return {
        OUTSIDE: outside,
        SHIFT: _runs(side, known),
        TREND: _trends(values, known),
        NEAR: _two_of_three(values, limits, known),
    }


def _runs(side: Signs, known: npt.NDArray[np.bool_]) -> Signs:
    marked = np.zeros(len(side), dtype=np.int8)
    start = 0
    for end in range(1, len(side) + 1):
        if end == len(side) or side[end] != side[start] or not known[end]:
            if side[start] and known[start] and end - start >= RUN:
                marked[start:end] = side[start]
            start = end
    return marked


def _trends(values: Floats, known: npt.NDArray[np.bool_]) -> Signs:
    """Mark seven points each higher (or each lower) than the one before."""
    marked = np.zeros(len(values), dtype=np.int8)
    steps = np.zeros(max(len(values) - 1, 0), dtype=np.int8)
    both = known[1:] & known[:-1]
    steps[both] = np.sign(np.diff(values)[both])
    start = 0
    for end in range(1, len(steps) + 1):
        if end == len(steps) or steps[end] != steps[start]:
            if steps[start] and end - start >= RUN - 1:
                marked[start : end + 1] = steps[start]
            start = end
    return marked


def _two_of_three(values: Floats, limits: Limits, known: npt.NDArray[np.bool_]) -> Signs:
    """Mark points in the outer third of the same side, two among three in a row."""
    marked = np.zeros(len(values), dtype=np.int8)
    with np.errstate(invalid="ignore"):
        near_high = known & (values > limits.centre + (limits.high - limits.centre) * 2 / 3)
        near_low = known & (values < limits.centre - (limits.centre - limits.low) * 2 / 3)
    for sign, near in ((1, near_high), (-1, near_low)):
        for end in range(3, len(values) + 1):
            window = slice(end - 3, end)
            if known[window].all() and near[window].sum() >= 2:
                marked[window] = np.where(near[window], sign, marked[window])
    return marked
