"""Working days and working hours, against worked vectors and a slow oracle."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import UserError
from etl.settings import SQL_DIR, Settings
from etl.working_time import FIRST_DAY, LAST_DAY, WorkingCalendar

SWAPS_2026 = {date(2026, 1, 2): False, date(2026, 1, 10): True}


def calendar(*, overrides: dict[date, bool] = SWAPS_2026, **settings: object) -> WorkingCalendar:
    """The calendar of the default settings, whatever the environment says."""
    return WorkingCalendar.from_settings(Settings.model_construct(None, **settings), overrides)


OFFICE = calendar()
SIX_DAYS = calendar(saturday_working=True)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def times(*moments: str | None) -> pd.Series:
    return pd.Series(np.array([moment or "NaT" for moment in moments], dtype="datetime64[s]"))


@cache
def is_worked(day: date, *, calendar: WorkingCalendar) -> bool:
    return bool(calendar.is_working(pd.Series([pd.Timestamp(day)])).iloc[0])


def oracle_add_hours(moment: datetime, hours: int, *, calendar: WorkingCalendar) -> datetime:
    """Step through the minutes and count those that are worked."""
    left = hours * 60
    while left:
        worked = is_worked(moment.date(), calendar=calendar) and any(
            start <= moment.time() < end for start, end in calendar.shifts
        )
        left -= worked
        moment += MINUTE
    return moment


def oracle_add_days(day: date, n: int, *, calendar: WorkingCalendar) -> date:
    while n:
        day += DAY
        n -= is_worked(day, calendar=calendar)
    return day


@pytest.mark.parametrize(
    ("submitted", "limit"),
    [
        ("2024-04-26 16:00", "2024-05-02 16:00"),
        ("2024-05-03 16:00", "2024-05-04 16:00"),
        ("2024-02-07 15:00", "2024-02-15 15:00"),
        ("2024-06-12 20:00", "2024-06-13 17:00"),
        ("2024-06-12 07:00", "2024-06-12 17:00"),
        ("2024-06-12 06:00", "2024-06-12 17:00"),
        ("2024-06-12 12:00", "2024-06-13 11:30"),
        ("2024-06-12 17:00", "2024-06-13 17:00"),
        ("2025-12-31 16:00", "2026-01-05 16:00"),
        ("2026-01-09 16:00", "2026-01-10 16:00"),
    ],
)
def test_eight_working_hours(submitted: str, limit: str) -> None:
    assert OFFICE.add_working_hours(times(submitted), 8).tolist() == times(limit).tolist()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Public holidays, with the Saturdays worked in exchange.
        ((2023, 1, 26), False),
        ((2023, 5, 3), False),
        ((2023, 9, 4), False),
        ((2024, 2, 14), False),
        ((2024, 4, 29), False),
        ((2024, 5, 4), True),
        ((2024, 5, 11), False),
        ((2024, 9, 3), False),
        ((2025, 4, 26), True),
        ((2025, 5, 2), False),
        ((2025, 9, 1), False),
        ((2026, 1, 2), False),
        ((2026, 1, 10), True),
        ((2026, 8, 22), True),
        ((2026, 8, 31), False),
        ((2026, 8, 28), True),
    ],
)
def test_known_days(day: tuple[int, int, int], expected: bool) -> None:
    assert is_worked(date(*day), calendar=OFFICE) is expected


def test_the_seed_holds_only_what_the_library_misses() -> None:
    with (SQL_DIR / "seed" / "holiday_overrides.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            date.fromisoformat(row["date"]): row["is_working"] == "1"
            for row in csv.DictReader(file)
        }
    library = calendar(overrides={})
    assert rows == SWAPS_2026
    assert all(is_worked(day, calendar=library) is not worked for day, worked in rows.items())


def test_saturday_is_a_setting() -> None:
    saturday = date(2024, 6, 15)
    assert not is_worked(saturday, calendar=OFFICE)
    assert is_worked(saturday, calendar=SIX_DAYS)
    assert not is_worked(saturday + DAY, calendar=SIX_DAYS)
    assert SIX_DAYS.add_working_hours(times("2024-06-14 16:00"), 8).tolist() == [
        pd.Timestamp("2024-06-15 16:00")
    ]


def test_hours_are_a_setting() -> None:
    late = calendar(morning_start=time(7, 30), afternoon_end=time(16, 30))
    assert late.add_working_hours(times("2024-06-12 07:00"), 8).tolist() == [
        pd.Timestamp("2024-06-13 08:30")
    ]
    with pytest.raises(UserError, match="MORNING_END"):
        calendar(morning_end=time(14, 0))


def test_next_working_day_is_one() -> None:
    days = times("2024-04-26 09:30", "2024-05-03", None)
    assert OFFICE.add_working_days(days, 1).tolist()[:2] == [
        pd.Timestamp("2024-05-02"),
        pd.Timestamp("2024-05-04"),
    ]
    assert OFFICE.add_working_days(days, 0).tolist()[0] == pd.Timestamp("2024-04-26")
    assert OFFICE.add_working_days(days, pd.Series([2, 0, 5])).tolist()[:2] == [
        pd.Timestamp("2024-05-03"),
        pd.Timestamp("2024-05-03"),
    ]
    assert OFFICE.next_working_days(date(2024, 4, 26), 3) == [
        date(2024, 5, 2),
        date(2024, 5, 3),
        date(2024, 5, 4),
    ]


def test_days_between_counts_after_the_start() -> None:
    friday, swapped = date(2024, 4, 26), date(2024, 5, 4)
    assert OFFICE.working_days_between(friday, swapped) == 3
    assert OFFICE.working_days_between(swapped, friday) == -3
    assert OFFICE.working_days_between(friday, friday) == 0
    assert OFFICE.working_days_between(times("2024-05-02", None), swapped).tolist() == [2, pd.NA]
    ends = times("2024-05-03", "2024-05-03")
    assert OFFICE.working_days_between(times("2024-05-02", None), ends).tolist() == [1, pd.NA]


def test_blanks_and_foreign_dates_stay_blank() -> None:
    moments = pd.Series(
        np.array(["NaT", "1900-01-01", "2204-06-12", "2100-12-31T20:00"], dtype="datetime64[s]"),
        index=[7, 3, 1, 0],
        name="submitted_at",
    )
    for found in (OFFICE.add_working_hours(moments, 8), OFFICE.add_working_days(moments, 1)):
        assert found.isna().all()
        assert found.dtype == "datetime64[s]"
        assert found.index.tolist() == [7, 3, 1, 0]
        assert found.name == "submitted_at"
    assert OFFICE.is_working(moments).tolist() == [False, False, False, True]
    assert OFFICE.next_working_days(date(1900, 1, 1), 2) == []
    assert OFFICE.add_working_hours(moments.iloc[:0], 8).empty


def test_hours_may_differ_by_row() -> None:
    found = OFFICE.add_working_hours(
        times("2024-06-12 07:00", "2024-06-12 07:00"), pd.Series([4.5, 9.0])
    )
    assert found.tolist() == times("2024-06-12 11:30", "2024-06-13 08:00").tolist()


def test_hours_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="above 0"):
        OFFICE.add_working_hours(times("2024-06-12"), 0)


def test_the_calendar_covers_its_century() -> None:
    assert OFFICE.next_working_days(FIRST_DAY, 1) == [date(1990, 1, 2)]
    assert is_worked(LAST_DAY, calendar=OFFICE)


@given(
    moment=st.datetimes(datetime(1995, 1, 1), datetime(2060, 1, 1)).map(
        lambda m: m.replace(second=0, microsecond=0)
    ),
    hours=st.integers(1, 30),
    office=st.sampled_from([OFFICE, SIX_DAYS]),
)
def test_hours_agree_with_stepping_minutes(
    moment: datetime, hours: int, office: WorkingCalendar
) -> None:
    found = office.add_working_hours(pd.Series([pd.Timestamp(moment)]), hours)
    assert found.iloc[0] == oracle_add_hours(moment, hours, calendar=office)


@given(
    day=st.dates(date(1995, 1, 1), date(2060, 1, 1)),
    n=st.integers(1, 40),
    office=st.sampled_from([OFFICE, SIX_DAYS]),
)
def test_days_agree_with_stepping_days(day: date, n: int, office: WorkingCalendar) -> None:
    found = office.add_working_days(pd.Series([pd.Timestamp(day)]), n).iloc[0].date()
    assert found == oracle_add_days(day, n, calendar=office)
    assert is_worked(found, calendar=office)
    assert office.working_days_between(day, found) == n
    assert office.next_working_days(day, n)[-1] == found


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), min_size=2))
def test_a_later_start_never_ends_earlier(moments: list[datetime]) -> None:
    ordered = pd.Series(pd.to_datetime(sorted(moments))).dt.floor("s")
    limits = OFFICE.add_working_hours(ordered, 8)
    assert limits.is_monotonic_increasing
    assert (limits > ordered).all()
    assert OFFICE.is_working(limits).all()
