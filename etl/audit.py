"""The audit log: who did what, when; append-only, and chained so that a change shows.

Each entry's hash covers the one before it. Triggers refuse updates and deletions on both engines;
whoever goes around them breaks the chain, and who takes its newest entries away is found by the
anchor outside the database. No passwords and no personal data of citizens enter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypedDict, Unpack

import orjson
from sqlalchemy import Connection, Engine, Row, select

from etl.access_tables import audit_log
from etl.anchor import Anchor, Mark, add_after_commit, anchor_of
from etl.warehouse import AUDIT_LOCK, insert_returning_id, take_lock, write_transaction

START = "0" * 64
COMMAND_LINE = "dòng lệnh"
"""The actor of what is done on the machine itself, where nobody signs in."""

Action = Literal[
    "sign_in",
    "sign_in_failed",
    "sign_in_by_link",
    "sign_out",
    "sign_out_everywhere",
    "password_set",
    "user_add",
    "user_change",
    "user_disable",
    "user_enable",
    "load",
    "undo",
    "backup",
    "restore",
    "plan",
    "alias",
    "snapshot_made",
    "snapshot_failed",
    "export",
    "send",
    "record",
]
"""Everything that is written down."""

Form = Literal[
    "rejects.xlsx",
    "dossiers.xlsx",
    "minutes.pdf",
    "minutes.docx",
    "deck.html",
    "html",
    "pdf",
    "docx",
    "xlsx",
    "zip",
]
"""What an export is: a document's name, or of a kept snapshot the kind alone."""


class Detail(TypedDict, total=False):
    """What is told of an action; codes, which readers see as words."""

    address: str
    baseline_pct: float | None
    baseline_year: int | None
    batch: int
    canonical: str | None
    channel: str
    deleted: int
    department: str
    dimension: str
    edition: str
    field: str
    first: int
    form: Form
    inserted: int
    kind: str
    last: int
    list: str
    lost: int
    number: int
    ranked_units: int | None
    recipients: int
    rejected: int
    restored: int
    role: str
    rows: int
    source: str
    target_pct: float | None
    unit: str
    units: Sequence[str]
    updated: int
    version: int


RESTORE: Final = "restore"
"""The action of a restore: what was anchored before and is gone since, went with it."""


@dataclass(frozen=True)
class Restored:
    """A restore of which the log tells: the entry, and how many anchored ones went with it."""

    mark: Mark
    lost: int


@dataclass(frozen=True)
class Checked:
    """What the chain and its anchor say of each other.

    ``broken_at`` is the first entry that does not fit the chain, ``head`` the newest one that does.
    """

    entries: int
    broken_at: int | None
    head: Mark | None = None
    anchor: Path | None = None
    """The anchor's file; None where none is held."""
    marks: int | None = None
    """How many entries are anchored; None where the file is not there."""
    missing: tuple[Mark, ...] = ()
    """Anchored entries that are gone, in the order of the file, and no restore tells why."""
    restores: tuple[Restored, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is known to have been changed or taken away."""
        return self.broken_at is None and not self.missing


def now() -> datetime:
    """Return the time as every record keeps it: UTC, to the second, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def write_audit(
    connection: Connection,
    action: Action,
    *,
    actor: str = COMMAND_LINE,
    subject: str = "",
    detail: Detail | None = None,
) -> None:
    """Add an entry, in the transaction of what it tells of and as its last act.

    From here to the transaction's end no other entry can be added: the chain stays in line.
    """
    take_lock(connection, AUDIT_LOCK)
    a = audit_log.c
    previous = connection.scalar(select(a.entry_hash).order_by(a.entry_id.desc()).limit(1))
    at = now()
    words = {
        "at": at,
        "actor": actor[:64],
        "action": action,
        "subject": subject,
        "detail": as_detail(detail or {}),
        "previous_hash": previous or START,
    }
    entry_hash = _hash(words)
    number = insert_returning_id(connection, audit_log, {**words, "entry_hash": entry_hash})
    add_after_commit(connection, Mark(number, entry_hash, at))


def note(
    engine: Engine,
    action: Action,
    subject: str,
    *,
    actor: str = COMMAND_LINE,
    **detail: Unpack[Detail],
) -> None:
    """Add an entry in a transaction of its own, of what has changed nothing in the database."""
    with write_transaction(engine, takes_turn=False) as connection:
        write_audit(connection, action, actor=actor, subject=subject, detail=detail)


def write_restore(connection: Connection, *, source: str) -> Checked:
    """Write down that the database was put back, as its first act; return what was found before.

    Anchored entries that are gone then went with the restore, and are counted in its entry.
    """
    checked = verify_audit(connection)
    gone = checked.missing
    detail: Detail = {"lost": len(gone)}
    if gone:
        detail |= {"first": gone[0].number, "last": gone[-1].number}
    write_audit(connection, RESTORE, subject=source, detail=detail)
    return checked


def as_detail(detail: Detail) -> str:
    """Return a detail as the log keeps it: the same words give the same text."""
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS, default=str).decode()


def verify_audit(connection: Connection) -> Checked:
    """Walk the chain from its start, and look for what is anchored and not in it."""
    previous, head, count = START, None, 0
    present: set[tuple[int, str]] = set()
    restores: dict[tuple[int, str], int] = {}
    for row in connection.execute(select(audit_log).order_by(audit_log.c.entry_id)):
        words = dict(row._mapping)
        number, entry_hash = words["entry_id"], words["entry_hash"]
        # A gap in the numbers alone is no fault: a transaction that was rolled back leaves one.
        if words["previous_hash"] != previous or entry_hash != _hash(words):
            return Checked(count, number, head)
        previous, count = entry_hash, count + 1
        head = Mark(number, entry_hash, words["at"])
        present.add((number, entry_hash))
        if words["action"] == RESTORE:
            restores[number, entry_hash] = int(orjson.loads(words["detail"])["lost"])
    whole = Checked(count, None, head)
    anchor = anchor_of(connection)
    return whole if anchor is None else _compared(whole, anchor, present, restores)


def _compared(
    whole: Checked,
    anchor: Anchor,
    present: set[tuple[int, str]],
    restores: Mapping[tuple[int, str], int],
) -> Checked:
    """Return a sound chain compared with the anchor: what is gone, and what restores tell of it."""
    marks = anchor.read()
    missing: list[Mark] = []
    told: list[Restored] = []
    for mark in marks or ():
        key = mark.number, mark.entry_hash
        if key not in present:
            missing.append(mark)
        elif key in restores:
            # A restore counted what was gone when it was done: so many went with it, no more.
            told.append(Restored(mark, restores[key]))
            missing = missing[restores[key] :]
    return replace(
        whole,
        anchor=anchor.path,
        marks=None if marks is None else len(marks),
        missing=tuple(missing),
        restores=tuple(told),
    )


def audit_head(connection: Connection) -> Mark | None:
    """Return the newest entry, None where there is none."""
    a = audit_log.c
    query = select(a.entry_id, a.entry_hash, a.at).order_by(a.entry_id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Mark(*row)


def has_mark(connection: Connection, number: int, beginning: str) -> bool:
    """Whether the entry of this number has a hash that begins so, as it was once told elsewhere."""
    a = audit_log.c
    found = connection.scalar(select(a.entry_hash).where(a.entry_id == number))
    return found is not None and found.startswith(beginning)


def read_audit(connection: Connection, *, limit: int = 200) -> list[Row[Any]]:
    """Return the newest entries, newest first."""
    query = select(audit_log).order_by(audit_log.c.entry_id.desc()).limit(limit)
    return list(connection.execute(query))


def _hash(words: Mapping[str, Any]) -> str:
    parts = (
        words["previous_hash"],
        words["at"].isoformat(),
        words["actor"],
        words["action"],
        words["subject"],
        words["detail"],
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
