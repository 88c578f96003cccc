"""Task reports: one state per task and month."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.sources.task_report import task_code
from tests.etl.cleaning import clean_text

HEADER = "Mã nhiệm vụ;Tháng;Kết quả;Số thực hiện;Trên tổng số;Số mục đạt;Minh chứng;Ghi chú\n"


def test_a_whole_report(tmp_path: Path) -> None:
    text = HEADER + "I.1;Tháng 6/2024;Đạt một phần;1.234,5;2000;6;Ảnh chụp;Gọi 0912 345 678\n"
    row = clean_text(tmp_path, text).rows.iloc[0]
    assert (row["task_code"], row["month"], row["status"]) == ("I.1", "2024-06", "partly")
    assert (row["measured_value"], row["measured_of"], row["checklist"]) == (1234.5, 2000, 6)
    assert row["evidence"] == "Ảnh chụp"
    assert "345" not in row["note"]


def test_more_than_there_is_of_it_is_warned_of(tmp_path: Path) -> None:
    lines = ("I.1;06/2024;Đạt;12;10;;;\n", "I.2;06/2024;Đạt;10;10;;;\n", "I.3;06/2024;Đạt;9;;;;\n")
    (warned,) = clean_text(tmp_path, HEADER + "".join(lines)).warnings
    assert (warned.code, warned.examples) == ("measured_above_total", [(2, "12")])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Đạt", "met"),
        ("Hoàn thành", "met"),
        ("Đạt một phần", "partly"),
        ("Chưa đạt", "not_met"),
        ("Không đạt", "not_met"),
        ("Chưa báo cáo", "not_reported"),
        ("Không phát sinh", "not_applicable"),
    ],
)
def test_states(tmp_path: Path, words: str, code: str) -> None:
    rows = clean_text(tmp_path, HEADER + f"V.3;06/2024;{words};;;;;\n").rows
    assert rows["status"].tolist() == [code]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("I.1", "I.1"),
        ("iv-2", "IV.2"),
        ("V.3 Trả đúng hạn", "V.3"),
        ("VI.2", "VI.2"),
        ("I.12", None),
        ("I.9", None),
        ("VII.1", None),
        ("", None),
        (None, None),
    ],
)
def test_task_codes(words: str | None, code: str | None) -> None:
    assert task_code(words) == code


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("I.9;06/2024;Đạt;;;;;", "Mã nhiệm vụ", "không có nhiệm vụ này trong kế hoạch"),
        (";06/2024;Đạt;;;;;", "Mã nhiệm vụ", "không biết dòng thuộc về đâu"),
        ("I.1;;Đạt;;;;;", "Tháng", "thiếu tháng"),
        ("I.1;tháng sáu;Đạt;;;;;", "Tháng", "không đọc được"),
        ("I.1;06/2024;Tốt;;;;;", "Kết quả", "không có trong danh mục (Đạt"),
        ("I.1;06/2024;;;;;;", "Kết quả", "thiếu giá trị; hãy ghi một trong: Đạt, Đạt một phần"),
        ("I.1;06/2024;Đạt;nhiều;;;;", "Số thực hiện", "từ 0 đến 1.000.000.000"),
        ("I.1;06/2025;Đạt;;;;;", "Tháng", "tương lai"),
    ],
)
def test_broken_rows_are_rejected(tmp_path: Path, row: str, column: str, reason: str) -> None:
    cleaned = clean_text(tmp_path, f"{HEADER}V.3;06/2024;Đạt;;;;;\n{row}\n")
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [[3, column]]
    assert reason in cleaned.rejects["reason"][0]


def test_the_last_report_of_a_month_wins(tmp_path: Path) -> None:
    text = HEADER + "I.1;06/2024;Chưa đạt;;;;;\nI.1;07/2024;Đạt;;;;;\nI.1;6/2024;Đạt;;;;;\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows[["row", "month", "status"]].to_numpy().tolist() == [
        [3, "2024-07", "met"],
        [4, "2024-06", "met"],
    ]
    assert (cleaned.repeated, cleaned.covered_to.isoformat()) == (1, "2024-07-31")
