"""Different, or only small."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.funnel import funnel_limits, judge


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
    low, high = funnel_limits(np.array([n, 2 * n]), share=share)
    assert (low >= 0).all() and (high <= 1).all()
    assert (low <= share).all() and (share <= high).all()
    # Of too few cases no count at all is unusual: the band is everything.
    narrows = high[1] - low[1] < high[0] - low[0]
    assert narrows or ((low == 0).all() and (high == 1).all())
    inner_low, inner_high = funnel_limits(np.array([n]), share=share, level=0.05)
    assert low[0] <= inner_low[0] and inner_high[0] <= high[0]


@given(
    st.lists(
        st.integers(1, 1500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=2,
        max_size=9,
    )
)
def test_what_is_called_different_and_nothing_else_lies_outside_the_limits(
    rows: list[tuple[int, int]],
) -> None:
    frame = judge(counts(*rows))
    x, n = frame["numerator"].to_numpy(), frame["denominator"].to_numpy()
    low, high = funnel_limits(n, share=x.sum() / n.sum())
    verdicts = frame["verdict"].to_numpy()
    assert (x / n >= high)[verdicts == "different_high"].all()
    assert (x / n <= low)[verdicts == "different_low"].all()
    is_same = ~np.isin(verdicts, ["different_high", "different_low"])
    assert ((low <= x / n) & (x / n <= high))[is_same].all()
