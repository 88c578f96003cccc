"""The dashboard's command line: serve the pages, watch the inbox, ask for a metric."""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from dashboard.access.commands import app as users
from dashboard.access.commands import audit
from dashboard.access.users import make_link
from dashboard.meeting.commands import add_meeting_commands
from dashboard.metric_commands import add_metric_command
from dashboard.snapshots.commands import add_snapshot_commands
from dashboard.text import PRODUCT
from etl.audit import now
from etl.batches import is_empty
from etl.console import out, run
from etl.demo import write_demo
from etl.loading import load_file
from etl.logs import set_up_logging
from etl.migration import open_migrated
from etl.offices import require_own_unit
from etl.settings import Settings, load_settings
from etl.warehouse import write_transaction

app = typer.Typer(
    help=f"{PRODUCT}.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(users, name="user")
app.add_typer(audit, name="audit")


def prepare(settings: Settings) -> Engine:
    """Return an engine on a migrated database; an empty one is filled with the demonstration.

    The demonstration is written as files and loaded by the ordinary way, so that what a newcomer
    sees is what her own files will do.
    """
    engine = open_migrated(settings)
    require_own_unit(engine, settings)
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
        out.print(f"{address}/vao/{token}")
    return token is not None


@app.command("link")
def link(
    address: Annotated[
        str, typer.Option(help="Địa chỉ mà người dùng mở, ví dụ https://hailong.example.gov.vn.")
    ] = "",
) -> None:
    """In liên kết vào một lần, khi chưa ai có mật khẩu; máy chủ gunicorn không tự in."""
    settings = load_settings()
    engine = open_migrated(settings)
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
    from dashboard.worker import Worker

    settings = load_settings()
    set_up_logging(settings)
    root = folder or settings.data_dir
    engine = open_migrated(settings)
    require_own_unit(engine, settings)
    watching = Worker(engine, root, settings=settings)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    out.print(f"Đang theo dõi {root / 'inbox'}")
    watching.run(stopped, seconds=seconds)
    out.print("Đã dừng theo dõi.")


add_metric_command(app)
add_snapshot_commands(app)
add_meeting_commands(app)


if __name__ == "__main__":
    run(app)
