"""Columns that a mapping reads as one: a day and its time, a year and a number within it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pandas as pd

from etl.mapping import Mapping
from etl.normalise import fold
from etl.reading.cells import cell_text, map_distinct
from etl.reading.table import RawTable
from etl.sources.cells import without_decimals
from etl.sources.columns import header_finder

_QUARTERS = re.compile(r"\b(?:quy|quarter|qtr|trim\w*)\b")
_QUARTER = re.compile(r"^([1-4])(?:\.0)?$")


def join_columns(table: RawTable, mapping: Mapping | None) -> RawTable:
    """Return ``table`` with a column more for each of the mapping's that it has all parts of.

    A cell of it is those of its parts side by side; where the first is blank, so is the whole. A
    file of rejected rows has the whole already.
    """
    if mapping is None or not mapping.joined:
        return table
    frame, find = table.frame, header_finder(list(table.frame.columns))
    joined = {}
    for whole, parts in mapping.joined.items():
        headers = [header for header in map(find, parts) if header is not None]
        if find(whole) is None and len(headers) == len(parts):
            joined[whole] = _side_by_side([_as_quarters(frame[header]) for header in headers])
    return replace(table, frame=frame.assign(**joined))


def _as_quarters(column: pd.Series) -> pd.Series:
    """Return a column of quarters with its bare numbers as Q1 … Q4: beside a year, 3 is March."""
    if not _QUARTERS.search(fold(str(column.name))):
        return column
    return map_distinct(column, lambda value: _QUARTER.sub(r"Q\1", cell_text(value)))


def _side_by_side(columns: list[pd.Series]) -> pd.Series:
    first, *others = (without_decimals(map_distinct(column, _piece)) for column in columns)
    whole = first.fillna("").astype(str)
    for other in others:
        whole = whole + " " + other.fillna("").astype(str)
    return whole.str.rstrip().astype(object).where(first.fillna("") != "", None)


def _piece(value: object) -> str:
    """Return a cell's text; a day without the midnight that a sheet stores with it."""
    if isinstance(value, dt.datetime) and value == value and value.time() == dt.time.min:
        return value.date().isoformat()
    return cell_text(value)
