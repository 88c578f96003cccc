"""What a series can be said to show: from frames typed by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import shift_month
from dashboard.statistics.readings import EXACT, read_series, shown_limits
from dashboard.statistics.rules import OUTSIDE, SHIFT


def months(count: int, first: str = "2023-01") -> list[str]:
    return [shift_month(first, step) for step in range(count)]


def shares(
    counts: Sequence[tuple[int, int] | None], *, is_whole: Sequence[bool] | None = None
) -> pd.DataFrame:
    """Return a ratio's months: (numerator, denominator), None for a month without data."""
    x = [np.nan if pair is None else pair[0] for pair in counts]
    n = [np.nan if pair is None else pair[1] for pair in counts]
    return pd.DataFrame(
        {
            "month": months(len(counts)),
            "numerator": x,
            "denominator": n,
            "value": np.divide(x, n),
            "n": n,
            "is_whole": [True] * len(counts) if is_whole is None else is_whole,
        }
    )


STEADY = [(20, 100), (18, 100), (22, 100), (19, 100), (21, 100), (20, 100)] * 2


def late(counts: Sequence[tuple[int, int] | None], **options: object):  # type: ignore[no-untyped-def]
    return read_series(shares(counts), kind="ratio", direction="down", **options)  # type: ignore[arg-type]


def test_a_month_outside_is_a_concern_where_less_is_better() -> None:
    read = late([*STEADY, (45, 100)])
    assert (read.last_signal, read.last_move) == ("concern", 1)
    assert read.frame["rule"].iloc[-1] == OUTSIDE
    assert set(read.frame["signal"].iloc[:-1]) == {"common"}


def test_the_same_month_is_an_improvement_where_more_is_better() -> None:
    read = read_series(shares([*STEADY, (45, 100)]), kind="ratio", direction="up")
    assert read.last_signal == "improvement"
    neutral = read_series(shares([*STEADY, (45, 100)]), kind="ratio", direction="none")
    assert neutral.last_signal == "special"


def test_months_outside_do_not_make_the_others_look_good() -> None:
    read = late([*STEADY, (60, 100), (65, 100), (20, 100), (19, 100)])
    assert read.frame["signal"].tolist() == ["common"] * 12 + ["concern"] * 2 + ["common"] * 2


@pytest.mark.parametrize(("bad", "centre"), [(3, 0.20), (4, (10 * 20 + 4 * 60) / 1400)])
def test_no_more_than_a_quarter_of_the_months_is_left_out_of_the_limits(
    bad: int, centre: float
) -> None:
    read = late([(20, 100)] * (14 - bad) + [(60, 100)] * bad)
    assert read.frame["centre"].tolist() == pytest.approx([centre] * 14)


def test_a_share_near_one_is_judged_exactly_where_its_failures_are_few() -> None:
    read = read_series(shares([(98, 100)] * 12 + [(88, 100)]), kind="ratio", direction="up")
    assert read.frame["low_limit"].isna().all()
    assert (read.last_signal, read.frame["rule"].iloc[-1]) == ("concern", EXACT)


def test_a_small_month_is_judged_by_the_exact_test_alone() -> None:
    read = late([(1, 100)] * 12 + [(3, 100)])
    assert read.last_signal == "common"
    assert read.frame["low_limit"].isna().all()
    read = late([(1, 100)] * 12 + [(9, 100)])
    assert (read.last_signal, read.frame["rule"].iloc[-1]) == ("concern", EXACT)


def test_the_exact_test_asks_for_six_months_before() -> None:
    assert late([(1, 100)] * 5 + [(12, 100)]).last_signal == "common"
    assert late([(1, 100)] * 6 + [(12, 100)]).last_signal == "concern"


def test_a_month_cut_short_is_shown_and_never_judged() -> None:
    frame = shares([*STEADY, (45, 100)], is_whole=[True] * 12 + [False])
    read = read_series(frame, kind="ratio", direction="down")
    assert read.frame["signal"].iloc[-1] == "common"
    assert read.last == 11


def test_a_hole_is_a_hole() -> None:
    read = late([*STEADY[:6], None, *STEADY[6:]])
    assert read.frame["signal"].iloc[6] == ""
    assert np.isnan(read.frame["low_limit"].iloc[6])


def test_under_twelve_months_limits_are_on_trial_and_claim_nothing() -> None:
    trial = late([*STEADY[:10], (60, 100)])
    assert trial.is_trial
    assert trial.frame["value"].iloc[-1] > trial.frame["high_limit"].iloc[-1]
    assert set(trial.frame["signal"]) == {"common"}
    whole = late([*STEADY[:11], (60, 100)])
    assert (whole.is_trial, whole.last_signal) == (False, "concern")


def test_a_new_level_from_a_stated_month_is_no_signal() -> None:
    higher = [(x + 20, n) for x, n in STEADY]
    together = late([*STEADY, *higher])
    assert SHIFT in set(together.frame["rule"])
    apart = late([*STEADY, *higher], rebase_at=["2024-01"])
    assert set(apart.frame["signal"]) == {"common"}
    assert apart.frame["centre"].iloc[0] == pytest.approx(0.2)
    assert apart.frame["centre"].iloc[-1] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("target", "assurance"), [(0.5, "always"), (0.02, "never"), (0.2, "sometimes"), (None, "")]
)
def test_assurance_compares_the_target_with_ordinary_variation(
    target: float | None, assurance: str
) -> None:
    assert late(STEADY, target=target).assurance == assurance


def test_a_survey_is_judged_by_its_forms_not_its_answers() -> None:
    frame = shares([(900, 1000)] * 12 + [(860, 1000)])
    assert read_series(frame, kind="ratio", direction="up").last_signal == "concern"
    forms = frame.assign(n=100)
    assert read_series(forms, kind="ratio", direction="up").last_signal == "common"


def test_counts_are_read_as_individuals_when_large_and_exactly_when_small() -> None:
    def counted(values: list[int]) -> pd.DataFrame:
        return shares([(v, 1) for v in values]).assign(value=np.array(values, dtype=float))

    large = read_series(
        counted([300, 310, 295, 305, 298, 302, 307, 299, 303, 301, 296, 304, 390]),
        kind="flow",
        direction="none",
    )
    assert large.last_signal == "special"
    small = read_series(
        counted([0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 6]), kind="flow", direction="down"
    )
    assert (small.last_signal, small.frame["rule"].iloc[-1]) == ("concern", EXACT)


COUNTS = st.lists(
    st.one_of(
        st.none(),
        st.tuples(st.integers(0, 80), st.integers(0, 80)).map(lambda p: (p[0], p[0] + p[1])),
    ),
    min_size=1,
    max_size=30,
).map(lambda pairs: [None if pair is None or not pair[1] else pair for pair in pairs])


@given(COUNTS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter_and_shown_limits_stay_in_range(
    counts: list[tuple[int, int] | None], shuffler: object
) -> None:
    frame = shares(counts)
    order = list(range(len(frame)))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    read = read_series(frame, kind="ratio", direction="down")
    again = read_series(frame.iloc[order], kind="ratio", direction="down")
    pd.testing.assert_frame_equal(read.frame, again.frame)
    shown = shown_limits(read).to_numpy()
    shown = shown[np.isfinite(shown)]
    assert ((shown >= 0) & (shown <= 1)).all()
    assert (read.frame["signal"].eq("") == read.frame["value"].isna()).all()
