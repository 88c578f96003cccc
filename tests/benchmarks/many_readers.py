"""Fifty people open the overview within a second, then use the pages for two minutes.

``python -m tests.benchmarks.many_readers [--readers 50] [--seconds 120] [--workers 2]``

Serves the demonstration with gunicorn as the Procfile does, signs each reader in to a session of
their own, and prints how many answers came, how long they took, and what memory the server took at
the beginning and the end. Any answer but 200 ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard.__main__ import prepare
from dashboard.access.gate import COOKIE, CSRF_COOKIE, CSRF_HEADER
from dashboard.access.roles import READ
from dashboard.access.sessions import open_session
from dashboard.access.users import add_user
from dashboard.pages import PAGES
from etl.audit import now
from etl.settings import Settings
from etl.warehouse import write_transaction
from tests.services.asking import question_of
from tests.services.server import PROJECT, free_port, web_command

PATHS = [page.path for page in PAGES if page.permission == READ]
PERIODS = [f"2024-{month:02d}" for month in range(1, 13)] + ["2024-Q2", "2024-H1", "2024"]


class Reader:
    """One person's browser: a session, and what it asks."""

    def __init__(self, port: int, token: str, csrf: str) -> None:
        self.port = port
        self.headers = {
            "Cookie": f"{COOKIE}={token}; {CSRF_COOKIE}={csrf}",
            CSRF_HEADER: csrf,
            "Accept-Encoding": "gzip",
        }
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

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


def resident_kb(root: int) -> int:
    """Return the resident memory of a process and its children, in kB."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(root), "--ppid", str(root)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(map(int, listed.stdout.split()))


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


def main() -> int:
    """Run the measurement and print its figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), asked.readers, asked.seconds, asked.workers)


def measure(folder: Path, readers: int, seconds: float, workers: int) -> int:
    """Serve, read, print; return the exit code."""
    url = f"sqlite:///{folder / 'warehouse.db'}"
    engine = prepare(Settings(database_url=url, demo=True, data_dir=folder))
    port = free_port()
    with write_transaction(engine) as connection:
        sessions = []
        for number in range(readers):
            user = add_user(
                connection, f"doc{number}", role="viewer", units=(), password=None, at=now()
            )
            sessions.append(open_session(connection, user, at=now()))
    engine.dispose()
    with serving(folder, url, port, workers=workers) as (server, _start):
        people = [Reader(port, token, csrf) for token, csrf in sessions]
        people[0].headers["Accept-Encoding"] = "identity"
        dependencies = wait_for(lambda: people[0].ask("GET", "/_dash-dependencies"))
        people[0].headers["Accept-Encoding"] = "gzip"
        return _read(people, dependencies, seconds, server.pid)


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
        probe = Reader(port, "", "")
        wait_for(lambda: probe.ask("GET", "/readyz"))
        yield process, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait()


def wait_for(ask: Callable[[], tuple[int, bytes]]) -> Any:
    """Ask until the server answers, and return what its answer says."""
    deadline = time.monotonic() + 60
    while True:
        try:
            status, body = ask()
            assert status == 200, status
            return json.loads(body)
        except ConnectionError:
            if time.monotonic() > deadline:
                raise
            # Nothing tells a client that a port will open; asking again is the event.
            time.sleep(0.05)


def _read(
    people: list[Reader], dependencies: list[dict[str, Any]], seconds: float, server: int
) -> int:
    before = resident_kb(server)
    first: list[float] = []
    used: list[float] = []
    statuses: Counter[str] = Counter()
    lock = threading.Lock()
    stop = time.monotonic() + seconds

    def ask(reader: Reader, path: str, period: str, times: list[float]) -> None:
        body = question_of(dependencies, pathname=path, search=f"?period={period}")
        begun = time.perf_counter()
        try:
            status, _ = reader.ask("POST", "/_dash-update-component", body)
            word = str(status)
        except OSError as error:
            word = type(error).__name__
            reader.connection.close()
        with lock:
            times.append(time.perf_counter() - begun)
            statuses[word] += 1

    def live(number: int, reader: Reader) -> None:
        chance = random.Random(number)
        # Spread over one second, as people who were told to open a link.
        time.sleep(number / len(people))
        for path in ("/", "/_dash-layout", "/_dash-dependencies"):
            status, _ = reader.ask("GET", path)
            with lock:
                statuses[str(status)] += 1
        ask(reader, "/", "2024-12", first)
        while time.monotonic() < stop:
            time.sleep(chance.uniform(0.5, 4))
            ask(reader, chance.choice(PATHS), chance.choice(PERIODS), used)

    threads = [
        threading.Thread(target=live, args=(number, reader)) for number, reader in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    half = None
    while any(thread.is_alive() for thread in threads):
        time.sleep(1)
        if half is None and time.monotonic() > stop - seconds / 2:
            half = resident_kb(server)
    after = resident_kb(server)
    print(f"readers {len(people)}, {seconds:.0f} s, answers {dict(statuses)}")
    for name, times in (("first overview", first), ("a page in use", used)):
        ordered = sorted(times)
        print(
            f"{name}: {len(times)} answers, median {statistics.median(times) * 1000:.0f} ms, "
            f"95 % within {ordered[int(0.95 * (len(ordered) - 1))] * 1000:.0f} ms, "
            f"longest {ordered[-1] * 1000:.0f} ms"
        )
    print(
        f"memory of the server: {before / 1024:.0f} MB at first, {(half or after) / 1024:.0f} MB "
        f"half-way, {after / 1024:.0f} MB at the end"
    )
    return 0 if set(statuses) == {"200"} else 1


if __name__ == "__main__":
    raise SystemExit(main())
