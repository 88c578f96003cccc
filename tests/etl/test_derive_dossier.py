"""What the marts count follows from a dossier's dates, status and the working calendar alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from etl.catalogue.sources import DOSSIER
from etl.settings import Settings
from etl.sources.dossier import derive, status_code
from etl.working_time import WorkingCalendar

RECEIVED = {"received_at": "2024-06-03 08:00"}
ONLINE = {"channel": "online", "submitted_at": "2024-06-03 07:30"}


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return WorkingCalendar.from_settings(Settings.model_construct(), {})


def dossier(**cells: Any) -> pd.DataFrame:
    """Return a cleaned row; what is not named is blank."""
    blank = dict.fromkeys(("field", "channel", "status", "supplement_count"))
    frame = pd.DataFrame([{**dict.fromkeys(DOSSIER.moments), **blank, **cells}], dtype=object)
    for name in DOSSIER.moments:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame.astype({"supplement_count": "Int64"})


@pytest.fixture
def derived(calendar: WorkingCalendar):  # type: ignore[no-untyped-def]
    """Derive one dossier: days as text, blanks as None."""

    def derive_one(**cells: Any) -> dict[str, Any]:
        row = derive(dossier(**cells), calendar=calendar, intake_limit_hours=8).iloc[0]
        return {
            name: None
            if pd.isna(value)
            else f"{value:%Y-%m-%d}"
            if isinstance(value, pd.Timestamp)
            else value
            for name, value in row.items()
        }

    return derive_one


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"status": "done"}, "done"),
        ({"status": "other", "returned_at": "2024-06-12"}, "other"),
        ({"finished_at": "2024-06-11", "returned_at": "2024-06-12"}, "returned"),
        ({"finished_at": "2024-06-11"}, "done"),
        ({**RECEIVED, "supplement_requested_at": "2024-06-04"}, "awaiting_supplement"),
        (
            {
                **RECEIVED,
                "supplement_requested_at": "2024-06-04",
                "supplemented_at": "2024-06-05",
            },
            "in_progress",
        ),
        (RECEIVED, "in_progress"),
        ({"submitted_at": "2024-06-03"}, "new"),
    ],
)
def test_a_missing_status_follows_from_the_dates(cells: dict[str, str], status: str) -> None:
    assert status_code(dossier(**cells)).tolist() == [status]


@pytest.mark.parametrize(
    ("cells", "outcome", "closed_on"),
    [
        (RECEIVED, "open", None),
        ({**RECEIVED, "finished_at": "2024-06-12 09:00"}, "resolved", "2024-06-12"),
        ({**RECEIVED, "returned_at": "2024-06-13"}, "resolved", "2024-06-13"),
        (
            {**RECEIVED, "finished_at": "2024-06-12", "returned_at": "2024-06-17"},
            "resolved",
            "2024-06-12",
        ),
        ({**RECEIVED, "status": "done"}, "open", None),
        ({**RECEIVED, "status": "other", "finished_at": "2024-06-12"}, "resolved", "2024-06-12"),
        ({**RECEIVED, "status": "suspended", "finished_at": "2024-06-12"}, "open", None),
        ({**RECEIVED, "status": "awaiting_supplement", "finished_at": "2024-06-12"}, "open", None),
        ({**RECEIVED, "status": "awaiting_payment", "returned_at": "2024-06-12"}, "open", None),
        # Withdrawal beats other dates, and closes with the last thing that happened.
        ({**RECEIVED, "status": "withdrawn"}, "withdrawn", "2024-06-03"),
        (
            {
                **RECEIVED,
                "status": "withdrawn",
                "due_at": "2024-06-20",
                "supplement_requested_at": "2024-06-10",
            },
            "withdrawn",
            "2024-06-10",
        ),
        ({**RECEIVED, "status": "stopped", "finished_at": "2024-06-12"}, "withdrawn", "2024-06-12"),
        ({"status": "new", "submitted_at": "2024-06-03"}, "unreceived", None),
        ({"status": "refused", "finished_at": "2024-06-04"}, "refused", None),
        ({**RECEIVED, "status": "refused"}, "refused", None),
    ],
)
def test_outcomes(derived, cells: dict[str, str], outcome: str, closed_on: str | None) -> None:  # type: ignore[no-untyped-def]
    row = derived(**cells)
    assert (row["outcome"], row["closed_on"]) == (outcome, closed_on)


def test_refused_and_new_dossiers_were_never_received(derived) -> None:  # type: ignore[no-untyped-def]
    for cells in ({**RECEIVED, "status": "refused"}, {"status": "new"}):
        row = derived(**cells)
        assert (row["received_on"], row["entered_on"]) == (None, None)


def test_a_dossier_enters_no_later_than_it_closes(derived) -> None:  # type: ignore[no-untyped-def]
    row = derived(**RECEIVED, finished_at="2024-06-01")
    assert (row["received_on"], row["closed_on"]) == ("2024-06-03", "2024-06-01")
    assert row["entered_on"] == "2024-06-01"
    assert derived(**RECEIVED)["entered_on"] == "2024-06-03"


@pytest.mark.parametrize(
    ("due_at", "due_on"),
    [
        ("2024-06-10 16:00", "2024-06-10"),
        ("2024-06-03", "2024-06-03"),
        ("2024-06-02 23:59", None),
        (None, None),
    ],
)
def test_a_due_day_before_the_reception_is_set_aside(  # type: ignore[no-untyped-def]
    derived, due_at: str | None, due_on: str | None
) -> None:
    assert derived(**RECEIVED, due_at=due_at)["due_on"] == due_on


def test_only_what_is_resolved_was_returned(derived) -> None:  # type: ignore[no-untyped-def]
    ready = {**RECEIVED, "finished_at": "2024-06-12", "returned_at": "2024-06-17 09:00"}
    assert derived(**ready)["returned_on"] == "2024-06-17"
    assert derived(**ready, status="stopped")["returned_on"] is None
    assert derived(**ready, apology_sent_at="2024-06-18 10:00")["apology_on"] == "2024-06-18"


@pytest.mark.parametrize(
    ("cells", "requests", "after_intake"),
    [
        ({}, 0, 0),
        ({"supplement_requested_at": "2024-06-05"}, 1, 1),
        ({"supplement_requested_at": "2024-06-02"}, 1, 0),
        # Before by time where both have one, else by day.
        ({"supplement_requested_at": "2024-06-03 07:00"}, 1, 0),
        ({"supplement_requested_at": "2024-06-03 09:00"}, 1, 1),
        ({"supplement_requested_at": "2024-06-03"}, 1, 1),
        ({"supplement_count": 2}, 2, 2),
        ({"supplement_count": 2, "supplement_requested_at": "2024-06-02"}, 2, 1),
        ({"supplement_count": 0, "supplement_requested_at": "2024-06-02"}, 0, 0),
    ],
)
def test_requests(derived, cells: dict[str, Any], requests: int, after_intake: int) -> None:  # type: ignore[no-untyped-def]
    row = derived(**RECEIVED, **cells)
    assert (row["requests"], row["requests_after_intake"]) == (requests, after_intake)


def test_waiting_days(derived) -> None:  # type: ignore[no-untyped-def]
    row = derived(
        **RECEIVED, supplement_requested_at="2024-06-05 10:00", supplemented_at="2024-06-10"
    )
    assert (row["waiting_from"], row["waiting_to"]) == ("2024-06-05", "2024-06-10")


COMPLETE = {
    **RECEIVED,
    "field": "Hộ tịch",
    "channel": "direct",
    "due_at": "2024-06-10",
    "finished_at": "2024-06-07",
    "status": "done",
}


@pytest.mark.parametrize("missing", ["", "field", "channel", "due_at", "status", "finished_at"])
def test_a_complete_record_has_all_five(derived, missing: str) -> None:  # type: ignore[no-untyped-def]
    cells = {name: value for name, value in COMPLETE.items() if name != missing}
    assert derived(**cells)["is_complete"] == (missing == "")


def test_an_open_dossier_needs_no_finish_to_be_complete(derived) -> None:  # type: ignore[no-untyped-def]
    cells = {**COMPLETE, "status": "in_progress", "finished_at": None}
    assert derived(**cells)["is_complete"]


@pytest.mark.parametrize(
    ("cells", "within", "counted_on"),
    [
        # Submitted at 07:30, the limit is 07:30 of the next working day.
        ({"received_at": "2024-06-03 16:00"}, True, "2024-06-03"),
        ({"received_at": "2024-06-04 07:30"}, True, "2024-06-04"),
        ({"received_at": "2024-06-04 07:31"}, False, "2024-06-04"),
        ({"received_at": "2024-06-06 08:00"}, False, "2024-06-04"),
        ({}, False, "2024-06-04"),
        ({"supplement_requested_at": "2024-06-03 09:00"}, True, "2024-06-03"),
        (
            {"supplement_requested_at": "2024-06-03 09:00", "received_at": "2024-06-06 08:00"},
            True,
            "2024-06-03",
        ),
        ({"status": "refused", "finished_at": "2024-06-03 15:00"}, True, "2024-06-03"),
        ({"status": "refused", "returned_at": "2024-06-05 15:00"}, False, "2024-06-04"),
        # The end of handling decides nothing about the intake of one that was not refused.
        ({"status": "new", "finished_at": "2024-06-03 15:00"}, False, "2024-06-04"),
    ],
)
def test_intake_of_online_dossiers(  # type: ignore[no-untyped-def]
    derived, cells: dict[str, str], within: bool, counted_on: str
) -> None:
    row = derived(**ONLINE, **cells)
    assert (row["intake_on"], row["intake_no_time"]) == ("2024-06-03", False)
    assert (row["intake_within"], row["intake_counted_on"]) == (within, counted_on)


@pytest.mark.parametrize(
    "cells",
    [
        {"submitted_at": "2024-06-03", "received_at": "2024-06-03 08:00"},
        {"submitted_at": "2024-06-03 07:30", "received_at": "2024-06-03"},
        {"submitted_at": "2024-06-03"},
    ],
)
def test_intake_without_a_time_of_day_is_counted_beside(derived, cells: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    row = derived(channel="online", **cells)
    assert (row["intake_no_time"], row["intake_within"]) == (True, False)


@pytest.mark.parametrize("channel", ["direct", "post", "other", None])
def test_only_online_dossiers_have_an_intake(derived, channel: str | None) -> None:  # type: ignore[no-untyped-def]
    row = derived(**{**ONLINE, **RECEIVED, "channel": channel})
    assert (row["intake_on"], row["intake_counted_on"]) == (None, None)
    assert (row["intake_within"], row["intake_no_time"]) == (False, False)


def test_days_are_midnights(calendar: WorkingCalendar) -> None:
    rows = dossier(**ONLINE, **RECEIVED, finished_at="2024-06-12 09:15", due_at="2024-06-11 16:00")
    found = derive(rows, calendar=calendar, intake_limit_hours=8)
    days = [name for name in found if name.endswith("_on")]
    assert len(days) == 8
    assert all((found[name].dropna() == found[name].dropna().dt.normalize()).all() for name in days)


def test_the_rows_that_came_in_are_not_touched(calendar: WorkingCalendar) -> None:
    rows = dossier(**RECEIVED)
    before = rows.copy()
    derive(rows, calendar=calendar, intake_limit_hours=8)
    pd.testing.assert_frame_equal(rows, before)
