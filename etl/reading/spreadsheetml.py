"""Spreadsheets in the XML of Excel 2003, which some systems export under the name .xls."""

from __future__ import annotations

import datetime as dt
from xml.parsers import expat

from etl.reading.limits import Limits, unreadable
from etl.reading.sheets import Merged, Sheet, frame_of, is_blank

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet "


def read(file: str, content: bytes, limits: Limits) -> list[Sheet]:
    """Return the worksheets of an Excel 2003 XML file."""
    reader = _Reader(file, limits)
    try:
        reader.parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise unreadable(file) from error
    return reader.sheets


class _Reader:
    """The sheets, built as elements begin and end."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file, self.limits = file, limits
        self.sheets: list[Sheet] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.name = ""
        self.rows: list[tuple[int, list[object]]] = []
        self.row: list[object] = []
        self.merged: list[Merged] = []
        self.number = self.width = self.column = 0
        self.kind: str | None = None
        self.value: object = ""
        self.words: list[str] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.removeprefix(_SPACE)
        index = attributes.get(f"{_SPACE}Index")
        if element == "Worksheet":
            self.name = attributes.get(f"{_SPACE}Name", "")
            self.rows, self.merged, self.number, self.width = [], [], 0, 0
        elif element == "Row":
            self.number = int(index) if index else self.number + 1
            self.row, self.column = [], 0
        elif element == "Cell":
            self.column = int(index) if index else self.column + 1
            self.value = ""
            self.across = int(attributes.get(f"{_SPACE}MergeAcross", "0"))
            if down := int(attributes.get(f"{_SPACE}MergeDown", "0")):
                self.merged.append(Merged(self.number, self.number + down, self.column - 1))
        elif element == "Data":
            self.kind, self.words = attributes.get(f"{_SPACE}Type", "String"), []

    def _characters(self, text: str) -> None:
        if self.kind is not None:
            self.words.append(text)

    def _end(self, name: str) -> None:
        element = name.removeprefix(_SPACE)
        if element == "Data":
            self.value = _value(self.kind or "", "".join(self.words))
            self.kind = None
        elif element == "Cell":
            if not is_blank(self.value):
                self.width = max(self.width, self.column)
                self.limits.hold_rectangle(
                    self.file, self.name, rows=self.number, columns=self.width
                )
                self.row += [""] * (self.column - 1 - len(self.row)) + [self.value]
            self.column += self.across
        elif element == "Row":
            if self.row:
                self.rows.append((self.number, self.row))
        elif element == "Worksheet":
            merged = tuple(self.merged)
            self.sheets.append(Sheet(self.file, self.name, frame_of(self.rows), merged=merged))


def _value(kind: str, text: str) -> object:
    if kind == "Number":
        return float(text)
    if kind == "DateTime":
        return dt.datetime.fromisoformat(text)
    if kind == "Boolean":
        return text.strip() == "1"
    return text
