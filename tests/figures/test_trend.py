import numpy as np
import pytest

from dashboard.figures.trend import draw_trend
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import assert_apart, assert_sound, months_frame, said, tips

BASELINE = {"baseline": 0.9083, "baseline_label": "Mốc 2023 90,83\u00a0%", "noun": "phiếu"}
YEAR = [(38, 42), (37, 42), (39, 42), (36, 42), (40, 42), (38, 42)] * 2


def line_of(figure):
    return next(t for t in figure.data if t.mode == "lines" and t.line.color == LIGHT.accent)


def points_of(figure):
    return next(t for t in figure.data if t.mode == "markers")


def test_the_line_its_points_and_its_end():
    figure = draw_trend(months_frame([(38, 40), (30, 40), (39, 42)]), theme=LIGHT, **BASELINE)

    assert_sound(figure)
    assert np.allclose(points_of(figure).y, [95.0, 75.0, 39 / 42 * 100])
    assert [key for key, _ in points_of(figure).customdata] == ["2024-01", "2024-02", "2024-03"]
    assert "<b>T3: 92,9\u00a0%</b><br>39/42 phiếu" in said(figure)
    assert "Mốc 2023<br>90,83\u00a0%" in said(figure)


def test_the_baseline_is_solid_ink_and_the_target_dotted():
    figure = draw_trend(
        months_frame(YEAR), theme=LIGHT, target=0.95, target_label="Mục tiêu 95\u00a0%", **BASELINE
    )
    levels = {t.y[0]: t.line for t in figure.data if t.mode == "lines" and len(t.y) == 2}

    assert levels[90.83].color == LIGHT.baseline
    assert levels[90.83].dash == "solid"
    assert levels[95].dash == "dot"


def test_a_missing_month_breaks_the_line_and_says_why():
    frame = months_frame([(38, 42), (37, 42), None, (39, 42), (36, 42), (40, 42)])

    figure = draw_trend(frame, theme=LIGHT, missing_text="thiếu khảo sát", **BASELINE)

    assert_sound(figure)
    assert np.isnan(line_of(figure).y[2])
    assert line_of(figure).connectgaps is False
    bands = [s for s in figure.layout.shapes if s.fillcolor == LIGHT.band_missing]
    assert [(band.x0, band.x1) for band in bands] == [(1.55, 2.45)]
    assert "Tháng 3:<br>thiếu khảo sát" in said(figure)
    assert any("Thiếu khảo sát" in tip and "Đây không phải 0 %" in tip for tip in tips(figure))


def test_a_month_that_the_frame_lacks_is_missing_too():
    frame = months_frame(YEAR).drop(index=4)

    figure = draw_trend(frame, theme=LIGHT, **BASELINE)

    assert len(points_of(figure).x) == 12
    assert np.isnan(points_of(figure).y[4])


def test_few_cases_are_hollow_and_noted():
    figure = draw_trend(months_frame([*YEAR[:5], (9, 11), *YEAR[:6]]), theme=LIGHT, **BASELINE)
    fill = points_of(figure).marker.color

    assert fill[5] == LIGHT.surface
    assert set(np.delete(fill, 5)) == {LIGHT.accent}
    assert "Tháng 6: chỉ<br>11 phiếu" in said(figure)


def test_many_small_months_have_one_note():
    figure = draw_trend(months_frame([(9, 11)] * 12), theme=LIGHT, **BASELINE)

    assert "Vòng rỗng: dưới 20 phiếu" in said(figure)
    assert not any("chỉ" in text for text in said(figure))


def test_a_month_not_over_is_hollow_dotted_and_said():
    figure = draw_trend(months_frame(YEAR, state="partial"), theme=LIGHT, **BASELINE)

    assert points_of(figure).marker.color[-1] == LIGHT.surface
    assert [t.line.dash for t in figure.data if t.mode == "lines" and len(t.x) == 2][-1] == "dot"
    assert any("chưa trọn tháng" in text for text in said(figure))


def test_signals_are_squares_and_only_concern_is_red():
    frame = months_frame(YEAR[:3]).assign(signal=["common", "improvement", "concern"])

    marker = points_of(draw_trend(frame, theme=LIGHT, **BASELINE)).marker

    assert list(marker.symbol) == ["circle", "square", "square"]
    assert list(marker.color) == [LIGHT.accent, LIGHT.accent, LIGHT.concern]


def test_the_unit_stands_on_the_top_tick_alone():
    labels = list(draw_trend(months_frame(YEAR), theme=LIGHT, **BASELINE).layout.yaxis.ticktext)

    assert labels[-1].endswith("\u00a0%")
    assert not any("%" in label for label in labels[:-1])


def test_the_axis_need_not_start_at_zero_but_holds_all_values():
    axis = draw_trend(months_frame(YEAR), theme=LIGHT, **BASELINE).layout.yaxis

    assert 0 < axis.range[0] < 36 / 42 * 100
    assert axis.range[1] >= 40 / 42 * 100


def test_tooltip_in_five_lines():
    frame = months_frame([(8, 331)]).assign(low=0.012, high=0.047, verdict="Trong dao động thường")

    figure = draw_trend(frame, theme=LIGHT, noun="hồ sơ")

    assert tips(figure)[0].split("<br>") == [
        f'<span style="color:{LIGHT.context_soft}">Tháng 1/2024</span>',
        '<b><span style="font-size:16px">2,4\u00a0%</span></b>',
        "8 trên 331 hồ sơ",
        f'<span style="color:{LIGHT.context_soft}">Khoảng 95 %: 1,2–4,7\u00a0%</span>',
        "Trong dao động thường",
    ]


def test_answers_and_forms_are_told_apart():
    frame = months_frame([(233, 252)]).assign(n=42)

    figure = draw_trend(frame, theme=LIGHT, noun="phiếu")

    assert "<b>T1: 92,5\u00a0%</b><br>42 phiếu" in said(figure)
    assert "233 trên 252 câu trả lời, 42 phiếu" in tips(figure)[0]


def test_words_of_data_are_shown_not_obeyed():
    frame = months_frame([(1, 40)]).assign(verdict="<a href='http://x'>đây</a>")

    assert "&lt;a" in tips(draw_trend(frame, theme=LIGHT))[0]


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    "frame",
    [
        months_frame([None] * 6),
        months_frame([(38, 42)]),
        months_frame([(9, 11)]),
        months_frame(YEAR),
        months_frame(YEAR * 2, first="2023-01"),
        months_frame(YEAR * 3, first="2022-05"),
        months_frame([(0, 42)] * 12),
        months_frame([(42, 42)] * 12),
        months_frame([(38, 42), None] * 6),
        months_frame([(38, 42), None, None, (9, 11), (8, 12), (38, 42)] * 4, first="2023-01"),
    ],
    ids=[
        "all missing", "one month", "one small month", "12", "24", "36", "all zero", "all one",
        "every other month", "runs of holes",
    ],
)  # fmt: skip
def test_nothing_lies_on_anything_else(frame, theme):
    sizes = (
        [(700, 480), (1300, 700)] if theme.is_projector else [(350, 240), (520, 270), (640, 300)]
    )
    for width, height in sizes:
        figure = draw_trend(frame, theme=theme, width=width, height=height, **BASELINE)

        assert_sound(figure)
        assert_apart(figure, width=width)


def test_a_note_leads_to_its_month_over_no_other_words():
    frame = months_frame([(135, 150)] * 4 + [(8, 9)] + [(135, 150)] * 7)
    reach = frame["n"].astype(float) ** -0.5
    low, high = frame["value"] - 0.7 * reach, frame["value"] + 0.5 * reach
    frame = frame.assign(low=low.clip(0), high=high.clip(upper=1))

    for height in (222, 240, 270, 300):
        figure = draw_trend(frame, theme=LIGHT, width=640, height=height, **BASELINE)
        assert_apart(figure, width=640)


def test_colours_are_the_themes():
    light, dark = (
        draw_trend(months_frame(YEAR), theme=theme, **BASELINE).to_json() for theme in (LIGHT, DARK)
    )

    assert LIGHT.accent in light
    assert LIGHT.accent not in dark
    assert DARK.accent in dark


def test_the_projector_outlines_its_ribbon():
    figure = draw_trend(months_frame(YEAR), theme=PROJECTOR, **BASELINE)
    ribbon = next(t for t in figure.data if t.fill == "toself")

    assert ribbon.line.color == PROJECTOR.accent_mid
    assert ribbon.line.width == 2
    assert all(note.font.size >= 24 for note in figure.layout.annotations)
