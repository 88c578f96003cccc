"""The commands ``snapshot`` and ``verify``. What they need is loaded when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from etl.console import err, out
from etl.settings import Settings, load_settings


def add_snapshot_commands(app: typer.Typer) -> None:
    """Add ``snapshot`` and ``verify`` to a command line."""
    app.command("snapshot")(snapshot)
    app.command("verify")(verify)


def snapshot(
    period: Annotated[str, typer.Option(help="Kỳ: 2024-06, 2024-Q2, 2024-H1, 2024-9M hoặc 2024.")],
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị; mặc định là đơn vị mình.")] = None,
    formats: Annotated[
        str, typer.Option(help="Các dạng, cách nhau bởi dấu phẩy; report.json luôn có.")
    ] = "pdf,docx,xlsx,html,json",
    folder: Annotated[
        Path | None, typer.Option("--out", help="Thư mục nhận thêm một bản của tệp nén.")
    ] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="Bản nội bộ: có danh sách và mã hồ sơ.")
    ] = False,
    calendar: Annotated[str, typer.Option(help="calendar hoặc report.")] = "calendar",
    send: Annotated[
        bool, typer.Option("--send", help="Gửi thư cho những người nhận đã đặt.")
    ] = False,
) -> None:
    """Lập báo cáo của một kỳ: mọi dạng trong một tệp nén có chữ ký."""
    from dashboard.filters import Period, require_calendar
    from dashboard.reports.snapshot_list import find_snapshot
    from dashboard.snapshots.kept import find_archive, read_archive
    from dashboard.snapshots.making import read_formats
    from dashboard.snapshots.office import make_and_keep
    from dashboard.snapshots.storing import store_file
    from etl.audit import COMMAND_LINE, now
    from etl.migration import open_migrated

    require_calendar(calendar)
    wanted, chosen = read_formats(formats), Period(period)
    settings = load_settings()
    engine = open_migrated(settings)
    try:
        number = make_and_keep(
            engine,
            settings=settings,
            period=chosen,
            edition="internal" if internal else "external",
            made_by=COMMAND_LINE,
            at=now(),
            unit=unit,
            calendar=calendar,
            formats=wanted,
            keeps_browser=False,
        )
        with engine.connect() as connection:
            row = find_snapshot(connection, number)
        assert row is not None
        path = find_archive(row, settings=settings)
        if folder is not None:
            # The log names our own copy: what becomes of the other is the reader's affair.
            path = folder / path.name
            store_file(read_archive(row, settings=settings), path)
        out.print(f"Đã lập {path}")
        if send:
            _send(engine, number, chosen.code, settings)
    finally:
        engine.dispose()


def _send(engine: Engine, number: int, period: str, settings: Settings) -> None:
    """Queue a snapshot, try each of its messages once, and say what became of it.

    Raises:
        SnapshotError: a message was not taken; the worker tries it again where that is of use.
    """
    from dashboard.snapshots.delivery import deliveries, queue, send_due
    from dashboard.snapshots.errors import SnapshotError
    from etl.audit import note, now

    count = queue(engine, number, settings=settings, at=now())
    note(engine, "send", period, number=number, recipients=count)
    send_due(engine, settings=settings, at=now(), snapshot_id=number)
    unsent = []
    for one in reversed(deliveries(engine, snapshot_id=number)):
        if one.status == "sent":
            out.print(f"Đã gửi {one.recipient}: {one.reply}")
        else:
            again = "sẽ gửi lại" if one.status == "waiting" else "không gửi lại"
            unsent.append(f"{one.recipient} ({one.reply.rstrip('.')}; {again})")
    if unsent:
        raise SnapshotError(f"Chưa gửi được: {'; '.join(unsent)}.")


def verify(
    archive: Annotated[Path, typer.Argument(help="Tệp nén của báo cáo.")],
    key: Annotated[
        list[Path] | None, typer.Option(help="Khóa công khai (.pem) được tin; lặp lại được.")
    ] = None,
) -> None:
    """Kiểm tra báo cáo có còn nguyên như khi ký không.

    Mã thoát: 0 nguyên vẹn, 1 bị sửa, 2 không đọc được, 3 không rõ khóa.
    """
    from dashboard import formatting as fmt
    from dashboard.snapshots.kept import read_file
    from dashboard.snapshots.signing import find_trusted
    from dashboard.snapshots.verifying import Outcome, verify_archive

    verdict = verify_archive(
        read_file(archive), trusted=find_trusted(load_settings(), given=key or ())
    )
    if verdict.outcome is Outcome.INTACT and verdict.manifest is not None:
        said = verdict.manifest
        # Kept here, an entry of the audit log is out of reach of whoever rules the database.
        logged = f"; dấu nhật ký {said['audit']}" if said.get("audit") else ""
        out.print(
            f"Nguyên vẹn: kỳ {said['period']}, đơn vị {said['unit']}, phiên bản số liệu "
            f"{fmt.version(said['data_version'])}, {len(said['files'])} tệp; "
            f"khóa {verdict.fingerprint}{logged}.",
            highlight=False,
            soft_wrap=True,
        )
        return
    for fault in verdict.faults:
        err.print(fault)
    raise typer.Exit(int(verdict.outcome))
