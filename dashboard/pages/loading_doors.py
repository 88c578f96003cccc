"""The routes of loading: bring, try, match, load, drop, undo, type. The gate says who may come.

Every change answers with JSON for the page's script: ``message``, and where to ``go``.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, request
from sqlalchemy import Engine

from dashboard.access.gate import UNREADABLE, asked_json, outside, reader, refuse
from dashboard.components.waiting import page_words
from dashboard.filters import year_of
from dashboard.pages.telling import NUMBER, attachment, note, told
from etl.catalogue.sources import SOURCES
from etl.entering import (
    NOTHING_TYPED,
    PLAN_FIGURES,
    TYPED_SOURCES,
    Entered,
    Fault,
    delete_alias,
    enter_rows,
    save_alias,
    save_plan,
)
from etl.errors import UserError
from etl.normalise import drop_controls
from etl.offices import own_unit
from etl.rejects import write_rejects
from etl.settings import Settings
from etl.staging import Choice, Waiting, choose, drop, examine, find_waiting, load_waiting, stage
from etl.templates import FILE_NAMES, write_template
from etl.undoing import undo

PAGE = "/nap-du-lieu"
FILE_FIELD = "tep"

Door = Callable[..., Response]


def open_loading_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes of loading."""

    def waiting_file(token: str) -> Waiting:
        found = find_waiting(settings.data_dir, reader().user_id, token)
        if found is None:
            raise UserError("Tệp này không còn chờ nữa: đã được nạp, đã bỏ, hoặc để quá một ngày.")
        return found

    def try_out(waiting: Waiting) -> Waiting:
        return examine(engine, waiting, settings=settings, scope=reader().units)

    def door(rule: str, *, endpoint: str) -> Callable[[Door], Door]:
        """Register a change: a fault of the user's is answered with its words."""

        def add(act: Door) -> Door:
            def answer(**values: Any) -> Response:
                if refused := outside(settings):
                    return refused
                try:
                    return act(**values)
                except UserError as error:
                    return refuse(409, page_words(str(error)))

            server.add_url_rule(f"{PAGE}{rule}", endpoint, answer, methods=["POST"])
            return act

        return add

    @door("/tep", endpoint="load_bring")
    def bring() -> Response:
        files = request.files.getlist(FILE_FIELD)
        if not files or not files[0].filename:
            raise UserError("Chưa chọn tệp nào.")
        refused = 0
        for file in files:
            owner = reader().user_id
            waiting = stage(settings.data_dir, owner, file.filename or "", file.stream)
            try:
                refused += not try_out(waiting).is_loadable
            except BaseException:
                drop(waiting)
                raise
        words = (
            f"{refused} tệp chưa nạp được: xem lý do ở thẻ của tệp."
            if refused
            else "Đã xem thử xong. Chưa nạp gì vào kho."
        )
        return jsonify(message=words, go=PAGE, refused=refused)

    @door("/<token>/xem-lai", endpoint="load_try")
    def try_again(token: str) -> Response:
        try_out(waiting_file(token))
        return told("Đã xem thử lại.", go=PAGE)

    @door("/<token>/ghep", endpoint="load_match")
    def match(token: str) -> Response:
        form = request.form
        source = form.get("source", "")
        # Columns that were matched for another kind say nothing of this one.
        is_same = form.get("matched", source) == source
        names = SOURCES[source].names if source in SOURCES and is_same else ()
        choice = Choice(
            source=source,
            columns={name: form[f"column-{name}"] for name in names if form.get(f"column-{name}")},
            covers_from=form.get("covers_from", ""),
            covers_to=form.get("covers_to", ""),
            as_of=form.get("as_of", ""),
        )
        try_out(choose(waiting_file(token), choice))
        return told("Đã đọc lại tệp theo lựa chọn này. Chưa nạp gì vào kho.", go=PAGE)

    @door("/<token>/bo", endpoint="load_drop")
    def throw_away(token: str) -> Response:
        waiting = waiting_file(token)
        drop(waiting)
        return told(f"Đã bỏ tệp «{waiting.name}», không nạp.", go=PAGE)

    @door("/<token>/nap", endpoint="load_run")
    def load(token: str) -> Response:
        principal = reader()
        waiting = waiting_file(token)
        loaded = load_waiting(
            engine,
            waiting,
            settings=settings,
            scope=principal.units,
            replace_demo=request.form.get("replace_demo") == "1",
            actor=principal.name,
        )
        numbers = ",".join(str(part.batch_id) for part in loaded.parts)
        return told(f"Đã nạp tệp «{waiting.name}».", go=f"{PAGE}?lan={numbers}")

    @door(f"/lan/<{NUMBER}:number>/hoan-tac", endpoint="load_undo")
    def take_back(number: int) -> Response:
        (done,) = undo(engine, [number], actor=reader().name, scope=reader().units)
        return told(
            f"Đã hoàn tác lần nạp số {number} («{done.file}»): xóa {done.deleted} dòng, trả lại "
            f"như cũ {done.restored} dòng.",
            go=PAGE,
        )

    @server.get(f"{PAGE}/lan/<{NUMBER}:number>/bi-loai", endpoint="load_rejects")
    def rejects(number: int) -> Response:
        if not reader().sees(settings.unit):
            return refuse(404, "Không có lần nạp này.")
        with tempfile.TemporaryDirectory() as folder, engine.connect() as connection:
            path = Path(folder) / "bi-loai.xlsx"
            try:
                write_rejects(
                    connection, number, path, own_unit=settings.unit, units=reader().units
                )
            except UserError as error:
                return refuse(409, str(error))
            data = path.read_bytes()
        note(engine, "export", str(number), form="rejects.xlsx")
        return attachment(data, f"bi-loai-lan-{number}.xlsx")

    @server.get(f"{PAGE}/mau/<source>", endpoint="load_template")
    def template(source: str) -> Response:
        if source not in SOURCES:
            return refuse(404, "Không có loại số liệu này.")
        target = io.BytesIO()
        write_template(target, SOURCES[source])
        return attachment(target.getvalue(), FILE_NAMES[source])

    @door("/nhap/<kind>", endpoint="load_type")
    def enter(kind: str) -> Response:
        rows = asked_json().get("rows")
        if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
            return refuse(400, UNREADABLE)
        rows = [{name: drop_controls(value) for name, value in row.items()} for row in rows]
        entered = _save(kind, rows, engine=engine, settings=settings, actor=reader().name)
        if faults := entered.faults:
            cells = sum(bool(fault.row) for fault in faults)
            return jsonify(
                message=f"Chưa lưu: {cells} ô cần sửa." if cells else "Chưa lưu.",
                faults=[
                    {
                        "row": fault.row,
                        "column": fault.column,
                        "reason": fault.reason,
                        "words": str(fault),
                    }
                    for fault in faults
                ],
            )
        warnings = entered.loaded.warnings if entered.loaded else ()
        words = " ".join(["Đã lưu.", *(warned.words() for warned in warnings)])
        return told(words, go=_editor(kind, rows))


def _save(
    kind: str, rows: list[dict[str, str]], *, engine: Engine, settings: Settings, actor: str
) -> Entered:
    """Save typed rows; where there are faults, nothing was saved."""
    first = rows[0] if rows else {}
    if kind in TYPED_SOURCES:
        return enter_rows(engine, kind, rows, settings=settings, actor=actor)
    if kind == "plan":
        if not first:
            return Entered(None, (NOTHING_TYPED,))
        year = year_of(first.get("year", ""))
        if year is None:
            reason = "cần một năm gồm bốn chữ số."
            return Entered(None, (Fault(1, "year", first.get("year", ""), reason, "Năm"),))
        figures = {name: first.get(name, "") for name in PLAN_FIGURES}
        unit = own_unit(settings, f"{year}-12")
        faults = save_plan(engine, unit=unit, year=year, figures=figures, actor=actor)
        return Entered(None, faults)
    if kind == "alias":
        faults = save_alias(
            engine,
            str(first.get("dimension", "")),
            spelling=str(first.get("spelling", "")),
            canonical=str(first.get("canonical", "")),
            actor=actor,
        )
        return Entered(None, faults)
    if kind == "alias_delete":
        dimension, spelling = str(first.get("dimension", "")), str(first.get("spelling", ""))
        delete_alias(engine, dimension, spelling=spelling, actor=actor)
        return Entered(None)
    raise UserError(f"«{kind}» không nhập tay được.")


def _editor(kind: str, rows: list[dict[str, str]]) -> str:
    """Return the address of what rows were typed into: its kind, and its month or year."""
    row = next((row for row in rows if row), {})
    query = {"nhap": "alias" if kind == "alias_delete" else kind}
    for name, column in (("thang", "month"), ("nam", "year")):
        if column in row:
            query[name] = row[column]
    return f"{PAGE}?{urlencode(query)}"


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(value, str) for value in row.values())
