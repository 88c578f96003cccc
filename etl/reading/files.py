"""Reading CSV and XLSX files into sheets of raw cells."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import python_calamine

from etl.errors import RefusedFile
from etl.reading.table import Sheet

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
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
    if content[:4] == b"PK\x03\x04":
        return _read_workbook(path)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or content[:4] == b"%PDF":
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


def _read_workbook(path: Path) -> list[Sheet]:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as workbook:
            sheets = []
            for name in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                frame = pd.DataFrame(rows, dtype=object)
                frame.index = pd.RangeIndex(1, len(frame) + 1)
                sheets.append(Sheet(path.name, name, frame))
            return sheets
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise _unreadable(path) from error


def _decode(path: Path, content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise _unreadable(path) from error
    if b"\x00" in content:
        raise _unreadable(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1258")
    except UnicodeDecodeError as error:
        raise RefusedFile(
            path.name,
            reason="không nhận ra bảng mã chữ của tệp.",
            next_step="Hãy mở tệp và lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi nạp lại.",
        ) from error


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


def _read_csv(path: Path, content: bytes) -> Sheet:
    text = _decode(path, content)
    sample = text[: 256 * 1024]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(sample))
    rows: list[list[str]] = []
    numbers: list[int] = []
    line = 0
    try:
        for row in reader:
            if row:
                rows.append(row)
                numbers.append(line + 1)
            line = reader.line_num
    except csv.Error as error:
        raise _unreadable(path) from error
    if not rows:
        raise _empty(path)
    width = max(len(row) for row in rows)
    padded = [row + [""] * (width - len(row)) for row in rows]
    frame = pd.DataFrame(padded, dtype=object, index=pd.Index(numbers))
    return Sheet(path.name, "", frame)
