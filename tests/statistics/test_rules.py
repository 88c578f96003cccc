"""Each rule on the smallest series that fires it, and on one that just does not."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.statistics.limits import Limits
from dashboard.statistics.rules import NEAR, OUTSIDE, RULES, SHIFT, TREND, mark

HOLE = np.nan


def marks(values: list[float], *, half: float = 3.0) -> dict[str, list[int]]:
    """Mark ``values`` against a centre of 0 and limits of ± ``half``."""
    zero = np.zeros(len(values))
    limits = Limits(zero, zero - half, zero + half)
    return {name: found.tolist() for name, found in mark(np.array(values), limits).items()}


def test_a_point_outside_is_marked_one_on_the_limit_is_not() -> None:
    assert marks([0, 3.1, -3.1, 3.0])[OUTSIDE] == [0, 1, -1, 0]


def test_seven_on_one_side_are_a_shift_six_are_none() -> None:
    assert marks([0.5] * 7)[SHIFT] == [1] * 7
    assert marks([0.5] * 6)[SHIFT] == [0] * 6
    assert marks([-1] + [0.5] * 7 + [-0.5])[SHIFT] == [0] + [1] * 7 + [0]


def test_a_point_on_the_centre_or_a_hole_ends_a_run() -> None:
    assert marks([0.5] * 4 + [0] + [0.5] * 4)[SHIFT] == [0] * 9
    assert marks([0.5] * 4 + [HOLE] + [0.5] * 4)[SHIFT] == [0] * 9


def test_seven_rising_are_a_trend_six_are_none() -> None:
    rising = [-1.2, -0.8, -0.4, 0.1, 0.5, 0.9, 1.3]
    assert marks(rising)[TREND] == [1] * 7
    assert marks(rising[:6])[TREND] == [0] * 6
    assert marks(rising[::-1])[TREND] == [-1] * 7
    assert marks([*rising[:3], -0.4, *rising[3:]])[TREND] == [0] * 8


def test_a_hole_ends_a_trend() -> None:
    assert marks([-1.2, -0.8, -0.4, HOLE, 0.5, 0.9, 1.3, 1.5])[TREND] == [0] * 8


def test_two_of_three_near_one_limit_are_marked_on_opposite_sides_they_are_not() -> None:
    assert marks([2.1, 0, 2.1])[NEAR] == [1, 0, 1]
    assert marks([2.1, 0, 0, 2.1])[NEAR] == [0, 0, 0, 0]
    assert marks([2.1, 0, -2.1])[NEAR] == [0, 0, 0]
    assert marks([-2.1, -2.1, 0])[NEAR] == [-1, -1, 0]


@pytest.mark.parametrize("values", [[], [HOLE], [HOLE, HOLE]])
def test_nothing_is_marked_where_there_is_nothing(values: list[float]) -> None:
    assert marks(values) == {name: [0] * len(values) for name in RULES}
