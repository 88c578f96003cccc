"""The doors of the page Quản trị: managing users, checking the audit log."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import Flask, Response, redirect, request
from sqlalchemy import Connection, Engine

from dashboard.access.forms import door_page
from dashboard.access.gate import reader, refuse
from dashboard.access.roles import Principal
from dashboard.access.users import (
    UserRefused,
    account_name,
    add_user,
    change_user,
    list_users,
    set_active,
    set_password,
)
from etl.audit import now, verify_audit
from etl.audit_words import check_words
from etl.errors import UserError
from etl.normalise import drop_controls, fold
from etl.warehouse import write_transaction

ADMIN_PAGE, AUDIT_CHECK = "/quan-tri", "/nhat-ky/kiem-tra"
ALL_UNITS = "tất cả"
"""What is typed to let a user see all units from now on; nothing typed leaves those there are."""

_BACK = f'<p class="door-help"><a href="{ADMIN_PAGE}">Quay lại trang Quản trị</a></p>'


def open_admin_doors(server: Flask, engine: Engine, *, office: str, agency: str) -> None:
    """Register the routes that the forms of the page send to."""

    def managed(act: Callable[[Connection], object]) -> Response:
        """Do something to a user and go back to the page; say why where it was refused."""
        try:
            with write_transaction(engine, takes_turn=False) as connection:
                act(connection)
        except UserError as error:
            said = drop_controls(str(error))
            page = door_page(
                "Chưa làm được", _BACK, office=office, agency=agency, message=said, is_error=True
            )
            return Response(page, status=400, mimetype="text/html")
        return redirect(ADMIN_PAGE, code=303)  # type: ignore[return-value]

    @server.post("/nguoi-dung", endpoint="user_add")
    def user_add() -> Response:
        form, actor = request.form, reader()
        units = _units(form.get("units", ""))

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

    @server.post("/nguoi-dung/vai-tro", endpoint="user_change")
    def user_change() -> Response:
        form, actor = request.form, reader()
        name, typed = account_name(form.get("name", "")), form.get("units", "").strip()
        units = None if not typed else [] if fold(typed) == fold(ALL_UNITS) else _units(typed)

        def act(connection: Connection) -> None:
            _require_managed(connection, actor, name)
            if units is not None:
                _require_within(actor, units)
            role = form.get("role") or None
            change_user(connection, name, role=role, units=units, actor=actor.name)

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

    @server.get(AUDIT_CHECK, endpoint="audit_verify")
    def audit_verify() -> Response:
        with engine.connect() as connection:
            checked = verify_audit(connection)
        return refuse(200 if checked.is_sound else 409, "\n".join(check_words(checked)))


def _units(typed: str) -> list[str]:
    return typed.replace(",", " ").replace(";", " ").split()


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
