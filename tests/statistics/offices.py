"""Simulated stable offices: as many series as a commune has, and nothing ever changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.filters import shift_month
from dashboard.statistics.claims import Series
from dashboard.statistics.readings import Direction

MONTHS = tuple(shift_month("2023-01", step) for step in range(24))


@dataclass(frozen=True)
class Stable:
    """A share that never changes: its level and about how many cases a month has."""

    key: str
    direction: Direction
    share: float
    cases: int


WATCHED = (
    Stable("late_rate", "down", 0.015, 300),
    Stable("intake_within_8h_rate", "up", 0.97, 180),
    Stable("supplemented_rate", "down", 0.045, 300),
    Stable("repeat_supplement_rate", "down", 0.004, 300),
    Stable("returned_on_time_rate", "up", 0.985, 290),
    Stable("online_rate", "up", 0.58, 310),
    Stable("record_completeness", "up", 0.97, 310),
    Stable("rating3_rate", "up", 0.95, 40),
    Stable("feedback_on_time_rate", "up", 0.93, 10),
    Stable("satisfaction_index", "up", 0.915, 38),
    Stable("Tư pháp – Hộ tịch", "down", 0.01, 105),
    Stable("Địa chính – Xây dựng", "down", 0.02, 85),
    Stable("Văn hóa – Xã hội", "down", 0.015, 65),
    Stable("Văn phòng – Thống kê", "down", 0.015, 20),
    Stable("Ban CHQS xã", "down", 0.01, 18),
    Stable("Tài chính – Kế toán", "down", 0.01, 10),
)
"""The series of the demonstration: ten watched metrics and the late rate of six departments."""


def stable_offices(count: int, *, seed: int) -> Iterator[list[Series]]:
    """Yield ``count`` offices: two years of every watched series, the cases a month at random."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        yield [_series(one, chance) for one in WATCHED]


CRITERIA, FORMS, BASELINE = 6, 38, 0.9083
"""Criteria that are held against the baseline, and about how many forms a month has."""


def stable_criteria(
    count: int, *, seed: int
) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]]:
    """Yield offices whose criteria all lie at the baseline: shares of twelve months, and forms.

    Shares have a row for each of ``MONTHS`` from the twelfth on and a column for each criterion.
    """
    chance = np.random.default_rng(seed)
    for _ in range(count):
        forms = np.maximum(chance.poisson(FORMS, len(MONTHS)), 1)
        satisfied = chance.binomial(forms[:, None], BASELINE, (len(MONTHS), CRITERIA))
        n = np.lib.stride_tricks.sliding_window_view(forms, 12).sum(axis=-1)
        x = np.lib.stride_tricks.sliding_window_view(satisfied, 12, axis=0).sum(axis=-1)
        yield x / n[:, None], n


def _series(one: Stable, chance: np.random.Generator) -> Series:
    n = np.maximum(chance.poisson(one.cases, len(MONTHS)), 1)
    x = chance.binomial(n, one.share)
    frame = pd.DataFrame(
        {
            "month": MONTHS,
            "numerator": x,
            "denominator": n,
            "value": x / n,
            "n": n,
            "is_whole": True,
        }
    )
    return Series(one.key, "ratio", one.direction, frame)
