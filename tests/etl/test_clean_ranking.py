"""The yearly ranking: as published, holes left open."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from etl.errors import RefusedFile
from tests.etl.cleaning import clean, clean_text, workbook

HEADER = (
    "Năm;Xã/phường;Chỉ số hài lòng;Xếp thứ;Số phiếu;Tổng số đơn vị;Số quyết định;Ngày quyết định"
)


def test_a_published_row(tmp_path: Path) -> None:
    text = f"{HEADER}\n2023;X. Hoài Châu Bắc;90,83 %;3;370;17;1410/QĐ-UBND;30/01/2024\n"
    cleaned = clean_text(tmp_path, text)
    row = cleaned.rows.iloc[0]
    assert (row["unit"], row["year"], row["index_pct"], row["rank"]) == ("21646", 2023, 90.83, 3)
    assert (row["respondents"], row["total_units"]) == (370, 17)
    assert (row["decision_no"], f"{row['decision_date']:%d/%m/%Y}") == (
        "1410/QĐ-UBND",
        "30/01/2024",
    )
    assert (cleaned.covered_from.isoformat(), cleaned.as_of.isoformat()) == (
        "2023-01-01",
        "2023-12-31",
    )


def test_an_index_or_a_rank_may_be_missing_but_not_both(tmp_path: Path) -> None:
    text = f"{HEADER}\n2023;Hoài Châu;88,5;;;;;\n2023;Tam Quan;;4;;;;\n2022;Tam Quan;;;;;;\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["index_pct"].astype(object).tolist() == [88.5, pd.NA]
    assert cleaned.rows["rank"].astype(object).tolist() == [pd.NA, 4]
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [[4, "Chỉ số hài lòng"]]


def test_percent_cells_arrive_as_fractions(tmp_path: Path) -> None:
    header = ["Năm", "Đơn vị", "Chỉ số hài lòng"]
    path = workbook(
        tmp_path, {"a": [header, [2023, "Hoài Châu", 0.9083], [2023, "Tam Quan", 0.88]]}
    )
    assert clean(path).rows["index_pct"].tolist() == [90.83, 88.0]


def test_a_row_that_names_no_unit_is_not_taken_for_ours(tmp_path: Path) -> None:
    text = "Năm;Đơn vị;Xếp hạng\n2023;;1\n2023;X. Nơi Khác;2\n2023;Hoài Châu;3\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["unit"].tolist() == ["21649"]
    assert cleaned.rejects[["row", "value"]].to_numpy().tolist() == [[2, None], [3, "X. Nơi Khác"]]


def test_only_unknown_units_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match=r"«X\. Nơi Khác»"):
        clean_text(tmp_path, "Năm;Đơn vị;Xếp hạng\n2023;X. Nơi Khác;2\n")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("x;Tam Quan;88;;;;;", "Năm"),
        (";Tam Quan;88;;;;;", "Năm"),
        ("1889;Tam Quan;88;;;;;", "Năm"),
        ("2023;Tam Quan;101;;;;;", "Chỉ số hài lòng"),
        ("2023;Tam Quan;88;0;;;;", "Xếp thứ"),
        ("2023;Tam Quan;88;ba;;;;", "Xếp thứ"),
        ("2023;Tam Quan;88;;;;;06/2024", "Ngày quyết định"),
    ],
)
def test_broken_rows_are_rejected(tmp_path: Path, row: str, column: str) -> None:
    cleaned = clean_text(tmp_path, f"{HEADER}\n2023;Hoài Châu;88;;;;;\n{row}\n")
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [[3, column]]


def test_a_ranking_needs_an_index_or_a_rank(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="«Chỉ số hài lòng»"):
        clean_text(tmp_path, "Năm;Đơn vị\n2023;Hoài Châu\n", source="ranking")
