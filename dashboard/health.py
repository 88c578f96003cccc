"""Health, for whoever watches the server: whether it lives, and whether it can do its work."""

from __future__ import annotations

import shutil
from typing import Any

from flask import Flask, Response
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from etl.migration import is_migrated
from etl.settings import Settings
from etl.tables import load_batch

LEAST_FREE_BYTES = 200 * 1024 * 1024


def open_health_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes ``/healthz`` and ``/readyz``, which say nothing of the office."""

    @server.get("/healthz", endpoint="health")
    def health() -> Response:
        return Response("ok", mimetype="text/plain")

    @server.get("/readyz", endpoint="ready")
    def ready() -> tuple[dict[str, Any], int]:
        """Say whether work can be done: the database answers, is migrated, and has room."""
        told: dict[str, Any] = {}
        try:
            with engine.connect() as connection:
                connection.execute(text("select 1"))
                last = connection.scalar(select(func.max(load_batch.c.loaded_at)))
            told["database"] = is_migrated(engine)
            told["last_load"] = None if last is None else last.isoformat()
        except SQLAlchemyError:
            told["database"] = False
        place = settings.data_dir if settings.data_dir.exists() else settings.data_dir.anchor
        told["disk"] = shutil.disk_usage(place or "/").free >= LEAST_FREE_BYTES
        return told, 200 if told["database"] and told["disk"] else 503
