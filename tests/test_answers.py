"""A page is drawn once per question and data version; a failure is never kept."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
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
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, load_text
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

JUNE = "?period=2024-06"
FIRST = {"Mã hồ sơ": "000.00.36.H08-240603-0001", "Ngày tiếp nhận": "03/06/2024"}
SECOND = {"Mã hồ sơ": "000.00.36.H08-240604-0001", "Ngày tiếp nhận": "04/06/2024"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries of the pages that were drawn, in order."""
    drawn: list[str] = []
    show = application._show

    def watched(connection: Any, **asked: Any) -> Any:
        drawn.append(asked["query"])
        return show(connection, **asked)

    monkeypatch.setattr(application, "_show", watched)
    return drawn


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def client(sqlite_url: str, engine: Engine, tmp_path: Path) -> FlaskClient:
    load_text(engine, tmp_path, dossiers(FIRST))
    settings = Settings.model_construct(database_url=sqlite_url)
    return signed_in(create_app(settings, engine=engine).server, engine)


def test_the_same_question_is_drawn_once(client: FlaskClient, drawn: list[str]) -> None:
    first, second = ask_page(client, "/ho-so", JUNE), ask_page(client, "/ho-so", JUNE)
    assert first.get_json() == second.get_json()
    ask_page(client, "/ho-so", "?period=2024-05")
    assert drawn == [JUNE, "?period=2024-05"]


def test_a_change_of_data_is_drawn_anew(
    client: FlaskClient, drawn: list[str], engine: Engine, tmp_path: Path
) -> None:
    before = ask_page(client, "/ho-so", JUNE)
    load_text(engine, tmp_path, dossiers(FIRST, SECOND), name="sau.csv")
    after = ask_page(client, "/ho-so", JUNE)
    assert drawn == [JUNE, JUNE]
    assert before.get_json() != after.get_json()


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
def test_a_question_that_is_none_is_left_to_dash(client: FlaskClient, body: bytes) -> None:
    answered = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert "Content-Encoding" not in answered.headers
