"""Sparklines and slopes."""

import numpy as np
import pandas as pd
import pytest

from dashboard.figures.slope import draw_slope
from dashboard.figures.spark import draw_spark
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import assert_apart, assert_sound, months_frame, said, tips

YEAR = [(38, 42), (37, 42), (39, 42), (36, 42), (40, 42), (38, 42)] * 2


def spark_frame(counts):
    frame = months_frame(counts)
    return frame[["month", "value", "low", "high"]].assign(is_signal=False)


def test_spark_is_quiet_but_for_its_last_point():
    figure = draw_spark(spark_frame(YEAR), theme=LIGHT, baseline=0.9083)
    ribbon, line, last, goal = figure.data

    assert_sound(figure)
    assert ribbon.fillcolor == LIGHT.limits
    assert line.line.color == LIGHT.context
    assert (last.x[0], last.y[0], last.marker.color) == (11, 38 / 42, LIGHT.accent)
    assert (goal.line.dash, goal.y[0]) == ("dot", 0.9083)
    assert figure.layout.hovermode is False
    assert figure.layout.height == 44


def test_spark_marks_a_signal_by_shape_and_colour():
    frame = spark_frame(YEAR)
    frame.loc[11, "is_signal"] = True

    concern = draw_spark(frame, theme=LIGHT).data[-1].marker
    better = draw_spark(frame.assign(signal="improvement"), theme=LIGHT).data[-1].marker

    assert (concern.symbol, concern.color) == ("square", LIGHT.concern)
    assert (better.symbol, better.color) == ("square", LIGHT.accent)


def test_spark_marks_the_last_month_that_has_a_value():
    figure = draw_spark(spark_frame([*YEAR[:4], None]), theme=LIGHT)

    assert figure.data[-1].x[0] == 3


def test_spark_bars_start_at_zero():
    frame = spark_frame(YEAR).assign(value=np.arange(3.0, 15.0), low=np.nan, high=np.nan)

    figure = draw_spark(frame, theme=DARK, kind="bar", target=18)

    assert_sound(figure)
    assert tuple(figure.layout.yaxis.range) == (0, 18)
    assert list(figure.data[0].marker.color) == [DARK.context_soft] * 11 + [DARK.accent]


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize("counts", [[(38, 42)], [None] * 6, [(0, 42)] * 12])
def test_spark_of_little(counts, kind):
    assert_sound(draw_spark(spark_frame(counts), theme=LIGHT, kind=kind))
    assert_sound(draw_spark(spark_frame(counts).head(0), theme=LIGHT, kind=kind))


def slope_frame(before, after, own=1):
    names = [f"X. Đơn vị {i}" for i in range(len(before))]
    is_own = [i == own for i in range(len(before))]
    return pd.DataFrame({"label": names, "before": before, "after": after, "is_own": is_own})


def test_slope_draws_own_unit_last_and_strong():
    figure = draw_slope(slope_frame([1, 3, 2], [1, 2, 3]), theme=LIGHT, first="2023", last="2024")

    assert_sound(figure)
    assert list(figure.data[-1].y) == [3, 2]
    assert figure.data[-1].line.color == LIGHT.accent
    assert {t.line.color for t in figure.data[:-1]} == {LIGHT.context}
    assert "<b>hạng 3</b>" in said(figure)
    assert "<b>2  X. Đơn vị 1</b>" in said(figure)
    assert list(figure.layout.xaxis.ticktext) == ["2023", "2024"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_slope_says_what_is_not_known():
    figure = draw_slope(slope_frame([1, np.nan], [2, 1]), theme=LIGHT, first="2023", last="2024")

    assert_sound(figure)
    assert "2023: chưa rõ" in tips(figure)[-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1], [1]),
        ([], []),
        (list(range(1, 18)), list(range(17, 0, -1))),
        ([1, 2, 2, 2, 5], [1, 1, 1, 4, 4]),
    ],
    ids=["one", "none", "seventeen", "ties"],
)
@pytest.mark.parametrize("theme", [LIGHT, PROJECTOR], ids=lambda theme: theme.name)
def test_slope_lies_on_nothing_else(before, after, theme):
    frame = slope_frame(np.array(before, dtype=float), np.array(after, dtype=float))
    width = 700 if theme.is_projector else 340

    figure = draw_slope(frame, theme=theme, width=width, first="2023", last="2024")

    assert_sound(figure)
    assert_apart(figure, width=width)
