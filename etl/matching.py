"""Columns that were matched by hand, known again in the next file of the same headers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import Connection, select

from etl.normalise import fold
from etl.tables import column_match
from etl.warehouse import upsert


def remember(
    connection: Connection, headers: Iterable[str], *, source: str, columns: Mapping[str, str]
) -> None:
    """Keep which column of a sheet with these headers holds what: canonical name → header."""
    row = {
        "headers_sha256": _key(headers),
        "source": source,
        "pairs": orjson.dumps(dict(columns)).decode(),
    }
    upsert(connection, column_match, [row])


def recall(connection: Connection, headers: Iterable[str]) -> tuple[str, dict[str, str]] | None:
    """Return the source and the columns of a sheet with these headers; None where none is known.

    The order of the headers does not count, nor how their letters are written.
    """
    query = select(column_match).where(column_match.c.headers_sha256 == _key(headers))
    row = connection.execute(query).first()
    return None if row is None else (row.source, orjson.loads(row.pairs))


def _key(headers: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(map(fold, headers))).encode()).hexdigest()
