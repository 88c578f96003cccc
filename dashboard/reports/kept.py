"""Measured figures kept while the data version stands: pages ask for the same ones again and again.

The version is part of the key, so a change of data is the only thing that makes a figure old. Kept
per process and database, the least used given up first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd
from cachetools import LRUCache
from sqlalchemy import Connection, Engine

from dashboard.metrics import measure_many

MOST_ROWS = 20_000
"""What a process keeps of one database, in rows of measured frames: under ten megabytes."""
YEARS = 3
"""How many years of months are measured together at least: a trend of 24 months lies in three."""
_FRAME = 10
"""What a frame weighs besides its rows, in rows."""

_Kept = LRUCache[tuple[Any, ...], pd.DataFrame]
_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
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
        found.update(measured)
        with _lock:
            for code, frame in measured.items():
                if _weight(frame) <= MOST_ROWS:
                    kept[code, *asked] = frame
    if is_monthly:
        skipped = 1 if is_month else 0
        return {code: _between(found[code], first, last, skipped=skipped) for code in codes}
    return {code: found[code].copy(deep=False) for code in codes}


def forget() -> None:
    """Give up everything kept, as a process that has just begun."""
    with _lock:
        _kept.clear()


def _between(frame: pd.DataFrame, first: str, last: str, *, skipped: int) -> pd.DataFrame:
    """Return the rows of some months of a frame that begins with months, in their order.

    Without the first ``skipped`` columns.
    """
    at = frame["month"].to_numpy(dtype=object)
    rows = slice(at.searchsorted(first), at.searchsorted(last, side="right"))
    chosen = frame.iloc[rows, skipped:]
    chosen.index = pd.RangeIndex(len(chosen))
    return chosen


def _weight(frame: pd.DataFrame) -> int:
    return len(frame) + _FRAME
