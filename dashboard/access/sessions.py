"""Sessions: kept in the database, so that every worker knows them and any can end them."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from dashboard.access.roles import Principal
from dashboard.access.users import token_hash
from etl.access_tables import app_session, app_user, app_user_unit
from etl.settings import Settings

TOUCH = timedelta(minutes=5)
"""How old the last sight of a session may be before it is written down anew."""


def open_session(connection: Connection, user_id: int, *, at: datetime) -> tuple[str, str]:
    """Open a session; return its token, which only the cookie holds, and the token for changes."""
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    connection.execute(
        insert(app_session).values(
            token_hash=token_hash(token),
            user_id=user_id,
            csrf_token=csrf_token,
            created_at=at,
            seen_at=at,
        )
    )
    return token, csrf_token


# Asked at every request, so made once.
_SESSION = (
    select(
        app_user.c.user_id,
        app_user.c.name,
        app_user.c.role,
        app_user.c.is_active,
        app_user.c.password_hash,
        app_session.c.csrf_token,
        app_session.c.created_at,
        app_session.c.seen_at,
    )
    .join(app_user, app_user.c.user_id == app_session.c.user_id)
    .where(app_session.c.token_hash == bindparam("hash"))
)
_UNITS = (
    select(app_user_unit.c.unit)
    .where(app_user_unit.c.user_id == bindparam("user"))
    .order_by(app_user_unit.c.unit)
)


def find_session(
    connection: Connection, token: str, *, settings: Settings, at: datetime
) -> tuple[Principal, bool] | None:
    """Return who the session belongs to, and whether it should be touched.

    None for a session that never was, has ended, slept too long or grown too old, and for a user
    who has been shut out.
    """
    row = connection.execute(_SESSION, {"hash": token_hash(token)}).first()
    if row is None or not row.is_active:
        return None
    seen_since, opened_since = _limits(settings, at)
    if row.seen_at < seen_since or row.created_at < opened_since:
        return None
    units = tuple(connection.scalars(_UNITS, {"user": row.user_id}))
    principal = Principal(
        row.user_id,
        row.name,
        row.role,
        units or None,
        row.csrf_token,
        has_password=row.password_hash is not None,
    )
    return principal, at - row.seen_at > TOUCH


def touch_session(connection: Connection, token: str, *, at: datetime) -> None:
    """Write down that the session is still in use."""
    c = app_session.c
    connection.execute(
        update(app_session).where(c.token_hash == token_hash(token)).values(seen_at=at)
    )


def close_session(connection: Connection, token: str) -> None:
    """End one session."""
    connection.execute(delete(app_session).where(app_session.c.token_hash == token_hash(token)))


def close_old(connection: Connection, *, settings: Settings, at: datetime) -> None:
    """Throw away the sessions that have slept too long or grown too old."""
    s = app_session.c
    seen_since, opened_since = _limits(settings, at)
    connection.execute(
        delete(app_session).where(or_(s.seen_at < seen_since, s.created_at < opened_since))
    )


def _limits(settings: Settings, at: datetime) -> tuple[datetime, datetime]:
    """Return since when a session must have been seen, and since when opened, to be good still."""
    idle, whole = settings.session_idle_minutes, settings.session_hours
    return at - timedelta(minutes=idle), at - timedelta(hours=whole)


def close_all(connection: Connection, user_id: int) -> None:
    """End every session of a user."""
    connection.execute(delete(app_session).where(app_session.c.user_id == user_id))
