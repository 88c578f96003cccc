"""Make a snapshot: freeze, draw, write every format, sign, and put the archive in its place.

Everything is made in memory; the archive appears whole under its name, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.snapshots.archive import make_archive
from dashboard.snapshots.blocks import Document
from dashboard.snapshots.charts import ChartServer, Drawing
from dashboard.snapshots.document import build_document
from dashboard.snapshots.docx import write_docx
from dashboard.snapshots.drawing import WIDTH, DrawFigure, draw_once
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import MINUTES, NOTICE, REPORT, Edition, Frozen, freeze
from dashboard.snapshots.html import write_html
from dashboard.snapshots.minutes import build_minutes
from dashboard.snapshots.notice import build_notice, write_notice_html, write_notice_pdf
from dashboard.snapshots.pdf import to_pictures, write_pdf
from dashboard.snapshots.signing import SigningKey, open_signing_key
from dashboard.snapshots.storing import store_file
from dashboard.snapshots.xlsx import write_xlsx
from etl.audit import audit_head
from etl.settings import Settings

FORMATS = ("pdf", "docx", "xlsx", "html", "json")
_DRAWN = frozenset({"pdf", "docx"})


@dataclass(frozen=True)
class Snapshot:
    """A snapshot that was made: what it says, and the archive that holds it."""

    frozen: Frozen
    archive: bytes

    @property
    def name(self) -> str:
        """The name of the archive's file."""
        return f"{self.frozen.file_name(REPORT)}.zip"


def store(snapshot: Snapshot, folder: Path) -> Path:
    """Write the archive into ``folder`` and return its path; there is never a part of it.

    Raises:
        SnapshotError: the disk refused (full, not writable).
    """
    target = folder / snapshot.name
    store_file(snapshot.archive, target)
    return target


def read_formats(text: str) -> tuple[str, ...]:
    """Return the formats in "pdf, docx", in our order.

    Raises:
        SnapshotError: there is no such format.
    """
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        named = f"«{unknown[0]}»" if unknown else "nào được chọn"
        raise SnapshotError(f"Không có dạng {named}. Các dạng: {', '.join(FORMATS)}.")
    return tuple(name for name in FORMATS if name in wanted)


def make_snapshot(
    engine: Engine,
    *,
    settings: Settings,
    period: Period,
    unit: str | None = None,
    calendar: str = "calendar",
    edition: Edition = "external",
    formats: Iterable[str] = FORMATS,
    charts: ChartServer | None = None,
) -> Snapshot:
    """Return a complete, signed snapshot of a period. report.json is in it whatever the formats.

    ``charts`` is a warm server to draw with; without one a browser is started and stopped.

    Raises:
        SnapshotError: any part could not be made; nothing is left behind.
    """
    formats = frozenset(formats)
    key = open_signing_key(settings.signing_key)
    with _chart_server(settings, charts, is_needed=bool(formats & _DRAWN)) as server:
        with engine.connect() as connection:
            frozen = freeze(
                connection,
                settings=settings,
                period=period,
                unit=unit,
                calendar=calendar,
                edition=edition,
            )
            audit = audit_head(connection)
        documents = write_documents(frozen, key=key, formats=formats, charts=server)
    return Snapshot(frozen, make_archive(frozen, documents, key=key, audit=audit))


def write_documents(
    frozen: Frozen,
    *,
    key: SigningKey,
    formats: Iterable[str] = FORMATS,
    charts: Future[ChartServer] | None = None,
) -> dict[str, bytes]:
    """Return every document of a frozen period by file name, all of them or an error.

    Raises:
        SnapshotError: one could not be written.
    """
    formats = frozenset(formats)
    fingerprint = key.public.fingerprint
    document = build_document(frozen, fingerprint=fingerprint)
    notice = build_notice(frozen)
    report_name, notice_name = frozen.file_name(REPORT), frozen.file_name(NOTICE)
    made: dict[str, bytes] = {"report.json": frozen.json}
    draw = draw_once()
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The browser draws while this thread writes what needs no drawing.
        drawing = (
            pool.submit(draw_figures, document, charts, draw=draw) if formats & _DRAWN else None
        )
        if "xlsx" in formats:
            made[f"{report_name}.xlsx"] = write_xlsx(frozen, fingerprint=fingerprint)
        if "html" in formats:
            made[f"{report_name}.html"] = write_html(frozen, fingerprint=fingerprint, draw=draw)
            made[f"{notice_name}.html"] = write_notice_html(notice)
        if "pdf" in formats:
            made[f"{notice_name}.pdf"] = write_notice_pdf(notice)
        drawings = drawing.result() if drawing is not None else {}
    if "pdf" in formats:
        made[f"{report_name}.pdf"] = write_pdf(document, drawings)
    if "docx" in formats:
        made[f"{report_name}.docx"] = write_docx(document, to_pictures(drawings))
    minutes = build_minutes(frozen, fingerprint=fingerprint)
    if minutes is not None:
        minutes_name = frozen.file_name(MINUTES)
        if "pdf" in formats:
            made[f"{minutes_name}.pdf"] = write_pdf(minutes, {})
        if "docx" in formats:
            made[f"{minutes_name}.docx"] = write_docx(minutes, {})
    return made


def draw_figures(
    document: Document, charts: Future[ChartServer] | None, *, draw: DrawFigure
) -> dict[str, bytes]:
    """Return every chart of the document as SVG by name."""
    figures = {one.name: draw(one.chart) for one in document.figures}
    if not figures:
        return {}
    assert charts is not None
    return charts.result().draw(
        {
            name: Drawing(figure, WIDTH, int(figure.layout.height))
            for name, figure in figures.items()
        }
    )


@contextmanager
def _chart_server(
    settings: Settings, charts: ChartServer | None, *, is_needed: bool
) -> Iterator[Future[ChartServer] | None]:
    """Give the chart server, started meanwhile; one that was started here is stopped here."""
    if not is_needed:
        yield None
        return
    if charts is not None:
        ready: Future[ChartServer] = Future()
        ready.set_result(charts)
        yield ready
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        starting = pool.submit(ChartServer, settings.chart_browser)
        try:
            yield starting
        finally:
            if starting.exception() is None:
                starting.result().close()
