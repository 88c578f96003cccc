"""The database: opening it, its write transaction, and the bulk paths per engine.

Everything that differs between SQLite and PostgreSQL is in this module; the SQL text elsewhere
is one and the same for both.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, Date, DateTime, Integer

from etl.errors import DatabaseFault, UserError

LOCK_SECONDS = 30
OWNER_ONLY = 0o600
"""The mode of files that nobody else on the machine may read."""

_STREAM_ROWS = 50_000
_ADDRESS = "SQLite hay PostgreSQL. Hãy sửa lại địa chỉ cơ sở dữ liệu."
LOAD_LOCK, AUDIT_LOCK, ATTEMPT_LOCK = 7_468_021, 7_468_022, 7_468_023
"""Advisory locks of one PostgreSQL database: what takes turns with its own kind."""


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``; SQLite is put into WAL mode and waits for a busy writer.

    The values of a statement that fails are not in its error: they would end up in the log.

    Raises:
        UserError: the address is not one of SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # What is no address may still hold a password: it is not shown.
        raise UserError(f"DATABASE_URL không phải địa chỉ {_ADDRESS}") from None
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    if parsed.get_backend_name() != "sqlite":
        raise UserError(f"DATABASE_URL «{parsed.render_as_string()}» không phải địa chỉ {_ADDRESS}")
    if parsed.database and parsed.database != ":memory:":
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            # Dossiers and hashes of passwords are the owner's alone; what SQLite lays beside its
            # file is as open as the file.
            file.touch(mode=OWNER_ONLY)
        _close_to_others(file)
    engine = create_engine(parsed, connect_args={"timeout": LOCK_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins too late for BEGIN IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("pragma journal_mode=wal")
        cursor.execute("pragma synchronous=normal")
        cursor.execute("pragma foreign_keys=on")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("begin", "deferred")
        connection.exec_driver_sql(f"begin {mode}")

    return engine


def _close_to_others(file: Path) -> None:
    """Take a database of this account's away from all others, with what lies beside it.

    Files that an earlier version has made, or that somebody has copied, may be open to the machine.
    """
    own = getattr(os, "geteuid", lambda: None)()
    for path in (file, *(file.with_name(f"{file.name}{end}") for end in ("-wal", "-shm"))):
        # What comes and goes meanwhile, and systems that know no modes, are left as they are.
        with suppress(OSError):
            state = path.stat()
            if state.st_uid == own and state.st_mode & ~OWNER_ONLY & 0o777:
                path.chmod(state.st_mode & OWNER_ONLY)


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the database as it is at its first question, to the last.

    What a page says and the data version it says it at are then of one moment, whatever is loaded
    meanwhile. SQLite reads so by itself.
    """
    with engine.connect() as plain:
        is_postgres = engine.dialect.name == "postgresql"
        level = {"isolation_level": "REPEATABLE READ"} if is_postgres else {}
        yield plain.execution_options(**level)


@contextmanager
def write_transaction(
    engine: Engine, *, takes_turn: bool = True, patience: float = LOCK_SECONDS
) -> Iterator[Connection]:
    """Give a connection whose transaction holds the write lock from its first statement.

    Loads take turns on PostgreSQL; what only writes a few rows of its own need not wait for them.
    ``patience`` is how many seconds another writer of SQLite is waited for.

    On SQLite a transaction that reads before it writes fails at once when another writer came
    between, whatever the timeout: so the lock is taken at the start, and waited for.

    Raises:
        DatabaseFault: the database is gone, full or too busy; nothing was written.
    """
    try:
        with _write_transaction(engine, takes_turn=takes_turn, patience=patience) as connection:
            yield connection
    except OperationalError as error:
        raise DatabaseFault from error


@contextmanager
def _write_transaction(
    engine: Engine, *, takes_turn: bool, patience: float
) -> Iterator[Connection]:
    deadline = time.monotonic() + patience
    with engine.connect() as plain, _waiting(plain, patience):
        after: list[Callable[[], None]] = []
        connection = plain.execution_options(begin="immediate", after_commit=after)
        while True:
            try:
                transaction = connection.begin()
                break
            except OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
        with transaction:
            if takes_turn:
                take_lock(connection, LOAD_LOCK)
            yield connection
        for act in after:
            act()


def after_commit(connection: Connection) -> list[Callable[[], None]] | None:
    """Return what is done once the write transaction has ended well, to be added to.

    None outside :func:`write_transaction`.
    """
    found: list[Callable[[], None]] | None = connection.get_execution_options().get("after_commit")
    return found


@contextmanager
def _waiting(connection: Connection, seconds: float) -> Iterator[None]:
    """Let a connection of SQLite wait for another writer for another time than it is used to."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or seconds == LOCK_SECONDS:
        yield
        return
    driver.execute(f"pragma busy_timeout={int(seconds * 1000)}")
    try:
        yield
    finally:
        driver.execute(f"pragma busy_timeout={LOCK_SECONDS * 1000}")


def take_lock(connection: Connection, lock: int) -> None:
    """Wait for one's turn until the transaction ends; on SQLite writers take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({lock})")


def upsert(
    connection: Connection, table: Table, rows: list[dict[str, Any]], *, update: bool = True
) -> None:
    """Insert ``rows``; rows whose key exists are updated, or left alone with ``update=False``."""
    if not rows:
        return
    statement = _dialect_insert(connection, table)
    key = [column.name for column in table.primary_key]
    values = [name for name in rows[0] if name not in key]
    if update and values:
        statement = statement.on_conflict_do_update(
            index_elements=key, set_={name: statement.excluded[name] for name in values}
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    connection.execute(statement, rows)


def upsert_from(
    connection: Connection, table: Table, *, columns: list[str], select: Any, keep: set[str]
) -> None:
    """Insert what ``select`` gives into ``table``, updating rows that exist except ``keep``."""
    key = [column.name for column in table.primary_key]
    statement = _dialect_insert(connection, table).from_select(columns, select)
    statement = statement.on_conflict_do_update(
        index_elements=key,
        set_={
            name: statement.excluded[name]
            for name in columns
            if name not in key and name not in keep
        },
    )
    connection.execute(statement)


def _dialect_insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def bulk_insert(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Insert every row of ``frame`` (columns named as the table's) by the engine's fast path.

    SQLite: one prepared statement over all rows; PostgreSQL: COPY.
    """
    if frame.empty:
        return
    names = [column.name for column in table.columns if column.name in frame.columns]
    columns = [_driver_values(frame[name], table.columns[name].type) for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    driver: Any = connection.dialect.loaded_dbapi
    try:
        if connection.dialect.name == "postgresql":
            _copy(connection, f'copy "{table.name}" ({quoted}) from stdin', columns)
        else:
            marks = ", ".join("?" * len(names))
            rows: Any = zip(*columns, strict=True)
            with closing(connection.connection.cursor()) as cursor:
                cursor.executemany(f'insert into "{table.name}" ({quoted}) values ({marks})', rows)
    except driver.Error as error:
        # The driver was called past SQLAlchemy, but a fault is the same as anywhere else.
        raise DBAPIError.instance(
            table.name, None, error, dbapi_base_err=driver.Error, dialect=connection.dialect
        ) from error


_MANY_ROWS, _LARGE_SHARE = 1_000, 0.2


def take_stock(connection: Connection, table: Table, *, written: int) -> None:
    """Let PostgreSQL look at a table anew, of which many rows were written in this transaction.

    Its plans rest on what it knows of a table, and by itself it looks a minute after the end, at
    a temporary table never: the sums of a new mart took thirty times as long. SQLite plans by
    keys alone.
    """
    if connection.dialect.name != "postgresql" or written < _MANY_ROWS:
        return
    # −1 of a table that it has never looked at.
    known = select(text("reltuples")).select_from(text("pg_class"))
    rows = connection.scalar(known.where(text(f"oid = '\"{table.name}\"'::regclass"))) or 0
    if written > _LARGE_SHARE * rows:
        connection.exec_driver_sql(f'analyze "{table.name}"')


def _copy(connection: Connection, statement: str, columns: list[list[Any]]) -> None:
    raw: Any = connection.connection.driver_connection
    lines = map("\t".join, zip(*map(_copy_texts, columns), strict=True))
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("".join(f"{line}\n" for line in lines))


_COPY_NULL = r"\N"
_COPY_SPECIAL = re.compile(r"[\t\n\r]")
_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _copy_texts(values: list[Any]) -> list[str]:
    """Return values as the text format of COPY writes them.

    Source: PostgreSQL documentation, COPY, "Text Format".
    """
    texts = [_COPY_NULL if value is None else str(value) for value in values]
    whole = "".join(texts)
    if whole.count("\\") == values.count(None) and not _COPY_SPECIAL.search(whole):
        return texts
    return [
        _COPY_NULL if value is None else str(value).translate(_COPY_ESCAPES) for value in values
    ]


def _driver_values(values: pd.Series, kind: Any) -> list[Any]:
    """Return plain Python values that both drivers store as SQLAlchemy would."""
    if isinstance(kind, Date):
        return _day_texts(pd.to_datetime(values))
    if isinstance(kind, DateTime):
        return _moment_texts(pd.to_datetime(values))
    if isinstance(values.dtype, pd.CategoricalDtype):
        words = np.append(values.cat.categories.to_numpy(dtype=object), [None])
        return words[values.cat.codes.to_numpy()].tolist()
    blank = values.isna().to_numpy()
    if isinstance(kind, (Boolean, Integer)):
        plain = bool if isinstance(kind, Boolean) else np.int64
        found = np.full(len(values), None, dtype=object)
        found[~blank] = values[~blank].to_numpy(dtype=plain)
        return found.tolist()
    return values.astype(object).mask(blank, None).tolist() if blank.any() else values.tolist()


def _day_texts(moments: pd.Series[Any]) -> list[str | None]:
    """Return days as ISO text: each distinct one is written once."""
    codes, distinct = pd.factorize(moments.to_numpy(dtype="datetime64[D]"))
    return np.append(np.datetime_as_string(distinct).astype(object), [None])[codes].tolist()


def _moment_texts(moments: pd.Series[Any]) -> list[str | None]:
    """Return moments as SQLAlchemy writes them: days and times repeat more than moments do."""
    values = moments.to_numpy(dtype="datetime64[s]")
    blank = np.isnat(values)
    days = values.astype("datetime64[D]")
    seconds = np.where(blank, 0, (values - days).astype(np.int64))
    codes, distinct = pd.factorize(days)
    dates = np.append(np.datetime_as_string(distinct).astype(object), [""])
    clock_codes, clocks = pd.factorize(seconds)
    times = np.array([_clock_text(clock) for clock in clocks.tolist()], dtype=object)
    texts = dates[codes] + times[clock_codes]
    texts[blank] = None
    return texts.tolist()


def _clock_text(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    return f" {minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.000000"


def day_number(column: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the days from 1970-01-01 to a date column, which drivers hand over much faster."""
    return _DayNumber(column)


class _DayNumber(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


@compiles(_DayNumber, "postgresql")
def _day_number_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} - date '1970-01-01')"


@compiles(_DayNumber, "sqlite")
def _day_number_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return f"cast(julianday({text}) - 2440587.5 as integer)"


def stream(connection: Connection, statement: Any) -> Iterator[Sequence[Any]]:
    """Give what ``statement`` selects in blocks of rows; all of them are never held at once."""
    result = connection.execute(statement.execution_options(stream_results=True))
    yield from result.partitions(_STREAM_ROWS)


def temporary_table(name: str, columns: list[Any]) -> Table:
    """Return a table that lives as long as its connection's transaction; create it yourself."""
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


def insert_returning_id(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    """Insert one row and return the integer key it was given."""
    result = connection.execute(insert(table).values(**values))
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])
