"""What the routes of the pages answer with: words for the page's script, files, kept pages."""

from __future__ import annotations

from typing import Unpack

from flask import Response, jsonify
from sqlalchemy import Engine

from dashboard.access.gate import reader
from etl import audit
from etl.audit import Action, Detail

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""The kinds of files that are given out."""

NUMBER = "int(max=2147483647)"
"""How a route names a number that the database counts by."""

_ALONE = (
    "sandbox allow-scripts allow-modals; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)


def told(message: str, *, go: str) -> Response:
    """Return words for the reader, and the address that is shown next."""
    return jsonify(message=message, go=go)


def attachment(data: bytes, name: str) -> Response:
    """Return a file to be kept; its name's ending is one of :data:`KINDS`."""
    return Response(
        data,
        mimetype=KINDS[name.rpartition(".")[2]],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def page_alone(page: bytes) -> Response:
    """Return a page that brings its own scripts: without our origin, cookies or network."""
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _ALONE
    return response


def note(engine: Engine, action: Action, subject: str, **detail: Unpack[Detail]) -> None:
    """Write down in the audit log what the reader has done."""
    audit.note(engine, action, subject, actor=reader().name, **detail)
