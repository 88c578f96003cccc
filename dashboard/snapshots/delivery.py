"""Deliver snapshots: who receives what, tried again with longer and longer waits, all recorded.

A delivery is ``sent`` only after the mail server has taken the message. One that is cut off before
that is written down is tried again: rather twice than never.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, insert, select, update

from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.kept import find_archive, place_of, read_archive, read_frozen
from dashboard.snapshots.mail import MailError, send, write_message
from etl.delivery_tables import delivery, snapshot_log
from etl.formats import local
from etl.settings import Settings
from etl.warehouse import write_transaction

if TYPE_CHECKING:
    from dashboard.snapshots.making import Snapshot

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""How long to wait after each attempt; after the last one a delivery has failed."""
_CLAIM = timedelta(minutes=10)
"""For how long a delivery belongs to whoever is sending it."""
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
"""What a mail server may take: letters without marks, no blanks, one "@"."""


@dataclass(frozen=True)
class Delivery:
    """What became of one message."""

    delivery_id: int
    recipient: str
    status: str
    attempts: int
    reply: str
    next_at: datetime | None


def record(
    engine: Engine,
    snapshot: Snapshot,
    path: Path,
    *,
    settings: Settings,
    made_by: str,
    at: datetime,
) -> int:
    """Write down that a snapshot was made and where it is; return its number."""
    frozen = snapshot.frozen
    row = {
        "unit": frozen.unit,
        "period": frozen.period.code,
        "calendar": frozen.calendar,
        "edition": frozen.edition,
        "data_version": frozen.data_version,
        "content_sha256": frozen.content_sha256,
        "archive_sha256": hashlib.sha256(snapshot.archive).hexdigest(),
        "path": place_of(path, settings),
        "is_demo": frozen.is_demo,
        "made_at": at,
        "made_by": made_by,
    }
    with write_transaction(engine) as connection:
        key = connection.execute(insert(snapshot_log).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def find_recipients(settings: Settings, *, unit: str, on: date) -> list[str]:
    """Return who receives a unit's snapshots on a day, in the order of the file.

    Raises:
        SnapshotError: no such file, not UTF-8, a line that is not understood, an address that no
            mail server takes.
    """
    path = settings.recipients
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except OSError as error:
        raise SnapshotError(
            f"Chưa có danh sách người nhận «{path}». Hãy tạo tệp với các cột unit, address, "
            "valid_from, valid_to."
        ) from error
    except UnicodeDecodeError as error:
        raise SnapshotError(
            f"«{path}» không đọc được. Hãy mở bằng Excel và lưu lại dạng CSV UTF-8."
        ) from error
    found = []
    for number, row in enumerate(rows, start=2):
        try:
            first = date.fromisoformat(row["valid_from"]) if row.get("valid_from") else date.min
            last = date.fromisoformat(row["valid_to"]) if row.get("valid_to") else date.max
            own_unit, address = row["unit"].strip(), row["address"].strip()
        except (KeyError, ValueError, AttributeError) as error:
            raise SnapshotError(
                f"«{path}» dòng {number} không đọc được. Các cột: unit, address, valid_from, "
                "valid_to; ngày viết 2024-06-30."
            ) from error
        if not _ADDRESS.fullmatch(address):
            raise SnapshotError(
                f"«{path}» dòng {number}, cột address: «{address}» không phải địa chỉ thư. "
                "Hãy viết dạng ten@coquan.gov.vn, chữ không dấu."
            )
        if own_unit == unit and first <= on <= last and address not in found:
            found.append(address)
    return found


def queue(
    engine: Engine, snapshot_id: int, *, settings: Settings, at: datetime, seen: int = 0
) -> int:
    """Put a snapshot in the queue for everyone who receives it; return for how many.

    For nobody while a message of it waits, nor where one is newer than ``seen``, the newest that
    whoever asks knew of: pressed twice it is sent once. Where it could not be sent to some, it is
    for those who have not got it.

    Raises:
        SnapshotError: a demonstration, an internal edition, no mail server, nobody to send to.
    """
    with engine.connect() as connection:
        row = connection.execute(
            select(snapshot_log).where(snapshot_log.c.snapshot_id == snapshot_id)
        ).one()
    if row.is_demo:
        raise SnapshotError("Báo cáo từ dữ liệu minh họa không gửi đi được.")
    if row.edition != "external":
        raise SnapshotError("Bản nội bộ có mã hồ sơ, không gửi ra ngoài được.")
    if not settings.smtp_host or not settings.mail_from:
        raise SnapshotError("Chưa đặt máy chủ thư. Hãy đặt SMTP_HOST và MAIL_FROM.")
    recipients = find_recipients(settings, unit=row.unit, on=local(at).date())
    if not recipients:
        raise SnapshotError(
            f"Không có ai nhận báo cáo của đơn vị {row.unit}. Hãy thêm vào «{settings.recipients}»."
        )
    waiting = {"status": "waiting", "attempts": 0, "next_at": at, "reply": ""}
    d = delivery.c
    with write_transaction(engine) as connection:
        earlier = connection.execute(
            select(d.delivery_id, d.recipient, d.status).where(d.snapshot_id == snapshot_id)
        ).all()
        statuses = {one.status for one in earlier}
        if "waiting" in statuses or any(one.delivery_id > seen for one in earlier):
            return 0
        served = {one.recipient for one in earlier if one.status == "sent"}
        left = [one for one in recipients if one not in served]
        if not left and "failed" not in statuses:
            left = recipients
        connection.execute(
            update(delivery)
            .where(d.snapshot_id == snapshot_id, d.status == "failed")
            .values(status="replaced")
        )
        rows = [{"snapshot_id": snapshot_id, "recipient": one, **waiting} for one in left]
        if rows:
            connection.execute(insert(delivery), rows)
    return len(rows)


def send_due(
    engine: Engine, *, settings: Settings, at: datetime, snapshot_id: int | None = None
) -> list[Delivery]:
    """Send whatever is due, of one snapshot where it is named, and return what became of each.

    One failure stops no other.
    """
    claimed = _claim(engine, at, snapshot_id)
    return [_send_one(engine, number, settings=settings, at=at) for number in claimed]


def _claim(engine: Engine, at: datetime, snapshot_id: int | None) -> Iterator[int]:
    """Give the due deliveries one by one, each to one sender only."""
    d = delivery.c
    due = select(d.delivery_id, d.next_at).where(d.status == "waiting", d.next_at <= at)
    if snapshot_id is not None:
        due = due.where(d.snapshot_id == snapshot_id)
    with engine.connect() as connection:
        rows = connection.execute(due.order_by(d.delivery_id)).all()
    for number, next_at in rows:
        with write_transaction(engine) as connection:
            mine = connection.execute(
                update(delivery)
                .where(d.delivery_id == number, d.status == "waiting", d.next_at == next_at)
                .values(next_at=at + _CLAIM)
            )
        if mine.rowcount:
            yield number


def _send_one(engine: Engine, number: int, *, settings: Settings, at: datetime) -> Delivery:
    with engine.connect() as connection:
        row = connection.execute(
            select(delivery, snapshot_log)
            .join(snapshot_log, snapshot_log.c.snapshot_id == delivery.c.snapshot_id)
            .where(delivery.c.delivery_id == number)
        ).one()
    attempts = row.attempts + 1
    try:
        archive = read_archive(row, settings=settings)
        envelope = write_message(
            read_frozen(archive),
            archive,
            name=find_archive(row, settings=settings).name,
            settings=settings,
            recipient=row.recipient,
            message_id=f"<{row.archive_sha256[:32]}.{number}@{_domain(settings)}>",
            at=at,
        )
        reply, status, next_at = send(envelope, settings=settings), "sent", None
    except (MailError, SnapshotError) as error:
        reply = str(error)
        # What is sent is what was made: an archive that is gone or changed does not come back.
        is_final = isinstance(error, SnapshotError) or error.is_final
        is_over = is_final or attempts > len(WAITS)
        status = "failed" if is_over else "waiting"
        next_at = None if is_over else at + WAITS[attempts - 1]
    with write_transaction(engine) as connection:
        connection.execute(
            update(delivery)
            .where(delivery.c.delivery_id == number)
            .values(status=status, attempts=attempts, next_at=next_at, last_at=at, reply=reply)
        )
    return Delivery(number, row.recipient, status, attempts, reply, next_at)


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"


def deliveries(
    engine: Engine, *, status: str | None = None, snapshot_id: int | None = None
) -> list[Delivery]:
    """Return the deliveries, newest first; of one status or snapshot where it is named."""
    d = delivery.c
    query = select(d.delivery_id, d.recipient, d.status, d.attempts, d.reply, d.next_at).order_by(
        d.delivery_id.desc()
    )
    if status is not None:
        query = query.where(d.status == status)
    if snapshot_id is not None:
        query = query.where(d.snapshot_id == snapshot_id)
    with engine.connect() as connection:
        return [Delivery(*row) for row in connection.execute(query)]
