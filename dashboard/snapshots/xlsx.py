"""The workbook: a cover, one sheet a table with real numbers and dates, a dictionary."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard import formatting as fmt
from dashboard.components.tables import NUMBER_KINDS
from dashboard.components.words import plain_text
from dashboard.model import CellKind, Report, Section, Table
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.freezing import Frozen

_FONT = "Times New Roman"
_FORMATS = {
    "integer": "#,##0",
    "late": '#,##0;"còn "#,##0',
    "percent1": "0.0%",
    "percent2": "0.00%",
    "date": "dd/mm/yyyy",
    "month": "m/yyyy",
}
"""Excel shows these with the reader's own separators: 1.234 and 90,8 % on a Vietnamese system."""
_RISKY = re.compile(r"^[=+\-@\t\r]")
"""What a spreadsheet would take for a formula when the cell is edited or saved as CSV."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_NAME_TAKEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _WIDEST, _NARROWEST = 31, 60, 8
_LEAST_ACROSS = 90
"""Width in characters that the words over a table get, however narrow the table is."""
_LINE, _MORE_LETTERS = 15.0, 1.1
"""Height of a line in points; letters of the sheet's font that a character of width holds."""
_ORDINARY_WIDTH = 8.43
"""Width of a column that nobody has set."""
_HEAD_ROW = 3
"""Rows above the head: title, sentence, a stamp or nothing."""

_KINDS = {
    "text": "chữ",
    "code": "mã",
    "integer": "số nguyên",
    "late": "số ngày (âm: còn lại)",
    "figure": "số đã in, kèm đơn vị",
    "percent1": "tỷ lệ (0–1)",
    "percent2": "tỷ lệ (0–1)",
    "date": "ngày",
    "month": "tháng (ngày đầu tháng)",
    "chip": "chữ",
    "task": "chữ",
}


@dataclass(frozen=True)
class Sheet:
    """One table of one report, and the name of its sheet."""

    name: str
    title: str
    """Of the report."""
    section: Section
    table: Table
    stamp: str = ""
    """Whose figures they are and of when, where no cover says it."""
    foot: str = ""
    """The same at the foot of every page that is printed."""


def write_xlsx(frozen: Frozen, *, fingerprint: str = "") -> bytes:
    """Return the workbook of every table of the snapshot."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        # No clock: the same snapshot gives the same bytes.
        made = datetime.combine(frozen.latest or date(1980, 1, 1), datetime.min.time())
        book.set_properties({"title": f"Báo cáo {frozen.period_label}", "created": made})
        styles = _Styles(book)
        sheets = list(_sheets(frozen))
        _write_cover(book, styles, frozen, sheets, fingerprint)
        for sheet in sheets:
            _write_table(book, styles, sheet)
        _write_dictionary(book, styles, frozen, sheets)
    return buffer.getvalue()


def write_section(section: Section, *, title: str, stamp: str) -> bytes:
    """Return a workbook of one table; ``title`` is its report's, ``stamp`` says whose and when."""
    assert section.table is not None
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        sheet = Sheet(section.title, title, section, section.table, stamp, foot=stamp)
        _write_table(book, _Styles(book), sheet)
    return buffer.getvalue()


def _sheets(frozen: Frozen) -> Iterator[Sheet]:
    """Give the tables, the snapshot's own first, each under a name of its own."""
    taken: set[str] = set()
    for report in frozen.ordered:
        for section in report.sections:
            if section.table is not None and section.missing is None:
                name = _sheet_name(report, section, taken)
                yield Sheet(name, report.title, section, section.table, foot=_foot(frozen))


def _foot(frozen: Frozen) -> str:
    parts = (frozen.unit_name, frozen.period_label, fmt.version(frozen.data_version))
    return " · ".join((*parts, *frozen.marks))


def _sheet_name(report: Report, section: Section, taken: set[str]) -> str:
    plain = _NAME_TAKEN.sub(" ", section.title)
    if report.title.lower() not in plain.lower():
        plain = f"{report.title} - {plain}"
    name, number = plain[:_LONGEST_NAME].strip(), 1
    while name.casefold() in taken:
        number += 1
        ending = f" {number}"
        name = plain[: _LONGEST_NAME - len(ending)].strip() + ending
    taken.add(name.casefold())
    return name


class _Styles:
    """The formats of the workbook, made once each."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.title = self.get(bold=True, font_size=14)
        self.head = self.get(
            bold=True,
            border=1,
            text_wrap=True,
            align="center",
            valign="vcenter",
            bg_color="#EEF2F6",
        )
        self.note = self.get(italic=True, font_color="#445162", text_wrap=True, valign="top")
        self.link = self.get(font_color="#0A5A8C", underline=1, valign="top")
        self.mark = self.get(bold=True, font_color="#855600")
        self.text = self.get(border=1, text_wrap=True, valign="top")
        self.label = self.get(bold=True, valign="top")
        self.plain = self.get(valign="top", text_wrap=True)
        # A printed number is text, and stands where numbers do.
        self.figure = self.get(border=1, text_wrap=True, valign="top", align="right")
        self.defused = self.get(border=1, valign="top", text_wrap=True, quote_prefix=True)
        self.numbers = {
            kind: self.get(border=1, valign="top", num_format=form)
            for kind, form in _FORMATS.items()
        }

    def get(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": _FONT, **properties})
        return self._made[key]


def _write_cover(
    book: Workbook, styles: _Styles, frozen: Frozen, sheets: list[Sheet], fingerprint: str
) -> None:
    page = book.add_worksheet("Bìa")
    page.hide_gridlines(2)
    _set_print(page, _foot(frozen), is_wide=False)
    widths = (34, 80)
    for x, width in enumerate(widths):
        page.set_column(x, x, width)
    page.write_string(0, 0, f"Báo cáo chỉ số hài lòng, {frozen.period_label}", styles.title)
    page.write_string(1, 0, " · ".join(frozen.marks), styles.mark)
    facts = [
        ("Đơn vị", f"{frozen.unit_name} (mã {frozen.unit})"),
        ("Kỳ báo cáo", frozen.period_label),
        ("Số liệu đến", fmt.day(frozen.latest)),
        ("Phiên bản số liệu", fmt.version(frozen.data_version)),
        ("Mã băm nội dung (SHA-256)", frozen.content_sha256),
        ("Dấu vân tay khóa ký", fingerprint or fmt.NOTHING),
        ("Tóm tắt", plain_text(frozen.reports["overview"].sentence)),
    ]
    for row, (label, value) in enumerate(facts, start=3):
        page.write_string(row, 0, label, styles.label)
        page.write_string(row, 1, value, styles.plain)
        _set_height(page, row, (label, value), widths)
    row = len(facts) + 4
    page.write_string(row, 0, "Trang tính", styles.label)
    page.write_string(row, 1, "Nội dung", styles.label)
    for number, sheet in enumerate(sheets, start=row + 1):
        link = f"internal:'{sheet.name}'!A1"
        page.write_url(number, 0, link, styles.link, string=sheet.name)
        words = plain_text(sheet.section.sentence)
        page.write_string(number, 1, words, styles.plain)
        _set_height(page, number, (sheet.name, words), widths)


def _write_table(book: Workbook, styles: _Styles, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    section, table = sheet.section, sheet.table
    page.write_string(0, 0, f"{sheet.title}. {section.title}", styles.title)
    printed = printed_rows(table)
    labels = [column.label for column in table.columns]
    widths = [_width(label, [row[x] for row in printed]) for x, label in enumerate(labels)]
    about = (plain_text(section.sentence), section.note, str(section.data.get("subtitle", "")))
    _write_across(page, 1, ". ".join(part for part in about if part), styles, widths)
    _write_across(page, 2, sheet.stamp, styles, widths)
    for x, label in enumerate(labels):
        page.write_string(_HEAD_ROW, x, label, styles.head)
    _set_height(page, _HEAD_ROW, labels, widths)
    for y, texts in enumerate(printed, start=_HEAD_ROW + 1):
        _set_height(page, y, texts, widths)
    last = max(_HEAD_ROW + len(printed), _HEAD_ROW + 1)
    page.freeze_panes(_HEAD_ROW + 1, 1)
    if table.columns:
        page.autofilter(_HEAD_ROW, 0, last, len(table.columns) - 1)
    for x, column in enumerate(table.columns):
        texts = [row[x] for row in printed]
        raw = table.rows[column.key].tolist() if column.key in table.rows else [None] * len(texts)
        for y, (value, text) in enumerate(zip(raw, texts, strict=True), start=_HEAD_ROW + 1):
            _write_cell(page, styles, y, x, value, text, column.kind)
        page.set_column(x, x, widths[x])
    _set_print(page, sheet.foot)
    page.repeat_rows(_HEAD_ROW)


def _width(label: str, texts: Sequence[str]) -> float:
    """Return the width of a column: no word of its head is broken, and the longest cell fits."""
    longest = max(map(len, texts), default=0)
    word = max(map(len, label.split(" ")))
    return max(_NARROWEST, min(_WIDEST, max(longest, len(label) / 2, word) + 2))


def _set_height(page: Worksheet, y: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Make a row as high as its words need: not every program that opens it does that itself."""
    lines = max((_lines(text, width) for text, width in zip(texts, widths, strict=True)), default=1)
    if lines > 1:
        page.set_row(y, lines * _LINE)


def _lines(text: str, width: float) -> int:
    room = max(1.0, (width - 1) * _MORE_LETTERS)
    return sum(max(1, math.ceil(len(line) / room)) for line in text.split("\n"))


def _write_across(
    page: Worksheet, y: int, words: str, styles: _Styles, widths: Sequence[float]
) -> None:
    """Write a line over the whole table, wrapped: on paper it would run off or shrink the sheet."""
    across, last = 0.0, -1
    while across < _LEAST_ACROSS or last < len(widths) - 1:
        last += 1
        across += widths[last] if last < len(widths) else _ORDINARY_WIDTH
    page.merge_range(y, 0, y, last, "", styles.note)
    page.write_string(y, 0, words, styles.note)
    _set_height(page, y, (words,), (across,))


def _set_print(page: Worksheet, stamp: str, *, is_wide: bool = True) -> None:
    """Print on A4, as wide as the paper, with what it is from and a page number at the foot."""
    if is_wide:
        page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.6, right=0.5, top=0.6, bottom=0.7)
    # A footer holds 255 characters and no more.
    words = stamp[:200].replace("&", "&&")
    page.set_footer(f"&L&9{words}&R&9Trang &P/&N")


def _write_cell(
    page: Worksheet,
    styles: _Styles,
    y: int,
    x: int,
    value: Any,
    text: str,
    kind: CellKind,
) -> None:
    """Write a raw value as a number or a date where it is one, else the text it prints as."""
    if not fmt.is_nothing(value):
        if kind in ("integer", "late", "percent1", "percent2") and _is_number(value):
            page.write_number(y, x, float(value), styles.numbers[kind])
            return
        if kind == "date" and isinstance(value, date):
            moment = datetime(value.year, value.month, value.day)
            page.write_datetime(y, x, moment, styles.numbers["date"])
            return
        if kind == "month" and re.fullmatch(r"\d{4}-\d{2}", str(value)):
            moment = datetime(int(value[:4]), int(value[5:]), 1)
            page.write_datetime(y, x, moment, styles.numbers["month"])
            return
    plain = styles.figure if kind in NUMBER_KINDS else styles.text
    page.write_string(y, x, text, styles.defused if _RISKY.match(text) else plain)


def _is_number(value: Any) -> bool:
    return pd.api.types.is_number(value) and not isinstance(value, bool)


def _write_dictionary(book: Workbook, styles: _Styles, frozen: Frozen, sheets: list[Sheet]) -> None:
    page = book.add_worksheet("Từ điển dữ liệu")
    heads = ("Trang tính", "Cột", "Tên máy", "Kiểu", "Chỉ tiêu", "Định nghĩa")
    widths = (32, 30, 18, 22, 30, 70)
    page.write_string(0, 0, "Từ điển dữ liệu", styles.title)
    for x, head in enumerate(heads):
        page.write_string(_HEAD_ROW, x, head, styles.head)
    meanings = {metric["code"]: metric for metric in frozen.metrics}
    y = _HEAD_ROW
    for sheet in sheets:
        metric = meanings.get(sheet.section.metric, {})
        for column in sheet.table.columns:
            y += 1
            cells = (
                sheet.name,
                column.label,
                column.key,
                _KINDS[column.kind],
                metric.get("label", ""),
                metric.get("definition", ""),
            )
            for x, text in enumerate(cells):
                page.write_string(y, x, text, styles.text)
            _set_height(page, y, cells, widths)
    page.freeze_panes(_HEAD_ROW + 1, 0)
    page.autofilter(_HEAD_ROW, 0, y, len(heads) - 1)
    _set_print(page, _foot(frozen))
    page.repeat_rows(_HEAD_ROW)
    for x, width in enumerate(widths):
        page.set_column(x, x, width)
