"""Alembic's entry: migrates the engine that :mod:`etl.migration` hands over."""

from alembic import context

from etl import access_tables, delivery_tables, record_tables  # noqa: F401 - same metadata
from etl.settings import load_settings
from etl.tables import metadata
from etl.warehouse import open_engine, write_transaction

engine = context.config.attributes.get("engine") or open_engine(load_settings().database_url)

# Whole or not at all, on SQLite, too; of two processes that start at once the second one finds
# nothing left to do.
with write_transaction(engine) as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    context.run_migrations()
