"""The log of snapshots: which were made, to whom each goes, and what the mail server said."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from etl.tables import CALENDAR, metadata

snapshot_log = Table(
    "snapshot_log",
    metadata,
    Column("snapshot_id", Integer, primary_key=True, autoincrement=True),
    Column("unit", String(20), nullable=False),
    Column("period", String(7), nullable=False),
    Column("calendar", CALENDAR, nullable=False),
    Column("edition", String(10), nullable=False),
    Column("data_version", String(8), nullable=False),
    Column("content_sha256", String(64), nullable=False),
    Column("archive_sha256", String(64), nullable=False),
    # Below the folder of archives; rows of earlier releases hold the whole path.
    Column("path", Text, nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("made_at", DateTime, nullable=False),
    Column("made_by", String(100), nullable=False),
    Index("ix_snapshot_log_unit_period", "unit", "period"),
    comment="One row per snapshot made. Times are UTC.",
)

delivery = Table(
    "delivery",
    metadata,
    Column("delivery_id", Integer, primary_key=True, autoincrement=True),
    Column("snapshot_id", Integer, ForeignKey("snapshot_log.snapshot_id"), nullable=False),
    Column("recipient", String(320), nullable=False),
    # "replaced" is a failed one after which the snapshot was queued again: its word is the newer's.
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime),
    Column("last_at", DateTime),
    Column("reply", Text, nullable=False),
    Index("ix_delivery_status_next_at", "status", "next_at"),
    comment="One row per snapshot and recipient: waiting, sent or failed, and the server's words.",
)
