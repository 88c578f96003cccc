"""Get what a deck is made of where it is not the numbers of now: a snapshot that was kept."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Frozen, from_json
from dashboard.snapshots.office import read_member
from dashboard.snapshots.signing import PublicKey
from dashboard.snapshots.verifying import Outcome, verify_archive
from etl.loading import is_empty
from etl.settings import Settings
from etl.version import data_version


def read_snapshot(archive: bytes, *, trusted: Iterable[PublicKey]) -> tuple[Frozen, bool]:
    """Return what a kept snapshot says, and whether a trusted key vouches for it.

    Raises:
        SnapshotError: it was changed since it was signed, or cannot be read.
    """
    verdict = verify_archive(archive, trusted=trusted)
    if verdict.outcome in (Outcome.ALTERED, Outcome.UNREADABLE):
        raise SnapshotError(
            f"Báo cáo không còn nguyên vẹn: {'; '.join(verdict.faults)}. "
            "Hãy dùng bản gốc hoặc lập lại báo cáo."
        )
    return from_json(read_member(archive, "report.json")), verdict.outcome is Outcome.INTACT


def current_version(connection: Connection, *, settings: Settings) -> str | None:
    """Return the data version that stands now, None where nothing is loaded to compare with."""
    return None if is_empty(connection) else data_version(connection, settings=settings)
