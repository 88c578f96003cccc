"""Reading CSV and XLSX files into sheets of raw cells."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import python_calamine

from etl.errors import RefusedFile
from etl.reading.table import Sheet

# The comma comes last: of delimiters that split a file equally well it is the one that also
# stands inside numbers and names.
_DELIMITERS = ";\t|,"
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 256 * 1024
_MOST_WORDS_SEEN = 100_000
_LEGACY_ENCODINGS = ("cp1258", "cp1252")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF")
"""First bytes of old or encrypted Office files and of PDF."""
_NEVER_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1b]")
_END = "\x1b"
"""A last line of our own: where it is no record by itself, a quote before it was never closed."""
csv.field_size_limit(16 * 1024 * 1024)


def read_file(path: Path) -> list[Sheet]:
    """Return the sheets of ``path``; a CSV file is one sheet without a name.

    Raises:
        RefusedFile: it is missing, empty, or not a CSV or XLSX file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedFile(
            path.name,
            reason="không mở được tệp.",
            next_step="Hãy kiểm tra lại tên, đường dẫn và đóng tệp nếu đang mở trong Excel.",
        ) from error
    if not content.strip():
        raise _empty(path)
    if content.startswith(b"PK\x03\x04"):
        return _read_workbook(path, content)
    if content.startswith(_OTHER_KINDS):
        raise _unreadable(path)
    return [_read_csv(path, content)]


def _empty(path: Path) -> RefusedFile:
    return RefusedFile(
        path.name, reason="tệp trống.", next_step="Hãy xuất lại tệp từ phần mềm nguồn."
    )


def _unreadable(path: Path) -> RefusedFile:
    return RefusedFile(
        path.name,
        reason="tệp không phải CSV hay XLSX đọc được.",
        next_step="Hãy mở tệp bằng Excel, chọn «Lưu thành» dạng .xlsx không đặt mật khẩu "
        "rồi nạp lại.",
    )


# Workbooks --------------------------------------------------------------------------------------


def _read_workbook(path: Path, content: bytes) -> list[Sheet]:
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [
                _sheet(path, part.name, workbook.get_sheet_by_name(part.name))
                for part in workbook.sheets_metadata
                if part.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        raise _unreadable(path) from error


def _sheet(path: Path, name: str, sheet: python_calamine.CalamineSheet) -> Sheet:
    rows = sheet.to_python(skip_empty_area=False)
    numbered = [
        (number, row)
        for number, row in enumerate(rows, start=1)
        if any(cell != "" and not (isinstance(cell, str) and cell.isspace()) for cell in row)
    ]
    return Sheet(path.name, name, _frame(numbered), is_delimited=False)


# Delimited text ---------------------------------------------------------------------------------


def _read_csv(path: Path, content: bytes) -> Sheet:
    encoding = _encoding(path, content)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    delimiter = _delimiter(lines.read(_SAMPLE_CHARACTERS))
    lines.seek(0)
    reader = csv.reader(chain(lines, [f"{_END}\n"]), delimiter=delimiter)
    numbered: list[tuple[int, list[str]]] = []
    seen: dict[str, str] = {}
    line = 0
    try:
        for row in reader:
            if any(cell and not cell.isspace() for cell in row):
                # The same words fill most columns: one copy of each is enough.
                numbered.append((line + 1, [seen.setdefault(cell, cell) for cell in row]))
                if len(seen) > _MOST_WORDS_SEEN:
                    seen.clear()
            line = reader.line_num
    except csv.Error as error:
        raise _unreadable(path) from error
    last_line, last = numbered.pop()
    if last != [_END]:
        raise RefusedFile(
            path.name,
            row=last_line,
            reason='có dấu ngoặc kép (") mở ra mà không đóng lại, nên không biết các dòng sau '
            "chia ra sao.",
            next_step="Hãy sửa dòng này, hoặc xuất lại tệp dạng .xlsx, rồi nạp lại.",
        )
    if not numbered:
        raise _empty(path)
    return Sheet(path.name, "", _frame(numbered), is_delimited=True)


def _encoding(path: Path, content: bytes) -> str:
    """Return the encoding: UTF-8, UTF-16 with its mark, else one of the older one-byte ones."""
    if content.startswith(_UTF16_MARKS):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", *_LEGACY_ENCODINGS)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # One-byte encodings can read a picture, too; text has none of its control characters.
        if _NEVER_IN_TEXT.search(text):
            raise _unreadable(path)
        return encoding
    raise RefusedFile(
        path.name,
        reason="không nhận ra bảng mã chữ của tệp.",
        next_step="Hãy mở tệp và lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi nạp lại.",
    )


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the most rows the same number of cells, two or more."""
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = Counter(
            len(row) for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False) if len(row) > 1
        )
        if not widths:
            continue
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        if (rows, width) > best_score:
            best, best_score = delimiter, (rows, width)
    return best


def _frame(numbered: Sequence[tuple[int, Sequence[object]]]) -> pd.DataFrame:
    """Return rows as a frame of objects indexed by file row number, short rows padded."""
    width = max((len(row) for _, row in numbered), default=0)
    cells = np.full((len(numbered), width), "", dtype=object)
    for place, (_, row) in enumerate(numbered):
        cells[place, : len(row)] = row
    return pd.DataFrame(cells, index=pd.Index([number for number, _ in numbered], dtype="int64"))
