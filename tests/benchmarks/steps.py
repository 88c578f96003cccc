"""One step of a benchmark in a process of its own: prints its seconds and its peak memory as JSON.

``python -m tests.benchmarks.steps STEP FILE [URL]``; :mod:`tests.benchmarks.loading` calls it. A
step prepares what it needs before its clock starts, so that a floor is the floor alone.
"""

from __future__ import annotations

import csv
import json
import re
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import psycopg
import python_calamine
from sqlalchemy import make_url

from etl.loading import load_file
from etl.marts import loaded_units, refresh
from etl.reading.files import read_file
from etl.reading.limits import Limits
from etl.settings import Settings
from etl.warehouse import open_engine, write_transaction

LARGE = Settings.model_construct(max_file_mb=4_000, max_expanded_mb=8_000, max_cells=10**9)
"""The ordinary settings, with room for files beyond what an office may bring."""

WORKED: list[float] = []
"""Seconds of processor that the step's clock saw; a database server's own are not among them."""

Step = Callable[[Path, str], float]


@contextmanager
def _clock() -> Iterator[list[float]]:
    taken: list[float] = []
    begun, worked = time.perf_counter(), time.process_time()
    yield taken
    taken.append(time.perf_counter() - begun)
    WORKED.append(time.process_time() - worked)


def parse(file: Path, _url: str) -> float:
    """Floor: the file read into raw frames by our reader, nothing done with them."""
    with _clock() as taken:
        read_file(file, limits=Limits.from_settings(LARGE))
    return taken[0]


def calamine(file: Path, _url: str) -> float:
    """Floor: calamine's own reading of a workbook."""
    with _clock() as taken:
        for name in (book := python_calamine.load_workbook(str(file))).sheet_names:
            book.get_sheet_by_name(name).to_python()
    return taken[0]


def insert(file: Path, url: str) -> float:
    """Floor: the cells as they are into a bare table, by executemany or COPY."""
    header, rows = _cells(file)
    names = [f"c{number}" for number in range(len(header))]
    columns = ", ".join(f"{name} text" for name in names)
    if url.startswith("sqlite"):
        with sqlite3.connect(str(make_url(url).database), isolation_level=None) as connection:
            with _clock() as taken:
                connection.execute("begin")
                connection.execute(f"create table bare ({columns})")
                holes = ", ".join("?" * len(names))
                connection.executemany(f"insert into bare values ({holes})", rows)
                connection.execute("commit")
            connection.execute("drop table bare")
        return taken[0]
    with psycopg.connect(url) as connection:
        with _clock() as taken:
            connection.execute(f"create table bare ({columns})")  # type: ignore[arg-type]
            with connection.cursor().copy("copy bare from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
            connection.commit()
        connection.execute("drop table bare")
    return taken[0]


def _cells(file: Path) -> tuple[list[str], list[list[str]]]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
    else:
        sheet = python_calamine.load_workbook(str(file)).get_sheet_by_index(0)
        rows = [[str(cell) for cell in row] for row in sheet.to_python()]
    return rows[0], rows[1:]


def load(file: Path, url: str) -> float:
    """Ours: read, cleaned, checked, merged, counted into the marts, committed."""
    engine = open_engine(url)
    with _clock() as taken:
        load_file(engine, file, settings=LARGE)
    engine.dispose()
    return taken[0]


def mart(_file: Path, url: str) -> float:
    """Floor: the mart of dossiers of every loaded unit computed anew, and given up."""
    engine = open_engine(url)
    with engine.connect() as connection:
        units = loaded_units(connection)
    with _clock() as taken, write_transaction(engine) as connection:
        refresh(connection, units=units, sources=["dossier"])
        connection.rollback()
    engine.dispose()
    return taken[0]


def to_sql(file: Path, url: str) -> float:
    """Alternative: pandas reads the file and writes it, every cell as text, nothing checked."""
    engine = open_engine(url)
    with _clock() as taken, engine.begin() as connection:
        frame = (
            pd.read_csv(file, dtype=str)
            if file.suffix == ".csv"
            else pd.read_excel(file, dtype=str, engine="calamine")
        )
        frame.to_sql("plain", connection, index=False, chunksize=50_000)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table plain")
    engine.dispose()
    return taken[0]


STEPS: dict[str, Step] = {
    step.__name__: step for step in (parse, calamine, insert, load, mart, to_sql)
}


def main() -> None:
    """Run the step that the arguments name."""
    name, file, url = (*sys.argv[1:], "")[:3]
    seconds = STEPS[name](Path(file), url)
    print(json.dumps({"seconds": seconds, "cpu": WORKED[0], "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the most memory that was resident, in MB; rusage counts the parent's before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
