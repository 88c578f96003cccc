"""Roles and what each may do."""

from __future__ import annotations

from dataclasses import dataclass

ADMINISTRATOR, VIEWER = "administrator", "viewer"

ROLES: dict[str, str] = {
    ADMINISTRATOR: "Quản trị",
    "editor": "Nhập liệu",
    "leader": "Lãnh đạo",
    VIEWER: "Người xem",
    "recipient": "Đơn vị nhận",
}
"""Codes and names of the roles."""

READ, LOAD, RECORD, DECIDE = "read", "load", "record", "decide"
SNAPSHOT, MAKE, SEND = "snapshot", "make", "send"
USERS, AUDIT = "users", "audit"

GRANTS: dict[str, frozenset[str]] = {
    ADMINISTRATOR: frozenset({READ, LOAD, RECORD, DECIDE, SNAPSHOT, MAKE, SEND, USERS, AUDIT}),
    "editor": frozenset({READ, LOAD, RECORD, SNAPSHOT, MAKE, SEND}),
    "leader": frozenset({READ, RECORD, DECIDE, SNAPSHOT, MAKE}),
    VIEWER: frozenset({READ, SNAPSHOT}),
    "recipient": frozenset({SNAPSHOT}),
}
"""What a role may: read pages, load files, type the record, close decisions, download snapshots,
make and send them, manage users, read the audit log."""


@dataclass(frozen=True)
class Principal:
    """Whoever is signed in: the name, the role, the units held to (None for all)."""

    user_id: int
    name: str
    role: str
    units: tuple[str, ...] | None
    csrf_token: str
    has_password: bool

    # What flask-login asks of a user.
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the user's id as text, as flask-login wants it."""
        return str(self.user_id)

    def may(self, permission: str) -> bool:
        """Whether the role grants ``permission``."""
        return permission in GRANTS[self.role]

    def sees(self, unit: str) -> bool:
        """Whether the unit lies within the user's scope."""
        return self.units is None or unit in self.units
