"""The routes of snapshots: make, open, download, send. The gate says who may come here."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy import Engine, Row

from dashboard.access.gate import refuse, whoever
from dashboard.access.roles import READ, Principal
from dashboard.filters import Period
from dashboard.pages.telling import told
from dashboard.reports.snapshot_list import find_snapshot
from dashboard.snapshots.delivery import queue, send_due
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.office import make_and_keep, read_archive, read_member
from etl.audit import now, write_audit
from etl.errors import UserError
from etl.settings import Settings
from etl.warehouse import write_transaction

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
ALONE = (
    "sandbox allow-scripts allow-modals; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)
"""A kept page brings its own scripts: it runs apart, without our origin, cookies or network."""

PAGE = "/bao-cao"


def open_snapshot_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes of snapshots."""

    def find(number: int) -> Row[tuple[object, ...]] | Response:
        """Return the snapshot where this reader may have it, else a refusal that tells nothing."""
        principal = _principal()
        with engine.connect() as connection:
            row = find_snapshot(connection, number)
        is_hidden = (
            row is None
            or not principal.sees(row.unit)
            or (row.edition != "external" and not principal.may(READ))
        )
        return refuse(404, "Không có báo cáo này.") if is_hidden or row is None else row

    def note(action: str, subject: str, **detail: object) -> None:
        with write_transaction(engine, takes_turn=False) as connection:
            write_audit(connection, action, actor=_principal().name, subject=subject, detail=detail)

    @server.post("/bao-cao/lap", endpoint="snapshot_make")
    def make() -> Response:
        principal = _principal()
        if not principal.sees(settings.unit):
            return refuse(403, "Tài khoản của bạn không được xem đơn vị này.")
        edition = "internal" if request.form.get("edition") == "internal" else "external"
        try:
            make_and_keep(
                engine,
                settings=settings,
                period=Period(request.form.get("period", "")),
                edition=edition,  # type: ignore[arg-type]
                made_by=principal.name,
                at=now(),
            )
        except UserError as error:
            return refuse(409, f"{error} Chưa có báo cáo nào được lập.")
        return told("Đã lập báo cáo.", go=PAGE)

    @server.get("/bao-cao/<int:number>/xem", endpoint="snapshot_open")
    def open_(number: int) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        try:
            page = read_member(read_archive(row), ".html")
        except SnapshotError as error:
            return refuse(409, str(error))
        note("export", str(row.period), number=number, form="html")
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = ALONE
        return response

    @server.get("/bao-cao/<int:number>/tai/<kind>", endpoint="snapshot_download")
    def download(number: int, kind: str) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        if kind not in KINDS:
            return refuse(404, "Không có dạng tài liệu này.")
        try:
            archive = read_archive(row)
            data = archive if kind == "zip" else read_member(archive, f".{kind}")
        except SnapshotError as error:
            return refuse(409, str(error))
        note("export", str(row.period), number=number, form=kind)
        name = Path(str(row.path)).with_suffix(f".{kind}").name
        return Response(
            data,
            mimetype=KINDS[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @server.post("/bao-cao/<int:number>/gui", endpoint="snapshot_send")
    def send(number: int) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        try:
            count = queue(engine, number, settings=settings, at=now())
        except SnapshotError as error:
            return refuse(409, str(error))
        note("send", str(row.period), number=number, recipients=count)
        results = send_due(engine, settings=settings, at=now())
        failed = sum(one.status != "sent" for one in results)
        words = f"{failed} nơi chưa gửi được, sẽ gửi lại." if failed else "Đã gửi."
        return told(words, go=PAGE)


def _principal() -> Principal:
    principal = whoever()
    assert principal is not None
    return principal
