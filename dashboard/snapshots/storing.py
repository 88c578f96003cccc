"""A file on disk: whole under its name, or not there at all."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import IO

from dashboard.snapshots.errors import SnapshotError
from etl.errors import refusal_words
from etl.warehouse import OWNER_ONLY


def store_file(data: bytes, target: Path) -> None:
    """Write a file whole, with the folders above it, for its owner; there is never a part of it.

    Raises:
        SnapshotError: the disk refused (full, not writable).
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(data, target)
    except OSError as error:
        raise SnapshotError(
            f"Không ghi được «{target}» ({refusal_words(error)}). "
            "Hãy kiểm tra dung lượng đĩa và quyền ghi; chưa có tệp nào được tạo."
        ) from error


def _write_whole(data: bytes, target: Path) -> None:
    """Write a nameless file and name it at the end: whoever is killed before leaves nothing.

    Where files cannot be nameless a draft beside the target is renamed instead.
    """
    nameless = getattr(os, "O_TMPFILE", None)
    if nameless is None or target.exists():
        _write_draft(data, target)
        return
    try:
        descriptor = os.open(target.parent, os.O_WRONLY | nameless, OWNER_ONLY)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT):
            raise
        _write_draft(data, target)
        return
    with os.fdopen(descriptor, "wb") as file:
        _write_through(data, file)
        try:
            # Python follows the link of an absolute path only when a folder is named as well.
            pointer = f"/proc/self/fd/{file.fileno()}"
            os.link(pointer, target, src_dir_fd=file.fileno(), follow_symlinks=True)
        except FileExistsError:
            _write_draft(data, target)


def _write_draft(data: bytes, target: Path) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _write_through(data, file)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _write_through(data: bytes, file: IO[bytes]) -> None:
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
