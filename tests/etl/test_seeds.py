"""The office's own seed files: read as spreadsheets save them, faults named with row and column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.catalogue.tasks import load_tasks
from etl.errors import UserError
from etl.seeds import SHIPPED, SeedRow, seed_paths, seed_rows


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the office's own seeds, empty."""
    monkeypatch.setenv("SEED_DIR", str(tmp_path))
    seed_rows.cache_clear()
    yield tmp_path
    seed_rows.cache_clear()


def test_every_shipped_seed_is_read_whole(own: Path) -> None:
    assert seed_paths() == sorted(SHIPPED.glob("*.csv"))
    assert len(seed_rows("tasks")) == 18
    for path in seed_paths():
        rows = seed_rows(path.stem)
        assert all(row.file == path.name and row.number > 1 for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1258"])
def test_a_spreadsheet_of_an_office_may_save_it_in_its_own_way(own: Path, encoding: str) -> None:
    text = "label\nVăn phòng\nTư pháp\n" if encoding != "cp1258" else "label\nTư pháp\n"
    (own / "departments.csv").write_text(text, encoding=encoding)
    assert seed_rows("departments")[-1]["label"] == "Tư pháp"
    (own / "plan.csv").write_text(
        "unit;year;baseline_year;baseline_pct;target_pct;ranked_units\n21646;2024;2023;90,83;;17\n"
    )
    (row,) = seed_rows("plan")
    assert (row.whole("year"), row.figure("baseline_pct")) == (2024, Decimal("90.83"))
    assert row.optional(row.figure, "target_pct") is None
    (own / "holiday_overrides.csv").write_text("date;is_working;note\n02/01/2026;0;\n")
    (row,) = seed_rows("holiday_overrides")
    assert (row.day("date"), row.flag("is_working")) == (date(2026, 1, 2), False)


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (SeedRow.day, "31/02/2026", "một ngày"),
        (SeedRow.day, "", "một ngày"),
        (SeedRow.figure, "chín mươi", "một số"),
        (SeedRow.figure, "NaN", "một số"),
        (SeedRow.whole, "90,83", "một số nguyên"),
        (SeedRow.flag, "có", "một trong: 0, 1"),
    ],
)
def test_what_cannot_be_read_is_named(read, value: str, wanted: str) -> None:  # type: ignore[no-untyped-def]
    row = SeedRow("plan.csv", 4, {"cot": value})
    words = f"«plan.csv», dòng 4, cột «cot»: «{value}» không đọc được. Hãy ghi {wanted}"
    with pytest.raises(UserError, match=words):
        read(row, "cot")


def test_a_missing_column_is_named(own: Path) -> None:
    (own / "plan.csv").write_text("unit,year\n21646,2024\n")
    with pytest.raises(UserError, match=r"«plan\.csv»: dòng đầu thiếu cột baseline_year, .*ranked"):
        seed_rows("plan")


@pytest.mark.parametrize(
    ("column", "word"), [("what", "late_rates"), ("comparison", "at_mots"), ("met", "cao")]
)
def test_a_word_that_is_none_in_a_measure_is_named(own: Path, column: str, word: str) -> None:
    row = dict(seed_rows("task_measures")[0]) | {column: word}
    (own / "task_measures.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    seed_rows.cache_clear()
    with pytest.raises(UserError, match=f"dòng 2, cột «{column}»: «{word}»"):
        load_tasks.__wrapped__()
