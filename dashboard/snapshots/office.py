"""What the office does with snapshots: make and keep one, open it, make the monthly one in time.

The writers of documents and the browser of charts are loaded by the first snapshot, not before:
every worker of the server would carry them.
"""

from __future__ import annotations

import hashlib
import io
import logging
import threading
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, Row, select

from dashboard.filters import Period, shift_month
from dashboard.reports.snapshot_list import FAILED, MADE
from dashboard.snapshots.delivery import queue, record
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Edition, Frozen, from_json
from etl.audit import Detail, write_audit
from etl.delivery_tables import snapshot_log
from etl.offices import own_unit
from etl.settings import Settings
from etl.warehouse import write_transaction

if TYPE_CHECKING:
    from dashboard.snapshots.charts import ChartServer

log = logging.getLogger(__name__)

WORKER = "lịch hằng tháng"
"""Who made a snapshot that the worker made."""

_lock = threading.Lock()
_charts: ChartServer | None = None


def warm_charts(settings: Settings) -> ChartServer:
    """Return the chart server of this process, started at its first use and kept.

    Raises:
        ChartError: there is no browser, or it does not start.
    """
    from dashboard.snapshots.charts import ChartServer

    global _charts
    with _lock:
        if _charts is None:
            _charts = ChartServer(settings.chart_browser)
        return _charts


def drop_charts() -> None:
    """Give up a chart server that has failed: the next snapshot starts another."""
    global _charts
    with _lock:
        if _charts is not None:
            _charts.close()
            _charts = None


def make_and_keep(
    engine: Engine,
    *,
    settings: Settings,
    period: Period,
    edition: Edition,
    made_by: str,
    at: datetime,
    calendar: str = "calendar",
) -> int:
    """Make a snapshot in every format, keep it under ``DATA_DIR/snapshots``, return its number.

    Success and failure are both written to the audit log.

    Raises:
        SnapshotError: it could not be made; nothing is left behind.
    """
    from dashboard.snapshots.making import make_snapshot, store

    try:
        made = make_snapshot(
            engine,
            settings=settings,
            period=period,
            calendar=calendar,
            edition=edition,
            charts=warm_charts(settings),
        )
        folder = settings.data_dir / "snapshots" / f"{at:%Y%m%d-%H%M%S}"
        path = store(made, folder)
    except SnapshotError:
        drop_charts()
        with write_transaction(engine, takes_turn=False) as connection:
            write_audit(connection, FAILED, actor=made_by, subject=period.code)
        raise
    number = record(engine, made, path, made_by=made_by, at=at)
    with write_transaction(engine, takes_turn=False) as connection:
        detail: Detail = {"edition": edition, "number": number}
        write_audit(connection, MADE, actor=made_by, subject=period.code, detail=detail)
    return number


def read_archive(row: Row[tuple[object, ...]]) -> bytes:
    """Return the archive that a row of the log names, as it was made.

    Raises:
        SnapshotError: it is gone, or no longer what was made.
    """
    path = Path(str(row.path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SnapshotError(f"Không còn tệp «{path.name}». Hãy lập lại báo cáo.") from error
    if hashlib.sha256(data).hexdigest() != row.archive_sha256:
        raise SnapshotError(f"Tệp «{path.name}» đã bị sửa sau khi lập. Hãy lập lại báo cáo.")
    return data


def read_member(archive: bytes, ending: str) -> bytes:
    """Return the report of an archive whose name ends so; not its notice, not its minutes.

    Raises:
        SnapshotError: it has none.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            if name.endswith(ending) and not name.startswith(("thong-bao", "ket-luan")):
                return opened.read(name)
    raise SnapshotError(f"Báo cáo này không có tài liệu dạng {ending}.")


def read_frozen(row: Row[tuple[object, ...]]) -> Frozen:
    """Return what a kept snapshot says.

    Raises:
        SnapshotError: it is gone, was changed, or is of a form that this program does not know.
    """
    return from_json(read_member(read_archive(row), "report.json"))


def make_monthly(engine: Engine, *, settings: Settings, today: date, at: datetime) -> int | None:
    """Make and queue last month's snapshot from its day on, once; return its number.

    None where it is not yet due, no day is set, or it was made already.

    Raises:
        SnapshotError: it could not be made or queued.
    """
    if not settings.snapshot_day or today.day < settings.snapshot_day:
        return None
    period = Period(shift_month(f"{today:%Y-%m}", -1))
    s, unit = snapshot_log.c, own_unit(settings, period.code)
    with engine.connect() as connection:
        done = connection.scalar(
            select(s.snapshot_id).where(
                s.unit == unit, s.period == period.code, s.made_by == WORKER
            )
        )
    if done is not None:
        return None
    number = make_and_keep(
        engine, settings=settings, period=period, edition="external", made_by=WORKER, at=at
    )
    queue(engine, number, settings=settings, at=at)
    return number
