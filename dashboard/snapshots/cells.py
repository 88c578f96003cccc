"""Cells as text: what every format prints for a raw value of a Report's table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import formatting as fmt
from dashboard.components.tables import NUMBER_KINDS, cell_text
from dashboard.model import TableColumn

HIDDEN_MARK = "is_hidden"
"""Column of a table's rows that says whose numbers are hidden for being about too few people."""
HIDDEN_WORD = "ẩn"


def printed_cell(row: Mapping[Any, Any], column: TableColumn) -> str:
    """Return a cell as readers see it: "–" where nothing is, "ẩn" where a number is hidden."""
    value = row.get(column.key)
    if fmt.is_nothing(value) and row.get(HIDDEN_MARK) is True and column.kind in NUMBER_KINDS:
        return HIDDEN_WORD
    return cell_text(value, column.kind)
