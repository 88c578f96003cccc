"""The dashboard's command line: serve the pages, watch the inbox, ask for a metric."""

from __future__ import annotations

import csv
import signal
import sys
import tempfile
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import pandas as pd
import typer
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from dashboard.access.commands import app as users
from dashboard.access.commands import audit
from dashboard.access.users import make_link
from dashboard.filters import CALENDARS, Period
from dashboard.meeting.commands import add_meeting_commands
from dashboard.metrics import FIGURES, find_metric, measure
from dashboard.snapshots.commands import add_snapshot_commands
from etl import inbox
from etl.anchor import open_warehouse
from etl.audit import now
from etl.console import err, out
from etl.demo import write_demo
from etl.errors import DatabaseFault, UserError
from etl.frames import plain_records
from etl.loading import is_empty, load_file
from etl.logs import set_up_logging
from etl.migration import migrate
from etl.settings import Settings, load_settings
from etl.staging import sweep
from etl.warehouse import write_transaction

REFUSED = 2

app = typer.Typer(
    help="Bảng điều hành chỉ số hài lòng.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


app.add_typer(users, name="user")
app.add_typer(audit, name="audit")


@app.callback()
def callback() -> None:
    """Bảng điều hành chỉ số hài lòng."""


def prepare(settings: Settings) -> Engine:
    """Return an engine on a migrated database; an empty one is filled with the demonstration.

    The demonstration is written as files and loaded by the ordinary way, so that what a newcomer
    sees is what her own files will do.
    """
    engine = open_warehouse(settings)
    migrate(engine, settings=settings)
    with engine.connect() as connection:
        wants_demo = settings.demo and is_empty(connection)
    if wants_demo:
        out.print("Cơ sở dữ liệu trống: đang nạp DỮ LIỆU MINH HỌA (đặt DEMO=0 để bắt đầu trống)…")
        with tempfile.TemporaryDirectory() as folder:
            for path in write_demo(Path(folder)):
                load_file(engine, path, settings=settings)
    return engine


@app.command("serve")
def serve() -> None:
    """Mở bảng điều hành trên máy này."""
    from waitress import create_server

    from dashboard.app import create_app, spare_collector

    settings = load_settings()
    set_up_logging(settings)
    engine = prepare(settings)
    server = create_server(
        create_app(settings, engine=engine),
        host=settings.host,
        port=settings.port,
        threads=8,
        ident=None,
        # What proxies say is believed or not by TRUSTED_PROXIES alone, whichever server it is.
        clear_untrusted_proxy_headers=False,
    )
    spare_collector()
    address = _address(settings)
    out.print(f"Bảng điều hành: {address}")
    print_link(engine, address)
    sys.stdout.flush()
    # The server ends its open requests when it is told to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


def print_link(engine: Engine, address: str) -> bool:
    """Print a one-time sign-in link while nobody has a password yet; return whether it did."""
    with write_transaction(engine) as connection:
        token = make_link(connection, at=now())
    if token is not None:
        out.print("Chưa ai có mật khẩu. Mở liên kết này để vào (dùng được một lần, trong 24 giờ):")
        out.print(f"{address}/vao/{token}", soft_wrap=True)
    return token is not None


@app.command("link")
def link(
    address: Annotated[
        str, typer.Option(help="Địa chỉ mà người dùng mở, ví dụ https://hailong.example.gov.vn.")
    ] = "",
) -> None:
    """In liên kết vào một lần, khi chưa ai có mật khẩu; máy chủ gunicorn không tự in."""
    settings = load_settings()
    engine = open_warehouse(settings)
    migrate(engine, settings=settings)
    if not print_link(engine, address.rstrip("/") or _address(settings)):
        out.print("Đã có người đặt mật khẩu: hãy đăng nhập, hoặc dùng lệnh user passwd.")


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


@app.command("worker")
def worker(
    folder: Annotated[
        Path | None, typer.Argument(help="Thư mục chứa inbox, archive, refused.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="Bao lâu xem thư mục một lần.")] = 5.0,
) -> None:
    """Theo dõi thư mục inbox: tệp nạp được chuyển sang archive, bị từ chối sang refused."""
    settings = load_settings()
    set_up_logging(settings)
    engine = open_warehouse(settings)
    migrate(engine, settings=settings)
    root = folder or settings.data_dir
    inbox.prepare(root)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    out.print(f"Đang theo dõi {root / 'inbox'}", markup=False)
    before = inbox.sizes(root)
    not_before = now()
    while not stopped.wait(seconds):
        for taken in inbox.take(engine, root, settings=settings, before=before):
            words = OUTCOMES[taken.outcome]
            out.print(f"«{taken.name}» {words}: {taken.words}", markup=False)
        before = inbox.sizes(root)
        # What somebody left waiting on the page goes even if nobody comes back to it.
        sweep(settings.data_dir)
        if now() >= not_before:
            not_before = keep_sending(engine, settings)
    out.print("Đã dừng theo dõi.")


OUTCOMES = {"loaded": "đã nạp", "refused": "bị từ chối", "waiting": "chờ nạp lại"}

RETRY = timedelta(hours=1)
"""How long the worker waits after a monthly snapshot that could not be made."""


def keep_sending(engine: Engine, settings: Settings) -> datetime:
    """Make the monthly snapshot when it is due, and send what waits; return when to look again.

    A failure is on record and shown on the pages until it is put right.
    """
    from dashboard.snapshots.delivery import send_due
    from dashboard.snapshots.errors import SnapshotError
    from dashboard.snapshots.office import make_monthly

    try:
        number = make_monthly(engine, settings=settings, today=date.today(), at=now())
    except SnapshotError as error:
        out.print(f"Chưa lập được báo cáo tháng: {error}", markup=False)
        return now() + RETRY
    if number is not None:
        out.print("Đã lập báo cáo tháng.")
    for one in send_due(engine, settings=settings, at=now()):
        words = "đã gửi" if one.status == "sent" else one.reply
        out.print(f"{one.recipient}: {words}", markup=False)
    return now()


@app.command("metric")
def metric(
    code: Annotated[str, typer.Argument(help="Mã chỉ tiêu, ví dụ late_rate.")],
    by: Annotated[list[str] | None, typer.Option(help="Chia theo; lặp lại được.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="Từ tháng, 2024-01.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Đến tháng, 2024-06.")] = None,
    calendar: Annotated[str, typer.Option(help="calendar hoặc report.")] = "calendar",
    unit: Annotated[list[str] | None, typer.Option(help="Mã đơn vị; lặp lại được.")] = None,
    format_: Annotated[str, typer.Option("--format", help="json, csv hoặc table.")] = "table",
) -> None:
    """In một chỉ tiêu, tính như trên trang."""
    find_metric(code)
    if calendar not in CALENDARS:
        raise UserError(f"Không có lịch «{calendar}». Các lịch: {', '.join(CALENDARS)}.")
    if format_ not in _PRINTERS:
        raise UserError(f"Không có dạng «{format_}». Các dạng: {', '.join(_PRINTERS)}.")
    settings = load_settings()
    engine = open_warehouse(settings)
    migrate(engine, settings=settings)
    with engine.connect() as connection:
        frame = measure(
            connection,
            code,
            by=by or (),
            months=_months(from_, to),
            calendar=calendar,
            units=unit or None,
        )
    _PRINTERS[format_](frame[[*(by or ()), *FIGURES]])


def _months(first: str | None, last: str | None) -> tuple[str | None, str | None] | None:
    """Return the months between two periods; one that is not given is open to that side."""
    if first is None and last is None:
        return None
    start = Period(first).months[0] if first else None
    end = Period(last).months[1] if last else None
    if start and end and start > end:
        raise UserError(f"Kỳ đầu «{first}» sau kỳ cuối «{last}». Hãy đổi lại thứ tự.")
    return start, end


def _print_json(frame: pd.DataFrame) -> None:
    sys.stdout.write(orjson.dumps(plain_records(frame), option=orjson.OPT_INDENT_2).decode() + "\n")


def _print_csv(frame: pd.DataFrame) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(frame.columns)
    for record in plain_records(frame):
        writer.writerow(["" if value is None else value for value in record.values()])


def _print_table(frame: pd.DataFrame) -> None:
    table = Table(*frame.columns)
    for record in plain_records(frame):
        cells = ("–" if value is None else value for value in record.values())
        table.add_row(*(f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in cells))
    out.print(table)


add_snapshot_commands(app)
add_meeting_commands(app)

_PRINTERS = {"json": _print_json, "csv": _print_csv, "table": _print_table}


def main() -> None:
    """Run the command line; what the user can put right is one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        err.print(str(error), markup=False)
        raise SystemExit(REFUSED) from None
    except OperationalError:
        err.print(str(DatabaseFault()), markup=False)
        raise SystemExit(REFUSED) from None


if __name__ == "__main__":
    main()
