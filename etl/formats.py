"""Days and recorded times as the office has them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from etl.mapping import LOCAL_ZONE


def day(value: date) -> str:
    """Return a day as people here write it: 30/06/2024."""
    return value.strftime("%d/%m/%Y")


def today() -> date:
    """Return the day that it is at the office, whatever zone the machine keeps."""
    return local(datetime.now(UTC)).date()


def local(at: datetime) -> datetime:
    """Return a recorded time, kept in UTC without a zone, as the office's clock showed it."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(LOCAL_ZONE)).replace(tzinfo=None)


def recorded(at: datetime) -> datetime:
    """Return a time of the office's clock as it is recorded: the other way round."""
    return at.replace(tzinfo=ZoneInfo(LOCAL_ZONE)).astimezone(UTC).replace(tzinfo=None)
