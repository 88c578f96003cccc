"""The migrated database and the declared tables are one; seeds may be written again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, func, select, update

from etl.errors import UserError
from etl.migration import check_migrations, current_revision, is_migrated, migrate, schema_revision
from etl.tables import dim_date, dim_task, dim_unit, plan
from etl.warehouse import open_engine


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


@pytest.mark.parametrize(
    "url", ["mysql://u:matkhau@localhost/x", "khong:matkhau", "postgresql://u:matkhau@host:cong/x"]
)
def test_what_is_no_address_of_a_database_is_refused_and_tells_no_password(url: str) -> None:
    with pytest.raises(UserError, match="không phải địa chỉ SQLite hay PostgreSQL") as refused:
        open_engine(url)
    assert "matkhau" not in str(refused.value)
