"""Blank workbooks, one per source: Vietnamese headers, lists to choose from, an example, notes.

The filled-in workbook loads with no mapping. The example row says «Ví dụ» in its first cell and
is left out on loading, as is the sheet of notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from etl.catalogue.sources import SOURCES, UNIT, Column, Source
from etl.catalogue.tasks import load_tasks
from etl.catalogue.values import OVERALL, criteria, labels
from etl.seeds import seed_rows
from etl.working_time import FIRST_DAY, LAST_DAY

ROWS = 2000
"""Rows that have lists and formats, below the example."""
FILE_NAMES = {
    "dossier": "mau_ho_so.xlsx",
    "feedback": "mau_phan_anh_kien_nghi.xlsx",
    "survey": "mau_khao_sat.xlsx",
    "ranking": "mau_xep_hang.xlsx",
    "task_report": "mau_bao_cao_nhiem_vu.xlsx",
}
_EXAMPLES: dict[str, dict[str, Any]] = {
    "dossier": {
        "dossier_code": "Ví dụ: 000.00.36.H08-240603-0001",
        "procedure_code": "2.000815",
        "procedure_name": "Chứng thực bản sao từ bản chính",
        "field": "Chứng thực",
        "department": "Tư pháp – Hộ tịch",
        "channel": "Trực tuyến",
        "submitted_at": datetime(2024, 6, 3, 8, 15),
        "received_at": datetime(2024, 6, 3, 9, 30),
        "due_at": datetime(2024, 6, 5, 17, 0),
        "finished_at": datetime(2024, 6, 4, 15, 0),
        "returned_at": datetime(2024, 6, 5, 8, 0),
        "supplement_count": 0,
        "status": "Đã trả kết quả",
        "rating3": "Rất hài lòng",
    },
    "feedback": {
        "feedback_code": "Ví dụ: PA-2024-001",
        "channel": "Sổ góp ý",
        "category": "Quy định, thủ tục hành chính",
        "department": "Văn phòng – Thống kê",
        "sent_at": datetime(2024, 6, 3, 8, 0),
        "answered_at": datetime(2024, 6, 10, 16, 0),
        "published_at": datetime(2024, 6, 11, 9, 0),
        "status": "Đã công khai",
        "satisfied": "Có",
    },
    "survey": {
        "response_id": "Ví dụ: P001",
        "answered_on": date(2024, 6, 3),
        "criterion": "I",
        "question": "I.1 Nơi ngồi chờ có đủ chỗ ngồi",
        "score": "Hài lòng",
        "channel": "Trực tiếp",
        "department": "Tư pháp – Hộ tịch",
        "field": "Chứng thực",
    },
    "ranking": {
        "year": "Ví dụ: 2023",
        "unit": "Xã Hoài Châu Bắc",
        "index_pct": 90.83,
        "rank": 3,
        "respondents": 300,
        "total_units": 17,
        "decision_no": "1410/QĐ-UBND",
        "decision_date": date(2024, 1, 30),
    },
    "task_report": {
        "task_code": "Ví dụ: I.1",
        "month": "06/2024",
        "status": "Đạt",
        "measured_value": 10,
        "measured_of": 20,
        "checklist": 7,
        "evidence": "Bài đăng trên Trang thông tin điện tử",
    },
}
_KIND_WORDS = {
    "text": "chữ",
    "note": "chữ; số điện thoại, số giấy tờ tùy thân sẽ được che khi nạp",
    "label": "chữ, viết thống nhất một cách",
    "code": "chọn trong danh sách",
    "datetime": "ngày, hoặc ngày giờ: 30/06/2024 08:15",
    "date": "ngày: 30/06/2024",
    "month": "tháng: 06/2024",
    "integer": "số nguyên",
    "decimal": "số, dấu phẩy thập phân",
}


@dataclass(frozen=True)
class _Choices:
    """Where in the sheet of lists the values of a column stand."""

    column: int
    count: int


def write_templates(directory: Path, sources: Iterable[str]) -> list[Path]:
    """Write the template of each source into ``directory`` and return their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for code in sources:
        path = directory / FILE_NAMES[code]
        write_template(path, SOURCES[code])
        paths.append(path)
    return paths


def write_template(target: Any, source: Source) -> None:
    """Write the template of ``source`` to a path or a binary stream."""
    target = str(target) if isinstance(target, Path) else target
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"title": f"Mẫu nhập: {source.label}"})
        sheet = book.add_worksheet("Số liệu")
        notes = book.add_worksheet("Hướng dẫn")
        lists = book.add_worksheet("Danh sách")
        lists.hide()
        columns = _columns(source)
        choices = _write_lists(lists, source, columns)
        _write_table(book, sheet, source, columns, choices)
        _write_notes(book, notes, source, columns)


def _columns(source: Source) -> list[Column]:
    """Return the columns in the order of the template: the key first, the unit last."""
    own = [column for column in source.columns if column is not UNIT]
    return [*own, UNIT] if UNIT in source.columns else own


def values_of(source: Source, column: Column) -> list[str]:
    """Return what may be chosen in a column; nothing where anything may be typed."""
    if column.domain:
        return list(labels(column.domain).values())
    if column.name == "task_code":
        return list(load_tasks())
    if column.name == "criterion":
        # The six are known by their numerals; of the whole there is only a word.
        return [row["short_label"] if code == OVERALL else code for code, row in criteria().items()]
    if column.name == "unit":
        units = [row for row in seed_rows("units") if not row["valid_to"]] or seed_rows("units")
        return [
            row["code"] if column is UNIT else f"{row['kind'].capitalize()} {row['name']}"
            for row in units
        ]
    if column.name == "department":
        return [row["label"] for row in seed_rows("departments")]
    return []


def _write_lists(sheet: Any, source: Source, columns: list[Column]) -> dict[str, _Choices]:
    choices: dict[str, _Choices] = {}
    for column in columns:
        values = values_of(source, column)
        if values:
            place = len(choices)
            sheet.write_column(0, place, values)
            choices[column.name] = _Choices(place, len(values))
    return choices


def _write_table(
    book: Any,
    sheet: Any,
    source: Source,
    columns: list[Column],
    choices: dict[str, _Choices],
) -> None:
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EEF4"}
    )
    example = {"italic": True, "font_color": "#6B7280"}
    formats = {"datetime": "dd/mm/yyyy hh:mm", "date": "dd/mm/yyyy"}
    for place, column in enumerate(columns):
        number_format = formats.get(column.kind, "@" if column.kind in ("text", "month") else "")
        style = {"num_format": number_format} if number_format else {}
        sheet.set_column(place, place, 20, book.add_format(style))
        sheet.write_string(0, place, column.label + (" (*)" if column.required else ""), head)
        value = _EXAMPLES[source.code].get(column.name)
        if value is not None:
            _write_value(sheet, place, value, book.add_format({**style, **example}))
        if rule := _rule(column, choices.get(column.name)):
            sheet.data_validation(1, place, ROWS, place, rule)
    sheet.set_row(0, 36)
    sheet.freeze_panes(1, 1)


def _write_value(sheet: Any, place: int, value: Any, style: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(1, place, value, style)
    elif isinstance(value, str):
        sheet.write_string(1, place, value, style)
    else:
        sheet.write_number(1, place, value, style)


def _rule(column: Column, choices: _Choices | None) -> dict[str, Any] | None:
    """Return what Excel checks while a cell is typed; it warns and lets pass."""
    common = {"error_type": "warning", "error_title": column.label}
    if choices is not None:
        letter = xlsxwriter.utility.xl_col_to_name(choices.column)
        area = f"='Danh sách'!${letter}$1:${letter}${choices.count}"
        message = "Giá trị này chưa có trong danh sách. Vẫn giữ?"
        return {**common, "validate": "list", "source": area, "error_message": message}
    if column.kind in ("datetime", "date"):
        return {
            **common,
            "validate": "date",
            "criteria": "between",
            "minimum": FIRST_DAY,
            "maximum": LAST_DAY,
            "error_message": "Hãy ghi ngày dạng 30/06/2024.",
        }
    if column.kind in ("integer", "decimal"):
        return {
            **common,
            "validate": column.kind,
            "criteria": ">=",
            "value": 0,
            "error_message": "Hãy ghi một số không âm.",
        }
    return None


def _write_notes(book: Any, sheet: Any, source: Source, columns: list[Column]) -> None:
    bold = book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    lines = [
        f"Mẫu nhập: {source.label}",
        "Điền vào trang «Số liệu», mỗi dòng một mục, không đổi tên cột ở dòng đầu.",
        "Dòng chữ nghiêng bắt đầu bằng «Ví dụ» không được nạp; có thể xóa hoặc ghi đè.",
        "Cột có dấu (*) phải có giá trị. Cột khác để trống khi chưa có.",
        "Không ghi họ tên, địa chỉ, số điện thoại, số giấy tờ của người dân.",
        "Cột «Mã đơn vị» để trống nghĩa là đơn vị của mình."
        if UNIT in columns
        else "Ghi đúng tên đơn vị như trong danh sách.",
    ]
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line, bold if place == 0 else None)
    top = len(lines) + 1
    for place, column in enumerate(columns, start=top):
        sheet.write_string(place, 0, column.label, wrap)
        needed = "phải có; " if column.required else ""
        sheet.write_string(place, 1, needed + _KIND_WORDS[column.kind], wrap)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)
