import re

import numpy as np
import pandas as pd
import pytest

from dashboard.figures.bars import draw_bars, draw_counts, draw_pareto, draw_stacked
from dashboard.theme import DARK, LIGHT, PROJECTOR
from tests.figures.frames import NAMES, assert_apart, assert_sound, bars_frame, said, tips

SIX = [(9, 97), (2, 58), (2, 112), (0, 34), (0, 16), (0, 9)]
TWELVE = [*SIX, (3, 4), (1, 19), (0, 0), (1, 230), (0, 1250), (7, 41)]
OPTIONS = {
    "noun": "hồ sơ",
    "average": 13 / 326,
    "average_label": "Toàn xã 4,0\u00a0%",
    "zero_text": "trễ",
}


def ticks_of(figure):
    return list(figure.layout.yaxis.ticktext)


def test_bars_start_at_zero_and_say_their_counts():
    figure = draw_bars(bars_frame(SIX), theme=LIGHT, **OPTIONS)

    assert_sound(figure)
    assert np.allclose(figure.data[0].x[:3], [9 / 97 * 100, 2 / 58 * 100, 2 / 112 * 100])
    assert figure.layout.xaxis.range[0] == 0
    assert said(figure)[1:] == [
        "<b>9,3\u00a0%</b>  9/97 hồ sơ",
        "<b>3,4\u00a0%</b>  2/58 hồ sơ",
        "<b>1,8\u00a0%</b>  2/112 hồ sơ",
        "0 trễ trong 34 hồ sơ",
        "0 trễ trong 16 hồ sơ",
        "0 trễ trong 9 hồ sơ",
    ]
    assert figure.data[0].customdata[0][0] == f"key {NAMES[0]}"


def test_only_the_highlighted_row_is_red_and_bold():
    figure = draw_bars(bars_frame(SIX), theme=LIGHT, **OPTIONS)

    assert list(figure.data[0].marker.color) == [LIGHT.concern] + [LIGHT.context] * 5
    assert ticks_of(figure)[:2] == [f"<b>{NAMES[0]}</b>", NAMES[1]]


def test_the_average_is_dotted_across_rows_that_have_a_bar():
    figure = draw_bars(bars_frame(SIX), theme=LIGHT, **OPTIONS)
    middles = figure.data[0].y
    dotted = [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]

    assert {shape.x0 for shape in dotted} == {13 / 326 * 100}
    assert min(shape.y0 for shape in dotted) < 0
    assert middles[2] < max(shape.y1 for shape in dotted) < middles[3]


def test_the_average_skips_a_row_between_without_a_bar():
    figure = draw_bars(bars_frame([(9, 97), (0, 58), (2, 112)]), theme=LIGHT, **OPTIONS)
    spans = [(s.y0, s.y1) for s in figure.layout.shapes if s.line.dash == "dot"]

    assert not any(low < figure.data[0].y[1] < high for low, high in spans)


def test_without_any_bar_there_is_no_average():
    figure = draw_bars(bars_frame([(0, 34), (0, 16)]), theme=LIGHT, **OPTIONS)

    assert "Toàn xã 4,0\u00a0%" not in said(figure)
    assert not [shape for shape in figure.layout.shapes if shape.line.dash == "dot"]


def test_words_over_the_dotted_line_have_a_ground():
    figure = draw_bars(bars_frame(SIX), theme=DARK, **OPTIONS)

    grounds = [note.bgcolor for note in figure.layout.annotations[1:]]
    assert grounds == [DARK.surface] * 3 + [None] * 3


def test_no_cases_no_data_and_zero_are_three_things():
    figure = draw_bars(bars_frame([(0, 34), (0, 0), None]), theme=LIGHT, **OPTIONS)

    assert said(figure) == ["0 trễ trong 34 hồ sơ", "không có hồ sơ", "chưa có số liệu"]


def test_few_cases_make_a_hollow_bar_and_a_note():
    figure = draw_bars(bars_frame([(9, 97), (3, 4)]), theme=LIGHT, **OPTIONS)
    marker = figure.data[0].marker

    assert list(marker.color) == [LIGHT.concern, LIGHT.surface]
    assert list(marker.line.width) == [0, LIGHT.line_width]
    assert said(figure)[-1] == "Thanh rỗng: dưới 20 hồ sơ"
    assert "Số ít: dưới 20 hồ sơ" in tips(figure)[1]


def test_a_phone_has_short_names_and_short_counts():
    figure = draw_bars(bars_frame(SIX), theme=LIGHT, width=350, **OPTIONS)

    assert ticks_of(figure)[0] == "<b>Địa chính – XD</b>"
    assert said(figure)[1] == "<b>9,3\u00a0%</b>  9/97"


def test_the_projector_says_counts_first():
    narrow, wide = (
        draw_bars(bars_frame(SIX), theme=PROJECTOR, width=width, height=500, **OPTIONS)
        for width in (700, 1300)
    )

    assert said(narrow)[1] == "9/97"
    assert said(wide)[1] == "9/97 = 9,3\u00a0%"
    assert ticks_of(wide)[0] == f"<b>{NAMES[0]}</b>"
    assert all(note.font.size >= 24 for note in narrow.layout.annotations)


def test_long_names_are_whole():
    for width in (350, 520, 640):
        figure = draw_bars(bars_frame(TWELVE), theme=LIGHT, width=width, **OPTIONS)
        names = [name.replace("<br>", " ") for name in ticks_of(figure)]

        assert "Công an xã" in names
        if width > 440:
            assert NAMES[6] in names
        assert_apart(figure, width=width)


def test_a_stated_height_holds_its_names_on_fewer_lines():
    frame = bars_frame(TWELVE).assign(label=[f"{name}, các thôn và xóm của xã" for name in NAMES])
    lines = {}
    for height in (430, 810, 2000):
        figure = draw_bars(frame, theme=PROJECTOR, width=680, height=height, **OPTIONS)
        assert_apart(figure, width=680)
        lines[height] = max(name.count("<br>") + 1 for name in ticks_of(figure))

    assert lines == {430: 1, 810: 2, 2000: 3}


@pytest.mark.parametrize("theme", [LIGHT, DARK, PROJECTOR], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    "counts",
    [[(9, 97)], SIX, TWELVE, [(0, 9)] * 6, [None] * 3, [(5, 5)] * 12, []],
    ids=["one", "six", "twelve", "all zero", "all missing", "all late", "none"],
)
def test_nothing_lies_on_anything_else(counts, theme):
    frame = bars_frame(counts) if counts else bars_frame(SIX).head(0)
    for width in (700, 1300) if theme.is_projector else (350, 520, 640):
        figure = draw_bars(frame, theme=theme, width=width, **OPTIONS)

        assert_sound(figure)
        assert_apart(figure, width=width)


def test_counts_are_said_with_what_is_counted():
    frame = pd.DataFrame({"key": ["a", "b"], "label": ["Đất đai", "Hộ tịch"], "count": [14, 3]})

    figure = draw_counts(frame, theme=LIGHT, noun="hồ sơ")

    assert_sound(figure)
    assert said(figure) == ["<b>14</b> hồ sơ", "<b>3</b> hồ sơ"]
    assert [key for key, _ in figure.data[0].customdata] == ["a", "b"]
    assert "Hộ tịch" in tips(figure)[1]


def test_pareto_marks_the_few_that_make_most_of_the_whole():
    frame = pd.DataFrame(
        {
            "label": ["Thời gian", "Kết quả", "Giải thích", "Biển chỉ dẫn"],
            "count": [60, 22, 10, 8],
            "share": [0.6, 0.22, 0.1, 0.08],
            "cumulative": [0.6, 0.82, 0.92, 1.0],
        }
    )

    figure = draw_pareto(frame, theme=LIGHT, noun="trả lời", cut=0.8)

    assert_sound(figure)
    assert list(figure.data[0].marker.color) == [LIGHT.accent] * 2 + [LIGHT.context] * 2
    assert said(figure)[1] == "<b>22</b>  22,0\u00a0%, cộng dồn 82,0\u00a0%"
    assert_sound(draw_pareto(frame.head(0), theme=LIGHT, cut=0.8))


def test_stacked_bars_name_their_parts_at_the_end():
    frame = pd.DataFrame({"label": NAMES[:3], "late": [5, 0, np.nan], "open": [40, 0, np.nan]})
    parts = (("late", "quá hạn", "concern"), ("open", "còn hạn", "partly"))

    figure = draw_stacked(frame, theme=LIGHT, parts=parts, noun="hồ sơ")

    assert_sound(figure)
    assert [list(trace.x[:1]) for trace in figure.data] == [[5], [40]]
    assert list(figure.data[1].base) == [5, 0, 0]
    late = f'<span style="color:{LIGHT.concern}">quá hạn: <b>5</b></span>'
    still = f'<span style="color:{LIGHT.ink}">còn hạn: <b>40</b></span>'
    assert said(figure) == [f"{late} · {still}", "0 hồ sơ", "chưa có số liệu"]
    assert_apart(figure, width=600)


def test_a_narrow_chart_names_the_parts_once_and_leaves_no_number_out():
    frame = pd.DataFrame({"label": NAMES[:2], "late": [5, 0], "open": [0, 7]})
    parts = (("late", "quá hạn", "concern"), ("open", "còn hạn", "partly"))

    words = [
        re.sub("<[^>]+>", "", one)
        for one in said(draw_stacked(frame, theme=LIGHT, parts=parts, noun="hồ sơ", width=330))
    ]

    assert words == ["5 · 0", "0 · 7", "quá hạn · còn hạn"]


def test_names_from_data_are_shown_not_obeyed():
    frame = bars_frame(SIX[:1]).assign(label="<b>x</b>", is_highlight=False)

    assert ticks_of(draw_bars(frame, theme=LIGHT))[0] == "&lt;b&gt;x&lt;/b&gt;"
