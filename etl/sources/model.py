"""What cleaning gives to loading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

_NAMED = 3
"""Rows that a warning names."""


@dataclass(frozen=True)
class KnownUnit:
    """A unit that a file may name, by code or by name."""

    code: str
    name: str
    kind: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Warned:
    """Something odd that was kept: how often, and the first (row, value) where it stands."""

    code: str
    column: str
    message: str
    count: int
    examples: list[tuple[int, str]] = field(default_factory=list)

    def words(self) -> str:
        """Return a sentence: the first rows and their values where it has any, then the message."""
        if not self.examples:
            return f"{self.message[:1].upper()}{self.message[1:]}"
        named = self.examples[:_NAMED]
        rows = [f"dòng {row} «{value}»" if value else f"dòng {row}" for row, value in named]
        rest = f" (và {self.count - len(named)} dòng khác)" if self.count > len(named) else ""
        text = f"{', '.join(rows)}{rest}: {self.message}"
        return f"{text[:1].upper()}{text[1:]}"


@dataclass(frozen=True)
class Cleaned:
    """One table of a file, cleaned. ``rows_read`` = rows of ``rows`` + rejects + repeated.

    ``rows`` has one row per fact row with the canonical columns and ``row``, the number of the
    file's row; ``rejects`` has ``row``, ``column``, ``value`` (redacted), ``reason``;
    ``reject_cells`` holds, for each of them, its cells by header as they may be given back, and
    nothing where the table replaces what it speaks for, so that it can only be loaded whole.
    ``present`` are the canonical columns that the file, or a constant, gives; ``headers`` the
    columns of the file that were asked for, in its order.
    """

    source: str
    file: str
    sha256: str
    sheet: str
    rows_read: int
    rows: pd.DataFrame
    rejects: pd.DataFrame
    reject_cells: list[dict[str, Any]]
    repeated: int
    warnings: list[Warned]
    present: frozenset[str]
    headers: tuple[str, ...]
    covered_from: date
    covered_to: date
    as_of: date
    replaces: bool
    is_demo: bool
