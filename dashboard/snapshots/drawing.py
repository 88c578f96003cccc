"""The figures of a snapshot's documents: each chart drawn once, whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock

import plotly.graph_objects as go

from dashboard.figures import draw
from dashboard.model import Chart
from dashboard.theme import LIGHT

WIDTH = 620
"""Width in px of a figure across the printed page: 162 mm, so that its words print at 10 pt. On a
screen it fits a card of that width and any wider one."""

DrawFigure = Callable[[Chart], go.Figure]


def draw_once() -> DrawFigure:
    """Return a function that draws the charts of one snapshot and keeps what it has drawn.

    The threads that write its documents share it: what one draws the other waits for.
    """
    lock = Lock()

    @cache
    def draw_figure(chart: Chart) -> go.Figure:
        return draw(chart, theme=LIGHT, width=WIDTH)

    def draw_in_turn(chart: Chart) -> go.Figure:
        # A cache alone draws twice what two ask for at once.
        with lock:
            return draw_figure(chart)

    return draw_in_turn
