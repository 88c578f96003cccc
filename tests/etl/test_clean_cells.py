"""Cells become dates and numbers; what cannot is marked, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
import pytest

from etl.sources.cells import Order, parse_numbers, read_dates
from tests.etl.cleaning import days

ZONE = "Asia/Ho_Chi_Minh"


def read(*cells: object, order: Order = "dmy", zone: str = ZONE) -> list[str | None]:
    column = read_dates(pd.Series(list(cells), dtype=object), zone=zone).read(order)
    return ["?" if bad else day for day, bad in zip(days(column.values), column.bad, strict=True)]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("12/06/2024", "2024-06-12"),
        ("12-06-2024", "2024-06-12"),
        ("12.06.2024", "2024-06-12"),
        ("5/6/2024", "2024-06-05"),
        (" 12/06/2024 ", "2024-06-12"),
        ("12/06/2024 08:15", "2024-06-12 08:15:00"),
        ("12/06/2024 8:15:30", "2024-06-12 08:15:30"),
        ("12/06/2024 08:15:30.999", "2024-06-12 08:15:30"),
        ("12/06/2024, 08:15", "2024-06-12 08:15:00"),
        ("12/06/2024 - 08:15", "2024-06-12 08:15:00"),
        ("12/06/2024 lúc 8h15", "2024-06-12 08:15:00"),
        ("12/06/2024 02:15 CH", "2024-06-12 14:15:00"),
        ("12/06/2024 12:15 SA", "2024-06-12 00:15:00"),
        ("12/06/2024 00:00", "2024-06-12"),
        ("08:15 12/06/2024", "2024-06-12 08:15:00"),
        ("08:15:30, 12/06/2024", "2024-06-12 08:15:30"),
        ("8h ngày 12/06/2024", "2024-06-12 08:00:00"),
        ("2024-06-12", "2024-06-12"),
        ("2024/6/12", "2024-06-12"),
        ("2024-06-12 08:15:30", "2024-06-12 08:15:30"),
        ("2024-06-12T08:15:30.123456", "2024-06-12 08:15:30"),
        (date(2024, 6, 12), "2024-06-12"),
        (datetime(2024, 6, 12, 8, 15), "2024-06-12 08:15:00"),
        (datetime(2024, 6, 12, 8, 14, 59, 999000), "2024-06-12 08:15:00"),
        (45455, "2024-06-12"),
        (45455.34375, "2024-06-12 08:15:00"),
        ("45455", "2024-06-12"),
        ("45455,34375", "2024-06-12 08:15:00"),
        ("29/02/2024", "2024-02-29"),
        ("", None),
        ("   ", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_dates(cell: object, moment: str | None) -> None:
    assert read(cell) == [moment]


@pytest.mark.parametrize(
    "cell",
    [
        "hôm sau",
        "31/02/2024",
        "29/02/2023",
        "00/06/2024",
        "13/13/2024",
        "12/06/24",
        "12/06",
        "12/06/2024 25:00",
        "12/06/2024 08:60",
        "12/06/2024 sáng",
        "12/06/2024 13/06/2024",
        "31/12/1989",
        "01/01/2101",
        "31/12/9999",
        date(1900, 1, 1),
        123,
        20241312,
        "20240631",
        "18991231",
        True,
        time(8, 15),
    ],
)
def test_what_is_no_date_is_marked(cell: object) -> None:
    assert read(cell) == ["?"]


@pytest.mark.parametrize(
    ("cell", "there"),
    [
        ("2011-10-11 13:42:22.688000+02:00", "2011-10-11 13:42:22"),
        # Half past midnight in summer there is still the day before in UTC.
        ("2024-06-11T22:30:00Z", "2024-06-12 00:30:00"),
        ("2024-06-11T22:30:00+0000", "2024-06-12 00:30:00"),
        ("2024-06-12 05:30:00 +07", "2024-06-12 00:30:00"),
        ("11/06/2024 22:30 Z", "2024-06-12 00:30:00"),
        ("2024-01-11T23:30:00Z", "2024-01-12 00:30:00"),
        ("2024-06-12 08:15:00", "2024-06-12 08:15:00"),
    ],
)
def test_an_offset_is_brought_to_the_zone_before_the_date_is_taken(cell: str, there: str) -> None:
    assert read(cell, zone="Europe/Amsterdam") == [there]


def test_a_time_without_offset_is_local_beside_one_with_an_offset() -> None:
    assert read("2024-06-11T18:00:00Z", "11/06/2024 18:00") == [
        "2024-06-12 01:00:00",
        "2024-06-11 18:00:00",
    ]


def test_the_order_moves_only_what_has_two_readings() -> None:
    cells = ("05/06/2024", "2024-06-05", date(2024, 6, 5))
    assert read(*cells, order="dmy") == ["2024-06-05", "2024-06-05", "2024-06-05"]
    assert read(*cells, order="mdy") == ["2024-05-06", "2024-06-05", "2024-06-05"]
    assert read("13/06/2024", order="mdy") == ["?"]


def test_cells_that_have_one_reading_only_are_known() -> None:
    column = read_dates(
        pd.Series(["13/06/2024", "06/13/2024", "05/06/2024", "2024-06-13", ""]), zone=ZONE
    )
    assert column.only_day_first.tolist() == [True, False, False, False, False]
    assert column.only_month_first.tolist() == [False, True, False, False, False]


@pytest.mark.parametrize(
    "cell", ["06/2024", "6/2024", "Tháng 6/2024", "tháng 06 năm 2024", "2024-06", "T6/2024"]
)
def test_a_month_is_its_first_day_and_marked(cell: str) -> None:
    column = read_dates(pd.Series([cell, "12/06/2024"]), zone=ZONE).read("dmy")
    assert days(column.values) == ["2024-06-01", "2024-06-12"]
    assert column.month_only.tolist() == [True, False]


@pytest.mark.parametrize("index", [[5, 9, 12]])
def test_results_keep_the_row_numbers(index: list[int]) -> None:
    column = read_dates(pd.Series(["12/06/2024", "", "x"], index=index), zone=ZONE).read("dmy")
    assert column.values.index.tolist() == index
    assert column.bad.tolist() == [False, False, True]


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
    "cell", ["hai", "1.5", "0.123", 1.234, "1,5", "inf", "nan", "1e300", "1e400", "0x1F", "1-2"]
)
def test_what_is_no_whole_number_is_marked(cell: object) -> None:
    values, bad = parse_numbers(pd.Series([cell], dtype=object), whole=True)
    assert (pd.isna(values[0]), bad[0]) == (True, True)
