"""The doors of the page Quản trị: managing users, checking the audit log."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, Engine

from dashboard.access.gate import reader, refuse
from dashboard.access.roles import Principal
from dashboard.access.users import (
    UserRefused,
    account_name,
    add_user,
    list_users,
    set_active,
    set_password,
)
from etl.audit import now, verify_audit
from etl.audit_words import check_words
from etl.errors import UserError
from etl.warehouse import write_transaction

ADMIN_PAGE = "/quan-tri"


def open_admin_doors(server: Flask, engine: Engine) -> None:
    """Register the routes that the forms of the page send to."""

    def managed(act: Callable[[Connection], object]) -> Response:
        """Do something to a user and go back to the page, with the reason where it was refused."""
        try:
            with write_transaction(engine, takes_turn=False) as connection:
                act(connection)
        except UserError as error:
            return refuse(400, f"{error}\n\nQuay lại trang trước để sửa.")
        return redirect(ADMIN_PAGE, code=303)  # type: ignore[return-value]

    @server.post("/nguoi-dung", endpoint="user_add")
    def user_add() -> Response:
        form, actor = request.form, reader()
        units = form.get("units", "").replace(",", " ").replace(";", " ").split()

        def act(connection: Connection) -> None:
            _require_within(actor, units)
            add_user(
                connection,
                form.get("name", ""),
                role=form.get("role", ""),
                units=units,
                password=form.get("password", ""),
                at=now(),
                actor=actor.name,
            )

        return managed(act)

    @server.post("/nguoi-dung/mat-khau", endpoint="user_password")
    def user_password() -> Response:
        name, actor = account_name(request.form.get("name", "")), reader()

        def act(connection: Connection) -> None:
            if name == actor.name and actor.has_password:
                raise UserRefused(
                    "Mật khẩu của chính bạn đổi ở mục Đổi mật khẩu, dưới biểu tượng người dùng."
                )
            _require_managed(connection, actor, name)
            new = request.form.get("password", "")
            set_password(connection, name, new, at=now(), actor=actor.name)

        return managed(act)

    @server.post("/nguoi-dung/trang-thai", endpoint="user_active")
    def user_active() -> Response:
        name, actor = account_name(request.form.get("name", "")), reader()

        def act(connection: Connection) -> None:
            _require_managed(connection, actor, name)
            is_active = request.form.get("active") == "1"
            set_active(connection, name, is_active=is_active, actor=actor.name)

        return managed(act)

    @server.get("/nhat-ky/kiem-tra", endpoint="audit_verify")
    def audit_verify() -> Response:
        with engine.connect() as connection:
            checked = verify_audit(connection)
        return refuse(200 if checked.is_sound else 409, "\n".join(check_words(checked)))


def _require_within(actor: Principal, units: Collection[str]) -> None:
    """Refuse to give a user more units than the one who gives may see; no units are all."""
    if actor.units is not None and not (units and set(units) <= set(actor.units)):
        raise UserRefused(
            f"Bạn chỉ quản lý được người dùng của các đơn vị: {', '.join(actor.units)}."
        )


def _require_managed(connection: Connection, actor: Principal, name: str) -> None:
    """Refuse to change a user who may see more than the one who changes."""
    if actor.units is not None:
        found = [user.units for user in list_users(connection) if user.name == name]
        _require_within(actor, found[0] if found else ())
