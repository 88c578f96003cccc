"""What a later load changes is told figure by figure; a past snapshot keeps what it said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import formatting as fmt
from dashboard.filters import Period
from dashboard.model import Table
from dashboard.snapshots.comparing import changed_words, compare
from dashboard.snapshots.figures import FIGURES
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


def test_a_figure_that_only_one_has_is_told(june: Frozen) -> None:
    table = june.summary.section(FIGURES).table
    assert table is not None
    gone = table.rows["metric"] == "late_rate"
    fewer = replace(
        june,
        reports={
            **june.reports,
            june.summary.code: replace(
                june.summary,
                sections=tuple(
                    replace(one, table=Table(table.columns, table.rows[~gone]))
                    if one.code == FIGURES
                    else one
                    for one in june.summary.sections
                ),
            ),
        },
    )
    differences = compare(june, fewer)
    assert len(differences) == gone.sum()
    assert {(d.metric, d.after) for d in differences} == {("late_rate", fmt.NOTHING)}
    assert fmt.NOTHING not in {d.before for d in differences}
    assert {d.before for d in compare(fewer, june)} == {fmt.NOTHING}


@pytest.mark.parametrize("number", [1, 1234])
def test_the_words_count_as_people_write(number: int) -> None:
    words = changed_words([None] * number)  # type: ignore[list-item]
    assert words.endswith({1: "1 số khác", 1234: "1.234 số khác"}[number])
