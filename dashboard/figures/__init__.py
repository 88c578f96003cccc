"""Figures: a frame and options in, a Plotly figure out. Pure: no database, no web.

``draw`` draws a chart of a report by the name of its form; each form can be called by itself.
Frames carry fractions 0–1; figures show percent. Nothing is computed here but where things stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.bars import draw_bars, draw_counts, draw_pareto, draw_stacked
from dashboard.figures.columns import draw_columns
from dashboard.figures.common import say_action
from dashboard.figures.dots import draw_dots
from dashboard.figures.funnel import draw_funnel
from dashboard.figures.outcomes import draw_outcomes
from dashboard.figures.slope import draw_slope
from dashboard.figures.spark import draw_spark
from dashboard.figures.trend import draw_trend
from dashboard.theme import Theme

FORMS: Mapping[str, Callable[..., go.Figure]] = {
    "bars": draw_bars,
    "columns": draw_columns,
    "counts": draw_counts,
    "dots": draw_dots,
    "funnel": draw_funnel,
    "outcomes": draw_outcomes,
    "pareto": draw_pareto,
    "slope": draw_slope,
    "spark": draw_spark,
    "stacked": draw_stacked,
    "trend": draw_trend,
}
"""Every form by its name. The ranking's ladder is a table with one plot column, not a figure."""


ROW_FORMS = frozenset({"bars", "counts", "dots", "pareto", "stacked"})
"""Forms of one row per category: higher than they ask for, their rows only drift apart."""


class Drawable(Protocol):
    """A chart of a report: what to draw, not yet drawn."""

    @property
    def form(self) -> str:
        """The name of a form in :data:`FORMS`."""

    @property
    def frame(self) -> pd.DataFrame:
        """What is drawn; each form says which columns it reads."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The keyword arguments of the form."""


def draw(
    chart: Drawable,
    *,
    theme: Theme,
    width: int | None = None,
    height: int | None = None,
    action: str = "",
) -> go.Figure:
    """Draw a chart for a theme, laid out for a width and height in px.

    Without a width it is laid out for an ordinary card (on a slide, an ordinary slide) and fits
    containers from about a fifth narrower to any wider one; a phone needs its width said.
    ``action`` is what a click on a point does, for the tooltips.

    Raises:
        KeyError: there is no such form.
    """
    drawn = FORMS[chart.form](chart.frame, theme=theme, width=width, height=height, **chart.options)
    if action:
        say_action(drawn, action)
    return drawn
