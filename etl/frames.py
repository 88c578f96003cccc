"""Frames as plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row with the cells as they are, blanks included; numbers are Python's.

    As ``to_dict("records")``, column by column: pandas takes each cell of a row by itself.
    """
    return _rows(frame, [_cells(column) for _, column in frame.items()])


def plain_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row with None for every kind of blank."""
    return _rows(
        frame,
        [
            [None if blank else cell for cell, blank in zip(_cells(column), blanks, strict=True)]
            for (_, column), blanks in zip(frame.items(), frame.isna().to_numpy().T, strict=True)
        ],
    )


def _cells(column: pd.Series) -> list[Any]:
    cells = column.tolist()
    if column.dtype != object:
        return cells
    return [cell.item() if isinstance(cell, np.generic) else cell for cell in cells]


def _rows(frame: pd.DataFrame, columns: list[list[Any]]) -> list[dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
