"""The yardsticks of the plan's tasks, judged by themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.catalogue.tasks import Measure, State
from etl.task_states import judge

POSTS = Measure(
    task="I.1",
    what="reported_value",
    criterion="",
    comparison="at_least",
    met=Decimal(20),
    partly=Decimal(10),
    per_year=True,
)


@pytest.mark.parametrize(
    ("posts", "month", "state"),
    [(2, 1, "met"), (1, 1, "partly"), (0, 1, "not_met"), (5, 6, "partly"), (4, 6, "not_met")],
)
def test_both_thresholds_of_a_year_grow_with_its_months(
    posts: int, month: int, state: State
) -> None:
    assert judge(POSTS, Decimal(posts), None, month_number=month) == state
