"""Cells become dates; what cannot is marked, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time

import pandas as pd
import pytest

from etl.sources.dates import DateCells, Order, read_dates
from tests.etl.cleaning import days

ZONE = "Asia/Ho_Chi_Minh"


def column_of(cells: pd.Series) -> DateCells:
    return read_dates({"": cells}, zone=ZONE)[""]


def read(*cells: object, order: Order = "dmy", zone: str = ZONE) -> list[str | None]:
    cells_of = {"": pd.Series(list(cells), dtype=object)}
    column = read_dates(cells_of, zone=zone)[""].read(order)
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
        "Jun-24",
        "Jun 2024 08:15",
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
    column = column_of(pd.Series(["13/06/2024", "06/13/2024", "05/06/2024", "2024-06-13", ""]))
    assert column.only_day_first.tolist() == [True, False, False, False, False]
    assert column.only_month_first.tolist() == [False, True, False, False, False]


@pytest.mark.parametrize(
    "cell",
    [
        *("06/2024", "6/2024", "Tháng 6/2024", "tháng 06 năm 2024", "2024-06", "T6/2024"),
        *("Jun 2024", "June, 2024", "JUN-2024", "Jun.2024", "2024 Jun", "2024-June"),
    ],
)
def test_a_month_is_its_first_day_and_marked(cell: str) -> None:
    column = column_of(pd.Series([cell, "12/06/2024"])).read("dmy")
    assert days(column.values) == ["2024-06-01", "2024-06-12"]
    assert column.month_only.tolist() == [True, False]


@pytest.mark.parametrize("index", [[5, 9, 12]])
def test_results_keep_the_row_numbers(index: list[int]) -> None:
    column = column_of(pd.Series(["12/06/2024", "", "x"], index=index)).read("dmy")
    assert column.values.index.tolist() == index
    assert column.bad.tolist() == [False, False, True]


def test_columns_are_read_together_as_each_alone() -> None:
    """Each in its own order, whether they share the words of a file, hold objects, or nothing."""
    cells = ["05/06/2024", "", "31/12/2024 08:15", "06/2024", "x", None]
    words = pd.CategoricalDtype(pd.Index([*filter(None, cells), "", "nowhere"], dtype=object))
    columns = {
        "shared": pd.Series(cells, dtype=object).astype(words),
        "too": pd.Series([*cells[1:], cells[0]], dtype=object).astype(words),
        "objects": pd.Series([date(2024, 6, 5), 45_448, *cells[2:]], dtype=object),
        "blank": pd.Series([None] * len(cells), dtype=object),
    }
    together = read_dates(columns, zone=ZONE)
    for name, order in zip(columns, ("dmy", "mdy", "dmy", "mdy"), strict=True):
        one, alone = together[name].read(order), column_of(columns[name]).read(order)
        assert one.values.equals(alone.values)
        assert one.bad.tolist() == alone.bad.tolist()
        assert one.month_only.tolist() == alone.month_only.tolist()
    assert together["blank"].read("dmy").values.isna().all()
