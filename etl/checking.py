"""Running the checks: each is a query that returns the rows which break a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, bindparam, text

from etl.settings import SQL_DIR


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold for a unit, with the first rows that show it."""

    check: str
    unit: str
    rows: list[dict[str, Any]]


def check_names() -> list[str]:
    """Return the names of all checks."""
    return sorted(path.stem for path in (SQL_DIR / "checks").glob("*.sql"))


def run_checks(connection: Connection, *, units: Iterable[str]) -> list[Broken]:
    """Run every check for ``units``; an empty list means that all hold."""
    broken = []
    for name in check_names():
        sql = (SQL_DIR / "checks" / f"{name}.sql").read_text(encoding="utf-8")
        query = text(sql).bindparams(bindparam("unit", type_=String))
        for unit in units:
            rows = connection.execute(query, {"unit": unit}).mappings().fetchmany(5)
            if rows:
                broken.append(Broken(name, unit, [dict(row) for row in rows]))
    return broken
