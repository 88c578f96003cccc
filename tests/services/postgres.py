"""A real PostgreSQL server of the system's own packages, for as long as the tests run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str]) -> None:
    done = subprocess.run(_as_server_user(command), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")


@contextmanager
def postgres_server(binaries: Path) -> Iterator[str]:
    """Start a server on loopback and give the URL of its maintenance database."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    data, port = folder / "data", _free_port()
    if os.name == "posix" and os.geteuid() == 0:
        shutil.chown(folder, _USER)
    try:
        _run([str(binaries / "initdb"), "-D", str(data), "-U", _USER, "-A", "trust", "-E", "UTF8"])
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        _run([*control, "-o", options, "-l", str(folder / "log"), "start"])
        try:
            yield f"postgresql://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
