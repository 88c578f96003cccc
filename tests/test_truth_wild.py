"""Files in which anything goes, counted by the product and by the independent computation."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from dashboard.metrics import measure
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


def test_metrics_equal_the_truth(engine: Engine, tmp_path: Path) -> None:
    for path in write_wild(tmp_path, seed=1):
        loaded = load_file(engine, path, settings=Settings.model_construct()).only
        assert loaded.rejected == 0, loaded.rejects
    frames = read_demo(tmp_path)
    differences = []
    with engine.connect() as connection:
        for code in COMPUTED:
            for calendar in ("calendar", "report"):
                for by, months in questions(code):
                    said = measure(connection, code, by=by, months=months, calendar=calendar)
                    truth = compute(frames, code, by, *(months or (None, None)), calendar)
                    if figures(said, by) != figures(truth, by):
                        differences.append((code, calendar, by, months))
    assert not differences
