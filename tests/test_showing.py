"""What stands at an address: which page, and what is told around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.access.roles import VIEWER
from dashboard.app import create_app
from etl.settings import Settings
from etl.undoing import undo
from tests.conftest import ON_SQLITE
from tests.etl.loaders import load_text
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

FIRST_STEPS = "Trang này chưa có số liệu"
RANKING = "Năm;Đơn vị;Chỉ số hài lòng;Xếp hạng\n"
pytestmark = ON_SQLITE


@pytest.fixture
def client(sqlite_url: str, engine: Engine, tmp_path: Path) -> FlaskClient:
    told = Settings.model_construct(database_url=sqlite_url, data_dir=tmp_path / "data")
    return signed_in(create_app(told, engine=engine).server, engine)


def shown(client: FlaskClient, path: str, query: str = "") -> str:
    """Return all that is answered for an address, as text."""
    return str(ask_page(client, path, query).get_json())


def test_what_lies_far_below_is_a_link_away(
    client: FlaskClient, engine: Engine, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, RANKING + "2023;X. Hoài Châu Bắc;90,83;3\n")
    data = shown(client, "/du-lieu")
    links = re.findall(r"'href': '#([^']+)'", data)
    assert {"dictionary", "glossary"} <= set(links)
    assert all(f"'id': '{link}'" in data for link in links)


def test_a_ranking_alone_is_shown_where_it_belongs(
    client: FlaskClient, engine: Engine, tmp_path: Path
) -> None:
    """The published figure is often the first that an office has."""
    for path in ("/", "/xep-hang", "/du-lieu"):
        assert FIRST_STEPS in shown(client, path)
    lines = "2022;X. Hoài Châu Bắc;89,1;5\n2023;X. Hoài Châu Bắc;90,83;3\n"
    load_text(engine, tmp_path, RANKING + lines)
    assert FIRST_STEPS in shown(client, "/")
    ranking = shown(client, "/xep-hang")
    assert FIRST_STEPS not in ranking and "Hạng 3/17" in ranking
    answer = ask_page(client, "/xep-hang", "?year=2022").get_json()["response"]
    assert "has-year" in answer["filters"]["className"]
    assert answer["filter-year"]["value"] == "2022"
    assert "Phiên bản" in str(answer["stamps"])
    data = shown(client, "/du-lieu")
    assert FIRST_STEPS not in data and "Đã nạp 1 tệp" in data


def test_who_may_load_is_led_there_and_a_load_taken_back_is_told(
    client: FlaskClient, engine: Engine, tmp_path: Path
) -> None:
    batch = load_text(engine, tmp_path, f"{RANKING}2023;X. Hoài Châu Bắc;90,83;3\n").batch_id
    data = shown(client, "/du-lieu")
    assert "'href': '/nap-du-lieu'}, 'Nạp dữ liệu']" in data and "đang dùng" in data
    undo(engine, [batch])
    load_text(engine, tmp_path, f"{RANKING}2023;X. Hoài Châu Bắc;90,38;3\n")
    assert "đã hoàn tác" in shown(client, "/du-lieu")
    reading = signed_in(client.application, engine, role=VIEWER)
    assert "'href': '/nap-du-lieu'" not in shown(reading, "/du-lieu")
