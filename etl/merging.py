"""Merging cleaned rows into a fact: set-based, each file row counted once.

Rows are staged in a temporary table beside the fact, told apart in SQL as inserted, updated or
unchanged, their former selves kept as before-images, and then written in one statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from etl.tables import (
    PROVENANCE,
    before_image,
    fact_dossier,
    fact_feedback,
    fact_ranking,
    fact_survey_answer,
    fact_task_report,
    load_batch,
    load_dependency,
)
from etl.warehouse import bulk_insert, take_stock, temporary_table, upsert_from

INSERTED, UNCHANGED, UPDATED = "inserted", "unchanged", "updated"
REMOVED = "removed"
KEY_SEPARATOR = "\x1f"
_BLOCK_ROWS = 50_000

Derive = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Fact:
    """A fact table as loading sees it.

    ``values`` are the columns a file gives (compared to tell a change); ``derived`` follow from
    them and are never compared. ``renamed`` maps a fact column, the id of a dimension's member, to
    the file's canonical column with its label.
    """

    table: Table
    values: tuple[str, ...]
    derived: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a fact row."""
        return tuple(column.name for column in self.table.primary_key)

    @property
    def image_key(self) -> tuple[str, ...]:
        """The columns that name it among the before-images of its unit."""
        return tuple(name for name in self.key if name != "unit")

    @property
    def columns(self) -> tuple[str, ...]:
        """Everything but the provenance."""
        return (*self.key, *self.values, *self.derived)

    def canonical(self, column: str) -> str:
        """Return the file's canonical column behind a fact column."""
        return dict(self.renamed).get(column, column)


_MEMBERS = (
    ("department_id", "department"),
    ("field_id", "field"),
    ("procedure_id", "procedure_name"),
)


def _fact(table: Table, *, derived_from: str = "") -> Fact:
    """Describe ``table``: from the column ``derived_from`` on, its columns are derived."""
    given = [column.name for column in table.columns if not column.primary_key]
    names = [name for name in given if name not in PROVENANCE]
    cut = names.index(derived_from) if derived_from else len(names)
    renamed = tuple(pair for pair in _MEMBERS if pair[0] in names)
    return Fact(table, tuple(names[:cut]), tuple(names[cut:]), renamed)


FACTS: dict[str, Fact] = {
    "dossier": _fact(fact_dossier, derived_from="status_code"),
    "feedback": _fact(fact_feedback, derived_from="sent_on"),
    "survey": _fact(fact_survey_answer),
    "ranking": _fact(fact_ranking),
    "task_report": _fact(fact_task_report),
}


@dataclass(frozen=True)
class Merged:
    """How many file rows were inserted, updated, unchanged; fact rows a replacement removed."""

    inserted: int
    updated: int
    unchanged: int
    removed: int
    since: date | None = None
    """The first day on which anything of what was inserted or updated happens, before or after;
    None where that is not known, or nothing was."""

    @property
    def has_changed(self) -> bool:
        """Whether any fact row is other than before."""
        return bool(self.inserted or self.updated or self.removed)


def merge(
    connection: Connection,
    fact: Fact,
    rows: pd.DataFrame,
    *,
    source: str,
    batch_id: int,
    present: frozenset[str],
    derive: Derive,
    replace_scope: tuple[str, ...] = (),
) -> Merged:
    """Merge ``rows`` (the fact's columns and ``row``, the file's row number) into ``fact``.

    Columns that the file does not carry keep what the database has. With ``replace_scope``, fact
    rows that share those columns with the file but are not in it are removed.
    """
    if _is_first(connection, fact, rows):
        # Nothing to compare with: staging the rows beside the fact would write them twice.
        provenance = dict.fromkeys(PROVENANCE, batch_id)
        _insert(connection, fact.table, rows, derive=derive, values=provenance)
        take_stock(connection, fact.table, written=len(rows))
        return Merged(int(rows["row"].nunique()), 0, 0, 0)
    rows = _keep_absent(connection, fact, rows, present=present)
    stage = _stage(connection, fact, rows, derive=derive)
    _tell_apart(connection, fact, stage)
    joined = fact.table.join(stage, _same_key(fact, stage))
    _keep_dependencies(connection, _rows_by_batch(fact.table, joined), batch_id=batch_id)
    _keep_returns(connection, fact, stage, source=source, batch_id=batch_id)
    _keep_images(connection, fact, stage, source=source, batch_id=batch_id)
    removed = 0
    if replace_scope:
        removed = _remove_missing(
            connection, fact, stage, scope=replace_scope, source=source, batch_id=batch_id
        )
    counts = _count_rows(connection, stage)
    since = _first_day(connection, fact, stage)
    _write(connection, fact, stage, batch_id=batch_id)
    take_stock(connection, fact.table, written=counts[INSERTED] + counts[UPDATED])
    stage.drop(connection)
    return Merged(counts[INSERTED], counts[UPDATED], counts[UNCHANGED], removed, since)


def _is_first(connection: Connection, fact: Fact, rows: pd.DataFrame) -> bool:
    """Whether none of the file's units has a fact row yet."""
    unit = fact.table.c.unit
    return not any(
        connection.execute(select(unit).where(unit == one).limit(1)).first()
        for one in rows["unit"].unique()
    )


def _insert(
    connection: Connection,
    table: Table,
    rows: pd.DataFrame,
    *,
    derive: Derive,
    values: dict[str, Any],
) -> None:
    """Insert ``rows`` with their derived columns, block by block: a long file has many."""
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = derive(rows.iloc[start : start + _BLOCK_ROWS])
        bulk_insert(connection, table, block.assign(**values))


def _same_key(fact: Fact, stage: Table) -> Any:
    return and_(*(fact.table.c[name] == stage.c[name] for name in fact.key))


def _keep_absent(
    connection: Connection, fact: Fact, rows: pd.DataFrame, *, present: frozenset[str]
) -> pd.DataFrame:
    """Fill columns that the file lacks from the rows that are already there."""
    absent = [name for name in fact.values if fact.canonical(name) not in present]
    if not absent:
        return rows
    keys = temporary_table(
        "merge_key", [Column(name, fact.table.c[name].type) for name in fact.key]
    )
    keys.create(connection)
    bulk_insert(connection, keys, rows)
    take_stock(connection, keys, written=len(rows))
    query = select(
        *(fact.table.c[name] for name in fact.key),
        *(fact.table.c[name].label(f"old_{name}") for name in absent),
    ).join(keys, _same_key(fact, keys))
    known = pd.DataFrame(
        connection.execute(query).all(), columns=[*fact.key, *(f"old_{n}" for n in absent)]
    )
    keys.drop(connection)
    if known.empty:
        return rows
    joined = rows.merge(known, on=list(fact.key), how="left", indicator="_found", sort=False)
    joined.index = rows.index
    is_known = joined["_found"] == "both"
    for name in absent:
        kept = rows[name].astype(object).where(~is_known, joined[f"old_{name}"].astype(object))
        rows[name] = kept.astype(rows[name].dtype)
    return rows


def _stage(connection: Connection, fact: Fact, rows: pd.DataFrame, *, derive: Derive) -> Table:
    stage = temporary_table(
        "merge_stage",
        [
            Column("row", Integer),
            Column("state", String(12)),
            *(Column(name, fact.table.c[name].type) for name in fact.columns),
        ],
    )
    stage.create(connection)
    _insert(connection, stage, rows, derive=derive, values={"state": INSERTED})
    take_stock(connection, stage, written=len(rows))
    return stage


def _tell_apart(connection: Connection, fact: Fact, stage: Table) -> None:
    same_key = _same_key(fact, stage)
    differs = or_(*(fact.table.c[name].is_distinct_from(stage.c[name]) for name in fact.values))
    known = select(case((differs, UPDATED), else_=UNCHANGED)).where(same_key).scalar_subquery()
    connection.execute(
        update(stage)
        .where(exists(select(1).select_from(fact.table).where(same_key)))
        .values(state=known)
    )


def _image_rows(
    fact: Fact, frame: pd.DataFrame, *, source: str, batch_id: int, action: str
) -> pd.DataFrame:
    # orjson takes plain strings as keys only, and a column name is a subclass of one.
    old = [str(column.name) for column in fact.table.columns]
    images = [
        orjson.dumps(dict(zip(old, values, strict=True))).decode()
        for values in frame[old].astype(object).where(frame[old].notna(), None).to_numpy().tolist()
    ]
    key = frame[list(fact.image_key)].astype(str).agg(KEY_SEPARATOR.join, axis=1)
    return pd.DataFrame(
        {
            "unit": frame["unit"],
            "batch_id": batch_id,
            "source": source,
            "key": key,
            "action": action,
            "image": images,
            "has_deadline_change": _deadline_changes(frame),
        }
    )


def _image_key(fact: Fact, table: Table) -> ColumnElement[str]:
    """Return the key that an image of a row of ``table`` has."""
    parts: list[ColumnElement[str]] = [cast(table.c[name], Text) for name in fact.image_key]
    return reduce(lambda key, part: key + KEY_SEPARATOR + part, parts)


def _deadline_changes(frame: pd.DataFrame) -> pd.Series:
    """Whether the due or finish day of a dossier moved; the first fill of a blank is no change."""
    changed = pd.Series(False, index=frame.index)
    for name in ("due_at", "finished_at"):
        if f"new_{name}" in frame:
            before = pd.to_datetime(frame[name]).dt.normalize()
            after = pd.to_datetime(frame[f"new_{name}"]).dt.normalize()
            changed |= before.notna() & (before != after)
    return changed


def _keep_images(
    connection: Connection, fact: Fact, stage: Table, *, source: str, batch_id: int
) -> None:
    new = [name for name in ("due_at", "finished_at") if source == "dossier"]
    query = (
        select(fact.table, *(stage.c[name].label(f"new_{name}") for name in new))
        .join(stage, _same_key(fact, stage))
        .where(stage.c.state == UPDATED)
    )
    result = connection.execute(query)
    frame = pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
    if not frame.empty:
        bulk_insert(
            connection,
            before_image,
            _image_rows(fact, frame, source=source, batch_id=batch_id, action=UPDATED),
        )


def _rows_by_batch(table: Table, among: FromClause) -> Select[Any]:
    """Select how many rows of ``table`` each unit and batch has in a join with it."""
    c = table.c
    query = select(c.unit, c.batch_id, func.count()).select_from(among)
    return query.group_by(c.unit, c.batch_id)


def _keep_returns(
    connection: Connection, fact: Fact, stage: Table, *, source: str, batch_id: int
) -> None:
    """Note on which earlier batches this one depends because it puts back what they removed.

    Undoing one of them would put the same rows there a second time.
    """
    b, i = load_batch.c, before_image.c
    # Named one by one, the whole key of the images is known: few batches remove anything.
    removing = list(connection.scalars(select(b.batch_id).where(b.source == source, b.removed > 0)))
    if not removing:
        return
    same_key = and_(
        i.unit == stage.c.unit,
        i.batch_id.in_(removing),
        i.source == source,
        i.key == _image_key(fact, stage),
    )
    query = _rows_by_batch(before_image, stage.join(before_image, same_key)).where(
        stage.c.state == INSERTED, i.action == REMOVED
    )
    _keep_dependencies(connection, query, batch_id=batch_id)


def _keep_dependencies(connection: Connection, query: Select[Any], *, batch_id: int) -> None:
    """Note on which earlier batches this one depends: ``query`` gives unit, batch and rows."""
    for unit, on_batch_id, rows in connection.execute(query).all():
        statement = (
            update(load_dependency)
            .where(
                load_dependency.c.unit == unit,
                load_dependency.c.batch_id == batch_id,
                load_dependency.c.on_batch_id == on_batch_id,
            )
            .values(rows=load_dependency.c.rows + rows)
        )
        if not connection.execute(statement).rowcount:
            connection.execute(
                load_dependency.insert().values(
                    unit=unit, batch_id=batch_id, on_batch_id=on_batch_id, rows=rows
                )
            )


def _remove_missing(
    connection: Connection,
    fact: Fact,
    stage: Table,
    *,
    scope: tuple[str, ...],
    source: str,
    batch_id: int,
) -> int:
    in_scope = tuple_(*(fact.table.c[name] for name in scope)).in_(
        select(*(stage.c[name] for name in scope)).distinct()
    )
    # Each fact row looks for its own among the staged ones, and would go through all of them.
    Index("merge_stage_key", *(stage.c[name] for name in fact.key)).create(connection)
    missing = and_(in_scope, ~exists(select(1).select_from(stage).where(_same_key(fact, stage))))
    result = connection.execute(select(fact.table).where(missing))
    frame = pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
    if frame.empty:
        return 0
    bulk_insert(
        connection,
        before_image,
        _image_rows(fact, frame, source=source, batch_id=batch_id, action=REMOVED),
    )
    lost = _rows_by_batch(fact.table, fact.table).where(missing)
    _keep_dependencies(connection, lost, batch_id=batch_id)
    connection.execute(delete(fact.table).where(missing))
    return len(frame)


def _first_day(connection: Connection, fact: Fact, stage: Table) -> date | None:
    """Return the first day of a derived column among the rows that change, as they were and are."""
    days = [name for name in fact.derived if isinstance(fact.table.c[name].type, Date)]
    if not days:
        return None
    now = select(*(func.min(stage.c[name]) for name in days)).where(stage.c.state != UNCHANGED)
    before = (
        select(*(func.min(fact.table.c[name]) for name in days))
        .join(stage, _same_key(fact, stage))
        .where(stage.c.state == UPDATED)
    )
    found = [day for query in (now, before) for day in connection.execute(query).one()]
    return min((day for day in found if day is not None), default=None)


def _count_rows(connection: Connection, stage: Table) -> dict[str, int]:
    """Count file rows: one whose facts fared differently counts as updated."""
    per_row = (
        select(func.min(stage.c.state).label("low"), func.max(stage.c.state).label("high"))
        .group_by(stage.c.row)
        .subquery()
    )
    fared = case((per_row.c.low == per_row.c.high, per_row.c.low), else_=UPDATED)
    counts = {INSERTED: 0, UNCHANGED: 0, UPDATED: 0}
    for state, count in connection.execute(select(fared, func.count()).group_by(fared)):
        counts[state] = count
    return counts


def _write(connection: Connection, fact: Fact, stage: Table, *, batch_id: int) -> None:
    columns = [*fact.columns, *PROVENANCE]
    source = select(
        *(stage.c[name] for name in fact.columns),
        *(literal(batch_id, Integer).label(name) for name in PROVENANCE),
    ).where(stage.c.state != UNCHANGED)
    upsert_from(connection, fact.table, columns=columns, select=source, keep={"first_batch_id"})
