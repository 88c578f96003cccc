"""Workbooks of Excel 5 to 2003 (.xls): their records are looked at before they are read.

Record layouts: Microsoft's published format specification [MS-XLS], sections 2.4.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

from etl.reading.calamine import Extent, read_workbook
from etl.reading.limits import Limits, encrypted, unreadable, wrong_kind
from etl.reading.sheets import Sheet

_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _DATE_1904, _SST = 0x809, 0x0A, 0x2F, 0x85, 0x22, 0xFC
_ONE_CELL = frozenset((0x203, 0x204, 0xFD, 0x27E, 0xD6))
"""NUMBER, LABEL, LABELSST, RK, RSTRING: row, column, format, value."""
_FORMULA = frozenset((0x06, 0x206, 0x406))
_MULRK, _BOOLERR = 0xBD, 0x205
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_OTHER_KINDS = (
    ("WordDocument", "văn bản Word"),
    ("PowerPoint Document", "trình chiếu PowerPoint"),
    ("__properties_version1.0", "thư điện tử của Outlook"),
)

Record = tuple[int, bytes]


def read(file: str, content: bytes, limits: Limits) -> list[Sheet]:
    """Return the worksheets of a compound file, or refuse what else it holds."""
    stream = _workbook_stream(file, content)
    try:
        is_1904, offsets = _globals(file, stream)
        extents = [_extent(stream, offset) for offset in offsets]
    except struct.error as error:
        raise unreadable(file) from error
    return read_workbook(file, content, extents, limits, is_1904=is_1904)


def _workbook_stream(file: str, content: bytes) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as package:
            if package.exists("EncryptedPackage"):
                raise encrypted(file)
            for name, kind in _OTHER_KINDS:
                if package.exists(name):
                    raise wrong_kind(file, kind)
            for name in ("Workbook", "Book"):
                if package.exists(name):
                    return bytes(package.openstream(name).read())
    except (OSError, ValueError, IndexError, struct.error) as error:
        raise unreadable(file) from error
    raise unreadable(file)


def _records(stream: bytes, offset: int) -> Iterator[Record]:
    """Give the records of the substream at ``offset``, those of charts within it left out."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        offset += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, stream[offset : offset + size]
        offset += size


def _globals(file: str, stream: bytes) -> tuple[bool, list[int]]:
    """Return whether day numbers count from 1904, and where each sheet begins."""
    is_1904, offsets = False, []
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted(file)
        if kind == _DATE_1904:
            is_1904 = data[:2] == b"\x01\x00"
        elif kind == _BOUNDSHEET:
            offsets.append(struct.unpack_from("<I", data)[0])
        elif kind == _SST and struct.unpack_from("<I", data, 4)[0] > len(stream):
            # The reader makes room for as many texts as are announced.
            raise unreadable(file)
    return is_1904, offsets


def _extent(stream: bytes, offset: int) -> Extent:
    extent = Extent()
    for kind, data in _records(stream, offset):
        if kind in _ONE_CELL or kind in _FORMULA or kind == _BOOLERR:
            row, column = struct.unpack_from("<HH", data)
            extent.reach(row, column)
            code = _error_code(kind, data)
            if code is not None:
                extent.errors[row, column] = _ERRORS.get(code, "#N/A")
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", data)
            last = struct.unpack_from("<H", data, len(data) - 2)[0]
            extent.reach(row, max(first, last))
    return extent


def _error_code(kind: int, data: bytes) -> int | None:
    """Return the code of the error that a cell shows; None where it shows none."""
    if kind == _BOOLERR and data[7:8] == b"\x01":
        return data[6]
    if kind in _FORMULA and data[6:7] == b"\x02" and data[12:14] == b"\xff\xff":
        return data[8]
    return None
