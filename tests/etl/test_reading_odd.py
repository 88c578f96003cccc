"""Files as other programs write them: each is read to the same small table, or refused by name."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

from etl.errors import RefusedFile
from etl.inspecting import frame_json, inspect_file
from etl.reading import find_table, read_file
from etl.settings import Settings
from etl.sources.choosing import known_headers
from tests.etl.cleaning import clean
from tests.etl.disguises import to_1258

SETTINGS = Settings.model_construct()
HEADER = ["Mã hồ sơ", "Tên thủ tục", "Bộ phận", "Ngày tiếp nhận"]
ROWS = [
    ["000.00.36.H08-240603-0001", "Khai sinh", "Tư pháp", "03/06/2024"],
    ["000.00.36.H08-240604-0002", "Chứng thực", "Tư pháp", "04/06/2024"],
    ["000.00.36.H08-240613-0003", "Đất đai", "Địa chính", "13/06/2024"],
]
FRAME = [dict(zip(HEADER, row, strict=True)) for row in ROWS]


def _text(delimiter: str = ";") -> str:
    return "".join(delimiter.join(row) + "\n" for row in [HEADER, *ROWS])


def _quoted(delimiter: str) -> str:
    return "".join(delimiter.join(f'"{c}"' for c in row) + "\n" for row in [HEADER, *ROWS])


def _html(body: str = "", *, head: str = "") -> str:
    rows = "".join("<tr>" + "".join(f"<td>{c}" for c in row) for row in [HEADER, *ROWS])
    return f"<html>{head}<body>{body or '{}'}</body></html>".replace("{}", f"<table>{rows}</table>")


WRITTEN: dict[str, bytes] = {
    "a mark set twice": b"\xef\xbb\xbf\xef\xbb\xbf" + _text().encode(),
    "UTF-32 with its mark": _text().encode("utf-32"),
    "the last sign of DOS": _text().encode() + b"\x1a",
    "sep line": b"sep=;\r\n" + _text().encode(),
    "lone carriage returns": _text().replace("\n", "\r").encode(),
    "Windows-1258": to_1258(_text()),
    "a blank after each delimiter": _quoted("; ").encode(),
    "HTML in Windows-1258": to_1258(_html(head="<meta charset='windows-1258'>")),
    "HTML that names no text encoding": _html(head="<meta charset='base64'>").encode(),
    "HTML laid out in tables": _html(
        "<table><tr><td>Menu<td><table><tr><td>Xin chào</table><tr><td>{}</table>"
    ).encode(),
}


def _frame(path: Path) -> list[dict[str, object]]:
    frame: list[dict[str, object]] = json.loads(frame_json(path, settings=SETTINGS))
    return frame


@pytest.mark.parametrize("name", WRITTEN)
def test_the_table_is_read_whatever_wrote_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "tep.xls"
    path.write_bytes(WRITTEN[name])
    assert _frame(path) == FRAME
    assert len(clean(path).rows) == len(ROWS)


def test_letters_of_another_encoding_in_a_few_lines_leave_the_others_whole(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    strays = [b"A1;Cr\xe9ation;T\xf4;14/06/2024", to_1258("A2;Chứng thực;Bộ phận;15/06/2024")]
    path.write_bytes(_text().encode() + b"\n".join(strays) + b"\nA3;Ch\xe1\xbb;x;16/06/2024\n")
    assert _frame(path)[:3] == FRAME
    names = [row["Tên thủ tục"] for row in _frame(path)[3:]]
    assert names == ["Création", "Chứng thực", "Ch�"]
    (note,) = (note for note in read_file(path)[0].notes if note.code == "broken_letters")
    # Two Western letters, one cut off, and four letters whose tones stand after them.
    assert note.count == 11


def test_western_letters_stay_western(tmp_path: Path) -> None:
    """What two encodings read differently is Vietnamese only where it makes its syllables."""
    path = tmp_path / "tep.csv"
    path.write_bytes("nome;região\nJoão;São Paulo\nÑandú;Ceará\n".encode("cp1252"))
    assert _frame(path) == [
        {"nome": "João", "região": "São Paulo"},
        {"nome": "Ñandú", "região": "Ceará"},
    ]
    assert "phông cũ khác" in read_file(path)[0].notes[0].message


def test_what_nobody_sees_does_not_hide_a_header_or_a_day(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    text = _text().replace("Mã hồ sơ", "\u200bMã\u00a0hồ sơ").replace("03/06", "\u200e03/06")
    path.write_text(text, encoding="utf-8")
    cleaned = clean(path)
    assert len(cleaned.rows) == 3
    assert cleaned.rows["received_at"].iloc[0].day == 3


def test_a_header_printed_again_on_every_page_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "tep.csv"
    lines = _text().splitlines()
    path.write_text("\n".join([*lines[:2], lines[0], *lines[2:], lines[0]]), encoding="utf-8")
    cleaned = clean(path)
    assert (cleaned.rows_read, len(cleaned.rejects)) == (3, 0)
    assert [w.count for w in cleaned.warnings if w.code == "headers"] == [2]


# Cells that reach down ----------------------------------------------------------------------------


def _merged_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["SỔ HỒ SƠ"], HEADER, *ROWS]:
        sheet.append(row)
    sheet.merge_cells("C3:C4")
    book.save(path)


def _merged_html(path: Path) -> None:
    head, first, second, third = ("".join(f"<td>{c}</td>" for c in row) for row in [HEADER, *ROWS])
    first = first.replace("<td>Tư pháp", "<td rowspan=2>Tư pháp")
    second = second.replace("<td>Tư pháp</td>", "")
    rows = "".join(f"<tr>{row}</tr>" for row in (head, first, second, third))
    path.write_text(f"<table>{rows}</table>", encoding="utf-8")


def _merged_ods(path: Path) -> None:
    def row(cells: list[str]) -> str:
        return f"<t:table-row>{''.join(cells)}</t:table-row>"

    def cell(text: str, more: str = "") -> str:
        return f'<t:table-cell {more} o:value-type="string"><x:p>{text}</x:p></t:table-cell>'

    spanned = 't:number-rows-spanned="2"'
    inner = '<t:table t:name="trong ô"><t:table-row><t:table-cell/></t:table-row></t:table>'
    rows = [[cell(text) for text in line] for line in [HEADER, *ROWS]]
    rows[1][2], rows[2][2] = cell("Tư pháp", spanned), "<t:covered-table-cell/>"
    rows[3][0] = rows[3][0].replace("</x:p>", f"</x:p>{inner}")
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(
        f'xmlns:{short}="{names}{name}:1.0"'
        for short, name in (("o", "office"), ("t", "table"), ("x", "text"))
    )
    table = f'<t:table t:name="A">{"".join(map(row, rows))}</t:table>'
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml", f"<o:document-content {spaces}>{table}</o:document-content>"
        )


def _merged_xls(path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("Trước").write_merge(0, 5, 0, 0, "Ghi chú")
    sheet = book.add_sheet("Hồ sơ")
    for y, row in enumerate([HEADER, *ROWS]):
        for x, cell in enumerate(row):
            if (y, x) not in ((1, 2), (2, 2)):
                sheet.write(y, x, cell)
    sheet.write_merge(1, 2, 2, 2, "Tư pháp")
    book.save(str(path))


def _merged_xml(path: Path) -> None:
    def cell(text: str, more: str = "") -> str:
        return f'<ss:Cell {more}><ss:Data ss:Type="String">{text}</ss:Data></ss:Cell>'

    rows = [[cell(text) for text in line] for line in [HEADER, *ROWS]]
    rows[1][2] = cell("Tư pháp", 'ss:MergeDown="1"')
    rows[2][2:4] = [rows[2][3].replace("<ss:Cell ", '<ss:Cell ss:Index="4" ')]
    lines = "".join(f"<ss:Row>{''.join(row)}</ss:Row>" for row in rows)
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        f'<?xml version="1.0"?><ss:Workbook xmlns:ss="{space}"><ss:Worksheet ss:Name="A">'
        f"<ss:Table>{lines}</ss:Table></ss:Worksheet></ss:Workbook>",
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    "write", [_merged_xlsx, _merged_html, _merged_ods, _merged_xls, _merged_xml]
)
def test_a_cell_merged_down_counts_for_each_of_its_rows(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    path = tmp_path / "tep"
    write(path)
    assert _frame(path)[1]["Bộ phận"] == ""
    cleaned = clean(path)
    assert cleaned.rows["department"].tolist() == ["Tư pháp", "Tư pháp", "Địa chính"]
    assert [w.count for w in cleaned.warnings if w.code == "merged_down"] == [1]


def test_a_merged_cell_of_the_title_or_above_other_words_fills_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tep.xlsx"
    _merged_xlsx(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.merge_cells("B1:B2")
    book.save(path)
    (sheet_read,) = read_file(path)
    table = find_table(sheet_read, known=known_headers(None))
    assert table is not None
    assert table.frame.iloc[:, 1].tolist() == ["Khai sinh", "Chứng thực", "Đất đai"]


# Old workbooks, other kinds -----------------------------------------------------------------------


@pytest.mark.parametrize("version", [2, 3, 4])
def test_workbooks_of_the_first_excels_are_read(tmp_path: Path, version: int) -> None:
    def record(number: int, data: bytes) -> bytes:
        return struct.pack("<HH", number, len(data)) + data

    stream = {
        2: record(0x0009, struct.pack("<HH", 2, 0x10)),
        3: record(0x0209, struct.pack("<HHH", 0x300, 0x10, 0)),
        4: record(0x0409, struct.pack("<HHH", 0x400, 0x10, 0)),
    }[version]
    for row, words in enumerate([["Ten", "So"], ["A", "B"]]):
        for column, word in enumerate(words):
            place = struct.pack("<HH", row, column)
            stream += (
                record(0x0004, place + b"\0\0\0" + bytes([len(word)]) + word.encode())
                if version == 2
                else record(0x0204, place + struct.pack("<HH", 0, len(word)) + word.encode())
            )
    path = tmp_path / "cu.xls"
    path.write_bytes(stream + record(0x000A, b""))
    assert _frame(path) == [{"Ten": "A", "So": "B"}]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "tệp XML"),
        (b"MIME-Version: 1.0\nContent-Type: text/html\n\n<table>", ".mht"),
    ],
)
def test_other_kinds_of_text_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "tep.xls"
    path.write_bytes(content)
    with pytest.raises(RefusedFile, match=words):
        read_file(path)


def test_a_very_wide_table_of_strange_words_is_looked_at_without_comparing_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand headers that resemble nothing are ruled out before the slow comparison."""
    from etl.sources import proposing

    compared = []

    class Matcher(proposing.SequenceMatcher):  # type: ignore[type-arg]
        def ratio(self) -> float:
            compared.append(self.a)
            return super().ratio()

    monkeypatch.setattr(proposing, "SequenceMatcher", Matcher)
    path = tmp_path / "rong.csv"
    path.write_text(";".join(f"q{n}" for n in range(999)) + "\n" + ";".join("1" * 999))
    assert inspect_file(path, settings=SETTINGS).sheets[0].rows == 1
    assert len(compared) < 999
