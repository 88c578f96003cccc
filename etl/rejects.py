"""The rejected rows of a batch as a workbook: corrected there, the same file loads again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter
from sqlalchemy import Connection, select

from etl.batches import find_batch
from etl.catalogue.sources import SOURCES, UNIT
from etl.errors import UserError
from etl.sources.columns import resolve
from etl.tables import UNDONE, load_reject

REASON = "Lý do bị loại"
_FORBIDDEN_IN_NAMES = set("[]:*?/\\")
_LONGEST_NAME = 31


def write_rejects(
    connection: Connection,
    batch_id: int,
    path: Path,
    *,
    own_unit: str,
    units: tuple[str, ...] | None = None,
) -> int:
    """Write the rejected rows of a batch to ``path`` and return how many they are.

    The columns are those of the file that were asked for, redacted as at the door; the title
    carries what the file spoke for; the last column says why, and is not read on loading.
    ``own_unit`` is the unit that rows without one belong to when the file comes back; ``units``
    are those whose batches may be read, None for all.

    Raises:
        UserError: the batch is not there, was undone, or has no rows that can be given back.
    """
    batch = find_batch(connection, batch_id, units=units)
    if batch["status"] == UNDONE:
        raise UserError(f"Lần nạp số {batch_id} đã được hoàn tác nên không còn dòng bị loại.")
    rows = list(
        connection.execute(
            select(load_reject).where(load_reject.c.batch_id == batch_id).order_by("number")
        ).mappings()
    )
    if not rows:
        raise UserError(f"Lần nạp số {batch_id} («{batch['file']}») không có dòng nào bị loại.")
    if any(row["cells"] is None for row in rows):
        raise UserError(
            f"Các dòng bị loại của lần nạp số {batch_id} («{batch['file']}») không tách riêng ra "
            "được: tệp này khi nạp sẽ thay toàn bộ số liệu của kỳ nó ghi. Hãy sửa trong tệp gốc "
            "rồi nạp lại cả tệp."
        )
    headers = orjson.loads(batch["headers"])
    source = SOURCES[batch["source"]]
    unit = resolve(source, headers, mapping=None, file=batch["file"], sheet="").columns.get("unit")
    if unit is None and batch["unit"] != own_unit:
        unit = UNIT.label
        headers.append(unit)
    # A row that names no unit is of that of its load, unless the source must name it.
    blanks = {unit: batch["unit"]} if unit and not source.column("unit").required else {}
    _write(path, batch, headers, rows, blanks=blanks)
    return len(rows)


def titles(batch: Any) -> list[str]:
    """Return the title rows by which the file speaks for the same days when it comes back."""
    lines = ["DỮ LIỆU MINH HỌA"] if batch["is_demo"] else []
    lines += [
        f"Chốt số liệu ngày {batch['as_of']:%d/%m/%Y}",
        f"Từ ngày {batch['covered_from']:%d/%m/%Y} đến ngày {batch['covered_to']:%d/%m/%Y}",
        f"Dòng bị loại của lần nạp số {batch['batch_id']}",
        "Sửa các ô tô vàng rồi nạp lại tệp này; cột cuối không được đọc",
    ]
    if batch["mapping_sha256"]:
        lines.append("Khi nạp lại, dùng đúng tệp ánh xạ của lần nạp trước")
    return lines


def _sheet_name(name: str) -> str:
    safe = "".join(" " if sign in _FORBIDDEN_IN_NAMES else sign for sign in name)
    return safe.strip(" '")[:_LONGEST_NAME] or "Dòng bị loại"


def _write(
    path: Path, batch: Any, headers: list[str], rows: list[Any], *, blanks: dict[str, str]
) -> None:
    """Write the workbook; ``blanks`` says by header what stands in a cell that was blank."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(_sheet_name(batch["sheet"]))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        kinds = {
            (is_day, is_fault): book.add_format(
                ({"num_format": "dd/mm/yyyy hh:mm"} if is_day else {})
                | ({"bg_color": "#FFF2CC"} if is_fault else {})
            )
            for is_day in (False, True)
            for is_fault in (False, True)
        }
        lines = titles(batch)
        for place, line in enumerate(lines):
            sheet.write_string(place, 0, line)
        top = len(lines)
        for column, header in enumerate([*headers, REASON]):
            sheet.write_string(top, column, header, bold)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_column(0, len(headers) - 1, 18)
        sheet.set_column(len(headers), len(headers), 60)
        for number, row in enumerate(rows, start=top + 1):
            cells = blanks | orjson.loads(row["cells"])
            for column, header in enumerate(headers):
                is_fault = header == row["column"]
                _write_cell(sheet, number, column, cells.get(header), kinds, is_fault=is_fault)
            reason = f"Dòng {row['row']} của tệp đã nạp: {row['reason']}"
            sheet.write_string(number, len(headers), reason)


def _write_cell(
    sheet: Any, row: int, column: int, value: Any, kinds: dict[Any, Any], *, is_fault: bool
) -> None:
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["date"])
        sheet.write_datetime(row, column, moment, kinds[True, is_fault])
    elif value is None:
        sheet.write_blank(row, column, None, kinds[False, is_fault])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, kinds[False, is_fault])
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value, kinds[False, is_fault])
    else:
        sheet.write_string(row, column, value, kinds[False, is_fault])
