"""Cells as text: what every format prints for a raw value of a Report's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from dashboard import formatting as fmt
from dashboard.components.tables import NUMBER_KINDS, cell_text
from dashboard.model import Table, TableColumn
from dashboard.text import HIDDEN_WORD

HIDDEN_MARK = "is_hidden"
"""Column of a table's rows that says whose numbers are hidden for being about too few people."""


def printed_cell(row: Mapping[Any, Any], column: TableColumn) -> str:
    """Return a cell as readers see it: "–" where nothing is, "ẩn" where a number is hidden."""
    return _printed(row.get(column.key), column, is_hidden=row.get(HIDDEN_MARK) is True)


def printed_rows(table: Table) -> list[list[str]]:
    """Return every cell of a table as :func:`printed_cell` prints it, row by row.

    Printed once for as long as the table is held: every document shows the same. Whoever is given
    the rows leaves them as they are.
    """
    if table not in _printed_tables:
        _printed_tables[table] = _print(table)
    return _printed_tables[table]


_printed_tables: WeakKeyDictionary[Table, list[list[str]]] = WeakKeyDictionary()


def _print(table: Table) -> list[list[str]]:
    nothing: list[Any] = [None] * len(table.rows)
    hidden = table.rows[HIDDEN_MARK].tolist() if HIDDEN_MARK in table.rows else nothing
    printed = [
        [
            _printed(value, column, is_hidden=mark is True)
            for value, mark in zip(
                table.rows[column.key].tolist() if column.key in table.rows else nothing,
                hidden,
                strict=True,
            )
        ]
        for column in table.columns
    ]
    return [list(row) for row in zip(*printed, strict=True)]


def _printed(value: Any, column: TableColumn, *, is_hidden: bool) -> str:
    if is_hidden and column.kind in NUMBER_KINDS and fmt.is_nothing(value):
        return HIDDEN_WORD
    return cell_text(value, column.kind)
