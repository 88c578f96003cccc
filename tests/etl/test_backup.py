"""Backup and restore: whole, while others write, and refused where it would do harm."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from etl.backup import BackupError, backup, restore
from etl.warehouse import OWNER_ONLY, open_engine
from tests.etl.loaders import counts, dossiers, load_text
from tests.services.server import free_port

FIRST = {"Mã hồ sơ": "A1", "Ngày tiếp nhận": "03/06/2024"}
SECOND = {"Mã hồ sơ": "A2", "Ngày tiếp nhận": "04/06/2024"}


def test_what_was_there_comes_back(database_url: str, engine: Engine, tmp_path: Path) -> None:
    load_text(engine, tmp_path, dossiers(FIRST), as_of=date(2024, 6, 30))
    copy = tmp_path / "sao_luu" / "hom_nay.bak"
    backup(database_url, copy)
    load_text(engine, tmp_path, dossiers(FIRST, SECOND), name="sau.csv", as_of=date(2024, 6, 30))
    assert counts(engine, "dossiers_received")[0] == 2
    engine.dispose()
    restore(database_url, copy)
    assert counts(engine, "dossiers_received")[0] == 1
    assert [path.name for path in copy.parent.iterdir()] == ["hom_nay.bak"]
    assert copy.stat().st_mode & 0o777 == OWNER_ONLY


def test_a_new_database_and_what_lies_beside_it_are_the_owners_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'kho.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("create table t (n)")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    engine.dispose()
    assert modes == dict.fromkeys(("kho.db", "kho.db-wal", "kho.db-shm"), OWNER_ONLY)


@pytest.mark.parametrize("is_own", [True, False])
def test_a_database_that_was_open_to_others_is_closed_by_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_own: bool
) -> None:
    url = f"sqlite:///{tmp_path / 'kho.db'}"
    first = open_engine(url)
    with first.connect() as connection:
        connection.exec_driver_sql("create table t (n)")
        connection.commit()
        for path in tmp_path.iterdir():
            path.chmod(0o644)
        owner = (tmp_path / "kho.db").stat().st_uid
        monkeypatch.setattr(os, "geteuid", lambda: owner if is_own else owner + 1)
        open_engine(url).dispose()
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    first.dispose()
    mode = OWNER_ONLY if is_own else 0o644
    assert modes == dict.fromkeys(("kho.db", "kho.db-wal", "kho.db-shm"), mode)


@pytest.mark.parametrize("folder", ["so #1", "so 1?", "so %41"])
def test_a_folder_whose_name_has_signs_of_an_address_is_copied_whole(
    sqlite_url: str, tmp_path: Path, folder: str
) -> None:
    source = tmp_path / folder / "kho.db"
    source.parent.mkdir()
    source.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    url = URL.create("sqlite", database=str(source)).render_as_string()
    copy = source.with_name("sao-luu.bak")
    backup(url, copy)
    restore(url, copy)
    assert copy.stat().st_size == source.stat().st_size


def test_what_is_no_database_of_ours_is_not_kept_as_a_copy(tmp_path: Path) -> None:
    empty = tmp_path / "trong.db"
    empty.touch()
    with pytest.raises(BackupError, match="không được giữ"):
        backup(f"sqlite:///{empty}", tmp_path / "sao-luu.bak")
    assert list(tmp_path.iterdir()) == [empty]


def test_an_old_copy_is_never_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "cu.bak"
    copy.write_bytes(b"old")
    with pytest.raises(BackupError, match="ghi đè"):
        backup(sqlite_url, copy)
    assert copy.read_bytes() == b"old"


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"x" * 600])
def test_what_is_no_backup_is_refused_and_nothing_changes(
    sqlite_url: str, tmp_path: Path, content: bytes
) -> None:
    before = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()
    wrong = tmp_path / "sai.bak"
    wrong.write_bytes(content)
    with pytest.raises(BackupError, match="Chưa thay đổi gì"):
        restore(sqlite_url, wrong)
    with pytest.raises(BackupError, match="Không có tệp"):
        restore(sqlite_url, tmp_path / "khong_co.bak")
    assert Path(sqlite_url.removeprefix("sqlite:///")).read_bytes() == before


def test_a_copy_that_could_not_be_made_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        backup(f"postgresql://ai@127.0.0.1:{free_port()}/khong_co", tmp_path / "moi.dump")
    assert list(tmp_path.iterdir()) == []


def test_the_tools_of_postgresql_see_what_the_program_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text('#!/bin/sh\necho "$PGSSLROOTCERT $PGPASSWORD $*" >&2\nexit 1\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PGSSLROOTCERT", "goc.crt")
    with pytest.raises(BackupError, match=r"goc\.crt bí-mật --dbname") as said:
        backup("postgresql://ai:bí-mật@127.0.0.1/kho", tmp_path / "moi.dump")
    assert str(said.value).count("bí-mật") == 1
