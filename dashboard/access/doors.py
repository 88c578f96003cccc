"""The doors of signing in and out, and of one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, Engine

from dashboard.access.attempts import SIGN_IN, try_password
from dashboard.access.forms import door_page, link_form, password_form, sign_in_form
from dashboard.access.gate import COOKIE, CSRF_COOKIE, next_path, reader, whoever
from dashboard.access.passwords import PasswordError
from dashboard.access.roles import Principal
from dashboard.access.sessions import close_all, close_old, close_session, open_session
from dashboard.access.users import has_passwords, is_link_good, set_password, use_link
from etl.audit import Detail, now, write_audit
from etl.settings import Settings
from etl.warehouse import write_transaction

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
NOBODY_YET = (
    "Chưa ai có mật khẩu: mở liên kết in ở cửa sổ máy chủ, hoặc chạy «python -m dashboard link»."
)
SPENT = (
    "Liên kết đã dùng hoặc đã hết hạn. Đã có mật khẩu thì đăng nhập ở đây; chưa ai có thì chạy "
    "«python -m dashboard link» trên máy chủ để có liên kết mới."
)


def open_doors(
    server: Flask, engine: Engine, *, settings: Settings, office: str, agency: str
) -> None:
    """Register the routes by which a reader comes and goes."""

    def page(title: str, body: str, **said: Any) -> Response:
        return Response(
            door_page(title, body, office=office, agency=agency, **said), mimetype="text/html"
        )

    @server.after_request
    def dressed(response: Response) -> Response:
        """Give a refusal for which the browser has left the application a way back into it.

        What a script has asked for stays bare: it says the words on its own page.
        """
        is_left = request.headers.get("Sec-Fetch-Dest") == "document"
        if not is_left or response.status_code < 400 or response.mimetype != "text/plain":
            return response
        words = response.get_data(as_text=True)
        back = '<p class="door-help"><a href="/">Về bảng điều hành</a></p>'
        response.mimetype = "text/html"
        response.set_data(
            door_page(
                "Chưa mở được", back, office=office, agency=agency, message=words, is_error=True
            )
        )
        return response

    def writing(act: Callable[[Connection], Any]) -> Any:
        with write_transaction(engine, takes_turn=False) as connection:
            return act(connection)

    def let_in(user_id: int, *, to: str, signed_in: str = "") -> Response:
        """Open a session under a new name, whatever the browser brought along.

        ``signed_in`` is whose password was given just now, to be written down.
        """
        old = request.cookies.get(COOKIE, "")

        def act(connection: Connection) -> tuple[str, str]:
            if old:
                close_session(connection, old)
            close_old(connection, settings=settings, at=now())
            opened = open_session(connection, user_id, at=now())
            if signed_in:
                detail: Detail = {"address": address()}
                write_audit(connection, SIGN_IN, actor=signed_in, detail=detail)
            return opened

        token, csrf = writing(act)
        response = redirect(to, code=303)
        age = settings.session_hours * 3600
        shared: dict[str, Any] = {
            "max_age": age,
            "secure": request.is_secure,
            "samesite": "Lax",
            "path": "/",
        }
        response.set_cookie(COOKIE, token, httponly=True, **shared)
        # Dash reads this one and sends it back as a header: another site's page cannot.
        response.set_cookie(CSRF_COOKIE, csrf, httponly=False, **shared)
        return response  # type: ignore[return-value]

    def address() -> str:
        return request.remote_addr or ""

    def change_password(principal: Principal, *, present: str, new: str, again: str) -> str:
        """Set the reader's own password; return why not, "" where it was done."""
        if principal.has_password:
            # Whoever sits at an open session may not guess at leisure either.
            wait, user = try_password(engine, principal.name, present, address=address(), at=now())
            if wait:
                return too_often(wait)
            if user is None:
                return "Mật khẩu đang dùng không đúng."
        if new != again:
            return "Hai lần gõ mật khẩu mới không giống nhau."
        try:
            writing(
                lambda connection: set_password(
                    connection, principal.name, new, at=now(), actor=principal.name
                )
            )
        except PasswordError as error:
            return str(error)
        return ""

    def shut_out() -> Response:
        response = redirect("/dang-nhap", code=303)
        response.delete_cookie(COOKIE, path="/")
        response.delete_cookie(CSRF_COOKIE, path="/")
        return response  # type: ignore[return-value]

    @server.get("/dang-nhap", endpoint="sign_in")
    def sign_in() -> Response:
        to = next_path(request.args.get("next", "/"))
        if whoever() is not None:
            return redirect(to, code=303)  # type: ignore[return-value]
        with engine.connect() as connection:
            words = "" if has_passwords(connection) else NOBODY_YET
        return page("Đăng nhập", sign_in_form(next_path=to), message=words)

    @server.post("/dang-nhap", endpoint="sign_in_post")
    def sign_in_post() -> Response:
        to = next_path(request.form.get("next", "/"))
        name, password = request.form.get("name", ""), request.form.get("password", "")
        wait, user = try_password(engine, name, password, address=address(), at=now())
        if user is not None:
            return let_in(user.user_id, to=to, signed_in=user.name)
        words = too_often(wait) if wait else WRONG
        form = sign_in_form(next_path=to, name=name[:64])
        response = page("Đăng nhập", form, message=words, is_error=True)
        response.status_code = 429 if wait else 401
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response

    def spent_link() -> Response:
        response = page("Đăng nhập", sign_in_form(next_path="/"), message=SPENT, is_error=True)
        response.status_code = 403
        return response

    @server.get("/vao/<token>", endpoint="sign_in_link")
    def sign_in_link(token: str) -> Response:
        # Whoever looks a link up before its reader does (a preview, a scanner) uses nothing up.
        with engine.connect() as connection:
            is_good = is_link_good(connection, token, at=now())
        return page("Vào lần đầu", link_form(token)) if is_good else spent_link()

    @server.post("/vao/<token>", endpoint="sign_in_link_post")
    def sign_in_link_post(token: str) -> Response:
        user_id = writing(lambda connection: use_link(connection, token, at=now()))
        return spent_link() if user_id is None else let_in(user_id, to="/")

    @server.post("/thoat", endpoint="sign_out")
    def sign_out() -> Response:
        principal = reader()

        def act(connection: Connection) -> None:
            close_session(connection, request.cookies.get(COOKIE, ""))
            write_audit(connection, "sign_out", actor=principal.name)

        writing(act)
        return shut_out()

    @server.post("/thoat-moi-noi", endpoint="sign_out_everywhere")
    def sign_out_everywhere() -> Response:
        principal = reader()

        def act(connection: Connection) -> None:
            close_all(connection, principal.user_id)
            write_audit(connection, "sign_out_everywhere", actor=principal.name)

        writing(act)
        return shut_out()

    def password_page(principal: Principal, **said: Any) -> Response:
        form = password_form(csrf=principal.csrf_token, has_password=principal.has_password)
        return page("Đổi mật khẩu" if principal.has_password else "Đặt mật khẩu", form, **said)

    @server.get("/mat-khau", endpoint="password")
    def password() -> Response:
        return password_page(reader())

    @server.post("/mat-khau", endpoint="password_post")
    def password_post() -> Response:
        principal = reader()
        fault = change_password(
            principal,
            present=request.form.get("present", ""),
            new=request.form.get("password", ""),
            again=request.form.get("again", ""),
        )
        if fault:
            response = password_page(principal, message=fault, is_error=True)
            response.status_code = 400
            return response
        return let_in(principal.user_id, to="/")


def too_often(wait: int) -> str:
    """Say how long to wait before the next try."""
    return f"Sai nhiều lần. Hãy thử lại sau {wait} giây."
