"""Signing in for tests: a real user and a real session, as the sign-in page would make them."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.access.gate import COOKIE, CSRF_COOKIE, CSRF_HEADER
from dashboard.access.sessions import open_session
from dashboard.access.users import add_user, find_user
from etl.audit import now
from etl.warehouse import write_transaction


def signed_in(
    server: Flask, engine: Engine, *, role: str = "administrator", units: tuple[str, ...] = ()
) -> FlaskClient:
    """Return a client that a user of ``role``, held to ``units``, has signed in with.

    Its requests carry the session's token, as Dash sends it with each callback.
    """
    name = f"thu_{role}{'_'.join(units)}"
    with write_transaction(engine) as connection:
        found = find_user(connection, name)
        user_id = (
            add_user(connection, name, role=role, units=units, password=None, at=now())
            if found is None
            else int(found.user_id)
        )
        token, csrf = open_session(connection, user_id, at=now())
    client = server.test_client()
    client.set_cookie(COOKIE, token)
    client.environ_base[f"HTTP_{CSRF_HEADER.upper().replace('-', '_')}"] = csrf
    return client


def cookies_by_link(log: Path) -> list[dict[str, object]]:
    """Use the one-time link that a start has printed; return the session's cookies."""
    link = re.search(r"http://\S+/vao/\S+", log.read_text(encoding="utf-8"))
    assert link is not None, log.read_text(encoding="utf-8")
    jar = CookieJar()
    build_opener(HTTPCookieProcessor(jar)).open(link.group(0), data=b"", timeout=30).close()
    assert len(jar), "the link opened no session"
    address = link.group(0).rsplit("/vao/", 1)[0]
    return [{"name": one.name, "value": one.value, "url": address} for one in jar]


def browser_session(engine: Engine, address: str, role: str) -> list[dict[str, object]]:
    """Return the cookies of a new user of ``role``, for a browser's context."""
    with write_transaction(engine) as connection:
        user = add_user(connection, f"nguoi_{role}", role=role, units=(), password=None, at=now())
        token, csrf = open_session(connection, user, at=now())
    return [
        {"name": COOKIE, "value": token, "url": address},
        {"name": CSRF_COOKIE, "value": csrf, "url": address},
    ]
