"""Báo cáo: the snapshots that were made, to whom they went, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection, Row, exists, func, select

from dashboard import formatting as fmt
from dashboard.filters import Period, shift_month
from etl.access_tables import audit_log
from etl.delivery_tables import delivery, snapshot_log
from etl.formats import recorded

MADE: Final = "snapshot_made"
FAILED: Final = "snapshot_failed"
"""Actions of the audit log: a snapshot that was made, and one that could not be."""

WORKER = "lịch hằng tháng"
"""Who made a snapshot that the worker made."""

MOST = 60


@dataclass(frozen=True)
class Sending:
    """What became of a snapshot's messages: how many have it, wait for it, could not be sent it."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    newest: int = 0
    """The number of its newest message, 0 for none."""
    last_at: datetime | None = None
    """When one was last tried."""

    @property
    def words(self) -> str:
        """Say it: "1 đã gửi, 1 gửi không được"."""
        parts = (
            (self.sent, "đã gửi"),
            (self.waiting, "đang chờ gửi"),
            (self.failed, "gửi không được"),
        )
        words = [f"{fmt.count(number)} {word}" for number, word in parts if number]
        return ", ".join(words) or "chưa gửi"


Newer: TypeAlias = Literal["", "other", "same"]
"""Whether a newer snapshot of the same kind was made, and whether it says the same figures."""


def kind_of(one: Row[Any] | Made) -> tuple[str, str, str, str]:
    """Return what two snapshots share of which the newer stands for the older."""
    return one.unit, one.period, one.calendar, one.edition


@dataclass(frozen=True)
class Made:
    """One snapshot in the list, and what became of its messages."""

    number: int
    unit: str
    period: str
    calendar: str
    edition: str
    data_version: str
    is_demo: bool
    made_at: datetime
    made_by: str
    sending: Sending
    newer: Newer


@dataclass(frozen=True)
class Monthly:
    """The snapshot of a month that the worker made, and whether it still has to be queued."""

    number: int
    period: str
    is_unsent: bool


def find_snapshot(connection: Connection, number: int) -> Row[Any] | None:
    """Return the log's row of a snapshot, None where there is none."""
    query = select(snapshot_log).where(snapshot_log.c.snapshot_id == number)
    return connection.execute(query).first()


def find_newest(
    connection: Connection, *, unit: str, period: str, calendar: str, edition: str
) -> Row[Any] | None:
    """Return the log's row of the newest snapshot of a kind, None where there is none."""
    s = snapshot_log.c
    query = select(snapshot_log).where(
        s.unit == unit, s.period == period, s.calendar == calendar, s.edition == edition
    )
    return connection.execute(query.order_by(s.snapshot_id.desc())).first()


def find_monthly(connection: Connection, *, unit: str, period: str = "") -> Monthly | None:
    """Return the newest snapshot of a unit that the worker made, of one period where it is named.

    A demonstration is never sent.
    """
    s = snapshot_log.c
    is_queued = exists().where(delivery.c.snapshot_id == s.snapshot_id)
    query = select(s.snapshot_id, s.period, ~s.is_demo & ~is_queued).where(
        s.unit == unit, s.made_by == WORKER
    )
    if period:
        query = query.where(s.period == period)
    row = connection.execute(query.order_by(s.snapshot_id.desc())).first()
    return None if row is None else Monthly(*row)


def was_sent(connection: Connection, *, unit: str, period: str) -> bool:
    """Whether somebody has sent a month's report after its end, or it waits to go.

    One that went before the end of the month told of a part of it.
    """
    s = snapshot_log.c
    end = recorded(datetime.strptime(shift_month(period, 1), "%Y-%m"))
    query = select(s.snapshot_id).where(
        s.unit == unit,
        s.period == period,
        s.calendar == "calendar",
        s.edition == "external",
        s.made_at >= end,
        exists().where(
            delivery.c.snapshot_id == s.snapshot_id, delivery.c.status.in_(("sent", "waiting"))
        ),
    )
    return connection.execute(query).first() is not None


def list_snapshots(
    connection: Connection, *, units: tuple[str, ...] | None, with_internal: bool
) -> list[Made]:
    """Return units' snapshots (None: of all), newest first; internal ones only for who may read
    the pages.
    """
    s = snapshot_log.c
    query = select(snapshot_log).order_by(s.snapshot_id.desc()).limit(MOST)
    if units is not None:
        query = query.where(s.unit.in_(units))
    if not with_internal:
        query = query.where(s.edition == "external")
    sendings = find_sendings(connection)
    newest: dict[tuple[str, ...], Row[Any]] = {}
    made = []
    for row in connection.execute(query):
        last = newest.setdefault(kind_of(row), row)
        made.append(
            Made(
                row.snapshot_id,
                row.unit,
                row.period,
                row.calendar,
                row.edition,
                row.data_version,
                row.is_demo,
                row.made_at,
                row.made_by,
                sendings.get(row.snapshot_id, Sending()),
                _newer(row, last),
            )
        )
    return made


def _newer(row: Row[Any], last: Row[Any]) -> Newer:
    if row.snapshot_id == last.snapshot_id:
        return ""
    return "same" if row.content_sha256 == last.content_sha256 else "other"


def find_sendings(connection: Connection, *, number: int | None = None) -> dict[int, Sending]:
    """Return what became of the messages of the snapshots that have any, of one where named."""
    d = delivery.c
    query = select(
        d.snapshot_id,
        d.status,
        # Who was sent it again has it once.
        func.count(d.recipient.distinct()),
        func.max(d.delivery_id),
        func.max(d.last_at),
    ).group_by(d.snapshot_id, d.status)
    if number is not None:
        query = query.where(d.snapshot_id == number)
    found: dict[int, Sending] = {}
    for snapshot_id, status, count, newest, last_at in connection.execute(query):
        one = found.get(snapshot_id, Sending())
        found[snapshot_id] = replace(
            one,
            newest=max(one.newest, newest),
            last_at=max(filter(None, (one.last_at, last_at)), default=None),
            # What a newer message has replaced is told by that one.
            **({} if status == "replaced" else {status: count}),
        )
    return found


def delivery_fault(connection: Connection, *, unit: str) -> str:
    """Say that a snapshot could not be made or sent, "" where all is well.

    A failure stands until the next one succeeds: it must not be only in a log.
    """
    a = audit_log.c
    last = connection.execute(
        select(a.action, a.subject)
        .where(a.action.in_((MADE, FAILED)))
        .order_by(a.entry_id.desc())
        .limit(1)
    ).first()
    if last is not None and last.action == FAILED:
        words = fmt.period_words(Period(last.subject))
        return f"Chưa lập được báo cáo {words}. Mở trang Báo cáo để lập lại."
    s, d = snapshot_log.c, delivery.c
    newest = select(func.max(s.snapshot_id)).where(s.unit == unit).scalar_subquery()
    failed = connection.scalar(
        select(func.count()).where(d.snapshot_id == newest, d.status == "failed")
    )
    if failed:
        return (
            f"Báo cáo mới nhất gửi không được cho {fmt.count(failed)} nơi. Mở trang Báo cáo để gửi "
            "lại."
        )
    monthly = find_monthly(connection, unit=unit)
    if monthly is not None and monthly.is_unsent:
        words = fmt.period_words(Period(monthly.period))
        return f"Báo cáo {words} đã lập nhưng chưa gửi đi. Mở trang Báo cáo để gửi."
    return ""
