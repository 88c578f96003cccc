"""Pages as readers get them: ``python -m tests.benchmarks.pages [--seconds 30] [--clients 8]``.

Serves the demonstration with gunicorn as the Procfile does. Clients change filters without pause:
first each choice for the first time, then choices that somebody has made before. The floor is a
file served by the same server, the alternative the same page drawn anew without anything kept.
Then a real browser opens the overview.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from dashboard.__main__ import prepare
from dashboard.access.gate import COOKIE, CSRF_COOKIE
from dashboard.access.roles import READ
from dashboard.pages import PAGES
from etl.settings import Settings
from tests.benchmarks.measuring import Times, machine, table, verdict, write_part
from tests.benchmarks.painting import first_views
from tests.benchmarks.serving import (
    PERIODS,
    Reader,
    largest_child_kb,
    reading_sessions,
    serving,
)
from tests.services.asking import question_of
from tests.services.server import PROJECT, free_port

MOST_MILLISECONDS, MOST_WIRE, MOST_MEMORY, MOST_START = 40, 1_200_000, 160, 1.5
MOST_COLD, MOST_WARM = 1.0, 0.4
WORKERS, VIEWS = 2, 7
PATHS = [page.path for page in PAGES if page.permission == READ and not page.is_live]
QUESTIONS = [(path, f"?period={period}") for period, path in product(PERIODS, PATHS)]


def all_at_once(clients: list[Reader], work: Callable[[int, Reader], Iterator[float]]) -> Times:
    """Return how long every answer took, with all clients asking at once."""
    with ThreadPoolExecutor(len(clients)) as pool:
        found = pool.map(lambda one: list(work(*one)), enumerate(clients))
        return Times(seconds for times in found for seconds in times)


def timed(reader: Reader, method: str, path: str, body: Any = None) -> float:
    """Return how long an answer took; anything but 200 is a fault."""
    begun = time.perf_counter()
    status, _ = reader.ask(method, path, body)
    taken = time.perf_counter() - begun
    assert status == 200, (path, status)
    return taken


@dataclass(frozen=True)
class Asked:
    """How long answers took: of a file, of a choice nobody has made, of one made before."""

    floor: Times
    new: Times
    known: Times


def change_filters(
    readers: list[Reader], questions: Sequence[tuple[str, str]], *, seconds: float
) -> Asked:
    """Let all readers ask without pause: each question for the first time, then over and over."""
    parts = readers[0].read("/_dash-dependencies")
    bodies = [question_of(parts, pathname=path, search=query) for path, query in questions]
    update = "/_dash-update-component"

    def files(_number: int, reader: Reader) -> Iterator[float]:
        for _ in range(40):
            yield timed(reader, "GET", "/assets/layout.css")

    def first_time(number: int, reader: Reader) -> Iterator[float]:
        for body in bodies[number :: len(readers)]:
            yield timed(reader, "POST", update, body)

    def again(number: int, reader: Reader) -> Iterator[float]:
        stop = time.monotonic() + seconds
        place = number
        while time.monotonic() < stop:
            yield timed(reader, "POST", update, bodies[place % len(bodies)])
            place += 1

    return Asked(*(all_at_once(readers, work) for work in (files, first_time, again)))


def wire(reader: Reader) -> int:
    """Return the bytes of a first view: the document, what it names, the page, and the fonts."""
    document = reader.read_text("/")
    # The fonts are named too, as what comes first; they are counted below, all of them.
    named = re.findall(r'(?:src|href)="(/(?![^"]+\.woff2)[^"]+)"', document)
    fonts = (PROJECT / "assets" / "vendor").glob("*/*.woff2")
    total = sum(font.stat().st_size for font in fonts)
    for path in ("/", "/_dash-layout", "/_dash-dependencies", *named):
        total += len(reader.ask("GET", path)[1])
    return total


def measure(
    folder: Path, *, clients: int, choices: int, seconds: float, loaded: Path | None = None
) -> list[list[str]]:
    """Return the rows of the table; ``loaded`` is a SQLite file that spares loading."""
    if loaded is not None:
        shutil.copy(loaded, folder / "warehouse.db")
    url = f"sqlite:///{folder / 'warehouse.db'}"
    engine = prepare(Settings(database_url=url, demo=True, data_dir=folder))
    sessions = reading_sessions(engine, clients=clients)
    engine.dispose()
    port = free_port()
    with serving(folder, url, port, workers=WORKERS) as (process, start):
        readers = [Reader(port, token, csrf) for token, csrf in sessions]
        at_rest = largest_child_kb(process.pid)
        weight = wire(readers[0])
        asked = change_filters(readers, QUESTIONS[:choices], seconds=seconds)
        in_use = largest_child_kb(process.pid)
        address = f"http://127.0.0.1:{port}"
        cookies = [
            {"name": name, "value": value, "url": address}
            for name, value in zip((COOKIE, CSRF_COOKIE), sessions[0], strict=True)
        ]
        cold, warm = map(Times, first_views(address, cookies, times=VIEWS))
    (rest, rest_share), (memory, share) = (
        [kb / 1024 for kb in found] for found in (at_rest, in_use)
    )
    floor, new, known = asked.floor, asked.new, asked.known
    p95 = known.within(0.95) * 1000
    over = f"{known.median / floor.median:.1f} × the floor"
    faster = f"{new.median / known.median:.0f} × faster than drawn anew"
    return [
        ["floor: a file of ours", floor.milliseconds(), "", ""],
        [
            "alternative: a choice nobody has made, nothing kept",
            new.milliseconds(),
            f"{new.median / floor.median:.0f} × the floor",
            "",
        ],
        [
            "**a change of filter to a choice made before**",
            known.milliseconds(),
            f"{over}, {faster}",
            f"p95 ≤ {MOST_MILLISECONDS} ms: {verdict(p95 <= MOST_MILLISECONDS)}",
        ],
        [
            "first view, bytes over the wire",
            f"{weight:,}",
            "",
            f"≤ {MOST_WIRE:,}: {verdict(weight <= MOST_WIRE)}",
        ],
        [
            "memory of the larger worker, at the start and after use",
            f"{rest:.0f} and {memory:.0f} MB",
            f"{rest_share:.0f} and {share:.0f} MB without what both share",
            f"≤ {MOST_MEMORY} MB: {verdict(memory <= MOST_MEMORY)}",
        ],
        *(
            [
                f"overview with its charts painted, {words}",
                found.words(),
                "",
                f"≤ {most} s: {verdict(found.median <= most)}",
            ]
            for words, found, most in (
                ("cold browser", cold, MOST_COLD),
                ("opened before", warm, MOST_WARM),
            )
        ),
        [
            "start to the first answer",
            f"{start:.1f} s",
            "",
            f"≤ {MOST_START} s: {verdict(start <= MOST_START)}",
        ],
    ]


def main() -> None:
    """Run the measurement, print it and write it into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--choices", type=int, default=len(QUESTIONS))
    parser.add_argument("--database", type=Path, help="a loaded SQLite file to copy")
    asked = parser.parse_args()
    head = machine()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(
            Path(folder),
            clients=asked.clients,
            choices=asked.choices,
            seconds=asked.seconds,
            loaded=asked.database,
        )
    columns = ("what", "median, p95", "ratio", "aim")
    what = (
        f"{asked.clients} clients without pause, {WORKERS} workers, {asked.choices} choices of "
        "page and period, SQLite, demonstration.\n"
    )
    write_part("pages", "\n".join([f"{head}\n", what, table(columns, rows)]))


if __name__ == "__main__":
    main()
