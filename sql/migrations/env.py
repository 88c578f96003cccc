"""Alembic's entry: migrates the engine that :mod:`etl.warehouse` hands over."""

from alembic import context

from etl.access_tables import audit_log
from etl.record_tables import record_entry
from etl.settings import load_settings
from etl.warehouse import open_engine

# Every table stands in one collection, once the modules that declare them are read.
metadata = record_entry.metadata
assert audit_log.metadata is metadata

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
