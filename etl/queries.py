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
    """Return what ``sql/queries/<name>.sql`` gives; days are ``date`` objects."""
    result = connection.execute(_statement(name), binds)
    return pd.DataFrame(result.all(), columns=list(result.keys()))
