"""What a killed process was doing: one load, in a process of its own."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from etl.loading import load_file
from etl.settings import Settings
from etl.warehouse import open_engine


def load_alone(database_url: str, path: str, begun: Connection) -> None:
    """Load a file, after saying that it begins."""
    engine = open_engine(database_url)
    with engine.connect():
        begun.send("begun")
    load_file(engine, Path(path), settings=Settings.model_construct())
    begun.send("done")
