"""Quản trị: who may sign in, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.access.admin_doors import ALL_UNITS, AUDIT_CHECK
from dashboard.access.gate import CSRF_FIELD, whoever
from dashboard.access.log_words import action_words, detail_words
from dashboard.access.passwords import SHORTEST
from dashboard.access.roles import ROLES, VIEWER
from dashboard.access.users import NAME_RULE, list_users
from dashboard.components.cards import card, table_card
from dashboard.components.forms import choice_box, field
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report, Section, Span, Table, TableColumn
from dashboard.reports.context import Context
from etl.audit import read_audit


def build(context: Context, _query: Mapping[str, str]) -> Report:
    """Return the report of the page Quản trị."""
    users = list_users(context.connection)
    active = sum(user.is_active for user in users)
    return Report(
        code="admin",
        title="Quản trị",
        period="",
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=(Span(fmt.count(active), strong=True), Span(" người dùng đang hoạt động.")),
        kpis=(),
        sections=(
            Section(
                "users",
                "Người dùng",
                (Span("Người dùng và vai trò"),),
                table=Table(
                    (
                        TableColumn("name", "Tên"),
                        TableColumn("role", "Vai trò"),
                        TableColumn("units", "Đơn vị được xem"),
                        TableColumn("password", "Mật khẩu"),
                        TableColumn("state", "Trạng thái"),
                    ),
                    pd.DataFrame(
                        [
                            {
                                "name": user.name,
                                "role": ROLES[user.role],
                                "units": ", ".join(user.units) or "Tất cả",
                                "password": "Đã đặt" if user.has_password else "Chưa đặt",
                                "state": "Hoạt động" if user.is_active else "Đã khóa",
                            }
                            for user in users
                        ],
                        columns=["name", "role", "units", "password", "state"],
                    ),
                ),
                data={"names": [user.name for user in users]},
            ),
            Section(
                "audit",
                "Nhật ký",
                (Span("Nhật ký: ai làm gì, khi nào"),),
                table=Table(
                    (
                        TableColumn("at", "Lúc"),
                        TableColumn("actor", "Ai"),
                        TableColumn("action", "Việc"),
                        TableColumn("subject", "Đối tượng"),
                        TableColumn("detail", "Chi tiết"),
                    ),
                    pd.DataFrame(
                        [
                            {
                                "at": fmt.moment(row.at, seconds=True),
                                "actor": row.actor or fmt.NOTHING,
                                "action": action_words(row.action),
                                "subject": row.subject,
                                "detail": detail_words(row.detail),
                            }
                            for row in read_audit(context.connection)
                        ],
                        columns=["at", "actor", "action", "subject", "detail"],
                    ),
                ),
                note="Chỉ ghi thêm, không sửa được; mỗi dòng nối với dòng trước bằng mã băm",
            ),
        ),
    )


def render(report: Report, _view: View) -> list[Component]:
    """Return the users with the forms that change them, and the audit log."""
    principal = whoever()
    csrf = "" if principal is None else principal.csrf_token
    names, audit = report.section("users").data["names"], report.section("audit")
    return [
        grid(
            # An office has a handful of users: beside the forms their list would leave a hole.
            cell(table_card(report.section("users"))),
            cell(
                _form_card("Thêm người dùng", "/nguoi-dung", csrf, _add_fields(), "Thêm"),
                _form_card(
                    "Khóa hoặc mở khóa",
                    "/nguoi-dung/trang-thai",
                    csrf,
                    [
                        _whom(names),
                        field("Trạng thái", choice_box("active", {"0": "Khóa", "1": "Mở khóa"})),
                    ],
                    "Lưu",
                ),
                span=6,
                is_filled=True,
            ),
            cell(
                _form_card(
                    "Đổi vai trò, đơn vị",
                    "/nguoi-dung/vai-tro",
                    csrf,
                    [_whom(names), *_change_fields()],
                    "Đổi",
                ),
                _form_card(
                    "Đặt lại mật khẩu",
                    "/nguoi-dung/mat-khau",
                    csrf,
                    [_whom(names), _password("reset-password")],
                    "Đặt mật khẩu",
                ),
                span=6,
                is_filled=True,
            ),
            cell(table_card(audit, note=html.Span([f"{audit.note}. ", _check_link()]))),
        )
    ]


def _form_card(
    title: str, action: str, csrf: str, fields: list[Component], button: str
) -> html.Section:
    code = action.strip("/").replace("/", "-")
    form = html.Form(
        [
            dcc.Input(type="hidden", name=CSRF_FIELD, value=csrf, id=f"{code}-csrf"),
            *fields,
            html.Button(button, type="submit", className="btn-a"),
        ],
        method="post",
        action=action,
        className="user-form",
    )
    return card(Section(f"form-{code}", title, (Span(title),)), form)


def _check_link() -> html.A:
    # The answer is a document of its own: the browser goes there itself.
    return html.A("Kiểm tra nhật ký", href=AUDIT_CHECK, **{"data-door": "yes"})


def _whom(names: list[str]) -> html.Label:
    return field("Người dùng", choice_box("name", {name: name for name in names}))


def _add_fields() -> list[Component]:
    return [
        _box("Tên đăng nhập", "add-name", f"Dài {NAME_RULE}.", name="name", required=True),
        field("Vai trò", choice_box("role", ROLES, chosen=VIEWER)),
        _box(
            "Đơn vị được xem",
            "add-units",
            "Mã đơn vị, cách nhau bởi dấu phẩy. Để trống là được xem mọi đơn vị, với cả vai trò "
            f"{ROLES['recipient']}.",
            name="units",
        ),
        _password("add-password"),
    ]


def _change_fields() -> list[Component]:
    return [
        field("Vai trò mới", choice_box("role", {"": "Giữ nguyên", **ROLES})),
        _box(
            "Đơn vị được xem từ nay",
            "change-units",
            "Ghi đủ các mã, cách nhau bởi dấu phẩy; «"
            f"{ALL_UNITS}» là mọi đơn vị. Để trống là giữ nguyên.",
            name="units",
        ),
    ]


def _password(name_id: str) -> html.Label:
    return _box(
        "Mật khẩu",
        name_id,
        f"Mật khẩu ít nhất {SHORTEST} ký tự.",
        name="password",
        type="password",
        required=True,
        autoComplete="new-password",
    )


def _box(label: str, name_id: str, hint: str, **options: Any) -> html.Label:
    return field(label, dcc.Input(id=name_id, **options), hint=hint)
