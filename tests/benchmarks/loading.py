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


def step(name: str, file: Path, url: str = "") -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of a step."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.steps", name, str(file), url],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    said = json.loads(done.stdout.splitlines()[-1])
    print(f"  {name} {file.name}: {said['seconds']:.2f} s, {said['peak_mb']:.0f} MB", flush=True)
    return said["seconds"], said["peak_mb"]


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
) -> tuple[dict[str, Times], float]:
    """Return the times of every step by name, and the most memory a load of ours took."""
    found: dict[str, list[float]] = defaultdict(list)
    peak = 0.0
    for _ in range(repeats):
        url = made.new(engine)
        settle(open_engine(url), town)
        found["parsing alone"].append(step("parse", file)[0])
        found["bare insert"].append(step("insert", file, url)[0])
        seconds, memory = step("load", file, url)
        found["first load"].append(seconds)
        peak = max(peak, memory)
        found["load again"].append(step("load", file, url)[0])
        found["marts alone"].append(step("mart", file, url)[0])
        found["daily delta"].append(step("load", delta, url)[0])
        found["pandas"].append(step("to_sql", file, url)[0])
        made.drop(url)
    return {name: Times(times) for name, times in found.items()}, peak


def csv_rows(engine: str, times: dict[str, Times], peak: float) -> list[list[str]]:
    """Return the rows of the table of one engine."""
    first, pandas = times["first load"].median, times["pandas"].median
    floor = sum(times[name].median for name in ("parsing alone", "bare insert", "marts alone"))
    again = first / times["load again"].median
    delta = times["daily delta"]
    return [
        *(
            [engine, f"floor: {name}", times[name].words(), "", ""]
            for name in ("parsing alone", "bare insert", "marts alone")
        ),
        [engine, "alternative: pandas, nothing checked", times["pandas"].words(), "", ""],
        [
            engine,
            "**first load**",
            times["first load"].words(),
            f"{first / floor:.1f} × the floors, {first / pandas:.2f} × pandas",
            f"≤ 1 × pandas: {verdict(first <= pandas)}",
        ],
        [
            engine,
            "peak memory of it",
            f"{peak:.0f} MB",
            "",
            f"≤ {MOST_MEGABYTES} MB: {verdict(peak <= MOST_MEGABYTES)}",
        ],
        [
            engine,
            "**the same file again**",
            times["load again"].words(),
            f"{again:.1f} × faster",
            f"≥ 10 ×: {verdict(again >= 10)}",
        ],
        [
            engine,
            f"**{DELTA_ROWS} new rows after it**",
            delta.words(),
            "",
            f"< 2 s (into 10 M): {verdict(delta.median < 2)} at this size",
        ],
    ]


def measure_xlsx(
    made: Databases, engine: str, file: Path, *, town: Town, repeats: int
) -> list[list[str]]:
    """Return the rows of the table of a workbook."""
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats):
        url = made.new(engine)
        settle(open_engine(url), town)
        for name in ("calamine", "insert", "load", "to_sql"):
            found[name].append(step(name, file, url)[0])
        made.drop(url)
    times = {name: Times(seconds) for name, seconds in found.items()}
    ratio = times["load"].median / (times["calamine"].median + times["insert"].median)
    against = times["load"].median / times["to_sql"].median
    return [
        [engine, "floor: calamine alone", times["calamine"].words(), "", ""],
        [engine, "floor: bare insert", times["insert"].words(), "", ""],
        [engine, "alternative: pandas, nothing checked", times["to_sql"].words(), "", ""],
        [
            engine,
            "**first load**",
            times["load"].words(),
            f"{ratio:.1f} × the floors, {against:.2f} × pandas",
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
            times, peak = measure_csv(made, engine, file, delta, town=town, repeats=asked.repeats)
            rows += csv_rows(engine, times, peak)
        columns = ("database", "step", "median (shortest–longest)", "ratio", "aim")
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
