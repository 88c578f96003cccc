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

# How the public reference files are adapted.
RECEIPT = """
source = "dossier"
[columns]
dossier_code = "code"
procedure_name = "procedure"
[dates]
timezone = "Europe/Amsterdam"
"""
BOSTON = """
source = "dossier"
[columns]
dossier_code = "case_enquiry_id"
procedure_name = "case_title"
field = "subject"
channel = "source"
received_at = "open_dt"
due_at = "target_dt"
finished_at = "closed_dt"
"""
SOMERVILLE = """
source = "survey"
[defaults]
answered_on = "2015-12-01"
[questions]
X1 = "I"
X2 = "II"
X3 = "III"
X4 = "IV"
X5 = "V"
X6 = "VI"
[options]
response_id = "row"
"""


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


def workbook(
    folder: Path, sheets: dict[str, list[list[Any]]], *, name: str = "so.xlsx", **options: Any
) -> Path:
    """Write a workbook of plain cells; dates become date cells. ``options`` are XlsxWriter's."""
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy hh:mm", **options}) as book:
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
