"""Limits against published references, and what must hold for any series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.statistics.limits import (
    mean_moving_range,
    p_limits,
    spread_of,
    xmr_limits,
)

TOLERANCE = 1e-6
MONTGOMERY = 3 / 1.128
"""The exact constant of an individuals chart."""


@pytest.fixture(scope="module")
def nhsr(reference: Path) -> pd.DataFrame:
    return pd.read_csv(reference / "spc" / "nhsr_snapshot_cases.csv")


@pytest.fixture(scope="module")
def montgomery(reference: Path) -> pd.DataFrame:
    return pd.read_csv(reference / "spc" / "montgomery_reference.csv")


@pytest.mark.parametrize(
    ("series", "is_screened"),
    [
        ("snap_r1_rnorm20_screen", True),
        ("snap_r2_outlier_screen", True),
        ("snap_r3_outlier_noscreen", False),
        ("two_of_three_opposite_sides", True),
    ],
)
def test_individuals_are_those_of_nhsrplotthedots(
    nhsr: pd.DataFrame, series: str, is_screened: bool
) -> None:
    own = nhsr[nhsr["series"] == series]
    limits = xmr_limits(own["y"].to_numpy(), is_screened=is_screened)
    np.testing.assert_allclose(limits.centre, own["mean"], atol=TOLERANCE)
    np.testing.assert_allclose(limits.low, own["lpl"], atol=TOLERANCE)
    np.testing.assert_allclose(limits.high, own["upl"], atol=TOLERANCE)


def test_individuals_with_limits_from_the_first_points(nhsr: pd.DataFrame) -> None:
    own = nhsr[nhsr["series"] == "snap_fix12"]
    limits = xmr_limits(own["y"].to_numpy()[:12])
    assert limits.low[0] == pytest.approx(own["lpl"].iloc[0], abs=TOLERANCE)
    assert limits.high[0] == pytest.approx(own["upl"].iloc[0], abs=TOLERANCE)


def test_individuals_are_montgomerys_with_his_constant_and_no_screening(
    montgomery: pd.DataFrame,
) -> None:
    own = montgomery[montgomery["series"] == "ex_6.5_3"]
    first = own["y"].to_numpy()[:20]
    limits = xmr_limits(first, constant=MONTGOMERY, is_screened=False)
    assert limits.centre[0] == pytest.approx(own["cl"].iloc[0], abs=TOLERANCE)
    assert limits.low[0] == pytest.approx(own["lcl"].iloc[0], abs=TOLERANCE)
    assert limits.high[0] == pytest.approx(own["ucl"].iloc[0], abs=TOLERANCE)
    # Wheeler rounds the constant: 2.66 for 2.6596.
    ours = xmr_limits(first, is_screened=False)
    assert ours.high[0] - limits.high[0] == pytest.approx(
        (2.66 - MONTGOMERY) * mean_moving_range(first, is_screened=False), abs=TOLERANCE
    )


def test_shares_are_montgomerys_with_a_varying_denominator(montgomery: pd.DataFrame) -> None:
    own = montgomery[montgomery["series"] == "tbl_7.4_1"]
    limits = p_limits(own["y.sum"].sum() / own["n"].sum(), own["n"].to_numpy())
    np.testing.assert_allclose(limits.centre, own["cl"], atol=TOLERANCE)
    # The reference cuts limits off at 0, we only when they are shown.
    np.testing.assert_allclose(np.maximum(limits.low, 0), own["lcl"], atol=TOLERANCE)
    np.testing.assert_allclose(limits.high, own["ucl"], atol=TOLERANCE)


def test_shares_are_montgomerys_with_two_samples_left_out(montgomery: pd.DataFrame) -> None:
    own = montgomery[(montgomery["series"] == "ex_7.1_5") & (montgomery["part"] == 1)]
    used = own[own["include"]]
    limits = p_limits(used["y.sum"].sum() / used["n"].sum(), used["n"].to_numpy())
    assert limits.centre[0] == pytest.approx(own["cl"].iloc[0], abs=TOLERANCE)
    assert limits.high[0] == pytest.approx(own["ucl"].iloc[0], abs=TOLERANCE)


def test_ranges_far_beyond_the_others_are_left_out_once() -> None:
    # Ranges 1, 1, 1, 1, 1, 1, 20: mean 26/7, times 3.267 = 12.1, so 20 goes and 1 stays.
    values = np.array([0.0, 1, 0, 1, 0, 1, 0, 20])
    assert mean_moving_range(values) == 1.0
    assert mean_moving_range(values, is_screened=False) == pytest.approx(26 / 7)


def test_one_month_or_none_has_no_width() -> None:
    assert xmr_limits(np.array([3.0])).high.tolist() == [3.0]
    assert xmr_limits(np.array([])).high.tolist() == []


SERIES = st.lists(
    st.floats(-1e3, 1e3, allow_nan=False).map(lambda value: round(value, 3)),
    min_size=2,
    max_size=30,
).map(np.array)


@given(SERIES, st.floats(-1e3, 1e3, allow_nan=False))
def test_a_shift_of_the_series_shifts_its_limits(values: np.ndarray, by: float) -> None:
    before = xmr_limits(values, is_screened=False)
    after = xmr_limits(values + by, is_screened=False)
    np.testing.assert_allclose(after.low, before.low + by, atol=1e-6)
    np.testing.assert_allclose(after.high, before.high + by, atol=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=24).map(
        lambda pairs: [(x, x + rest + 1) for x, rest in pairs]
    )
)
def test_limits_of_shares_are_wider_where_there_is_less_and_never_narrowed(
    counts: list[tuple[int, int]],
) -> None:
    x, n = np.array(counts, dtype=float).T
    assert spread_of(x, n) >= 1.0
    limits = p_limits(x.sum() / n.sum(), n)
    width = limits.high - limits.low
    order = np.argsort(n)
    assert (np.diff(width[order]) <= 1e-12).all()
