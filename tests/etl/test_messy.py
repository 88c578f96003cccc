"""Public collections of messy files: each is read or refused by name, within bounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.inspecting import frame_json
from etl.reading import read_file
from etl.settings import Settings
from tests.etl.reading_worker import GIGABYTE, read_apart

SETTINGS = Settings.model_construct()
# The collection's own answer holds another telephone number, and no list.
NOT_EQUAL = {"location_coordinates"}


def test_every_file_is_read_or_refused_with_a_reason(reference: Path) -> None:
    paths = sorted(path for path in (reference / "messy").rglob("*") if path.is_file())
    result = read_apart(*paths)
    assert len(result["files"]) == len(paths) > 90
    for one in result["files"]:
        assert one.get("shapes") or len(one["refused"]) > 10, one
        assert "message" not in one or one["file"] in one["message"]
    assert result["most_bytes"] < GIGABYTE
    workbooks = [one for one in result["files"] if Path(one["file"]).suffix in (".xls", ".xlsx")]
    assert all("shapes" in one for one in workbooks)


def test_the_frames_equal_the_answers_cell_by_cell(reference: Path) -> None:
    folder = reference / "messy" / "csv_spectrum"
    answers = sorted((folder / "json").glob("*.json"))
    assert len(answers) == 12
    for answer in answers:
        if answer.stem not in NOT_EQUAL:
            printed = frame_json(folder / "csvs" / f"{answer.stem}.csv", settings=SETTINGS)
            assert json.loads(printed) == json.loads(answer.read_text(encoding="utf-8"))


def test_old_letters_equal_the_sheet_beside_them(reference: Path) -> None:
    """The same table in TCVN3 and in Unicode; capitals are lost in the old one."""
    old, new = read_file(reference / "messy" / "tcvn3" / "Plan_2003.xls")
    assert [note.code for note in old.notes] == ["tcvn3"]
    assert new.notes == ()
    pairs = [
        (mine, theirs)
        for mine, theirs in zip(old.cells.to_numpy().flat, new.cells.to_numpy().flat, strict=True)
        if isinstance(mine, str) and not mine.startswith("#")
    ]
    assert len(pairs) > 100
    assert [a.casefold() for a, _ in pairs] == [b.casefold() for _, b in pairs]


def test_formulas_that_failed_are_no_blanks(reference: Path) -> None:
    old, _ = read_file(reference / "messy" / "tcvn3" / "Plan_2003.xls")
    assert (old.cells == "#VALUE!").to_numpy().sum() == 64


@pytest.mark.parametrize("suffix", ["xls", "xlsx"])
def test_the_two_formats_of_a_workbook_are_read_alike(reference: Path, suffix: str) -> None:
    folder = reference / "messy" / "readxl"
    for stem in ("blanks", "deaths", "datasets", "skipping", "types", "type-me"):
        mine = read_file(folder / f"{stem}.{suffix}")
        other = read_file(folder / f"{stem}.{'xlsx' if suffix == 'xls' else 'xls'}")
        for a, b in zip(mine, other, strict=True):
            assert a.cells.equals(b.cells), (stem, a.name)


def test_texts_whose_letters_take_two_bytes_are_mended(reference: Path) -> None:
    (sheet,) = read_file(reference / "messy" / "readxl" / "mtcars.xls")
    assert sheet.cells.iloc[0, :3].tolist() == ["mpg", "cyl", "disp"]


def test_days_from_1904_are_the_same_days(reference: Path) -> None:
    folder = reference / "messy" / "readxl"
    (sheet,) = read_file(folder / "dates-1904.xls")
    (usual,) = read_file(folder / "dates-1900.xls")
    assert (sheet.is_1904, usual.is_1904) == (True, False)
    assert sheet.cells.equals(usual.cells)
