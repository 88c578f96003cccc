"""Working time of a Vietnamese office: which days are worked, and clocks that stop between them.

All times are naive local times, all results are ``datetime64[s]``. A blank (NaT) stays blank, and
so does what lies outside FIRST_DAY to LAST_DAY or would have to be counted beyond them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import Any, overload

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.errors import UserError
from etl.settings import Settings

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
CALENDAR_END = date(2060, 12, 31)
"""As far as months are written down: none that a report speaks of lies later."""

Days = npt.NDArray[np.datetime64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WorkingCalendar:
    """The days and hours that an office works.

    Mon–Fri, and Saturday when ``saturday_working``, less the public holidays with their days in
    lieu and swapped days; ``overrides`` (day, is worked) have the last word. A worked day has the
    hours of ``shifts``, also when it is a Saturday.
    """

    shifts: tuple[tuple[time, time], ...]
    saturday_working: bool = False
    overrides: tuple[tuple[date, bool], ...] = ()

    def __post_init__(self) -> None:
        clock = [moment for shift in self.shifts for moment in shift]
        if not clock or any(a >= b for a, b in pairwise(clock)):
            raise UserError(
                "Giờ làm việc trong cấu hình không theo thứ tự: giờ bắt đầu phải trước giờ kết "
                "thúc, buổi sáng trước buổi chiều. Hãy sửa MORNING_START, MORNING_END, "
                "AFTERNOON_START, AFTERNOON_END."
            )

    @classmethod
    def from_settings(cls, settings: Settings, overrides: Mapping[date, bool]) -> WorkingCalendar:
        """Return the calendar of ``settings``; ``overrides`` correct the holiday library.

        Raises:
            UserError: the hours in the settings are out of order.
        """
        shifts = (
            (settings.morning_start, settings.morning_end),
            (settings.afternoon_start, settings.afternoon_end),
        )
        return _shared(cls(shifts, settings.saturday_working, tuple(sorted(overrides.items()))))

    def is_working(self, days: pd.Series[Any]) -> pd.Series[bool]:
        """Whether each day is worked; False where blank."""
        offsets, known = _offsets(_days(days))
        return pd.Series(self._is_worked[offsets] & known, index=days.index, name=days.name)

    def next_working_days(self, day: date, n: int) -> list[date]:
        """Return the first ``n`` working days after ``day``, fewer at the calendar's end."""
        if not FIRST_DAY <= day <= LAST_DAY:
            return []
        first = int(self._worked_upto[(day - FIRST_DAY).days])
        found: list[date] = self._worked_days[first : first + n].tolist()
        return found

    def add_working_days(
        self, days: pd.Series[Any], n: int | pd.Series[Any]
    ) -> pd.Series[pd.Timestamp]:
        """Return the ``n``-th working day after each day; the next working day is 1.

        A time of day is dropped. ``n`` may differ by row and is not below 0; with 0 the day itself
        comes back, worked or not.
        """
        counts = np.broadcast_to(np.asarray(n, dtype=np.int64), (len(days),))
        start = _days(days)
        offsets, known = _offsets(start)
        position = np.maximum(self._worked_upto[offsets] + counts - 1, 0)
        known &= position < len(self._worked_days)
        found = self._worked_days[np.where(known, position, 0)]
        return _series(np.where(counts == 0, start, found), where=known, like=days)

    @overload
    def working_days_between(self, start: date, end: date) -> int: ...
    @overload
    def working_days_between(
        self, start: pd.Series[Any], end: pd.Series[Any] | date
    ) -> pd.Series[int]: ...
    def working_days_between(
        self, start: pd.Series[Any] | date, end: pd.Series[Any] | date
    ) -> pd.Series[int] | int:
        """Return how many working days lie after ``start``, up to and including ``end``.

        The other way round it is the negative: from b to a is −(from a to b). A series gives
        ``Int64`` with NA where a day is blank; two single days give an int.
        """
        if not isinstance(start, pd.Series):
            return int(self.working_days_between(pd.Series([start]), end).iloc[0])
        offsets, known = _offsets(_days(start))
        until = end if isinstance(end, pd.Series) else pd.Series([end])
        to_offsets, to_known = _offsets(_days(until))
        count = self._worked_upto[to_offsets] - self._worked_upto[offsets]
        counts = pd.Series(count, index=start.index, dtype="Int64")
        return counts.where(pd.Series(known & to_known, index=start.index))

    def add_working_hours(
        self, times: pd.Series[Any], hours: float | pd.Series[Any]
    ) -> pd.Series[pd.Timestamp]:
        """Return the moment at which ``hours`` of working time have passed since each time.

        ``hours`` may differ by row. The clock runs inside working hours only. What ends with a
        shift ends at its closing time, not at the next opening: Wednesday 20:00 plus a full day
        is Thursday 17:00.

        Raises:
            ValueError: ``hours`` is not above 0.
        """
        wanted = np.rint(np.asarray(hours, dtype=np.float64) * 3600).astype(np.int64)
        if np.any(wanted <= 0):
            raise ValueError(f"hours must be above 0, not {hours}")
        moments = times.to_numpy(dtype="datetime64[s]")
        day = moments.astype("datetime64[D]")
        offsets, known = _offsets(day)
        second = (moments - day).astype(np.int64)
        elapsed = (
            (self._worked_upto[offsets] - self._is_worked[offsets]) * self._day_seconds
            + self._is_worked[offsets] * self._worked_seconds(second)
            + wanted
        )
        known &= elapsed <= len(self._worked_days) * self._day_seconds
        elapsed = np.where(known, elapsed, 1)
        position = -(-elapsed // self._day_seconds) - 1
        clock = self._clock_seconds(elapsed - position * self._day_seconds)
        found = self._worked_days[position].astype("datetime64[s]") + clock
        return _series(found, where=known, like=times)

    @cached_property
    def _is_worked(self) -> npt.NDArray[np.bool_]:
        """Whether each day from FIRST_DAY to LAST_DAY is worked."""
        days = np.datetime64(FIRST_DAY, "D") + np.arange((LAST_DAY - FIRST_DAY).days + 1)
        weekmask = "1111110" if self.saturday_working else "1111100"
        days_off, swapped_in = _holidays()
        worked = np.is_busday(days, weekmask=weekmask, holidays=days_off)
        worked |= np.isin(days, np.array(swapped_in, dtype="datetime64[D]"))
        for day, is_working in self.overrides:
            if FIRST_DAY <= day <= LAST_DAY:
                worked[(day - FIRST_DAY).days] = is_working
        return worked

    @cached_property
    def _worked_days(self) -> Days:
        """The working days in order."""
        return np.datetime64(FIRST_DAY, "D") + np.flatnonzero(self._is_worked)

    @cached_property
    def _worked_upto(self) -> Counts:
        """How many working days there are from FIRST_DAY up to and including each day."""
        return np.cumsum(self._is_worked, dtype=np.int64)

    @cached_property
    def _clock(self) -> tuple[Counts, Counts]:
        """Seconds of the day at the ends of the shifts, and working seconds passed at each."""
        clock = np.array([_seconds(moment) for shift in self.shifts for moment in shift])
        lengths = np.diff(clock)
        lengths[1::2] = 0
        return clock, np.concatenate([[0], np.cumsum(lengths)])

    @cached_property
    def _day_seconds(self) -> int:
        return int(self._clock[1][-1])

    def _worked_seconds(self, second: Counts) -> Counts:
        """Working seconds passed at each second of a working day."""
        clock, passed = self._clock
        return np.rint(np.interp(second, clock, passed)).astype(np.int64)

    def _clock_seconds(self, worked: Counts) -> Counts:
        """The first second of a working day at which ``worked`` (above 0) seconds have passed."""
        clock, passed = self._clock
        # Passed counts stand still over a break: the left end of that step is the closing time.
        step = np.searchsorted(passed, worked, side="left")
        return clock[step] - (passed[step] - worked)


@cache
def _holidays() -> tuple[list[date], list[date]]:
    """Public holidays with days in lieu, and the weekend days worked in exchange.

    A year's swaps may name a weekend of the year beside it, so a year more is asked on each side.
    """
    known = holidays.country_holidays("VN", years=range(FIRST_DAY.year - 1, LAST_DAY.year + 2))
    return sorted(known), sorted(known.weekend_workdays)


@lru_cache(maxsize=8)
def _shared(calendar: WorkingCalendar) -> WorkingCalendar:
    """Return the one calendar of its kind: a century of days is worked out once."""
    return calendar


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _days(days: pd.Series[Any]) -> Days:
    return days.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")


def _offsets(days: Days) -> tuple[Counts, npt.NDArray[np.bool_]]:
    """Days since FIRST_DAY, and whether each lies in the calendar; offset 0 where it does not."""
    known = (days >= np.datetime64(FIRST_DAY)) & (days <= np.datetime64(LAST_DAY))
    offsets = (days - np.datetime64(FIRST_DAY)).astype(np.int64)
    return np.where(known, offsets, 0), known


def _series(
    values: npt.NDArray[Any], *, where: npt.NDArray[np.bool_], like: pd.Series[Any]
) -> pd.Series[pd.Timestamp]:
    found = np.where(where, values, np.datetime64("NaT")).astype("datetime64[s]")
    return pd.Series(found, index=like.index, name=like.name)
