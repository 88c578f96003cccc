"""The named selects of ``sql/queries``, with typed binds."""

from __future__ import annotations

from datetime import date
from functools import cache

import pandas as pd
from sqlalchemy import Connection, Date, String, TextClause, bindparam, text

from etl.settings import SQL_DIR

_DATES = frozenset({"cutoff", "due_until", "first", "last"})


@cache
def _statement(name: str) -> TextClause:
    sql = (SQL_DIR / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    statement = text(sql)
    binds = [
        bindparam(bind, type_=Date if bind in _DATES else String) for bind in statement._bindparams
    ]
    return statement.bindparams(*binds)


def run_query(connection: Connection, name: str, **binds: date | str | None) -> pd.DataFrame:
    """Return what ``sql/queries/<name>.sql`` gives; columns named ``…_on`` hold ``date`` objects.

    SQLite keeps days as text and says nothing of their type: the name does.
    """
    result = connection.execute(_statement(name), binds)
    frame = pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
    for column in frame.columns:
        if column.endswith("_on"):
            frame[column] = pd.Series(map(_day, frame[column]), index=frame.index, dtype=object)
    return frame


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
