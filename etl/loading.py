"""Loading one file: cleaned outside the transaction, then whole or not at all.

stage → merge → coverage → marts → checks → batch record, in one transaction. Killed at any point,
nothing of the batch is there; run again, it completes; the same file twice changes nothing. A
file of several sheets is several batches and still one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import Connection, Engine, Row, select

from etl.audit import COMMAND_LINE, write_audit
from etl.batches import (
    clear_loaded,
    is_demo,
    is_empty,
    moves_coverage,
    record_batch,
    record_coverage,
    record_outcome,
    record_rejects,
)
from etl.dimensions import NewMember, member_ids, question_ids, remember_procedure_codes
from etl.errors import UserError
from etl.formats import day
from etl.mapping import Mapping
from etl.marts import as_of_dates, refresh
from etl.merging import FACTS, Merged, merge
from etl.offices import own_unit
from etl.reading import Limits, content_hash
from etl.rebuilding import derivation, hold_checks
from etl.repeats import find_repeat, fingerprint
from etl.settings import Settings
from etl.sources import Cleaned, KnownUnit, Warned, clean_file
from etl.sources.ledger import reject_frame
from etl.tables import dim_unit, load_batch
from etl.warehouse import write_transaction


@dataclass(frozen=True)
class Loaded:
    """What became of one table of a file. ``rows_read`` = the five counts after it together.

    Of a dry run, what would become of it; its batch is not there then.
    """

    batch_id: int
    file: str
    sheet: str
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
    since: date | None
    """The first day that the load changes anything of; None where it may be any."""


@dataclass(frozen=True)
class LoadedFile:
    """What became of one file: a part per table of it, usually one."""

    parts: tuple[Loaded, ...]
    is_dry_run: bool = False

    @property
    def only(self) -> Loaded:
        """The part of a file with one table; ValueError where it has several."""
        (part,) = self.parts
        return part

    def total(self, name: str) -> int:
        """Return one of the counts of :class:`Loaded`, summed over the parts."""
        return sum(int(getattr(part, name)) for part in self.parts)


_AS_RECORDED = (
    *("batch_id", "file", "sheet", "source", "rows_read", "rejected", "repeated"),
    *("as_of", "covered_from", "covered_to", "is_demo"),
)
"""What a batch's record and :class:`Loaded` say by the same name."""


class _DryRun(Exception):
    """Leaves a transaction without keeping anything of it."""


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
    dry_run: bool = False,
    scope: tuple[str, ...] | None = None,
    actor: str = COMMAND_LINE,
    is_read: bool = False,
) -> LoadedFile:
    """Clean ``path`` and load it; the database must have been migrated.

    With ``dry_run`` everything is done but kept: the result says what loading would do.
    ``scope`` holds the units that the loader may load for, None for all.
    ``actor`` is whom the audit log names. With ``is_read`` a file that was loaded before is read
    all the same, and has a batch of its own.

    Raises:
        RefusedFile: nothing of the file could be loaded, and why.
        UserError: demonstration and real data would have been mixed, or a unit is not theirs.
    """
    sha256 = "" if dry_run else _hash_of(path, settings=settings)
    with engine.connect() as connection:
        known = known_units(connection)
        # A trial run keeps nothing that could be known again.
        mark = sha256 and fingerprint(
            connection,
            file=path.name,
            sha256=sha256,
            settings=settings,
            source=source,
            mapping=mapping,
            unit=unit,
            as_of=as_of,
            covers=covers,
        )
        found = find_repeat(connection, mark, scope=scope) if mark and not is_read else []
    if found:
        return _load_again(engine, found, actor=actor)

    def clean(own: str) -> list[Cleaned]:
        return clean_file(
            path,
            source=source,
            mapping=mapping,
            unit=own,
            as_of=as_of,
            covers=covers,
            known_units=known,
            limits=Limits.from_settings(settings),
        )

    cleaned = clean(unit or settings.unit)
    if unit is None:
        # A late file of months before a reorganisation belongs to the unit of then.
        unit = own_unit(settings, f"{max(one.covered_to for one in cleaned):%Y-%m}")
        if unit != settings.unit:
            cleaned = clean(unit)
    _hold_scope(cleaned, scope)
    return load_cleaned(
        engine,
        cleaned,
        settings=settings,
        unit=unit,
        mapping_sha256=mapping.sha256 if mapping else "",
        # Of a file that another program wrote anew meanwhile nothing is known.
        fingerprint=mark if cleaned[0].sha256 == sha256 else None,
        replace_demo=replace_demo,
        dry_run=dry_run,
        actor=actor,
    )


def load_cleaned(
    engine: Engine,
    tables: list[Cleaned],
    *,
    settings: Settings,
    unit: str,
    mapping_sha256: str = "",
    fingerprint: str | None = None,
    replace_demo: bool = False,
    dry_run: bool = False,
    actor: str = COMMAND_LINE,
) -> LoadedFile:
    """Load tables that are clean, all in one transaction, a batch each.

    Raises:
        UserError: demonstration and real data would have been mixed.
    """
    parts: list[Loaded] = []
    try:
        with write_transaction(engine) as connection:
            for cleaned in tables:
                _keep_demo_apart(connection, cleaned, replace_demo=replace_demo)
                batch_id = record_batch(
                    connection,
                    cleaned,
                    unit=unit,
                    mapping_sha256=mapping_sha256,
                    fingerprint=fingerprint,
                )
                parts.append(_load(connection, cleaned, batch_id=batch_id, settings=settings))
            if dry_run:
                raise _DryRun
            _refresh(connection, tables, parts)
            for part in parts:
                _audit(connection, part, actor=actor)
    except _DryRun:
        return LoadedFile(tuple(parts), is_dry_run=True)
    return LoadedFile(tuple(parts))


def _hash_of(path: Path, *, settings: Settings) -> str:
    """Return the hash of a file's content; "" of one that reading will refuse."""
    try:
        is_read = path.stat().st_size <= Limits.from_settings(settings).file_bytes
        return content_hash(path) if is_read else ""
    except OSError:
        # Not there, a folder, or held open by another program: whoever reads it says so.
        return ""


def _load_again(engine: Engine, found: Sequence[Row[Any]], *, actor: str) -> LoadedFile:
    """Return what loading a file again comes to, of the batches it made; only the log is told."""
    parts = []
    for row in found:
        kept = row.inserted + row.updated + row.unchanged
        words = f"tệp này đã nạp ở lần {row.batch_id}; từ đó không có gì thay đổi nên không nạp lại"
        parts.append(
            Loaded(
                **{name: getattr(row, name) for name in _AS_RECORDED},
                inserted=0,
                updated=0,
                unchanged=kept,
                removed=0,
                rejects=reject_frame({}),
                warnings=(*_warned_then(row), Warned("repeat", "", words, 1)),
                new_members=(),
                since=None,
            )
        )
    with write_transaction(engine) as connection:
        for part in parts:
            _audit(connection, part, actor=actor)
    return LoadedFile(tuple(parts))


def _warned_then(row: Row[Any]) -> list[Warned]:
    return [Warned(**one) for one in orjson.loads(row.warnings)]


def _hold_scope(tables: list[Cleaned], scope: tuple[str, ...] | None) -> None:
    """Refuse rows of a unit that is not the loader's; a ranking names every unit by its nature."""
    if scope is None:
        return
    for cleaned in tables:
        others = sorted(set(cleaned.rows["unit"].unique()) - set(scope))
        if others and cleaned.source != "ranking":
            raise UserError(
                f"Tệp «{cleaned.file}» có dòng của đơn vị {', '.join(others)} mà tài khoản này "
                "không được nạp. Hãy bỏ các dòng đó rồi nạp lại. Chưa có dòng nào được nạp."
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


def _load(connection: Connection, cleaned: Cleaned, *, batch_id: int, settings: Settings) -> Loaded:
    rows, new_members = _resolve(connection, cleaned, batch_id=batch_id)
    record_coverage(connection, cleaned, batch_id=batch_id)
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
    cleaned.warnings.extend(_older(connection, cleaned, merged, batch_id=batch_id))
    record_rejects(connection, cleaned, batch_id=batch_id)
    record_outcome(
        connection,
        cleaned,
        merged,
        batch_id=batch_id,
        has_changed=merged.has_changed or moves_coverage(connection, batch_id=batch_id),
        new_members=new_members,
    )
    return Loaded(
        batch_id=batch_id,
        file=cleaned.file,
        sheet=cleaned.sheet,
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
        since=None if new_members else _since(connection, cleaned, merged, batch_id=batch_id),
    )


def _older(
    connection: Connection, cleaned: Cleaned, merged: Merged, *, batch_id: int
) -> list[Warned]:
    """Warn where a file overwrites rows though newer ones speak for its units already.

    The last file to be loaded wins: an export of March, found and loaded after that of June, opens
    again what was closed between them. Rows of the other sources are of one month or year each,
    and a late file of it is a correction.
    """
    if cleaned.source not in ("dossier", "feedback") or not merged.updated:
        return []
    units = list(cleaned.rows["unit"].unique())
    known = as_of_dates(connection, units=units, without=batch_id)
    newest = max((known[place] for place in known if place[1] == cleaned.source), default=None)
    if newest is None or newest <= cleaned.as_of:
        return []
    message = (
        f"tệp chốt ngày {day(cleaned.as_of)} cũ hơn số liệu đã nạp, chốt ngày {day(newest)}; "
        f"{merged.updated} dòng đã có được ghi lại theo tệp này. Nếu nội dung của tệp đã cũ, hãy "
        "nạp lại tệp mới hơn sau tệp này."
    )
    return [Warned("older", "", message, merged.updated)]


def _since(
    connection: Connection, cleaned: Cleaned, merged: Merged, *, batch_id: int
) -> date | None:
    """Return from which day on the marts may have changed: of rows, or of what is known by now."""
    if merged.since is None and merged.has_changed:
        return None
    units = list(cleaned.rows["unit"].unique())
    known = as_of_dates(connection, units=units, without=batch_id)
    reached = [known.get((unit, cleaned.source)) for unit in units]
    days = [merged.since or cleaned.as_of, cleaned.as_of, *reached]
    return None if None in reached else min(day for day in days if day is not None)


def _audit(connection: Connection, part: Loaded, *, actor: str) -> None:
    write_audit(
        connection,
        "load",
        actor=actor,
        subject=part.file,
        detail={
            "source": part.source,
            "batch": part.batch_id,
            "inserted": part.inserted,
            "updated": part.updated,
            "rejected": part.rejected,
        },
    )


def _refresh(connection: Connection, tables: list[Cleaned], parts: list[Loaded]) -> None:
    """Bring the marts of what has changed up to date, and hold them to their checks."""
    changed = set(
        connection.scalars(
            select(load_batch.c.batch_id).where(
                load_batch.c.batch_id.in_([part.batch_id for part in parts]),
                load_batch.c.has_changed,
            )
        )
    )
    units: set[str] = set()
    sources: set[str] = set()
    for cleaned, part in zip(tables, parts, strict=True):
        if part.batch_id in changed:
            units |= set(cleaned.rows["unit"].unique())
            sources.add(cleaned.source)
    if units:
        days = [part.since for part in parts if part.batch_id in changed]
        known = [day for day in days if day is not None]
        since = min(known) if len(known) == len(days) else None
        refresh(connection, units=sorted(units), sources=sorted(sources), since=since)
        hold_checks(connection, units=sorted(units))


def _resolve(
    connection: Connection, cleaned: Cleaned, *, batch_id: int
) -> tuple[pd.DataFrame, list[NewMember]]:
    """Replace labels by member ids."""
    rows = cleaned.rows.copy(deep=False)
    added: list[NewMember] = []
    for member, column in FACTS[cleaned.source].renamed:
        dimension = member.removesuffix("_id")
        rows[member], new = member_ids(connection, dimension, rows[column], batch_id=batch_id)
        added += new
    if cleaned.source == "dossier":
        remember_procedure_codes(connection, rows["procedure_id"], rows["procedure_code"])
    if cleaned.source == "survey":
        rows["question_id"] = question_ids(connection, rows)
    return rows, added
