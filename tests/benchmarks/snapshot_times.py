"""How long a month's snapshot takes: ``python -m tests.benchmarks.snapshot_times DATABASE``.

DATABASE is the path of a SQLite database with the demonstration; it is only read. Prints medians
of five: every format in a process that has just begun, browser included; every format with a warm
chart server; the PDF of charts that are drawn already. Beside each, how busy the processor was with
it: on a machine with other work the clock says more than the snapshot needs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from dashboard.filters import Period
from dashboard.snapshots.charts import ChartServer
from dashboard.snapshots.document import build_document
from dashboard.snapshots.drawing import draw_once
from dashboard.snapshots.freezing import freeze
from dashboard.snapshots.making import draw_figures, make_snapshot
from dashboard.snapshots.pdf import write_pdf
from etl.settings import load_settings
from etl.warehouse import open_engine

TIMES = 5
MONTH = "2024-06"


def timed(words: str, work: Callable[[], object], *, times: int = TIMES) -> None:
    """Print the medians of the clock and of the processor's seconds over ``times`` runs."""
    clock, busy = [], []
    for _ in range(times):
        before, at = os.times(), time.perf_counter()
        work()
        clock.append(time.perf_counter() - at)
        after = os.times()
        busy.append(sum(after[:4]) - sum(before[:4]))
    print(
        f"{words}: {statistics.median(clock):.2f} s, processor {statistics.median(busy):.2f} s",
        flush=True,
    )


def main(database: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = load_settings().model_copy(update={"signing_key": folder / "signing.pem"})
        command = [sys.executable, "-m", "dashboard", "snapshot", "--period", MONTH, "--out", name]
        places = {"DATABASE_URL": f"sqlite:///{Path(database).resolve()}", "DATA_DIR": name}
        timed(
            "all formats, cold",
            lambda: subprocess.run(
                command, env=os.environ | places, check=True, stdout=subprocess.DEVNULL
            ),
        )
        engine = open_engine(places["DATABASE_URL"])
        with ChartServer(settings.chart_browser) as charts:

            def make() -> object:
                return make_snapshot(engine, settings=settings, period=Period(MONTH), charts=charts)

            make()
            timed("all formats, warm chart server", make)
            with engine.connect() as connection:
                frozen = freeze(connection, settings=settings, period=Period(MONTH))
            document = build_document(frozen)
            ready: Future[ChartServer] = Future()
            ready.set_result(charts)
            drawings = draw_figures(document, ready, draw=draw_once())
        timed("PDF of drawn charts", lambda: write_pdf(document, drawings))


if __name__ == "__main__":
    main(sys.argv[1])
