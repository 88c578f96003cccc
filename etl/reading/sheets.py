"""What reading gives: sheets of raw cells, and notes on what was done to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from etl.normalise import fold

_WIDE_TEXT = re.compile(r"(?:[^\x00]\x00)+")
ERROR_TEXTS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
)
"""What a spreadsheet shows in a cell whose formula failed."""
NOT_COMPUTED = "(công thức chưa tính)"
"""What a cell holds whose formula was written by a program and worked out by none."""


@dataclass(frozen=True)
class Note:
    """Something that reading did to a file and that its reader should know."""

    code: str
    message: str
    count: int = 1


@dataclass(frozen=True)
class Merged:
    """A cell that reaches down over several rows, by their numbers; ``column`` counts from 0."""

    first: int
    last: int
    column: int


@dataclass(frozen=True)
class Sheet:
    """One sheet as it stands: ``cells`` has its rows that are not blank, by their row numbers.

    ``is_delimited``: whether cells were told apart by a delimiter that may also stand in one.
    ``is_1904``: whether its day numbers count from 1904. A cell whose formula failed holds its
    error as text (:data:`ERROR_TEXTS`), one that was never worked out :data:`NOT_COMPUTED`.
    ``merged`` are the cells that reach down: their value stands in the first of their rows, and
    the others are blank there.
    """

    file: str
    name: str
    cells: pd.DataFrame
    is_delimited: bool = False
    is_hidden: bool = False
    is_1904: bool = False
    kind: str = ""
    """What kind of file it came from, in Vietnamese words."""
    merged: tuple[Merged, ...] = ()
    notes: tuple[Note, ...] = ()

    def with_notes(self, notes: Iterable[Note]) -> Sheet:
        """Return the sheet with ``notes`` added."""
        return replace(self, notes=(*self.notes, *notes))


def frame_of(numbered: Sequence[tuple[int, Sequence[object]]]) -> pd.DataFrame:
    """Return rows as a frame of objects indexed by file row number, short rows padded."""
    width = max((len(row) for _, row in numbered), default=0)
    cells = np.full((len(numbered), width), "", dtype=object)
    for place, (_, row) in enumerate(numbered):
        cells[place, : len(row)] = row
    return pd.DataFrame(cells, index=pd.Index([number for number, _ in numbered], dtype="int64"))


def sheets_called(sheets: Iterable[Sheet], name: str) -> list[Sheet]:
    """Return the sheets of a name, however its letters are written."""
    return [sheet for sheet in sheets if fold(sheet.name) == fold(name)]


def is_blank(value: object) -> bool:
    """Whether a raw cell holds nothing."""
    return value is None or (isinstance(value, str) and (not value or value.isspace()))


def repaired(cell: object) -> object:
    """Undo what some writers do to texts: two-byte letters that are declared as one-byte ones."""
    if not isinstance(cell, str) or "\x00" not in cell:
        return cell
    return cell[::2] if _WIDE_TEXT.fullmatch(cell) else cell.replace("\x00", "")


def letters(column: int) -> str:
    """Return the letters under which a spreadsheet shows the column at place ``column``, from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(name: str) -> int:
    """Return the place, from 0, of the column shown as ``name`` (A, B, …, AA, …)."""
    place = 0
    for letter in name:
        place = place * 26 + ord(letter) - 64
    return place - 1
