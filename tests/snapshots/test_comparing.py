"""What a later load changes is told figure by figure; a past snapshot keeps what it said."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.snapshots.comparing import changed_words, compare
from dashboard.snapshots.freezing import Frozen, freeze, from_json
from etl.settings import Settings
from tests.etl.loaders import dossiers, load_text

ZERO, HALF = "0\u00a0% (0/2)", "50,0\u00a0% (1/2)"
JUNE = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}


def frozen(engine: Engine, settings: Settings) -> Frozen:
    with engine.connect() as connection:
        return freeze(connection, settings=settings, period=Period("2024-06"))


def test_a_dossier_that_turns_out_late_is_told_where_it_counts(
    engine: Engine, tmp_path: Path, settings: Settings
) -> None:
    in_time = {**JUNE, "Ngày kết thúc xử lý": "10/06/2024"}
    late = {**JUNE, "Ngày kết thúc xử lý": "12/06/2024"}
    load_text(engine, tmp_path, dossiers(in_time, in_time))
    before = from_json(frozen(engine, settings).json)
    assert compare(before, frozen(engine, settings)) == []
    assert changed_words([]) == ""

    load_text(engine, tmp_path, dossiers(in_time, late), name="sua.csv")
    after = frozen(engine, settings)
    differences = compare(before, after)
    told = {(d.metric, d.by): (d.before, d.after) for d in differences}
    assert told["late_rate", ""] == (ZERO, HALF)
    assert told["late_rate", "department"] == (ZERO, HALF)
    assert "dossiers_resolved" not in {metric for metric, _ in told}
    assert changed_words(differences) == (
        f"Dữ liệu đã thay đổi sau bản này: {len(differences)} số khác"
    )
    assert [(d.before, d.after) for d in compare(after, before)] == [
        (d.after, d.before) for d in differences
    ]


def test_a_figure_that_only_one_has_is_told(june: Frozen, demo_engine: Engine) -> None:
    settings = Settings.model_construct()
    with demo_engine.connect() as connection:
        other = freeze(connection, settings=settings, period=Period("2024-06"), calendar="report")
    differences = compare(june, other)
    assert differences
    assert all(d.before != d.after for d in differences)


@pytest.mark.parametrize("number", [1, 1234])
def test_the_words_count_as_people_write(number: int) -> None:
    words = changed_words([None] * number)  # type: ignore[list-item]
    assert words.endswith({1: "1 số khác", 1234: "1.234 số khác"}[number])
