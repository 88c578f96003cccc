"""Killed, out of disk, cut off, all at once: nothing is partial, a re-run completes, rows are kept.

Ten kills per engine here; ``make faults`` does hundreds.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections import Counter
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text

from dashboard.metrics import measure
from etl.batches import batches
from etl.checking import run_checks
from etl.errors import DatabaseFault
from etl.inbox import prepare, sizes, take
from etl.loading import load_file
from etl.marts import loaded_units
from etl.settings import Settings
from etl.tables import fact_dossier, load_batch
from etl.version import data_version
from etl.warehouse import open_engine
from tests.etl.fault_worker import load_alone
from tests.etl.loaders import dossiers, write

SETTINGS = Settings.model_construct()
ROWS = 100
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.etl.fault_worker"])


def file_of(folder: Path, number: int) -> Path:
    rows = [
        {
            "Mã hồ sơ": f"T{number}-{row}",
            "Ngày tiếp nhận": f"{1 + row % 28:02d}/06/2024",
            "Ngày hẹn trả": f"{1 + row % 28:02d}/07/2024",
        }
        for row in range(ROWS)
    ]
    return write(folder, dossiers(*rows), name=f"tep{number}.csv")


def assert_whole(engine: Engine) -> None:
    """Every batch has all its rows, every row a batch, and every mart equals its facts."""
    with engine.connect() as connection:
        held = dict(
            connection.execute(
                select(fact_dossier.c.batch_id, func.count()).group_by(fact_dossier.c.batch_id)
            ).all()
        )
        told = {row["batch_id"]: row["inserted"] for row in batches(connection, limit=10_000)}
        assert {number: count for number, count in told.items() if count} == held
        assert run_checks(connection, units=loaded_units(connection)) == []
        counted = measure(connection, "dossiers_received")["numerator"].fillna(0).iloc[0]
        assert int(counted) == sum(held.values())


def start(url: str, path: Path) -> tuple[Any, Pipe]:
    """Start a load in a process of its own; return when it begins."""
    mine, its = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=load_alone, args=(url, str(path), its))
    process.start()
    its.close()
    assert mine.recv() == "begun"
    return process, mine


def kill_at_random(engine: Engine, url: str, folder: Path, *, rounds: int) -> Counter[str]:
    """Kill a load ``rounds`` times at a random moment of its life; return what came of each."""
    chance = random.Random(20240630)
    begin = time.monotonic()
    process, _ = start(url, file_of(folder, 0))
    process.join()
    assert process.exitcode == 0
    whole = time.monotonic() - begin
    outcomes: Counter[str] = Counter()
    for number in range(1, rounds + 1):
        path = file_of(folder, number)
        process, told = start(url, path)
        # The moment is the point: anywhere between the beginning of a load and its end, which in
        # a new process takes up to twice as long.
        told.poll(chance.uniform(0, 2 * whole))
        process.kill()
        process.join()
        assert_whole(engine)
        # A load takes longer as the database grows: the next moment is drawn from this one's life.
        begin = time.monotonic()
        again = load_file(engine, path, settings=SETTINGS).only
        whole = time.monotonic() - begin
        assert again.inserted + again.unchanged == ROWS
        assert again.inserted in (0, ROWS)
        outcomes["before it was written" if again.inserted else "after it was written"] += 1
    assert_whole(engine)
    with engine.connect() as connection:
        total = connection.scalar(select(func.count()).select_from(fact_dossier))
    assert total == ROWS * (rounds + 1)
    return outcomes


def test_a_load_killed_at_random_is_whole_or_not_there(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    outcomes = kill_at_random(engine, database_url, tmp_path, rounds=10)
    assert sum(outcomes.values()) == 10


@pytest.mark.slow
def test_hundreds_of_loads_killed_at_random(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    outcomes = kill_at_random(engine, database_url, tmp_path, rounds=200)
    print(f"\n{engine.dialect.name}: 200 kills, {dict(outcomes)}")
    assert sum(outcomes.values()) == 200


def test_a_worker_killed_with_a_file_on_its_desk_leaves_it_to_the_next(
    engine: Engine, tmp_path: Path
) -> None:
    prepare(tmp_path)
    desk = tmp_path / "working" / "0123"
    desk.mkdir()
    desk.with_suffix(".lock").touch()
    write(desk, dossiers({"Ngày tiếp nhận": "03/06/2024"}), name="a.csv")
    # What was put back is seen by the next round, as any file that has lain a while.
    assert take(engine, tmp_path, settings=SETTINGS, before={}) == []
    (taken,) = take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert (taken.name, taken.outcome) == ("a.csv", "loaded")
    assert list((tmp_path / "working").iterdir()) == []


def test_a_full_disk_leaves_the_database_as_it_was(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    load_file(engine, file_of(tmp_path, 0), settings=SETTINGS)
    full = True

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        """SQLite then says what it says on a full disk: database or disk is full."""
        if full:
            pages = connection.execute("pragma page_count").fetchone()[0]
            connection.execute(f"pragma max_page_count = {pages}")

    engine.dispose()
    with pytest.raises(DatabaseFault, match="hết chỗ trên đĩa"):
        load_file(engine, file_of(tmp_path, 1), settings=SETTINGS)
    assert_whole(engine)
    full = False
    engine.dispose()
    assert load_file(engine, file_of(tmp_path, 1), settings=SETTINGS).only.inserted == ROWS
    assert_whole(engine)
    engine.dispose()


HANG_UP = """
create function hang_up() returns trigger language plpgsql as
$$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$
"""


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["fact_dossier", "mart_dossier", "audit_log"])
def test_a_database_gone_in_the_middle_keeps_nothing(
    fresh_postgres_url: str, tmp_path: Path, table: str
) -> None:
    engine, other = open_engine(fresh_postgres_url), open_engine(fresh_postgres_url)
    with other.begin() as executioner:
        executioner.execute(text(HANG_UP))
        executioner.execute(
            text(f"create trigger hang_up before insert on {table} execute function hang_up()")
        )
    with pytest.raises(DatabaseFault, match="Chưa có gì thay đổi"):
        load_file(engine, file_of(tmp_path, 1), settings=SETTINGS)
    assert_whole(other)
    with other.begin() as executioner:
        executioner.execute(text(f"drop trigger hang_up on {table}"))
    assert load_file(engine, file_of(tmp_path, 1), settings=SETTINGS).only.inserted == ROWS
    assert_whole(other)
    engine.dispose()
    other.dispose()


def test_the_inbox_keeps_a_file_that_the_database_could_not_take(
    sqlite_url: str, tmp_path: Path
) -> None:
    prepare(tmp_path)
    engine = open_engine(sqlite_url)

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count = {pages}")

    file_of(tmp_path / "inbox", 1)
    (taken,) = take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert taken.outcome == "waiting"
    assert list(sizes(tmp_path)) == ["tep1.csv"]
    engine.dispose()
    fresh = open_engine(sqlite_url)
    (taken,) = take(fresh, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert taken.outcome == "loaded"
    fresh.dispose()


def test_two_loads_at_once_both_arrive(engine: Engine, database_url: str, tmp_path: Path) -> None:
    paths = [file_of(tmp_path, number) for number in (1, 2)]
    started = [start(database_url, path) for path in [*paths, paths[0]]]
    for process, _told in started:
        process.join()
        assert process.exitcode == 0
    assert_whole(engine)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(fact_dossier)) == 2 * ROWS
        read = connection.execute(
            select(load_batch.c.inserted, load_batch.c.unchanged).order_by("inserted")
        ).all()
    # The third brings a file again: where the first has ended by then it is known by its hash.
    assert sorted(map(tuple, read)) in (
        [(ROWS, 0), (ROWS, 0)],
        [(0, ROWS), (ROWS, 0), (ROWS, 0)],
    )


def test_pages_read_during_a_load_see_it_whole_or_not_at_all(
    engine: Engine, tmp_path: Path
) -> None:
    load_file(engine, file_of(tmp_path, 0), settings=SETTINGS)
    done = threading.Event()
    seen: set[tuple[str, int, int]] = set()

    def read() -> None:
        while True:
            last = done.is_set()
            with engine.connect() as connection:
                version = data_version(connection, settings=SETTINGS)
                received = int(measure(connection, "dossiers_received").iloc[0]["numerator"])
                facts = connection.scalar(select(func.count()).select_from(fact_dossier))
                again = data_version(connection, settings=SETTINGS)
            if version == again:
                seen.add((version, received, int(facts or 0)))
            if last:
                return

    reader = threading.Thread(target=read)
    reader.start()
    for number in (1, 2, 3):
        load_file(engine, file_of(tmp_path, number), settings=SETTINGS)
    done.set()
    reader.join()
    assert all(received == facts and received % ROWS == 0 for _, received, facts in seen)
    versions = {version for version, _, _ in seen}
    assert len(versions) == len(seen)
    assert max(received for _, received, _ in seen) == 4 * ROWS
