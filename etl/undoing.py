"""Undoing a batch from its before-images: afterwards it is as if it had never been loaded.

What a later batch has confirmed, changed or removed, and what the meeting's record speaks of, is
not taken away under it: then undoing is refused, and what stands in the way is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import (
    Connection,
    Engine,
    Table,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from etl.audit import COMMAND_LINE, now, write_audit
from etl.batches import batches, find_batch, moves_coverage
from etl.dimensions import MEMBERS
from etl.errors import UserError
from etl.marts import refresh
from etl.merging import FACTS, KEY_SEPARATOR, UPDATED
from etl.rebuilding import hold_checks
from etl.record_tables import record_entry
from etl.tables import (
    ACCEPTED,
    UNDONE,
    before_image,
    dim_alias,
    dim_question,
    fact_dossier,
    fact_survey_answer,
    load_batch,
    load_coverage,
    load_dependency,
    load_reject,
)
from etl.warehouse import bulk_insert, write_transaction


class CannotUndo(UserError):
    """A batch that something later rests on; the message names it."""


@dataclass(frozen=True)
class Undone:
    """What undoing a batch did: fact rows deleted, and restored to what they were before.

    ``was_undone``: it had been undone already, and nothing was done.
    """

    batch_id: int
    file: str
    sheet: str
    source: str
    deleted: int
    restored: int
    was_undone: bool = False


def undo(
    engine: Engine,
    batch_ids: Iterable[int],
    *,
    scope: tuple[str, ...] | None = None,
    actor: str = COMMAND_LINE,
) -> list[Undone]:
    """Undo batches, the newest first, all or none.

    ``scope`` holds the units whose batches may be undone, None for all; ``actor`` is whom the
    audit log names.

    Raises:
        CannotUndo: a later batch or the record refers to rows of one of them.
        UserError: there is no such batch of those units alone, or it was loaded for another.
    """
    done: list[Undone] = []
    units: set[str] = set()
    sources: set[str] = set()
    with write_transaction(engine) as connection:
        for batch_id in sorted(set(batch_ids), reverse=True):
            one, touched = _undo(connection, batch_id, scope=scope)
            done.append(one)
            if touched:
                units |= touched
                sources.add(one.source)
        if units:
            refresh(connection, units=sorted(units), sources=sorted(sources))
            hold_checks(connection, units=sorted(units))
        for one in done:
            if not one.was_undone:
                write_audit(
                    connection,
                    "undo",
                    actor=actor,
                    subject=one.file,
                    detail={
                        "source": one.source,
                        "batch": one.batch_id,
                        "deleted": one.deleted,
                        "restored": one.restored,
                    },
                )
    return done


def _undo(
    connection: Connection, batch_id: int, *, scope: tuple[str, ...] | None
) -> tuple[Undone, set[str]]:
    batch = find_batch(connection, batch_id, units=scope)
    # A ranking is for everybody to see, but not to take back.
    if scope is not None and batch["unit"] not in scope:
        raise UserError(
            f"Tài khoản này không được hoàn tác lần nạp số {batch_id}. Hãy nhờ người quản trị."
        )
    source = str(batch["source"])
    if batch["status"] == UNDONE:
        return _undone(batch, 0, 0, was_undone=True), set()
    _hold_later_batches(connection, batch, scope=scope)
    _hold_record(connection, batch)
    fact = FACTS[source].table
    units = set(
        connection.scalars(select(load_coverage.c.unit).where(load_coverage.c.batch_id == batch_id))
    )
    questions = _own_questions(connection, batch_id) if source == "survey" else []
    images = _images(connection, fact, batch_id)
    deleted = connection.execute(delete(fact).where(fact.c.batch_id == batch_id)).rowcount
    bulk_insert(connection, fact, images)
    for table in (before_image, load_reject, load_dependency, load_coverage):
        connection.execute(delete(table).where(table.c.batch_id == batch_id))
    connection.execute(
        update(load_batch)
        .where(load_batch.c.batch_id == batch_id)
        .values(status=UNDONE, undone_at=now())
    )
    _forget_members(connection, batch_id, questions)
    _pass_coverage_on(connection, source, batch_id)
    updated = int(images["is_update"].sum()) if not images.empty else 0
    return _undone(batch, deleted - updated, len(images)), units


def _undone(batch: Any, deleted: int, restored: int, *, was_undone: bool = False) -> Undone:
    return Undone(
        batch_id=batch["batch_id"],
        file=batch["file"],
        sheet=batch["sheet"],
        source=batch["source"],
        deleted=deleted,
        restored=restored,
        was_undone=was_undone,
    )


# What stands in the way -------------------------------------------------------------------------


def _hold_later_batches(
    connection: Connection, batch: Any, *, scope: tuple[str, ...] | None
) -> None:
    d = load_dependency.c
    blocking = connection.execute(
        select(d.batch_id, func.sum(d.rows))
        .where(d.on_batch_id == batch["batch_id"])
        .group_by(d.batch_id)
        .order_by(d.batch_id.desc())
    ).first()
    if blocking is None:
        return
    later_id, count = blocking
    later = next(iter(batches(connection, numbers=[later_id], units=scope)), None)
    who, first = f"lần nạp số {later_id}", f"Hãy hoàn tác lần nạp số {later_id} trước."
    if later is None:
        first = "Hãy nhờ người quản trị hoàn tác lần nạp đó trước."
    else:
        who += f" («{later['file']}»)"
    raise CannotUndo(
        f"Chưa hoàn tác được lần nạp số {batch['batch_id']} («{batch['file']}»): {who} sau đó "
        f"có {count} dòng dựa trên nó. {first} Chưa có gì thay đổi."
    )


def _hold_record(connection: Connection, batch: Any) -> None:
    """Refuse where the meeting's record speaks of a dossier that would go or change."""
    if batch["source"] != "dossier":
        return
    r, f, i = record_entry.c, fact_dossier.c, before_image.c
    batch_id = batch["batch_id"]
    changed = exists(
        select(1).where(
            i.batch_id == batch_id, i.unit == r.unit, i.source == "dossier", i.key == r.subject
        )
    )
    inserted = exists(
        select(1).where(f.first_batch_id == batch_id, f.unit == r.unit, f.dossier_code == r.subject)
    )
    found = connection.execute(
        select(r.subject)
        .where(
            r.kind == "dossier",
            r.value != "",
            or_(inserted, and_(changed, r.saved_at >= batch["loaded_at"])),
        )
        .order_by(r.subject)
    ).first()
    if found:
        raise CannotUndo(
            f"Chưa hoàn tác được lần nạp số {batch_id} («{batch['file']}»): biên bản họp đã ghi "
            f"nội dung cho hồ sơ {found[0]} của lần nạp này. Hãy xóa nội dung đó trong biên bản "
            "trước. Chưa có gì thay đổi."
        )


# Putting back -----------------------------------------------------------------------------------


def _images(connection: Connection, fact: Table, batch_id: int) -> pd.DataFrame:
    """Return the fact rows that the batch changed or removed, as they were before."""
    found = connection.execute(
        select(before_image.c.image, before_image.c.action).where(
            before_image.c.batch_id == batch_id
        )
    ).all()
    rows = [{**orjson.loads(image), "is_update": action == UPDATED} for image, action in found]
    names = [str(column.name) for column in fact.columns]
    return pd.DataFrame(rows, columns=[*names, "is_update"], dtype=object)


def _own_questions(connection: Connection, batch_id: int) -> list[int]:
    f = fact_survey_answer.c
    return list(
        connection.scalars(select(f.question_id).where(f.first_batch_id == batch_id).distinct())
    )


def _forget_members(connection: Connection, batch_id: int, questions: list[int]) -> None:
    """Delete the spellings and questions that only this batch named.

    A before-image of a later batch may name one, too: then it stays, without a row of its own.
    """
    i = before_image.c
    aliased = select(dim_alias.c.canonical_label)
    for dimension, table in MEMBERS.items():
        id_column = table.c[f"{dimension}_id"]
        others = table.alias("others")
        is_target = exists(
            select(1).where(
                others.c.canonical_id == id_column, others.c[f"{dimension}_id"] != id_column
            )
        )
        used = [
            exists(select(1).where(fact.table.c[id_column.name] == id_column))
            for fact in FACTS.values()
            if id_column.name in fact.table.c
        ]
        # The provenance comes last in an image: after a member's number stands a comma.
        named = '%"' + id_column.name + '":' + cast(id_column, Text) + ",%"
        is_in_image = exists(select(1).where(i.batch_id > batch_id, i.image.like(named)))
        connection.execute(
            delete(table).where(
                table.c.first_batch_id == batch_id,
                ~is_target,
                table.c.label.not_in(aliased),
                *(~use for use in used),
                ~is_in_image,
            )
        )
    for question in questions:
        connection.execute(
            delete(dim_question).where(
                dim_question.c.question_id == question,
                ~exists(select(1).where(fact_survey_answer.c.question_id == question)),
                ~exists(
                    select(1).where(i.source == "survey", i.key.like(f"%{KEY_SEPARATOR}{question}"))
                ),
            )
        )


def _pass_coverage_on(connection: Connection, source: str, batch_id: int) -> None:
    """Let later batches count as a change where they now are the first to speak for their days."""
    b = load_batch.c
    live = list(
        connection.execute(
            select(b.batch_id, b.has_changed)
            .where(b.source == source, b.status == ACCEPTED)
            .order_by(b.batch_id)
        )
    )
    for place, (other, has_changed) in enumerate(live):
        earlier = [one for one, _ in live[:place]]
        if (
            other > batch_id
            and not has_changed
            and moves_coverage(connection, batch_id=other, among=earlier)
        ):
            connection.execute(
                update(load_batch).where(b.batch_id == other).values(has_changed=True)
            )
