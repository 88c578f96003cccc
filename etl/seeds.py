"""Seed files: configuration in CSV, shipped with the program or the office's own.

A file of the folder ``SEED_DIR`` stands for the shipped one of its name, whole.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from etl.settings import SQL_DIR, load_settings

SHIPPED = SQL_DIR / "seed"


def seed_path(name: str) -> Path:
    """Return the file of the seed ``name``: the office's own, else the shipped one."""
    own = load_settings().seed_dir / f"{name}.csv"
    return own if own.is_file() else SHIPPED / f"{name}.csv"


def seed_paths() -> list[Path]:
    """Return the file of every seed, in the order of their names."""
    return [seed_path(path.stem) for path in sorted(SHIPPED.glob("*.csv"))]


@cache
def seed_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a seed; a workbook's byte order mark is passed over."""
    with seed_path(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
