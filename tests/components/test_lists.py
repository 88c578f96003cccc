from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard.components.lists import directive_list, due_list
from dashboard.model import Section, Span, Table, TableColumn
from tests.components.helpers import of_class, of_type, words

BY_DAY = [
    {
        "label": "Đã quá hạn",
        "count": 9,
        "departments": [
            ("Địa chính – Xây dựng", 5),
            ("Một cửa", 2),
            ("Tư pháp", 1),
            ("Kế toán", 1),
        ],
        "is_overdue": True,
    },
    {"label": "Thứ Ba 07/01", "count": 0, "departments": [], "is_overdue": False},
]


def test_what_is_overdue_comes_first_and_is_marked() -> None:
    shown = due_list(Section("due", "Sắp đến hạn", (Span("9 hồ sơ"),), data={"by_day": BY_DAY}))
    first, second = of_type(shown, "Tr")
    assert first.className == "concern"
    assert of_class(first, "i-exclamation-octagon-fill")
    assert words(of_class(first, "who")).replace("\u00a0", " ") == (
        "Địa chính – XD 5 · Một cửa 2 · khác 2"
    )
    assert second.className is None
    assert words(of_class(second, "who")) == "Không có hồ sơ đến hạn"


def test_nothing_overdue_is_not_red() -> None:
    none = [{"label": "Đã quá hạn", "count": 0, "departments": [], "is_overdue": True}]
    shown = due_list(Section("due", "Sắp đến hạn", (Span("0"),), data={"by_day": none}))
    (row,) = of_type(shown, "Tr")
    assert row.className is None
    assert words(row).endswith("Không có hồ sơ quá hạn")


def test_unanswered_feedback_stands_under_the_dossiers() -> None:
    waiting = {
        "label": "Phản ánh chờ trả lời",
        "count": 2,
        "departments": [("Tư pháp – Hộ tịch", 2)],
        "is_overdue": False,
    }
    overdue = {"label": "Phản ánh quá hạn", "count": 0, "departments": [], "is_overdue": True}
    section = Section("due", "Đến hạn", (), data={"by_day": BY_DAY, "feedback": [overdue, waiting]})
    _, feedback = of_type(due_list(section), "Tbody")
    assert "Không có phản ánh quá hạn" in words(feedback)
    assert "Phản ánh chờ trả lời" in words(feedback)


def test_a_directive_is_one_link_with_its_tone() -> None:
    item = {
        "tone": "concern",
        "icon": "octagon",
        "text": (Span("9/97", strong=True), Span(" hồ sơ <trễ>")),
        "detail": "Gấp · từ 10/2024",
        "link": "/ho-so",
    }
    data = {"items": [item], "table_label": "Cả 7 việc"}
    table = Table((TableColumn("text", "Việc"),), pd.DataFrame({"text": ["Việc thứ bảy"]}))
    section = Section("directives", "Việc", (Span("Việc"),), table=table, data=data)
    shown = directive_list(section)
    (line,) = of_class(shown, "tt")
    assert (line.href, words(line)) == ("/ho-so", "9/97 hồ sơ <trễ>")
    assert of_class(shown, "i-exclamation-octagon-fill")[0].className.endswith(" concern")
    assert "Cả 7 việc" in words(shown)
    assert "Việc thứ bảy" in words(shown)
    short = directive_list(replace(section, data={"items": [item]}))
    assert "Việc thứ bảy" not in words(short)


def test_a_list_without_an_item_says_what_its_report_says_then() -> None:
    data = {"items": [], "nothing": "Không còn thiếu gì."}
    shown = directive_list(Section("preparation", "Chuẩn bị", (Span("Chuẩn bị"),), data=data))
    (said,) = of_class(shown, "sub")
    assert words(said) == "Không còn thiếu gì."
