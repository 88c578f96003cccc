"""Intervals of proportions, and the sample that a survey needs.

All intervals are two-sided 95 % Wilson score intervals (E. B. Wilson, "Probable inference, the law
of succession, and statistical inference", JASA 22, 1927): they stay inside 0–1, are never of zero
width where there are data, and are honest for the few cases that a commune has.
"""

from __future__ import annotations

from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""

Floats = NDArray[np.float64]


def wilson(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    """Return the low and high end of ``numerator`` out of ``denominator``, as fractions.

    Counts may be arrays, broadcast together. NaN where there are no data: an unknown count, or
    0 of 0.

    Raises:
        ValueError: a numerator is negative or above its denominator.
    """
    above, below = np.broadcast_arrays(
        np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    )
    if np.any(above < 0) or np.any(above > below):
        raise ValueError("a numerator lies outside 0..denominator")
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(below > 0, above / below, np.nan)
    return wilson_pooled(share, below)


def wilson_pooled(share: ArrayLike, n: ArrayLike, *, z: float = Z95) -> tuple[Floats, Floats]:
    """Return the low and high end of a share that rests on ``n`` independent cases.

    For shares pooled over answers that are not independent of each other: answers of one form go
    together, so ``n`` is the number of forms. ``z`` is the normal quantile of another level. NaN
    where the share is unknown or ``n`` is not positive.

    Raises:
        ValueError: a share lies outside 0–1.
    """
    p, size = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(n, dtype=float))
    if np.any(p < 0) or np.any(p > 1):
        raise ValueError("a share lies outside 0–1")
    size = np.where(size > 0, size, np.nan)
    weight = z**2 / size
    centre = (p + weight / 2) / (1 + weight)
    half = z / (1 + weight) * np.sqrt(p * (1 - p) / size + weight / (4 * size))
    # At 0 and 1 the closed form touches the estimate; rounding must not put it outside.
    low = np.maximum(np.minimum(centre - half, p), 0.0)
    high = np.minimum(np.maximum(centre + half, p), 1.0)
    return low, high


def sample_size(population: int, *, margin: float = 0.05) -> int:
    """Return how many forms the SIPAS formula N / (1 + N·e²) asks for, rounded to the nearest.

    Raises:
        ValueError: the population is negative or the margin not positive.
    """
    if population < 0 or margin <= 0:
        raise ValueError("the population must not be negative and the margin must be positive")
    return floor(population / (1 + population * margin**2) + 0.5)
