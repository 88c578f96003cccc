"""Health, for whoever watches the server: whether it lives, and whether it can do its work."""

from __future__ import annotations

import shutil

from flask import Flask, Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from etl.migration import is_migrated
from etl.settings import Settings

LEAST_FREE_BYTES = 200 * 1024 * 1024


def open_health_doors(server: Flask, engine: Engine, *, settings: Settings) -> None:
    """Register the routes ``/healthz`` and ``/readyz``, which say nothing of the office."""

    @server.get("/healthz", endpoint="health")
    def health() -> Response:
        return Response("ok", mimetype="text/plain")

    @server.get("/readyz", endpoint="ready")
    def ready() -> tuple[dict[str, bool], int]:
        """Say whether work can be done: the database answers, is migrated, and has room."""
        told: dict[str, bool] = {}
        try:
            with engine.connect() as connection:
                connection.execute(text("select 1"))
            told["database"] = is_migrated(engine)
        except SQLAlchemyError:
            told["database"] = False
        place = settings.data_dir if settings.data_dir.exists() else settings.data_dir.anchor
        told["disk"] = shutil.disk_usage(place or "/").free >= LEAST_FREE_BYTES
        return told, 200 if told["database"] and told["disk"] else 503
