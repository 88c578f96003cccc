"""Exact tails against direct computation."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.exact import tails_of_counts, tails_of_shares, two_sided


def direct(count: int, of: int, before: int, of_before: int) -> tuple[float, float]:
    events, total = count + before, of + of_before
    chance = {
        k: comb(of, k) * comb(of_before, events - k) / comb(total, events)
        for k in range(max(0, events - of_before), min(of, events) + 1)
    }
    return (
        sum(p for k, p in chance.items() if k <= count),
        sum(p for k, p in chance.items() if k >= count),
    )


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 40), st.integers(0, 60))
def test_tails_of_shares_are_the_hypergeometric_sums(
    count: int, rest: int, before: int, rest_before: int
) -> None:
    of, of_before = count + rest, before + rest_before
    if not of or not of_before:
        assert tails_of_shares(count, of, before, of_before) == (1.0, 1.0)
        return
    found = tails_of_shares(count, of, before, of_before)
    assert found == pytest.approx(direct(count, of, before, of_before), abs=1e-9)


def test_tails_of_counts_are_the_binomial_sums() -> None:
    # 3 in one month after 4 in the three before: of 7, each falls here with chance 1/4.
    fewer = sum(comb(7, k) * 0.25**k * 0.75 ** (7 - k) for k in range(4))
    more = sum(comb(7, k) * 0.25**k * 0.75 ** (7 - k) for k in range(3, 8))
    assert tails_of_counts(3, 4, months_before=3) == pytest.approx((fewer, more))
    assert tails_of_counts(0, 4, months_before=3)[1] == 1.0
    assert tails_of_counts(3, 0, months_before=0) == (1.0, 1.0)


def test_two_sided_is_twice_the_smaller_tail_and_no_more_than_one() -> None:
    assert two_sided((0.01, 0.995)) == pytest.approx(0.02)
    assert two_sided((0.7, 0.6)) == 1.0
