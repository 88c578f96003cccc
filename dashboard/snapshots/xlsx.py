"""The workbook: a cover, one sheet a table with real numbers and dates, a dictionary."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard import formatting as fmt
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
        sheet = Sheet(section.title, title, section, section.table, stamp)
        _write_table(book, _Styles(book), sheet)
    return buffer.getvalue()


def _sheets(frozen: Frozen) -> Iterator[Sheet]:
    """Give the tables, the snapshot's own first, each under a name of its own."""
    taken: set[str] = set()
    for report in frozen.ordered:
        for section in report.sections:
            if section.table is not None and section.missing is None:
                name = _sheet_name(report, section, taken)
                yield Sheet(name, report.title, section, section.table)


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
        self.note = self.get(italic=True, font_color="#445162")
        self.mark = self.get(bold=True, font_color="#855600")
        self.text = self.get(border=1, text_wrap=True, valign="top")
        self.label = self.get(bold=True, valign="top")
        self.plain = self.get(valign="top", text_wrap=True)
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
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 80)
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
    row = len(facts) + 4
    page.write_string(row, 0, "Trang tính", styles.label)
    page.write_string(row, 1, "Nội dung", styles.label)
    for number, sheet in enumerate(sheets, start=row + 1):
        link = f"internal:'{sheet.name}'!A1"
        page.write_url(number, 0, link, string=sheet.name)
        page.write_string(number, 1, plain_text(sheet.section.sentence), styles.plain)


def _write_table(book: Workbook, styles: _Styles, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name)
    section, table = sheet.section, sheet.table
    page.write_string(0, 0, f"{sheet.title}. {section.title}", styles.title)
    about = (plain_text(section.sentence), section.note, str(section.data.get("subtitle", "")))
    page.write_string(1, 0, ". ".join(part for part in about if part), styles.note)
    page.write_string(2, 0, sheet.stamp, styles.note)
    for x, column in enumerate(table.columns):
        page.write_string(_HEAD_ROW, x, column.label, styles.head)
    printed = printed_rows(table)
    last = max(_HEAD_ROW + len(printed), _HEAD_ROW + 1)
    page.freeze_panes(_HEAD_ROW + 1, 1)
    if table.columns:
        page.autofilter(_HEAD_ROW, 0, last, len(table.columns) - 1)
    for x, column in enumerate(table.columns):
        texts = [row[x] for row in printed]
        raw = table.rows[column.key].tolist() if column.key in table.rows else [None] * len(texts)
        for y, (value, text) in enumerate(zip(raw, texts, strict=True), start=_HEAD_ROW + 1):
            _write_cell(page, styles, y, x, value, text, column.kind)
        longest = max(map(len, texts), default=0)
        width = max(_NARROWEST, min(_WIDEST, max(longest, len(column.label) / 2) + 2))
        page.set_column(x, x, width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD_ROW)


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
    page.write_string(y, x, text, styles.defused if _RISKY.match(text) else styles.text)


def _is_number(value: Any) -> bool:
    return pd.api.types.is_number(value) and not isinstance(value, bool)


def _write_dictionary(book: Workbook, styles: _Styles, frozen: Frozen, sheets: list[Sheet]) -> None:
    page = book.add_worksheet("Từ điển dữ liệu")
    heads = ("Trang tính", "Cột", "Tên máy", "Kiểu", "Chỉ tiêu", "Định nghĩa")
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
    page.freeze_panes(_HEAD_ROW + 1, 0)
    page.autofilter(_HEAD_ROW, 0, y, len(heads) - 1)
    for x, width in enumerate((30, 30, 18, 22, 30, 70)):
        page.set_column(x, x, width)
