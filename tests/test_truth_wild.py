"""Files in which anything goes, counted by the product and by the independent computation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.metrics import measure_many
from etl.catalogue.metrics import METRICS
from etl.loading import load_file
from etl.settings import Settings
from tests.truth.comparing import COMPUTED, DIMENSIONS, Question, figures
from tests.truth.independent import compute, read_demo
from tests.truth.wild import write_wild

SPANS = (
    ("2024-02", "2024-05"),
    ("2024-06", "2024-07"),
    ("2024-05", "2024-10"),
)


def questions(code: str) -> list[Question]:
    dimensions = DIMENSIONS[METRICS[code].mart.table]
    return [
        ((), None),
        *(((), months) for months in SPANS),
        (("month",), ("2024-03", "2024-08")),
        (("quarter",), None),
        *(((dimension,), None) for dimension in dimensions[2:]),
        ((dimensions[1], "month"), None),
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_wild(tmp_path_factory.mktemp("wild"), seed=1)


@pytest.fixture(scope="module")
def truth(files: list[Path]) -> Callable[[str, str, Question], dict]:
    """What is true of both engines, worked out once."""
    frames = read_demo(files[0].parent)

    @cache
    def of(code: str, calendar: str, question: Question) -> dict:
        by, months = question
        return figures(compute(frames, code, by, *(months or (None, None)), calendar), by)

    return of


def test_metrics_equal_the_truth(
    engine: Engine, files: list[Path], truth: Callable[[str, str, Question], dict]
) -> None:
    for path in files:
        loaded = load_file(engine, path, settings=Settings.model_construct()).only
        assert loaded.rejected == 0, loaded.rejects
    by_mart: dict[str, list[str]] = {}
    for code in COMPUTED:
        by_mart.setdefault(METRICS[code].mart.table, []).append(code)
    differences = []
    with engine.connect() as connection:
        for codes in by_mart.values():
            for calendar in ("calendar", "report"):
                for by, months in questions(codes[0]):
                    said = measure_many(connection, codes, by=by, months=months, calendar=calendar)
                    differences += [
                        (code, calendar, by, months)
                        for code in codes
                        if figures(said[code], by) != truth(code, calendar, (by, months))
                    ]
    assert not differences
