from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dashboard.components.tables import data_table
from dashboard.model import Table, TableColumn
from tests.components.helpers import attribute, of_class, of_type, words

COLUMNS = (
    TableColumn("name", "Bộ phận"),
    TableColumn("late", "Trễ hạn", "integer"),
    TableColumn("rate", "Tỷ lệ", "percent1"),
    TableColumn("index", "Chỉ số", "percent2"),
    TableColumn("due", "Hẹn trả", "date"),
    TableColumn("month", "Tháng", "month"),
    TableColumn("chip", "Tình trạng", "chip"),
    TableColumn("state", "Kết quả", "task"),
)
ROWS = pd.DataFrame(
    [
        ("<b>Tư pháp</b>", 1234, 0.093, 0.9083, date(2024, 12, 18), "2024-12", "Quá 9 ngày", "met"),
        ("Ban CHQS", 0, 0.0, np.nan, None, "2024-02", "Còn 1 ngày", "not_reported"),
    ],
    columns=["name", "late", "rate", "index", "due", "month", "chip", "state"],
).assign(tone=["concern", "notice"])


def test_cells_are_written_by_the_kind_of_their_column() -> None:
    table = data_table(Table(COLUMNS, ROWS))
    first, second = of_type(table, "Tr")[1:]
    assert [words(cell) for cell in first.children] == [
        "<b>Tư pháp</b>",
        "1.234",
        "9,3\u00a0%",
        "90,83\u00a0%",
        "18/12/2024",
        "12/2024",
        "Quá 9 ngày",
        "Đạt",
    ]
    assert [words(cell) for cell in second.children][1:5] == ["0", "0\u00a0%", "–", "–"]


def test_a_chip_takes_the_tone_of_its_row() -> None:
    chips = of_class(data_table(Table(COLUMNS, ROWS)), "chip")
    assert [chip.className for chip in chips] == ["chip concern", "chip notice"]
    assert "i-exclamation-octagon-fill" in chips[0].children[0].className


def test_headers_have_a_scope_and_the_box_a_name() -> None:
    table = data_table(Table(COLUMNS, ROWS), caption="Số liệu: Trễ hạn")
    assert [th.scope for th in of_type(table, "Th")] == ["col"] * 8 + ["row"] * 2
    assert attribute(table, "aria-label") == "Số liệu: Trễ hạn"
    assert attribute(table, "tabIndex") == 0


def test_a_limit_a_total_and_an_empty_table() -> None:
    assert len(of_type(data_table(Table(COLUMNS, ROWS), limit=1), "Tr")) == 2
    total = data_table(Table(COLUMNS, ROWS), last_is_total=True)
    assert [tr.className for tr in of_type(total, "Tr")[1:]] == [None, "total"]
    assert "Không có dòng nào" in words(data_table(Table(COLUMNS, ROWS.head(0))))
