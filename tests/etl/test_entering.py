"""What is typed into a grid instead of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from etl import entering
from etl.entering import NOTHING_TYPED, delete_alias, enter_rows, save_alias, save_plan
from etl.errors import DatabaseFault, UserError
from etl.settings import Settings
from etl.tables import (
    dim_alias,
    dim_department,
    fact_dossier,
    fact_ranking,
    fact_task_report,
    load_batch,
    plan,
)
from etl.undoing import undo
from tests.etl.loaders import dossiers, load_text
from tests.etl.states import state

SETTINGS = Settings.model_construct()
GOOD = {"Ngày tiếp nhận": "13/06/2024", "Ngày hẹn trả": "20/06/2024"}


def test_typed_rows_are_an_ordinary_batch(engine: Engine) -> None:
    empty = state(engine)
    rows = [
        {"task_code": "I.1", "month": "06/2024", "status": "Đạt", "measured_value": "10,5"},
        {"task_code": "", "month": None},
    ]
    entered = enter_rows(engine, "task_report", rows, settings=SETTINGS)
    assert entered.loaded is not None
    assert (entered.loaded.inserted, entered.faults) == (1, ())
    again = enter_rows(engine, "task_report", rows, settings=SETTINGS)
    assert again.loaded is not None
    assert again.loaded.unchanged == 1
    with engine.connect() as connection:
        assert connection.scalar(select(fact_task_report.c.measured_value)) == 10.5
        assert "Nhập tay" in str(connection.scalar(select(load_batch.c.file).limit(1)))
    undo(engine, [again.loaded.batch_id, entered.loaded.batch_id])
    assert state(engine) == empty


def test_faults_of_typed_rows_come_back_as_data_and_nothing_is_saved(engine: Engine) -> None:
    rows = [
        {"year": 2023, "unit": "X. Hoài Châu", "index_pct": "90,1"},
        {"year": 2023, "unit": "X. Nơi Khác", "index_pct": 88},
        {"year": 2023, "unit": "21652", "index_pct": 101},
    ]
    entered = enter_rows(engine, "ranking", rows, settings=SETTINGS)
    assert entered.loaded is None
    assert [(f.row, f.column, f.value) for f in entered.faults] == [
        (2, "unit", "X. Nơi Khác"),
        (3, "index_pct", "101"),
    ]
    assert str(entered.faults[1]) == (
        "dòng 3, Chỉ số hài lòng «101»: cần một số từ 0 đến 100; hãy sửa ô này."
    )
    # Also where none of the rows is sound.
    assert enter_rows(engine, "ranking", rows[1:], settings=SETTINGS).faults == tuple(
        replace(fault, row=fault.row - 1) for fault in entered.faults
    )
    blank = enter_rows(engine, "ranking", [{"year": ""}], settings=SETTINGS)
    assert blank.faults == (NOTHING_TYPED,)
    lacking = enter_rows(engine, "ranking", [{"year": 2023}], settings=SETTINGS)
    assert [fault.column for fault in lacking.faults] == ["unit", "index_pct"]
    assert str(lacking.faults[0]) == "Đơn vị: thiếu cột này."
    emptied = enter_rows(
        engine, "ranking", [rows[0], {"year": 2023, "unit": "21652", "rank": ""}], settings=SETTINGS
    )
    assert [(f.row, f.column) for f in emptied.faults] == [(2, "rank")]
    assert "hoàn tác" in emptied.faults[0].reason
    with pytest.raises(UserError, match="không nhập tay được"):
        enter_rows(engine, "dossier", rows, settings=SETTINGS)
    with engine.connect() as connection:
        assert connection.execute(select(fact_ranking)).all() == []


def test_plan_figures_are_saved_by_year(engine: Engine) -> None:
    bad = save_plan(engine, unit="21646", year=2025, figures={"target_pct": "x", "ranked_units": 0})
    assert [fault.column for fault in bad] == ["target_pct", "ranked_units"]
    assert save_plan(engine, unit="21646", year=1900, figures={})[0].column == "year"
    (later,) = save_plan(engine, unit="21646", year=2024, figures={"baseline_year": "2025"})
    assert "trước hoặc bằng năm 2024" in str(later)
    assert save_plan(engine, unit="21646", year=2024, figures={"target_pct": "92,5"}) == ()
    assert save_plan(engine, unit="X. Hoài Châu", year=2025, figures={"baseline_pct": 91}) == ()
    with engine.connect() as connection:
        p = plan.c
        rows = connection.execute(select(p.unit, p.year, p.baseline_pct, p.target_pct)).all()
    assert ("21646", 2024, 90.83, 92.5) in [tuple(row) for row in rows]
    assert ("21649", 2025, 91.0, None) in [tuple(row) for row in rows]
    assert save_plan(engine, unit="21646", year=2024, figures={"target_pct": ""}) == ()
    with engine.connect() as connection:
        query = select(plan.c.target_pct).where(plan.c.unit == "21646", plan.c.year == 2024)
        assert connection.scalar(query) is None
    with pytest.raises(UserError, match="Không có đơn vị"):
        save_plan(engine, unit="9", year=2024, figures={})


def test_aliases_are_saved_and_taken_back(engine: Engine, tmp_path: Path) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "Địa chính-XD"}))
    before = state(engine)
    for spelling, canonical in (("", "x"), ("Tư  pháp", "tư pháp")):
        assert save_alias(engine, "department", spelling=spelling, canonical=canonical)
    assert save_alias(engine, "x", spelling="a", canonical="b")[0].column == "dimension"
    new = "Địa chính – Xây dựng"
    assert save_alias(engine, "department", spelling="Địa chính-XD", canonical=new) == ()
    assert state(engine)["mart_dossier"] != before["mart_dossier"]
    with engine.connect() as connection:
        assert connection.scalar(select(dim_alias.c.canonical_label)) == new
        assert new in connection.scalars(select(dim_department.c.label))
    assert delete_alias(engine, "department", spelling="Địa chính-XD")
    assert state(engine)["mart_dossier"] == before["mart_dossier"]
    assert not delete_alias(engine, "department", spelling="Địa chính-XD")


def _shown(engine: Engine) -> list[str]:
    """Return the departments that a dossier each counts under."""
    canonical = dim_department.alias()
    with engine.connect() as connection:
        query = (
            select(canonical.c.label)
            .select_from(fact_dossier)
            .join(dim_department, dim_department.c.department_id == fact_dossier.c.department_id)
            .join(canonical, canonical.c.department_id == dim_department.c.canonical_id)
        )
        return list(connection.scalars(query))


def test_an_alias_of_an_alias_is_followed_to_its_end_and_no_circle_is_made(
    engine: Engine, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "A"}))
    for spelling, canonical in (("A", "B"), ("B", "C"), ("C", "D")):
        assert not save_alias(engine, "department", spelling=spelling, canonical=canonical)
    assert _shown(engine) == ["D"]
    # "B" would be led back to itself, also where it is an alias of another now.
    for spelling, canonical in (("D", "A"), ("B", "A")):
        (fault,) = save_alias(engine, "department", spelling=spelling, canonical=canonical)
        assert f"đang được tính là «{spelling}»" in fault.reason
    assert _shown(engine) == ["D"]
    assert delete_alias(engine, "department", spelling="B")
    assert _shown(engine) == ["B"]


def test_an_alias_that_cannot_be_counted_is_not_saved(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "A"}))
    before = state(engine)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseFault

    monkeypatch.setattr(entering, "refresh", fail)
    with pytest.raises(DatabaseFault):
        save_alias(engine, "department", spelling="A", canonical="B")
    assert state(engine) == before
    with engine.connect() as connection:
        assert connection.scalars(select(dim_alias.c.alias_key)).all() == []
