"""A real PostgreSQL server of the system's own packages, for as long as the tests run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from tests.services.server import free_port

_USER = "postgres"


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server's programs; None without one."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in folders), default=None, key=lambda p: int(p.parent.name))


def _as_server_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then the system's own account runs it."""
    if os.name == "posix" and os.geteuid() == 0:
        return ["runuser", "-u", _USER, "--", *command]
    return command


def _run(command: list[str]) -> None:
    done = subprocess.run(_as_server_user(command), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")


_LAX = "fsync=off synchronous_commit=off full_page_writes=off wal_level=minimal max_wal_senders=0"
"""What a server that nobody needs tomorrow does without: its data outlive no crash."""


def _start(binaries: Path, folder: Path, options: str) -> str:
    data, port = folder / "data", free_port()
    if os.name == "posix" and os.geteuid() == 0:
        shutil.chown(folder, _USER)
    _run([str(binaries / "initdb"), "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8"])
    given = " ".join(f"-c {option}" for option in options.split())
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {given}"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
    return f"postgresql://{_USER}@127.0.0.1:{port}/postgres"


def _stop(binaries: Path, folder: Path) -> None:
    try:
        _run(
            [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-m", "immediate", "stop"]
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server(binaries: Path) -> Iterator[str]:
    """Start a server on loopback and give the URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        url = _start(binaries, folder, "fsync=off")
    except RuntimeError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        yield url
    finally:
        _stop(binaries, folder)


@contextmanager
def shared_postgres_server(
    binaries: Path, note: Path, *, prepare: Callable[[str], None]
) -> Iterator[str]:
    """Give the URL of one server for all processes that name the same ``note``.

    The first of them starts and prepares it, the last to leave stops it.
    """
    lock = FileLock(note.with_suffix(".lock"))
    with lock:
        if note.exists():
            known = json.loads(note.read_text(encoding="utf-8"))
        else:
            folder = Path(tempfile.mkdtemp(prefix="pg-"))
            known = {"folder": str(folder), "url": _start(binaries, folder, _LAX), "users": 0}
            try:
                prepare(known["url"])
            except BaseException:
                _stop(binaries, folder)
                raise
        note.write_text(json.dumps({**known, "users": known["users"] + 1}), encoding="utf-8")
    try:
        yield known["url"]
    finally:
        with lock:
            known = json.loads(note.read_text(encoding="utf-8"))
            known["users"] -= 1
            if known["users"]:
                note.write_text(json.dumps(known), encoding="utf-8")
            else:
                note.unlink()
                _stop(binaries, Path(known["folder"]))
