"""Every metric on the demonstration equals an independent computation from its files.

The files are written and loaded by the commands an office would type; the truth reads the same
files with plain pandas (``tests/truth``) and shares no code with the product.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from dashboard.metrics import measure
from etl.catalogue.metrics import METRICS
from etl.warehouse import open_engine
from tests.services.server import PROJECT
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


def _command(*arguments: str | Path, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etl", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _write(folder: Path, seed: int) -> None:
    _command("demo", folder, "--seed", str(seed))


def _load(written: Future[None], load: Load) -> Load:
    written.result()
    _command("load", *sorted(load.folder.iterdir()), DATABASE_URL=load.url)
    return load


@pytest.fixture(scope="module")
def loads(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, int], Future[Load]]]:
    """All loads, two at a time, so that one seed is compared while the next is loaded."""
    folder = tmp_path_factory.mktemp("truth")
    with ThreadPoolExecutor(2) as pool:
        written = {seed: pool.submit(_write, folder / str(seed), seed) for seed in SEEDS}
        targets = [("sqlite", seed, f"sqlite:///{folder / f'{seed}.db'}") for seed in SEEDS]
        if any(item.get_closest_marker("postgresql") for item in request.session.items):
            url = _new_database(request.getfixturevalue("postgres_url"))
            targets.insert(1, ("postgresql", SEEDS[0], url))
        yield {
            (engine, seed): pool.submit(
                _load,
                written[seed],
                Load(folder / str(seed), url, is_first=(engine, seed) == ("sqlite", SEEDS[0])),
            )
            for engine, seed, url in targets
        }


def _new_database(maintenance: str) -> str:
    server = create_engine(make_url(maintenance).set(drivername="postgresql+psycopg"))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("create database truth"))
    server.dispose()
    return make_url(maintenance).set(database="truth").render_as_string(hide_password=False)


WAREHOUSES = [
    pytest.param(("sqlite", SEEDS[0]), id=f"sqlite-{SEEDS[0]}"),
    pytest.param(
        ("postgresql", SEEDS[0]), id=f"postgresql-{SEEDS[0]}", marks=pytest.mark.postgresql
    ),
    *(pytest.param(("sqlite", seed), id=f"sqlite-{seed}") for seed in SEEDS[1:]),
]


@pytest.fixture(scope="module", params=WAREHOUSES)
def load(request: pytest.FixtureRequest, loads: dict[tuple[str, int], Future[Load]]) -> Load:
    return loads[request.param].result()


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
    return read_demo(folder)


@cache
def _truth(folder: Path, code: str, question: Question, calendar: str) -> pd.DataFrame:
    by, months = question
    return compute(_frames(folder), code, by, *(months or (None, None)), calendar)


@pytest.mark.parametrize("calendar", ["calendar", "report"])
@pytest.mark.parametrize("code", COMPUTED)
def test_metric_equals_the_truth(
    load: Load, connection: Connection, code: str, calendar: str
) -> None:
    for question in questions(code, all_of_them=load.is_first):
        by, months = question
        said = measure(connection, code, by=by, months=months, calendar=calendar)
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
    assert len(said) == len(truth)
    merged = said.merge(truth, on=list(by), validate="one_to_one")
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
