"""A page is drawn once per question and data version; a failure is never kept."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard import app as application
from dashboard.app import create_app
from dashboard.pages import Page
from etl.settings import Settings
from tests.conftest import ON_SQLITE
from tests.etl.loaders import dossiers, load_text
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

JUNE = "?period=2024-06"
FIRST = {"Mã hồ sơ": "000.00.36.H08-240603-0001", "Ngày tiếp nhận": "03/06/2024"}
SECOND = {"Mã hồ sơ": "000.00.36.H08-240604-0001", "Ngày tiếp nhận": "04/06/2024"}
pytestmark = ON_SQLITE


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries of the pages that were drawn, in order."""
    drawn: list[str] = []
    show = application.shown_at

    def watched(connection: Any, **asked: Any) -> Any:
        drawn.append(asked["query"])
        return show(connection, **asked)

    monkeypatch.setattr(application, "shown_at", watched)
    return drawn


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings.model_construct(database_url=sqlite_url, data_dir=tmp_path / "data")


@pytest.fixture
def client(settings: Settings, engine: Engine, tmp_path: Path) -> FlaskClient:
    load_text(engine, tmp_path, dossiers(FIRST))
    return signed_in(create_app(settings, engine=engine).server, engine)


def test_the_same_question_is_drawn_once(client: FlaskClient, drawn: list[str]) -> None:
    first, second = ask_page(client, "/ho-so", JUNE), ask_page(client, "/ho-so", JUNE)
    assert first.get_json() == second.get_json()
    ask_page(client, "/ho-so", "?period=2024-05")
    assert drawn == [JUNE, "?period=2024-05"]


def kept_files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "answers").glob("*/*") if path.is_file()]


def test_workers_answer_what_another_has_drawn(
    client: FlaskClient, drawn: list[str], engine: Engine, settings: Settings
) -> None:
    first = ask_page(client, "/ho-so", JUNE)
    other = signed_in(create_app(settings, engine=engine).server, engine)
    assert ask_page(other, "/ho-so", JUNE).get_json() == first.get_json()
    assert drawn == [JUNE]
    # With other settings a page may look otherwise.
    changed = settings.model_copy(update={"reading_766": True})
    ask_page(signed_in(create_app(changed, engine=engine).server, engine), "/ho-so", JUNE)
    assert drawn == [JUNE, JUNE]


def test_answers_are_the_owner_s_and_hold_no_program(
    client: FlaskClient, settings: Settings
) -> None:
    ask_page(client, "/ho-so", JUNE)
    (kept,) = kept_files(settings)
    assert (kept.stat().st_mode & 0o077, kept.parent.stat().st_mode & 0o077) == (0, 0)
    assert gzip.decompress(kept.read_bytes()[4:]).startswith(b'{"multi":true')
    # Cut off, as when the machine loses power: drawn anew.
    kept.write_bytes(kept.read_bytes()[:4])
    assert ask_page(client, "/ho-so", JUNE).status_code == 200
    assert len(kept_files(settings)[0].read_bytes()) > 4


def test_without_a_folder_for_them_every_page_is_drawn(
    engine: Engine, settings: Settings, drawn: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    settings.data_dir.write_text("a file in its place")
    client = signed_in(create_app(settings, engine=engine).server, engine)
    for _ in range(2):
        assert ask_page(client, "/ho-so", JUNE).status_code == 200
    assert drawn == [JUNE, JUNE]
    assert "answers are not kept" in caplog.text


def test_a_change_of_data_is_drawn_anew(
    client: FlaskClient,
    drawn: list[str],
    engine: Engine,
    settings: Settings,
    tmp_path: Path,
) -> None:
    before = ask_page(client, "/ho-so", JUNE)
    load_text(engine, tmp_path, dossiers(FIRST, SECOND), name="sau.csv")
    after = ask_page(client, "/ho-so", JUNE)
    assert drawn == [JUNE, JUNE]
    assert before.get_json() != after.get_json()
    # What was said of the data before is not kept any longer.
    assert len(kept_files(settings)) == 1


def test_a_load_that_changes_no_number_still_shows_in_the_list_of_loads(
    client: FlaskClient, drawn: list[str], engine: Engine, tmp_path: Path
) -> None:
    ask_page(client, "/du-lieu")
    load_text(engine, tmp_path, dossiers(FIRST), name="lan_hai.csv")
    assert "lan_hai.csv" in ask_page(client, "/du-lieu").get_data(as_text=True)


def test_a_failure_is_not_kept(
    client: FlaskClient, drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_context: object, _query: object) -> Any:
        raise RuntimeError("the disk is gone")

    whole = application.find_page("/ho-so")
    assert isinstance(whole, Page)
    with monkeypatch.context() as broken:
        broken.setattr(application, "find_page", lambda _path: replace(whole, build=fail))
        assert "Các phần khác vẫn đúng" in ask_page(client, "/ho-so", JUNE).get_data(as_text=True)
    assert "Các phần khác vẫn đúng" not in ask_page(client, "/ho-so", JUNE).get_data(as_text=True)
    assert len(drawn) == 2


def test_an_answer_is_compressed_where_the_browser_reads_it(client: FlaskClient) -> None:
    plain = ask_page(client, "/ho-so", JUNE)
    for _ in range(2):
        packed = ask_page(client, "/ho-so", JUNE, **{"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert orjson.loads(gzip.decompress(packed.get_data())) == plain.get_json()
        assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"output": 7}', b'{"output": "..page.children.."}'])
def test_a_question_that_is_none_is_refused_and_nothing_kept(
    client: FlaskClient, settings: Settings, body: bytes
) -> None:
    answered = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answered.status_code in (400, 403)
    assert kept_files(settings) == []
