"""Answers given before: the page's drawn responses, kept while the data version stands.

A change of data is the only thing that makes an answer old, so the version is part of its key and
nothing is ever invalidated. Kept compressed in files that all workers of the server share; where
no files can be kept, nothing is.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable
from typing import IO, Any

from cachelib import BaseCache, FileSystemCache, NullCache
from cachelib.serializers import FileSystemSerializer
from flask import Flask, Response, g, request
from sqlalchemy import Connection, Engine, func, select

from dashboard.access.gate import asked_json, outputs_of
from etl.formats import today
from etl.settings import ASSETS_DIR, PROJECT_DIR, SQL_DIR, Settings
from etl.tables import load_batch
from etl.version import data_version

log = logging.getLogger(__name__)

MOST_ANSWERS = 2000
"""Answers that a worker writes before all are given up: a page is 10 to 20 kB compressed."""

DAY_SECONDS = 86_400
"""How long one is kept: the day is part of its key, the next day asks anew."""

MOST_ASKED = 2000
"""The longest question, in bytes, whose answer is kept: no address of ours comes near it."""

Key = tuple[Any, ...]


class _Plain(FileSystemSerializer):
    """Files hold answers as they are sent: nothing in them is ever run."""

    def dump(self, value: bytes, f: IO[bytes], protocol: int = 0) -> None:  # type: ignore[override]
        f.write(value)

    def load(self, f: IO[bytes]) -> bytes:
        return f.read()


class _Files(FileSystemCache):
    serializer = _Plain()


def remember_answers(
    server: Flask,
    engine: Engine,
    *,
    settings: Settings,
    output: tuple[str, str],
    scope: Callable[[], tuple[str, ...]],
) -> None:
    """Answer the callback whose first ``output`` (id, property) this is from what is kept.

    Registered after whatever decides who may ask: only a request that was let through gets here.
    ``scope`` says what of the reader an answer depends on.
    """
    kept = _open_files(settings, engine)
    written, at = 0, ""

    @server.before_request
    def recall() -> Response | None:
        if request.method != "POST" or not request.path.endswith("/_dash-update-component"):
            return None
        asked = asked_json()
        if outputs_of(asked["output"])[0] != output:
            return None
        # The standard library writes whatever it has read, numbers of any size among it.
        inputs = json.dumps(asked.get("inputs"))
        if len(inputs) > MOST_ASKED:
            return None
        with engine.connect() as connection:
            g.answer_key = _key(connection, settings=settings, asked=(*scope(), inputs))
        found = kept.get(_name(g.answer_key))
        # A file that was cut off when the machine lost power is no answer.
        return _response(found) if found else None

    def keep_answer(key: Key, body: bytes) -> None:
        """Write an answer; those of another day or of data that have changed are given up."""
        nonlocal written, at
        before, at = at, _name(key[:-1])
        written += 1
        if (before and before != at) or written > MOST_ANSWERS:
            kept.clear()
            written = 1
        kept.set(_name(key), body)

    @server.after_request
    def keep(response: Response) -> Response:
        key = g.pop("answer_key", None)
        is_whole = response.status_code == 200 and not response.direct_passthrough
        if key is not None and is_whole and "Content-Encoding" not in response.headers:
            body = gzip.compress(response.get_data(), compresslevel=6, mtime=0)
            with engine.connect() as connection:
                key_now = _key(connection, settings=settings, asked=key[-1])
            # What was loaded while the page was drawn may be on it: it is of neither version.
            if key_now == key:
                keep_answer(key, body)
            response = _response(body, like=response)
        return response


def forget_answer() -> None:
    """Say that this request's answer is not to be kept: it tells of a failure, not of the data."""
    g.pop("answer_key", None)


def _key(connection: Connection, *, settings: Settings, asked: tuple[str, ...]) -> Key:
    """Return everything an answer depends on: the data, the day for freshness, what is asked.

    A load that changes no number still shows in the list of loads, hence the last batch.
    """
    return (
        data_version(connection, settings=settings),
        connection.scalar(select(func.max(load_batch.c.batch_id))),
        today().isoformat(),
        asked,
    )


def _name(key: Key) -> str:
    return json.dumps(key)


def _open_files(settings: Settings, engine: Engine) -> BaseCache:
    """Return the answers of this program, database and settings; those of others are in the way.

    Whoever may read the folder reads pages: it is the owner's alone.
    """
    folder = settings.data_dir / "answers"
    own = folder / _stamp(settings, engine)
    try:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        for other in folder.iterdir():
            # Another server may still run beside this one, as while it is being upgraded.
            if other != own and other.stat().st_mtime < time.time() - DAY_SECONDS:
                shutil.rmtree(other)
        return _Files(str(own), threshold=0, default_timeout=DAY_SECONDS)
    except OSError as error:
        log.warning("answers are not kept, their folder cannot be used: %s", error)
        return NullCache()


def _stamp(settings: Settings, engine: Engine) -> str:
    """Return a name for what stays the same while a server runs, and decides how pages look."""
    digest = hashlib.sha256(repr((engine.url, settings)).encode())
    for folder in (PROJECT_DIR / "dashboard", PROJECT_DIR / "etl", SQL_DIR, ASSETS_DIR):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".sql", ".csv", ".css", ".js"):
                stat = path.stat()
                digest.update(f"{path}|{stat.st_mtime_ns}|{stat.st_size}".encode())
    return digest.hexdigest()[:16]


def _response(body: bytes, *, like: Response | None = None) -> Response:
    """Return a compressed answer, or its plain text to the rare client that cannot read it."""
    response = like or Response(mimetype="application/json")
    if "gzip" in request.accept_encodings:
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(gzip.decompress(body))
    response.vary.add("Accept-Encoding")
    return response
