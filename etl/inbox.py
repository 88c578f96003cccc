"""The inbox: files put into a folder are loaded, and moved to where their outcome shows.

``inbox/`` → ``archive/`` when loaded, ``refused/`` when not, with the reason in a text beside it.
A file that is still being written is left; two workers never load one file twice, for a file is
first moved onto a worker's own desk in ``working/``, and only one of them can do that. What lies
on the desk of a worker that was killed is put back.
"""

from __future__ import annotations

import logging
import stat
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from etl.errors import DatabaseFault, UserError
from etl.loading import load_file
from etl.settings import Settings

log = logging.getLogger(__name__)

FOLDERS = ("inbox", "working", "archive", "refused")

_ROOM = ".working.lock"
"""The lock of the room in which the desks stand."""

ACTOR = "thư mục theo dõi"
"""Whom the audit log names for what the worker loads."""
_OUR_FAULT = (
    "Chương trình gặp lỗi khi nạp tệp «{}»; lỗi không phải do người gửi tệp. Chưa có dòng nào được "
    "nạp. Hãy báo người quản trị, kèm tệp này và nhật ký của chương trình."
)


@dataclass(frozen=True)
class Taken:
    """What became of one file of the inbox."""

    name: str
    outcome: str
    words: str


def prepare(root: Path) -> None:
    """Make the four folders where they are missing."""
    for name in FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)


def is_left_out(name: str) -> bool:
    """Whether a file is hidden, or the lock file of an open Excel (``~$…``)."""
    return name.startswith((".", "~$"))


def sizes(root: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of change of each file in the inbox; hidden and lock files left out."""
    found = {}
    for path in sorted((root / "inbox").iterdir()):
        if is_left_out(path.name):
            continue
        try:
            state = path.stat()
        except FileNotFoundError:
            # Another worker has taken it since the folder was listed.
            continue
        if stat.S_ISREG(state.st_mode):
            found[path.name] = (state.st_size, state.st_mtime_ns)
    return found


def take(
    engine: Engine,
    root: Path,
    *,
    settings: Settings,
    before: Mapping[str, tuple[int, int]],
) -> list[Taken]:
    """Load the files that have not changed since ``before``, in the order of their names.

    A file whose load the database could not take stays for the next time, and ends the round.
    """
    desk = root / "working" / uuid.uuid4().hex
    taken = []
    with ExitStack() as held:
        with FileLock(root / _ROOM):
            # Nobody looks for desks left behind while this one is set up.
            _recover(root)
            held.enter_context(_holding(desk))
        desk.mkdir()
        for name, state in sizes(root).items():
            if before.get(name) != state or not state[0]:
                continue
            claimed = desk / name
            try:
                (root / "inbox" / name).rename(claimed)
            except (FileNotFoundError, FileExistsError, PermissionError):
                # Another worker has it, or somebody has it open: it is theirs, or its turn comes.
                continue
            taken.append(_load(engine, root, claimed, settings=settings))
            if taken[-1].outcome == "waiting":
                break
        desk.rmdir()
    return taken


def _recover(root: Path) -> None:
    """Put back what workers that are no more had taken.

    A worker holds the lock of its desk for as long as it lives, whatever ends it.
    """
    for path in (root / "working").glob("*.lock"):
        desk = path.with_suffix("")
        try:
            with _holding(desk):
                for left in desk.iterdir() if desk.is_dir() else ():
                    left.rename(free_name(root / "inbox" / left.name))
                if desk.is_dir():
                    desk.rmdir()
        except Timeout:
            continue


@contextmanager
def _holding(desk: Path) -> Iterator[None]:
    """Hold the lock of a desk; Timeout where its worker lives."""
    path = desk.with_suffix(".lock")
    with FileLock(path, timeout=0):
        yield
    with suppress(PermissionError):
        # Windows lets no file go that another looks into; whoever does finds an empty desk.
        path.unlink(missing_ok=True)


def _load(engine: Engine, root: Path, path: Path, *, settings: Settings) -> Taken:
    try:
        loaded = load_file(engine, path, settings=settings, actor=ACTOR)
    except (DatabaseFault, OperationalError):
        path.rename(free_name(root / "inbox" / path.name))
        return Taken(path.name, "waiting", str(DatabaseFault()))
    except UserError as error:
        return _refused(root, path, str(error))
    except Exception:
        # A fault of ours. Left in the inbox, the file would meet it again at every round, and
        # neither the files behind it nor the rest of the worker's duties would ever have a turn.
        log.exception("%s could not be loaded", path.name)
        return _refused(root, path, _OUR_FAULT.format(path.name))
    path.rename(free_name(root / "archive" / path.name))
    words = (
        f"đọc {loaded.total('rows_read')} dòng: {loaded.total('inserted')} thêm mới, "
        f"{loaded.total('updated')} cập nhật, {loaded.total('unchanged')} không đổi, "
        f"{loaded.total('rejected')} bị loại, {loaded.total('repeated')} lặp"
    )
    return Taken(path.name, "loaded", words)


def _refused(root: Path, path: Path, reason: str) -> Taken:
    """Put a file among the refused, with the reason beside it."""
    target = free_name(root / "refused" / path.name)
    path.rename(target)
    target.with_name(f"{target.name}.txt").write_text(f"{reason}\n", encoding="utf-8-sig")
    return Taken(path.name, "refused", reason)


def free_name(path: Path) -> Path:
    """Return ``path``, or the first of ``name (2).ext``, ``name (3).ext`` … that is free."""
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free
