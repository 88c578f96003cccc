"""Small files typed in a test and cleaned, without a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from etl.mapping import Mapping, read_mapping
from etl.sources import Cleaned, KnownUnit, clean_file
from tests.etl.loaders import write

TODAY = date(2024, 12, 31)
UNITS = [
    KnownUnit(code, name, kind, date(1998, 1, 1), None)
    for code, name, kind in (
        ("21637", "Tam Quan", "phường"),
        ("21646", "Hoài Châu Bắc", "xã"),
        ("21649", "Hoài Châu", "xã"),
    )
]


def clean(path: Path, **options: Any) -> Cleaned:
    """Clean a file at the end of 2024; every row read has exactly one fate."""
    (cleaned,) = clean_all(path, **options)
    return cleaned


def clean_all(path: Path, **options: Any) -> list[Cleaned]:
    """Clean a file of several sheets at the end of 2024."""
    given = {"unit": "21646", "known_units": UNITS, "today": TODAY} | options
    return [_held(cleaned) for cleaned in clean_file(path, **given)]


def _held(cleaned: Cleaned) -> Cleaned:
    kept = set(cleaned.rows["row"])
    rejected = cleaned.rejects["row"].tolist()
    assert cleaned.rows_read == len(kept) + len(rejected) + cleaned.repeated
    assert not kept & set(rejected)
    return cleaned


def clean_text(folder: Path, text: str, *, mapping: str | None = None, **options: Any) -> Cleaned:
    """Write and clean a CSV file, adapted by the TOML ``mapping`` where one is given."""
    path = write(folder, text)
    if mapping is not None:
        options["mapping"] = mapping_of(folder, mapping)
    return clean(path, **options)


def mapping_of(folder: Path, text: str) -> Mapping:
    return read_mapping(write(folder, text, name="anh_xa.toml"))


def workbook(folder: Path, sheets: dict[str, list[list[Any]]], *, name: str = "so.xlsx") -> Path:
    """Write a workbook of plain cells; dates become date cells."""
    path = folder / name
    options = {"default_date_format": "dd/mm/yyyy hh:mm"}
    with xlsxwriter.Workbook(path, options) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def codes(cleaned: Cleaned) -> list[str]:
    return [warned.code for warned in cleaned.warnings]


def days(column: pd.Series) -> list[str | None]:
    """Return moments as text: with their time where they have one, None for blanks."""
    return [
        None if pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
        for moment in column
    ]
