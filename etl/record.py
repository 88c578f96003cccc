"""The meeting's record as it stands: what can be typed in it, what was, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, or_, select

from etl.record_tables import record_entry, record_history

FieldKind = Literal["text", "day", "choice"]

FIELDS: Mapping[str, Mapping[str, FieldKind]] = {
    "dossier": {"cause": "text", "explanation": "text", "apology_on": "day"},
    "department": {"difficulties": "text", "assessment": "text"},
    "decision": {"what": "text", "who": "text", "due_on": "day", "state": "choice"},
    "meeting": {"held_on": "day", "conclusion": "text"},
}
"""What can be typed, by what it is about.

A dossier's entries belong to no month: what is said of it in June still holds in July. A
decision's month is that of the meeting that took it.
"""


@dataclass(frozen=True)
class Key:
    """Where an entry stands: ``subject`` is a dossier's code, a department, a decision's id."""

    unit: str
    kind: str
    field: str
    month: str = ""
    subject: str = ""

    def within(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that picks this entry in one of the record's tables."""
        return and_(*(table.c[name] == value for name, value in asdict(self).items()))


@dataclass(frozen=True)
class Entry:
    """One field as it stands now; version 0 has never been saved."""

    key: Key
    value: str = ""
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""
    is_merged: bool = False
    """Whether somebody else's change was brought together with this one."""


@dataclass(frozen=True)
class Decision:
    """What was decided in a month's meeting: what, who, by when; open until a leader closes it."""

    decision: str
    month: str
    what: str = ""
    who: str = ""
    due_on: date | None = None
    is_closed: bool = False
    closed_at: datetime | None = None


COUNTED = (("dossier", "cause"), ("dossier", "apology_on"), ("meeting", "held_on"))
"""Fields that enter a number: a change of them moves marts and data version."""


def counted_entries() -> Select[tuple[str, ...]]:
    """Return the select of what the record adds to the numbers: key and value, in order."""
    c = record_entry.c
    is_counted = or_(*(and_(c.kind == kind, c.field == field) for kind, field in COUNTED))
    return (
        select(c.unit, c.kind, c.month, c.subject, c.field, c.value)
        .where(is_counted, c.value != "")
        .order_by(c.unit, c.kind, c.month, c.subject, c.field)
    )


def read_entry(connection: Connection, key: Key) -> Entry:
    """Return the entry at ``key`` as it stands; an empty one where nothing was saved."""
    row = connection.execute(select(record_entry).where(key.within(record_entry))).first()
    return Entry(key) if row is None else _entry(row)


def read_entries(
    connection: Connection, *, unit: str, kind: str, months: Iterable[str] | None = None
) -> list[Entry]:
    """Return a unit's entries of a kind, in the order of month, subject and field."""
    c = record_entry.c
    query = select(record_entry).where(c.unit == unit, c.kind == kind)
    if months is not None:
        query = query.where(c.month.in_(list(months)))
    rows = connection.execute(query.order_by(c.month, c.subject, c.field))
    return [_entry(row) for row in rows]


def read_history(connection: Connection, key: Key) -> list[Entry]:
    """Return every version of an entry, the oldest first."""
    of_key = select(record_history).where(key.within(record_history))
    rows = connection.execute(of_key.order_by(record_history.c.version))
    return [_entry(row) for row in rows]


def read_decisions(connection: Connection, *, unit: str) -> list[Decision]:
    """Return all decisions of a unit that say something, in the order in which they were taken."""
    found: dict[tuple[str, str], dict[str, Entry]] = {}
    for entry in read_entries(connection, unit=unit, kind="decision"):
        found.setdefault((entry.key.month, entry.key.subject), {})[entry.key.field] = entry
    decisions = []
    for (month, subject), fields in found.items():
        values = {name: entry.value for name, entry in fields.items()}
        if not values.get("what"):
            continue
        is_closed = values.get("state") == "closed"
        decisions.append(
            Decision(
                subject,
                month,
                values["what"],
                values.get("who", ""),
                date.fromisoformat(values["due_on"]) if values.get("due_on") else None,
                is_closed,
                fields["state"].saved_at if is_closed else None,
            )
        )
    return decisions


def held_months(connection: Connection, *, unit: str) -> set[str]:
    """Return the months whose meeting was held."""
    c = record_entry.c
    query = select(c.month).where(
        c.unit == unit, c.kind == "meeting", c.field == "held_on", c.day.is_not(None)
    )
    return set(connection.scalars(query))


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    found = row._mapping
    key = Key(found["unit"], found["kind"], found["field"], found["month"], found["subject"])
    return Entry(key, found["value"], found["version"], found["saved_at"], found["saved_by"])
