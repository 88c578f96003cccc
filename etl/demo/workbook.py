"""Writing a frame the way an office's software exports it: titles, header, rows, a total."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import xlsxwriter

MARK = "DỮ LIỆU MINH HỌA – không phải số liệu thật"
AGENCY = "ỦY BAN NHÂN DÂN XÃ HOÀI CHÂU BẮC"
# A file that is written twice from one seed is the same to the byte.
_CREATED = datetime(2024, 12, 31, 17, 0)


@dataclass(frozen=True)
class Export:
    """One exported list: ``frame`` has their headers and holds text, numbers or date cells."""

    name: str
    sheet: str
    titles: Sequence[str]
    frame: pd.DataFrame
    suffix: Literal[".xlsx", ".csv"] = ".xlsx"
    total: str | None = None
    """A last row, in workbooks alone."""
    widths: dict[str, int] = field(default_factory=dict)


def period_title(first: date, last: date) -> str:
    """Return the line that says which days an export covers."""
    return f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


def date_text(times: pd.Series[Any]) -> pd.Series[Any]:
    """Return dd/mm/yyyy HH:MM, without the time where there is none (midnight)."""
    words = times.dt.strftime("%d/%m/%Y %H:%M").astype(object)
    days = times.dt.strftime("%d/%m/%Y").astype(object)
    return words.where(times != times.dt.normalize(), days).where(times.notna(), None)


def write(directory: Path, export: Export) -> Path:
    """Write ``export`` into ``directory`` and return its path."""
    path = directory / f"{export.name}{export.suffix}"
    if export.suffix == ".csv":
        _write_csv(path, export)
    else:
        _write_xlsx(path, export)
    return path


def _write_xlsx(path: Path, export: Export) -> None:
    """A workbook with one sheet."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": f"{export.titles[0]} – {MARK}", "created": _CREATED})
    sheet = book.add_worksheet(export.sheet)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"})
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    as_moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})

    titles = [AGENCY, *export.titles, MARK]
    for number, title in enumerate(titles):
        sheet.write_string(number, 0, title, bold)
    top = len(titles) + 1
    for number, header in enumerate(export.frame.columns):
        sheet.write_string(top, number, header, head)
        sheet.set_column(number, number, export.widths.get(header, 16))
    sheet.freeze_panes(top + 1, 0)
    for number, header in enumerate(export.frame.columns):
        _write_column(
            sheet, export.frame[header], column=number, top=top + 1, formats=(as_date, as_moment)
        )
    if export.total:
        sheet.write_string(top + 1 + len(export.frame), 0, export.total, bold)
    book.close()


def _write_column(
    sheet: Any, values: pd.Series[Any], *, column: int, top: int, formats: tuple[Any, Any]
) -> None:
    as_date, as_moment = formats
    filled = values.reset_index(drop=True).dropna()
    rows = (filled.index + top).tolist()
    if pd.api.types.is_datetime64_any_dtype(filled):
        has_time = (filled != filled.dt.normalize()).tolist()
        for row, moment, timed in zip(rows, filled.dt.to_pydatetime(), has_time, strict=True):
            sheet.write_datetime(row, column, moment, as_moment if timed else as_date)
    elif pd.api.types.is_numeric_dtype(filled):
        for row, number in zip(rows, filled.tolist(), strict=True):
            sheet.write_number(row, column, number)
    else:
        for row, text in zip(rows, filled.tolist(), strict=True):
            sheet.write_string(row, column, text)


def _write_csv(path: Path, export: Export) -> None:
    """As Excel does in Vietnam: ``;`` between cells, a BOM, Windows line ends."""
    width = len(export.frame.columns)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        for title in [AGENCY, *export.titles, MARK]:
            writer.writerow([title] + [""] * (width - 1))
        writer.writerow([""] * width)
        writer.writerow(export.frame.columns)
        rows = export.frame.astype(object).where(export.frame.notna(), "")
        writer.writerows(rows.itertuples(index=False, name=None))
