"""The demonstration, loaded once for all reports, and a reader's context on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from dashboard.filters import Filters
from dashboard.reports.context import Context, open_context
from etl.demo import write_demo
from etl.loading import load_file
from etl.migration import migrate
from etl.settings import Settings
from etl.warehouse import open_engine

SETTINGS = Settings.model_construct()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    folder = tmp_path_factory.mktemp("reports")
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    migrate(engine)
    for path in write_demo(folder / "files"):
        load_file(engine, path, settings=SETTINGS)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def context(connection: Connection, query: str = "?period=2024-07") -> Context:
    return open_context(connection, settings=SETTINGS, filters=Filters.from_query(query))
