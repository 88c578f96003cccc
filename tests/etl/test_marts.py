"""Marts that are brought up to date from a day on are those that are computed anew."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from etl.batches import batches
from etl.checking import check_names, run_checks
from etl.loading import load_file
from etl.marts import loaded_units, refresh
from etl.migration import migrate
from etl.settings import Settings
from etl.tables import mart_dossier
from etl.warehouse import write_transaction
from tests.etl.loaders import dossiers, load_text
from tests.etl.states import rows_of

CLOSED = {
    "Ngày tiếp nhận": "08/01/2024",
    "Ngày hẹn trả": "10/01/2024",
    "Ngày kết thúc xử lý": "12/01/2024",
    "Trạng thái": "Đã xử lý xong",
}
OPEN = {"Ngày tiếp nhận": "15/02/2024", "Ngày hẹn trả": "20/03/2024", "Trạng thái": "Đang xử lý"}


@pytest.fixture
def empty(engine: Engine) -> Engine:
    migrate(engine, settings=Settings.model_construct())
    return engine


FORMS = (
    "Mã phiếu;Ngày khảo sát;Bộ phận;I.1 Dễ tìm;V.1 Đúng hẹn\n"
    "P1;05/01/2024;Tư pháp;5;4\nP2;06/01/2024;Địa chính;3;\n"
)
DAMAGES = {
    "form_ii06a_identities": ["update mart_dossier set opening_due = opening_due + 1"],
    "late_numerator": [
        "update mart_dossier set resolved_late = resolved_late + 1",
        "delete from mart_dossier where resolved_late > 0",
    ],
    "survey_forms": [
        "update mart_survey set answers = answers + 1 where level = 'question'",
        "update mart_survey set forms = forms + 1 where level = 'all'",
        "update mart_survey set responses = responses + 1 where level = 'all'",
        "delete from mart_survey",
    ],
}
"""What each check must find: a count that is too high, or rows that are not there."""


def hold_marts(engine: Engine) -> None:
    """Hold the mart of dossiers to what computing it anew gives."""
    with engine.connect() as connection:
        found = rows_of(connection, mart_dossier)
    with write_transaction(engine) as connection:
        refresh(connection, units=loaded_units(connection))
        assert found == rows_of(connection, mart_dossier)
    assert found


@pytest.mark.parametrize(
    ("later", "as_of"),
    [
        ({**CLOSED, "Ngày trả": "05/03/2024", "Trạng thái": "Đã trả kết quả"}, date(2024, 3, 31)),
        ({**CLOSED, "Ngày hẹn trả": "30/01/2024"}, date(2024, 3, 31)),
        ({**CLOSED, "Ngày hẹn trả": "30/01/2024"}, date(2024, 1, 20)),
        ({**OPEN, "Ngày tiếp nhận": "02/01/2024"}, date(2024, 2, 29)),
        (CLOSED, date(2024, 4, 30)),
        (CLOSED, date(2024, 2, 10)),
    ],
)
def test_a_later_file_moves_only_what_it_must(
    empty: Engine, tmp_path: Path, later: dict[str, str], as_of: date
) -> None:
    load_text(empty, tmp_path, dossiers(CLOSED, OPEN, CLOSED), as_of=date(2024, 2, 29))
    loaded = load_text(empty, tmp_path, dossiers(later), as_of=as_of)
    assert loaded.since is not None
    hold_marts(empty)


def test_an_older_file_that_overwrites_newer_rows_says_so(empty: Engine, tmp_path: Path) -> None:
    load_text(empty, tmp_path, dossiers(CLOSED, OPEN), as_of=date(2024, 3, 31))
    was_open = {**CLOSED, "Ngày kết thúc xử lý": "", "Trạng thái": "Đang xử lý"}
    for row, as_of, is_told in (
        (CLOSED, date(2024, 1, 9), False),
        (was_open, date(2024, 1, 9), True),
        (CLOSED, date(2024, 3, 31), False),
    ):
        loaded = load_text(empty, tmp_path, dossiers(row), name=f"{as_of}.csv", as_of=as_of)
        told = [warned for warned in loaded.warnings if warned.code == "older"]
        assert [warned.count for warned in told] == [1] * is_told
        assert all("31/03/2024; 1 dòng" in warned.message for warned in told)
        with empty.connect() as connection:
            (kept, *_) = batches(connection)
        assert ("cũ hơn số liệu đã nạp" in kept["warnings"]) == is_told


def test_the_first_file_of_a_unit_may_change_anything(empty: Engine, tmp_path: Path) -> None:
    assert load_text(empty, tmp_path, dossiers(CLOSED)).since is None
    hold_marts(empty)


def test_quarter_after_quarter_is_as_if_computed_at_once(
    empty: Engine, demo_files: list[Path]
) -> None:
    quarters = [path for path in demo_files if "ho_so" in path.name or "ho-so" in path.name][:4]
    assert len(quarters) == 4
    sinces = []
    for path in quarters:
        part = load_file(empty, path, settings=Settings.model_construct()).parts[0]
        sinces.append(part.since)
        hold_marts(empty)
    assert any(sinces)


def test_every_check_finds_what_is_damaged(empty: Engine, tmp_path: Path) -> None:
    load_text(empty, tmp_path, dossiers(CLOSED, OPEN), as_of=date(2024, 2, 29))
    load_text(empty, tmp_path, FORMS)
    assert list(DAMAGES) == check_names()
    with empty.connect() as connection:
        assert run_checks(connection, units=loaded_units(connection)) == []
        for check, statements in DAMAGES.items():
            for statement in statements:
                connection.execute(text(statement))
                found = run_checks(connection, units=loaded_units(connection))
                assert check in [broken.check for broken in found], statement
                connection.rollback()
