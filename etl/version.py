"""The data version: one short name for everything that enters a number."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, select

from etl.migration import schema_revision
from etl.record import counted_entries
from etl.seeds import seed_paths
from etl.settings import PROJECT_DIR, Settings
from etl.tables import ACCEPTED, dim_alias, load_batch, plan

_DEFINING = (
    "etl/catalogue/*.py",
    "etl/sources/*.py",
    "etl/dimensions.py",
    "etl/dossier_counts.py",
    "etl/mart_dossier.py",
    "etl/marts.py",
    "etl/merging.py",
    "etl/seeding.py",
    "etl/summing.py",
    "etl/task_states.py",
    "etl/working_time.py",
    "sql/marts/*.sql",
)
"""What a number goes through from a file's rows to its sums, within the project."""
LENGTH = 8


@cache
def _definitions() -> str:
    """Hash of the files that define numbers, of the seeds and of the schema revision."""
    digest = hashlib.sha256(schema_revision().encode())
    files = [path for names in _DEFINING for path in sorted(PROJECT_DIR.glob(names))]
    for path in (*files, *seed_paths()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _settings_words(settings: Settings) -> str:
    return "|".join(
        str(value)
        for value in (
            settings.saturday_working,
            settings.morning_start,
            settings.morning_end,
            settings.afternoon_start,
            settings.afternoon_end,
            settings.intake_limit_hours,
            settings.feedback_answer_days,
            settings.report_month_first_day,
            settings.reading_766,
        )
    )


def _text(value: object) -> str:
    """Print a value the same way on every engine; figures with six decimals at most."""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def data_version(
    connection: Connection, *, settings: Settings, sources: Collection[str] | None = None
) -> str:
    """Return eight hexadecimal digits that change when a number may have changed.

    They cover the live batches that changed something (file bytes, mapping, unit, as-of date and
    months), aliases, plan figures, what the meeting's record adds to a metric, settings, the seeds,
    the schema revision, and the program from a file's rows to the sums of metrics: its text, so
    they may change where no number does. How files are read is not among them. ``sources`` are
    those whose batches are asked about, None for all.
    """
    batches, *others = _queries()
    if sources is not None:
        batches = batches.where(load_batch.c.source.in_(sources))
    digest = hashlib.sha256(_definitions().encode())
    digest.update(_settings_words(settings).encode())
    for query in (batches, *others):
        for row in connection.execute(query):
            digest.update("\x1f".join(map(_text, row)).encode())
            digest.update(b"\n")
        digest.update(b"\x1e")
    return digest.hexdigest()[:LENGTH]


@cache
def _queries() -> tuple[Select[Any], ...]:
    """Return what is read of the data, made once: the version is asked for at every request."""
    b = load_batch.c
    return (
        select(b.source, b.sha256, b.mapping_sha256, b.unit, b.as_of, b.covered_from, b.covered_to)
        .where(b.status == ACCEPTED, b.has_changed)
        .order_by(b.batch_id),
        select(dim_alias.c.dimension, dim_alias.c.alias_key, dim_alias.c.canonical_label).order_by(
            dim_alias.c.dimension, dim_alias.c.alias_key
        ),
        select(plan).order_by(plan.c.unit, plan.c.year),
        counted_entries(),
    )
