"""Waiting files keep their order and what was said of them, whatever is tried with them."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from etl.errors import UserError
from etl.mapping import read_mapping
from etl.staging import Choice, Waiting, choose, drop, list_waiting, stage, sweep


def waiting(root: Path, name: str, *, seconds_ago: int) -> Waiting:
    brought = stage(root, 1, name, io.BytesIO(b"a;b\n"))
    at = time.time() - seconds_ago
    os.utime(brought.path.parent, (at, at))
    return brought


def test_the_last_to_come_stays_first(tmp_path: Path) -> None:
    first = waiting(tmp_path, "a.csv", seconds_ago=60)
    waiting(tmp_path, "b.csv", seconds_ago=30)
    choose(first, Choice(as_of="30/06/2024"))
    assert [one.name for one in list_waiting(tmp_path, 1)] == ["b.csv", "a.csv"]


def test_a_file_that_goes_while_the_folder_is_looked_through_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = (waiting(tmp_path, name, seconds_ago=9) for name in ("a.csv", "b.csv"))
    folders = [gone.folder, kept.folder]
    drop(gone)
    # Both were there when the folder was listed.
    monkeypatch.setattr(Path, "glob", lambda *_: iter(folders))
    monkeypatch.setattr(
        Path,
        "iterdir",
        lambda self, listed=Path.iterdir: (
            iter(folders) if self == kept.folder.parent else listed(self)
        ),
    )
    sweep(tmp_path)
    assert [one.name for one in list_waiting(tmp_path, 1)] == ["b.csv"]


def test_what_is_no_mapping_does_not_take_the_place_of_one(tmp_path: Path) -> None:
    brought = waiting(tmp_path, "a.csv", seconds_ago=60)
    choose(brought, Choice("dossier", {"dossier_code": "a"}))
    with pytest.raises(UserError, match="không biết"):
        choose(brought, Choice("dossier", {"criterion": "a"}))
    assert read_mapping(brought.folder / "mapping.toml").columns == {"dossier_code": "a"}
