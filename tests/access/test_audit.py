"""The audit log: added to, never changed; a change that goes around it shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from etl.access_tables import audit_log
from etl.anchor import FILE_NAME, hold_anchor
from etl.audit import (
    START,
    Checked,
    audit_head,
    has_mark,
    read_audit,
    verify_audit,
    write_audit,
    write_restore,
)
from etl.audit_words import check_words, read_mark
from etl.backup import backup, restore
from etl.errors import UserError
from etl.settings import Settings
from etl.warehouse import write_transaction
from tests.access.conftest import ROW
from tests.etl.loaders import dossiers, load_text


def add(engine: Engine, *actions: str) -> None:
    for action in actions:
        with write_transaction(engine) as connection:
            write_audit(connection, action, actor="lan", detail={"n": 1})


def checked(engine: Engine) -> tuple[int, int | None]:
    with engine.connect() as connection:
        found = verify_audit(connection)
    return found.entries, found.broken_at


def test_entries_are_chained_from_the_start(engine: Engine) -> None:
    assert checked(engine) == (0, None)
    add(engine, "one", "two", "three")
    assert checked(engine) == (3, None)
    with engine.connect() as connection:
        newest, _, oldest = read_audit(connection)
    assert (newest.action, oldest.previous_hash) == ("three", START)


def test_the_database_refuses_to_change_or_drop_an_entry(engine: Engine) -> None:
    add(engine, "one")
    for change in (update(audit_log).values(actor="ai khác"), delete(audit_log)):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(change)
    assert checked(engine) == (1, None)


@pytest.mark.parametrize("change", ["alter", "remove", "insert"])
def test_what_goes_around_the_trigger_breaks_the_chain(engine: Engine, change: str) -> None:
    add(engine, "one", "two", "three")
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for act in ("update", "delete"):
                connection.execute(text(f"drop trigger audit_log_no_{act}"))
        else:
            connection.execute(text("alter table audit_log disable trigger all"))
        first = connection.scalar(select(audit_log.c.entry_id).order_by(audit_log.c.entry_id))
        where = audit_log.c.entry_id == first
        if change == "alter":
            connection.execute(update(audit_log).where(where).values(subject="khác"))
        elif change == "remove":
            connection.execute(delete(audit_log).where(where))
        else:
            row = dict(connection.execute(select(audit_log).where(where)).one()._mapping)
            connection.execute(
                insert(audit_log).values({**row, "entry_id": 99, "entry_hash": "0" * 64})
            )
    assert checked(engine)[1] is not None


def test_a_load_leaves_an_entry_and_one_that_fails_leaves_none(
    engine: Engine, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, dossiers(ROW), as_of=date(2024, 6, 30), actor="lan")
    with engine.connect() as connection:
        (entry,) = read_audit(connection)
    assert (entry.action, entry.actor, entry.subject) == ("load", "lan", "tep.csv")
    assert '"inserted":1' in entry.detail
    with pytest.raises(RuntimeError), write_transaction(engine) as connection:
        write_audit(connection, "load")
        raise RuntimeError("the disk is full")
    assert checked(engine) == (1, None)


# The anchor ---------------------------------------------------------------------------------------


@pytest.fixture
def anchored(engine: Engine, tmp_path: Path) -> Engine:
    hold_anchor(engine, Settings.model_construct(data_dir=tmp_path / "data"))
    return engine


def take_newest(engine: Engine, *, count: int) -> None:
    """Delete the newest entries as whoever rules the database can."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("drop trigger audit_log_no_delete"))
        else:
            connection.execute(text("alter table audit_log disable trigger all"))
        newest = [row.entry_id for row in read_audit(connection, limit=count)]
        connection.execute(delete(audit_log).where(audit_log.c.entry_id.in_(newest)))


def verified(engine: Engine) -> Checked:
    with engine.connect() as connection:
        return verify_audit(connection)


def test_taking_the_newest_entries_away_is_found_and_named(anchored: Engine) -> None:
    add(anchored, "one", "two", "three", "four")
    before = verified(anchored)
    assert (before.is_sound, before.marks) == (True, 4)
    assert "4 dấu đều còn" in check_words(before)[1]
    take_newest(anchored, count=2)
    after = verified(anchored)
    # The chain that is left is whole: only the anchor knows.
    assert (after.broken_at, after.entries, after.is_sound) == (None, 2, False)
    assert [mark.number for mark in after.missing] == [3, 4]
    assert "Thiếu 2 dòng nhật ký (số 3 đến 4" in check_words(after)[0]
    # What is written in their place, under the same numbers, does not stand for them.
    add(anchored, "other")
    assert [mark.number for mark in verified(anchored).missing] == [3, 4]


def test_an_entry_that_came_to_nothing_is_not_anchored(anchored: Engine) -> None:
    add(anchored, "one")
    with pytest.raises(RuntimeError), write_transaction(anchored) as connection:
        write_audit(connection, "load")
        raise RuntimeError("the disk is full")
    assert (verified(anchored).is_sound, verified(anchored).marks) == (True, 1)


def test_without_a_file_the_check_says_what_it_cannot_know(engine: Engine, tmp_path: Path) -> None:
    add(engine, "before the anchor")
    hold_anchor(engine, Settings.model_construct(data_dir=tmp_path))
    first = verified(engine)
    assert first.is_sound and first.marks is None
    assert "Chưa có tệp neo" in check_words(first)[1]
    add(engine, "next")
    assert verified(engine).marks == 1
    path = tmp_path / FILE_NAME
    assert path.stat().st_mode & 0o777 == 0o600
    # A line that was cut off, or of another database in the same folder, is nobody's here.
    other = "2024-06-30T08:00:00 sqlite/khac.db 9 " + "0" * 64
    path.write_text(f"{path.read_text()}{other}\n2024-06-30T08", encoding="ascii")
    add(engine, "after a torn line")
    assert (verified(engine).is_sound, verified(engine).marks) == (True, 2)


def test_a_disk_that_refuses_the_anchor_undoes_nothing(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be", encoding="ascii")
    hold_anchor(engine, Settings.model_construct(data_dir=tmp_path / "data"))
    add(engine, "one")
    assert checked(engine) == (1, None)
    assert "cannot be written" in caplog.text


def test_many_writers_anchor_every_entry_once(anchored: Engine) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda number: add(anchored, f"act{number}"), range(24)))
    found = verified(anchored)
    assert (found.is_sound, found.entries, found.marks) == (True, 24, 24)


def test_a_restore_tells_what_went_with_it_and_hides_nothing_later(
    anchored: Engine, database_url: str, tmp_path: Path
) -> None:
    add(anchored, "one", "two")
    backup(database_url, tmp_path / "cu.bak")
    add(anchored, "three", "four", "five")
    anchored.dispose()
    restore(database_url, tmp_path / "cu.bak")
    assert [mark.number for mark in verified(anchored).missing] == [3, 4, 5]
    with write_transaction(anchored) as connection:
        assert len(write_restore(connection, source="cu.bak").missing) == 3
    add(anchored, "six", "seven")
    found = verified(anchored)
    assert found.is_sound and [one.lost for one in found.restores] == [3]
    assert "đã bỏ 3 dòng" in check_words(found)[-1]
    take_newest(anchored, count=1)
    assert len(verified(anchored).missing) == 1


def test_a_mark_that_was_kept_elsewhere_is_looked_for(engine: Engine) -> None:
    add(engine, "one", "two")
    with engine.connect() as connection:
        head = audit_head(connection)
        assert head is not None and has_mark(connection, *read_mark(str(head)))
    take_newest(engine, count=1)
    with engine.connect() as connection:
        assert not has_mark(connection, *read_mark(str(head)))
    for wrong in ("", "2", "2:abc", f"x:{'0' * 16}"):
        with pytest.raises(UserError, match="không phải dấu"):
            read_mark(wrong)
