"""Which changes of the last month may be brought before a leader.

An office is watched by a dozen and more series every month: rules that err once in a hundred
months each would cry wolf every other month together. So a claim asks for more than a marked
point: an exact test of the last month, and of the last three, against the twelve months before,
at a level shared among all series (S. Holm, "A simple sequentially rejective multiple test
procedure", 1979). Months that differ more than chance makes them count for less (quasi-binomial).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from dashboard.statistics.exact import two_sided
from dashboard.statistics.intervals import wilson_pooled
from dashboard.statistics.readings import (
    Direction,
    Kind,
    Signal,
    effective_counts,
    known_before,
    tails_against_before,
)

Floats = npt.NDArray[np.float64]

LEVEL = 0.05
"""The chance that a month of a stable office holds any claim at all."""

SPANS = (1, 3)
"""Months together that are compared with the twelve before: one, and a quarter."""

_MOST_Z2 = 4.0
"""What a month adds at most to the spread, squared and standardised: one outlier is no spread."""


@dataclass(frozen=True)
class Series:
    """One watched series: its name, its metric's kind and direction, its months."""

    key: str
    kind: Kind
    direction: Direction
    frame: pd.DataFrame


@dataclass(frozen=True)
class Claim:
    """A change that may be spoken of: over how many months, which way, how surely."""

    key: str
    span: int
    move: int
    signal: Signal
    p: float
    """Two-sided p-value before the level was shared."""


def find_claims(series: Sequence[Series], *, month: str, level: float = LEVEL) -> list[Claim]:
    """Return the claims of ``month`` over all ``series``, the surest first, one per series.

    A series without the month, or without enough months before it, takes no part.
    """
    tested = [
        (p, one, span, move)
        for one in series
        if (counts := _counts(one, month=month)) is not None
        for span in SPANS
        for p, move in [_test(one, counts, span=span)]
        if p is not None
    ]
    tested.sort(key=lambda test: test[0])
    claims: dict[str, Claim] = {}
    for position, (p, one, span, move) in enumerate(tested):
        if p >= level / (len(tested) - position):
            break
        if one.key not in claims:
            better = (move > 0) == (one.direction == "up")
            signal: Signal = "improvement" if better else "concern"
            claims[one.key] = Claim(one.key, span, move, signal, p)
    return list(claims.values())


def lies_below(share: ArrayLike, n: ArrayLike, *, baseline: float, among: int) -> npt.NDArray[Any]:
    """Return which shares of ``n`` cases may be said to lie under a stated ``baseline``.

    The upper end of the Wilson interval lies under it, at half the level of claims (changes take
    the other half) shared among the ``among`` shares that are looked at together (Bonferroni).
    """
    z = float(ndtri(1 - LEVEL / 2 / (2 * among)))
    return wilson_pooled(share, n, z=z)[1] < baseline


@dataclass(frozen=True)
class _Counts:
    """A series up to a month, as counts: cases, out of how many, and where they are known."""

    cases: Floats
    of: Floats
    known: npt.NDArray[np.bool_]
    last: int


def _counts(one: Series, *, month: str) -> _Counts | None:
    """Return the counts of a series; None where nothing can be claimed of its month."""
    if one.direction == "none":
        return None
    months = one.frame["month"].astype(str).to_numpy(dtype=object)
    order = np.argsort(months, kind="stable")
    at = np.flatnonzero(months[order] == month)
    if not len(at) or not bool(one.frame["is_whole"].iloc[order[at[0]]]):
        return None
    cases, of = (counts[order] for counts in effective_counts(one.frame, kind=one.kind))
    known = np.isfinite(cases)
    if one.kind == "ratio":
        known &= of > 0
    return _Counts(cases, of, known, int(at[0]))


def _test(one: Series, counts: _Counts, *, span: int) -> tuple[float | None, int]:
    cases, of, known, last = counts.cases, counts.of, counts.known, counts.last
    before = known_before(known, last - span + 1)
    spread = _overdispersion(cases[before], of[before]) if one.kind == "ratio" else 1.0
    tails = tails_against_before(
        cases, of, known, last=last, span=span, kind=one.kind, spread=spread
    )
    if tails is None:
        return None, 0
    fewer, more = tails
    move = 1 if more < fewer else -1
    if span > 1:
        usual = cases[before].sum() / of[before].sum()
        # What is over is no news: the last month itself lies on the side of the move.
        if np.sign(cases[last] / of[last] - usual) != move:
            return None, 0
    return two_sided(tails), move


def _overdispersion(x: Floats, n: Floats) -> float:
    """Return how many times months of ``x`` cases out of ``n`` vary more than chance; at least 1.

    Pearson's chi-square over its degrees of freedom, each month's part held down to 4.
    """
    pooled = x.sum() / n.sum() if n.sum() else 0.0
    if not 0 < pooled < 1 or len(x) < 2:
        return 1.0
    z2 = (x - n * pooled) ** 2 / (n * pooled * (1 - pooled))
    return max(1.0, float(np.minimum(z2, _MOST_Z2).sum() / (len(x) - 1)))
