"""Claims: rare in offices where nothing happens, there where something does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.statistics.claims import LEVEL, Series, find_claims, lies_below
from tests.statistics.offices import (
    BASELINE,
    CRITERIA,
    MONTHS,
    stable_criteria,
    stable_offices,
)

OFFICES = 500
JUDGED = ("2024-04", "2024-12")
"""Two months far enough apart to share none of the months they are held against."""


def test_stable_offices_hear_of_nothing_in_nineteen_months_of_twenty() -> None:
    offices = zip(
        stable_offices(OFFICES, seed=2024), stable_criteria(OFFICES, seed=2024), strict=True
    )
    alarms = [
        bool(find_claims(office, month=month)) or is_low[MONTHS.index(month) - 11].any()
        for office, (shares, n) in offices
        for is_low in [lies_below(shares, n[:, None], baseline=BASELINE, among=CRITERIA)]
        for month in JUDGED
    ]
    assert len(alarms) == OFFICES * len(JUDGED)
    assert np.mean(alarms) <= LEVEL


def test_a_criterion_lies_below_where_even_six_looks_leave_no_doubt() -> None:
    assert lies_below(0.86, 449, baseline=0.9083, among=6)
    # Under the baseline in one look, up to 90,6 %; in one of six it may reach 91,3 %.
    assert lies_below(0.875, 449, baseline=0.9083, among=1)
    assert not lies_below(0.875, 449, baseline=0.9083, among=6)
    assert not lies_below(float("nan"), 0, baseline=0.9083, among=6)


def changed(office: list[Series], key: str, counts: dict[str, tuple[int, int]]) -> list[Series]:
    """Return the office with other counts in some months of a series."""
    return [
        replace(one, frame=_with(one.frame, counts)) if one.key == key else one for one in office
    ]


def _with(frame, counts):  # type: ignore[no-untyped-def]
    frame = frame.copy()
    for month, (x, n) in counts.items():
        at = frame["month"] == month
        frame.loc[at, ["numerator", "denominator", "n"]] = (x, n, n)
        frame.loc[at, "value"] = x / n
    return frame


@pytest.fixture
def office() -> list[Series]:
    return next(stable_offices(1, seed=7))


def test_a_department_that_slips_in_one_month_is_named(office: list[Series]) -> None:
    key = "Địa chính – Xây dựng"
    slipped = changed(office, key, {"2024-12": (12, 90)})
    (claim,) = find_claims(slipped, month="2024-12")
    assert (claim.key, claim.span, claim.signal) == (key, 1, "concern")


def test_a_department_that_slips_a_little_for_three_months_is_named(
    office: list[Series],
) -> None:
    key = "Địa chính – Xây dựng"
    little = dict.fromkeys(MONTHS[-3:], (8, 85))
    (claim,) = find_claims(changed(office, key, little), month="2024-12")
    assert (claim.key, claim.span) == (key, 3)


def test_what_is_over_is_no_news(office: list[Series]) -> None:
    key = "Địa chính – Xây dựng"
    over = {"2024-10": (12, 90), "2024-11": (12, 90), "2024-12": (0, 90)}
    assert not find_claims(changed(office, key, over), month="2024-12")


def test_a_change_for_the_better_is_an_improvement(office: list[Series]) -> None:
    better = changed(office, "online_rate", {"2024-12": (260, 310)})
    (claim,) = find_claims(better, month="2024-12")
    assert claim.signal == "improvement"


def test_a_month_that_is_not_whole_makes_no_claim(office: list[Series]) -> None:
    key = "Địa chính – Xây dựng"
    slipped = [
        replace(one, frame=one.frame.assign(is_whole=one.frame["month"] != "2024-12"))
        for one in changed(office, key, {"2024-12": (12, 90)})
    ]
    assert not find_claims(slipped, month="2024-12")


def test_months_that_always_differ_more_than_chance_count_for_less(
    office: list[Series],
) -> None:
    key = "online_rate"
    restless = {month: ((120, 300), (240, 300))[i % 2] for i, month in enumerate(MONTHS[:-1])}
    restless["2024-12"] = (235, 300)
    assert not find_claims(changed(office, key, restless), month="2024-12")


def test_months_of_few_cases_lose_none_of_them_to_rounding() -> None:
    # 24 cases in twelve months, a little more unevenly than chance; then 7 in one.
    cases = [1, 1, 4, 1, 1, 4, 1, 1, 4, 1, 1, 4, 7]
    frame = pd.DataFrame({"month": MONTHS[-13:], "numerator": cases, "denominator": 100})
    frame = frame.assign(value=frame["numerator"] / 100, n=100, is_whole=True)
    uneven = Series("late_rate", "ratio", "down", frame)
    even = replace(uneven, frame=frame.assign(numerator=[2] * 12 + [7]))
    even = replace(even, frame=even.frame.assign(value=even.frame["numerator"] / 100))

    def p_of(one: Series) -> float:
        (claim,) = find_claims([one], month="2024-12", level=1.0)
        return claim.p

    assert p_of(uneven) > p_of(even)
