"""A served office with a few dossiers, in this process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from dashboard.app import create_app
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.conftest import close_whole, made_once
from tests.etl.loaders import dossiers, load_text

ROW = {
    "Mã hồ sơ": "000.00.36.H08-240603-0001",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "10/06/2024",
    "Ngày kết thúc xử lý": "12/06/2024",
    "Bộ phận": "Bộ phận chỉ có ở đây",
}


@dataclass(frozen=True)
class Served:
    """The server, its database and its settings."""

    server: Flask
    engine: Engine
    settings: Settings


@pytest.fixture(scope="session")
def office_database(shared_folder: Path, sqlite_template: Path) -> Path:
    """A SQLite database with the office's dossiers, to be copied."""

    def make(path: Path) -> None:
        shutil.copy(sqlite_template, path)
        engine = open_engine(f"sqlite:///{path}")
        with tempfile.TemporaryDirectory() as folder:
            load_text(engine, Path(folder), dossiers(ROW), as_of=date(2024, 6, 30))
        close_whole(engine)

    return made_once(shared_folder / "office.db", make)


@pytest.fixture
def served(office_database: Path, tmp_path: Path) -> Iterator[Served]:
    path = tmp_path / "warehouse.db"
    shutil.copy(office_database, path)
    settings = Settings.model_construct(database_url=f"sqlite:///{path}", data_dir=tmp_path)
    engine = open_engine(settings.database_url)
    yield Served(create_app(settings, engine=engine).server, engine, settings)
    engine.dispose()
