"""Snapshots that were kept: their archives as they were made, and what they say."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, Row

from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import MINUTES, NOTICE, Frozen, from_json
from dashboard.snapshots.signing import PublicKey
from dashboard.snapshots.verifying import Outcome, verify_archive
from etl.batches import is_empty
from etl.settings import Settings
from etl.version import data_version


def read_file(path: Path) -> bytes:
    """Return the file that somebody named.

    Raises:
        SnapshotError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SnapshotError(
            f"Không có tệp «{path}». Hãy kiểm tra đường dẫn rồi chạy lại."
        ) from error
    except OSError as error:
        raise SnapshotError(
            f"Không đọc được «{path}». Hãy kiểm tra đường dẫn và quyền đọc rồi chạy lại."
        ) from error


def read_archive(row: Row[tuple[object, ...]]) -> bytes:
    """Return the archive that a row of the log names, as it was made.

    Raises:
        SnapshotError: it is gone, or no longer what was made.
    """
    path = Path(str(row.path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SnapshotError(f"Không còn tệp «{path.name}». Hãy lập lại báo cáo.") from error
    if hashlib.sha256(data).hexdigest() != row.archive_sha256:
        raise SnapshotError(f"Tệp «{path.name}» đã bị sửa sau khi lập. Hãy lập lại báo cáo.")
    return data


def read_member(archive: bytes, ending: str) -> bytes:
    """Return the report of an archive whose name ends so; not its notice, not its minutes.

    Raises:
        SnapshotError: it has none.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            if name.endswith(ending) and not name.startswith((NOTICE, MINUTES)):
                return opened.read(name)
    raise SnapshotError(f"Báo cáo này không có tài liệu dạng {ending}.")


def read_frozen(archive: bytes) -> Frozen:
    """Return what a kept snapshot says.

    Raises:
        SnapshotError: it is of a form that this program does not know.
    """
    return from_json(read_member(archive, "report.json"))


def read_signed(archive: bytes, *, trusted: Iterable[PublicKey]) -> tuple[Frozen, bool]:
    """Return what a snapshot from anywhere says, and whether a trusted key vouches for it.

    Raises:
        SnapshotError: it was changed since it was signed, or cannot be read.
    """
    verdict = verify_archive(archive, trusted=trusted)
    if verdict.outcome in (Outcome.ALTERED, Outcome.UNREADABLE):
        raise SnapshotError(
            f"Báo cáo không còn nguyên vẹn: {'; '.join(verdict.faults)}. "
            "Hãy dùng bản gốc hoặc lập lại báo cáo."
        )
    return read_frozen(archive), verdict.outcome is Outcome.INTACT


def current_version(connection: Connection, *, settings: Settings) -> str | None:
    """Return the data version that stands now, None where nothing is loaded to compare with."""
    return None if is_empty(connection) else data_version(connection, settings=settings)
