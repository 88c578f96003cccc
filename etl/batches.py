"""The records of loading: batches, what they speak for, and the rows they refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
import pandas as pd
from sqlalchemy import Connection, and_, delete, func, or_, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from etl.audit import now
from etl.dimensions import NewMember, forget_members
from etl.errors import UserError
from etl.merging import Merged
from etl.sources import Cleaned
from etl.tables import ACCEPTED, before_image, load_batch, load_coverage, load_reject, metadata
from etl.warehouse import bulk_insert, insert_returning_id


def is_demo(connection: Connection) -> bool:
    """Whether the database holds demonstration data."""
    query = select(func.count()).where(load_batch.c.is_demo, load_batch.c.status == ACCEPTED)
    return bool(connection.scalar(query))


def is_empty(connection: Connection) -> bool:
    """Whether no file is loaded."""
    query = select(func.count()).where(load_batch.c.status == ACCEPTED)
    return not connection.scalar(query)


def speaks_within(units: tuple[str, ...] | None) -> ColumnElement[bool]:
    """Return the condition that a batch speaks for no unit but ``units``; None for all units.

    A ranking is published and names every unit: it is for everybody to see.
    """
    if units is None:
        return true()
    b, c = load_batch.c, load_coverage.c
    of_others = select(c.batch_id).where(c.unit.not_in(units))
    # Of a batch that was undone only the unit that it was loaded for is known.
    is_theirs = or_(b.batch_id.in_(select(c.batch_id)), b.unit.in_(units))
    return or_(b.source == "ranking", and_(b.batch_id.not_in(of_others), is_theirs))


_LARGEST = 2**31 - 1


def batches(
    connection: Connection,
    *,
    limit: int = 50,
    units: tuple[str, ...] | None = None,
    numbers: Iterable[int] | None = None,
) -> list[dict[str, Any]]:
    """Return the newest batches, newest first: of ``units``, and of ``numbers`` where given."""
    query = select(load_batch).where(speaks_within(units))
    if numbers is not None:
        query = query.where(load_batch.c.batch_id.in_(list(numbers)))
    query = query.order_by(load_batch.c.batch_id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def find_batch(
    connection: Connection, batch_id: int, *, units: tuple[str, ...] | None
) -> dict[str, Any]:
    """Return a batch of ``units``; None for all.

    Raises:
        UserError: there is none, or it speaks for another unit, too.
    """
    # No engine compares with what its column could not hold.
    found = 0 < batch_id <= _LARGEST and batches(connection, numbers=[batch_id], units=units)
    if not found:
        raise UserError(f"Không có lần nạp số {batch_id}. Hãy xem lại danh sách các lần nạp.")
    return found[0]


def clear_loaded(connection: Connection) -> None:
    """Delete every loaded row, its records, its marts and what meetings said; seeds stay.

    So do the spellings that people have said something of; those that files alone named go.
    """
    for table in reversed(metadata.sorted_tables):
        if table.name.startswith(("fact_", "mart_", "load_", "record_")) or table is before_image:
            connection.execute(delete(table))
    forget_members(connection)


def record_batch(
    connection: Connection,
    cleaned: Cleaned,
    *,
    unit: str,
    mapping_sha256: str,
    fingerprint: str | None = None,
) -> int:
    """Record that a table is being loaded, before it is known what becomes of its rows."""
    zero = dict.fromkeys(("inserted", "updated", "unchanged", "removed"), 0)
    return insert_returning_id(
        connection,
        load_batch,
        {
            "source": cleaned.source,
            "file": cleaned.file,
            "sheet": cleaned.sheet,
            "sha256": cleaned.sha256,
            "mapping_sha256": mapping_sha256,
            "unit": unit,
            "as_of": cleaned.as_of,
            "covered_from": cleaned.covered_from,
            "covered_to": cleaned.covered_to,
            "status": ACCEPTED,
            "is_demo": cleaned.is_demo,
            "has_changed": False,
            "rows_read": cleaned.rows_read,
            "rejected": len(cleaned.rejects),
            "repeated": cleaned.repeated,
            **zero,
            "warnings": "[]",
            "new_members": "[]",
            "loaded_at": now(),
            "headers": orjson.dumps(cleaned.headers).decode(),
            "fingerprint": fingerprint,
        },
    )


def record_outcome(
    connection: Connection,
    cleaned: Cleaned,
    merged: Merged,
    *,
    batch_id: int,
    has_changed: bool,
    new_members: list[NewMember],
) -> None:
    """Record what became of a table's rows; every row read has exactly one fate."""
    counted = merged.inserted + merged.updated + merged.unchanged
    if counted + len(cleaned.rejects) + cleaned.repeated != cleaned.rows_read:
        raise AssertionError(
            f"{cleaned.file}: {cleaned.rows_read} rows read, {counted} merged, "
            f"{len(cleaned.rejects)} rejected, {cleaned.repeated} repeated"
        )
    connection.execute(
        update(load_batch)
        .where(load_batch.c.batch_id == batch_id)
        .values(
            inserted=merged.inserted,
            updated=merged.updated,
            unchanged=merged.unchanged,
            removed=merged.removed,
            has_changed=has_changed,
            warnings=orjson.dumps([warned.__dict__ for warned in cleaned.warnings]).decode(),
            new_members=orjson.dumps([member.__dict__ for member in new_members]).decode(),
        )
    )


def record_rejects(connection: Connection, cleaned: Cleaned, *, batch_id: int) -> None:
    """Record the refused rows, with their cells as they may be given back."""
    rejects = cleaned.rejects
    cells: list[str | None] = [orjson.dumps(row).decode() for row in cleaned.reject_cells]
    frame = pd.DataFrame(
        {
            "batch_id": batch_id,
            "number": range(1, len(rejects) + 1),
            "sheet": cleaned.sheet,
            "row": rejects["row"].to_numpy(),
            "column": rejects["column"].fillna("").to_numpy(),
            "value": rejects["value"].to_numpy(),
            "reason": rejects["reason"].to_numpy(),
            "cells": np.array(cells or [None] * len(rejects), dtype=object),
        }
    )
    bulk_insert(connection, load_reject, frame)


# What batches speak for -------------------------------------------------------------------------


def record_coverage(connection: Connection, cleaned: Cleaned, *, batch_id: int) -> None:
    """Record which days a table speaks for, per unit."""
    connection.execute(
        load_coverage.insert(),
        [
            {
                "unit": unit,
                "batch_id": batch_id,
                "source": cleaned.source,
                "covered_from": cleaned.covered_from,
                "covered_to": cleaned.covered_to,
                "as_of": cleaned.as_of,
            }
            for unit in sorted(cleaned.rows["unit"].unique())
        ],
    )


def moves_coverage(
    connection: Connection, *, batch_id: int, among: Iterable[int] | None = None
) -> bool:
    """Whether a batch speaks for days, or up to a day, that no other live batch speaks for.

    ``among`` restricts the other batches; None for all of them.
    """
    c = load_coverage.c
    own = connection.execute(select(load_coverage).where(c.batch_id == batch_id)).mappings().all()
    for mine in own:
        query = (
            select(c.covered_from, c.covered_to, c.as_of)
            .join(load_batch, load_batch.c.batch_id == c.batch_id)
            .where(
                load_batch.c.status == ACCEPTED,
                c.source == mine["source"],
                c.unit == mine["unit"],
                c.batch_id != batch_id,
            )
            .order_by(c.covered_from)
        )
        if among is not None:
            query = query.where(c.batch_id.in_(list(among)))
        others = connection.execute(query).all()
        if not others or mine["as_of"] > max(as_of for *_, as_of in others):
            return True
        reached = mine["covered_from"].toordinal() - 1
        for first, last, _ in others:
            if first.toordinal() <= reached + 1:
                reached = max(reached, last.toordinal())
        if reached < mine["covered_to"].toordinal():
            return True
    return False
