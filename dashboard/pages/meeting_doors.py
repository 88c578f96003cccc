"""The routes of the meeting: its record field by field, and its deck. The gate guards them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import Connection, Engine

from dashboard.access.gate import UNREADABLE, asked_json, may, outside, reader, refuse
from dashboard.access.roles import DECIDE, RECORD
from dashboard.filters import Filters, Period, is_month, whole_number
from dashboard.meeting.deck import write_deck
from dashboard.pages.telling import attachment, note, page_alone
from dashboard.reports.snapshot_list import find_snapshot
from dashboard.snapshots.blocks import Document
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Frozen, freeze
from dashboard.snapshots.kept import current_version, read_archive, read_frozen
from dashboard.snapshots.minutes import build_minutes
from etl.audit import Form, now
from etl.errors import UserError
from etl.normalise import drop_controls
from etl.offices import own_unit
from etl.record import FIELDS, Entry, Key, read_entries, read_entry, read_history
from etl.recording import save_entry
from etl.settings import Settings

PAGE = "/hop-thang"
RECORD_PATH = f"{PAGE}/bien-ban"
MINUTES: dict[str, Form] = {"pdf": "minutes.pdf", "docx": "minutes.docx"}
"""The kinds in which the minutes are given out, and what the audit log calls each."""
MINUTES_PATH = f"{PAGE}/ket-luan"
DECK_PATH = f"{PAGE}/trinh-chieu"


def open_meeting_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes of the meeting."""

    @server.get(f"{RECORD_PATH}/<month>", endpoint="record_read")
    def read(month: str) -> Response:
        if not is_month(month):
            return refuse(404, "Không có tháng này.")
        if refused := outside(settings, month):
            return refused
        with engine.connect() as connection:
            entries = [
                entry
                for kind in FIELDS
                for entry in read_entries(
                    connection,
                    unit=own_unit(settings, month),
                    kind=kind,
                    # What was decided in earlier months is closed from later ones.
                    months=[month] if kind in ("department", "meeting") else None,
                )
            ]
        # An open page hears from here that its reader has been given another role meanwhile.
        return jsonify(
            entries=[_plain(entry) for entry in entries], may=may(RECORD), user=reader().name
        )

    def is_dropped(key: Key, value: str) -> bool:
        """Whether a decision would leave the agenda without having been closed."""
        if (key.kind, key.field) != ("decision", "what") or value.strip():
            return False
        with engine.connect() as connection:
            return bool(read_entry(connection, key).value)

    @server.post(RECORD_PATH, endpoint="record_save")
    def save() -> Response:
        asked = asked_json()
        wanted = ("kind", "field", "month", "subject", "value", "base")
        if not all(isinstance(asked.get(name), str) for name in wanted):
            return refuse(400, UNREADABLE)
        shown = _shown(asked)
        if refused := outside(settings, shown):
            return refused
        unit = own_unit(settings, shown)
        key = Key(unit, asked["kind"], asked["field"], asked["month"], asked["subject"])
        principal = reader()
        # What one has typed is not saved as another's, who signed in beside the open page.
        if asked.get("user", principal.name) != principal.name:
            return refuse(403, "Trình duyệt này nay do người khác đăng nhập.")
        if (key.kind, key.field) == ("decision", "state") and not principal.may(DECIDE):
            return refuse(409, "Chỉ lãnh đạo được đóng hoặc mở lại một kết luận.")
        if is_dropped(key, asked["value"]) and not principal.may(DECIDE):
            return refuse(
                409, "Chỉ lãnh đạo được bỏ một kết luận đã ghi. Hãy sửa lời, hoặc nhờ lãnh đạo."
            )
        try:
            entry = save_entry(
                engine,
                key,
                asked["value"],
                base=asked["base"],
                saved_by=principal.name,
                at=now(),
            )
        except UserError as error:
            return refuse(409, str(error))
        return jsonify(_plain(entry))

    @server.get(f"{RECORD_PATH}/lich-su", endpoint="record_history")
    def history() -> Response:
        shown = _shown(request.args)
        if refused := outside(settings, shown):
            return refused
        names = ("kind", "field", "month", "subject")
        kind, field, month, subject = (drop_controls(request.args.get(one, "")) for one in names)
        unit = own_unit(settings, shown)
        with engine.connect() as connection:
            found = read_history(connection, Key(unit, kind, field, month, subject))
        return jsonify(entries=[_plain(entry) for entry in found])

    def frozen_of(connection: Connection, period: Period, calendar: str) -> Frozen:
        """Return the figures of a period as the office itself reads them."""
        return freeze(
            connection, settings=settings, period=period, calendar=calendar, edition="internal"
        )

    @server.get(f"{MINUTES_PATH}/<month>/<kind>", endpoint="minutes")
    def minutes(month: str, kind: str) -> Response:
        form = MINUTES.get(kind)
        if not is_month(month) or form is None:
            return refuse(404, "Không có tài liệu này.")
        calendar = _calendar()
        if refused := outside(settings, month, calendar=calendar):
            return refused
        try:
            with engine.connect() as connection:
                frozen = frozen_of(connection, Period(month), calendar)
            document = build_minutes(frozen)
            if document is None:
                return refuse(409, "Biên bản tháng này chưa ghi gì nên chưa có kết luận để in.")
            data = _written(document, kind)
        except SnapshotError as error:
            return refuse(409, str(error))
        note(engine, "export", month, form=form)
        return attachment(data, f"ket-luan-{month}.{kind}")

    @server.get(DECK_PATH, endpoint="deck")
    def deck() -> Response:
        number, asked = whole_number(request.args.get("so", "")), request.args.get("period", "")
        try:
            with engine.connect() as connection:
                if number is not None:
                    row = find_snapshot(connection, number)
                    if row is None or not reader().sees(row.unit):
                        return refuse(404, "Không có báo cáo này.")
                    frozen = read_frozen(read_archive(row, settings=settings))
                else:
                    period, calendar = Period(asked), _calendar()
                    if refused := outside(settings, period.months[1], calendar=calendar):
                        return refused
                    frozen = frozen_of(connection, period, calendar)
                page = write_deck(
                    frozen, current_version=current_version(connection, settings=settings)
                )
        except SnapshotError as error:
            return refuse(409, str(error))
        except UserError as error:
            return refuse(404, str(error))
        note(engine, "export", frozen.period.code, form="deck.html")
        return page_alone(page)


def _written(document: Document, kind: str) -> bytes:
    """Return the minutes as PDF or DOCX. Their writers are loaded by whoever asks first."""
    if kind == "pdf":
        from dashboard.snapshots.pdf import write_pdf

        return write_pdf(document, {})
    from dashboard.snapshots.docx import write_docx

    return write_docx(document, {})


def _calendar() -> str:
    """Return the calendar that the address asks for, as a page's does."""
    return Filters.from_query(request.query_string.decode(errors="replace")).calendar


def _shown(asked: Mapping[str, Any]) -> str:
    """Return the month of the page that an entry was typed on: it says whose record it is."""
    month = asked.get("shown") or asked.get("month")
    return month if isinstance(month, str) and is_month(month) else ""


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.key.kind,
        "field": entry.key.field,
        "month": entry.key.month,
        "subject": entry.key.subject,
        "value": entry.value,
        "version": entry.version,
        "saved_at": entry.saved_at.isoformat() if entry.saved_at else "",
        "saved_by": entry.saved_by,
    }
