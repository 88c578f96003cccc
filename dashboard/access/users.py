"""Users: adding, changing, listing; and signing in by the one-time link."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from dashboard.access.passwords import hash_password
from dashboard.access.roles import ADMINISTRATOR, ROLES
from etl.access_tables import app_session, app_user, app_user_unit, sign_in_link
from etl.audit import COMMAND_LINE, Action, Detail, write_audit
from etl.errors import UserError
from etl.normalise import drop_controls
from etl.tables import dim_unit

FIRST_USER = "quan_tri"
LINK_HOURS = 24

NAME_RULE = (
    "2–63 ký tự, bắt đầu bằng chữ hoặc số, chỉ gồm chữ thường không dấu, số, dấu chấm, gạch ngang, "
    "gạch dưới"
)
"""What a name may be, in words."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}", re.ASCII)


class UserRefused(UserError):
    """What was asked about a user cannot be done; the message says why."""


@dataclass(frozen=True)
class User:
    """A person who may sign in."""

    user_id: int
    name: str
    role: str
    units: tuple[str, ...]
    is_active: bool
    has_password: bool


def account_name(text: str) -> str:
    """Return the name of an account, however it was typed; a database can hold it."""
    return drop_controls(text).strip().lower()[:64]


def add_user(
    connection: Connection,
    name: str,
    *,
    role: str,
    units: Iterable[str] = (),
    password: str | None,
    at: datetime,
    actor: str = COMMAND_LINE,
) -> int:
    """Add a user and return the id.

    Raises:
        UserRefused: the name is taken or cannot be one, or there is no such role or unit.
        PasswordError: the password is not good enough.
    """
    name = account_name(name)
    if not _NAME.fullmatch(name):
        raise UserRefused(f"Tên «{name}» không dùng được. Hãy đặt tên {NAME_RULE}.")
    _require_role(role)
    if find_user(connection, name) is not None:
        raise UserRefused(f"Đã có người dùng «{name}». Hãy chọn tên khác.")
    inserted = connection.execute(
        insert(app_user).values(
            name=name,
            role=role,
            password_hash=None if password is None else hash_password(password, name=name),
            is_active=True,
            created_at=at,
            password_at=None if password is None else at,
        )
    ).inserted_primary_key
    assert inserted is not None
    user_id = int(inserted[0])
    detail: Detail = {"role": role, "units": _give_units(connection, user_id, units)}
    write_audit(connection, "user_add", actor=actor, subject=name, detail=detail)
    return user_id


def change_user(
    connection: Connection,
    name: str,
    *,
    role: str | None = None,
    units: Iterable[str] | None = None,
    actor: str = COMMAND_LINE,
) -> None:
    """Give a user another role, other units, or both; every open session of the user ends.

    None leaves what the user has; no units at all are all units.

    Raises:
        UserRefused: there is no such user, role or unit, nothing is to be changed, or nobody would
            be left to manage users.
    """
    row = _existing(connection, name)
    if role is None and units is None:
        raise UserRefused(f"Chưa nói đổi gì cho «{row.name}». Hãy chọn vai trò hoặc ghi đơn vị.")
    detail: Detail = {}
    if role is not None:
        _require_role(role)
        if role != ADMINISTRATOR:
            _require_other_administrator(connection, row)
        connection.execute(
            update(app_user).where(app_user.c.user_id == row.user_id).values(role=role)
        )
        detail["role"] = role
    if units is not None:
        connection.execute(delete(app_user_unit).where(app_user_unit.c.user_id == row.user_id))
        detail["units"] = _give_units(connection, row.user_id, units)
    connection.execute(delete(app_session).where(app_session.c.user_id == row.user_id))
    write_audit(connection, "user_change", actor=actor, subject=row.name, detail=detail)


def _require_role(role: str) -> None:
    if role not in ROLES:
        raise UserRefused(f"Không có vai trò «{role}». Các vai trò: {', '.join(ROLES)}.")


def _give_units(connection: Connection, user_id: int, units: Iterable[str]) -> list[str]:
    """Hold a user, who is held to none yet, to ``units``; return them in order."""
    units = sorted(set(units))
    known = set(connection.scalars(select(dim_unit.c.unit)))
    if unknown := [unit for unit in units if unit not in known]:
        raise UserRefused(
            f"Không có đơn vị «{unknown[0]}». Hãy ghi mã đơn vị, cách nhau bởi dấu phẩy."
        )
    if units:
        rows = [{"user_id": user_id, "unit": unit} for unit in units]
        connection.execute(insert(app_user_unit), rows)
    return units


def _require_other_administrator(connection: Connection, row: Row[Any]) -> None:
    """Refuse to take away the last active administrator."""
    u = app_user.c
    is_one = row.role == ADMINISTRATOR and row.is_active
    others = select(exists().where(u.role == ADMINISTRATOR, u.is_active, u.user_id != row.user_id))
    if is_one and not connection.scalar(others):
        raise UserRefused(
            f"«{row.name}» là quản trị duy nhất, không khóa và không đổi vai trò được. Hãy thêm "
            "hoặc mở khóa một quản trị khác trước."
        )


def find_user(connection: Connection, name: str) -> Row[Any] | None:
    """Return the row of the user called ``name``; None when there is none."""
    query = select(app_user).where(app_user.c.name == account_name(name))
    return connection.execute(query).first()


def list_users(connection: Connection) -> list[User]:
    """Return all users by name."""
    units: dict[int, list[str]] = {}
    for user_id, unit in connection.execute(select(app_user_unit).order_by(app_user_unit.c.unit)):
        units.setdefault(user_id, []).append(unit)
    rows = connection.execute(select(app_user).order_by(app_user.c.name))
    return [
        User(
            row.user_id,
            row.name,
            row.role,
            tuple(units.get(row.user_id, ())),
            row.is_active,
            row.password_hash is not None,
        )
        for row in rows
    ]


def set_password(
    connection: Connection, name: str, password: str, *, at: datetime, actor: str = COMMAND_LINE
) -> None:
    """Give a user a new password; every open session of the user ends.

    Raises:
        UserRefused: there is no such user.
        PasswordError: the password is not good enough.
    """
    row = _existing(connection, name)
    hashed = hash_password(password, name=row.name)
    connection.execute(
        update(app_user)
        .where(app_user.c.user_id == row.user_id)
        .values(password_hash=hashed, password_at=at)
    )
    connection.execute(delete(app_session).where(app_session.c.user_id == row.user_id))
    write_audit(connection, "password_set", actor=actor, subject=row.name)


def set_active(
    connection: Connection, name: str, *, is_active: bool, actor: str = COMMAND_LINE
) -> None:
    """Shut a user out, ending every session, or let the user in again.

    Raises:
        UserRefused: there is no such user, or nobody would be left to manage users.
    """
    row = _existing(connection, name)
    if not is_active:
        _require_other_administrator(connection, row)
    connection.execute(
        update(app_user).where(app_user.c.user_id == row.user_id).values(is_active=is_active)
    )
    if not is_active:
        connection.execute(delete(app_session).where(app_session.c.user_id == row.user_id))
    action: Action = "user_enable" if is_active else "user_disable"
    write_audit(connection, action, actor=actor, subject=row.name)


def _existing(connection: Connection, name: str) -> Row[Any]:
    row = find_user(connection, name)
    if row is None:
        raise UserRefused(
            f"Không có người dùng «{account_name(name)}». Tên của mọi người ở trang Quản trị, hoặc "
            "do lệnh «python -m dashboard user list» in ra."
        )
    return row


# Signing in by link -----------------------------------------------------------------------------


def make_link(connection: Connection, *, at: datetime) -> str | None:
    """Return the token of a new one-time link; None once somebody has a password."""
    if has_passwords(connection):
        return None
    connection.execute(
        delete(sign_in_link).where(sign_in_link.c.created_at < at - timedelta(hours=LINK_HOURS))
    )
    token = secrets.token_urlsafe(32)
    connection.execute(insert(sign_in_link).values(token_hash=token_hash(token), created_at=at))
    return token


def use_link(connection: Connection, token: str, *, at: datetime) -> int | None:
    """Return the id of the first administrator where the link is good; it is good once.

    A link that was printed before is good for nothing once somebody has a password.
    """
    if not is_link_good(connection, token, at=at):
        return None
    used = connection.execute(
        delete(sign_in_link).where(sign_in_link.c.token_hash == token_hash(token))
    )
    if not used.rowcount:
        return None
    u = app_user.c
    query = select(u.user_id, u.name).where(u.role == ADMINISTRATOR, u.is_active)
    row = connection.execute(query.order_by(u.user_id)).first()
    if row is None:
        add_user(connection, FIRST_USER, role=ADMINISTRATOR, password=None, at=at)
        row = connection.execute(query.order_by(u.user_id)).one()
    write_audit(connection, "sign_in_by_link", actor=row.name)
    return int(row.user_id)


def is_link_good(connection: Connection, token: str, *, at: datetime) -> bool:
    """Whether a link can still be used; to look uses nothing up."""
    link = sign_in_link.c
    is_known = exists().where(
        link.token_hash == token_hash(token),
        link.created_at >= at - timedelta(hours=LINK_HOURS),
    )
    return not has_passwords(connection) and bool(connection.scalar(select(is_known)))


def has_passwords(connection: Connection) -> bool:
    """Whether anybody has a password; until then the one-time link is the way in."""
    return bool(connection.scalar(select(exists().where(app_user.c.password_hash.is_not(None)))))


def token_hash(token: str) -> str:
    """Return under which hash a token is kept: the database alone lets nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()
