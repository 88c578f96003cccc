"""A share month by month as arrays: what a trend draws and says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard import formatting as fmt
from dashboard.figures import months as time
from dashboard.figures.common import Floats, Record, floats, words
from dashboard.text import SMALL_N
from etl.frames import records


@dataclass(frozen=True)
class Series:
    """The frame's columns as arrays in percent, one entry per month without holes in time."""

    months: list[str]
    value: Floats
    low: Floats
    high: Floats
    n: Floats
    is_small: NDArray[np.bool_]
    is_partial: NDArray[np.bool_]
    signals: list[str]
    changes: list[str]
    """What begins with a month, "" for nothing: no line is drawn across it."""
    records: list[Record]

    @property
    def is_missing(self) -> NDArray[np.bool_]:
        """Which months have no value."""
        return ~np.isfinite(self.value)

    @property
    def breaks(self) -> list[int]:
        """The months before which every line is broken."""
        return [index for index, change in enumerate(self.changes) if change]

    @property
    def has_ribbon(self) -> bool:
        """Whether any month has an interval."""
        return bool((np.isfinite(self.low) & np.isfinite(self.high)).any())

    @property
    def last(self) -> int | None:
        """The last month that has a value."""
        known = np.flatnonzero(~self.is_missing)
        return int(known[-1]) if len(known) else None

    def is_pooled(self, i: int) -> bool:
        """Whether a month's interval rests on other cases than its share: forms, not answers."""
        denominator = self.records[i].get("denominator")
        return bool(
            "n" in self.records[i]
            and not fmt.is_nothing(denominator)
            and np.isfinite(self.n[i])
            and denominator != self.n[i]
        )


def read_series(frame: pd.DataFrame) -> Series:
    """Return a trend's frame as arrays, holes filled with months of nothing."""
    rows = time.in_a_row(frame)
    states = words(rows, "state", default="missing" if "state" in rows else "ok")
    is_there = np.array([state != "missing" for state in states], dtype=bool)
    n = floats(rows, "n") if "n" in rows else floats(rows, "denominator")
    return Series(
        months=words(rows, "month"),
        value=np.where(is_there, floats(rows, "value") * 100, np.nan),
        low=np.where(is_there, floats(rows, "low") * 100, np.nan),
        high=np.where(is_there, floats(rows, "high") * 100, np.nan),
        n=n,
        is_small=np.array([state == "small" for state in states], dtype=bool) | (n < SMALL_N),
        is_partial=np.array([state == "partial" for state in states], dtype=bool),
        signals=words(rows, "signal", default="common"),
        changes=words(rows, "change", default=""),
        records=records(rows),
    )
