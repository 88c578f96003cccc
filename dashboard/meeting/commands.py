"""The command ``deck``. What it needs is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.console import err, out
from etl.settings import load_settings


def add_meeting_commands(app: typer.Typer) -> None:
    """Add ``deck`` to a command line."""
    app.command("deck")(deck)


def deck(
    period: Annotated[
        str | None, typer.Option(help="Kỳ: 2024-06, 2024-Q2, 2024-H1, 2024-9M hoặc 2024.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị; mặc định là đơn vị mình.")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="Báo cáo đã lập (.zip), thay cho --period.")
    ] = None,
    target: Annotated[Path | None, typer.Option("--out", help="Tệp nhận bản trình chiếu.")] = None,
    external: Annotated[
        bool, typer.Option("--external", help="Bản để gửi ra ngoài: không có mã hồ sơ.")
    ] = False,
    calendar: Annotated[
        str | None, typer.Option(help="calendar hoặc report; mặc định là calendar.")
    ] = None,
) -> None:
    """Lập bản trình chiếu của cuộc họp tháng: một tệp, mở được khi không có mạng."""
    from dashboard.filters import Period, require_calendar
    from dashboard.meeting.deck import write_deck
    from dashboard.snapshots.errors import SnapshotError
    from dashboard.snapshots.freezing import DECK, freeze
    from dashboard.snapshots.kept import current_version, read_file, read_signed
    from dashboard.snapshots.signing import find_trusted
    from dashboard.snapshots.storing import store_file
    from etl.audit import note
    from etl.migration import open_migrated

    if (period is None) == (source is None):
        raise SnapshotError("Hãy chọn một trong hai: --period KỲ hoặc --from BÁO-CÁO.zip.")
    if source is not None and (unit is not None or external or calendar is not None):
        raise SnapshotError(
            "Báo cáo đã lập có sẵn đơn vị, loại bản và lịch: bỏ --unit, --external, --calendar."
        )
    chosen = Period(period) if period is not None else None
    settings = load_settings()
    engine = open_migrated(settings)
    try:
        with engine.connect() as connection:
            if chosen is not None:
                frozen = freeze(
                    connection,
                    settings=settings,
                    period=chosen,
                    unit=unit,
                    calendar=require_calendar(calendar or "calendar"),
                    edition="external" if external else "internal",
                )
            else:
                assert source is not None
                trusted = find_trusted(settings, given=())
                frozen, is_trusted = read_signed(read_file(source), trusted=trusted)
                if not is_trusted:
                    words = "Không có khóa tin cậy nào khớp chữ ký của báo cáo này."
                    err.print(words)
            now = current_version(connection, settings=settings)
        name = f"{frozen.file_name(DECK)}.html"
        path = target or settings.data_dir / "decks" / name
        store_file(write_deck(frozen, current_version=now), path)
        note(engine, "export", frozen.period.code, form="deck.html")
    finally:
        engine.dispose()
    out.print(f"Đã lập {path}")
