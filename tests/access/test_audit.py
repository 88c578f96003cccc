"""The audit log: added to, never changed; a change that goes around it shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from etl.access_tables import audit_log
from etl.audit import START, read_audit, verify_audit, write_audit
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
