import pandas as pd
import pytest

from dashboard.figures.outcomes import draw_outcomes
from dashboard.filters import shift_month
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import assert_apart, assert_sound, said, tips

PARTS = ["late", "on_time", "early", "no_due"]


def outcomes_frame(rows, first="2024-01"):
    frame = pd.DataFrame(rows, columns=PARTS).astype("Int64")
    return frame.assign(month=[shift_month(first, i) for i in range(len(frame))])


YEAR = [(4, 110, 190, 9)] * 11 + [(13, 123, 190, 9)]


def test_late_is_at_the_base_and_once_more_above_on_its_own_scale():
    figure = draw_outcomes(outcomes_frame(YEAR), theme=LIGHT)

    assert_sound(figure)
    assert figure.layout.barmode == "stack"
    assert [list(t.y)[-1] for t in figure.data] == [13, 123, 190, 9, 13]
    assert [t.yaxis or "y" for t in figure.data] == ["y"] * 4 + ["y2"]
    assert figure.layout.yaxis2.range[1] == 13
    assert figure.layout.yaxis.range[0] == figure.layout.yaxis2.range[0] == 0
    assert figure.layout.yaxis.domain[1] < figure.layout.yaxis2.domain[0]


def test_parts_are_named_beside_the_last_month_and_parted_by_a_pixel():
    figure = draw_outcomes(outcomes_frame(YEAR), theme=LIGHT)

    assert [text for text in said(figure) if " " in text] == [
        "<b>Trễ hạn 13</b>",
        "Đúng hạn 123",
        "<b>Trước hạn 190</b>",
        "Không có hạn 9",
        "<b>Riêng trễ hạn</b>",
    ]
    assert all(t.marker.line.width == 1 for t in figure.data)
    assert figure.data[3].marker.pattern.shape == "/"


def test_each_month_says_its_late_ones_where_there_is_room():
    wide = draw_outcomes(outcomes_frame(YEAR), theme=LIGHT, width=640)
    narrow = draw_outcomes(outcomes_frame(YEAR * 3), theme=LIGHT, width=350)

    assert [text for text in said(wide) if text.isdigit()] == ["4"] * 11 + ["13"]
    assert 1 <= len([text for text in said(narrow) if text.isdigit()]) <= 2


def test_an_uncovered_month_is_a_band_and_zero_is_not():
    rows = [(4, 110, 190, 9), (pd.NA,) * 4, (0, 0, 0, 0), (4, 110, 190, 9)]

    figure = draw_outcomes(outcomes_frame(rows), theme=LIGHT)

    assert_sound(figure)
    assert [(s.x0, s.x1) for s in figure.layout.shapes] == [(0.55, 1.45)]
    assert "<b><span" in tips(figure)[2]
    assert "0 hồ sơ" in tips(figure)[2]


def test_tooltip_of_a_month():
    tip = tips(draw_outcomes(outcomes_frame(YEAR), theme=LIGHT))[11]

    assert "13 trên 326 hồ sơ có hạn" in tip
    assert "4,0\u00a0%" in tip
    assert "190 trước hạn, 123 đúng hạn, 9 không có hạn" in tip


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    "rows",
    [YEAR, YEAR[:1], YEAR * 2, YEAR * 3, [(0, 0, 0, 0)] * 12, [(pd.NA,) * 4] * 12, []],
    ids=["12", "one", "24", "36", "all zero", "all missing", "none"],
)
def test_nothing_lies_on_anything_else(rows, theme):
    for width in (700, 1300) if theme.is_projector else (350, 520, 640):
        figure = draw_outcomes(outcomes_frame(rows, first="2022-03"), theme=theme, width=width)

        assert_sound(figure)
        assert_apart(figure, width=width)
