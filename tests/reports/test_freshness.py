"""Late data is said to be late, by the schedule of the office."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Filters
from dashboard.reports.context import open_context
from dashboard.reports.freshness import find_stale
from etl.settings import Settings
from tests.etl.loaders import dossiers, load_text


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2024, 7, 4), None),
        (date(2024, 8, 4), None),
        (date(2024, 8, 5), 0),
        (date(2024, 8, 14), 9),
        (date(2024, 9, 3), 29),
        (date(2024, 9, 10), 36),
    ],
)
def test_days_late(engine: Engine, tmp_path: Path, today: date, days: int | None) -> None:
    row = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 30))
    with engine.connect() as connection:
        context = open_context(connection, settings=Settings.model_construct(), filters=Filters())
        stale = find_stale(context, today=today)
    assert (None if stale is None else stale.days) == days
