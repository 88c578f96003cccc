"""Files become sheets of raw cells, each row with its number in the file."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from etl.errors import RefusedFile
from etl.reading import Sheet, read_file
from etl.reading.table import cell_text
from tests.etl.cleaning import workbook


def read(folder: Path, content: bytes | str) -> Sheet:
    path = folder / "tep.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (sheet,) = read_file(path)
    return sheet


def rows(sheet: Sheet) -> dict[int, list[object]]:
    return {int(row.Index): list(row[1:]) for row in sheet.cells.itertuples()}


WORDS = "Mã hồ sơ;Trạng thái\nH1;Đã trả\n"
# Windows-1258 writes hooks, dots below and second marks as letters of their own.
WORDS_1258 = "Ma\u0303 hô\u0300 sơ;Tra\u0323ng thái\nH1;Đa\u0303 tra\u0309\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", WORDS),
        ("utf-8-sig", WORDS),
        ("utf-16", WORDS),
        ("utf-16-le", WORDS),
        ("utf-16-be", WORDS),
        ("cp1258", WORDS_1258),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    cells = read(tmp_path, text.encode(encoding)).cells.map(cell_text)
    assert cells.to_numpy().tolist() == [["Mã hồ sơ", "Trạng thái"], ["H1", "Đã trả"]]


def test_bytes_that_only_windows_1252_knows(tmp_path: Path) -> None:
    assert read(tmp_path, "tên;nơi\n".encode("cp1258") + b"\x8e;x\n").cells.iloc[1, 0] == "Ž"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(("a", "b", "c")) + "\n" + delimiter.join(("1", "2", "3")) + "\n"
    assert rows(read(tmp_path, text)) == {1: ["a", "b", "c"], 2: ["1", "2", "3"]}


@pytest.mark.parametrize(
    "text",
    [
        # As many commas as semicolons: in a name, and inside the numbers.
        "Năm;Xã, phường\n2023;90,83\n2022;88,1\n",
        # Title rows without a delimiter, and with another one.
        "UBND xã Hoài Châu Bắc\nThôn A, B, C, D\nNăm;Chỉ số\n2023;90,83\n2022;88,1\n",
        'Năm;Ghi chú\n2023;"a;b;c;d"\n2022;x\n',
    ],
)
def test_the_delimiter_is_the_one_that_splits_most_rows_alike(tmp_path: Path, text: str) -> None:
    sheet = read(tmp_path, text)
    assert [cell for cell in sheet.cells.iloc[-1] if cell] == text.splitlines()[-1].split(";")


def test_quotes_hide_delimiters_and_line_breaks(tmp_path: Path) -> None:
    text = 'a;b\n"x;""y""";"một\r\nhai"\n3;4\n'
    assert rows(read(tmp_path, text)) == {
        1: ["a", "b"],
        2: ['x;"y"', "một\r\nhai"],
        4: ["3", "4"],
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_rows_go_and_the_others_keep_their_numbers(tmp_path: Path, end: str) -> None:
    text = end.join(["", "a;b", ";", " ; ", "1;2", "", "3;4"])
    assert rows(read(tmp_path, text)) == {2: ["a", "b"], 5: ["1", "2"], 7: ["3", "4"]}


def test_short_rows_are_filled_up(tmp_path: Path) -> None:
    assert rows(read(tmp_path, "a;b;c\n1\n1;2;3\n")) == {
        1: ["a", "b", "c"],
        2: ["1", "", ""],
        3: ["1", "2", "3"],
    }


def test_a_quote_that_never_closes_is_named_by_its_line(tmp_path: Path) -> None:
    # Read on, it would swallow every row after it.
    with pytest.raises(RefusedFile, match=r"dòng 3: có dấu ngoặc kép.*không đóng lại"):
        read(tmp_path, 'a;b\n1;2\n3;"bốn\n5;6\n')


QUOTED = "id\twhat\twho\n1\tx\ty\n{}\n5\tx\ty\n"


@pytest.mark.parametrize(
    "lines",
    [
        '2\t"Main St sign\ty\n3\tx\ty\n4\t"Oak St" sign\ty',
        '2\t"Main St sign\ty\n3\tx\t"Desk" two\n4\tx\ty',
        '2\t"Main St sign\t"Desk" two',
        '2\t"Main\nSt\ty\n3\tx\ty\n4\t"Oak St"\ty',
        '2\tx\t"Main St\n3\t"Oak St"\ty\n4\tx\ty',
    ],
)
def test_a_quote_that_closes_where_the_next_opens_is_named_by_its_line(
    tmp_path: Path, lines: str
) -> None:
    with pytest.raises(RefusedFile, match=r"dòng 3: có dấu ngoặc kép.*không đóng lại"):
        read(tmp_path, QUOTED.format(lines))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('2\t"Main St" sign\ty', ["2", "Main St sign", "y"]),
        ('2\t8" pipe\ty', ["2", '8" pipe', "y"]),
        ('2\t"He said\n"no" twice"\ty', ["2", 'He said\nno" twice"', "y"]),
        ('2\t"a\tb\nc\td ""e"""\ty', ["2", 'a\tb\nc\td "e"', "y"]),
        ('2\t"Main St" sign', ["2", "Main St sign", ""]),
    ],
)
def test_quotes_that_are_only_set_loosely_are_read(
    tmp_path: Path, line: str, cells: list[str]
) -> None:
    sheet = read(tmp_path, QUOTED.format(line))
    assert sheet.cells.loc[3].tolist() == cells


@pytest.mark.parametrize(
    "content",
    [
        b"a;b\n1;\x00\n",
        b"\x89PNG\r\n\x1a\n\x01\x02\x03",
        b"\xff\xfea",
        b"%PDF-1.7\n",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedFile, match=r"«tep\.csv».*Chưa có dòng nào được nạp\.$"):
        read(tmp_path, content)


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b";;\n;;\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedFile, match="tệp trống"):
        read(tmp_path, content)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "khong_co.csv", tmp_path):
        with pytest.raises(RefusedFile, match="không mở được tệp"):
            read_file(path)


def test_a_workbook_gives_typed_cells_under_their_row_numbers(tmp_path: Path) -> None:
    moment = datetime(2024, 6, 12, 8, 15)
    path = workbook(
        tmp_path,
        {"Hồ sơ": [[], ["Mã", "Ngày"], [], ["00123", moment], [7, 1.5], [True, " "]], "Trống": []},
    )
    first, second = read_file(path)
    assert (first.name, second.name) == ("Hồ sơ", "Trống")
    assert rows(first) == {2: ["Mã", "Ngày"], 4: ["00123", moment], 5: [7, 1.5], 6: [True, " "]}
    assert second.cells.empty


def test_a_day_without_time_is_a_date_cell(tmp_path: Path) -> None:
    path = tmp_path / "ngay.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        book.add_worksheet().write_datetime(0, 0, datetime(2024, 6, 12), day)
    (sheet,) = read_file(path)
    assert type(sheet.cells.iloc[0, 0]) is date
    assert sheet.cells.iloc[0, 0] == date(2024, 6, 12)


def test_chart_sheets_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "bieu_do.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Số liệu").write_row(0, 0, [1, 2])
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='Số liệu'!$A$1:$B$1"})
        book.add_chartsheet("Biểu đồ").set_chart(chart)
    assert [sheet.name for sheet in read_file(path)] == ["Số liệu"]
