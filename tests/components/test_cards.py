from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard.components.cards import (
    GRAPH_CONFIG,
    card,
    chart_card,
    kpi_card,
    kpi_row,
    metric_strip,
    table_card,
)
from dashboard.components.layout import cell, grid
from dashboard.model import (
    Chart,
    Kpi,
    KpiRow,
    Missing,
    Section,
    Span,
    Table,
    TableColumn,
    Verdict,
)
from dashboard.theme import LIGHT
from tests.components.helpers import attribute, of_class, of_type, words

BARS = pd.DataFrame(
    {
        "key": ["a", "b"],
        "label": ["Địa chính – Xây dựng", "<script>x</script>"],
        "value": [0.0928, 0.0],
        "numerator": [9, 0],
        "denominator": [97, 34],
        "low": [0.05, 0.0],
        "high": [0.17, 0.1],
        "is_highlight": [True, False],
    }
)
SECTION = Section(
    "late_by_department",
    "Trễ hạn theo bộ phận",
    (Span("Địa chính – Xây dựng chiếm 9 trên 13 hồ sơ trễ"),),
    chart=Chart("bars", BARS, {"noun": "hồ sơ", "zero_text": "trễ"}),
    table=Table(
        (TableColumn("label", "Bộ phận"), TableColumn("value", "Tỷ lệ", "percent1")),
        BARS,
    ),
    note="Trễ: ngày xong sau ngày hẹn",
    metric="late_rate",
    data={"subtitle": "Tháng 12/2024", "reading": "Thanh dài là nhiều."},
)
KPI = Kpi(
    metric="late_rate",
    label="Tỷ lệ trễ hạn",
    window="Tháng 12/2024",
    value="4,0",
    suffix="\u00a0%",
    rows=(
        KpiRow("goal", "Mục tiêu", "0\u00a0%"),
        KpiRow("change", "So với tháng 11", "+1,6 điểm"),
        KpiRow("interval", "Khoảng 95 %", "2,3–6,7\u00a0%"),
        KpiRow("size", "Trên tổng số", "13/326 hồ sơ"),
    ),
    verdicts=(Verdict("x-circle", "Chưa đạt", "concern"),),
    link="/ho-so",
)


def test_a_chart_card_says_its_sentence_and_opens_what_stands_behind() -> None:
    shown = chart_card(SECTION, LIGHT)
    (heading,) = of_type(shown, "H2")
    assert words(heading) == "Địa chính – Xây dựng chiếm 9 trên 13 hồ sơ trễ"
    assert attribute(shown, "aria-labelledby") == heading.id
    openers = [b for b in of_type(shown, "Button") if attribute(b, "data-opens")]
    assert [words(b) for b in openers] == ["Cách đọc", "Định nghĩa", "Số liệu"]
    assert {attribute(b, "data-opens") for b in openers} == {d.id for d in of_type(shown, "Dialog")}
    assert "Trễ: ngày xong sau ngày hẹn" in words(shown)


def test_every_graph_stays_at_home_and_speaks_vietnamese() -> None:
    (graph,) = of_type(chart_card(SECTION, LIGHT), "Graph")
    assert graph.config["showSendToCloud"] is False
    assert graph.config["displaylogo"] is False
    assert graph.config["locale"] == "vi"
    assert graph.config.items() >= GRAPH_CONFIG.items()
    (plot,) = of_class(chart_card(SECTION, LIGHT), "plot")
    assert attribute(plot, "aria-label").startswith("Biểu đồ: Địa chính")


def test_a_section_without_figures_keeps_its_card_and_its_definition() -> None:
    missing = Missing("no_data", "Chưa có khảo sát. Đây không phải 0 %.", "Nạp phiếu", "/du-lieu")
    shown = chart_card(replace(SECTION, chart=None, missing=missing), LIGHT)
    assert not of_type(shown, "Graph")
    assert "Đây không phải 0 %" in words(shown)
    assert "Định nghĩa" in words(shown)
    assert "Số liệu" not in words(shown)


def test_links_stand_at_the_foot_and_in_the_head() -> None:
    section = replace(SECTION, metric="")
    shown = card(section, link=("Danh sách", "/ho-so"), head_link=("Cả 7 việc", "/viec"))
    assert [(words(a), a.href) for a in of_type(shown, "A")] == [
        ("Cả 7 việc", "/viec"),
        ("Danh sách", "/ho-so"),
    ]
    assert not of_type(card(section, link=("Ra ngoài", "https://example.com")), "A")


def test_a_table_card_is_its_table() -> None:
    shown = table_card(SECTION)
    assert len(of_type(shown, "Table")) == 1
    assert "Số liệu" not in [words(b) for b in of_type(shown, "Button")]
    cut = table_card(SECTION, limit=1)
    assert len(of_type(cut, "Table")) == 2


def test_a_kpi_card_compares_line_by_line() -> None:
    shown = kpi_card(KPI, LIGHT)
    assert [words(dt) for dt in of_type(of_class(shown, "lines")[0], "Dt")] == [
        "Mục tiêu",
        "So với tháng 11",
        "Khoảng 95 %",
        "Trên tổng số",
    ]
    (value,) = of_class(shown, "val")
    assert words(value) == "4,0\u00a0%"
    (cover,) = of_class(shown, "cover")
    assert cover.href == "/ho-so"
    assert attribute(cover, "aria-label") == "Mở trang chi tiết: Tỷ lệ trễ hạn"


def test_a_kpi_opens_its_definition_with_its_numbers() -> None:
    (dialog,) = of_type(kpi_card(KPI, LIGHT), "Dialog")
    assert dialog.id == "kpi-late_rate-definition"
    assert "13/326 hồ sơ" in words(dialog)
    assert "ngày hẹn" in words(dialog)


def test_a_phone_shows_the_interval_beside_the_value() -> None:
    shown = kpi_card(KPI, LIGHT)
    assert [words(s) for s in of_class(shown, "val-range")] == ["2,3–6,7\u00a0%"]
    assert attribute(of_class(shown, "val-range")[0], "aria-hidden") == "true"
    assert of_class(shown, "plain-noun")
    tasks = replace(KPI, rows=(KPI.rows[0], KpiRow("silent", "Chưa báo cáo", "III.2")))
    assert not of_class(kpi_card(tasks, LIGHT), "plain-noun")


def test_a_missing_kpi_says_why_and_links_nowhere_else() -> None:
    missing = Missing("no_data", "Không có khảo sát. Đây không phải 0 %.", "Nạp", "/du-lieu")
    shown = kpi_card(replace(KPI, value="–", missing=missing), LIGHT)
    assert "Đây không phải 0 %" in words(shown)
    assert not of_class(shown, "cover")
    assert not of_class(shown, "val")


def test_three_key_numbers_fill_their_row() -> None:
    assert kpi_row([KPI] * 4, LIGHT).className == "kpi-row"
    assert kpi_row([KPI] * 3, LIGHT).className == "kpi-row of-3"


def test_a_strip_colours_what_is_wrong_in_itself() -> None:
    cells = [
        {"label": "Đã giải quyết", "value": "335", "detail": "9 không có hạn"},
        {"label": "Trễ hạn", "value": "13", "metric": "late_rate", "is_concern": True},
    ]
    shown = metric_strip(Section("strip", "Số chính", (), data={"cells": cells}))
    assert [v.className for v in of_class(shown, "v")] == ["v", "v concern"]
    (opener,) = of_type(shown, "Button")[:1]
    assert attribute(opener, "data-opens") == of_type(shown, "Dialog")[0].id


@pytest.mark.parametrize("code", ["late_by_department", "outcomes"])
def test_ids_come_from_the_section(code: str) -> None:
    shown = chart_card(replace(SECTION, code=code), LIGHT)
    assert shown.id == code
    assert of_type(shown, "Graph")[0].id == f"{code}-graph"


def test_cells_carry_their_spans_for_each_width() -> None:
    shown = grid(cell(card(SECTION), span=7, span_wide=5), cell(card(SECTION), card(SECTION)))
    first, second = shown.children
    assert first.style == {"--span": "7", "--span-wide": "5"}
    assert second.className == "cell stack"
