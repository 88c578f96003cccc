"""Is a department different, or only small? Each share against the pooled one, by its own size.

Sources: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance" (2005), with
limits of 95 % and 99.8 %; limits by E. B. Wilson's score, verdicts by exact binomial tails.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtr, bdtrc

from dashboard.statistics.readings import FEWEST_EXPECTED

Floats = npt.NDArray[np.float64]
Verdict = Literal["different_high", "different_low", "common", "too_small"]

WARNING_Z, ACTION_Z = 1.959963984540054, 3.0902323061678132
"""Quantiles of the normal distribution for 95 % and 99.8 % two-sided."""

ACTION_LEVEL = 0.002


def funnel_limits(n: Floats, *, share: float, z: float) -> tuple[Floats, Floats]:
    """Return between which shares units of ``n`` cases lie if all have ``share``."""
    n = np.asarray(n, dtype=float)
    weight = z**2 / n
    centre = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * np.sqrt(share * (1 - share) / n + weight / (4 * n))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def judge(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with each row's ``verdict`` against all rows together.

    ``frame`` has numerator and denominator, one row per department or unit. A share is different
    where its exact two-sided tail lies under 0.2 %; a row expected to hold
    under five cases that is not different is too small to say.
    """
    x = frame["numerator"].fillna(0).astype("int64").to_numpy()
    n = frame["denominator"].fillna(0).astype("int64").to_numpy()
    total = int(n.sum())
    share = x.sum() / total if total else 0.0
    verdicts: list[Verdict] = []
    for count, of in zip(x.tolist(), n.tolist(), strict=True):
        fewer = float(bdtr(count, of, share)) if of else 1.0
        more = float(bdtrc(count - 1, of, share)) if of and count else 1.0
        if 2 * min(fewer, more) < ACTION_LEVEL:
            verdicts.append("different_high" if more < fewer else "different_low")
        elif of * share < FEWEST_EXPECTED:
            verdicts.append("too_small")
        else:
            verdicts.append("common")
    return frame.assign(verdict=verdicts)
