"""Spreadsheets of LibreOffice (.ods), read as a stream so that repeated cells cost nothing.

A document may say "this cell, 16 384 times, in this row, a million times" in a few bytes.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from xml.parsers import expat

from etl.reading.limits import Limits, encrypted, unreadable, wrong_kind
from etl.reading.sheets import ERROR_TEXTS, Merged, Sheet, frame_of

_CHUNK = 1024 * 1024
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_CELLS = ("table:table-cell", "table:covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")


def read(file: str, package: zipfile.ZipFile, limits: Limits) -> list[Sheet]:
    """Return the sheets of an OpenDocument package that is known to expand within ``limits``."""
    if "META-INF/manifest.xml" in package.NameToInfo and (
        b"encryption-data" in package.read("META-INF/manifest.xml")
    ):
        raise encrypted(file)
    if "mimetype" in package.NameToInfo and not package.read("mimetype").startswith(_SPREADSHEET):
        raise wrong_kind(file, "tài liệu OpenDocument không phải bảng tính")
    reader = _Reader(file, limits)
    try:
        with package.open("content.xml") as stream:
            while block := stream.read(_CHUNK):
                reader.parser.Parse(block)
            reader.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, zipfile.BadZipFile) as error:
        raise unreadable(file) from error
    return reader.sheets


def _short(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return f"{_NAMESPACES.get(namespace, namespace)}:{local}"


class _Reader:
    """The sheets of a document, built as its elements begin and end."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.sheets: list[Sheet] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.names: dict[str, str] = {}
        self.style = ""
        self.hidden_styles: set[str] = set()
        self.notes_open = 0
        """How many annotations are open: what people wrote beside a cell is not its text."""
        self.inner_open = 0
        """How many tables are open within a cell: what they say is no text of its own."""
        self.cell: dict[str, str] | None = None
        self.words: list[str] = []
        self._begin_table({})

    # Elements ---------------------------------------------------------------------------------

    def _name(self, name: str) -> str:
        known = self.names.get(name)
        if known is None:
            known = self.names[name] = _short(name)
        return known

    def _start(self, raw: str, raw_attributes: dict[str, str]) -> None:
        name = self._name(raw)
        attributes = {self._name(key): value for key, value in raw_attributes.items()}
        if name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:table-properties":
            if attributes.get("table:display") == "false":
                self.hidden_styles.add(self.style)
        elif name == "table:table" and (self.inner_open or self.cell is not None):
            self.inner_open += 1
        elif self.inner_open:
            return
        elif name == "table:table":
            self._begin_table(attributes)
        elif name == "table:table-row":
            self.row.clear()
            self.gap = 0
            self.row_repeats = int(attributes.get("table:number-rows-repeated", "1"))
        elif name in _CELLS:
            self.cell, self.words = attributes, []
        elif name == "office:annotation":
            self.notes_open += 1
        elif self.cell is not None and not self.notes_open:
            self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            self.words.append("\n" if self.words else "")
        elif name == "text:s":
            spaces = int(attributes.get("text:c", "1"))
            self.words.append(" " * min(spaces, 1000))
        elif name == "text:tab":
            self.words.append("\t")
        elif name == "text:line-break":
            self.words.append("\n")

    def _characters(self, text: str) -> None:
        if self.cell is not None and not self.notes_open and not self.inner_open:
            self.words.append(text)

    def _end(self, raw: str) -> None:
        name = self._name(raw)
        if self.inner_open:
            self.inner_open -= name == "table:table"
        elif name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()
        elif name == "table:table":
            self.sheets.append(
                Sheet(
                    self.file,
                    self.table,
                    frame_of(self.rows),
                    is_hidden=self.is_hidden,
                    merged=tuple(self.merged),
                )
            )
        elif name == "office:annotation":
            self.notes_open -= 1

    # Cells and rows ---------------------------------------------------------------------------

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self.table = attributes.get("table:name", "")
        self.is_hidden = attributes.get("table:style-name") in self.hidden_styles
        self.rows: list[tuple[int, list[object]]] = []
        self.number = self.width = 0
        self.row: list[object] = []
        self.merged: list[Merged] = []
        self.row_repeats = 1
        self.gap = 0

    def _end_cell(self) -> None:
        assert self.cell is not None
        repeats = int(self.cell.get("table:number-columns-repeated", "1"))
        value = _value(self.cell, "".join(self.words))
        lines = int(self.cell.get("table:number-rows-spanned", "1"))
        self.cell = None
        if value == "":
            self.gap += repeats
            return
        self._hold(self.number + 1, len(self.row) + self.gap + repeats)
        if lines > 1:
            place = len(self.row) + self.gap
            self.merged.append(Merged(self.number + 1, self.number + lines, place))
        self.row += [""] * self.gap + [value] * repeats
        self.gap = 0

    def _end_row(self) -> None:
        if self.row_repeats < 1:
            raise ValueError(self.row_repeats)
        if self.row:
            self._hold(self.number + self.row_repeats, len(self.row))
            row = list(self.row)
            self.rows += [(self.number + 1 + place, row) for place in range(self.row_repeats)]
        self.number += self.row_repeats

    def _hold(self, rows: int, columns: int) -> None:
        self.width = max(self.width, columns)
        self.limits.hold_rectangle(self.file, self.table, rows=rows, columns=self.width)


def _value(attributes: dict[str, str], text: str) -> object:
    """Return a cell as the other formats give it: number, date, truth, or text."""
    kind = attributes.get("office:value-type", "")
    if attributes.get("calcext:value-type") == "error":
        return text if text in ERROR_TEXTS else "#VALUE!"
    if kind in _NUMBERS:
        return float(attributes.get("office:value", "nan"))
    if kind == "boolean":
        return attributes.get("office:boolean-value") == "true"
    if kind == "date":
        written = attributes.get("office:date-value", "")
        moment = dt.datetime.fromisoformat(written)
        return moment if "T" in written else moment.date()
    return text if text.strip() else ""
