import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.scales import count_scale, percent_scale


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([90.0, 90.2], ["89", "90", "91", "92\u00a0%"]),
        ([99.9, 100.0], ["98", "98,5", "99", "99,5", "100\u00a0%"]),
        ([90.83], ["89", "90", "91", "92\u00a0%"]),
        ([0.0, 0.3], ["0", "0,5", "1", "1,5", "2\u00a0%"]),
        ([84.0, 92.5], ["82,5", "85", "87,5", "90", "92,5\u00a0%"]),
        ([], ["0", "25", "50", "75", "100\u00a0%"]),
    ],
    ids=["narrow", "at the top", "alone", "at the bottom", "wide", "none"],
)
def test_a_scale_in_percent_is_read_in_halves_of_a_point_at_the_finest(values, labels):
    assert list(percent_scale(values).labels) == labels


@given(st.lists(st.floats(0, 100), min_size=1, max_size=5))
def test_a_scale_in_percent_holds_its_values_and_is_never_of_nothing(values):
    scale = percent_scale(values)

    assert scale.low <= min(values) <= max(values) <= scale.high + 1e-6
    assert scale.ticks[-1] - scale.ticks[0] >= 2 - 1e-9
    assert scale.ticks[0] >= 0
    assert scale.ticks[-1] <= 100
    assert 2 <= len(scale.ticks) <= 6


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (7, 8), (331, 400)])
def test_a_scale_of_counts_begins_at_zero_in_whole_numbers(most, top):
    scale = count_scale([np.nan, most])

    assert (scale.low, scale.ticks[-1]) == (0, top)
    assert not (scale.ticks % 1).any()
