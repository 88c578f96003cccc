"""Saving the meeting's record: field by field as it is typed, nothing lost, history kept.

The record wins over the files: a cause or an apology typed here enters the metrics before what a
file says, and no load overwrites it. Two people who type into one field at once are brought
together: what each changed since the text they began with is applied to what is there.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, datetime
from functools import cache

from diff_match_patch import diff_match_patch
from sqlalchemy import Connection, Engine, insert

from etl.audit import write_audit
from etl.errors import UserError
from etl.marts import loaded_units, refresh
from etl.normalise import drop_controls
from etl.privacy import redact
from etl.record import COUNTED, FIELDS, Entry, FieldKind, Key, read_entry, read_history
from etl.record_tables import LONGEST_SUBJECT, record_entry, record_history
from etl.warehouse import upsert, write_transaction

STATES = ("open", "closed")
MOST_CHARACTERS = 4000

_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)


class RecordError(UserError):
    """An entry that cannot be saved; the message says why."""


def save_entry(
    engine: Engine, key: Key, value: str, *, base: str, saved_by: str, at: datetime
) -> Entry:
    """Save a field and return what now stands there.

    ``base`` is the text that the writer began with. Where another has saved since, the writer's
    changes are applied to what is there; a text that was saved before its answer was lost is not
    applied twice, whether or not more was typed since. Personal data is hidden first, as in every
    free text that enters the database.

    Raises:
        RecordError: no such field, a day that is none, a text that is too long.
    """
    value = _cleaned(key, value)
    if _kind_of(key) == "text":
        base = _tidied(base)
    with write_transaction(engine) as connection:
        now = read_entry(connection, key)
        is_merged = base != now.value and value != now.value
        if is_merged and _kind_of(key) == "text":
            base = _saved_of(connection, key, value, base=base, by=saved_by)
            value = merge(base, value, now.value)
        if value == now.value:
            return Entry(key, now.value, now.version, now.saved_at, now.saved_by, is_merged)
        row = {
            **asdict(key),
            "value": value,
            "version": now.version + 1,
            "saved_at": at,
            "saved_by": saved_by,
        }
        day = date.fromisoformat(value) if _kind_of(key) == "day" and value else None
        upsert(connection, record_entry, [{**row, "day": day}])
        connection.execute(insert(record_history).values(row))
        if (key.kind, key.field) in COUNTED and key.unit in loaded_units(connection):
            # That a meeting was held moves the states of tasks alone.
            refresh(
                connection, units=[key.unit], sources=["dossier"] if key.kind == "dossier" else []
            )
        write_audit(
            connection,
            "record",
            actor=saved_by,
            subject=key.subject or key.month,
            detail={"kind": key.kind, "field": key.field, "version": now.version + 1},
        )
    return Entry(key, value, now.version + 1, at, saved_by, is_merged)


def merge(base: str, mine: str, theirs: str) -> str:
    """Return ``theirs`` with what changed from ``base`` to ``mine``; nothing typed is lost.

    Where a change finds no place any more, or both began with an empty field, the whole of ``mine``
    is put below ``theirs``: two beginnings are no one sentence.
    """
    if not base.strip() and mine.strip() and theirs.strip():
        return f"{theirs}\n{mine}"
    engine = _merger()
    merged, placed = engine.patch_apply(engine.patch_make(base, mine), theirs)
    return str(merged) if all(placed) else f"{theirs}\n{mine}"


def _kind_of(key: Key) -> FieldKind:
    try:
        return FIELDS[key.kind][key.field]
    except KeyError:
        raise RecordError(f"Không có ô «{key.kind}.{key.field}» trong biên bản.") from None


def _cleaned(key: Key, value: str) -> str:
    kind = _kind_of(key)
    has_month = key.kind != "dossier"
    if has_month != bool(_MONTH.fullmatch(key.month)) or (not has_month and key.month):
        raise RecordError(f"Tháng «{key.month}» không hợp với ô «{key.kind}» của biên bản.")
    if key.subject != drop_controls(key.subject):
        raise RecordError("Tên hồ sơ, bộ phận hoặc kết luận có ký tự không ghi được.")
    if len(key.subject) > LONGEST_SUBJECT:
        raise RecordError(
            f"Tên «{key.subject[:40]}…» dài {len(key.subject)} ký tự, nhiều nhất "
            f"{LONGEST_SUBJECT}. Hãy viết gọn lại."
        )
    if key.kind != "meeting" and not key.subject:
        raise RecordError("Thiếu tên hồ sơ, bộ phận hoặc kết luận cần ghi.")
    if kind == "text":
        value = _tidied(value)
        if len(value) > MOST_CHARACTERS:
            raise RecordError(
                f"Nội dung dài {len(value)} ký tự, nhiều nhất {MOST_CHARACTERS}. Hãy viết gọn lại."
            )
        return value
    if not value:
        return ""
    if kind == "choice":
        if value not in STATES:
            raise RecordError(f"Trạng thái «{value}» không có; chỉ có {', '.join(STATES)}.")
        return value
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise RecordError(f"«{value}» không phải một ngày. Hãy chọn lại ngày.") from None


def _tidied(text: str) -> str:
    return redact(drop_controls(text.replace("\r\n", "\n")).rstrip())


def _saved_of(connection: Connection, key: Key, value: str, *, base: str, by: str) -> str:
    """Return what ``by`` has saved of ``value`` since the field last said ``base``, else that."""
    for entry in reversed(read_history(connection, key)):
        if entry.saved_by == by and value.startswith(entry.value):
            return entry.value
        if entry.value == base:
            break
    return base


@cache
def _merger() -> diff_match_patch:
    return diff_match_patch()
