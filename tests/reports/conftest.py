"""The demonstration, loaded once for all reports, and a reader's context on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from dashboard.filters import Filters
from dashboard.reports.context import Context, open_context
from etl.settings import Settings
from etl.warehouse import open_engine

SETTINGS = Settings.model_construct()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_database: Path) -> Iterator[Connection]:
    path = tmp_path_factory.mktemp("reports") / "warehouse.db"
    shutil.copy(demo_database, path)
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def context(connection: Connection, query: str = "?period=2024-07") -> Context:
    return open_context(connection, settings=SETTINGS, filters=Filters.from_query(query))
