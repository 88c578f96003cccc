"""Different, or only small; and which ranks are open."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.funnel import ACTION_Z, WARNING_Z, funnel_limits, judge
from dashboard.statistics.intervals import wilson
from dashboard.statistics.ranks import rank_ranges


def counts(*pairs: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["numerator", "denominator"])


def test_a_large_share_of_few_is_small_a_smaller_one_of_many_is_different() -> None:
    verdicts = judge(counts((1, 5), (60, 800), (10, 1000), (28, 900)))["verdict"]
    assert verdicts.tolist() == ["too_small", "different_high", "different_low", "common"]


def test_nothing_late_anywhere_is_nothing_different() -> None:
    assert set(judge(counts((0, 10), (0, 500)))["verdict"]) == {"too_small"}
    assert judge(counts()).empty


@given(st.floats(0.001, 0.999), st.integers(1, 2000))
def test_limits_hold_the_share_narrow_with_size_and_stay_in_range(share: float, n: int) -> None:
    low, high = funnel_limits(np.array([n, 2 * n]), share=share, z=ACTION_Z)
    assert (low >= 0).all() and (high <= 1).all()
    assert (low <= share).all() and (share <= high).all()
    assert high[1] - low[1] < high[0] - low[0]
    inner_low, inner_high = funnel_limits(np.array([n]), share=share, z=WARNING_Z)
    assert low[0] <= inner_low[0] and inner_high[0] <= high[0]


def test_limits_are_the_score_interval_of_the_pooled_share() -> None:
    low, high = funnel_limits(np.array([40.0]), share=0.25, z=WARNING_Z)
    expected = wilson(10, 40)
    np.testing.assert_allclose([low[0], high[0]], np.ravel(expected), atol=1e-12)


def ranked(*rows: tuple[float, int | None]) -> pd.DataFrame:
    return rank_ranges(pd.DataFrame(rows, columns=["value", "respondents"]))


def test_overlapping_intervals_leave_ranks_open() -> None:
    found = ranked((0.92, 300), (0.91, 300), (0.60, 300))
    assert found["best_rank"].tolist() == [1, 1, 3]
    assert found["worst_rank"].tolist() == [2, 2, 3]


def test_a_unit_that_does_not_say_how_many_were_asked_has_no_range() -> None:
    found = ranked((0.99, None), (0.90, 300), (0.50, None))
    assert found["best_rank"].isna().tolist() == [True, False, True]
    assert (found["best_rank"][1], found["worst_rank"][1]) == (2, 2)


def test_the_rank_by_value_always_lies_in_the_range() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        value = chance.uniform(0.6, 1.0, 12)
        asked = chance.integers(20, 400, 12)
        found = rank_ranges(pd.DataFrame({"value": value, "respondents": asked}))
        rank = pd.Series(value).rank(ascending=False, method="min")
        assert (found["best_rank"] <= rank).all() and (rank <= found["worst_rank"]).all()
