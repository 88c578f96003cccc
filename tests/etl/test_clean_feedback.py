"""Feedback: dates, class and status; never its text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.etl.cleaning import clean_text, codes, days

HEADER = (
    "Mã PAKN;Nguồn;Phân loại;Đơn vị xử lý;Nội dung;Ngày gửi;Ngày chuyển;Ngày trả lời;"
    "Ngày công khai;Trạng thái;Hài lòng\n"
)


def test_a_whole_item(tmp_path: Path) -> None:
    text = HEADER + (
        "P1;Đường dây nóng;Hành vi hành chính;Một cửa;Cán bộ A quát ông B;07/06/2024 09:00;"
        "12/06/2024;20/06/2024;21/06/2024;Đã công khai;Có\n"
    )
    cleaned = clean_text(tmp_path, text)
    row = cleaned.rows.iloc[0]
    assert (row["feedback_code"], row["channel"], row["category"]) == ("P1", "hotline", "conduct")
    assert (row["department"], row["status"], row["satisfied"]) == ("Một cửa", "published", 1)
    assert days(row.filter(like="_at")) == [
        "2024-06-07 09:00:00",
        "2024-06-12",
        "2024-06-20",
        "2024-06-21",
    ]
    assert "quát" not in cleaned.rows.to_csv()
    assert cleaned.warnings == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Quy định, thủ tục hành chính", "rules"),
        ("quy định hành chính", "rules"),
        ("Hành vi", "conduct"),
        ("Thái độ công chức", "conduct"),
        ("", "other"),
    ],
)
def test_classes(tmp_path: Path, words: str, code: str) -> None:
    text = HEADER + f'P1;Sổ;"{words}";b;;07/06/2024;;;;Mới;\n'
    assert clean_text(tmp_path, text).rows["category"].tolist() == [code]


def test_unknown_words_are_other_and_warned(tmp_path: Path) -> None:
    text = HEADER + "P1;Loa;Thời tiết;b;;07/06/2024;;;;Lạ;tạm\n"
    cleaned = clean_text(tmp_path, text)
    row = cleaned.rows.iloc[0]
    assert (row["channel"], row["category"], row["status"]) == ("other", "other", "other")
    assert pd.isna(row["satisfied"])
    said = {warned.code: warned.message for warned in cleaned.warnings}
    assert set(said) == {
        f"unknown_{name}" for name in ("channel", "category", "status", "satisfied")
    }
    assert said["unknown_channel"].endswith("được giữ lại là «Khác».")
    assert said["unknown_satisfied"].endswith("được coi như để trống.")


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        (";;", "received"),
        ("12/06/2024;;", "in_progress"),
        (";20/06/2024;", "answered"),
        (";20/06/2024;21/06/2024", "published"),
    ],
)
def test_a_missing_status_follows_from_the_dates(tmp_path: Path, dates: str, status: str) -> None:
    text = HEADER + f"P1;Sổ;Khác;b;;07/06/2024;{dates};;\n"
    assert clean_text(tmp_path, text).rows["status"].tolist() == [status]


def test_odd_answers_are_kept_and_warned(tmp_path: Path) -> None:
    text = HEADER + (
        "P1;Sổ;Khác;b;;07/06/2024;;;;Đã trả lời;\n"
        "P2;Sổ;Khác;b;;07/06/2024;;06/06/2024;;Đã trả lời;Không\n"
    )
    cleaned = clean_text(tmp_path, text)
    assert codes(cleaned) == ["answered_without_date", "answered_before_sent"]
    # The example is the cell that is blank, not a code of ours.
    assert cleaned.warnings[0].examples == [(2, "")]
    assert cleaned.rows["satisfied"].astype(object).tolist() == [pd.NA, 0]


def test_rows_without_code_or_sending_date_are_rejected(tmp_path: Path) -> None:
    text = HEADER + (
        "P1;Sổ;Khác;b;;07/06/2024;;;;Mới;\n;Sổ;Khác;b;;07/06/2024;;;;Mới;\nP3;Sổ;Khác;b;;;;;;Mới;\n"
    )
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [
        [3, "Mã PAKN"],
        [4, "Ngày gửi"],
    ]


def test_the_last_row_of_a_code_wins(tmp_path: Path) -> None:
    line = "P1;Sổ;Khác;b;;07/06/2024;;;;{};\n"
    cleaned = clean_text(tmp_path, HEADER + line.format("Mới") + line.format("Từ chối"))
    assert (cleaned.rows["status"].tolist(), cleaned.repeated) == (["refused"], 1)
