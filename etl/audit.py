"""The audit log: who did what, when; append-only, and chained so that a change shows.

Each entry's hash covers the one before it. Triggers refuse updates and deletions on both engines;
whoever goes around them breaks the chain. No passwords and no personal data of citizens enter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select

from etl.access_tables import audit_log
from etl.warehouse import AUDIT_LOCK, take_lock

START = "0" * 64
COMMAND_LINE = "dòng lệnh"
"""The actor of what is done on the machine itself, where nobody signs in."""


@dataclass(frozen=True)
class Checked:
    """How many entries the chain holds, and the first that does not fit, None where all do."""

    entries: int
    broken_at: int | None


def now() -> datetime:
    """Return the time as every record keeps it: UTC, to the second, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def write_audit(
    connection: Connection,
    action: str,
    *,
    actor: str = COMMAND_LINE,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry, in the transaction of what it tells of and as its last act.

    From here to the transaction's end no other entry can be added: the chain stays in line.
    """
    take_lock(connection, AUDIT_LOCK)
    a = audit_log.c
    previous = connection.scalar(select(a.entry_hash).order_by(a.entry_id.desc()).limit(1))
    words = {
        "at": now(),
        "actor": actor[:64],
        "action": action,
        "subject": subject,
        "detail": as_detail(detail or {}),
        "previous_hash": previous or START,
    }
    connection.execute(insert(audit_log).values(**words, entry_hash=_hash(words)))


def as_detail(detail: Mapping[str, Any]) -> str:
    """Return a detail as the log keeps it: the same words give the same text."""
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS, default=str).decode()


def verify_audit(connection: Connection) -> Checked:
    """Walk the chain from its start."""
    previous, count, number = START, 0, 0
    for row in connection.execute(select(audit_log).order_by(audit_log.c.entry_id)):
        words = dict(row._mapping)
        number = words["entry_id"]
        # A gap in the numbers alone is no fault: a transaction that was rolled back leaves one.
        if words["previous_hash"] != previous or words["entry_hash"] != _hash(words):
            return Checked(count, number)
        previous, count = words["entry_hash"], count + 1
    return Checked(count, None)


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
