"""Delimited text: CSV and its kin, whatever delimiter and encoding they came with."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import chain

from etl.errors import RefusedFile
from etl.reading.encodings import decode
from etl.reading.limits import Limits, empty, unreadable
from etl.reading.sheets import Sheet, frame_of

# The comma comes last: of delimiters that split a file equally well it is the one that also
# stands inside numbers and names.
_DELIMITERS = ";\t|,"
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 256 * 1024
_MOST_WORDS_SEEN = 100_000
_END = "\x1b"
"""A last line of our own: where it is no record by itself, a quote before it was never closed."""
csv.field_size_limit(16 * 1024 * 1024)


def not_opened(file: str) -> RefusedFile:
    """Return the refusal of a file that is not there or that somebody else holds open."""
    return RefusedFile(
        file,
        reason="không mở được tệp.",
        next_step="Hãy kiểm tra lại tên, đường dẫn và đóng tệp nếu đang mở trong Excel.",
    )


def read(file: str, content: bytes, limits: Limits) -> Sheet:
    """Return the one sheet of a delimited text.

    Raises:
        RefusedFile: it is no text, has a quote that never closes, or reaches too far.
    """
    decoded = decode(file, content)
    text = decoded.text.replace(_END, " ")
    delimiter = _delimiter(text[:_SAMPLE_CHARACTERS])
    reader = csv.reader(chain(io.StringIO(text, newline=""), [f"{_END}\n"]), delimiter=delimiter)
    numbered: list[tuple[int, list[str]]] = []
    seen: dict[str, str] = {}
    line = width = 0
    try:
        for row in reader:
            if any(cell and not cell.isspace() for cell in row):
                # The same words fill most columns: one copy of each is enough.
                numbered.append((line + 1, [seen.setdefault(cell, cell) for cell in row]))
                if len(seen) > _MOST_WORDS_SEEN:
                    seen.clear()
                if len(row) > width or not len(numbered) % 10_000:
                    width = max(width, len(row))
                    limits.hold_rectangle(file, "", rows=len(numbered), columns=width)
            line = reader.line_num
    except csv.Error as error:
        raise unreadable(file) from error
    last_line, last = numbered.pop()
    if last != [_END]:
        raise RefusedFile(
            file,
            row=last_line,
            reason='có dấu ngoặc kép (") mở ra mà không đóng lại, nên không biết các dòng sau '
            "chia ra sao.",
            next_step="Hãy sửa dòng này, hoặc xuất lại tệp dạng .xlsx, rồi nạp lại.",
        )
    if not numbered:
        raise empty(file)
    shown = {"\t": "dấu tab"}.get(delimiter, f"«{delimiter}»")
    return Sheet(
        file,
        "",
        frame_of(numbered),
        is_delimited=True,
        kind=f"CSV, phân cách bằng {shown}, bảng mã {decoded.encoding}",
        notes=decoded.notes,
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
