"""One table, however it comes, becomes the same facts, and nobody has to say what it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from etl.loading import load_file
from etl.tables import dim_department, dim_field, dim_procedure, fact_dossier
from etl.warehouse import open_engine
from tests.etl.disguises import DISGUISES, HEADER, SETTINGS, delimited, rows, written

_PROVENANCE = ("first_batch_id", "batch_id", "department_id", "field_id", "procedure_id")


def facts(engine: Engine) -> list[tuple[object, ...]]:
    """Every dossier with the labels of its dimensions in place of their ids."""
    f = fact_dossier.c
    query = (
        select(
            *(column for column in f if column.name not in _PROVENANCE),
            dim_department.c.label,
            dim_field.c.label,
            dim_procedure.c.label,
        )
        .join(dim_department, dim_department.c.department_id == f.department_id)
        .join(dim_field, dim_field.c.field_id == f.field_id)
        .join(dim_procedure, dim_procedure.c.procedure_id == f.procedure_id)
        .order_by(f.dossier_code)
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine: what a disguise is ends before the database."""
    return sqlite_url


@pytest.fixture(scope="module")
def plain(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> list[tuple[object, ...]]:
    """The facts of the table as plain as can be."""
    folder = tmp_path_factory.mktemp("plain")
    shutil.copy(sqlite_template, folder / "warehouse.db")
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    path = folder / "tep.csv"
    lines = [HEADER, *written("%Y-%m-%dT%H:%M:%S")]
    path.write_text(delimited(",", lines), encoding="utf-8")
    load_file(engine, path, settings=SETTINGS)
    found = facts(engine)
    engine.dispose()
    assert len(found) == len(rows()) == 24
    received = [column.name for column in fact_dossier.c if column.name not in _PROVENANCE].index(
        "received_at"
    )
    assert [row[received] for row in found] == [row[5] for row in rows()]
    return found


@pytest.mark.parametrize("name", list(DISGUISES))
def test_a_disguise_loads_to_the_same_facts(
    engine: Engine, tmp_path: Path, plain: list[tuple[object, ...]], name: str
) -> None:
    loaded = load_file(engine, DISGUISES[name](tmp_path), settings=SETTINGS)
    assert {part.source for part in loaded.parts} == {"dossier"}
    assert (loaded.total("rows_read"), loaded.total("rejected")) == (24, 0), [
        part.rejects for part in loaded.parts
    ]
    assert facts(engine) == plain


def test_old_letters_are_said_to_be_converted(engine: Engine, tmp_path: Path) -> None:
    for name in ("csv, TCVN3", "xls, TCVN3", "csv, VNI", "xls, VNI", "csv, VISCII"):
        font = name.rpartition(" ")[2]
        part = load_file(engine, DISGUISES[name](tmp_path), settings=SETTINGS).only
        assert font in next(w.message for w in part.warnings if w.code == font.lower())
    part = load_file(engine, DISGUISES["csv, Windows-1258"](tmp_path), settings=SETTINGS).only
    assert [w.code for w in part.warnings] == ["old_encoding"]


def test_what_is_left_out_is_said(engine: Engine, tmp_path: Path) -> None:
    path = DISGUISES["xlsx, all that an office adds"](tmp_path)
    part = load_file(engine, path, settings=SETTINGS).only
    assert {w.code: w.count for w in part.warnings} == {"totals": 4, "groups": 3, "foot": 3}
    assert "Nguyễn Văn A" not in str(part)
