"""Dimension members: found or added by their spelling, merged by aliases."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Table, delete, func, select, update

from etl.catalogue.sources import SOURCES
from etl.frames import records
from etl.normalise import label_key, tidy
from etl.tables import (
    NO_MEMBER,
    dim_alias,
    dim_department,
    dim_field,
    dim_procedure,
    dim_question,
)
from etl.warehouse import upsert

MEMBERS: dict[str, Table] = {
    "department": dim_department,
    "field": dim_field,
    "procedure": dim_procedure,
}


@dataclass(frozen=True)
class NewMember:
    """A label that no file had named before."""

    dimension: str
    label: str


def member_ids(
    connection: Connection, dimension: str, labels: pd.Series, *, batch_id: int
) -> tuple[pd.Series, list[NewMember]]:
    """Return the member id of each label, adding the members that are new.

    Two spellings are one member when their :func:`label_key` is the same; the label shown is the
    one first seen. Blank labels are the member ``NO_MEMBER``.
    """
    table = MEMBERS[dimension]
    id_column = table.c[f"{dimension}_id"]
    distinct = labels.dropna().drop_duplicates()
    keys = {label: label_key(label) for label in distinct}
    known = {key: int(i) for key, i in connection.execute(select(table.c.key, id_column))}
    next_id = int(connection.scalar(select(func.max(id_column))) or 0) + 1
    added: list[NewMember] = []
    rows = []
    for label, key in keys.items():
        if key in known:
            continue
        known[key] = next_id
        rows.append(
            {
                id_column.name: next_id,
                "key": key,
                "label": tidy(label),
                "canonical_id": next_id,
                "first_batch_id": batch_id,
            }
        )
        added.append(NewMember(dimension, tidy(label)))
        next_id += 1
    if rows:
        connection.execute(table.insert(), rows)
        apply_aliases(connection)
    ids = labels.map({label: known[key] for label, key in keys.items()})
    return ids.fillna(NO_MEMBER).astype("int64"), added


def remember_procedure_codes(
    connection: Connection, procedure_ids: pd.Series, codes: pd.Series
) -> None:
    """Note the official code of procedures that had none yet."""
    pairs = pd.DataFrame({"id": procedure_ids, "code": codes}).dropna().drop_duplicates("id")
    table = dim_procedure
    missing = set(
        connection.scalars(select(table.c.procedure_id).where(table.c.procedure_code.is_(None)))
    )
    for row in records(pairs):
        if row["id"] in missing and row["id"] != NO_MEMBER:
            connection.execute(
                update(table)
                .where(table.c.procedure_id == row["id"])
                .values(procedure_code=row["code"])
            )


def question_ids(connection: Connection, rows: pd.DataFrame) -> pd.Series:
    """Return the question id of each row of ``survey``, ``criterion``, ``question``."""
    table = dim_question
    known = {
        (survey, criterion, key): int(i)
        for survey, criterion, key, i in connection.execute(
            select(table.c.survey, table.c.criterion, table.c.key, table.c.question_id)
        )
    }
    next_id = int(connection.scalar(select(func.max(table.c.question_id))) or 0) + 1
    distinct = rows[["survey", "criterion", "question"]].drop_duplicates()
    found: dict[tuple[str, str, str], int] = {}
    added = []
    for survey, criterion, question in distinct.itertuples(index=False, name=None):
        key = (survey, criterion, label_key(question))
        if key not in known:
            known[key] = next_id
            added.append(
                {
                    "question_id": next_id,
                    "survey": survey,
                    "criterion": criterion,
                    "key": key[2],
                    "label": tidy(question),
                }
            )
            next_id += 1
        found[(survey, criterion, question)] = known[key]
    if added:
        connection.execute(table.insert(), added)
    triples = pd.MultiIndex.from_frame(rows[["survey", "criterion", "question"]])
    return pd.Series(triples.map(found), index=rows.index).astype("int64")


def apply_aliases(connection: Connection) -> None:
    """Point every member at the member it counts as, at the end of its chain of aliases."""
    for dimension, table in MEMBERS.items():
        id_column = table.c[f"{dimension}_id"]
        members = {
            key: (int(i), int(canonical))
            for i, key, canonical in connection.execute(
                select(id_column, table.c.key, table.c.canonical_id)
            )
        }
        aliases = _aliases(connection, dimension)
        for key, (i, canonical) in members.items():
            wanted, _ = members.get(_end_of_chain(aliases, key), (i, i))
            if wanted != canonical:
                connection.execute(update(table).where(id_column == i).values(canonical_id=wanted))


def is_circle(connection: Connection, dimension: str, *, alias: str, canonical: str) -> bool:
    """Whether ``canonical`` itself counts as ``alias``: neither could count as the other."""
    key = label_key(alias)
    others = {at: to for at, to in _aliases(connection, dimension).items() if at != key}
    return _end_of_chain(others, label_key(canonical)) == key


def _aliases(connection: Connection, dimension: str) -> dict[str, str]:
    """Return the key that each aliased key of a dimension counts as."""
    query = select(dim_alias.c.alias_key, dim_alias.c.canonical_label)
    found = connection.execute(query.where(dim_alias.c.dimension == dimension))
    return {key: label_key(label) for key, label in found}


def _end_of_chain(aliases: dict[str, str], key: str) -> str:
    """Return what ``key`` counts as in the end; itself where the aliases go in a circle."""
    end = key
    for _ in aliases:
        if end not in aliases:
            return end
        end = aliases[end]
    return key if end in aliases else end


def add_alias(connection: Connection, dimension: str, *, alias: str, canonical: str) -> None:
    """Let the spelling ``alias`` count as ``canonical``, which is added when it is new."""
    table = MEMBERS[dimension]
    key = label_key(canonical)
    id_column = table.c[f"{dimension}_id"]
    if connection.scalar(select(id_column).where(table.c.key == key)) is None:
        next_id = int(connection.scalar(select(func.max(id_column))) or 0) + 1
        connection.execute(
            table.insert().values(
                **{
                    id_column.name: next_id,
                    "key": key,
                    "label": tidy(canonical),
                    "canonical_id": next_id,
                }
            )
        )
    upsert(
        connection,
        dim_alias,
        [
            {
                "dimension": dimension,
                "alias_key": label_key(alias),
                "alias_label": tidy(alias),
                "canonical_label": tidy(canonical),
            }
        ],
    )
    apply_aliases(connection)


def forget_members(connection: Connection) -> None:
    """Delete the members and questions that files alone named: of no file is anything left."""
    for dimension, table in MEMBERS.items():
        kept = set(_aliases(connection, dimension).values())
        is_of_files = table.c.first_batch_id.is_not(None)
        connection.execute(delete(table).where(is_of_files, table.c.key.not_in(kept)))
    connection.execute(delete(dim_question))


def dimension_words(dimension: str) -> str:
    """Return the Vietnamese name of a dimension that files name members of."""
    column = {"procedure": "procedure_name"}.get(dimension, dimension)
    return SOURCES["dossier"].column(column).label
