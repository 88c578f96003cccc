"""The migrated database and the declared tables are one; seeds may be written again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine, func, inspect, select, update
from sqlalchemy.exc import ProgrammingError

from etl.errors import DatabaseFault, UserError
from etl.migration import check_migrations, current_revision, is_migrated, migrate, schema_revision
from etl.tables import column_match, dim_date, dim_task, dim_unit, metadata, plan
from etl.warehouse import open_engine
from tests.services.commands import run


def emptied(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("drop schema public cascade")
            connection.exec_driver_sql("create schema public")
        else:
            metadata.drop_all(connection)
            connection.exec_driver_sql("drop table alembic_version")


def test_migrations_hold_what_the_tables_declare(engine: Engine) -> None:
    assert is_migrated(engine)
    check_migrations(engine)


def test_seeds_are_there(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(dim_task)) == 18
        real = select(func.count()).select_from(dim_unit).where(~dim_unit.c.is_demo)
        assert connection.scalar(real) == 17
        year = select(plan.c.baseline_pct, plan.c.ranked_units).where(plan.c.year == 2024)
        assert tuple(connection.execute(year).one()) == (90.83, 17)
        swapped = select(dim_date.c.is_working_day).where(dim_date.c.date == date(2024, 5, 4))
        assert connection.scalar(swapped)


def test_migrating_again_keeps_plan_figures_that_people_changed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(plan).where(plan.c.year == 2024).values(target_pct=92.5))
    migrate(engine)
    with engine.connect() as connection:
        query = select(plan.c.target_pct).where(plan.c.year == 2024)
        assert connection.scalar(query) == 92.5


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(UserError, match="phiên bản chương trình mới hơn"):
        migrate(engine)
    assert current_revision(engine) == "9999" != schema_revision()


def test_processes_that_migrate_at_once_take_turns(engine: Engine, database_url: str) -> None:
    emptied(engine)
    with ThreadPoolExecutor() as pool:
        starts = [pool.submit(run, "etl", "migrate", DATABASE_URL=database_url) for _ in range(3)]
    assert [start.result().returncode for start in starts] == [0, 0, 0]
    assert is_migrated(engine)


def test_a_migration_that_fails_leaves_nothing(engine: Engine) -> None:
    emptied(engine)
    with engine.begin() as connection:
        column_match.create(connection)
    with pytest.raises((DatabaseFault, ProgrammingError)):
        migrate(engine)
    assert inspect(engine).get_table_names() == [column_match.name]


@pytest.mark.parametrize(
    "url", ["mysql://u:matkhau@localhost/x", "khong:matkhau", "postgresql://u:matkhau@host:cong/x"]
)
def test_what_is_no_address_of_a_database_is_refused_and_tells_no_password(url: str) -> None:
    with pytest.raises(UserError, match="không phải địa chỉ SQLite hay PostgreSQL") as refused:
        open_engine(url)
    assert "matkhau" not in str(refused.value)
