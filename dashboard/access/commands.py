"""``python -m dashboard user …`` and ``audit …``: who may sign in, and what was done."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine

from dashboard import formatting as fmt
from dashboard.access.log_words import action_words, detail_words
from dashboard.access.roles import ROLES, VIEWER
from dashboard.access.users import (
    account_name,
    add_user,
    change_user,
    list_users,
    set_active,
    set_password,
)
from etl.audit import has_mark, now, read_audit, verify_audit
from etl.audit_words import check_words, mark_words, read_mark
from etl.console import out
from etl.errors import UserError
from etl.migration import open_migrated
from etl.settings import load_settings
from etl.warehouse import write_transaction

app = typer.Typer(
    help="Người dùng: thêm, liệt kê, đổi vai trò và đơn vị, đổi mật khẩu, khóa.",
    no_args_is_help=True,
)
audit = typer.Typer(help="Nhật ký: xem, kiểm tra.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Tên đăng nhập.", callback=account_name)]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ dòng vào, không hỏi.")
]


def _engine() -> Engine:
    return open_migrated(load_settings())


def _ask_password(*, from_stdin: bool) -> str:
    """Return a password typed twice, or one line of standard input where nobody can type: never
    an argument, which everybody on the machine could read.
    """
    if from_stdin or not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise UserError(
                "Chưa có mật khẩu nào được đưa vào. Hãy chạy lệnh này trong cửa sổ lệnh và gõ mật "
                "khẩu, hoặc đưa một dòng mật khẩu vào với --password-stdin."
            )
        return password
    return str(
        typer.prompt(
            "Mật khẩu", hide_input=True, confirmation_prompt="Gõ lại mật khẩu", show_default=False
        )
    )


@app.command("add")
def add(
    name: Name,
    role: Annotated[str, typer.Option(help=f"Vai trò: {', '.join(ROLES)}.")] = VIEWER,
    unit: Annotated[
        list[str] | None, typer.Option(help="Mã đơn vị được xem; lặp lại được. Không có: tất cả.")
    ] = None,
    password_stdin: FromStdin = False,
) -> None:
    """Thêm một người dùng."""
    password = _ask_password(from_stdin=password_stdin)
    with write_transaction(_engine(), takes_turn=False) as connection:
        add_user(connection, name, role=role, units=unit or (), password=password, at=now())
    out.print(f"Đã thêm «{name}», vai trò {ROLES[role]}.")


@app.command("change")
def change(
    name: Name,
    role: Annotated[
        str | None,
        typer.Option(help=f"Vai trò mới: {', '.join(ROLES)}. Không có: giữ nguyên."),
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(help="Mã các đơn vị được xem từ nay; lặp lại được. Không có: giữ nguyên."),
    ] = None,
    all_units: Annotated[bool, typer.Option("--all-units", help="Cho xem mọi đơn vị.")] = False,
) -> None:
    """Đổi vai trò, đơn vị được xem; mọi phiên đang mở của người đó kết thúc."""
    if all_units and unit:
        raise UserError("--unit và --all-units trái nhau. Hãy chỉ dùng một.")
    units = () if all_units else unit or None
    with write_transaction(_engine(), takes_turn=False) as connection:
        change_user(connection, name, role=role, units=units)
    out.print(f"Đã đổi vai trò, đơn vị của «{name}».")


@app.command("list")
def list_() -> None:
    """Liệt kê người dùng."""
    table = Table("Tên", "Vai trò", "Đơn vị", "Mật khẩu", "Trạng thái")
    with _engine().connect() as connection:
        for user in list_users(connection):
            table.add_row(
                user.name,
                ROLES[user.role],
                ", ".join(user.units) or "tất cả",
                "đã đặt" if user.has_password else "chưa đặt",
                "hoạt động" if user.is_active else "đã khóa",
            )
    out.print(table)


@app.command("passwd")
def passwd(name: Name, password_stdin: FromStdin = False) -> None:
    """Đặt mật khẩu mới; mọi phiên đang mở của người đó kết thúc."""
    password = _ask_password(from_stdin=password_stdin)
    with write_transaction(_engine(), takes_turn=False) as connection:
        set_password(connection, name, password, at=now())
    out.print(f"Đã đặt mật khẩu cho «{name}».")


@app.command("disable")
def disable(name: Name) -> None:
    """Khóa một người dùng."""
    with write_transaction(_engine(), takes_turn=False) as connection:
        set_active(connection, name, is_active=False)
    out.print(f"Đã khóa «{name}».")


@app.command("enable")
def enable(name: Name) -> None:
    """Mở khóa một người dùng."""
    with write_transaction(_engine(), takes_turn=False) as connection:
        set_active(connection, name, is_active=True)
    out.print(f"Đã mở khóa «{name}».")


@audit.command("verify")
def verify(
    mark: Annotated[
        list[str] | None,
        typer.Option(help="Dấu đã ghi ở nơi khác, dạng 123:0f3c…; lặp lại được."),
    ] = None,
) -> None:
    """Kiểm tra nhật ký còn nguyên vẹn không: chuỗi các dòng, và tệp neo ngoài cơ sở dữ liệu."""
    given = [read_mark(text) for text in mark or ()]
    with _engine().connect() as connection:
        checked = verify_audit(connection)
        lacking = [
            f"{number}:{part}" for number, part in given if not has_mark(connection, number, part)
        ]
    words = check_words(checked)
    if not checked.is_sound or lacking:
        raise UserError("\n".join([*(mark_words(*one) for one in lacking), *words]))
    for line in words:
        out.print(line)


@audit.command("list")
def list_audit(
    limit: Annotated[int, typer.Option(min=1, help="Số dòng mới nhất.")] = 50,
) -> None:
    """In các dòng nhật ký mới nhất."""
    table = Table("Lúc", "Ai", "Việc", "Đối tượng", "Chi tiết")
    with _engine().connect() as connection:
        for row in read_audit(connection, limit=limit):
            table.add_row(
                fmt.moment(row.at, seconds=True),
                row.actor,
                action_words(row.action),
                row.subject,
                detail_words(row.detail),
            )
    out.print(table)
