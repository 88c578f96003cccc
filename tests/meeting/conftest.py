"""The demonstration with June's record written, frozen once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, settings: Settings
) -> Callable[[int], Frozen]:
    """Freeze June of a small office of so many departments."""

    def make(departments: int) -> Frozen:
        folder: Path = tmp_path_factory.mktemp("office")
        shutil.copy(sqlite_template, folder / "warehouse.db")
        engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
        load_office(engine, folder, departments=departments)
        frozen = frozen_at(engine, settings, "2024-06")
        engine.dispose()
        return frozen

    return make
