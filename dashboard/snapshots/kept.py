"""Snapshots that were kept: their archives as they were made, and what they say."""

from __future__ import annotations

import hashlib
import io
import re
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


def snapshots_folder(settings: Settings) -> Path:
    """Return the folder in which the office keeps its archives."""
    return settings.data_dir / "snapshots"


def place_of(path: Path, settings: Settings) -> str:
    """Return what the log writes down of where an archive is: its place below the folder of
    archives, which may move with all that is in it; of one kept elsewhere the whole path.
    """
    whole, folder = path.resolve(), snapshots_folder(settings).resolve()
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def find_archive(row: Row[tuple[object, ...]], *, settings: Settings) -> Path:
    """Return where the archive is that a row of the log names; it may be gone.

    Rows of before the log wrote places hold whole paths, of another machine perhaps: where there
    is no such file any more, its last names are looked for below the folder as it is now.
    """
    folder, names = snapshots_folder(settings), re.split(r"[\\/]", str(row.path))
    asked = folder / str(row.path)
    moved = (folder.joinpath(*names[-count:]) for count in (2, 1))
    return next((path for path in (asked, *moved) if path.is_file()), folder / names[-1])


def read_archive(row: Row[tuple[object, ...]], *, settings: Settings) -> bytes:
    """Return the archive that a row of the log names, as it was made.

    Raises:
        SnapshotError: it is gone, or no longer what was made.
    """
    path = find_archive(row, settings=settings)
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


def find_formats(archive: bytes) -> frozenset[str]:
    """Return the formats that an archive has, as the endings of its documents' names."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return frozenset(name.rpartition(".")[2] for name in opened.namelist())


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
