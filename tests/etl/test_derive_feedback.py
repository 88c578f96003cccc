"""When a feedback item must be answered, and from when it counts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from etl.catalogue.sources import FEEDBACK
from etl.settings import Settings
from etl.sources.feedback import derive
from etl.working_time import WorkingCalendar


def derived(**cells: Any) -> dict[str, Any]:
    """Derive one item: days as text, blanks as None."""
    frame = pd.DataFrame([{**dict.fromkeys(FEEDBACK.moments), "status": "received", **cells}])
    for name in FEEDBACK.moments:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    calendar = WorkingCalendar.from_settings(Settings.model_construct(), {})
    row = derive(frame, calendar=calendar, answer_days=15).iloc[0]
    days = {
        name: None if pd.isna(row[name]) else f"{row[name]:%Y-%m-%d}"
        for name in row.index
        if name.endswith("_on")
    }
    return {**row.to_dict(), **days}


@pytest.mark.parametrize(
    ("cells", "limit_on"),
    [
        # The next working day is 1: Friday 7 June, Monday 10 June is the first.
        ({"sent_at": "2024-06-07 16:00"}, "2024-06-28"),
        ({"sent_at": "2024-06-08"}, "2024-06-28"),
        # The last transfer starts the count again.
        ({"sent_at": "2024-06-07", "transferred_at": "2024-06-12"}, "2024-07-03"),
        # Over the holidays of 30/4 and 1/5, with Saturday 4/5 worked for Monday 29/4.
        ({"sent_at": "2024-04-19"}, "2024-05-14"),
    ],
)
def test_the_limit_is_the_fifteenth_working_day(cells: dict[str, str], limit_on: str) -> None:
    assert derived(**cells)["limit_on"] == limit_on


@pytest.mark.parametrize(
    ("answered_at", "is_on_time", "counted_on"),
    [
        ("2024-06-20 08:00", True, "2024-06-20"),
        ("2024-07-03 23:00", True, "2024-07-03"),
        ("2024-07-04", False, "2024-07-04"),
        ("2024-07-10", False, "2024-07-04"),
        (None, False, "2024-07-04"),
    ],
)
def test_an_item_counts_from_its_answer_or_the_day_after_its_limit(
    answered_at: str | None, is_on_time: bool, counted_on: str
) -> None:
    row = derived(sent_at="2024-06-07", transferred_at="2024-06-12", answered_at=answered_at)
    assert (row["is_on_time"], row["counted_on"]) == (is_on_time, counted_on)


def test_days_lose_their_time() -> None:
    row = derived(
        sent_at="2024-06-07 09:00", answered_at="2024-06-10 10:00", published_at="2024-06-11 11:00"
    )
    assert (row["sent_on"], row["answered_on"], row["published_on"]) == (
        "2024-06-07",
        "2024-06-10",
        "2024-06-11",
    )


@pytest.mark.parametrize(
    ("status", "is_refused", "is_excluded"),
    [("refused", True, True), ("awaiting_sender", False, True), ("in_progress", False, False)],
)
def test_refused_and_waiting_items_are_excluded(
    status: str, is_refused: bool, is_excluded: bool
) -> None:
    row = derived(sent_at="2024-06-07", status=status)
    assert (row["is_refused"], row["is_excluded"]) == (is_refused, is_excluded)
