"""A served office with a few dossiers, in this process."""

from __future__ import annotations

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


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> Iterator[Served]:
    engine = open_engine(sqlite_url)
    load_text(engine, tmp_path, dossiers(ROW), as_of=date(2024, 6, 30))
    settings = Settings.model_construct(database_url=sqlite_url, data_dir=tmp_path)
    yield Served(create_app(settings, engine=engine).server, engine, settings)
    engine.dispose()
