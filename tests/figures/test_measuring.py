from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.measuring import Placer, escape, spread, text_height, text_width, wrap

spans = st.lists(st.tuples(st.floats(-50, 350), st.floats(1, 40)), min_size=1, max_size=7)


def test_accents_do_not_widen():
    assert text_width("Tử", 10) == text_width("Tư", 10)
    assert text_width("Đ", 10) > text_width("i", 10)


def test_width_is_that_of_the_longest_line_without_tags():
    assert text_width("<b>ab</b><br>a", 10) == text_width("ab", 10)
    assert text_width("&lt;", 10) == text_width("<", 10)
    assert text_height("a<br>b", 10) == 2 * text_height("a", 10)


def test_a_letter_that_is_not_listed_has_a_width():
    assert text_width("漢ß", 10) > 0


def test_words_of_data_are_no_tags():
    assert escape('<a href="x">&') == '&lt;a href="x"&gt;&amp;'


def test_names_are_broken_evenly_and_never_cut():
    name = "Bộ phận Tiếp nhận và Trả kết quả"
    broken = wrap(name, size=13, width=150)

    assert broken.replace("<br>", " ") == name
    assert broken.count("<br>") == 1
    assert text_width(broken, 13) <= 150
    assert wrap("Ban CHQS", size=13, width=150) == "Ban CHQS"
    assert wrap("Siêudàikhôngcáchnàongắt", size=13, width=20) == "Siêudàikhôngcáchnàongắt"


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


@pytest.mark.parametrize("name", ["Văn phòng – Thống kê", "9,3\u00a0%  9/97 hồ sơ"])
def test_widths_are_near_what_the_font_draws(name):
    # Advance widths of Be Vietnam Pro 600 at 13 px, by fontTools.
    drawn = {"Văn phòng – Thống kê": 144.7, "9,3\u00a0%  9/97 hồ sơ": 112.6}[name]

    assert drawn <= text_width(name, 13) <= drawn * 1.05
