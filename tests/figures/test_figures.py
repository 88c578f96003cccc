"""What holds for every form: the registry, themes, and no database or web behind it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.figures import FORMS, draw
from dashboard.theme import DARK, LIGHT, PROJECTOR, THEMES
from tests.figures.frames import assert_sound, bars_frame, months_frame
from tests.figures.test_columns import columns_frame
from tests.figures.test_dots import dots_frame
from tests.figures.test_outcomes import YEAR, outcomes_frame
from tests.figures.test_small_forms import slope_frame, spark_frame
from tests.test_theme import contrast


@dataclass(frozen=True)
class Chart:
    form: str
    frame: pd.DataFrame
    options: dict[str, Any] = field(default_factory=dict)


COUNTS = pd.DataFrame(
    {"label": ["A", "B"], "count": [3, 1], "share": [0.75, 0.25], "cumulative": [0.75, 1.0]}
)
SIZES = pd.DataFrame(
    {
        "label": ["Địa chính – Xây dựng", "Tư pháp – Hộ tịch", "Ban CHQS xã"],
        "numerator": [60, 10, 1],
        "denominator": [800, 1000, 5],
        "value": [0.075, 0.01, 0.2],
        "verdict": ["different_high", "different_low", "too_small"],
    }
)
CHARTS = {
    "bars": Chart("bars", bars_frame([(9, 97), (0, 34)]), {"noun": "hồ sơ"}),
    "columns": Chart("columns", columns_frame([3, 5, 8]), {"noun": "hồ sơ"}),
    "counts": Chart("counts", COUNTS, {"noun": "hồ sơ"}),
    "dots": Chart("dots", dots_frame(), {"baseline": 0.9083}),
    "funnel": Chart("funnel", SIZES, {"size_label": "Số hồ sơ", "average_label": "Toàn xã 2 %"}),
    "outcomes": Chart("outcomes", outcomes_frame(YEAR)),
    "pareto": Chart("pareto", COUNTS, {"cut": 0.8}),
    "slope": Chart("slope", slope_frame([1, 2], [2, 1]), {"first": "2023", "last": "2024"}),
    "spark": Chart("spark", spark_frame([(38, 42)] * 12), {"target": 1.0}),
    "stacked": Chart("stacked", COUNTS, {"parts": (("count", "hồ sơ", "plain"),)}),
    "trend": Chart("trend", months_frame([(38, 42)] * 12), {"noun": "phiếu"}),
}


def test_every_form_is_drawn_here():
    assert set(CHARTS) == set(FORMS)


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_a_form_draws_in_every_theme(chart, theme):
    figure = draw(chart, theme=theme)

    assert_sound(figure)
    assert figure.layout.template.layout.paper_bgcolor == theme.surface
    assert figure.layout.height > 0
    assert figure.layout.width is None


def colours(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield each colour of a figure with what it is for: words, tip or mark."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from colours(value, (*path, key))
    elif isinstance(node, np.ndarray | list | tuple):
        for value in node:
            yield from colours(value, path)
    elif isinstance(node, str):
        use = "tip" if "customdata" in path else "mark"
        if {"text", "ticktext"} & set(path) or any(name.endswith("font") for name in path):
            use = "words"
        for colour in re.findall(r"#[0-9a-f]{6}\b", node):
            yield use, colour


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_words_and_marks_of_every_form_stand_out(theme):
    # Tints and hairlines are grounds: what they mean is said by a mark or in words as well.
    grounds = {theme.surface, theme.ribbon, theme.limits, theme.grid}
    least = {"words": (theme.surface, 4.5), "tip": (theme.ink, 4.5), "mark": (theme.surface, 3.0)}
    met = set()
    for form, chart in CHARTS.items():
        drawn = draw(chart, theme=theme).to_dict()
        drawn["layout"].pop("template")
        for use, colour in colours(drawn):
            ground, wanted = least[use]
            met.add(use)
            if not (use == "mark" and colour in grounds):
                assert contrast(colour, ground) >= wanted, (form, use, colour)
    assert met == set(least)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_a_form_draws_nothing_from_nothing(chart):
    assert_sound(draw(Chart(chart.form, chart.frame.head(0), chart.options), theme=LIGHT))


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_a_form_takes_the_height_it_is_given(chart):
    assert draw(chart, theme=LIGHT, width=520, height=333).layout.height == 333


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_drawing_leaves_the_frame_as_it_was(chart):
    before = chart.frame.copy(deep=True)

    assert draw(chart, theme=LIGHT) == draw(chart, theme=LIGHT)
    pd.testing.assert_frame_equal(chart.frame, before)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))
def test_every_tooltip_says_what_a_click_does(chart):
    quiet = draw(chart, theme=LIGHT)
    drawn = draw(chart, theme=LIGHT, action="Bấm <b>")
    pointed = [trace for trace in drawn.data if trace.customdata is not None]

    assert bool(pointed) == (chart.form != "spark")
    for trace in pointed:
        assert trace.hovertemplate == "%{customdata[1]}<br><b>Bấm &lt;b&gt;</b><extra></extra>"
    assert drawn.layout == quiet.layout


def test_an_unknown_form_is_an_error():
    with pytest.raises(KeyError):
        draw(Chart("gauge", COUNTS), theme=LIGHT)


def test_figures_and_statistics_need_neither_database_nor_web():
    code = (
        "import sys, dashboard.figures, dashboard.statistics.intervals;"
        "print(sorted({'sqlalchemy', 'dash', 'flask'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
