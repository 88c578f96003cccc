"""Alembic's entry: migrates the engine that :mod:`etl.migration` hands over."""

from alembic import context

from etl import access_tables, delivery_tables, record_tables  # noqa: F401 - same metadata
from etl.settings import load_settings
from etl.tables import metadata
from etl.warehouse import open_engine

engine = context.config.attributes.get("engine") or open_engine(load_settings().database_url)

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
