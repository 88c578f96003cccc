"""One demonstration for all tests of snapshots, loaded once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.snapshots.charts import ChartServer
from dashboard.snapshots.freezing import Edition, Frozen, freeze
from dashboard.snapshots.making import make_snapshot
from dashboard.snapshots.signing import SigningKey, open_signing_key
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.snapshots.reading import Made


@pytest.fixture(scope="session")
def demo_engine(tmp_path_factory: pytest.TempPathFactory, demo_database: Path) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("demo") / "warehouse.db"
    shutil.copy(demo_database, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def june(demo_engine: Engine, settings: Settings) -> Frozen:
    """June 2024 of the demonstration as it leaves the office."""
    with demo_engine.connect() as connection:
        return freeze(connection, settings=settings, period=Period("2024-06"))


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return open_signing_key(tmp_path_factory.mktemp("key") / "signing.pem")


@pytest.fixture(scope="session")
def charts() -> Iterator[ChartServer]:
    """A warm browser for every test that draws."""
    with ChartServer() as server:
        yield server


@pytest.fixture(scope="session")
def snapshot_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("office")
    return settings.model_copy(
        update={"signing_key": folder / "signing.pem", "trusted_keys": folder / "trusted"}
    )


@pytest.fixture(scope="session")
def made(
    demo_engine: Engine, snapshot_settings: Settings, charts: ChartServer
) -> Callable[[str, Edition], Made]:
    """Make the demonstration's snapshot of a period, once each, and give its documents."""

    @cache
    def make(period: str, edition: Edition = "external") -> Made:
        snapshot = make_snapshot(
            demo_engine,
            settings=snapshot_settings,
            period=Period(period),
            edition=edition,
            charts=charts,
        )
        return Made(snapshot)

    return make
