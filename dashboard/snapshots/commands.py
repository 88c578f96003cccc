"""The commands ``snapshot`` and ``verify``. What they need is loaded when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from etl.console import err, out
from etl.settings import Settings, load_settings

_WHO = "dòng lệnh"
"""Who made a snapshot, where nobody is signed in."""


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
    folder: Annotated[Path | None, typer.Option("--out", help="Thư mục nhận tệp nén.")] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="Bản nội bộ: có danh sách và mã hồ sơ.")
    ] = False,
    calendar: Annotated[str, typer.Option(help="calendar hoặc report.")] = "calendar",
    send: Annotated[
        bool, typer.Option("--send", help="Gửi thư cho những người nhận đã đặt.")
    ] = False,
) -> None:
    """Lập báo cáo của một kỳ: mọi dạng trong một tệp nén có chữ ký."""
    from dashboard.filters import CALENDARS, Period
    from dashboard.reports.snapshot_list import MADE
    from dashboard.snapshots.delivery import record
    from dashboard.snapshots.errors import SnapshotError
    from dashboard.snapshots.making import make_snapshot, read_formats, store
    from etl.audit import note, now
    from etl.migration import open_migrated

    if calendar not in CALENDARS:
        raise SnapshotError(f"Không có lịch «{calendar}». Các lịch: {', '.join(CALENDARS)}.")
    wanted, chosen = read_formats(formats), Period(period)
    settings = load_settings()
    engine = open_migrated(settings)
    try:
        made = make_snapshot(
            engine,
            settings=settings,
            period=chosen,
            unit=unit,
            calendar=calendar,
            edition="internal" if internal else "external",
            formats=wanted,
        )
        path = store(made, folder or settings.data_dir / "snapshots")
        number = record(engine, made, path, made_by=_WHO, at=now())
        note(engine, MADE, chosen.code, edition=made.frozen.edition, number=number)
        out.print(f"Đã lập {path}", markup=False, highlight=False, soft_wrap=True)
        if send:
            note(engine, "send", chosen.code, number=number)
            _send(engine, number, settings)
    finally:
        engine.dispose()


def _send(engine: Engine, number: int, settings: Settings) -> None:
    """Queue a snapshot, try each message once, and say what became of it.

    Raises:
        SnapshotError: a message was not taken; the worker tries it again where that is of use.
    """
    from dashboard.snapshots.delivery import queue, send_due
    from dashboard.snapshots.errors import SnapshotError
    from etl.audit import now

    queue(engine, number, settings=settings, at=now())
    unsent = []
    for one in send_due(engine, settings=settings, at=now()):
        if one.status == "sent":
            out.print(f"Đã gửi {one.recipient}: {one.reply}", markup=False, soft_wrap=True)
        else:
            again = "sẽ gửi lại" if one.status == "waiting" else "không gửi lại"
            unsent.append(f"{one.recipient} ({one.reply}; {again})")
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
    from dashboard.snapshots.errors import SnapshotError
    from dashboard.snapshots.signing import find_trusted
    from dashboard.snapshots.verifying import Outcome, verify_archive

    try:
        data = archive.read_bytes()
    except OSError as error:
        raise SnapshotError(f"Không đọc được «{archive}» ({error.strerror}).") from error
    verdict = verify_archive(data, trusted=find_trusted(load_settings(), given=key or ()))
    if verdict.outcome is Outcome.INTACT and verdict.manifest is not None:
        said = verdict.manifest
        # Kept here, an entry of the audit log is out of reach of whoever rules the database.
        logged = f"; dấu nhật ký {said['audit']}" if said.get("audit") else ""
        out.print(
            f"Nguyên vẹn: kỳ {said['period']}, đơn vị {said['unit']}, phiên bản số liệu "
            f"{fmt.version(said['data_version'])}, {len(said['files'])} tệp; "
            f"khóa {verdict.fingerprint}{logged}.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return
    for fault in verdict.faults:
        err.print(fault, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(int(verdict.outcome))
