"""A chart is drawn whole, or there is an error with a reason; no browser is left behind."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.figures import FORMS, draw
from dashboard.model import Chart
from dashboard.snapshots.charts import (
    BROWSERS,
    DRAW_SECONDS,
    ChartServer,
    Drawing,
    find_browser,
    require_marks,
)
from dashboard.snapshots.drawing import draw_once
from dashboard.snapshots.errors import ChartError
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.pdf import to_pictures
from dashboard.theme import LIGHT

BARS = Drawing(go.Figure(go.Bar(x=["a"], y=[3])), 300, 200)


def drawings(frozen: Frozen) -> dict[str, Drawing]:
    made = {}
    for report in frozen.reports.values():
        for section in report.sections:
            chart = section.chart
            if chart is not None and chart.form in FORMS and section.missing is None:
                figure = draw(chart, theme=LIGHT, width=620)
                height = int(figure.layout.height)
                made[f"{report.code}-{section.code}"] = Drawing(figure, 620, height)
    return made


def test_every_chart_of_a_snapshot_has_marks_and_words(june: Frozen, charts: ChartServer) -> None:
    wanted = drawings(june)
    assert len(wanted) > 15
    drawn = charts.draw(wanted)
    assert set(drawn) == set(wanted)
    for name, svg in drawn.items():
        assert b"Be Vietnam Pro" in svg, name
    pictures = to_pictures(drawn)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())


def test_a_chart_that_two_threads_ask_for_at_once_is_drawn_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[Chart] = []

    def slow(chart: Chart, **_: object) -> go.Figure:
        drawn.append(chart)
        # The other thread comes meanwhile: it finds nothing kept yet.
        time.sleep(0.2)
        return go.Figure()

    monkeypatch.setattr("dashboard.snapshots.drawing.draw", slow)
    draw_figure, chart = draw_once(), Chart("trend", pd.DataFrame())
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(draw_figure, [chart, chart])
    assert first is second
    assert drawn == [chart]


def test_the_same_figure_is_drawn_the_same(june: Frozen, charts: ChartServer) -> None:
    name, drawing = next(iter(drawings(june).items()))
    # Plotly numbers the parts of what it draws at random.
    first, second = (
        re.sub(
            rb"\b((?:top)?defs-|clip|trace)[0-9a-f]{6}", rb"\1", charts.draw({name: drawing})[name]
        )
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    "figure",
    [go.Figure(), go.Figure(go.Scatter(x=[1, 2], y=[None, None], mode="lines"))],
    ids=["no trace", "no point"],
)
def test_a_blank_chart_is_an_error(charts: ChartServer, figure: go.Figure) -> None:
    with pytest.raises(ChartError, match="trống"):
        charts.draw({"blank": Drawing(figure, 300, 200)})
    assert charts.draw({"bars": BARS})


@pytest.mark.parametrize("browser", filter(shutil.which, BROWSERS))
def test_every_browser_that_is_installed_draws(browser: str) -> None:
    with ChartServer(find_browser(Path(str(shutil.which(browser))))) as server:
        assert server.draw({"bars": BARS})


@pytest.mark.parametrize("svg", [b"", b"<html>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_drawing_is_an_error(svg: bytes) -> None:
    with pytest.raises(ChartError):
        require_marks(svg, name="x")


def test_without_a_browser_there_is_a_reason_and_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ChartError, match="cài Chromium"):
        find_browser(tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ChartError, match="cài Chromium"):
        ChartServer()


def test_a_browser_that_does_not_start_is_an_error() -> None:
    with pytest.raises(ChartError, match="không khởi động"):
        ChartServer(Path("/bin/false"))


@pytest.mark.parametrize("moment", ["before", "while drawing"])
def test_a_browser_that_dies_is_an_error_and_leaves_nothing(
    june: Frozen, moment: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = ChartServer()
    pid = server.pid
    assert pid is not None
    if moment == "before":
        os.killpg(pid, signal.SIGKILL)
        killer = None
    else:
        killer = threading.Timer(0.3, os.killpg, (pid, signal.SIGKILL))
        killer.start()
    with pytest.raises(ChartError):
        for _ in range(50):
            server.draw(drawings(june))
    if killer is not None:
        killer.join()
    with pytest.raises(ChartError, match="đã đóng"):
        server.draw({})
    server.close()
    del server
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []
    deadline = time.monotonic() + 30
    while _running_in(pid) and time.monotonic() < deadline:
        # Nothing tells when the system has done away with children of what was killed.
        time.sleep(0.05)
    assert not _running_in(pid)


def test_closed_while_another_draws_it_leaves_nobody_waiting() -> None:
    server, has_drawn = ChartServer(), threading.Event()

    def draw_on() -> None:
        while True:
            server.draw({"bars": BARS})
            has_drawn.set()

    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(draw_on)
        assert has_drawn.wait(DRAW_SECONDS)
        server.close()
        with pytest.raises(ChartError, match="đã đóng"):
            drawing.result()


def _running_in(group: int) -> list[str]:
    """Return the processes of a group that are not yet ended; what only waits to be noted is."""
    listed = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    parted = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [parts[-1] for parts in parted if parts[0] == str(group) and parts[1][0] != "Z"]
