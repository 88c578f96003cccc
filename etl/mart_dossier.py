"""The mart of dossiers: what they count for, added up by month, department, field and so on.

One row per unit, calendar, month, month of knowing, department, field, procedure and channel.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete

from etl.dossier_counts import (
    Dossiers,
    Happening,
    Ints,
    Months,
    as_day,
    as_number,
    channels,
    happenings,
    read_changes,
    read_dossiers,
)
from etl.tables import DOSSIER_FLOWS, DOSSIER_STOCKS, mart_dossier
from etl.warehouse import bulk_insert

COLUMNS = DOSSIER_FLOWS + DOSSIER_STOCKS
_PLACES = {name: place for place, name in enumerate(COLUMNS)}
CELL = ("department_id", "field_id", "procedure_id", "channel")


def refresh_dossiers(
    connection: Connection,
    *,
    unit: str,
    calendars: Iterable[str],
    as_of: date | None,
    since: date | None = None,
) -> int:
    """Compute the mart of one unit anew; with ``since``, what is known from that day's months on.

    Nothing stands in it where no file speaks for the unit (``as_of`` is None). Returns how many
    rows were written.
    """
    c = mart_dossier.c
    if as_of is None:
        connection.execute(delete(mart_dossier).where(c.unit == unit))
        return 0
    sums: dict[str, _Sums] = {}
    for calendar in calendars:
        months = Months.read(connection, calendar=calendar, as_of=as_of)
        first = 0 if since is None else max(0, int(months.of(np.array([as_number(since)]))[0]))
        sums[calendar] = _Sums(months, seen_from=first)
        statement = delete(mart_dossier).where(c.unit == unit, c.calendar == calendar)
        if first:
            statement = statement.where(c.seen_month >= months.labels[first])
        connection.execute(statement)
    if since is not None:
        since = as_day(min(int(one.months.starts[one.seen_from]) for one in sums.values()))
    changes = read_changes(connection, unit=unit, as_of=as_of)
    cells = _Cells()
    for dossiers in read_dossiers(connection, unit=unit, since=since, has_texts=bool(changes)):
        places = cells.places(dossiers)
        for one in sums.values():
            for happening in happenings(dossiers, one.months, changes=changes):
                one.add(places, happening)
    written = 0
    for calendar, one in sums.items():
        rows = one.frame(cells).assign(unit=unit, calendar=calendar)
        bulk_insert(connection, mart_dossier, rows)
        written += len(rows)
    return written


class _Cells:
    """The combinations of department, field, procedure and channel that occur, numbered."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, ...], int] = {}

    def places(self, dossiers: Dossiers) -> Ints:
        """Return the number of each dossier's cell; new cells are numbered on."""
        codes = np.zeros(len(dossiers), dtype=np.int64)
        for name in CELL:
            place, distinct = pd.factorize(dossiers[name])
            codes = codes * len(distinct) + place
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        found = zip(*(dossiers[name][first].tolist() for name in CELL), strict=True)
        numbers = [self._numbers.setdefault(cell, len(self._numbers)) for cell in found]
        return np.array(numbers, dtype=np.int64)[inverse]

    def column(self, place: int) -> Ints:
        """Return one member of every cell, in the order of their numbers."""
        return np.array([cell[place] for cell in self._numbers], dtype=np.int64)


class _Sums:
    """Counts by month, month of knowing and cell; of months of knowing from ``seen_from`` on."""

    def __init__(self, months: Months, *, seen_from: int) -> None:
        self.months = months
        self.seen_from = seen_from
        self._keys: list[Ints] = []
        self._counts: list[Ints] = []

    def add(self, cells: Ints, happening: Happening) -> None:
        """Add up one kind of thing; ``cells`` is the number of each dossier's cell."""
        size = len(self.months.labels)
        key = (cells[happening.rows] * size + happening.month) * size + happening.seen
        is_asked = happening.seen >= self.seen_from
        codes, keys = pd.factorize(key[is_asked])
        counts = np.zeros((len(keys), len(COLUMNS)), dtype=np.int64)
        for name, marks in happening.counts.items():
            counted = codes[marks[is_asked]]
            counts[:, _PLACES[name]] = happening.sign * np.bincount(counted, minlength=len(keys))
        self._keys.append(keys)
        self._counts.append(counts)

    def frame(self, cells: _Cells) -> pd.DataFrame:
        """Return one row per key."""
        if not self._keys:
            return pd.DataFrame()
        codes, keys = pd.factorize(np.concatenate(self._keys))
        counts = np.zeros((len(keys), len(COLUMNS)), dtype=np.int64)
        np.add.at(counts, codes, np.concatenate(self._counts))
        size = len(self.months.labels)
        cell, month, seen = keys // size // size, keys // size % size, keys % size
        members: dict[str, Any] = {
            name: cells.column(place)[cell] for place, name in enumerate(CELL)
        }
        members["channel"] = np.array(channels(), dtype=object)[members["channel"]]
        labels = {"month": self.months.labels[month], "seen_month": self.months.labels[seen]}
        return pd.DataFrame({**labels, **members, **dict(zip(COLUMNS, counts.T, strict=True))})
