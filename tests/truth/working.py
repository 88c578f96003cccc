"""Working days and hours, slow and simple: one day, one minute span at a time."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import holidays

SEEDS = Path(__file__).resolve().parents[2] / "sql" / "seed"
SHIFTS = ((time(7, 0), time(11, 30)), (time(13, 30), time(17, 0)))


@cache
def _overrides() -> dict[date, bool]:
    with (SEEDS / "holiday_overrides.csv").open(encoding="utf-8", newline="") as file:
        return {
            date.fromisoformat(row["date"]): row["is_working"] == "1"
            for row in csv.DictReader(file)
        }


@cache
def is_working_day(day: date) -> bool:
    if day in _overrides():
        return _overrides()[day]
    # The library knows the Saturdays on which a bridge day is worked off.
    return bool(holidays.country_holidays("VN", years=day.year).is_working_day(day))


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; the next working day is the first."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def add_working_hours(moment: datetime, hours: int) -> datetime:
    """The moment at which ``hours`` of working time have passed since ``moment``."""
    left = timedelta(hours=hours)
    day = moment.date()
    while True:
        if is_working_day(day):
            for opens, closes in SHIFTS:
                begin = max(moment, datetime.combine(day, opens))
                end = datetime.combine(day, closes)
                if begin < end:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
        day += timedelta(days=1)
