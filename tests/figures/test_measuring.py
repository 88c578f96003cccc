import pytest

from dashboard.figures.measuring import escape, text_height, text_width, wrap


def test_accents_do_not_widen():
    assert text_width("Tử", 10) == text_width("Tư", 10)
    assert text_width("Đ", 10) > text_width("i", 10)


def test_width_is_that_of_the_longest_line_without_tags():
    assert text_width("<b>ab</b><br>a", 10) == text_width("ab", 10)
    assert text_width("&lt;", 10) == text_width("<", 10)
    assert text_height("a<br>b", 10) == 2 * text_height("a", 10)


def test_a_letter_that_is_not_listed_has_a_width():
    assert text_width("漢ß", 10) > 0


def test_words_of_data_are_no_tags():
    assert escape('<a href="x">&') == '&lt;a href="x"&gt;&amp;'


def test_names_are_broken_evenly_and_never_cut():
    name = "Bộ phận Tiếp nhận và Trả kết quả"
    broken = wrap(name, size=13, width=150)

    assert broken.replace("<br>", " ") == name
    assert broken.count("<br>") == 1
    assert text_width(broken, 13) <= 150
    assert wrap("Ban CHQS", size=13, width=150) == "Ban CHQS"
    assert wrap("Siêudàikhôngcáchnàongắt", size=13, width=20) == "Siêudàikhôngcáchnàongắt"


@pytest.mark.parametrize("name", ["Văn phòng – Thống kê", "9,3\u00a0%  9/97 hồ sơ"])
def test_widths_are_near_what_the_font_draws(name):
    # Advance widths of Be Vietnam Pro 600 at 13 px, by fontTools.
    drawn = {"Văn phòng – Thống kê": 144.7, "9,3\u00a0%  9/97 hồ sơ": 112.6}[name]

    assert drawn <= text_width(name, 13) <= drawn * 1.05
