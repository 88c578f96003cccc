"""A file loaded again is known unread where nothing can come of it, and read in all other cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import etl.loading
from etl.audit import read_audit
from etl.entering import save_alias
from etl.loading import LoadedFile, load_file
from etl.settings import Settings
from etl.undoing import undo
from tests.conftest import ON_SQLITE
from tests.etl.loaders import dossiers, write
from tests.etl.states import state

SETTINGS = Settings.model_construct()
ROW = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}


class Reads:
    """Loads files and counts those that were read."""

    def __init__(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.engine = engine
        self.count = 0
        clean = etl.loading.clean_file

        def counted(*args: Any, **options: Any) -> Any:
            self.count += 1
            return clean(*args, **options)

        monkeypatch.setattr(etl.loading, "clean_file", counted)

    def load(self, path: Path, *, settings: Settings = SETTINGS, **options: Any) -> LoadedFile:
        return load_file(self.engine, path, settings=settings, **options)


@pytest.fixture
def reads(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(engine, monkeypatch)


def test_a_file_of_days_to_come_is_read_again(reads: Reads, tmp_path: Path) -> None:
    title = f"Từ ngày 01/06/2024 đến ngày 31/12/{date.today().year + 1}\n"
    path = write(tmp_path, title + dossiers(ROW))
    reads.load(path)
    reads.load(path)
    assert reads.count == 2


def test_the_same_file_again_is_not_read_and_changes_nothing(reads: Reads, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(ROW, ROW))
    first = reads.load(path).only
    before = state(reads.engine)
    again = reads.load(path, actor="cán bộ").only
    assert reads.count == 1
    assert (again.batch_id, again.rows_read, again.unchanged) == (first.batch_id, 2, 2)
    assert again.inserted == again.updated == again.removed == again.rejected == 0
    assert again.rejects.columns.tolist() == first.rejects.columns.tolist()
    assert f"lần {first.batch_id}" in again.warnings[-1].message
    assert state(reads.engine) == before
    with reads.engine.connect() as connection:
        newest = read_audit(connection)[0]
    assert (newest.actor, newest.action, newest.subject) == ("cán bộ", "load", path.name)
    # Another source was loaded: that says nothing against this one.
    reads.load(write(tmp_path, "Đơn vị;Năm;Chỉ số\n21646;2024;91,2\n", name="xep_hang.csv"))
    assert reads.count == 2
    reads.load(path)
    assert reads.count == 2


def _later_load(reads: Reads, folder: Path) -> dict[str, Any]:
    reads.load(write(folder, dossiers({**ROW, "Ngày hẹn trả": "12/06/2024"}), name="sau.csv"))
    return {}


def _undo(reads: Reads, _folder: Path) -> dict[str, Any]:
    undo(reads.engine, [1])
    return {}


def _undo_later(reads: Reads, folder: Path) -> dict[str, Any]:
    _later_load(reads, folder)
    undo(reads.engine, [2])
    return {}


def _alias(reads: Reads, _folder: Path) -> dict[str, Any]:
    assert not save_alias(reads.engine, "department", spelling="Phòng Tư pháp", canonical="Tư pháp")
    return {}


CHANGES: dict[str, Callable[[Reads, Path], dict[str, Any]]] = {
    "another load changed its rows": _later_load,
    "it was undone": _undo,
    "a load after it was loaded and undone": _undo_later,
    "a spelling was merged": _alias,
    "a day is stated": lambda *_: {"as_of": date(2024, 6, 30)},
    "days are stated": lambda *_: {"covers": (date(2024, 6, 1), date(2024, 6, 30))},
    "a unit is stated": lambda *_: {"unit": "21649"},
    "a source is stated": lambda *_: {"source": "dossier"},
    "a setting is another": lambda *_: {
        "settings": SETTINGS.model_copy(update={"intake_limit_hours": 4})
    },
    "it is asked for": lambda *_: {"is_read": True},
    "nothing is kept": lambda *_: {"dry_run": True},
}


@ON_SQLITE
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_read_where_anything_is_other_than_it_was(
    reads: Reads, tmp_path: Path, change: Callable[[Reads, Path], dict[str, Any]]
) -> None:
    path = write(tmp_path, dossiers(ROW))
    reads.load(path)
    options = change(reads, tmp_path)
    count = reads.count
    loaded = reads.load(path, **options).only
    assert reads.count > count
    assert loaded.rows_read == 1


def test_refused_rows_are_looked_at_again(reads: Reads, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(ROW, {**ROW, "Mã hồ sơ": ""}))
    assert reads.load(path).only.rejected == 1
    assert reads.load(path).only.rejected == 1
    assert reads.count == 2


def test_another_content_under_the_same_name_is_read(reads: Reads, tmp_path: Path) -> None:
    reads.load(write(tmp_path, dossiers(ROW)))
    loaded = reads.load(write(tmp_path, dossiers(ROW, ROW))).only
    assert (reads.count, loaded.inserted, loaded.unchanged) == (2, 1, 1)


def test_a_loader_of_other_units_is_refused_as_ever(reads: Reads, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(ROW))
    reads.load(path)
    with pytest.raises(etl.loading.UserError, match="21646"):
        reads.load(path, scope=("21649",))
