"""The demonstration served as the Procfile does, and readers who ask it."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from dashboard.access.gate import COOKIE, CSRF_COOKIE, CSRF_HEADER
from dashboard.access.sessions import open_session
from dashboard.access.users import add_user
from etl.audit import now
from etl.warehouse import write_transaction
from tests.services.server import PROJECT, web_command

PERIODS = [f"2024-{month:02d}" for month in range(1, 13)] + ["2024-Q2", "2024-H1", "2024"]


class Reader:
    """One person's browser: a session, and what it asks."""

    def __init__(self, port: int, token: str, csrf: str) -> None:
        self.port = port
        self.headers = {
            "Cookie": f"{COOKIE}={token}; {CSRF_COOKIE}={csrf}",
            CSRF_HEADER: csrf,
            "Accept-Encoding": "gzip, deflate",
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def read_text(self, path: str) -> str:
        """Return the words of an answer, which comes as it is; anything but 200 is a fault."""
        packed = self.headers["Accept-Encoding"]
        self.headers["Accept-Encoding"] = "identity"
        status, body = self.ask("GET", path)
        self.headers["Accept-Encoding"] = packed
        assert status == 200, (path, status)
        return body.decode()

    def read(self, path: str) -> Any:
        """Return what an answer in JSON says."""
        return json.loads(self.read_text(path))

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """Return status and body of an answer."""
        data = None if body is None else json.dumps(body)
        headers = {**self.headers, **({"Content-Type": "application/json"} if data else {})}
        try:
            self.connection.request(method, path, body=data, headers=headers)
            response = self.connection.getresponse()
            return response.status, response.read()
        finally:
            # The server drops what is idle for two seconds; a browser connects anew, and so do we.
            self.connection.close()


def reading_sessions(engine: Engine, *, clients: int) -> list[tuple[str, str]]:
    """Return a session and its token against forgery for each client, all of one new user."""
    with write_transaction(engine) as connection:
        user = add_user(connection, "doc", role="viewer", units=(), password=None, at=now())
        return [open_session(connection, user, at=now()) for _ in range(clients)]


def largest_child_kb(root: int) -> tuple[int, int]:
    """Return the largest resident memory of a process's children, and the largest share, in kB.

    Resident counts whole what forked processes have in common, a share (PSS) by how many have it.
    """
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(root)], capture_output=True, text=True, check=True
    )
    whole, shares = [], []
    for number in listed.stdout.split():
        rollup = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii")
        whole.append(int(re.findall(r"^Rss:\s+(\d+)", rollup, re.MULTILINE)[0]))
        shares.append(int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]))
    return max(whole), max(shares)


@contextmanager
def serving(
    folder: Path, url: str, port: int, *, workers: int
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Serve as the Procfile does, and give the process with the seconds that it took to answer."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        web_command(),
        cwd=PROJECT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "WEB_CONCURRENCY": str(workers),
        },
    )
    try:
        _wait_for(port)
        yield process, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    probe = Reader(port, "", "")
    deadline = time.monotonic() + 60
    while True:
        try:
            probe.read_text("/readyz")
            return
        except ConnectionError:
            if time.monotonic() > deadline:
                raise
            # Nothing tells a client that a port will open; asking again is the event.
            time.sleep(0.05)
