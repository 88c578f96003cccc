"""What would burst the memory, is locked, broken or of another kind is refused by name."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from etl.errors import RefusedFile
from etl.reading import Limits, read_file
from etl.reading.limits import file_size
from tests.etl.cleaning import workbook
from tests.etl.disguises import DISGUISES, HEADER
from tests.etl.reading_worker import GIGABYTE, read_apart
from tests.examples import share

SMALL = Limits(file_bytes=50_000, expanded_bytes=200_000, rows=50, columns=20, cells=500)


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(RefusedFile) as refused:
        read_file(path, **options)  # type: ignore[arg-type]
    message = str(refused.value)
    assert message.startswith(f"Tệp «{path.name}»")
    assert message.endswith("Chưa có dòng nào được nạp.")
    return message


# Limits -----------------------------------------------------------------------------------------


def _one_cell(path: Path, row: int, column: int) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Xa")
        sheet.write(0, 0, "a")
        sheet.write(row, column, "b")
    return path


def test_a_cell_at_the_end_of_the_world_is_named(tmp_path: Path) -> None:
    path = _one_cell(tmp_path / "xa.xlsx", 1_048_575, 16_383)
    assert "trang tính «Xa»: bảng rộng tới cột XFD" in refusal(path)
    tall = _one_cell(tmp_path / "cao.xlsx", 1_048_575, 99)
    assert "ô CV1048576" in refusal(tall)


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 16_383), (60, 0), (0, 30)])
def test_cells_with_a_style_alone_reach_nowhere(tmp_path: Path, row: int, column: int) -> None:
    path = tmp_path / "mau.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_row(1, 0, ["c", "d"])
        sheet.write_blank(row, column, None, book.add_format({"bold": True}))
    (read,) = read_file(path, limits=SMALL)
    assert read.cells.shape == (2, 2)


def test_the_same_holds_for_old_workbooks(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, "a")
    sheet.write(60, 10, "b")
    path = tmp_path / "cu.xls"
    book.save(str(path))
    assert "dòng 61, quá giới hạn 50 dòng" in refusal(path, limits=SMALL)
    limits = replace(SMALL, rows=100)
    assert "ô K61" in refusal(path, limits=limits)
    assert read_file(path)[0].cells.shape == (2, 11)


def _ods(folder: Path, body: str) -> Path:
    path = folder / "bom.ods"
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet><table:table "
            f'table:name="a">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return path


def test_a_cell_repeated_a_million_times_is_refused(tmp_path: Path) -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="{}" office:value-type="float" '
        'office:value="7"/>'
    )
    row = '<table:table-row table:number-rows-repeated="{}">' + cell + "</table:table-row>"
    assert "16384" in refusal(_ods(tmp_path, row.format(1_048_576, 16_384)))
    assert "ô CV1000000" in refusal(_ods(tmp_path, row.format(1_000_000, 100)))
    (sheet,) = read_file(_ods(tmp_path, row.format(3, 2)))
    assert sheet.cells.to_numpy().tolist() == [[7.0, 7.0]] * 3


def test_html_that_spans_too_far_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rong.xls"
    path.write_text("<table><tr><td colspan=999999999>a</td></tr></table>", encoding="utf-8")
    assert "999999999" in refusal(path)


def test_too_many_rows_columns_and_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "dai.csv"
    path.write_text("a;b\n" * 10_001, encoding="utf-8")
    assert "quá giới hạn 50 dòng" in refusal(path, limits=replace(SMALL, file_bytes=10**6))
    path.write_text(";".join("abcdefghijklmnopqrstuvwxyz") + "\n", encoding="utf-8")
    assert "cột Z (cột thứ 26), quá giới hạn 20 cột" in refusal(path, limits=SMALL)
    path.write_bytes(b"a;b\n" * 20_000)
    assert "tệp nặng 80 KB, quá giới hạn" in refusal(path, limits=SMALL)
    assert "nâng giới hạn MAX_FILE_MB" in refusal(path, limits=SMALL)


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "0,1 KB"), (5_234, "5,2 KB"), (12_000, "12 KB"), (99_614_963, "99,6 MB")],
)
def test_a_size_is_told_in_the_unit_that_suits_it(size: int, words: str) -> None:
    assert file_size(size) == words


def _bomb(path: Path, *, megabytes: int) -> Path:
    workbook(path.parent, {"Sheet1": [HEADER]}, name="a.xlsx")
    block = b" " * 1_000_000
    with (
        zipfile.ZipFile(path.with_name("a.xlsx")) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            if not name.endswith("sheet1.xml"):
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b"<worksheet><sheetData>")
            for _ in range(megabytes):
                part.write(block)
            part.write(b"</sheetData></worksheet>")
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = _bomb(tmp_path / "bom.xlsx", megabytes=1_000)
    assert path.stat().st_size < 2_000_000
    assert "bung ra tới 1000" in refusal(path)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = _bomb(tmp_path / "doi.xlsx", megabytes=300)
    with zipfile.ZipFile(path) as package:
        size = package.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes()
    told = content.replace(struct.pack("<I", size), struct.pack("<I", 1000))
    path.write_bytes(told.replace(struct.pack("<Q", size), struct.pack("<Q", 1000)))
    result = read_apart(path)
    assert "hỏng" in result["files"][0]["refused"]
    assert result["most_bytes"] < GIGABYTE


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    xml = f"<?xml version='1.0'?>{laughs}]>"
    path = tmp_path / "cuoi.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", f"{xml}<a>&a9;</a>")
    result = read_apart(path)
    assert result["files"][0]["refused"]
    assert result["most_bytes"] < GIGABYTE


def test_the_largest_table_that_is_allowed_stays_within_a_gigabyte(tmp_path: Path) -> None:
    path = _one_cell(tmp_path / "to.xlsx", 1_048_575, 14)
    result = read_apart(path)
    assert result["files"][0]["shapes"] == [[2, 15]]
    assert result["most_bytes"] < GIGABYTE


# Other kinds ------------------------------------------------------------------------------------


def _zip(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7\n", "tệp PDF"),
        ("a.xlsx", b"\xff\xd8\xff\xe0JFIF", "tệp ảnh"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x01\x02\x03", "tệp ảnh"),
        ("a.docx", _zip("[Content_Types].xml", "word/document.xml"), "văn bản Word"),
        ("a.pptx", _zip("[Content_Types].xml", "ppt/presentation.xml"), "PowerPoint"),
        ("a.xlsb", _zip("[Content_Types].xml", "xl/workbook.bin"), ".xlsb"),
        ("a.zip", _zip("ho_so.xlsx"), "giải nén"),
        ("a.gz", gzip.compress(b"a;b\n", mtime=0), "gzip"),
        ("a.rtf", b"{\\rtf1 a}", "RTF"),
        ("a.json", b'[{"a": 1}]', "JSON"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "XML"),
        ("a.db", b"SQLite format 3\x00", "SQLite"),
        ("a.xlsx", b"PK\x03\x04 broken", "hỏng"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "hỏng"),
    ],
)
def test_another_kind_is_named(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(path)


def test_a_page_without_a_table_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "het_phien.xls"
    path.write_text("<html><body>Phiên làm việc đã hết</body></html>", encoding="utf-8")
    assert "tệp trống" in refusal(path)


def test_a_locked_workbook_says_how_to_unlock_it(tmp_path: Path) -> None:
    """The container of an encrypted .xlsx, and an old workbook with its lock record."""
    path = DISGUISES["xls"](tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(_entry("Workbook"), _entry("EncryptedPackage")))
    assert "bỏ mật khẩu" in refusal(path)
    # The record after the first (BOF, 20 bytes) becomes FILEPASS, with a cipher's two bytes.
    begin = content.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    path.write_bytes(content[:begin] + struct.pack("<HHH", 0x2F, 2, 1) + content[begin + 6 :])
    assert "đặt mật khẩu" in refusal(path)
    path.write_bytes(content.replace(_entry("Workbook"), _entry("WordDocument")))
    assert "văn bản Word" in refusal(path)


def _entry(name: str) -> bytes:
    """A name as the directory of a compound file holds it, with its length."""
    raw = (name + "\0").encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack("<H", len(raw))


# Broken files -----------------------------------------------------------------------------------


BROKEN = (
    "xlsx, day cells",
    "xls",
    "ods",
    "HTML named .xls",
    "Excel 2003 XML named .xls",
    "csv, TCVN3",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for name in BROKEN:
        DISGUISES[name](folder).rename(folder / name)
    return folder


@share(2)
@given(
    name=st.sampled_from(BROKEN),
    seed=st.integers(0, 10**6),
    is_cut=st.booleans(),
    flips=st.integers(0, 20),
)
def test_a_broken_file_is_read_or_refused(
    tmp_path: Path, whole: Path, name: str, seed: int, is_cut: bool, flips: int
) -> None:
    content, chance = bytearray((whole / name).read_bytes()), random.Random(seed)
    if is_cut:
        del content[chance.randrange(1, len(content)) :]
    for _ in range(flips):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "hong.xls"
    path.write_bytes(bytes(content))
    try:
        read_file(path)
    except RefusedFile as refused:
        assert len(refused.reason) > 5
