"""HTML tables, which many systems export under the name .xls."""

from __future__ import annotations

from html.parser import HTMLParser

from etl.reading.encodings import Bytes, decode
from etl.reading.limits import Limits, empty
from etl.reading.sheets import Sheet, frame_of, is_blank

_SKIPPED = ("script", "style", "title", "template")
_BREAKS = ("br", "p", "div", "li")


def read(file: str, content: Bytes, limits: Limits) -> list[Sheet]:
    """Return one sheet per table that stands in no other table; a table in a cell is its text."""
    decoded = decode(file, content, may_declare=True)
    parser = _Tables(file, limits)
    parser.feed(decoded.text)
    parser.close()
    parser.end_table()
    sheets = [
        Sheet(file, name, frame_of(rows)).with_notes(decoded.notes)
        for name, rows in _named([rows for rows in parser.tables if rows])
    ]
    if not sheets:
        raise empty(file)
    return sheets


def _named(
    tables: list[list[tuple[int, list[object]]]],
) -> list[tuple[str, list[tuple[int, list[object]]]]]:
    if len(tables) == 1:
        return [("", tables[0])]
    return [(f"Bảng {place}", rows) for place, rows in enumerate(tables, start=1)]


def _span(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() and len(text) < 10 else 1


class _Tables(HTMLParser):
    """The tables of a page, built as its tags begin and end; end tags may be missing.

    A cell that spans several stands in the first of them, as a merged cell of a workbook does.
    """

    def __init__(self, file: str, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.file, self.limits = file, limits
        self.tables: list[list[tuple[int, list[object]]]] = []
        self.depth = self.skipping = 0
        self.number = self.width = 0
        self.row: list[object] | None = None
        self.words: list[str] | None = None
        self.columns = self.lines = 1
        self.taken: dict[int, int] = {}
        """Columns that a cell of a row above still fills, and for how many rows."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell."""
        if tag in _SKIPPED:
            self.skipping += 1
        elif tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.number = self.width = 0
                self.taken = {}
        elif self.depth == 1 and tag == "tr":
            self._end_row()
            self.row = []
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()
            if self.row is None:
                self.row = []
            given = dict(attrs)
            self.columns, self.lines = _span(given.get("colspan")), _span(given.get("rowspan"))
            self.words = []
        elif tag in _BREAKS and self.words:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a table, row or cell."""
        if tag in _SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif tag == "table":
            if self.depth == 1:
                self.end_table()
            self.depth = max(0, self.depth - 1)
        elif self.depth == 1 and tag == "tr":
            self._end_row()
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        """Add to the text of the cell that is open."""
        if self.words is not None and not self.skipping:
            self.words.append(data)

    def end_table(self) -> None:
        """Close what is open."""
        self._end_row()

    def _end_cell(self) -> None:
        if self.words is None or self.row is None:
            return
        # Blanks between the tags of a page are no text.
        lines = (" ".join(line.split()) for line in "".join(self.words).split("\n"))
        text = "\n".join(line for line in lines if line)
        self.words = None
        while self.taken.get(len(self.row), 0):
            self.row.append("")
        first = len(self.row)
        self.width = max(self.width, first + self.columns)
        self.limits.hold_rectangle(self.file, "", rows=max(self.number, 1), columns=self.width)
        self.row += [text] + [""] * (self.columns - 1)
        if self.lines > 1:
            for place in range(first, first + self.columns):
                self.taken[place] = self.lines

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is None:
            return
        self.number += 1
        self.limits.hold_rectangle(self.file, "", rows=self.number, columns=max(self.width, 1))
        if not all(map(is_blank, self.row)):
            self.tables[-1].append((self.number, self.row))
        self.taken = {place: left - 1 for place, left in self.taken.items() if left > 1}
        self.row = None
