"""Which ranks the intervals leave open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.statistics.ranks import rank_ranges


def ranked(*rows: tuple[float, int | None]) -> pd.DataFrame:
    return rank_ranges(pd.DataFrame(rows, columns=["value", "respondents"]))


def test_overlapping_intervals_leave_ranks_open() -> None:
    found = ranked((0.92, 300), (0.91, 300), (0.60, 300))
    assert found["best_rank"].tolist() == [1, 1, 3]
    assert found["worst_rank"].tolist() == [2, 2, 3]


def test_a_unit_that_does_not_say_how_many_were_asked_has_no_range() -> None:
    found = ranked((0.99, None), (0.90, 300), (0.50, None))
    assert found["best_rank"].isna().tolist() == [True, False, True]
    assert (found["best_rank"][1], found["worst_rank"][1]) == (2, 2)


def test_the_rank_by_value_always_lies_in_the_range() -> None:
    chance = np.random.default_rng(1)
    for _ in range(50):
        value = chance.uniform(0.6, 1.0, 12)
        asked = chance.integers(20, 400, 12)
        found = rank_ranges(pd.DataFrame({"value": value, "respondents": asked}))
        rank = pd.Series(value).rank(ascending=False, method="min")
        assert (found["best_rank"] <= rank).all() and (rank <= found["worst_rank"]).all()
