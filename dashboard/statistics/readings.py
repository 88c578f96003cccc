"""What a series of months can be said to show: which points are signals, and of what.

Shares are read on a p chart, means and large counts on an individuals chart; where a month is
expected to hold under five cases, or five of the others, neither is honest, and only an exact test
against the twelve months before may claim a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.statistics.exact import tails_of_counts, tails_of_shares, two_sided
from dashboard.statistics.limits import Limits, p_limits, spread_of, xmr_limits
from dashboard.statistics.rules import mark

Floats = npt.NDArray[np.float64]
Kind = Literal["ratio", "mean", "flow", "stock", "published"]
Direction = Literal["up", "down", "none"]
Signal = Literal["", "common", "improvement", "concern", "special"]
Assurance = Literal["", "always", "never", "sometimes"]

FEWEST_EXPECTED = 5.0
"""Cases that a month must be expected to hold for its chance to be nearly normal."""

FEWEST_POINTS = 12
"""Months under which limits are only on trial."""

MONTHS_BEFORE = 12
FEWEST_BEFORE = 6
"""Months with data that a comparison with the twelve before asks for."""

MOST_LEFT_OUT = 0.25
"""The share of months that may be left out of the limits as outside them; more is a new level."""

EXACT_LEVEL = 0.0027
"""What lies outside three standard errors: an exact test speaks as rarely as a limit."""

EXACT = "exact"


@dataclass(frozen=True)
class Reading:
    """A series read month by month.

    ``frame`` has the months in order with ``value``, ``centre``, ``low_limit``, ``high_limit``
    (NaN where no limits hold), ``rule`` (what marks the point, "" for nothing), ``move`` (1 high or
    rising, -1 low or falling, 0), ``signal``. ``last`` is the index of the last whole month with
    a value. ``assurance`` says whether ordinary variation meets the target: always, never,
    sometimes; "" without target or limits.
    """

    frame: pd.DataFrame
    last: int | None
    is_trial: bool
    assurance: Assurance

    @property
    def last_signal(self) -> Signal:
        """The signal of the last whole month."""
        return "" if self.last is None else self.frame["signal"].iloc[self.last]

    @property
    def last_move(self) -> int:
        """Whether the last whole month's signal is high or rising (1) or low or falling (-1)."""
        return 0 if self.last is None else int(self.frame["move"].iloc[self.last])


def read_series(
    frame: pd.DataFrame,
    *,
    kind: Kind,
    direction: Direction,
    target: float | None = None,
    rebase_at: Sequence[str] = (),
) -> Reading:
    """Read a series as ``measure`` gives it by month.

    Args:
        frame: one row per month, any order: month (YYYY-MM), value, numerator, denominator, n,
            is_whole; NaN value for months without data. A month cut short is shown, never judged.
        kind, direction: of the metric, declared in the catalogue.
        target: the goal, in the value's unit.
        rebase_at: months from which limits are computed anew (a reorganisation, a new rule).
    """
    rows = frame.sort_values("month", kind="stable", ignore_index=True)
    months = rows["month"].astype(str).to_numpy()
    starts = sorted({0, *(int(np.searchsorted(months, month)) for month in rebase_at)})
    cuts = [start for start in starts if start < len(rows)] + [len(rows)]
    parts = [_read_part(rows.iloc[a:b], kind=kind) for a, b in pairwise(cuts)]
    value = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(value)
    move = _joined([part.move for part in parts], np.int64)
    low = _joined([part.limits.low for part in parts], np.float64)
    high = _joined([part.limits.high for part in parts], np.float64)
    read = pd.DataFrame(
        {
            "month": months,
            "value": value,
            "centre": _joined([part.limits.centre for part in parts], np.float64),
            "low_limit": low,
            "high_limit": high,
            "rule": [rule for part in parts for rule in part.rules],
            "move": move,
            "signal": [
                _signal(int(one), is_known=bool(is_known), direction=direction)
                for one, is_known in zip(move, known, strict=True)
            ],
        }
    )
    whole = np.flatnonzero(known & rows["is_whole"].to_numpy(dtype=bool))
    last_part = slice(cuts[-2] if parts else 0, None)
    return Reading(
        read,
        int(whole[-1]) if len(whole) else None,
        is_trial=int(known[last_part].sum()) < FEWEST_POINTS,
        assurance=_assurance(low[last_part], high[last_part], target, direction),
    )


def shown_limits(reading: Reading) -> pd.DataFrame:
    """Return ``low_limit`` and ``high_limit`` clipped to 0–1, for display only."""
    return reading.frame[["low_limit", "high_limit"]].clip(0.0, 1.0)


@dataclass(frozen=True)
class _Part:
    """The months of one level: the limits that hold in them, and what marks each of them."""

    limits: Limits
    rules: list[str]
    move: npt.NDArray[np.int64]


def _joined(parts: Sequence[npt.NDArray[Any]], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, dtype=kind), *parts])


def _read_part(rows: pd.DataFrame, *, kind: Kind) -> _Part:
    """Read the months of one level; a month cut short has no part in limits and runs."""
    whole = rows["is_whole"].to_numpy(dtype=bool)
    value = np.where(whole, rows["value"].to_numpy(dtype=float, na_value=np.nan), np.nan)
    known = np.isfinite(value)
    rules, moves = ["" for _ in value], np.zeros(len(value), dtype=np.int64)
    if kind == "published" or not known.any():
        nothing = np.full(len(value), np.nan)
        return _Part(Limits(nothing, nothing, nothing), rules, moves)
    cases, of = effective_counts(rows, kind=kind)
    is_rare = known & _is_rare(cases, of, known, kind=kind)
    limits = _limits(value, cases, of, known, kind=kind)
    judged = np.where(is_rare, np.nan, value)
    if kind in ("flow", "stock", "ratio"):
        limits = Limits(*(np.where(is_rare, np.nan, part) for part in _parts(limits)))
    # Limits on trial are shown and claim nothing; an exact test knows how little it rests on.
    is_trial = known.sum() < FEWEST_POINTS
    for name, signs in {} if is_trial else mark(judged, limits).items():
        for i in np.flatnonzero(signs):
            if not rules[i]:
                rules[i], moves[i] = name, signs[i]
    for i in np.flatnonzero(is_rare):
        move = _exact_move(cases, of, known, int(i), kind=kind)
        if move:
            rules[i], moves[i] = EXACT, move
    return _Part(limits, rules, moves)


def _parts(limits: Limits) -> tuple[Floats, Floats, Floats]:
    return limits.centre, limits.low, limits.high


def effective_counts(rows: pd.DataFrame, *, kind: Kind) -> tuple[Floats, Floats]:
    """Return independent cases and how many they are out of, NaN where unknown.

    Answers of one form go together, so a survey's share counts forms, not answers. Counts have no
    "out of": NaN.
    """
    value = rows["value"].to_numpy(dtype=float, na_value=np.nan)
    if kind in ("flow", "stock"):
        return value, np.full(len(value), np.nan)
    n = rows["n"].to_numpy(dtype=float, na_value=np.nan)
    return np.round(value * n), n


def _is_rare(cases: Floats, of: Floats, known: npt.NDArray[np.bool_], *, kind: Kind) -> Any:
    if kind in ("flow", "stock"):
        return np.full(len(cases), cases[known].mean() < FEWEST_EXPECTED)
    if kind != "ratio":
        return np.zeros(len(cases), dtype=bool)
    pooled = cases[known].sum() / max(of[known].sum(), 1)
    with np.errstate(invalid="ignore"):
        return of * min(pooled, 1 - pooled) < FEWEST_EXPECTED


def _limits(
    value: Floats, cases: Floats, of: Floats, known: npt.NDArray[np.bool_], *, kind: Kind
) -> Limits:
    """Return limits for all months, NaN where there is no value.

    Months outside the first limits are left out of the second, once (Montgomery's revised
    limits): two bad months must not make all the others look good.
    """
    first = _limits_from(value, cases, of, known, known, kind=kind)
    with np.errstate(invalid="ignore"):
        outside = known & ((value > first.high) | (value < first.low))
    if not outside.any() or outside.sum() > MOST_LEFT_OUT * known.sum():
        return first
    return _limits_from(value, cases, of, known, known & ~outside, kind=kind)


def _limits_from(
    value: Floats,
    cases: Floats,
    of: Floats,
    known: npt.NDArray[np.bool_],
    used: npt.NDArray[np.bool_],
    *,
    kind: Kind,
) -> Limits:
    """Return the limits that the months ``used`` set for all months ``known``."""
    nothing = np.full(len(value), np.nan)
    spanned = Limits(nothing.copy(), nothing.copy(), nothing.copy())
    if kind == "ratio":
        pooled = cases[used].sum() / of[used].sum()
        found = p_limits(pooled, of[known], spread=spread_of(cases[used], of[used]))
    else:
        own = xmr_limits(value[used])
        found = Limits(*(np.full(int(known.sum()), part[0]) for part in _parts(own)))
    for part, read in zip(_parts(spanned), _parts(found), strict=True):
        part[known] = read
    return spanned


def _exact_move(
    cases: Floats, of: Floats, known: npt.NDArray[np.bool_], at: int, *, kind: Kind
) -> int:
    """Return 1 or -1 where an exact test against the twelve months before speaks, else 0."""
    tails = tails_against_before(cases, of, known, last=at, span=1, kind=kind)
    if tails is None or two_sided(tails) >= EXACT_LEVEL:
        return 0
    fewer, more = tails
    return 1 if more < fewer else -1


def tails_against_before(
    cases: Floats,
    of: Floats,
    known: npt.NDArray[np.bool_],
    *,
    last: int,
    span: int,
    kind: Kind,
    spread: float = 1.0,
) -> tuple[float, float] | None:
    """Return the exact tails of ``span`` months to ``last`` against the twelve before them.

    Shares whose months vary ``spread`` times more than chance count for so much less. None where a
    month of the span has no data, or fewer than six of those before have.
    """
    now = slice(last - span + 1, last + 1)
    before = known_before(known, now.start)
    if now.start < 0 or not known[now].all() or before.sum() < FEWEST_BEFORE:
        return None
    if kind in ("flow", "stock"):
        months_before = int(before.sum())
        if span != 1:
            return None
        return tails_of_counts(
            int(cases[last]), int(cases[before].sum()), months_before=months_before
        )
    # Summed first: months of few cases, each rounded, would lose most of them.
    return tails_of_shares(
        *(round(counts[part].sum() / spread) for part in (now, before) for counts in (cases, of))
    )


def known_before(known: npt.NDArray[np.bool_], start: int) -> npt.NDArray[np.bool_]:
    """Return which months are known among the twelve before the month at ``start``."""
    before = np.zeros(len(known), dtype=bool)
    before[max(0, start - MONTHS_BEFORE) : max(0, start)] = True
    return before & known


def _signal(move: int, *, is_known: bool, direction: Direction) -> Signal:
    if not is_known:
        return ""
    if not move:
        return "common"
    if direction == "none":
        return "special"
    return "improvement" if (move > 0) == (direction == "up") else "concern"


def _assurance(
    low_limits: Floats, high_limits: Floats, target: float | None, direction: Direction
) -> Assurance:
    """Compare the target with the limits of the last month that has any."""
    known = np.flatnonzero(~np.isnan(low_limits))
    if target is None or direction == "none" or not len(known):
        return ""
    low, high = low_limits[known[-1]], high_limits[known[-1]]
    meets_all = low >= target if direction == "up" else high <= target
    misses_all = high < target if direction == "up" else low > target
    return "always" if meets_all else "never" if misses_all else "sometimes"
