"""Every metric on the demonstration equals an independent computation from its files.

The files are loaded by the first start or by the commands an office would type; the truth reads
the same files with plain pandas (``tests/truth``) and shares no code with the product.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from sqlalchemy import Connection

from dashboard.metrics import measure, measure_many
from etl.catalogue.metrics import METRICS
from etl.warehouse import open_engine
from tests.conftest import made_once
from tests.services.commands import run
from tests.truth.comparing import COMPUTED, DIMENSIONS, Question, figures, uncovered
from tests.truth.independent import TIME, Frames, compute, read_demo

SEEDS = (2024, 7, 1410)
QUARTER = ("2024-04", "2024-06")
ACROSS = ("2023-11", "2024-10")
YEAR = ("2024-01", "2024-12")
BEFORE = ("2022-11", "2023-02")
AFTER = ("2024-11", "2025-03")
UNSURVEYED = ("2024-08", "2024-08")


class Load(NamedTuple):
    """A seed's files and the warehouse that they were loaded into."""

    folder: Path
    url: str
    is_first: bool


WAREHOUSES = [
    pytest.param(("sqlite", SEEDS[0]), id=f"sqlite-{SEEDS[0]}"),
    pytest.param(
        ("postgresql", SEEDS[0]), id=f"postgresql-{SEEDS[0]}", marks=pytest.mark.postgresql
    ),
    # More demonstrations of the same kind, each half a minute of work.
    *(
        pytest.param(("sqlite", seed), id=f"sqlite-{seed}", marks=pytest.mark.slow)
        for seed in SEEDS[1:]
    ),
]


@pytest.fixture(scope="module", params=WAREHOUSES)
def load(request: pytest.FixtureRequest, shared_folder: Path) -> Load:
    """A warehouse; all processes of a run share it, and nobody writes to it."""
    engine, seed = request.param
    if seed == SEEDS[0]:
        files: list[Path] = request.getfixturevalue("demo_files")
        if engine == "postgresql":
            return Load(files[0].parent, request.getfixturevalue("demo_postgres_url"), False)
        # Opened, a database gets files beside it: the one that others copy is not opened.
        path = request.getfixturevalue("tmp_path_factory").mktemp("truth") / "warehouse.db"
        shutil.copy(request.getfixturevalue("demo_database"), path)
        return Load(files[0].parent, f"sqlite:///{path}", True)

    def make(folder: Path) -> None:
        _command("demo", folder / "files", "--seed", str(seed))
        url = f"sqlite:///{folder / 'warehouse.db'}"
        _command("load", *sorted((folder / "files").iterdir()), DATABASE_URL=url)

    folder = made_once(shared_folder / f"seed_{seed}", make)
    return Load(folder / "files", f"sqlite:///{folder / 'warehouse.db'}", False)


def _command(*arguments: str | Path, **environment: str) -> None:
    done = run("etl", *map(str, arguments), **environment)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def connection(load: Load) -> Iterator[Connection]:
    engine = open_engine(load.url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


# What is asked and what is said ----------------------------------------------------------------


def questions(code: str, *, all_of_them: bool) -> list[Question]:
    """Divisions and periods to ask ``code`` for; a few say enough once all have been asked."""
    dimensions = DIMENSIONS[METRICS[code].mart.table]
    few: list[Question] = [
        ((), None),
        ((), QUARTER),
        (("month",), None),
        ((dimensions[1], "quarter"), ACROSS),
    ]
    if not all_of_them:
        return few
    return [
        *few,
        *(((), months) for months in (ACROSS, YEAR, BEFORE, AFTER, UNSURVEYED)),
        (("quarter",), AFTER),
        (("year",), None),
        (("month",), BEFORE),
        *(((dimension,), YEAR) for dimension in dimensions),
        ((dimensions[-1], "month"), QUARTER),
        ((dimensions[1], dimensions[2], "year"), None),
    ]


@cache
def _frames(folder: Path) -> Frames:
    """Read the files once for all processes of a run: a workbook takes its time."""
    kept = folder.with_name(f"{folder.name}.frames")
    made_once(kept, lambda path: path.write_bytes(pickle.dumps(read_demo(folder))))
    frames: Frames = pickle.loads(kept.read_bytes())
    return frames


@cache
def _truth(folder: Path, code: str, question: Question, calendar: str) -> pd.DataFrame:
    by, months = question
    return compute(_frames(folder), code, by, *(months or (None, None)), calendar)


Said = Callable[[str, Question, str], pd.DataFrame]


@pytest.fixture(scope="module")
def said_of(load: Load, connection: Connection) -> Said:
    """What is said of a metric: asked for alone in the first warehouse, in the others with all
    of its mart, which are then counted once for all.
    """

    @cache
    def together(table: str, question: Question, calendar: str) -> dict[str, pd.DataFrame]:
        by, months = question
        codes = [code for code in COMPUTED if METRICS[code].mart.table == table]
        return measure_many(connection, codes, by=by, months=months, calendar=calendar)

    def ask(code: str, question: Question, calendar: str) -> pd.DataFrame:
        by, months = question
        if load.is_first:
            return measure(connection, code, by=by, months=months, calendar=calendar)
        return together(METRICS[code].mart.table, question, calendar)[code]

    return ask


@pytest.mark.parametrize("calendar", ["calendar", "report"])
@pytest.mark.parametrize("code", COMPUTED)
def test_metric_equals_the_truth(load: Load, said_of: Said, code: str, calendar: str) -> None:
    for question in questions(code, all_of_them=load.is_first):
        by = question[0]
        said = said_of(code, question, calendar)
        truth = _truth(load.folder, code, question, calendar)
        assert figures(said, by) == figures(truth, by), question
        silent = uncovered(truth, by)
        assert said.loc[_in_periods(said, by, silent), "numerator"].isna().all(), question


def _in_periods(frame: pd.DataFrame, by: tuple[str, ...], periods: set[str]) -> pd.Series:
    times = [name for name in by if name in TIME]
    return frame[times[0]].isin(periods) if times else pd.Series(False, index=frame.index)


def test_published_index_is_quoted(load: Load, connection: Connection) -> None:
    by = ("unit", "year")
    said = measure(connection, "official_index", by=by)
    truth = compute(_frames(load.folder), "official_index", by)
    merged = said.merge(truth, on=list(by), validate="one_to_one")
    assert len(merged) == len(said) == len(truth) > 0
    assert merged["value_x"].tolist() == merged["value_y"].tolist()


@pytest.mark.parametrize("by", [(), ("month",), ("criterion",), ("question", "year")])
def test_interval_of_the_index_rests_on_forms(
    load: Load, connection: Connection, by: tuple[str, ...]
) -> None:
    said = measure(connection, "satisfaction_index", by=by)
    forms = _truth(load.folder, "survey_responses", (by, None), "calendar")
    assert figures(said.assign(numerator=said["n"], denominator=pd.NA, value=0), by) == figures(
        forms.assign(value=0), by
    )
