import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.intervals import sample_size, wilson, wilson_pooled

counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_share_of_answers_rests_on_forms():
    low, high = wilson_pooled(490 / 858, 143)

    assert (round(float(low) * 100, 1), round(float(high) * 100, 1)) == (48.9, 64.9)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        # Newcombe (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(numerator, denominator, low, high):
    assert np.allclose(wilson(numerator, denominator), (low, high), atol=5e-5)


def test_no_cases_have_no_interval():
    low, high = wilson([0, np.nan, 3], [0, 10, np.nan])

    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_arrays_are_taken_row_by_row():
    low, high = wilson(np.array([1, 2]), np.array([10, 20]))

    assert low.shape == high.shape == (2,)
    assert float(low[1]) == float(wilson(2, 20)[0])


@given(counts)
def test_interval_holds_the_estimate_and_stays_in_bounds(pair):
    numerator, denominator = pair
    low, high = wilson(numerator, denominator)
    if denominator == 0:
        assert np.isnan(low)
    else:
        assert 0 <= low <= numerator / denominator <= high <= 1
        assert low < high


@given(counts)
def test_complement_mirrors_the_interval(pair):
    numerator, denominator = pair
    low, high = wilson(numerator, denominator)
    mirrored = wilson(denominator - numerator, denominator)

    assert np.allclose((low, high), (1 - mirrored[1], 1 - mirrored[0]), equal_nan=True)


@given(st.integers(1, 400), st.integers(2, 9))
def test_more_cases_narrow_the_interval(n, times):
    low, high = wilson(n // 2, n)
    closer_low, closer_high = wilson(n // 2 * times, n * times)

    assert closer_high - closer_low < high - low


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(numerator, denominator):
    with pytest.raises(ValueError, match="numerator"):
        wilson(numerator, denominator)


def test_impossible_share_is_refused():
    with pytest.raises(ValueError, match="share"):
        wilson_pooled([0.5, 1.01], [10, 10])


@pytest.mark.parametrize(("population", "forms"), [(300, 171), (1000, 286), (5000, 370), (0, 0)])
def test_sample_that_the_formula_asks_for(population, forms):
    assert sample_size(population) == forms


def test_wider_margin_needs_fewer_forms():
    assert sample_size(1000, margin=0.1) == 91


@pytest.mark.parametrize(("population", "margin"), [(-1, 0.05), (10, 0.0)])
def test_sample_of_nonsense_is_refused(population, margin):
    with pytest.raises(ValueError, match="margin"):
        sample_size(population, margin=margin)
