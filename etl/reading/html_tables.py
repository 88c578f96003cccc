"""HTML tables, which many systems export under the name .xls."""

from __future__ import annotations

from html.parser import HTMLParser

from etl.reading.encodings import Bytes, decode
from etl.reading.limits import Limits, empty
from etl.reading.sheets import Merged, Sheet, frame_of

_SKIPPED = ("script", "style", "title", "template")
_BREAKS = ("br", "p", "div", "li")


def read(file: str, content: Bytes, limits: Limits) -> list[Sheet]:
    """Return one sheet per table with rows, in the order in which they begin.

    A table within a cell is one of its own where it has two rows of two cells: pages are laid
    out in tables. A smaller one is the text of its cell.
    """
    decoded = decode(file, content, may_declare=True)
    parser = _Page(file, limits)
    parser.feed(decoded.text)
    parser.close()
    parser.end()
    tables = [table for table in parser.tables if table.rows]
    if not tables:
        raise empty(file)
    return [
        Sheet(
            file,
            f"Bảng {place}" if len(tables) > 1 else "",
            frame_of(table.rows),
            merged=tuple(table.merged),
        ).with_notes(decoded.notes)
        for place, table in enumerate(tables, start=1)
    ]


def _span(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() and len(text) < 10 else 1


class _Table:
    """A table, built as its tags begin and end; end tags may be missing.

    A cell that spans several stands in the first of them, as a merged cell of a workbook does.
    """

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.rows: list[tuple[int, list[object]]] = []
        self.merged: list[Merged] = []
        self.number = self.width = self.fullest = 0
        self.row: list[object] | None = None
        self.words: list[str] | None = None
        self.columns = self.lines = 1
        self.taken: dict[int, int] = {}
        """Columns that a cell of a row above still fills, and for how many rows."""

    @property
    def is_own(self) -> bool:
        """Whether it is more than a frame around some text."""
        return len(self.rows) > 1 and self.fullest > 1

    def begin_row(self) -> None:
        self.end_row()
        self.row = []

    def begin_cell(self, given: dict[str, str | None]) -> None:
        self.end_cell()
        if self.row is None:
            self.row = []
        self.columns, self.lines = _span(given.get("colspan")), _span(given.get("rowspan"))
        self.words = []

    def end_cell(self) -> None:
        if self.words is None or self.row is None:
            return
        text = _tidied("".join(self.words))
        self.words = None
        while self.taken and self.taken.get(len(self.row), 0):
            self.row.append("")
        first = len(self.row)
        if first + self.columns > self.width:
            self.width = first + self.columns
            self._hold(max(self.number, 1))
        self.row.append(text)
        if self.columns > 1:
            self.row += [""] * (self.columns - 1)
        if self.lines > 1:
            for place in range(first, first + self.columns):
                self.taken[place] = self.lines
            self.merged.append(Merged(self.number + 1, self.number + self.lines, first))

    def end_row(self) -> None:
        self.end_cell()
        if self.row is None:
            return
        self.number += 1
        self._hold(self.number)
        filled = sum(cell != "" for cell in self.row)
        if filled:
            self.rows.append((self.number, self.row))
            self.fullest = max(self.fullest, filled)
        if self.taken:
            self.taken = {place: left - 1 for place, left in self.taken.items() if left > 1}
        self.row = None

    def _hold(self, rows: int) -> None:
        self.limits.hold_rectangle(self.file, "", rows=rows, columns=max(self.width, 1))

    def text(self) -> str:
        return " ".join(str(cell) for _, row in self.rows for cell in row if cell != "")


def _tidied(text: str) -> str:
    """Return the text of a cell: blanks between the tags of a page are none of it."""
    if "\n" not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Page(HTMLParser):
    """The tables of a page in the order in which they begin, and those that are open."""

    def __init__(self, file: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.file, self.limits = file, limits
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell."""
        if tag == "td" or tag == "th":
            if self.open:
                self.open[-1].begin_cell(dict(attrs))
        elif tag == "tr":
            if self.open:
                self.open[-1].begin_row()
        elif tag == "table":
            self.open.append(_Table(self.file, self.limits))
            self.tables.append(self.open[-1])
        elif tag in _SKIPPED:
            self.skipping += 1
        elif tag in _BREAKS and self.open and self.open[-1].words:
            self.open[-1].words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a table, row or cell."""
        if tag in _SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif not self.open:
            return
        elif tag == "td" or tag == "th":
            self.open[-1].end_cell()
        elif tag == "tr":
            self.open[-1].end_row()
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        """Add to the text of the cell that is open."""
        if self.open and not self.skipping and self.open[-1].words is not None:
            self.open[-1].words.append(data)

    def end(self) -> None:
        """Close what is open."""
        while self.open:
            self._end_table()

    def _end_table(self) -> None:
        table = self.open.pop()
        table.end_row()
        if self.open and not table.is_own:
            outer = self.open[-1]
            if outer.words is not None:
                outer.words.append(f" {table.text()} ")
            table.rows = []
