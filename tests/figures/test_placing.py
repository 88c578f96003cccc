from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.placing import Placer, spread

spans = st.lists(st.tuples(st.floats(-50, 350), st.floats(1, 40)), min_size=1, max_size=7)


@given(spans)
def test_spread_spans_do_not_overlap_and_keep_their_order(pairs):
    centres, sizes = [c for c, _ in pairs], [s for _, s in pairs]
    moved = spread(centres, sizes, low=0, high=300)
    order = sorted(range(len(pairs)), key=lambda i: centres[i])

    for before, after in pairwise(order):
        assert moved[after] - moved[before] >= (sizes[before] + sizes[after]) / 2 - 1e-6
    assert min(m - s / 2 for m, s in zip(moved, sizes, strict=True)) >= -1e-6
    assert max(m + s / 2 for m, s in zip(moved, sizes, strict=True)) <= 300 + 1e-6


def test_spans_apart_stay_where_they_are():
    assert spread([10, 100], [20, 20], low=0, high=200) == [10, 100]


def test_a_box_goes_to_the_nearest_free_place():
    placer = Placer(100, 100)
    placer.take(np.array([[0, 0, 100, 50]]))

    found = placer.place(20, 10, placer.grid(near=(50, 20)))

    assert found is not None
    assert found[1] - 5 >= 50
    assert placer.place(20, 10, np.array([found])) is None


def test_no_room_is_said():
    placer = Placer(100, 100)

    assert placer.place(200, 10, placer.grid(near=(50, 50))) is None
    assert placer.place(10, 10, np.empty((0, 2))) is None


def test_a_line_is_kept_free():
    placer = Placer(100, 100)
    placer.take_line([0, 100], [50, 50], thickness=4)

    assert placer.place(10, 10, np.array([[50.0, 50.0]])) is None
    assert placer.place(10, 10, np.array([[50.0, 20.0]])) == (50, 20)
