"""The product's own server as a separate process, as people start it."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.signing_in import cookies_by_link

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 300
SESSIONS: dict[str, list[dict[str, object]]] = {}
"""The cookies of an administrator's session by the address of a server."""


PROCESSES: dict[str, subprocess.Popen[bytes]] = {}
"""The process of a server by its address, for those who kill it."""


def web_command() -> list[str]:
    """The Procfile's web process; its shell fills in PORT, HOST and WEB_CONCURRENCY."""
    lines = (PROJECT / "Procfile").read_text("utf-8").splitlines()
    web = dict(line.split(": ", 1) for line in lines)["web"]
    return ["sh", "-c", f"exec {shlex.quote(sys.executable)} -m {web}"]


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """Run ``python -m dashboard serve`` and give its address once it answers.

    The session of whoever opened its one-time link is kept in :data:`SESSIONS`.
    """
    port = int(environment.pop("PORT", 0)) or free_port()
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", "serve"],
            cwd=PROJECT,
            env={
                **os.environ,
                "DATABASE_URL": f"sqlite:///{folder / 'warehouse.db'}",
                "DATA_DIR": str(folder),
                "SIGNING_KEY": str(folder / "signing.pem"),
                "PORT": str(port),
                **environment,
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            PROCESSES[address] = process
            _wait_for(address, process, log)
            SESSIONS[address] = cookies_by_link(log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped: {log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            # Nothing tells a client that a port will open; asking again is the event.
            time.sleep(0.1)
    raise RuntimeError(f"no answer within {START_SECONDS} s: {log.read_text(encoding='utf-8')}")
