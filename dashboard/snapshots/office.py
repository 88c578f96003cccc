"""What the office does with snapshots: make and keep one, make the monthly one in time.

The writers of documents and the browser of charts are loaded by the first snapshot, not before:
every worker of the server would carry them.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Row

from dashboard import formatting as fmt
from dashboard.filters import Period, shift_month
from dashboard.reports.snapshot_list import (
    FAILED,
    MADE,
    WORKER,
    find_monthly,
    find_newest,
    was_sent,
)
from dashboard.snapshots.delivery import queue, record
from dashboard.snapshots.errors import ChartError, SnapshotError
from dashboard.snapshots.freezing import MEETING, Edition, freeze
from dashboard.snapshots.kept import (
    current_version,
    find_formats,
    read_archive,
    read_signed,
    snapshots_folder,
)
from dashboard.snapshots.signing import open_signing_key
from etl.audit import note
from etl.offices import own_unit
from etl.settings import Settings

if TYPE_CHECKING:
    from dashboard.snapshots.charts import ChartServer

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
    unit: str | None = None,
    calendar: str = "calendar",
    formats: Iterable[str] | None = None,
    keeps_browser: bool = True,
) -> int:
    """Make a snapshot, keep it under ``DATA_DIR/snapshots``, return its number.

    ``formats`` are all where none is named; ``keeps_browser`` says that the browser of the charts
    stays for the next snapshot. Success and failure are both written to the audit log.

    Raises:
        SnapshotError: it could not be made; nothing is left behind.
    """
    from dashboard.snapshots.making import FORMATS, make_snapshot, store

    try:
        made = make_snapshot(
            engine,
            settings=settings,
            period=period,
            unit=unit,
            calendar=calendar,
            edition=edition,
            formats=FORMATS if formats is None else formats,
            charts=warm_charts(settings) if keeps_browser else None,
        )
        # Of two that are made within a second each has a place of its own.
        folder = f"{at:%Y%m%d-%H%M%S}-{hashlib.sha256(made.archive).hexdigest()[:8]}"
        path = store(made, snapshots_folder(settings) / folder)
    except SnapshotError as error:
        if isinstance(error, ChartError):
            drop_charts()
        note(engine, FAILED, period.code, actor=made_by)
        raise
    number = record(engine, made, path, settings=settings, made_by=made_by, at=at)
    note(engine, MADE, period.code, actor=made_by, edition=edition, number=number)
    return number


def find_same(
    engine: Engine, *, settings: Settings, period: Period, edition: Edition
) -> Row[Any] | None:
    """Return the log's row of a kept snapshot that says what one made now would say, else None.

    It has the same figures and the same words of the meeting, every format, and a signature of the
    present key: whoever had another made would get nothing that this one has not.
    """
    from dashboard.snapshots.making import FORMATS

    unit = own_unit(settings, period.months[1])
    with engine.connect() as connection:
        row = find_newest(
            connection, unit=unit, period=period.code, calendar="calendar", edition=edition
        )
        version = current_version(connection, settings=settings)
        if row is None or row.data_version != version:
            return None
        try:
            archive = read_archive(row, settings=settings)
            trusted = (open_signing_key(settings.signing_key).public,)
            before, is_signed = read_signed(archive, trusted=trusted)
        except SnapshotError:
            # What is gone or changed is made again.
            return None
        if not is_signed or not set(FORMATS) <= find_formats(archive):
            return None
        frozen = freeze(connection, settings=settings, period=period, edition=edition)
    is_same = row.content_sha256 == frozen.content_sha256 and before.encoded.get(
        MEETING
    ) == frozen.encoded.get(MEETING)
    return row if is_same else None


def make_monthly(engine: Engine, *, settings: Settings, today: date, at: datetime) -> int | None:
    """Make and queue last month's snapshot from its day on, once; return its number.

    One that was made and could not be queued is queued when it is asked for again. None where it
    is not yet due, no day is set, or nothing is left to do: somebody has sent the month's report.

    Raises:
        SnapshotError: it could not be made, or was made and could not be queued.
    """
    if not settings.snapshot_day or today.day < settings.snapshot_day:
        return None
    period = Period(shift_month(f"{today:%Y-%m}", -1))
    unit = own_unit(settings, period.code)
    with engine.connect() as connection:
        monthly = find_monthly(connection, unit=unit, period=period.code)
        if monthly is None and was_sent(connection, unit=unit, period=period.code):
            return None
    if monthly is None:
        make_and_keep(
            engine, settings=settings, period=period, edition="external", made_by=WORKER, at=at
        )
        with engine.connect() as connection:
            monthly = find_monthly(connection, unit=unit, period=period.code)
        assert monthly is not None
    elif not monthly.is_unsent:
        return None
    if monthly.is_unsent:
        try:
            queue(engine, monthly.number, settings=settings, at=at)
        except SnapshotError as error:
            words = fmt.period_words(period)
            raise SnapshotError(f"Báo cáo {words} đã lập nhưng chưa gửi đi. {error}") from error
    return monthly.number
