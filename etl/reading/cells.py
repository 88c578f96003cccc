"""Single raw cells: as people see them, and worked out once per distinct one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from etl.normalise import drop_controls, tidy
from etl.reading.words import distinct_cells


def cell_text(value: object) -> str:
    """Return a cell as the text a person sees; whole numbers without decimals."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable() and " " not in value:
            # Most codes and days: nothing is there to be put right.
            return value
        return tidy(drop_controls(value))
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return tidy(str(value))


def map_distinct(cells: pd.Series, function: Callable[[object], object]) -> pd.Series:
    """Return ``function`` of each cell, worked out once per distinct cell; None for missing ones.

    Columns of a file repeat few words many times.
    """
    distinct, codes = distinct_cells(cells)
    results = np.empty(len(distinct) + 1, dtype=object)
    for place, value in enumerate(distinct):
        results[place] = function(value)
    results[-1] = None
    return pd.Series(results[codes], index=cells.index, dtype=object)
