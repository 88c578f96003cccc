import numpy as np
import pandas as pd
import pytest

from dashboard.figures import months as time
from dashboard.figures.common import sheet
from dashboard.filters import months_between
from dashboard.theme import LIGHT


def drawn(width: int):
    return sheet(
        LIGHT, width=width, height=None, default_height=200, left=40, right=100, top=0, bottom=40
    )


def labels(first: str, last: str, width: int = 640) -> list[str]:
    return list(time.month_axis(months_between(first, last), drawn(width))["ticktext"])


def test_a_year_has_twelve_ticks_and_names_the_year_once():
    assert labels("2024-01", "2024-12") == ["T1<br>2024", *(f"T{m}" for m in range(2, 13))]


def test_two_years_have_a_tick_each_quarter_and_each_year_is_named():
    assert labels("2023-01", "2024-12") == [
        "T1<br>2023", "T4", "T7", "T10", "T1<br>2024", "T4", "T7", "T10",
    ]  # fmt: skip


def test_a_window_across_years_names_both():
    assert labels("2023-08", "2024-07", width=360) == ["T10<br>2023", "T1<br>2024", "T4", "T7"]


@pytest.mark.parametrize(("width", "first"), [(520, "T12"), (900, "T12<br>2023")])
def test_a_year_that_ends_beside_the_next_one_is_named_where_there_is_room(width, first):
    assert labels("2023-12", "2024-11", width=width)[:2] == [first, "T1<br>2024"]


@pytest.mark.parametrize("last", ["2024-12", "2025-12", "2027-12"])
def test_a_phone_has_at_most_four_ticks(last):
    assert 1 <= len(labels("2024-01", last, width=350)) <= 4


def test_a_single_month_has_its_tick():
    assert labels("2024-05", "2024-05") == ["T5<br>2024"]


def test_few_months_are_not_blown_up():
    low, high = time.span(["2024-05"])

    assert high - low == 5
    assert time.span(months_between("2024-01", "2024-12")) == (-0.5, 11.5)


def test_holes_in_a_frame_become_months_of_nothing():
    frame = pd.DataFrame({"month": ["2024-03", "2024-01"], "value": [0.3, 0.1]})

    rows = time.in_a_row(frame)

    assert list(rows["month"]) == ["2024-01", "2024-02", "2024-03"]
    assert list(rows["value"].isna()) == [False, True, False]


@pytest.mark.parametrize(
    ("is_in", "runs"),
    [([], []), ([True], [(0, 0)]), ([False, True, True, False, True], [(1, 2), (4, 4)])],
)
def test_stretches(is_in, runs):
    found = time.stretches(np.array(is_in, dtype=bool))

    assert [(run.first, run.last) for run in found] == runs


def test_stretches_are_named():
    months = months_between("2023-11", "2024-04")

    assert time.stretch_label(months, time.Stretch(2, 2)) == "Tháng 1"
    assert time.stretch_label(months, time.Stretch(3, 5)) == "Tháng 2–4"
    assert time.stretch_label(months, time.Stretch(0, 3)) == "Tháng 11/2023–2/2024"


def test_ribbon_is_parted_where_a_month_is_missing():
    low = np.array([1.0, 2.0, np.nan, 4.0])
    high = low + 10

    x, y = time.ribbon(low, high)

    gap = np.flatnonzero(np.isnan(x))
    assert list(gap) == [5]
    assert list(x[:5]) == [0, 1, 1, 0, 0]
    assert list(y[:5]) == [11, 12, 2, 1, 11]
    # The month that stands alone is a column, not a line without width.
    assert list(x[6:]) == [2.8, 3.2, 3.2, 2.8, 2.8]


def test_no_intervals_no_ribbon():
    x, y = time.ribbon(np.array([np.nan]), np.array([np.nan]))

    assert len(x) == len(y) == 0
