"""One table of dossiers in many disguises: formats, encodings, header layouts, date styles."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableColumn, TableRow
from odf.text import P

from etl.reading.old_fonts import VISCII
from etl.settings import Settings
from etl.templates import write_templates
from tests.etl.cleaning import workbook

HEADER = [
    "Mã hồ sơ",
    "Tên thủ tục",
    "Bộ phận",
    "Lĩnh vực",
    "Kênh",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc xử lý",
    "Trạng thái",
]
DAYS = (5, 6, 7)
_WORDS = (
    ("Chứng thực bản sao", "Tư pháp", "Chứng thực", "Trực tiếp", "Đã trả kết quả"),
    ("Đăng ký khai sinh", "Tư pháp", "Hộ tịch", "Trực tuyến", "Đang xử lý"),
    ("Chuyển mục đích sử dụng đất", "Địa chính", "Đất đai", "Bưu chính", "Đã xử lý xong"),
)
Row = list[Any]


def rows() -> list[Row]:
    """Twenty-four dossiers; days beyond the twelfth and within it, moments with their time."""
    found = []
    for number in range(24):
        words = _WORDS[number % 3]
        received = datetime(2024, 6, 1 + number, 7 + number % 4, 15)
        finished = received + timedelta(days=3) if words[4] != "Đang xử lý" else None
        code = f"000.00.36.H08-{received:%y%m%d}-{number + 1:04d}"
        due = received.replace(hour=17, minute=0) + timedelta(days=2 + number % 5)
        found.append([code, *words[:4], received, due, finished, words[4]])
    return found


def written(style: str, *, table: list[Row] | None = None) -> list[list[str]]:
    """Return the rows with their moments as text in ``style``; blanks as nothing."""

    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return value.strftime(style)
        return "" if value is None else str(value)

    return [[cell(value) for value in row] for row in table or rows()]


DMY, ISO = "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S"


def delimited(delimiter: str, lines: list[list[str]]) -> str:
    return "\r\n".join(delimiter.join(line) for line in lines) + "\r\n"


def to_1258(text: str) -> bytes:
    """Windows-1258 has letters with their shape and writes tones after them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            shape = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
            out += (shape + "".join(p for p in parts if p in tones)).encode("cp1258")
    return out


# Written down here a second time, so that a slip in the tables that convert does not go unseen.
_TCVN3 = dict(
    zip(
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
        strict=True,
    )
)
_VNI_PAIRS = """
à=aø á=aù ả=aû ã=aõ ạ=aï ă=aê ằ=aè ắ=aé ẳ=aú ẵ=aü ặ=aë â=aâ ầ=aà ấ=aá ẩ=aå ẫ=aã ậ=aä đ=ñ
è=eø é=eù ẻ=eû ẽ=eõ ẹ=eï ê=eâ ề=eà ế=eá ể=eå ễ=eã ệ=eä ì=ì í=í ỉ=æ ĩ=ó ị=ò
ò=oø ó=où ỏ=oû õ=oõ ọ=oï ô=oâ ồ=oà ố=oá ổ=oå ỗ=oã ộ=oä ơ=ô ờ=ôø ớ=ôù ở=ôû ỡ=ôõ ợ=ôï
ù=uø ú=uù ủ=uû ũ=uõ ụ=uï ư=ö ừ=öø ứ=öù ử=öû ữ=öõ ự=öï ỳ=yø ý=yù ỷ=yû ỹ=yõ ỵ=î
"""
_VNI = dict(pair.split("=") for pair in _VNI_PAIRS.split())


def to_tcvn3(text: str) -> str:
    return text.translate(str.maketrans(_TCVN3))


def to_vni(text: str) -> str:
    capitals = {letter.upper(): signs.upper() for letter, signs in _VNI.items()}
    return text.translate(str.maketrans({**_VNI, **capitals}))


def _csv(delimiter: str, encoding: str, *, style: str = DMY, form: str = "NFC") -> Any:
    def write(folder: Path) -> Path:
        text = unicodedata.normalize(form, delimited(delimiter, [HEADER, *written(style)]))
        path = folder / "tep.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def _bytes(make: Callable[[str], bytes]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "tep.csv"
        path.write_bytes(make(delimited(";", [HEADER, *written(DMY)])))
        return path

    return write


def _xlsx(lines: Callable[[], list[Row]], **options: Any) -> Callable[[Path], Path]:
    return lambda folder: workbook(folder, {"Sheet1": lines()}, name="tep.xlsx", **options)


def serial(moment: Any, epoch: datetime) -> Any:
    return (moment - epoch) / timedelta(days=1) if isinstance(moment, datetime) else moment


def _serials(epoch: datetime) -> list[Row]:
    return [HEADER, *([serial(value, epoch) for value in row] for row in rows())]


def _dressed() -> list[Row]:
    """Titles, a header of two rows, numbered columns, a running number, totals, signatures."""
    blank: Row = [""] * 10
    lines: list[Row] = [
        ["UBND XÃ HOÀI CHÂU BẮC"],
        ["DANH SÁCH HỒ SƠ"],
        ["Từ ngày 01/06/2024 đến ngày 30/06/2024"],
        blank,
        ["STT", *HEADER[:5], "Ngày", "", "", "Trạng thái"],
        ["", "", "", "", "", "", "tiếp nhận", "hẹn trả", "kết thúc xử lý", ""],
        [f"({place})" for place in range(1, 11)],
    ]
    for number, row in enumerate(written(DMY), start=1):
        if number % 8 == 1:
            lines.append([f"{'I' * (number // 8 + 1)}. Nhóm hồ sơ thứ {number // 8 + 1}"])
        lines.append([number, *row])
        if number % 8 == 0:
            lines += [["", "Cộng lĩnh vực: 8 hồ sơ", "", "", 8], blank]
    lines += [
        ["", "TỔNG CỘNG", "", "", 24],
        blank,
        ["", "", "", "", "", "", "Hoài Châu Bắc, ngày 05 tháng 7 năm 2024"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "", "", "CHỦ TỊCH"],
        ["", "Nguyễn Văn A", "", "", "", "", "Trần Thị B"],
    ]
    return lines


def _blank_columns() -> list[Row]:
    def spread(row: Row) -> Row:
        return ["", row[0], "", *row[1:4], "", "", *row[4:], ""]

    lines = [spread(HEADER)]
    for row in written(DMY):
        lines += [spread(row), [""] * 13]
    return lines


def _odd_headers() -> list[Row]:
    """Repeated and missing names beside the ones that count."""
    header = [*HEADER, "Ghi chú", "Ghi chú", "", "Trạng thái"]
    return [header, *([*row, "a", "b", "c", "khác"] for row in written(DMY))]


def _decorated_headers() -> list[Row]:
    names = ["MÃ HỒ SƠ (*)", "Thủ  tục", "PHÒNG BAN", "lĩnh vực:", "Hình thức nộp"]
    names += ["Ngày\ntiếp nhận (dd/mm/yyyy)", "HẠN TRẢ", "Ngay co ket qua", "Tình trạng *"]
    return [names, *written(DMY)]


def _xls(**options: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        book = xlwt.Workbook(encoding="utf-8")
        book.dates_1904 = options.get("is_1904", False)
        sheet = book.add_sheet("Sheet1")
        style = xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm")
        convert = options.get("convert", lambda text: text)
        for place, row in enumerate([HEADER, *rows()]):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write(place, column, value, style)
                elif value is not None:
                    sheet.write(place, column, convert(value))
        path = folder / "tep.xls"
        book.save(str(path))
        return path

    return write


def _ods(folder: Path) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Hồ sơ")
    table.addElement(TableColumn(numbercolumnsrepeated=1024))
    for row in [HEADER, *rows()]:
        line = TableRow()
        for value in row:
            if isinstance(value, datetime):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            elif value is None:
                cell = TableCell()
            else:
                cell = TableCell(valuetype="string")
            if value is not None and not isinstance(value, datetime):
                cell.addElement(P(text=value))
            line.addElement(cell)
        line.addElement(TableCell(numbercolumnsrepeated=1000))
        table.addElement(line)
    last = TableRow(numberrowsrepeated=1_000_000)
    last.addElement(TableCell(numbercolumnsrepeated=1024))
    table.addElement(last)
    document.spreadsheet.addElement(table)
    path = folder / "tep.ods"
    document.save(str(path))
    return path


def _html(encoding: str, *, with_groups: bool = False) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        head = "".join(f"<th>{escape(name)}</th>" for name in HEADER)
        if with_groups:
            rest = HEADER[:5]
            head = "".join(f"<th rowspan=2>{escape(name)}</th>" for name in rest)
            head += "<th colspan=3>Ngày</th><th rowspan=2>Trạng thái</th></tr><tr>"
            head += "<th>tiếp nhận</th><th>hẹn trả</th><th>kết thúc xử lý</th>"
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}&nbsp;</td>" for cell in row) + "</tr>\n"
            for row in written(DMY)
        )
        text = (
            f"<html><head><meta charset='{encoding}'><style>td {{mso-number-format:'@'}}</style>"
            f"</head><body><table border=1><tr>{head}</tr>{body}</table></body></html>"
        )
        path = folder / "tep.xls"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def _spreadsheetml(folder: Path) -> Path:
    def cell(value: Any) -> str:
        if isinstance(value, datetime):
            return f'<Cell><Data ss:Type="DateTime">{value.isoformat()}.000</Data></Cell>'
        if value is None:
            return "<Cell/>"
        return f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>'

    body = "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in [HEADER, *rows()])
    text = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Sheet1"><Table>{body}</Table></Worksheet></Workbook>'
    )
    path = folder / "tep.xls"
    path.write_text(text, encoding="utf-8")
    return path


def _two_sheets(folder: Path) -> Path:
    lines = written(DMY)
    halves = {"Nửa đầu": [HEADER, *lines[:10]], "Nửa sau": [HEADER, *lines[10:]]}
    return workbook(folder, halves, name="tep.xlsx")


def _template(folder: Path) -> Path:
    """The product's own template with the table typed below its example."""
    import openpyxl

    (path,) = write_templates(folder, ["dossier"])
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    places = {str(cell.value).removesuffix(" (*)"): cell.column for cell in sheet[1]}
    own = {"Tên thủ tục": "Tên thủ tục hành chính", "Bộ phận": "Đơn vị xử lý"}
    own["Kênh"] = "Kênh thực hiện"
    for number, row in enumerate(rows(), start=3):
        for name, value in zip(HEADER, row, strict=True):
            sheet.cell(number, places[own.get(name, name)], value)
    book.save(path)
    return path


def _stored_with_other_parts(folder: Path) -> Path:
    """A workbook as other programs zip it: uncompressed, with a picture beside the sheets."""
    path = workbook(folder, {"Sheet1": [HEADER, *rows()]}, name="a.xlsx")
    target = folder / "tep.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/image1.png", b"\x89PNG" * 100)
    return target


def _month_first(folder: Path) -> Path:
    """As an American Excel shows it; only the dossier codes can tell for the first days."""
    path = folder / "tep.csv"
    lines = delimited(",", [HEADER, *written("%m/%d/%Y %I:%M %p")])
    path.write_text(lines, encoding="utf-8")
    return path


DISGUISES: dict[str, Callable[[Path], Path]] = {
    "csv, comma, UTF-8": _csv(",", "utf-8"),
    "csv, semicolon, UTF-8 with mark": _csv(";", "utf-8-sig"),
    "csv, pipe": _csv("|", "utf-8"),
    "tsv, UTF-16": _csv("\t", "utf-16"),
    "tsv, UTF-16 little end first, no mark": _csv("\t", "utf-16-le"),
    "csv, UTF-16 big end first, no mark": _csv(";", "utf-16-be"),
    "csv, decomposed": _csv(";", "utf-8", form="NFD"),
    "csv, Windows-1258": _bytes(to_1258),
    "csv, TCVN3": _bytes(lambda text: to_tcvn3(text).encode("latin-1")),
    "csv, VNI": _bytes(lambda text: to_vni(text).encode("cp1252")),
    "csv, VISCII": _bytes(lambda text: text.encode(VISCII)),
    "csv, ISO days": _csv(",", "utf-8", style=ISO),
    "csv, ISO days with a T": _csv(",", "utf-8", style="%Y-%m-%dT%H:%M:%S"),
    "csv, days with dashes": _csv(";", "utf-8", style="%d-%m-%Y %H:%M:%S"),
    "csv, days with dots": _csv(";", "utf-8", style="%d.%m.%Y %H:%M"),
    "csv, time before day": _csv(";", "utf-8", style="%H:%M %d/%m/%Y"),
    "csv, month first": _month_first,
    "xlsx, day cells": _xlsx(lambda: [HEADER, *rows()]),
    "xlsx, days as text": _xlsx(lambda: [HEADER, *written(DMY)]),
    "xlsx, day numbers": _xlsx(lambda: _serials(datetime(1899, 12, 30))),
    "xlsx, day numbers from 1904": _xlsx(lambda: _serials(datetime(1904, 1, 1)), date_1904=True),
    "xlsx, day cells from 1904": _xlsx(lambda: [HEADER, *rows()], date_1904=True),
    "xlsx, all that an office adds": _xlsx(_dressed),
    "xlsx, blank rows and columns": _xlsx(_blank_columns),
    "xlsx, repeated and missing names": _xlsx(_odd_headers),
    "xlsx, decorated names": _xlsx(_decorated_headers),
    "xlsx, two sheets": _two_sheets,
    "xlsx, other parts": _stored_with_other_parts,
    "xlsx, own template": _template,
    "xls": _xls(),
    "xls, from 1904": _xls(is_1904=True),
    "xls, TCVN3": _xls(convert=to_tcvn3),
    "xls, VNI": _xls(convert=to_vni),
    "ods": _ods,
    "HTML named .xls": _html("utf-8"),
    "HTML in UTF-16 named .xls": _html("utf-16"),
    "HTML with grouped header": _html("utf-8", with_groups=True),
    "Excel 2003 XML named .xls": _spreadsheetml,
}
SETTINGS = Settings.model_construct()
