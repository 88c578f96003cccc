"""The inbox: loaded files go to the archive, refused ones say why, nothing is loaded twice."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

import etl.inbox
from etl.inbox import Taken, prepare, sizes, take
from etl.settings import Settings
from etl.tables import fact_dossier, load_batch
from tests.etl.loaders import dossiers, write

SETTINGS = Settings.model_construct()
ROW = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}


def names(root: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (root / folder).iterdir())


def test_a_file_is_loaded_once_it_stands_still(engine: Engine, tmp_path: Path) -> None:
    prepare(tmp_path)
    path = write(tmp_path / "inbox", dossiers(ROW), name="a.csv")
    seen = sizes(tmp_path)
    path.write_text(dossiers(ROW, ROW), encoding="utf-8-sig")
    assert take(engine, tmp_path, settings=SETTINGS, before=seen) == []
    (taken,) = take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert (taken.name, taken.outcome) == ("a.csv", "loaded")
    assert names(tmp_path, "archive") == ["a.csv"]
    assert names(tmp_path, "inbox") == names(tmp_path, "working") == []
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(fact_dossier)) == 2


def test_a_refused_file_has_its_reason_beside_it(engine: Engine, tmp_path: Path) -> None:
    prepare(tmp_path)
    for _ in range(2):
        write(tmp_path / "inbox", "a,b\n1,2\n", name="la.csv")
        take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    refused = ["la (2).csv", "la (2).csv.txt", "la.csv", "la.csv.txt"]
    assert names(tmp_path, "refused") == refused
    words = (tmp_path / "refused" / "la.csv.txt").read_text(encoding="utf-8-sig")
    assert "«la.csv»" in words
    assert "Chưa có dòng nào được nạp" in words


def test_a_file_at_which_the_program_fails_holds_up_no_other(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    for name in ("a.csv", "b.csv"):
        write(tmp_path / "inbox", dossiers({**ROW, "Mã hồ sơ": name}), name=name)
    load = etl.inbox.load_file

    def fails_at_the_first(engine: Engine, path: Path, **asked: Any) -> Any:
        if path.name == "a.csv":
            raise AssertionError("check fails")
        return load(engine, path, **asked)

    monkeypatch.setattr(etl.inbox, "load_file", fails_at_the_first)
    taken = take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert [(one.name, one.outcome) for one in taken] == [("a.csv", "refused"), ("b.csv", "loaded")]
    assert names(tmp_path, "refused") == ["a.csv", "a.csv.txt"]
    assert names(tmp_path, "inbox") == names(tmp_path, "working") == []
    assert "Hãy báo người quản trị" in taken[0].words


def test_a_file_gone_since_the_folder_was_listed_is_left(tmp_path: Path) -> None:
    prepare(tmp_path)
    # A name that leads nowhere: what a worker sees of a file that another has just moved.
    (tmp_path / "inbox" / "a.csv").symlink_to(tmp_path / "working" / "a.csv")
    write(tmp_path / "inbox", dossiers(ROW), name="b.csv")
    assert list(sizes(tmp_path)) == ["b.csv"]


def test_two_workers_never_load_one_file_twice(engine: Engine, tmp_path: Path) -> None:
    prepare(tmp_path)
    for number in range(6):
        write(
            tmp_path / "inbox",
            dossiers({**ROW, "Mã hồ sơ": f"H{number}"}),
            name=f"{number}.csv",
        )
    (tmp_path / "inbox" / "~$0.xlsx").write_text("lock")
    seen = sizes(tmp_path)
    taken: list[Taken] = []
    workers = [
        threading.Thread(
            target=lambda: taken.extend(take(engine, tmp_path, settings=SETTINGS, before=seen))
        )
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(one.name for one in taken) == [f"{number}.csv" for number in range(6)]
    assert names(tmp_path, "inbox") == ["~$0.xlsx"]
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(load_batch)) == 6
