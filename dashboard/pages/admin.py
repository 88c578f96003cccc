"""Quản trị: who may sign in, and what was done."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.access.gate import CSRF_FIELD, whoever
from dashboard.access.log_words import action_words, detail_words
from dashboard.access.roles import ROLES
from dashboard.access.users import list_users
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
    names = report.section("users").data["names"]
    return [
        grid(
            cell(table_card(report.section("users")), span=7),
            cell(
                _form_card("Thêm người dùng", "/nguoi-dung", csrf, _add_fields(), "Thêm"),
                _form_card(
                    "Đặt lại mật khẩu",
                    "/nguoi-dung/mat-khau",
                    csrf,
                    [field("Người dùng", choice_box("name", {n: n for n in names})), _password()],
                    "Đặt mật khẩu",
                ),
                _form_card(
                    "Khóa hoặc mở khóa",
                    "/nguoi-dung/trang-thai",
                    csrf,
                    [
                        field("Người dùng", choice_box("name", {n: n for n in names})),
                        field("Trạng thái", choice_box("active", {"0": "Khóa", "1": "Mở khóa"})),
                    ],
                    "Lưu",
                ),
                span=5,
            ),
            cell(table_card(report.section("audit"))),
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


def _add_fields() -> list[Component]:
    return [
        html.Label(
            ["Tên đăng nhập", dcc.Input(id="add-name", name="name", required=True, maxLength=63)]
        ),
        field("Vai trò", choice_box("role", ROLES)),
        html.Label(
            [
                "Đơn vị được xem",
                dcc.Input(id="add-units", name="units", placeholder="để trống: tất cả"),
            ]
        ),
        _password("add-password"),
    ]


def _password(name_id: str = "reset-password") -> html.Label:
    box = dcc.Input(
        id=name_id, name="password", type="password", required=True, autoComplete="new-password"
    )
    return html.Label(["Mật khẩu", box])
