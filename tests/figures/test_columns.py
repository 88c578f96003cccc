import numpy as np
import pandas as pd
import pytest

from dashboard.figures.columns import draw_columns
from dashboard.filters import shift_month
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import assert_apart, assert_sound, said, tips


def columns_frame(values, state="ok"):
    months = [shift_month("2023-05", i) for i in range(len(values))]
    states = ["ok"] * (len(values) - 1) + [state]
    return pd.DataFrame({"month": months, "value": values, "state": states[: len(values)]})


def test_columns_mark_the_last_month():
    figure = draw_columns(columns_frame([40, 42, 11, 42]), theme=LIGHT, noun="phiếu")

    assert_sound(figure)
    assert list(figure.data[0].marker.color) == [LIGHT.accent_mid] * 3 + [LIGHT.accent]
    assert "<b>T8: 42</b><br>phiếu" in said(figure)
    assert figure.layout.yaxis.range[0] == 0


def test_a_month_not_over_is_hollow():
    figure = draw_columns(columns_frame([40, 12], "partial"), theme=LIGHT, noun="hồ sơ")

    assert figure.data[0].marker.color[1] == LIGHT.surface
    assert "<b>T6: 12</b><br>hồ sơ<br>chưa trọn tháng" in said(figure)
    assert "Chưa trọn tháng" in tips(figure)[1]


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize("values", [[], [7], [0] * 12, [np.nan] * 12, list(range(36))])
def test_columns_lie_on_nothing_else(values, theme):
    for width in (700, 1300) if theme.is_projector else (350, 520, 640):
        figure = draw_columns(columns_frame(values), theme=theme, width=width, noun="hồ sơ")

        assert_sound(figure)
        assert_apart(figure, width=width)
