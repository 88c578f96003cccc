"""A file that was loaded before, from which nothing can have come of another load: known unread.

What a load does follows from the file's bytes, from what is asked for with it, from the settings,
the units and the aliases, and from the program. Where all of them are as they were, and no load or
undoing of the same source has changed anything since, loading the file again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Row, or_, select

from etl.mapping import Mapping
from etl.settings import PROJECT_DIR, Settings
from etl.sources.front import STATED_AHEAD
from etl.tables import ACCEPTED, dim_alias, dim_unit, load_batch, load_coverage

_PROGRAM = ("etl/**/*.py", "etl/**/*.csv", "etl/**/*.toml", "sql/**/*.sql", "sql/**/*.csv")


def fingerprint(
    connection: Connection,
    *,
    file: str,
    sha256: str,
    settings: Settings,
    source: str | None,
    mapping: Mapping | None,
    unit: str | None,
    as_of: date | None,
    covers: tuple[date, date] | None,
) -> str:
    """Return a hash of everything that decides what loading a file does; 64 hex digits.

    ``file`` is its name, ``sha256`` that of its bytes, the rest as it is asked to be loaded.
    """
    asked: dict[str, Any] = {
        "file": file,
        "sha256": sha256,
        "source": source,
        "mapping": mapping.sha256 if mapping else None,
        "unit": unit,
        "as_of": as_of,
        "covers": covers,
        "settings": settings.model_dump(mode="json"),
        "units": _rows(connection, dim_unit),
        "aliases": _rows(connection, dim_alias),
        "program": _program(settings.seed_dir),
    }
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _rows(connection: Connection, table: Any) -> list[list[Any]]:
    return [list(row) for row in connection.execute(select(table).order_by(*table.primary_key))]


@cache
def _program(seeds: Path) -> str:
    """Return a hash of the program's own files and of the office's seeds, as they were at start."""
    files = [path for pattern in _PROGRAM for path in PROJECT_DIR.glob(pattern)]
    files += [path for path in seeds.glob("*.csv") if path.is_file()]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def find_repeat(
    connection: Connection, mark: str, *, scope: tuple[str, ...] | None
) -> Sequence[Row[Any]]:
    """Return the batches that a load with this fingerprint made; none where it must be read.

    It must where it was never loaded so, was undone, had rows refused or stated days yet to come
    (the day may have come that it spoke of), names a unit outside ``scope``, or where its source
    was changed since.
    """
    b = load_batch.c
    newest: dict[str, Row[Any]] = {
        str(row.sheet): row
        for row in connection.execute(
            select(load_batch).where(b.fingerprint == mark).order_by(b.batch_id)
        )
    }
    found = sorted(newest.values(), key=lambda row: int(row.batch_id))
    if not found or any(row.status != ACCEPTED or _speaks_of_days(row) for row in found):
        return []
    numbers = [row.batch_id for row in found]
    changed_since = select(b.batch_id).where(
        b.batch_id > numbers[0],
        b.batch_id.not_in(numbers),
        b.source.in_([row.source for row in found]),
        or_(b.has_changed, b.status != ACCEPTED),
    )
    if connection.execute(changed_since.limit(1)).first() is not None:
        return []
    if scope is not None:
        c = load_coverage.c
        others = select(c.unit).where(c.batch_id.in_(numbers), c.unit.not_in(scope))
        if connection.execute(others.limit(1)).first() is not None:
            return []
    return found


def _speaks_of_days(row: Row[Any]) -> bool:
    """Whether what comes of a file may be another on another day."""
    return bool(row.rejected) or any(
        warned["code"] == STATED_AHEAD for warned in orjson.loads(row.warnings)
    )
