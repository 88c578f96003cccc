import numpy as np
import pandas as pd
import pytest

from dashboard.figures.dots import draw_dots
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import assert_apart, assert_sound, said, tips

CRITERIA = [
    ("IV. Công chức phục vụ", 404, 428, 0.925),
    ("II. Điều kiện tiếp đón, phục vụ", 400, 425, 0.921),
    ("III. Thủ tục hành chính", 410, 440, 0.915),
    ("I. Tiếp cận dịch vụ", 412, 443, 0.908),
    ("VI. Tiếp nhận, xử lý góp ý", 298, 326, 0.891),
    ("V. Kết quả, tiến độ giải quyết", 381, 441, 0.882),
]
BASELINE = {"baseline": 0.9083, "baseline_label": "Mốc chung 90,83\u00a0%"}


def dots_frame(rows=CRITERIA):
    frame = pd.DataFrame(rows, columns=["label", "numerator", "denominator", "previous"])
    value = frame["numerator"] / frame["denominator"]
    return frame.assign(
        value=value,
        low=value - 0.03,
        high=np.minimum(value + 0.02, 1),
        n=(frame["denominator"] // 6).clip(lower=20),
        is_highlight=frame["label"].str.startswith("V."),
    )


def dots_of(figure):
    return figure.data[-1]


def rings_of(figure):
    return figure.data[-2]


def test_a_dot_its_interval_and_where_it_stood():
    figure = draw_dots(dots_frame(), theme=LIGHT, **BASELINE)

    assert_sound(figure)
    assert np.allclose(dots_of(figure).x, dots_frame()["value"] * 100)
    assert np.allclose(rings_of(figure).x, dots_frame()["previous"] * 100)
    assert rings_of(figure).marker.color == LIGHT.surface
    assert np.isnan(figure.data[0].x[2::3]).all()
    assert figure.data[0].line.color == LIGHT.ribbon
    assert said(figure)[0] == "<b>94,4\u00a0%</b>"
    assert figure.layout.yaxis.ticktext[5] == "<b>V. Kết quả, tiến độ giải quyết</b>"


def test_a_bar_that_the_axis_cuts_ends_in_an_arrow():
    frame = dots_frame()
    # Nobody's word for much: six answers, whose interval would flatten all the others.
    few = {"numerator": 5, "denominator": 6, "value": 5 / 6, "low": 0.44, "high": 0.97, "n": 6}
    frame.loc[2, list(few)] = list(few.values())
    for width in (600, 360):
        figure = draw_dots(frame, theme=LIGHT, width=width)
        (arrow,) = [one for one in figure.data if one.marker.symbol == "triangle-left"]

        assert_sound(figure)
        assert arrow.x.tolist() == [figure.layout.xaxis.range[0]]
        assert arrow.x[0] > 44
        assert arrow.y.tolist() == [dots_of(figure).y[2]]
        assert not [one for one in figure.data if one.marker.symbol == "triangle-right"]
        assert said(figure)[-1] == (
            "Vòng xanh rỗng: dưới 20 phiếu<br>Mũi tên: khoảng còn dài ra ngoài trục"
        )
    whole = draw_dots(dots_frame(), theme=LIGHT)
    assert not [one for one in whole.data if "triangle" in str(one.marker.symbol)]
    assert "Mũi tên" not in str(said(whole))


def test_the_baseline_is_solid_and_named():
    figure = draw_dots(dots_frame(), theme=LIGHT, **BASELINE)
    line = next(s for s in figure.layout.shapes if s.x0 == s.x1)

    assert (line.x0, line.line.color, line.line.dash) == (90.83, LIGHT.baseline, None)
    assert "Mốc chung 90,83\u00a0%" in said(figure)


def test_few_forms_are_hollow_and_noted():
    figure = draw_dots(dots_frame().assign(n=[60, 60, 60, 12, 60, 60]), theme=LIGHT)

    assert list(dots_of(figure).marker.color == LIGHT.surface) == [False] * 3 + [True] + [False] * 2
    assert "Vòng xanh rỗng: dưới 20 phiếu" in said(figure)


def test_no_data_is_said_in_the_rows_place():
    frame = dots_frame()
    frame.loc[1, ["value", "low", "high", "previous", "numerator"]] = np.nan

    figure = draw_dots(frame, theme=LIGHT, **BASELINE)

    assert_sound(figure)
    assert said(figure)[1] == "chưa có số liệu"
    assert np.isnan(dots_of(figure).x[1])


def test_a_phone_has_names_above_their_lines():
    figure = draw_dots(dots_frame(), theme=LIGHT, width=350, **BASELINE)

    assert figure.layout.yaxis.showticklabels is False
    assert "II. Điều kiện tiếp đón, phục vụ" in said(figure)


def test_tooltip_says_what_the_ring_was():
    tip = tips(draw_dots(dots_frame(), theme=LIGHT, previous_label="12 tháng trước đó"))[0]

    assert "404 trên 428 câu trả lời, 71 phiếu" in tip
    assert "12 tháng trước đó: 92,5\u00a0%" in tip


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    "frame",
    [
        dots_frame(),
        dots_frame(CRITERIA[:1]),
        dots_frame([(f"{n} {label}", a, b, p) for n in (1, 2) for label, a, b, p in CRITERIA]),
        dots_frame([(label, 0, 40, 0.0) for label, *_ in CRITERIA]),
        dots_frame().assign(
            value=np.nan, low=np.nan, high=np.nan, previous=np.nan, numerator=pd.NA
        ),
        dots_frame().head(0),
    ],
    ids=["six", "one", "twelve", "all zero", "all missing", "none"],
)
def test_nothing_lies_on_anything_else(frame, theme):
    for width in (700, 1300) if theme.is_projector else (350, 520, 640):
        figure = draw_dots(frame, theme=theme, width=width, **BASELINE)

        assert_sound(figure)
        assert_apart(figure, width=width)
