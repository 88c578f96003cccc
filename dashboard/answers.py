"""Answers given before: the page's drawn responses, kept while the data version stands.

A change of data is the only thing that makes an answer old, so the version is part of its key and
nothing is ever invalidated. Kept per process, compressed, the least used given up first.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import Flask, Response, g, request
from sqlalchemy import Connection, Engine, func, select

from dashboard.access.gate import asked_json
from etl.settings import Settings
from etl.tables import load_batch
from etl.version import data_version

MOST_BYTES = 24 * 1024 * 1024
"""What a process keeps: over a thousand pages, for a page is 10 to 20 kB compressed."""

MOST_ASKED = 2000
"""The longest question, in bytes, whose answer is kept: no address of ours comes near it."""

Key = tuple[Any, ...]


def remember_answers(
    server: Flask,
    engine: Engine,
    *,
    settings: Settings,
    output: str,
    scope: Callable[[], tuple[str, ...]],
) -> None:
    """Answer the callback that sets ``output`` from memory where it answered the same before.

    Registered after whatever decides who may ask: only a request that was let through gets here.
    ``scope`` says what of the reader an answer depends on.
    """
    kept: LRUCache[Key, bytes] = LRUCache(MOST_BYTES, getsizeof=len)
    lock = Lock()

    @server.before_request
    def recall() -> Response | None:
        if request.method != "POST" or not request.path.endswith("/_dash-update-component"):
            return None
        asked = asked_json()
        if output not in str(asked.get("output")).split("..."):
            return None
        # The standard library writes whatever it has read, numbers of any size among it.
        inputs = json.dumps(asked.get("inputs"))
        if len(inputs) > MOST_ASKED:
            return None
        with engine.connect() as connection:
            g.answer_key = (*scope(), *_key(connection, settings=settings, inputs=inputs))
        with lock:
            found = kept.get(g.answer_key)
        return None if found is None else _response(found)

    @server.after_request
    def keep(response: Response) -> Response:
        key = g.pop("answer_key", None)
        is_whole = response.status_code == 200 and not response.direct_passthrough
        if key is not None and is_whole and "Content-Encoding" not in response.headers:
            body = gzip.compress(response.get_data(), compresslevel=6, mtime=0)
            inputs = key[-1]
            with engine.connect() as connection:
                key_now = (*scope(), *_key(connection, settings=settings, inputs=inputs))
            # What was loaded while the page was drawn may be on it: it is of neither version.
            if key_now == key:
                with lock:
                    kept[key] = body
            response = _response(body, like=response)
        return response


def forget_answer() -> None:
    """Say that this request's answer is not to be kept: it tells of a failure, not of the data."""
    g.pop("answer_key", None)


def _key(connection: Connection, *, settings: Settings, inputs: str) -> Key:
    """Return everything an answer depends on: what is asked, the data, the day for freshness.

    A load that changes no number still shows in the list of loads, hence the last batch.
    """
    return (
        data_version(connection, settings=settings),
        connection.scalar(select(func.max(load_batch.c.batch_id))),
        date.today(),
        inputs,
    )


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
