"""The demonstration with June's record written, frozen once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.snapshots.freezing import Edition, Frozen, freeze
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.meeting.offices import load_office, write_record


@pytest.fixture(scope="session")
def meeting_engine(
    tmp_path_factory: pytest.TempPathFactory, demo_database: Path
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("meeting") / "warehouse.db"
    shutil.copy(demo_database, path)
    engine = open_engine(f"sqlite:///{path}")
    write_record(engine)
    yield engine
    engine.dispose()


def frozen_at(
    engine: Engine, settings: Settings, period: str, *, edition: Edition = "internal"
) -> Frozen:
    with engine.connect() as connection:
        return freeze(connection, settings=settings, period=Period(period), edition=edition)


@pytest.fixture(scope="session")
def june(meeting_engine: Engine, settings: Settings) -> Frozen:
    return frozen_at(meeting_engine, settings, "2024-06")


@pytest.fixture(scope="session")
def office(
    empty_database: Callable[[str], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
) -> Callable[[int], Frozen]:
    """Freeze June of a small office of so many departments."""

    def make(departments: int) -> Frozen:
        with empty_database("sqlite") as url:
            engine = open_engine(url)
            load_office(engine, tmp_path_factory.mktemp("office"), departments=departments)
            frozen = frozen_at(engine, settings, "2024-06")
            engine.dispose()
        return frozen

    return make
