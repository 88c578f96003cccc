"""Bringing a database to the present schema and filling what every database starts with."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine

from etl.anchor import open_warehouse
from etl.errors import UserError
from etl.seeding import seed
from etl.settings import SQL_DIR, Settings, load_settings
from etl.warehouse import write_transaction


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SQL_DIR / "migrations"))
    config.attributes["engine"] = engine
    return config


def schema_revision() -> str:
    """Return the newest revision that the code knows."""
    head = ScriptDirectory(str(SQL_DIR / "migrations")).get_current_head()
    assert head is not None
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database stands at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_migrated(engine: Engine) -> bool:
    """Whether the database stands at the newest revision."""
    return current_revision(engine) == schema_revision()


def migrate(engine: Engine, *, settings: Settings | None = None) -> None:
    """Bring the schema to the newest revision and write the seeds; safe to repeat.

    Processes that do so at once take turns.

    Raises:
        DatabaseFault: the database is gone, full or too busy; nothing was written.
        UserError: the database was made by a newer version of the program.
    """
    try:
        if not is_migrated(engine):
            command.upgrade(_config(engine), "head")
    except CommandError as error:
        raise UserError(
            "Cơ sở dữ liệu được tạo bởi phiên bản chương trình mới hơn bản đang chạy. "
            "Hãy cập nhật chương trình rồi chạy lại; dữ liệu không bị thay đổi."
        ) from error
    with write_transaction(engine) as connection:
        seed(connection, settings=settings or load_settings())


def open_migrated(settings: Settings) -> Engine:
    """Return an engine for the office's database, brought up to date.

    Raises:
        UserError: the address is of neither engine, or the database of a newer program.
    """
    engine = open_warehouse(settings)
    migrate(engine, settings=settings)
    return engine


def check_migrations(engine: Engine) -> None:
    """Raise when the declared tables and the migrated database differ."""
    command.check(_config(engine))
