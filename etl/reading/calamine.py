"""Workbooks of Excel through calamine, held to what was found out about them beforehand."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import python_calamine

from etl.reading.limits import Limits, encrypted, unreadable
from etl.reading.sheets import Merged, Sheet, frame_of, is_blank, repaired


@dataclass
class Extent:
    """What a sheet holds: how far it reaches, and its cells with errors, by (row, column) from 0.

    calamine allocates the whole rectangle up to the farthest cell and gives errors, and formulas
    without a result, as blanks: both must be known before it reads.
    """

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def read_workbook(
    file: str, content: bytes, extents: Sequence[Extent], limits: Limits, *, is_1904: bool
) -> list[Sheet]:
    """Return the worksheets of a workbook; ``extents`` are those of its sheets, in their order.

    Raises:
        RefusedFile: a sheet reaches too far, or the workbook is encrypted or broken.
    """
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            parts = workbook.sheets_metadata
            if len(parts) != len(extents):
                raise unreadable(file)
            sheets = []
            for place, (part, extent) in enumerate(zip(parts, extents, strict=True)):
                if part.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    limits.hold_rectangle(file, part.name, rows=extent.rows, columns=extent.columns)
                    sheet = workbook.get_sheet_by_index(place)
                    sheets.append(_sheet(file, part, sheet, extent, is_1904=is_1904))
            return sheets
    except python_calamine.PasswordError as error:
        raise encrypted(file) from error
    except (python_calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        raise unreadable(file) from error
    except BaseException as error:
        # A broken file can make the reader panic, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise unreadable(file) from error
        raise


def _sheet(
    file: str,
    part: python_calamine.SheetMetadata,
    sheet: python_calamine.CalamineSheet,
    extent: Extent,
    *,
    is_1904: bool,
) -> Sheet:
    # Rows come from the first of the sheet on, their cells from the first column that is filled.
    margin = [""] * (sheet.start or (0, 0))[1]
    errors: dict[int, dict[int, str]] = {}
    for (number, column), text in extent.errors.items():
        errors.setdefault(number, {})[column] = text
    numbered: list[tuple[int, list[object]]] = []
    for number, cells in enumerate(sheet.iter_rows()):
        row: list[object] = [*margin, *cells] if margin else [*cells]
        for column, text in errors.pop(number, {}).items():
            row = [*row, *[""] * (column + 1 - len(row))]
            row[column] = text
        if not all(is_blank(cell) for cell in row):
            numbered.append((number + 1, [repaired(cell) for cell in row]))
    # What lies outside the rectangle of values: rows of errors alone.
    for number, alone in errors.items():
        row = [""] * (max(alone) + 1)
        for column, text in alone.items():
            row[column] = text
        numbered.append((number + 1, row))
    numbered.sort(key=lambda item: item[0])
    return Sheet(
        file,
        part.name,
        frame_of(numbered),
        is_hidden=part.visible != python_calamine.SheetVisibleEnum.Visible,
        is_1904=is_1904,
        merged=tuple(
            Merged(top + 1, bottom + 1, left)
            for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()
            if bottom > top
        ),
    )
