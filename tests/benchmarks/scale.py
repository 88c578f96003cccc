"""Pages of one unit while its neighbours grow: ``python -m tests.benchmarks.scale``.

``--unit-rows 62500 --sizes 100000,1000000,10000000 --repeats 15``. On PostgreSQL. One unit is
loaded the ordinary way; each neighbour is a copy of its facts, marts and coverage under another
code, made by the database itself: loading ten million dossiers is another benchmark. After each
size: how long a page takes to build from nothing, the same for all units together, the one query
that a page without marts would ask of the facts, and a load of 500 new dossiers of one unit. At the
last size it is served, and eight clients change filters without pause.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select, text

from dashboard.components.view import View
from dashboard.filters import Filters
from dashboard.pages import PAGES, show_page
from dashboard.reports.context import open_context
from dashboard.reports.kept import forget
from dashboard.theme import LIGHT
from etl.loading import load_file
from etl.settings import Settings
from etl.tables import fact_dossier, load_coverage, mart_coverage, mart_dossier, mart_task
from etl.warehouse import open_engine, write_transaction
from tests.benchmarks.generating import FIRST_DAY, YEARS, Town, settle, write_dossiers
from tests.benchmarks.measuring import Times, databases, machine, table, verdict, write_part
from tests.benchmarks.pages import (
    MOST_MILLISECONDS,
    QUESTIONS,
    WORKERS,
    Asked,
    change_filters,
)
from tests.benchmarks.serving import Reader, reading_sessions, serving
from tests.services.server import free_port

FLAT = 1.3
CLIENTS = 8
MOST_DELTA = 2.0
SETTINGS = Settings.model_construct()
PATHS = ("/", "/ho-so", "/hai-long", "/nhiem-vu")
PERIODS = ("2024-06", "2024-Q3", "2024-10", "2024")
COPIED = (fact_dossier, mart_dossier, mart_coverage, mart_task, load_coverage)
OWN_QUERY = """
select d.label, count(*) filter (where f.closed_on > f.due_on), count(*)
from fact_dossier as f join dim_department as d on d.department_id = f.department_id
where f.unit = '21646' and f.outcome = 'resolved' and f.due_on is not null
  and f.closed_on between '2024-01-01' and '2024-12-31'
group by d.label
"""


@contextmanager
def _clock() -> Iterator[Callable[[], float]]:
    begun = time.perf_counter()
    yield lambda: time.perf_counter() - begun


def grow(engine: Engine, town: Town) -> None:
    """Copy the own unit to every unit of the town that is not there yet."""
    own = town.codes[0]
    settle(engine, town)
    with write_transaction(engine) as connection:
        there = set(connection.scalars(select(mart_coverage.c.unit).distinct()))
        for code in town.codes:
            if code in there:
                continue
            for one in COPIED:
                columns = [
                    text(f"'{code}'") if column.name == "unit" else column for column in one.c
                ]
                rows = select(*columns).where(one.c.unit == own)
                connection.execute(insert(one).from_select([c.name for c in one.c], rows))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def build(connection: Connection, path: str, query: str) -> float:
    """Return how long a page takes from its address to its components."""
    page = next(one for one in PAGES if one.path == path)
    forget()
    with _clock() as taken:
        context = open_context(connection, settings=SETTINGS, filters=Filters.from_query(query))
        show_page(page, context, {}, View(LIGHT))
        return taken()


def measure_pages(engine: Engine, *, repeats: int, several: bool) -> dict[str, Times]:
    """Return the times of each page, over the periods, for one unit or all."""
    asked = "&unit=all" if several else ""
    with engine.connect() as connection:
        for path in PATHS:
            build(connection, path, f"?period={PERIODS[0]}{asked}")
        return {
            path: Times(
                build(connection, path, f"?period={period}{asked}")
                for _ in range(repeats)
                for period in PERIODS
            )
            for path in PATHS
        }


def measure_facts(engine: Engine, *, repeats: int) -> Times:
    """Return the times of the query of the facts that would give one chart of a page."""
    times = []
    with engine.connect() as connection:
        for _ in range(repeats):
            with _clock() as taken:
                connection.execute(text(OWN_QUERY)).all()
                times.append(taken())
    return Times(times)


def measure_delta(engine: Engine, folder: Path, *, number: int) -> float:
    """Return how long 500 new dossiers of the own unit take to load."""
    file = write_dossiers(
        folder / f"delta{number}.csv",
        rows=500,
        town=Town.of(1),
        first=900_000 + 500 * number,
        first_day=FIRST_DAY + timedelta(days=365 * YEARS - 1),
        years=1 / 365,
    )
    with _clock() as taken:
        load_file(engine, file, settings=SETTINGS)
        return taken()


def measure_answers(engine: Engine, folder: Path, *, seconds: float) -> Asked:
    """Return how long answers of a server took, all clients asking at once."""
    sessions = reading_sessions(engine, clients=CLIENTS)
    port, url = free_port(), engine.url.render_as_string(hide_password=False)
    with serving(folder, url, port, workers=WORKERS):
        readers = [Reader(port, token, csrf) for token, csrf in sessions]
        return change_filters(readers, QUESTIONS, seconds=seconds)


def _answered(asked: Asked) -> str:
    p95 = asked.known.within(0.95) * 1000
    return (
        f"Served at the last size, {CLIENTS} clients without pause, {WORKERS} workers, "
        f"{len(QUESTIONS)} choices: a change of filter to a choice made before "
        f"{asked.known.milliseconds()} (p95 ≤ {MOST_MILLISECONDS} ms: "
        f"{verdict(p95 <= MOST_MILLISECONDS)}); to one that nobody has made "
        f"{asked.new.milliseconds()}; a file of ours {asked.floor.milliseconds()}."
    )


def main() -> None:
    """Run the measurement, print it and write it into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--unit-rows", type=int, default=62_500)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    head = machine()
    found: list[tuple[int, int, dict[str, Times], dict[str, Times], Times, Times]] = []
    with tempfile.TemporaryDirectory() as name, databases(Path(name), ["postgresql"]) as made:
        folder = Path(name)
        engine = open_engine(made.new("postgresql"))
        file = write_dossiers(folder / "own.csv", rows=asked.unit_rows, town=Town.of(1))
        load_file(engine, file, settings=SETTINGS)
        deltas = 0
        for size in map(int, asked.sizes.split(",")):
            grow(engine, Town.of(max(1, round(size / asked.unit_rows))))
            with engine.connect() as connection:
                rows = connection.scalar(select(func.count()).select_from(fact_dossier)) or 0
                units = connection.scalar(select(func.count(mart_coverage.c.unit.distinct())))
            print(f"{rows} rows of {units} units", flush=True)
            delta = []
            for _ in range(3):
                delta.append(measure_delta(engine, folder, number=deltas))
                deltas += 1
            one = measure_pages(engine, repeats=asked.repeats, several=False)
            several = measure_pages(engine, repeats=1, several=True)
            facts = measure_facts(engine, repeats=asked.repeats)
            found.append((rows, int(units or 0), one, several, facts, Times(delta)))
            write_part("scale", "\n".join([f"{head}\n", *_said(found, asked.unit_rows)]))
        answers = measure_answers(engine, folder, seconds=asked.seconds)
        words = [f"{head}\n", *_said(found, asked.unit_rows), f"\n{_answered(answers)}"]
        write_part("scale", "\n".join(words))
        engine.dispose()


def _said(
    found: list[tuple[int, int, dict[str, Times], dict[str, Times], Times, Times]], unit_rows: int
) -> list[str]:
    smallest = found[0]
    rows = []
    for total, units, one, several, facts, delta in found:
        growth = statistics.median(one[path].median / smallest[2][path].median for path in PATHS)
        rows.append(
            [
                f"{total:,}",
                f"{units}",
                *(one[path].milliseconds() for path in PATHS),
                f"{growth:.2f} × ({verdict(growth <= FLAT)})",
                facts.milliseconds(),
                several["/"].milliseconds(),
                f"{delta.words()}: {verdict(delta.median < MOST_DELTA)}",
            ]
        )
    head = (
        "dossiers",
        "units",
        *(f"one unit {path}" for path in PATHS),
        f"against the smallest (≤ {FLAT} ×)",
        "alternative: one chart from the facts",
        "all units /",
        "500 new rows (< 2 s)",
    )
    return [f"The unit looked at has {unit_rows:,} dossiers at every size.\n", table(head, rows)]


if __name__ == "__main__":
    main()
