"""The record that people type: causes of late dossiers, difficulties, conclusions, decisions."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, String, Table, Text

from etl.tables import metadata

LONGEST_SUBJECT = 200
_KEY = (("unit", 20), ("kind", 20), ("month", 7), ("subject", LONGEST_SUBJECT), ("field", 20))

record_entry = Table(
    "record_entry",
    metadata,
    *(Column(name, String(length), primary_key=True) for name, length in _KEY),
    Column("value", Text, nullable=False),
    # The value as a day, where it is one: SQL compares days, not texts.
    Column("day", Date),
    Column("version", Integer, nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("saved_by", String(100), nullable=False),
    comment="One row per field of the record: what it says now.",
)

record_history = Table(
    "record_history",
    metadata,
    *(Column(name, String(length), primary_key=True) for name, length in _KEY),
    Column("version", Integer, primary_key=True),
    Column("value", Text, nullable=False),
    Column("saved_at", DateTime, nullable=False),
    Column("saved_by", String(100), nullable=False),
    comment="One row per field of the record and version: what it has said, and by whom.",
)
