"""Loading against its floors and against pandas: ``python -m tests.benchmarks.loading``.

``--rows 1000000 --xlsx-rows 200000 --units 1 --repeats 3 --engines sqlite,postgresql``. Every step
runs in a process of its own; the steps take turns, so that a busy minute touches all of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from openpyxl import Workbook

from etl.warehouse import open_engine
from tests.benchmarks.generating import FIRST_DAY, YEARS, Town, settle, write_dossiers
from tests.benchmarks.measuring import (
    Databases,
    Times,
    databases,
    machine,
    table,
    verdict,
    write_part,
)
from tests.services.server import PROJECT

MOST_MEGABYTES = 500
DELTA_ROWS = 500


@dataclass(frozen=True)
class Took:
    """What one run of a step took: seconds by the clock, of our processor, and peak MB."""

    seconds: float
    cpu: float
    peak_mb: float


@dataclass(frozen=True)
class Runs:
    """All runs of one step."""

    runs: tuple[Took, ...]

    @property
    def median(self) -> float:
        """The median by the clock, in seconds."""
        return Times(run.seconds for run in self.runs).median

    @property
    def cpu(self) -> float:
        """The median of the processor's time, in seconds."""
        return Times(run.cpu for run in self.runs).median

    @property
    def peak_mb(self) -> float:
        """The most memory of any run."""
        return max(run.peak_mb for run in self.runs)

    def cells(self) -> tuple[str, str]:
        """The two times as they stand in a table."""
        return Times(run.seconds for run in self.runs).words(), f"{self.cpu:.1f} s"


def step(name: str, file: Path, url: str = "") -> Took:
    """Run a step in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.steps", name, str(file), url],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    took = Took(**json.loads(done.stdout.splitlines()[-1]))
    print(f"  {name} {file.name}: {took}", flush=True)
    return took


def to_workbook(csv_file: Path, path: Path) -> Path:
    """Write the lines of a CSV file of ours as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    with csv_file.open(encoding="utf-8", newline="") as text:
        for row in csv.reader(text):
            sheet.append(row)
    book.save(path)
    return path


def measure_csv(
    made: Databases, engine: str, file: Path, delta: Path, *, town: Town, repeats: int
) -> dict[str, Runs]:
    """Return the runs of every step by name; the steps take turns."""
    found: dict[str, list[Took]] = defaultdict(list)
    for _ in range(repeats):
        url = made.new(engine)
        settle(open_engine(url), town)
        found["parsing alone"].append(step("parse", file))
        found["bare insert"].append(step("insert", file, url))
        found["first load"].append(step("load", file, url))
        found["load again"].append(step("load", file, url))
        found["marts alone"].append(step("mart", file, url))
        found["daily delta"].append(step("load", delta, url))
        found["pandas"].append(step("to_sql", file, url))
        made.drop(url)
    return {name: Runs(tuple(runs)) for name, runs in found.items()}


def csv_rows(engine: str, runs: dict[str, Runs]) -> list[list[str]]:
    """Return the rows of the table of one engine."""
    floors = [runs[name] for name in ("parsing alone", "bare insert", "marts alone")]
    first, pandas, again, delta = (
        runs[name] for name in ("first load", "pandas", "load again", "daily delta")
    )
    by_clock = first.median / pandas.median
    over = first.median / sum(one.median for one in floors)
    over_cpu = first.cpu / sum(one.cpu for one in floors)
    ratios = (
        f"{over:.1f} × the floors, {by_clock:.2f} × pandas; "
        f"by processor {over_cpu:.1f} and {first.cpu / pandas.cpu:.2f}"
    )
    return [
        *(
            [engine, f"floor: {name}", *runs[name].cells(), "", ""]
            for name in ("parsing alone", "bare insert", "marts alone")
        ),
        [engine, "alternative: pandas, nothing checked", *pandas.cells(), "", ""],
        [
            engine,
            "**first load**",
            *first.cells(),
            ratios,
            f"≤ 1 × pandas: {verdict(by_clock <= 1)}",
        ],
        [
            engine,
            "peak memory of it",
            f"{first.peak_mb:.0f} MB",
            "",
            "",
            f"≤ {MOST_MEGABYTES} MB: {verdict(first.peak_mb <= MOST_MEGABYTES)}",
        ],
        [
            engine,
            "**the same file again**",
            *again.cells(),
            f"{first.median / again.median:.1f} × faster",
            f"≥ 10 ×: {verdict(first.median / again.median >= 10)}",
        ],
        [
            engine,
            f"**{DELTA_ROWS} new rows after it**",
            *delta.cells(),
            "",
            f"< 2 s: {verdict(delta.median < 2)}",
        ],
    ]


def measure_xlsx(
    made: Databases, engine: str, file: Path, *, town: Town, repeats: int
) -> list[list[str]]:
    """Return the rows of the table of a workbook."""
    found: dict[str, list[Took]] = defaultdict(list)
    for _ in range(repeats):
        url = made.new(engine)
        settle(open_engine(url), town)
        for name in ("calamine", "insert", "load", "to_sql"):
            found[name].append(step(name, file, url))
        made.drop(url)
    floor, bare, ours, pandas = (
        Runs(tuple(found[name])) for name in ("calamine", "insert", "load", "to_sql")
    )
    ratio = ours.median / (floor.median + bare.median)
    return [
        [engine, "floor: calamine alone", *floor.cells(), "", ""],
        [engine, "floor: bare insert", *bare.cells(), "", ""],
        [engine, "alternative: pandas, nothing checked", *pandas.cells(), "", ""],
        [
            engine,
            "**first load**",
            *ours.cells(),
            f"{ratio:.1f} × the floors, {ours.median / pandas.median:.2f} × pandas",
            f"≤ 1.5 × the floors: {verdict(ratio <= 1.5)}",
        ],
    ]


def main() -> None:
    """Run the measurement, print it and write it into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--xlsx-rows", type=int, default=50_000)
    parser.add_argument("--units", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--engines", default="sqlite,postgresql")
    asked = parser.parse_args()
    engines, town, head = asked.engines.split(","), Town.of(asked.units), machine()
    with tempfile.TemporaryDirectory() as name, databases(Path(name), engines) as made:
        folder = Path(name)
        file = write_dossiers(folder / "dossiers.csv", rows=asked.rows, town=town)
        delta = write_dossiers(
            folder / "delta.csv",
            rows=DELTA_ROWS,
            town=town,
            first=asked.rows,
            first_day=FIRST_DAY + timedelta(days=365 * YEARS - 1),
            years=1 / 365,
        )
        rows = []
        for engine in engines:
            runs = measure_csv(made, engine, file, delta, town=town, repeats=asked.repeats)
            rows += csv_rows(engine, runs)
        columns = ("database", "step", "median (spread)", "our processor", "ratio", "aim")
        size = f"{file.stat().st_size / 1e6:.0f} MB; {asked.repeats} run(s) each."
        what = f"CSV of {asked.rows:,} dossiers of {asked.units} unit(s), {size}\n"
        words = [f"{head}\n", what, table(columns, rows)]
        if asked.xlsx_rows:
            small = write_dossiers(folder / "small.csv", rows=asked.xlsx_rows, town=town)
            book = to_workbook(small, folder / "dossiers.xlsx")
            words.append(f"\nWorkbook of {asked.xlsx_rows:,} dossiers.\n")
            rows = []
            for engine in engines:
                rows += measure_xlsx(made, engine, book, town=town, repeats=asked.repeats)
            words.append(table(columns, rows))
    write_part("loading", "\n".join(words))


if __name__ == "__main__":
    main()
