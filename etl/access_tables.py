"""Who may come in, who came in, and what was done: users, sessions, attempts, the audit log."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from etl.tables import metadata

app_user = Table(
    "app_user",
    metadata,
    Column("user_id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("password_at", DateTime),
    comment="One row per person who may sign in; without a password, only by a one-time link.",
)

app_user_unit = Table(
    "app_user_unit",
    metadata,
    Column("user_id", Integer, ForeignKey("app_user.user_id"), primary_key=True),
    Column("unit", String(20), primary_key=True),
    comment="One row per unit that a user is held to; without any, the user may see all units.",
)

app_session = Table(
    "app_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", Integer, ForeignKey("app_user.user_id"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("ix_app_session_user_id", "user_id"),
    comment="One row per open session, by the hash of its cookie.",
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("attempt_id", Integer, primary_key=True),
    Column("account", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("ix_sign_in_attempt_account_at", "account", "at"),
    Index("ix_sign_in_attempt_address_at", "address", "at"),
    comment="One row per sign-in that failed, kept for as long as it slows the next one down.",
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("created_at", DateTime, nullable=False),
    comment="One row per one-time link that has been printed and not yet used.",
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("entry_hash", String(64), nullable=False, unique=True),
    comment="One row per thing done; only ever added to, each chained to the one before.",
)
