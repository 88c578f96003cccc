"""The routes of snapshots: make, open, download, send. The gate says who may come here."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request
from sqlalchemy import Engine, Row

from dashboard import formatting as fmt
from dashboard.access.gate import outside, reader, refuse
from dashboard.access.roles import READ
from dashboard.filters import Period, whole_number
from dashboard.pages.telling import KINDS, NUMBER, attachment, note, page_alone, told
from dashboard.reports.snapshot_list import Sending, find_sendings, find_snapshot
from dashboard.snapshots.delivery import queue, send_due
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Edition
from dashboard.snapshots.kept import find_archive, read_archive, read_member
from dashboard.snapshots.office import find_same, make_and_keep
from etl.audit import Form, now
from etl.errors import UserError
from etl.settings import Settings

PAGE = "/bao-cao"
MAKE_PATH = f"{PAGE}/lap"
SHOWN = "xem"
"""The parameter of the page's address that names the snapshot shown by itself."""


def open_snapshot_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes of snapshots."""

    def find(number: int) -> Row[tuple[object, ...]] | Response:
        """Return the snapshot where this reader may have it, else a refusal that tells nothing."""
        principal = reader()
        with engine.connect() as connection:
            row = find_snapshot(connection, number)
        is_hidden = (
            row is None
            or not principal.sees(row.unit)
            or (row.edition != "external" and not principal.may(READ))
        )
        return refuse(404, "Không có báo cáo này.") if is_hidden or row is None else row

    @server.post(MAKE_PATH, endpoint="snapshot_make")
    def make() -> Response:
        is_internal = request.form.get("edition") == "internal"
        edition: Edition = "internal" if is_internal else "external"
        try:
            period = Period(request.form.get("period", ""))
            # The form stays on the period that was chosen.
            there = f"{PAGE}?period={period.code}"
            if refused := outside(settings, period.months[1]):
                return refused
            kept = find_same(engine, settings=settings, period=period, edition=edition)
            if kept is not None:
                words = f"Đã có báo cáo này, lập lúc {fmt.moment(kept.made_at)}."
                said = f"{words} Từ đó không có gì đổi nên không lập thêm."
                return told(said, go=f"{there}&{SHOWN}={kept.snapshot_id}")
            make_and_keep(
                engine,
                settings=settings,
                period=period,
                edition=edition,
                made_by=reader().name,
                at=now(),
            )
        except UserError as error:
            return refuse(409, f"{error} Chưa có báo cáo nào được lập.")
        return told("Đã lập báo cáo.", go=there)

    @server.get(f"{PAGE}/<{NUMBER}:number>/xem", endpoint="snapshot_open")
    def open_(number: int) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        try:
            page = read_member(read_archive(row, settings=settings), ".html")
        except SnapshotError as error:
            return refuse(409, str(error))
        note(engine, "export", str(row.period), number=number, form="html")
        return page_alone(page)

    @server.get(f"{PAGE}/<{NUMBER}:number>/tai/<kind>", endpoint="snapshot_download")
    def download(number: int, kind: str) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        if kind not in KINDS:
            return refuse(404, "Không có dạng tài liệu này.")
        try:
            archive = read_archive(row, settings=settings)
            data = archive if kind == "zip" else read_member(archive, f".{kind}")
        except SnapshotError as error:
            return refuse(409, str(error))
        note(engine, "export", str(row.period), number=number, form=cast(Form, kind))
        name = find_archive(row, settings=settings).with_suffix(f".{kind}").name
        return attachment(data, name)

    @server.post(f"{PAGE}/<{NUMBER}:number>/gui", endpoint="snapshot_send")
    def send(number: int) -> Response:
        row = find(number)
        if isinstance(row, Response):
            return row
        seen = whole_number(request.form.get("seen", "")) or 0
        try:
            count = queue(engine, number, settings=settings, at=now(), seen=seen)
        except SnapshotError as error:
            return refuse(409, str(error))
        if count:
            note(engine, "send", str(row.period), number=number, recipients=count)
        send_due(engine, settings=settings, at=now(), snapshot_id=number)
        # The worker may have sent some of them meanwhile: what is written down is told.
        with engine.connect() as connection:
            became = find_sendings(connection, number=number).get(number, Sending())
        return told(_sending_words(became, is_new=count > 0), go=PAGE)


def _sending_words(became: Sending, *, is_new: bool) -> str:
    """Say what became of a snapshot's messages, and of a press that sent no more of them why."""
    if is_new:
        return f"Thư của báo cáo này: {became.words}."
    if became.waiting:
        return f"Báo cáo này đã ở trong hàng chờ gửi, không gửi thêm lần nữa: {became.words}."
    when = f" lúc {fmt.moment(became.last_at)}" if became.last_at else ""
    return (
        f"Báo cáo này đã được gửi{when}, lần bấm này không gửi thêm: {became.words}. "
        "Muốn gửi nữa thì bấm Gửi lại."
    )
