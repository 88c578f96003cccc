"""Columns of text whose repeated words are kept once: what keeps a long file small in memory.

A million dossiers name the same departments, procedures and minutes over and over. Such a column
is a pandas categorical; all of them share one list of words, so that a word is read, parsed or
matched once wherever it stands. A column in which hardly a word repeats (codes) is plain objects.
"""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

_MOSTLY = 0.9
"""A column whose first block is distinct to such a share is taken for one of codes."""


class WordColumns:
    """Rows of text, gathered block by block into columns."""

    def __init__(self) -> None:
        self._places: defaultdict[str, int] = defaultdict(count().__next__)
        self._columns: list[array[int] | list[str]] = []
        self._length = 0

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a block of rows; short ones are padded with blanks."""
        width = max(map(len, rows))
        if any(len(row) < width for row in rows):
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
        for place, cells in enumerate(zip(*rows, strict=True)):
            if place == len(self._columns):
                self._columns.append(self._new_column(cells))
            column = self._columns[place]
            if isinstance(column, list):
                column.extend(cells)
            else:
                column.extend(map(self._places.__getitem__, cells))
        self._length += len(rows)
        for column in self._columns[width:]:
            self._pad(column)

    def _new_column(self, cells: Sequence[str]) -> array[int] | list[str]:
        column: array[int] | list[str]
        column = [] if len(set(cells)) > _MOSTLY * len(cells) > 1 else array("i")
        self._pad(column)
        return column

    def _pad(self, column: array[int] | list[str]) -> None:
        missing = self._length - len(column)
        if isinstance(column, list):
            column.extend([""] * missing)
        elif missing:
            column.extend([self._places[""]] * missing)

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    def __len__(self) -> int:
        return self._length

    def frame(self, numbers: Sequence[int]) -> pd.DataFrame:
        """Return the columns as a frame indexed by file row number; nothing may be added after."""
        dtype = pd.CategoricalDtype(pd.Index(list(self._places), dtype=object))
        self._places.clear()
        index = pd.Index(np.asarray(numbers, dtype=np.int64))
        return pd.DataFrame(dict(enumerate(self._series(dtype, index))), index=index)

    def _series(self, dtype: pd.CategoricalDtype, index: pd.Index) -> Iterator[pd.Series[Any]]:
        for place, column in enumerate(self._columns):
            # Given up one by one: the frame and what it was made of are never in memory together.
            self._columns[place] = []
            if isinstance(column, list):
                yield pd.Series(column, index=index, dtype=object)
            else:
                words = pd.Categorical.from_codes(np.asarray(column), dtype=dtype)
                yield pd.Series(words, index=index, copy=False)


_BETWEEN = "\x00"
"""Stands in no cell that has been read, and ends what any pattern may match."""


def search_all(pattern: re.Pattern[str], texts: Sequence[str]) -> list[int]:
    """Return the places of the texts in which ``pattern`` is found, in order.

    One search over all of them together takes a fraction of a search in each. ``pattern`` must
    match no zero byte; a text begins after one.
    """
    found = pattern.finditer(_BETWEEN + _BETWEEN.join(texts))
    ends = np.cumsum([len(text) + 1 for text in texts])
    starts = np.array([match.start() for match in found], dtype=np.int64)
    places: list[int] = np.unique(np.searchsorted(ends, starts, side="right")).tolist()
    return places


def distinct_cells(cells: pd.Series[Any]) -> tuple[Any, Any]:
    """Return the distinct cells, and for each cell its place among them, −1 where missing."""
    distinct, (places,) = distinct_cells_of([cells])
    return distinct, places


def distinct_cells_of(columns: Sequence[pd.Series[Any]]) -> tuple[Any, list[Any]]:
    """Return the distinct cells of columns, and for each column the places of its cells.

    A word that several columns of one file share is there once, one of plain objects once for
    each such column. The place of a missing cell is −1.
    """
    shared: dict[int, list[int]] = defaultdict(list)
    parts: list[Any] = []
    places: list[Any] = [None] * len(columns)
    length = 0
    for place, cells in enumerate(columns):
        if isinstance(cells.dtype, pd.CategoricalDtype):
            shared[id(cells.dtype.categories)].append(place)
        else:
            codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
            parts.append(distinct)
            places[place] = np.where(codes < 0, -1, codes + length)
            length += len(distinct)
    for group in shared.values():
        # The words of a categorical are those of the whole file: those of these are taken.
        words = columns[group[0]].cat.categories.to_numpy()
        is_used = np.zeros(len(words) + 1, dtype=bool)
        for place in group:
            is_used[columns[place].cat.codes.to_numpy()] = True
        is_used[-1] = False
        among = np.cumsum(is_used, dtype=np.int32) - 1 + np.int32(length)
        among[-1] = -1
        for place in group:
            places[place] = among[columns[place].cat.codes.to_numpy()]
        parts.append(words[is_used[:-1]])
        length += len(parts[-1])
    none = np.empty(0, dtype=object)
    return (parts[0] if len(parts) == 1 else np.concatenate([none, *parts])), places
