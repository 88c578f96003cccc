"""Passwords tried: each try is written down before the password is looked at, guessing slows down.

A stranger's failures must not shut out the person whose account it is, nor everybody who comes by
the same address. So where an account has been signed in to before from an address, its failures
from there alone count; elsewhere all failures on the account do, and all of the address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
)

from dashboard.access.passwords import is_password
from dashboard.access.users import account_name, find_user
from etl.access_tables import audit_log, sign_in_attempt
from etl.audit import Detail, as_detail, write_audit
from etl.warehouse import ATTEMPT_LOCK, take_lock, write_transaction

ATTEMPT_MINUTES = 15
FREE_ATTEMPTS = {"account": 5, "address": 20}
"""Failures within a quarter of an hour that cost nothing; each further one doubles the wait."""

FIRST_WAIT_SECONDS = 15
SIGN_IN: Final = "sign_in"


def try_password(
    engine: Engine, name: str, password: str, *, address: str, at: datetime
) -> tuple[int, Row[tuple[object, ...]] | None]:
    """Return how many seconds to wait, or 0 and the row of the user whose password this is.

    The row is None where it is nobody's. The try stands as failed until it has succeeded, so that
    many at once count as many. A hash is slow on purpose: no transaction is open meanwhile.
    """
    account, address = account_name(name), address[:64]
    with write_transaction(engine, takes_turn=False) as connection:
        take_lock(connection, ATTEMPT_LOCK)
        wait = _seconds_to_wait(connection, account, address=address, at=at)
        if wait:
            return wait, None
        connection.execute(insert(sign_in_attempt).values(account=account, address=address, at=at))
        connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at < _window(at)))
    with engine.connect() as connection:
        row = find_user(connection, account)
    is_right = is_password(password, None if row is None else row.password_hash)
    with write_transaction(engine, takes_turn=False) as connection:
        if row is not None and is_right and row.is_active:
            connection.execute(delete(sign_in_attempt).where(_pair(account, address)))
            return 0, row
        detail: Detail = {"address": address}
        write_audit(connection, "sign_in_failed", actor="", subject=account, detail=detail)
    return 0, None


def _seconds_to_wait(connection: Connection, account: str, *, address: str, at: datetime) -> int:
    a = sign_in_attempt.c
    account_free, address_free = FREE_ATTEMPTS["account"], FREE_ATTEMPTS["address"]
    counted: list[tuple[ColumnElement[bool], int]] = [
        (a.account == account, account_free),
        (a.address == address, address_free),
    ]
    if _is_known(connection, account, address=address):
        counted = [(_pair(account, address), account_free)]
    longest = 0
    for where, free in counted:
        count, last = connection.execute(
            select(func.count(), func.max(a.at)).where(where, a.at >= _window(at))
        ).one()
        if count >= free:
            wait = min(FIRST_WAIT_SECONDS * 2 ** min(count - free, 10), ATTEMPT_MINUTES * 60)
            longest = max(longest, wait - int((at - last).total_seconds()))
    return max(longest, 0)


def _is_known(connection: Connection, account: str, *, address: str) -> bool:
    """Whether the account has been signed in to from the address before."""
    a = audit_log.c
    return bool(
        connection.scalar(
            select(
                exists().where(
                    a.action == SIGN_IN,
                    a.actor == account,
                    a.detail == as_detail({"address": address}),
                )
            )
        )
    )


def _pair(account: str, address: str) -> ColumnElement[bool]:
    a = sign_in_attempt.c
    return and_(a.account == account, a.address == address)


def _window(at: datetime) -> datetime:
    return at - timedelta(minutes=ATTEMPT_MINUTES)
