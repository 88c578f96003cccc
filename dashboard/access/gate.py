"""The one gate: every request passes it, and what has no rule is refused.

A rule names a permission, or says that a door is open to everybody or to whoever is signed in. A
new route or callback without a rule is closed until somebody decides, and a test says so.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, current_app, redirect, request
from flask_login import LoginManager, current_user
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import InternalServerError

from dashboard.access.roles import AUDIT, LOAD, MAKE, READ, RECORD, SEND, SNAPSHOT, USERS, Principal
from dashboard.access.sessions import find_session, touch_session
from etl.audit import now
from etl.errors import DatabaseFault, UserError
from etl.normalise import drop_controls
from etl.offices import own_unit
from etl.reading.limits import MEGABYTE
from etl.settings import Settings
from etl.warehouse import write_transaction

log = logging.getLogger(__name__)

PUBLIC, SIGNED_IN = "public", "signed_in"

ROUTES: dict[str, str] = {
    "_dash_assets.static": PUBLIC,
    "/_favicon.ico": PUBLIC,
    "health": PUBLIC,
    "ready": PUBLIC,
    "sign_in": PUBLIC,
    "sign_in_post": PUBLIC,
    "sign_in_link": PUBLIC,
    "sign_in_link_post": PUBLIC,
    "static": SIGNED_IN,
    "sign_out": SIGNED_IN,
    "sign_out_everywhere": SIGNED_IN,
    "password": SIGNED_IN,
    "password_post": SIGNED_IN,
    "user_add": USERS,
    "user_change": USERS,
    "user_password": USERS,
    "user_active": USERS,
    "audit_verify": AUDIT,
    "load_bring": LOAD,
    "load_try": LOAD,
    "load_match": LOAD,
    "load_drop": LOAD,
    "load_run": LOAD,
    "load_undo": LOAD,
    "load_rejects": LOAD,
    "load_template": LOAD,
    "load_type": LOAD,
    "dossier_export": READ,
    "record_read": READ,
    "record_save": RECORD,
    "record_history": READ,
    "deck": READ,
    "minutes": READ,
    "snapshot_make": MAKE,
    "snapshot_open": SNAPSHOT,
    "snapshot_download": SNAPSHOT,
    "snapshot_send": SEND,
    "/": SIGNED_IN,
    "/<path:path>": SIGNED_IN,
    "/_reload-hash": SIGNED_IN,
    "/_dash-layout": SIGNED_IN,
    "/_dash-dependencies": SIGNED_IN,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": SIGNED_IN,
    "/_dash-update-component": SIGNED_IN,
}
"""Flask endpoints and who may use them. The page callback decides by page what it shows."""

CALLBACKS: dict[tuple[str, str], str] = {
    ("page", "children"): SIGNED_IN,
    ("account", "children"): SIGNED_IN,
    ("newer", "data"): READ,
}
"""The first output of each callback that runs on the server, and who may call it."""

ASKED_BY_ITSELF = frozenset({"record_read", "newer.data"})
"""Routes and callbacks that an open page asks for on its own: they keep no session awake."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE, CSRF_COOKIE = "phien", "_csrf_token"
"""Dash itself sends the second one back as a header with each callback."""

CSRF_HEADER, CSRF_FIELD = "X-CSRFToken", "_csrf_token"
UNREADABLE = "Yêu cầu không đọc được. Hãy tải lại trang rồi làm lại."
TOUCH_SECONDS = 0.25
MOST_BODY = 4 * MEGABYTE
"""The most that a request may carry, in bytes, unless it brings a file."""
FILE_ENDPOINTS = frozenset({"load_bring"})


def guard(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Put the gate before every door of ``server``."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    # A file comes with the words of its form around it.
    most_of_file = settings.max_file_mb * MEGABYTE + MOST_BODY
    manager = LoginManager(server)
    manager.session_protection = None

    @manager.request_loader
    def load(asked: Request) -> Principal | None:
        token = asked.cookies.get(COOKIE, "")
        if not token:
            return None
        at = now()
        with engine.connect() as connection:
            found = find_session(connection, token, settings=settings, at=at)
        if found is None:
            return None
        principal, is_stale = found
        if is_stale and not _is_asked_by_itself():
            # A load may hold the database: the session is touched at a later request then.
            with (
                suppress(DatabaseFault),
                write_transaction(engine, takes_turn=False, patience=TOUCH_SECONDS) as connection,
            ):
                touch_session(connection, token, at=at)
        return principal

    @server.teardown_request
    def let_go(_error: BaseException | None) -> None:
        # Files that a form brought are read into temporary ones, refused or not.
        request.close()

    @server.errorhandler(413)
    def too_large(_error: object) -> Response:
        if request.endpoint not in FILE_ENDPOINTS:
            return refuse(
                413,
                f"Nội dung gửi lên lớn hơn giới hạn {MOST_BODY // MEGABYTE} MB nên chưa được nhận. "
                "Hãy chia thành nhiều lần gửi.",
            )
        return refuse(
            413,
            f"Tệp lớn hơn giới hạn {settings.max_file_mb} MB. Hãy chia nhỏ tệp theo kỳ rồi nạp "
            "lại, hoặc nhờ người quản trị nâng giới hạn MAX_FILE_MB.",
        )

    @server.errorhandler(UserError)
    def cannot(error: UserError) -> Response:
        return refuse(409, str(error))

    @server.errorhandler(DatabaseFault)
    @server.errorhandler(OperationalError)
    def unreachable(error: Exception) -> Response:
        log.error("the database does not answer: %s", error)
        return refuse(503, str(DatabaseFault()))

    @server.errorhandler(InternalServerError)
    def broken(_error: InternalServerError) -> Response:
        return refuse(500, "Máy chủ gặp lỗi. Hãy thử lại, hoặc báo người quản trị.")

    @server.before_request
    def decide() -> Response | None:
        rule = ROUTES.get(request.endpoint or "")
        if request.endpoint in FILE_ENDPOINTS:
            request.max_content_length = most_of_file
        if rule == PUBLIC:
            return _cross_site() if request.method not in SAFE_METHODS else None
        principal = whoever()
        if principal is None:
            return _ask_to_sign_in()
        if rule is None:
            return refuse(404, "Không có địa chỉ này.")
        if rule != SIGNED_IN and not principal.may(rule):
            return refuse(403, "Tài khoản của bạn không có quyền làm việc này.")
        if request.method not in SAFE_METHODS:
            return _cross_site() or _without_token(principal) or _callback(principal)
        return None


def whoever() -> Principal | None:
    """Return who is signed in, None for nobody."""
    user = current_user._get_current_object()
    return user if isinstance(user, Principal) else None


def reader() -> Principal:
    """Return who is signed in, behind a door that lets nobody else through."""
    principal = whoever()
    assert principal is not None
    return principal


def may(permission: str) -> bool:
    """Whether whoever is signed in may do something; nobody may nothing."""
    principal = whoever()
    return principal is not None and principal.may(permission)


def outside(settings: Settings, month: str = "", *, calendar: str = "calendar") -> Response | None:
    """Return a refusal where the office's figures, of a month or today's, are not the reader's."""
    if reader().sees(own_unit(settings, month, calendar=calendar)):
        return None
    return refuse(403, "Tài khoản của bạn không được xem đơn vị này.")


def scope() -> tuple[str, ...]:
    """Return what of the reader an answer may depend on: role and units."""
    principal = reader()
    return principal.role, *(principal.units or ("*",))


def refuse(status: int, words: str) -> Response:
    """Return a refusal in plain text."""
    return Response(drop_controls(words), status=status, mimetype="text/plain; charset=utf-8")


def next_path(text: str) -> str:
    """Return where to go after signing in: a path of ours, or the first page."""
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc
    is_plain = all(character.isprintable() for character in text) and "\\" not in text
    return text if is_ours and is_plain and not parts.scheme else "/"


def _ask_to_sign_in() -> Response:
    wants_page = request.method == "GET" and not request.path.startswith("/_dash")
    if not wants_page:
        return refuse(401, "Phiên làm việc đã hết. Hãy tải lại trang để đăng nhập.")
    asked = request.full_path.rstrip("?")
    suffix = "" if asked == "/" else f"?next={quote(asked, safe='/?=&')}"
    return redirect(f"/dang-nhap{suffix}", code=303)  # type: ignore[return-value]


def _cross_site() -> Response | None:
    """Refuse a change that another site's page has sent."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    is_foreign = site not in ("same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != request.host
    )
    words = "Yêu cầu đến từ trang khác nên bị từ chối. Hãy mở bảng điều hành và làm lại ở đó."
    return refuse(403, words) if is_foreign else None


def _without_token(principal: Principal) -> Response | None:
    """Refuse a change without the session's token; what is not a form sends it as a header."""
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD) or ""
    if hmac.compare_digest(given.encode(), principal.csrf_token.encode()):
        return None
    return refuse(403, "Trang đã cũ. Hãy tải lại trang rồi làm lại.")


def _callback(principal: Principal) -> Response | None:
    """Refuse a callback that is not one of ours, or not for this reader."""
    if request.endpoint != "/_dash-update-component":
        return None
    asked = asked_json()
    output = asked.get("output")
    if not isinstance(output, str):
        return refuse(400, UNREADABLE)
    rule = CALLBACKS.get(outputs_of(output)[0])
    known = current_app.config["CALLBACK_SPECS"].get(output)
    if rule is None or known is None:
        return refuse(403, "Không có việc này.")
    if rule != SIGNED_IN and not principal.may(rule):
        return refuse(403, "Tài khoản của bạn không có quyền làm việc này.")
    if not _fits(asked, output, known):
        return refuse(400, UNREADABLE)
    return None


def asked_json() -> Mapping[str, Any]:
    """Return the object that the request says in JSON; an empty one where it says none."""
    try:
        asked = request.get_json(silent=True)
    except RecursionError:
        # Brackets within brackets, deeper than Python reads.
        return {}
    return asked if isinstance(asked, Mapping) else {}


def _is_asked_by_itself() -> bool:
    """Whether no hand asked for it: an open page that nobody sits at goes on asking."""
    asked = request.endpoint
    if asked == "/_dash-update-component":
        asked = asked_json().get("output")
    return isinstance(asked, str) and asked in ASKED_BY_ITSELF


def outputs_of(text: str) -> list[tuple[str, str]]:
    """Return (id, property) of each output: "..page.children...title.children.." says two."""
    parts = (one.rpartition(".") for one in text.strip(".").split("..."))
    return [(name, prop) for name, _, prop in parts]


def _fits(asked: Mapping[str, Any], output: str, known: Mapping[str, Any]) -> bool:
    """Whether a question names what the callback was declared with, in its order.

    Dash takes that for granted and breaks where it is not so. Values are the callback's to judge.
    """
    outputs = asked.get("outputs")
    listed = [outputs] if isinstance(outputs, Mapping) else outputs
    changed = asked.get("changedPropIds", [])
    return (
        _names(listed) == outputs_of(output)
        and _names(asked.get("inputs", [])) == _names(known["inputs"])
        and _names(asked.get("state", [])) == _names(known["state"])
        and isinstance(changed, list)
        and all(isinstance(one, str) and "." in one for one in changed)
    )


def _names(parts: Any) -> list[tuple[Any, ...]] | None:
    """Return (id, property) of each part; None where it is no list of parts."""
    if not isinstance(parts, list) or not all(isinstance(one, Mapping) for one in parts):
        return None
    return [(one.get("id"), one.get("property")) for one in parts]
