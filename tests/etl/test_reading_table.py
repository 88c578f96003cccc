"""The table is found in its sheet: titles above it, its header, its totals."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from etl.reading.table import RawTable, Sheet, cell_text, find_table

KNOWN = {"ma ho so", "trang thai", "ngay tiep nhan", "ngay hen tra", "bo phan", "nhan", "tra"}


def table(*rows: list[object], is_delimited: bool = True) -> RawTable:
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    cells = pd.DataFrame(padded, dtype=object, index=pd.RangeIndex(1, len(rows) + 1))
    found = find_table(Sheet("tep.csv", "", cells, is_delimited), known=KNOWN)
    assert found is not None
    return found


def test_the_header_is_the_row_with_most_known_words() -> None:
    found = table(
        ["UBND XÃ HOÀI CHÂU BẮC", "", ""],
        ["Từ ngày", date(2024, 6, 1), ""],
        ["STT", "MÃ HỒ SƠ", "Trạng  thái"],
        ["1", "H1", "xong"],
    )
    assert found.titles == ("UBND XÃ HOÀI CHÂU BẮC", "Từ ngày", date(2024, 6, 1))
    assert (found.header_row, found.known_headers) == (3, 2)
    assert found.frame.columns.tolist() == ["STT", "MÃ HỒ SƠ", "Trạng thái"]
    assert found.frame.index.tolist() == [4]


def test_an_unknown_header_is_the_first_row_that_is_wide_enough() -> None:
    found = table(["Báo cáo", "", ""], ["x", "y", "z"], ["1", "2", "3"])
    assert found.frame.columns.tolist() == ["x", "y", "z"]
    assert found.known_headers == 0


def test_marks_and_case_of_a_header_do_not_matter() -> None:
    assert table(["ma ho so", "TRẠNG THÁI"], ["H1", "x"]).known_headers == 2
    assert table(["Mã hồ sơ", "Trạng thái"], ["H1", "x"]).known_headers == 2


def test_a_header_of_two_rows_is_one() -> None:
    found = table(
        ["Tháng 6/2024", "", "", "", ""],
        ["STT", "Mã hồ sơ", "Bộ phận", "Ngày", ""],
        ["", "", "", "tiếp nhận", "hẹn trả"],
        ["1", "H1", "Tư pháp", "x", "y"],
    )
    names = ["STT", "Mã hồ sơ", "Bộ phận", "Ngày tiếp nhận", "Ngày hẹn trả"]
    assert found.frame.columns.tolist() == names
    assert found.titles == ("Tháng 6/2024",)
    assert found.frame.index.tolist() == [4]


def test_the_parts_of_a_group_keep_their_own_names_where_these_are_known() -> None:
    found = table(["Mã hồ sơ", "Thời gian", ""], ["", "Nhận", "Trả"], ["H1", "x", "y"])
    assert found.frame.columns.tolist() == ["Mã hồ sơ", "Nhận", "Trả"]


def test_what_survey_programs_set_below_a_question_is_no_part_of_its_header() -> None:
    found = table(
        ["Mã hồ sơ", "Mức độ", "", "Ngày tiếp nhận"],
        ["", "Bộ phận", "Trạng thái", "Response"],
        ["1", "a", "b", "c"],
    )
    assert found.frame.columns.tolist() == ["Mã hồ sơ", "Bộ phận", "Trạng thái", "Ngày tiếp nhận"]
    assert found.frame.index.tolist() == [3]


def test_words_of_parts_are_a_header_below_a_group_alone() -> None:
    cells = pd.DataFrame(
        [["Mã hồ sơ", "Mức độ", ""], ["", "Tốt", "Kém"], ["Tốt", "Kém", "Vừa"]], index=[1, 2, 3]
    )
    parts = {"tot", "kem", "vua"}
    found = find_table(Sheet("tep.csv", "", cells, False), known=KNOWN, parts=parts)
    assert found is not None
    assert found.frame.columns.tolist() == ["Mã hồ sơ", "Tốt", "Kém"]
    flat = find_table(Sheet("tep.csv", "", cells.iloc[[0, 2]], False), known=KNOWN, parts=parts)
    assert flat is not None
    assert flat.header_row == 1


def test_a_row_of_data_below_a_header_is_no_second_header() -> None:
    found = table(["Mã hồ sơ", "Ý kiến", "Trạng thái"], ["H1", "Nhận", ""])
    assert found.frame.columns.tolist() == ["Mã hồ sơ", "Ý kiến", "Trạng thái"]
    assert len(found.frame) == 1


@pytest.mark.parametrize("row", [["(1)", "(2)", "(3)"], ["1", "2", "3", "4", "5", "6"]])
def test_a_row_that_numbers_the_columns_is_no_data(row: list[object]) -> None:
    header: list[object] = ["STT", "Mã hồ sơ", "Trạng thái", "a", "b", "c"][: len(row)]
    assert table(header, row, ["1", "H1", "x"]).frame.index.tolist() == [3]


def test_few_bare_numbers_may_be_answers() -> None:
    assert len(table(["Mã hồ sơ", "Bộ phận", "Trạng thái"], ["1", "2", "3"]).frame) == 1


@pytest.mark.parametrize(
    "words",
    [
        "TỔNG CỘNG",
        "Tổng số",
        "Cộng",
        "Cộng:",
        "Tổng cộng: 12 hồ sơ",
        "Tô\u0309ng sô\u0301",
        "Total",
        "Totals:",
        "Grand Total",
        "Subtotal",
    ],
)
def test_totals_are_dropped_and_counted(words: str) -> None:
    found = table(
        ["STT", "Mã hồ sơ", "Trạng thái"],
        ["1", "H1", "x"],
        ["", words, "12"],
        [words, "", "12"],
    )
    assert found.totals_dropped == 2
    assert found.frame.index.tolist() == [2]


@pytest.mark.parametrize("words", ["Cộng đồng", "Tổng đài", "Tổng hợp", "Công an", "Total Care"])
def test_words_like_totals_stay(words: str) -> None:
    assert len(table(["Mã hồ sơ", "Bộ phận"], ["H1", words]).frame) == 1


def test_blank_and_repeated_headers_get_names_of_their_own() -> None:
    found = table(
        ["Mã hồ sơ", "", "Trạng thái", "Trạng thái", ""], ["H1", "x", "a", "b", ""], ["H2"]
    )
    assert found.frame.columns.tolist() == [
        "Mã hồ sơ",
        "(cột 2)",
        "Trạng thái",
        "Trạng thái (2)",
    ]


def test_rows_that_run_beyond_the_header_are_marked() -> None:
    rows: list[list[object]] = [["Mã hồ sơ", "Trạng thái"], ["H1", "a"], ["H2", "b", "c"], ["H3"]]
    assert table(*rows).spilled.tolist() == [3]
    # Beside the table of a sheet people write notes; a delimiter cannot have put them there.
    assert table(*rows, is_delimited=False).spilled.tolist() == []
    # Where most rows have one more cell, the header is short of a name.
    assert table(["Mã hồ sơ", "Trạng thái"], ["H1", "a", "x"], ["H2", "b", "y"]).spilled.empty


def test_a_blank_sheet_has_no_table() -> None:
    assert find_table(Sheet("tep.xlsx", "Sheet1", pd.DataFrame()), known=KNOWN) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (123.0, "123"),
        (123, "123"),
        (1.5, "1.5"),
        ("00123", "00123"),
        (" a\u00a0 b ", "a b"),
        (None, ""),
        (float("nan"), ""),
        (True, "1"),
        (date(2024, 6, 12), "2024-06-12"),
    ],
)
def test_a_cell_is_shown_as_people_see_it(cell: object, text: str) -> None:
    assert cell_text(cell) == text
