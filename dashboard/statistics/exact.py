"""Exact tests for small counts: is this month other than the months before it?

Sources: R. A. Fisher's exact test of two shares (conditional on the total, hypergeometric) and
the conditional binomial test of two counts (Przyborowski and Wilenski, 1940). Two-sided values
are twice the smaller tail.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, gammaln

Floats = npt.NDArray[np.float64]


def tails_of_shares(count: int, of: int, count_before: int, of_before: int) -> tuple[float, float]:
    """Return P(as few or fewer) and P(as many or more) if both shares were one.

    ``count`` of ``of`` now, ``count_before`` of ``of_before`` before. 1 and 1 where either side
    has nothing to count.
    """
    total, events = of + of_before, count + count_before
    if not of or not of_before:
        return 1.0, 1.0
    lowest, highest = max(0, events - of_before), min(of, events)
    k = np.arange(lowest, highest + 1, dtype=float)
    log_p = (
        _log_choose(float(of), k)
        + _log_choose(float(of_before), events - k)
        - _log_choose(float(total), np.array([float(events)]))
    )
    p = np.exp(log_p)
    fewer = float(p[k <= count].sum())
    more = float(p[k >= count].sum())
    return min(fewer, 1.0), min(more, 1.0)


def tails_of_counts(count: int, count_before: int, *, months_before: int) -> tuple[float, float]:
    """Return P(as few or fewer) and P(as many or more) if one month were like those before."""
    if not months_before:
        return 1.0, 1.0
    total = count + count_before
    share = 1 / (months_before + 1)
    fewer = float(bdtr(count, total, share))
    more = 1.0 if count == 0 else float(bdtrc(count - 1, total, share))
    return fewer, more


def two_sided(tails: tuple[float, float]) -> float:
    """Return the two-sided p-value of a pair of tails."""
    return min(1.0, 2 * min(tails))


def _log_choose(n: float, k: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=float)
