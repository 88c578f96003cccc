"""Loading one file: cleaned outside the transaction, then whole or not at all.

stage → merge → coverage → marts → checks → batch record, in one transaction. Killed at any point,
nothing of the batch is there; run again, it completes; the same file twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import Connection, Engine, delete, func, select, update

from etl.audit import COMMAND_LINE, write_audit
from etl.checking import run_checks
from etl.dimensions import (
    NewMember,
    apply_aliases,
    member_ids,
    question_ids,
    remember_procedure_codes,
)
from etl.errors import UserError
from etl.mapping import Mapping
from etl.marts import loaded_units, refresh
from etl.merging import FACTS, Derive, Merged, merge
from etl.seeding import working_calendar, write_calendars
from etl.settings import Settings
from etl.sources import Cleaned, KnownUnit, Warned, clean_file
from etl.sources import dossier as dossier_source
from etl.sources import feedback as feedback_source
from etl.tables import (
    before_image,
    dim_unit,
    fact_dossier,
    fact_feedback,
    load_batch,
    load_coverage,
    load_reject,
    metadata,
)
from etl.warehouse import bulk_insert, insert_returning_id, write_transaction


@dataclass(frozen=True)
class Loaded:
    """What became of one file. ``read`` = the five counts together."""

    batch_id: int
    file: str
    source: str
    rows_read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    repeated: int
    removed: int
    as_of: date
    covered_from: date
    covered_to: date
    is_demo: bool
    rejects: pd.DataFrame
    warnings: tuple[Warned, ...]
    new_members: tuple[NewMember, ...]


def load_file(
    engine: Engine,
    path: Path,
    *,
    settings: Settings,
    source: str | None = None,
    mapping: Mapping | None = None,
    unit: str | None = None,
    as_of: date | None = None,
    covers: tuple[date, date] | None = None,
    replace_demo: bool = False,
    actor: str = COMMAND_LINE,
) -> Loaded:
    """Clean ``path`` and load it; the database must have been migrated.

    ``actor`` is whom the audit log names.

    Raises:
        RefusedFile: nothing of the file could be loaded, and why.
        UserError: demonstration and real data would have been mixed.
    """
    with engine.connect() as connection:
        units = known_units(connection)
    cleaned = clean_file(
        path,
        source=source,
        mapping=mapping,
        unit=unit or settings.unit,
        as_of=as_of,
        covers=covers,
        known_units=units,
    )
    with write_transaction(engine) as connection:
        _keep_demo_apart(connection, cleaned, replace_demo=replace_demo)
        return _load(
            connection,
            cleaned,
            settings=settings,
            unit=unit or settings.unit,
            mapping_sha256=mapping.sha256 if mapping else "",
            actor=actor,
        )


def known_units(connection: Connection) -> list[KnownUnit]:
    """Return every unit that a file may name."""
    query = select(
        dim_unit.c.unit,
        dim_unit.c.name,
        dim_unit.c.kind,
        dim_unit.c.valid_from,
        dim_unit.c.valid_to,
    )
    return [KnownUnit(*row) for row in connection.execute(query)]


def is_demo(connection: Connection) -> bool:
    """Whether the database holds demonstration data."""
    query = select(func.count()).where(load_batch.c.is_demo, load_batch.c.status == "accepted")
    return bool(connection.scalar(query))


def is_empty(connection: Connection) -> bool:
    """Whether no file is loaded."""
    query = select(func.count()).where(load_batch.c.status == "accepted")
    return not connection.scalar(query)


def _keep_demo_apart(connection: Connection, cleaned: Cleaned, *, replace_demo: bool) -> None:
    if is_empty(connection) or is_demo(connection) == cleaned.is_demo:
        return
    if cleaned.is_demo:
        raise UserError(
            f"Tệp «{cleaned.file}» là dữ liệu minh họa, còn cơ sở dữ liệu đang chứa số liệu thật. "
            "Hãy nạp tệp minh họa vào một cơ sở dữ liệu khác. Chưa có dòng nào được nạp."
        )
    if not replace_demo:
        raise UserError(
            f"Cơ sở dữ liệu đang chứa dữ liệu minh họa nên chưa nạp tệp «{cleaned.file}». "
            "Để xóa toàn bộ dữ liệu minh họa và nạp số liệu thật, hãy chạy lại với --replace-demo."
        )
    clear_loaded(connection)


def clear_loaded(connection: Connection) -> None:
    """Delete every loaded row, its records, its marts and what meetings said; seeds stay."""
    for table in reversed(metadata.sorted_tables):
        if table.name.startswith(("fact_", "mart_", "load_", "record_")) or table is before_image:
            connection.execute(delete(table))


def _load(
    connection: Connection,
    cleaned: Cleaned,
    *,
    settings: Settings,
    unit: str,
    mapping_sha256: str,
    actor: str,
) -> Loaded:
    batch_id = _record_batch(connection, cleaned, unit=unit, mapping_sha256=mapping_sha256)
    rows, new_members = _resolve(connection, cleaned, batch_id=batch_id)
    moved = _coverage_moves(connection, cleaned)
    _record_coverage(connection, cleaned, batch_id=batch_id)
    merged = merge(
        connection,
        FACTS[cleaned.source],
        rows,
        source=cleaned.source,
        batch_id=batch_id,
        present=cleaned.present,
        derive=derivation(cleaned.source, settings=settings),
        replace_scope=("unit", "survey", "month") if cleaned.replaces else (),
    )
    _record_rejects(connection, cleaned, batch_id=batch_id)
    _record_outcome(
        connection,
        cleaned,
        merged,
        batch_id=batch_id,
        has_changed=merged.has_changed or moved,
        new_members=new_members,
    )
    units = sorted(cleaned.rows["unit"].unique())
    if merged.has_changed or moved:
        refresh(connection, units=units, sources=(cleaned.source,))
        _hold_checks(connection, units=units)
    write_audit(
        connection,
        "load",
        actor=actor,
        subject=cleaned.file,
        detail={
            "source": cleaned.source,
            "batch": batch_id,
            "inserted": merged.inserted,
            "updated": merged.updated,
            "rejected": len(cleaned.rejects),
        },
    )
    return Loaded(
        batch_id=batch_id,
        file=cleaned.file,
        source=cleaned.source,
        rows_read=cleaned.rows_read,
        inserted=merged.inserted,
        updated=merged.updated,
        unchanged=merged.unchanged,
        rejected=len(cleaned.rejects),
        repeated=cleaned.repeated,
        removed=merged.removed,
        as_of=cleaned.as_of,
        covered_from=cleaned.covered_from,
        covered_to=cleaned.covered_to,
        is_demo=cleaned.is_demo,
        rejects=cleaned.rejects,
        warnings=tuple(cleaned.warnings),
        new_members=tuple(new_members),
    )


def _record_batch(
    connection: Connection, cleaned: Cleaned, *, unit: str, mapping_sha256: str
) -> int:
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
            "status": "accepted",
            "is_demo": cleaned.is_demo,
            "has_changed": False,
            "rows_read": cleaned.rows_read,
            "rejected": len(cleaned.rejects),
            "repeated": cleaned.repeated,
            **zero,
            "warnings": orjson.dumps([warned.__dict__ for warned in cleaned.warnings]).decode(),
            "new_members": "[]",
            "loaded_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        },
    )


def _resolve(
    connection: Connection, cleaned: Cleaned, *, batch_id: int
) -> tuple[pd.DataFrame, list[NewMember]]:
    """Replace labels by member ids."""
    rows = cleaned.rows.copy()
    added: list[NewMember] = []
    for dimension, column in (
        ("department", "department"),
        ("field", "field"),
        ("procedure", "procedure_name"),
    ):
        if column in rows and f"{dimension}_id" in FACTS[cleaned.source].columns:
            rows[f"{dimension}_id"], new = member_ids(
                connection, dimension, rows[column], batch_id=batch_id
            )
            added += new
    if cleaned.source == "dossier":
        remember_procedure_codes(connection, rows["procedure_id"], rows["procedure_code"])
    if cleaned.source == "survey":
        rows["question_id"] = question_ids(connection, rows)
    return rows, added


def derivation(source: str, *, settings: Settings) -> Derive:
    """Return what computes the derived columns of a source's rows."""
    calendar = working_calendar(settings)
    if source == "dossier":
        return lambda rows: dossier_source.derive(
            rows, calendar=calendar, intake_limit_hours=settings.intake_limit_hours
        )
    if source == "feedback":
        return lambda rows: feedback_source.derive(
            rows, calendar=calendar, answer_days=settings.feedback_answer_days
        )
    return lambda rows: rows


def _coverage_moves(connection: Connection, cleaned: Cleaned) -> bool:
    """Whether the file speaks for days, or up to a day, that no live file spoke for."""
    c = load_coverage.c
    query = (
        select(c.unit, func.min(c.covered_from), func.max(c.covered_to), func.max(c.as_of))
        .join(load_batch, load_batch.c.batch_id == c.batch_id)
        .where(load_batch.c.status == "accepted", c.source == cleaned.source)
        .group_by(c.unit)
    )
    known = {unit: days for unit, *days in connection.execute(query)}
    for unit in cleaned.rows["unit"].unique():
        if unit not in known:
            return True
        first, last, as_of = known[unit]
        if cleaned.covered_from < first or cleaned.covered_to > last or cleaned.as_of > as_of:
            return True
    return _fills_gap(connection, cleaned)


def _fills_gap(connection: Connection, cleaned: Cleaned) -> bool:
    """Whether the file's days lie, even in part, in a hole between those already covered."""
    c = load_coverage.c
    for unit in cleaned.rows["unit"].unique():
        spans = connection.execute(
            select(c.covered_from, c.covered_to)
            .join(load_batch, load_batch.c.batch_id == c.batch_id)
            .where(load_batch.c.status == "accepted", c.source == cleaned.source, c.unit == unit)
            .order_by(c.covered_from)
        )
        reached = cleaned.covered_from.toordinal() - 1
        for first, last in spans:
            if first.toordinal() <= reached + 1:
                reached = max(reached, last.toordinal())
        if reached < cleaned.covered_to.toordinal():
            return True
    return False


def _record_coverage(connection: Connection, cleaned: Cleaned, *, batch_id: int) -> None:
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


def _record_rejects(connection: Connection, cleaned: Cleaned, *, batch_id: int) -> None:
    rejects = cleaned.rejects
    frame = pd.DataFrame(
        {
            "batch_id": batch_id,
            "number": range(1, len(rejects) + 1),
            "sheet": cleaned.sheet,
            "row": rejects["row"].to_numpy(),
            "column": rejects["column"].fillna("").to_numpy(),
            "value": rejects["value"].to_numpy(),
            "reason": rejects["reason"].to_numpy(),
        }
    )
    bulk_insert(connection, load_reject, frame)


def _record_outcome(
    connection: Connection,
    cleaned: Cleaned,
    merged: Merged,
    *,
    batch_id: int,
    has_changed: bool,
    new_members: list[NewMember],
) -> None:
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
            new_members=orjson.dumps([member.__dict__ for member in new_members]).decode(),
        )
    )


def _hold_checks(connection: Connection, *, units: Iterable[str]) -> None:
    broken = run_checks(connection, units=units)
    if broken:
        first = broken[0]
        raise AssertionError(f"check {first.check} fails for unit {first.unit}: {first.rows}")


# Rebuilding -----------------------------------------------------------------------------------


def rebuild(engine: Engine, *, settings: Settings) -> list[str]:
    """Recompute calendars, derived columns and marts of every loaded unit; return the units.

    Needed after the working calendar, an alias or a limit was changed; no file is read again.
    """
    with write_transaction(engine) as connection:
        write_calendars(connection, settings=settings)
        apply_aliases(connection)
        units = loaded_units(connection)
        for source, table in (("dossier", fact_dossier), ("feedback", fact_feedback)):
            fact = FACTS[source]
            derive = derivation(source, settings=settings)
            for unit in units:
                result = connection.execute(select(table).where(table.c.unit == unit))
                frame = pd.DataFrame(result.all(), columns=list(result.keys()))
                if frame.empty:
                    continue
                rows = derive(_typed(frame, fact_columns=fact.values))
                connection.execute(delete(table).where(table.c.unit == unit))
                bulk_insert(connection, table, rows)
        refresh(connection, units=units)
        _hold_checks(connection, units=units)
    return units


def _typed(frame: pd.DataFrame, *, fact_columns: tuple[str, ...]) -> pd.DataFrame:
    """Give a frame read from the database the types that cleaning gives."""
    for name in fact_columns:
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
        elif name == "supplement_count":
            frame[name] = frame[name].astype("Int64")
    return frame


def batches(connection: Connection, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return the newest batches, newest first."""
    query = select(load_batch).order_by(load_batch.c.batch_id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]
