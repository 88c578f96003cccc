"""Fifty people open the overview within a second, then use the pages for two minutes.

``python -m tests.benchmarks.many_readers [--readers 50] [--seconds 120] [--workers 2]``

Serves the demonstration with gunicorn as the Procfile does, signs each reader in to a session of
their own, and prints how many answers came, how long they took, and what memory the server took at
the beginning and the end. Any answer but 200 ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from dashboard.__main__ import prepare
from dashboard.access.roles import READ
from dashboard.pages import PAGES
from etl.settings import Settings
from tests.benchmarks.serving import PERIODS, Reader, reading_sessions, serving
from tests.services.asking import question_of
from tests.services.server import free_port

PATHS = [page.path for page in PAGES if page.permission == READ]


def resident_kb(root: int) -> int:
    """Return the resident memory of a process and its children, in kB."""
    listed = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(root), "--ppid", str(root)],
        capture_output=True,
        text=True,
        check=True,
    )
    return sum(map(int, listed.stdout.split()))


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
    sessions = reading_sessions(engine, clients=readers)
    engine.dispose()
    with serving(folder, url, port, workers=workers) as (server, _start):
        people = [Reader(port, token, csrf) for token, csrf in sessions]
        dependencies = people[0].read("/_dash-dependencies")
        return _read(people, dependencies, seconds, server.pid)


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
