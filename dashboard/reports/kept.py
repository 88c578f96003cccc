"""Measured figures kept while the data version stands: pages ask for the same ones again and again.

The version is part of the key, so a change of data is the only thing that makes a figure old. Kept
per process and database, the least used given up first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from cachetools import LRUCache
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from dashboard.metrics import measure_many

MOST_ROWS = 20_000
"""What a process keeps of one database, in rows of measured frames: under ten megabytes."""
YEARS = 3
"""How many years of months are measured together at least: a trend of 24 months lies in three."""
MOST_OTHERS = 200
"""What else a process keeps of one database: what there is to choose from, by unit and calendar."""
_FRAME = 10
"""What a frame weighs besides its rows, in rows."""


class _Measured:
    """A measured frame; one by month begins with its months, in their order."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    @cached_property
    def months(self) -> NDArray[np.object_]:
        return self.frame["month"].to_numpy(dtype=object)

    @cached_property
    def without_months(self) -> pd.DataFrame:
        return self.frame.drop(columns="month")

    def between(self, first: str, last: str, *, is_month: bool) -> pd.DataFrame:
        """Return the rows of some months; those of a single month do not say which."""
        frame = self.without_months if is_month else self.frame
        at = slice(self.months.searchsorted(first), self.months.searchsorted(last, side="right"))
        chosen = frame.iloc[at]
        chosen.index = pd.RangeIndex(len(chosen))
        return chosen


_Found = TypeVar("_Found")
_Kept = LRUCache[tuple[Any, ...], _Measured]
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_others: WeakKeyDictionary[Engine, LRUCache[tuple[Any, ...], Any]] = WeakKeyDictionary()
_lock = Lock()


def measure_kept(
    connection: Connection,
    codes: Iterable[str],
    *,
    version: str,
    by: tuple[str, ...],
    months: tuple[str, str],
    calendar: str,
    members: Mapping[str, str],
    units: tuple[str, ...],
) -> dict[str, pd.DataFrame]:
    """Return what :func:`dashboard.metrics.measure_many` gives at a data version, measured once.

    The frames are the caller's own: what is done to them is not done to those that are kept.

    A month's figure is the same whatever months are asked for with it, alone or in a trend. So
    months are measured by whole years, and the next month's trend is measured already.
    """
    first, last = months
    is_month = not by and first == last
    is_monthly = is_month or by == ("month",)
    if is_monthly:
        by = ("month",)
        months = f"{min(int(first[:4]), int(last[:4]) - YEARS + 1):04}-01", f"{last[:4]}-12"
    asked = (version, by, months, calendar, tuple(sorted(members.items())), units)
    codes = list(dict.fromkeys(codes))
    with _lock:
        kept = _kept.setdefault(connection.engine, LRUCache(MOST_ROWS, getsizeof=_weight))
        found = {code: kept[code, *asked] for code in codes if (code, *asked) in kept}
    missing = [code for code in codes if code not in found]
    if missing:
        measured = measure_many(
            connection,
            missing,
            by=by,
            months=months,
            calendar=calendar,
            members=members,
            units=units,
        )
        found.update({code: _Measured(frame) for code, frame in measured.items()})
        with _lock:
            for code in missing:
                if _weight(found[code]) <= MOST_ROWS:
                    kept[code, *asked] = found[code]
    if is_monthly:
        return {code: found[code].between(first, last, is_month=is_month) for code in codes}
    return {code: found[code].frame.copy(deep=False) for code in codes}


def found_once(connection: Connection, key: tuple[Any, ...], find: Callable[[], _Found]) -> _Found:
    """Return what ``find`` gives, found once for a key that holds the data version.

    Whoever is given it leaves it as it is.
    """
    with _lock:
        found = _others.setdefault(connection.engine, LRUCache(MOST_OTHERS))
        if key in found:
            return cast(_Found, found[key])
    made = find()
    with _lock:
        found[key] = made
    return made


def forget() -> None:
    """Give up everything kept, as a process that has just begun."""
    with _lock:
        _kept.clear()
        _others.clear()


def _weight(measured: _Measured) -> int:
    return len(measured.frame) + _FRAME
