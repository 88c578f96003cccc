"""Templates load as they are filled in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from etl.catalogue.sources import SOURCES
from etl.errors import RefusedFile
from etl.loading import load_file
from etl.settings import Settings
from etl.templates import write_templates

SETTINGS = Settings.model_construct()


def test_a_blank_template_has_nothing_to_load(engine: Engine, tmp_path: Path) -> None:
    for path in write_templates(tmp_path, SOURCES):
        with pytest.raises(RefusedFile, match="chỉ có dòng tiêu đề"):
            load_file(engine, path, settings=SETTINGS)


@pytest.mark.parametrize("code", list(SOURCES))
def test_a_template_filled_in_loads_with_no_mapping(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    """The example, its mark taken off, is a row like any other; the row below it, too."""
    (path,) = write_templates(tmp_path, [code])
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    key = str(sheet.cell(2, 1).value).removeprefix("Ví dụ: ")
    for cell in sheet[2]:
        sheet.cell(3, cell.column).value = cell.value
    sheet.cell(3, 1).value = key
    book.save(path)
    loaded = load_file(engine, path, settings=SETTINGS).only
    assert (loaded.source, loaded.inserted, loaded.rejected) == (code, 1, 0)
    assert [warned.code for warned in loaded.warnings] == ["examples"]


def test_a_template_has_lists_days_and_notes(tmp_path: Path) -> None:
    (path,) = write_templates(tmp_path, ["dossier"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Số liệu", "Hướng dẫn", "Danh sách"]
    assert book["Danh sách"].sheet_state == "hidden"
    rules = {rule.type for rule in book["Số liệu"].data_validations.dataValidation}
    assert rules == {"list", "date", "whole"}
    assert "Ví dụ" in book["Số liệu"]["A2"].value
    assert len(list(book["Hướng dẫn"].iter_rows())) > 10
