"""Is a department different, or only small? Each share against the pooled one, by its own size.

Sources: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance" (2005), with
limits of 95 % and 99.8 %; limits and verdicts by the same exact binomial tails, so that no point
is called different that lies inside the band.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtr, bdtrc, bdtrik

from dashboard.statistics.readings import FEWEST_EXPECTED

Floats = npt.NDArray[np.float64]
Verdict = Literal["different_high", "different_low", "common", "too_small"]

ACTION_LEVEL = 0.002
"""Two-sided: under this a share is another one than that of all together (99.8 %)."""


def funnel_limits(n: Floats, *, share: float, level: float = ACTION_LEVEL) -> tuple[Floats, Floats]:
    """Return between which shares units of ``n`` cases lie if all have ``share``.

    The limits are where the exact binomial tails, taken as continuous in the count, hold half of
    ``level``: a count reaches one just where :func:`judge` calls it different.
    """
    n = np.asarray(n, dtype=float)
    if not 0 < share < 1:
        return np.full(n.shape, share), np.full(n.shape, share)
    low = np.nan_to_num(bdtrik(level / 2, n, share)) / n
    high = (bdtrik(1 - level / 2, n, share) + 1) / n
    return np.clip(low, 0.0, share), np.clip(high, share, 1.0)


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
