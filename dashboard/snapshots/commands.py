"""The commands ``snapshot`` and ``verify``. What they need is loaded when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.console import err, out
from etl.settings import load_settings


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
) -> None:
    """Lập báo cáo của một kỳ: mọi dạng trong một tệp nén có chữ ký."""
    from dashboard.filters import CALENDARS, Period
    from dashboard.snapshots.errors import SnapshotError
    from dashboard.snapshots.making import make_snapshot, read_formats, store
    from etl.migration import migrate
    from etl.warehouse import open_engine

    if calendar not in CALENDARS:
        raise SnapshotError(f"Không có lịch «{calendar}». Các lịch: {', '.join(CALENDARS)}.")
    wanted, chosen = read_formats(formats), Period(period)
    settings = load_settings()
    engine = open_engine(settings.database_url)
    try:
        migrate(engine)
        made = make_snapshot(
            engine,
            settings=settings,
            period=chosen,
            unit=unit,
            calendar=calendar,
            edition="internal" if internal else "external",
            formats=wanted,
        )
    finally:
        engine.dispose()
    path = store(made, folder or settings.data_dir / "snapshots")
    out.print(f"Đã lập {path}", markup=False, highlight=False, soft_wrap=True)


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
        out.print(
            f"Nguyên vẹn: kỳ {said['period']}, đơn vị {said['unit']}, phiên bản số liệu "
            f"{fmt.version(said['data_version'])}, {len(said['files'])} tệp; "
            f"khóa {verdict.fingerprint}.",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return
    for fault in verdict.faults:
        err.print(fault, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(int(verdict.outcome))
