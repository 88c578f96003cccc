"""Whatever rows a file has: none is lost, again changes nothing, any order does, undo undoes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from etl.loading import Loaded, load_file
from etl.settings import Settings
from etl.tables import fact_dossier
from etl.undoing import undo
from etl.version import data_version
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, write
from tests.etl.states import state
from tests.examples import share

SETTINGS = Settings.model_construct()
Row = dict[str, str]
Fresh = Callable[[], "contextmanager[Engine]"]  # type: ignore[type-arg]

DAYS = st.sampled_from(
    ["", "03/06/2024", "28/06/2024", "15/07/2024 16:59", "29/02/2024", "41/06/2024", "hôm qua"]
)


def rows_of(prefix: str) -> st.SearchStrategy[list[Row]]:
    """Return rows: codes that repeat, days that are none, departments in several spellings."""
    return st.lists(
        st.fixed_dictionaries(
            {
                "Mã hồ sơ": st.sampled_from(["", *(f"{prefix}{n}" for n in range(6))]),
                "Ngày tiếp nhận": DAYS,
                "Ngày hẹn trả": DAYS,
                "Ngày kết thúc xử lý": DAYS,
                "Bộ phận": st.sampled_from(["Tư pháp", "TƯ PHÁP ", "Địa chính", "Công an"]),
                "Số lần bổ sung": st.sampled_from(["", "0", "2", "-1", "hai"]),
            }
        ),
        min_size=1,
        max_size=8,
    )


@pytest.fixture(scope="module")
def fresh(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], contextmanager]:  # type: ignore[type-arg]
    """Return what opens an empty database of its own."""
    folder = tmp_path_factory.mktemp("properties")
    numbers = iter(range(1_000_000))

    @contextmanager
    def opened() -> Iterator[Engine]:
        path = folder / f"{next(numbers)}.db"
        shutil.copy(sqlite_template, path)
        engine = open_engine(f"sqlite:///{path}")
        try:
            yield engine
        finally:
            engine.dispose()
            path.unlink()

    return opened


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def load(
    engine: Engine, folder: Path, rows: list[Row], *, name: str = "a", file: str = ""
) -> Loaded:
    # The first row is good: a file of which nothing could be kept is refused whole.
    good = {"Mã hồ sơ": f"good{name}", "Ngày tiếp nhận": "03/06/2024"}
    path = write(folder, dossiers(good, *rows), name=f"{file or name}.csv")
    return load_file(engine, path, settings=SETTINGS).only


few = share(0.1)


@few
@given(rows=rows_of("a"))
def test_no_row_is_lost(fresh: Fresh, files: Path, rows: list[Row]) -> None:
    with fresh() as engine:
        loaded = load(engine, files, rows)
        assert loaded.rows_read == len(rows) + 1
        kept = loaded.inserted + loaded.updated + loaded.unchanged
        assert kept + loaded.rejected + loaded.repeated == loaded.rows_read
        assert len(loaded.rejects) == loaded.rejected
        with engine.connect() as connection:
            held = connection.scalar(select(func.count()).select_from(fact_dossier))
        assert held == loaded.inserted == kept


@few
@given(rows=rows_of("a"))
def test_the_same_file_again_changes_nothing(fresh: Fresh, files: Path, rows: list[Row]) -> None:
    with fresh() as engine:
        first = load(engine, files, rows)
        before = state(engine, provenance=False)
        # Under another name it is read; under its own it may be known unread.
        again = load(engine, files, rows, file="again")
        assert (again.inserted, again.updated) == (0, 0)
        assert again.unchanged == first.inserted
        assert state(engine, provenance=False) == before


@few
@given(one=rows_of("a"), other=rows_of("b"))
def test_files_that_share_no_dossier_may_come_in_any_order(
    fresh: Fresh, files: Path, one: list[Row], other: list[Row]
) -> None:
    with fresh() as here, fresh() as there:
        load(here, files, one, name="a")
        load(here, files, other, name="b")
        load(there, files, other, name="b")
        load(there, files, one, name="a")
        assert state(here, provenance=False) == state(there, provenance=False)


@few
@given(one=rows_of("a"), other=rows_of("a"))
def test_a_load_that_is_undone_was_never_there(
    fresh: Fresh, files: Path, one: list[Row], other: list[Row]
) -> None:
    with fresh() as engine:
        load(engine, files, one, name="a")
        before = state(engine)
        with engine.connect() as connection:
            version = data_version(connection, settings=SETTINGS)
        second = load(engine, files, other, name="c")
        undo(engine, [second.batch_id])
        assert state(engine) == before
        with engine.connect() as connection:
            assert data_version(connection, settings=SETTINGS) == version
