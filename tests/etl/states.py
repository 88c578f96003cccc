"""What a database holds, fit to be compared: facts, marts, coverage, version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from etl.dimensions import MEMBERS
from etl.merging import FACTS
from etl.normalise import label_key
from etl.settings import Settings
from etl.tables import (
    ACCEPTED,
    PROVENANCE,
    before_image,
    dim_question,
    load_batch,
    load_coverage,
    mart_coverage,
    mart_dossier,
    mart_feedback,
    mart_survey,
    mart_task,
)
from etl.version import data_version

_MARTS = (mart_coverage, mart_dossier, mart_feedback, mart_survey, mart_task)
_MEMBERS = (*MEMBERS.values(), dim_question)


def rows_of(
    connection: Any,
    table: Any,
    *,
    without: tuple[str, ...] = (),
    names: dict[str, dict[int, str]] | None = None,
) -> list[tuple[str, ...]]:
    columns = [column for column in table.c if column.name not in without]
    named = [(names or {}).get(column.name, {}) for column in columns]
    return sorted(
        tuple(str(name.get(value, value)) for name, value in zip(named, row, strict=True))
        for row in connection.execute(select(*columns))
    )


def names_of(connection: Any) -> dict[str, dict[int, str]]:
    """Return what the members' numbers stand for: numbers are given in the order of loading."""
    return {
        f"{name}_id": {
            row[0]: label_key(row[1])
            for row in connection.execute(select(table.c[f"{name}_id"], table.c.label))
        }
        for name, table in MEMBERS.items()
    }


def state(engine: Engine, *, provenance: bool = True) -> dict[str, Any]:
    """Return everything that loading makes, and the data version.

    Without ``provenance`` the numbers of batches are left out, and members stand by their names
    however spelt: both tell the order of loading.
    """
    without = () if provenance else PROVENANCE
    with engine.connect() as connection:
        names = None if provenance else names_of(connection)
        held = {
            fact.table.name: rows_of(connection, fact.table, without=without, names=names)
            for fact in FACTS.values()
        }
        held |= {table.name: rows_of(connection, table, names=names) for table in _MARTS}
        if provenance:
            held |= {table.name: rows_of(connection, table) for table in _MEMBERS}
            held["before_image"] = rows_of(connection, before_image)
            live = load_batch.c.status == ACCEPTED
            held["load_coverage"] = sorted(
                tuple(map(str, row))
                for row in connection.execute(
                    select(load_coverage)
                    .join(load_batch, load_batch.c.batch_id == load_coverage.c.batch_id)
                    .where(live)
                )
            )
            held["load_batch"] = sorted(
                tuple(map(str, row))
                for row in connection.execute(
                    select(load_batch.c.batch_id, load_batch.c.has_changed).where(live)
                )
            )
            held["version"] = data_version(connection, settings=Settings.model_construct())
    return held
