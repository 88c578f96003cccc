"""Months from which a series is another one: as the office states them, and by themselves."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from etl.errors import UserError
from etl.rebasing import Rebase, rebases, stated_rebases
from etl.seeds import SeedRow, seed_rows
from etl.tables import dim_unit

ROW = {"unit": "21646", "month": "2025-07", "metric": "", "reason": "Sáp nhập"}


@pytest.mark.parametrize(
    ("column", "value"),
    [("unit", ""), ("month", "2025-13"), ("month", "7/2025"), ("metric", "ty_le"), ("reason", "")],
)
def test_what_cannot_be_read_is_named_with_its_row_and_column(column: str, value: str) -> None:
    with pytest.raises(UserError, match=f"«rebase.csv», dòng 3, cột «{column}»"):
        texts = (ROW, {**ROW, column: value})
        stated_rebases([SeedRow("rebase.csv", row, one) for row, one in enumerate(texts, start=2)])


def test_the_seed_as_delivered_is_read() -> None:
    stated_rebases(seed_rows("rebase"))


def test_a_code_that_passes_to_another_unit_is_a_new_series(engine: Engine) -> None:
    with engine.begin() as connection:
        assert rebases(connection, unit="21655") == ()
        connection.execute(
            dim_unit.insert().values(
                unit="21655",
                valid_from=date(2025, 7, 1),
                name="Hoài Nhơn Bắc",
                kind="phường",
                parent="Tỉnh",
                is_demo=False,
            )
        )
        (one,) = rebases(connection, unit="21655")
    assert one == Rebase("21655", "2025-07", "", "thành lập phường Hoài Nhơn Bắc")
