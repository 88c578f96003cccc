"""Cells become numbers; what cannot is marked, never guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.sources.cells import parse_numbers


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("90.83", 90.83),
        ("90,83", 90.83),
        ("90,83 %", 90.83),
        ("1.234,5", 1234.5),
        ("1234,5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1 234,5", 1234.5),
        ("-3", -3.0),
        ("1.234", 1.234),
        (0.9083, 0.9083),
        (90, 90.0),
        ("", None),
        (None, None),
    ],
)
def test_numbers(cell: object, number: float | None) -> None:
    values, bad = parse_numbers(pd.Series([cell], dtype=object), whole=False)
    assert (None if pd.isna(values[0]) else values[0]) == number
    assert not bad[0]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("2", 2), ("2,0", 2), (2.0, 2), ("1.234", 1234), ("12.345.678", 12345678), ("+1", 1)],
)
def test_whole_numbers(cell: object, number: int) -> None:
    values, bad = parse_numbers(pd.Series([cell], dtype=object), whole=True)
    assert (values.dtype, values[0], bad[0]) == ("Int64", number, False)


@pytest.mark.parametrize(
    "cell",
    ["hai", "1.5", "0.123", 1.234, "1,5", "inf", "nan", "1e300", "1e400", "0x1F", "1-2", "12 %"],
)
def test_what_is_no_whole_number_is_marked(cell: object) -> None:
    values, bad = parse_numbers(pd.Series([cell], dtype=object), whole=True)
    assert (pd.isna(values[0]), bad[0]) == (True, True)
