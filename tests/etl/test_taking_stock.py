"""PostgreSQL plans by what it knows of a table: it is told where much was written at once."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from sqlalchemy import Column, Connection, Engine, Integer, Table, text

from etl.warehouse import bulk_insert, open_engine, take_stock, temporary_table

pytestmark = pytest.mark.postgresql


@pytest.fixture
def postgres(fresh_postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(fresh_postgres_url)
    yield engine
    engine.dispose()


def known_rows(connection: Connection, name: str) -> float:
    """Return how many rows the planner takes a table to have; −1 before it has looked."""
    found = connection.scalar(text(f"select reltuples from pg_class where relname = '{name}'"))
    assert found is not None
    return float(found)


@pytest.mark.parametrize(("rows", "known"), [(10, -1), (3_000, 3_000)])
def test_a_table_of_the_moment_is_looked_at_where_it_is_long(
    postgres: Engine, rows: int, known: int
) -> None:
    table: Table = temporary_table("moment", [Column("number", Integer)])
    with postgres.begin() as connection:
        table.create(connection)
        bulk_insert(connection, table, pd.DataFrame({"number": range(rows)}))
        take_stock(connection, table, written=rows)
        assert known_rows(connection, "moment") == known


def test_a_little_more_is_no_reason_to_look_again(postgres: Engine) -> None:
    table: Table = temporary_table("moment", [Column("number", Integer)])
    with postgres.begin() as connection:
        table.create(connection)
        for rows, known in ((20_000, 20_000), (1_500, 20_000), (6_000, 27_500)):
            bulk_insert(connection, table, pd.DataFrame({"number": range(rows)}))
            take_stock(connection, table, written=rows)
            assert known_rows(connection, "moment") == known


def test_the_calendars_are_known_from_the_start(postgres: Engine) -> None:
    with postgres.connect() as connection:
        for name in ("dim_date", "dim_month"):
            rows = connection.scalar(text(f"select count(*) from {name}"))
            assert known_rows(connection, name) == rows
