"""A file → its sheets: told by its content, never by its name."""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from etl.reading import delimited, html_tables, legacy, opendocument, spreadsheetml, xls, xlsx
from etl.reading.encodings import Bytes
from etl.reading.limits import SAVE_AS, Limits, empty, encrypted, unreadable, wrong_kind
from etl.reading.sheets import Sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
"""First records of workbooks of Excel 2 to 5, which stand in no compound file."""
_OTHER_KINDS = (
    (b"%PDF", "tệp PDF"),
    (b"\x89PNG", "tệp ảnh"),
    (b"\xff\xd8\xff", "tệp ảnh"),
    (b"GIF8", "tệp ảnh"),
    (b"BM", "tệp ảnh"),
    (b"II*\x00", "tệp ảnh"),
    (b"MM\x00*", "tệp ảnh"),
    (b"{\\rtf", "văn bản RTF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"MIME-Version:", "trang web lưu thành một tệp (.mht)"),
    (b"SQLite format 3", "cơ sở dữ liệu SQLite"),
)
_TEXT_KINDS = {b"BM"}
"""Openings that plain text may have, too: then only a control character settles it."""
_HEAD = 4096
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    struct.error,
)
"""What reading a damaged package may end in."""
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|tr|style)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<(?:\?xml|[A-Za-z_][\w:.-]*[\s/>])")
_SPREADSHEETML = b"urn:schemas-microsoft-com:office:spreadsheet"
_JSON = re.compile(rb"\s*(?:\[\s*(?:\{|\[|\"|\]|-?\d)|\{\s*(?:\"|\}))")


def content_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, read piece by piece; OSError where it cannot be."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_file(path: Path, *, limits: Limits | None = None) -> list[Sheet]:
    """Return the sheets of ``path``; a CSV file is one sheet without a name.

    Raises:
        RefusedFile: it is missing, empty, encrypted, broken, too large, or of another kind.
    """
    limits = limits or Limits()
    try:
        limits.hold_file(path.name, path.stat().st_size)
        content = Bytes.at(path)
        if not any(block.strip(b" \t\r\n\x00") for block in content.blocks()):
            raise empty(path.name)
        sheets = _sheets(path.name, content, limits)
    except OSError as error:
        raise delimited.not_opened(path.name) from error
    return [legacy.to_unicode(sheet) for sheet in sheets]


def _sheets(file: str, content: Bytes, limits: Limits) -> list[Sheet]:
    opening = content.head(2 * _HEAD)
    if opening.startswith(b"PK\x03\x04"):
        return _packed(file, content.whole, limits)
    if opening.startswith((_OLE, *_BIFF)):
        return _of("Excel 97–2003 (.xls)", xls.read(file, content.whole, limits))
    for first, kind in _OTHER_KINDS:
        if opening.startswith(first) and (first not in _TEXT_KINDS or b"\x00" in opening[:_HEAD]):
            raise wrong_kind(file, kind)
    head = _plain_head(opening)
    if _SPREADSHEETML in head:
        return _of("Excel 2003 XML", spreadsheetml.read(file, content.whole, limits))
    if head.lstrip().startswith(b"<") and _MARKUP.search(head):
        return _of("bảng HTML", html_tables.read(file, content, limits))
    if _XML.match(head):
        raise wrong_kind(file, "tệp XML")
    if _JSON.match(head):
        raise wrong_kind(file, "tệp JSON")
    return [delimited.read(file, content, limits)]


def _of(kind: str, sheets: list[Sheet]) -> list[Sheet]:
    return [replace(sheet, kind=kind) for sheet in sheets]


def _plain_head(head: bytes) -> bytes:
    """Return the first characters as one byte each, whatever the width of their encoding."""
    for mark in (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"):
        head = head.removeprefix(mark)
    return head.replace(b"\x00", b"")


def _packed(file: str, content: bytes, limits: Limits) -> list[Sheet]:
    """Read a ZIP: a workbook of Excel or OpenDocument, or refuse what else it is."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            limits.hold_expanded(file, sum(part.file_size for part in package.infolist()))
            if any(part.flag_bits & 1 for part in package.infolist()):
                raise encrypted(file)
            names = set(package.namelist())
            if len(names) < len(package.infolist()):
                # Of two parts of one name it is anybody's guess which one is read.
                raise unreadable(file)
            if "xl/workbook.bin" in names:
                raise wrong_kind(file, "sổ Excel nhị phân (.xlsb)", next_step=SAVE_AS)
            if "content.xml" in names:
                return _of("OpenDocument (.ods)", opendocument.read(file, package, limits))
            if any(name.startswith(("word/", "ppt/")) for name in names):
                raise wrong_kind(file, "văn bản Word hoặc trình chiếu PowerPoint")
            if not any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names):
                raise wrong_kind(
                    file, "tệp nén", next_step="Hãy giải nén rồi nạp từng tệp bên trong."
                )
            return _of("Excel (.xlsx)", xlsx.read(file, content, package, limits))
    except _BROKEN as error:
        raise unreadable(file) from error
