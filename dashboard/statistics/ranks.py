"""Which ranks a unit may hold, given how many people were asked.

Two units whose 95 % intervals overlap may stand either way round. Source: the comparison of
intervals in H. Goldstein and D. J. Spiegelhalter, "League tables and their limitations" (1996);
whole intervals are compared, which claims less than a test of each difference would.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.statistics.intervals import wilson_pooled


def rank_ranges(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with ``best_rank`` and ``worst_rank``, blank where they cannot be known.

    ``frame`` has ``value`` (fraction) and ``respondents`` (people asked, blank where not
    published), one row per unit. A unit without respondents has no range; the others are held
    against its published figure as it stands. Units without a figure are not counted.
    """
    value = frame["value"].to_numpy(dtype=float, na_value=np.nan)
    asked = frame["respondents"].to_numpy(dtype=float, na_value=np.nan)
    low, high = wilson_pooled(value, asked)
    known = np.isfinite(low)
    low, high = np.where(known, low, value), np.where(known, high, value)
    best = np.full(len(frame), np.nan)
    worst = np.full(len(frame), np.nan)
    present = np.isfinite(value)
    for i in np.flatnonzero(known):
        others = present.copy()
        others[i] = False
        surely_above = others & (low > high[i])
        surely_below = others & (high < low[i])
        best[i] = 1 + surely_above.sum()
        worst[i] = 1 + others.sum() - surely_below.sum()
    return frame.assign(
        best_rank=pd.array(np.where(known, best, np.nan), dtype="Int64"),
        worst_rank=pd.array(np.where(known, worst, np.nan), dtype="Int64"),
    )
