"""Workbooks of Excel 5 to 2003 (.xls).

Read by xlrd and not by calamine, which stops the whole process at some broken workbooks.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from typing import Literal

import xlrd
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

from etl.reading.limits import Limits, encrypted, unreadable, wrong_kind
from etl.reading.sheets import Merged, Sheet, frame_of, is_blank, repaired

_BIFF8 = 80
_BEGIN, _END, _MERGED = 0x0809, 0x000A, 0x00E5
"""Records of a sheet: its beginning, its end, its merged cells."""
_OTHER_KINDS = (
    ("WordDocument", "văn bản Word"),
    ("PowerPoint Document", "trình chiếu PowerPoint"),
    ("__properties_version1.0", "thư điện tử của Outlook"),
)


def read(file: str, content: bytes, limits: Limits) -> list[Sheet]:
    """Return the worksheets of a compound file, or refuse what else it holds."""
    if _has_stream(content, "EncryptedPackage"):
        raise encrypted(file)
    for name, kind in _OTHER_KINDS:
        if _has_stream(content, name):
            raise wrong_kind(file, kind)
    try:
        with xlrd.open_workbook(
            file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True
        ) as book:
            return [
                _sheet(file, book, book.sheet_by_index(place), limits)
                for place in range(book.nsheets)
            ]
    except XLRDError as error:
        if "encrypted" in str(error):
            raise encrypted(file) from error
        raise unreadable(file) from error
    except (
        # What a broken workbook makes of a reader that trusts its lengths and places.
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        MemoryError,
        NotImplementedError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
        CompDocError,
    ) as error:
        raise unreadable(file) from error


def _has_stream(content: bytes, name: str) -> bool:
    """Whether the directory of a compound file names a stream: its name, padded, and its length."""
    raw = (name + "\0").encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) in content


def _sheet(file: str, book: xlrd.Book, sheet: xlrd.sheet.Sheet, limits: Limits) -> Sheet:
    numbered = []
    width = 0
    for number in range(sheet.nrows):
        cells = sheet.row(number)
        row = [_value(cell, book.datemode) for cell in cells]
        if all(map(is_blank, row)):
            continue
        width = max(width, len(row))
        limits.hold_rectangle(file, sheet.name, rows=number + 1, columns=width)
        numbered.append((number + 1, row))
    return Sheet(
        file,
        sheet.name,
        frame_of(numbered),
        is_hidden=sheet.visibility != 0,
        is_1904=book.datemode == 1,
        merged=_merged(book, sheet.number),
    )


def _merged(book: xlrd.Book, place: int) -> tuple[Merged, ...]:
    """Return the cells of a sheet that reach down.

    xlrd tells of them only together with all formats, for which it refuses many a workbook: the
    records are looked for here. Source: [MS-XLS] 2.4.168 MergeCells, 2.5.211 Ref8U.
    """
    memory, places = book.mem or b"", getattr(book, "_sh_abs_posn", ())
    if book.biff_version < _BIFF8 or place >= len(places):
        return ()
    position, found = int(places[place]), []
    depth = 0
    while position + 4 <= len(memory):
        number, length = struct.unpack_from("<HH", memory, position)
        body = memory[position + 4 : position + 4 + length]
        if number == _MERGED:
            ranges = struct.iter_unpack("<HHHH", body[2 : 2 + (length - 2) // 8 * 8])
            found += [
                Merged(first + 1, last + 1, left) for first, last, left, _ in ranges if last > first
            ]
        # A chart within the sheet begins and ends as the sheet itself does.
        depth += (number == _BEGIN) - (number == _END)
        if number == _END and not depth:
            break
        position += 4 + length
    return tuple(found)


def _value(cell: xlrd.sheet.Cell, datemode: Literal[0, 1]) -> object:
    """Return a cell as the other formats give it."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _moment(float(cell.value), datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(int(cell.value), "#N/A")
    return repaired(cell.value)


def _moment(value: float, datemode: Literal[0, 1]) -> object:
    """Return a day, a moment or a time of day; a number that is none of them as it is."""
    try:
        moment = xlrd.xldate.xldate_as_datetime(value, datemode)
    except (OverflowError, ValueError):
        return value
    if 0 <= value < 1:
        return moment.time()
    return moment.date() if moment.time() == dt.time() else moment
