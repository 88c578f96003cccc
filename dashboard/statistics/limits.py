"""Limits of ordinary variation: individuals (XmR) and proportions (p) charts.

Sources: D. J. Wheeler, *Understanding Variation* (XmR: mean ± 2.66 mean moving range); the package
NHSRplotthedots (moving ranges from 3.267 times their mean on are left out, once); D. C.
Montgomery, *Introduction to Statistical Quality Control* (p chart; individuals with 3/1.128 and no
screening); D. B. Laney, "Improved control charts for attributes" (2002, limits widened where
months differ more than chance alone makes them).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

XMR = 2.66
"""Wheeler's rounded constant, as NHSRplotthedots has it; Montgomery's is 3 / 1.128."""

SCREEN = 3.267
"""The upper limit of moving ranges over their mean (D4 for two points)."""

SIGMAS = 3.0
_MOVING_RANGE_SIGMA = 1.128
"""Mean moving range of two points over their standard deviation (d2)."""


@dataclass(frozen=True)
class Limits:
    """Centre and natural limits, one of each per point; not clipped to what can occur."""

    centre: Floats
    low: Floats
    high: Floats


def mean_moving_range(values: Floats, *, is_screened: bool = True) -> float:
    """Return the mean difference of neighbours; screened, without ranges far beyond the others."""
    ranges = np.abs(np.diff(values))
    if not len(ranges):
        return 0.0
    mean = float(ranges.mean())
    if is_screened and mean > 0:
        mean = float(ranges[ranges < SCREEN * mean].mean())
    return mean


def xmr_limits(values: Floats, *, constant: float = XMR, is_screened: bool = True) -> Limits:
    """Return the limits of an individuals chart for ``values`` in order of time, without holes."""
    values = np.asarray(values, dtype=float)
    if not len(values):
        return Limits(values, values, values)
    half = constant * mean_moving_range(values, is_screened=is_screened)
    centre = np.full(len(values), values.mean())
    return Limits(centre, centre - half, centre + half)


def p_limits(pooled: float, denominator: Floats, *, spread: float = 1.0) -> Limits:
    """Return the limits of a p chart: pooled share ± 3 standard errors of each denominator.

    ``spread`` widens them where months differ more than chance makes them, see :func:`spread_of`.
    """
    half = SIGMAS * spread * np.sqrt(pooled * (1 - pooled) / denominator)
    centre = np.full(len(denominator), pooled)
    return Limits(centre, centre - half, centre + half)


def spread_of(numerator: Floats, denominator: Floats) -> float:
    """Return how much more than chance the months of a share differ; never under 1.

    The standard deviation of the months' standardised shares from their screened moving ranges,
    after Laney. Under 1 would narrow the limits and cry wolf, so it is not believed.
    """
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    pooled = numerator.sum() / denominator.sum() if denominator.sum() else 0.0
    if not 0 < pooled < 1:
        return 1.0
    z = (numerator / denominator - pooled) / np.sqrt(pooled * (1 - pooled) / denominator)
    return max(1.0, mean_moving_range(z) / _MOVING_RANGE_SIGMA)
