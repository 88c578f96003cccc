from __future__ import annotations

import pytest

from dashboard.components.states import (
    demo_mark,
    empty_database,
    error_card,
    missing_body,
    skeleton,
    stale_strip,
)
from dashboard.model import Missing
from tests.components.helpers import attribute, of_class, of_type, walk, words


def test_no_data_is_a_dash_a_reason_and_a_step() -> None:
    shown = missing_body(Missing("no_data", "Không có khảo sát.", "Nạp phiếu", "/du-lieu"))
    assert words(shown) == "–Không có khảo sát.Nạp phiếu"
    assert of_type(shown, "A")[0].href == "/du-lieu"


def test_an_empty_filter_offers_to_drop_it() -> None:
    shown = missing_body(Missing("empty_filter", "Không có hồ sơ nào khớp.", "Bỏ lọc", "?"))
    assert words(shown) == "Không có hồ sơ nào khớp.Bỏ lọc"
    assert of_class(shown, "i-x-lg")


def test_a_step_without_an_address_is_no_link() -> None:
    assert not of_type(missing_body(Missing("no_data", "Chưa có.", "Nạp")), "A")


def test_an_error_has_a_code_and_a_way_out() -> None:
    shown = error_card("E-1042", title="Hồ sơ", at="08:42")
    assert "Các phần khác vẫn đúng." in words(shown)
    assert "Mã E-1042, đã ghi lại lúc 08:42." in words(shown)
    (button,) = of_type(shown, "Button")
    assert attribute(button, "data-action") == "reload"


def test_stale_and_demo_are_said_in_words() -> None:
    for link, said, address in (
        ("/nap-du-lieu", "Nạp dữ liệu", "/nap-du-lieu"),
        ("", "Dữ liệu", "/du-lieu"),
    ):
        shown = stale_strip(days=9, words="Kỳ nạp ngày 05.", link=link)
        assert "Số liệu chậm 9 ngày." in words(shown)
        (way,) = of_type(shown, "A")
        assert (words(way), attribute(way, "href")) == (said, address)
    assert words(demo_mark()) == "DỮ LIỆU MINH HỌA"


@pytest.mark.parametrize(("link", "count"), [("/nap-du-lieu", 1), ("", 0)])
def test_a_first_start_shows_the_steps(link: str, count: int) -> None:
    shown = empty_database(link=link)
    assert "Đưa tệp vào trang Nạp dữ liệu" in words(shown)
    assert ("chỉ xem" in words(shown)) == (not count)
    assert len(of_type(shown, "A")) == count


def test_loading_is_heard_and_keeps_the_size() -> None:
    shown = skeleton()
    assert "Đang tải" in words(shown)
    assert len(of_class(shown, "kpi-row")[0].children) == 4
    assert all(getattr(part, "id", None) is None for part in walk(shown))
