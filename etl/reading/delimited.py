"""Delimited text: CSV and its kin, whatever delimiter and encoding they came with."""

from __future__ import annotations

import csv
import io
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import TextIO

from etl.errors import RefusedFile
from etl.reading.encodings import Bytes, decode
from etl.reading.limits import Limits, empty, unreadable
from etl.reading.sheets import Sheet
from etl.reading.words import WordColumns

# The comma comes last: of delimiters that split a file equally well it is the one that also
# stands inside numbers and names.
_DELIMITERS = ";\t|,"
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 256 * 1024
_BLOCK_ROWS = 20_000
_END_OF_FILE = ["\x1a"]
"""The last sign of a text from DOS."""
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


def read(file: str, content: Bytes, limits: Limits) -> Sheet:
    """Return the one sheet of a delimited text.

    Raises:
        RefusedFile: it is no text, has a quote that never closes, or reaches too far.
    """
    decoded = decode(file, content)
    with decoded.open() as text:
        sample = text.read(_SAMPLE_CHARACTERS).replace(_END, " ")
        delimiter, width = _delimiter(sample)
    # Some programs write a blank after each delimiter: then a quote still opens a cell.
    is_spaced = f'"{delimiter} "' in sample
    columns, numbers = WordColumns(), array("q")
    try:
        with decoded.open() as text:
            for lines, rows in _blocks(text, delimiter, width, is_spaced=is_spaced):
                limits.hold_rectangle(
                    file,
                    "",
                    rows=len(columns) + len(rows),
                    columns=max(columns.width, *map(len, rows)),
                )
                columns.add(rows)
                numbers.extend(lines)
    except csv.Error as error:
        raise unreadable(file) from error
    except _NeverCloses as error:
        raise RefusedFile(
            file,
            row=error.line,
            reason='có dấu ngoặc kép (") mở ra mà không đóng lại, nên không biết các dòng sau '
            "chia ra sao.",
            next_step="Hãy sửa dòng này, hoặc xuất lại tệp dạng .xlsx, rồi nạp lại.",
        ) from error
    if not numbers:
        raise empty(file)
    shown = {"\t": "dấu tab"}.get(delimiter, f"«{delimiter}»")
    return Sheet(
        file,
        "",
        columns.frame(numbers),
        is_delimited=True,
        kind=f"CSV, phân cách bằng {shown}, bảng mã {decoded.encoding}",
        notes=decoded.notes,
    )


class _NeverCloses(Exception):
    """A quote that opens in ``line`` and never closes."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _blocks(
    text: TextIO, delimiter: str, width: int, *, is_spaced: bool
) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Give the rows that are not blank in blocks, with the line each begins in.

    ``width``: how many cells most rows have.

    Raises:
        _NeverCloses: the text ends inside a quote, or one reached into the next.
    """
    record: list[str] = []

    def lines() -> Iterator[str]:
        for line in text:
            record.append(line.replace(_END, " ") if _END in line else line)
            yield record[-1]

    reader = csv.reader(
        chain(lines(), [f"{_END}\n"]), delimiter=delimiter, skipinitialspace=is_spaced
    )
    numbers: list[int] = []
    rows: list[list[str]] = []
    line = 0
    for row in reader:
        is_odd = len(record) > 1 or len(row) < width
        if is_odd and _runs_on(record, row, delimiter, width, is_spaced=is_spaced):
            raise _NeverCloses(line + 1)
        record.clear()
        # The first cell tells for nearly every row, and much faster.
        if row and (row[0].strip() or any(map(str.strip, row))) and row != _END_OF_FILE:
            # One row is held back: the last is our own.
            if len(rows) > _BLOCK_ROWS:
                yield numbers[:-1], rows[:-1]
                numbers, rows = numbers[-1:], rows[-1:]
            numbers.append(line + 1)
            rows.append(row)
        line = reader.line_num
    if rows.pop() != [_END]:
        raise _NeverCloses(numbers[-1])
    if rows:
        yield numbers[:-1], rows


def _runs_on(
    record: list[str], row: list[str], delimiter: str, width: int, *, is_spaced: bool
) -> bool:
    """Whether a quote of the lines of one row closed where another was meant to open.

    What follows the closing quote is then no delimiter; and the first line is a whole row by
    itself, and so is the last, or the row has a wrong number of cells, or a line between is one.
    """
    if width < 2 or not record:
        return False
    first, *between, last = (record[0], *record[1:-1], record[-1])
    whole = [line.count(delimiter) + 1 >= width for line in (first, last)]
    is_swallowed = whole[0] and (whole[1] or len(row) != width)
    read = partial(csv.reader, delimiter=delimiter, skipinitialspace=is_spaced)
    alone = (next(read([line]), []) for line in between)
    if not is_swallowed and all(len(cells) != width for cells in alone):
        return False
    try:
        deque(read(record, strict=True), maxlen=0)
    except csv.Error:
        return True
    return False


def _delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter that gives the most rows the same number of cells, and this number.

    It is two or more, where there is any.
    """
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
    return best, best_score[1]
