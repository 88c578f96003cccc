"""Báo cáo in a real browser: a snapshot made, opened as it was, downloaded, held against today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from etl.warehouse import open_engine
from tests.browser.keyboard import walk_to
from tests.browser.opening import open_page
from tests.etl.loaders import dossiers, load_text
from tests.services.server import SESSIONS, served
from tests.services.signing_in import browser_session

pytestmark = pytest.mark.browser

ROW = {
    "Mã hồ sơ": "A1",
    "Bộ phận": "Địa chính",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "12/06/2024",
    "Ngày kết thúc xử lý": "14/06/2024",
}
MAKING = 90_000
"""A browser is started to draw the charts; on a busy machine that takes a while."""


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    load_text(engine, tmp_path, dossiers(ROW), as_of=date(2024, 6, 30))
    yield engine
    engine.dispose()


@pytest.fixture
def served_reports(office: Engine, tmp_path: Path) -> Iterator[str]:
    with served(tmp_path, DEMO="0") as address:
        yield address


def test_a_snapshot_is_made_opened_downloaded_and_held_against_today(
    quiet_page: Any, browser: Any, served_reports: str, office: Engine, tmp_path: Path
) -> None:
    page = quiet_page
    page.goto(f"{served_reports}/bao-cao")
    page.wait_for_selector("#page .bottom-line")
    page.get_by_role("combobox", name="Kỳ").select_option("2024-06")
    page.get_by_role("button", name="Lập báo cáo").click()
    page.locator("#said").get_by_text("Đã lập báo cáo.").wait_for(timeout=MAKING)
    row = page.locator("#snapshots tbody tr")
    row.get_by_text("Tháng 6/2024").wait_for()

    with page.expect_download() as download:
        row.get_by_role("link", name="PDF").click()
    saved = tmp_path / "kept.pdf"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"%PDF")

    row.get_by_role("link", name="Mở").click()
    page.wait_for_selector("html[data-drawn]", state="attached")
    assert page.evaluate("() => { try { return document.cookie } catch { return 'none' } }") in (
        "",
        "none",
    )
    page.go_back()
    page.wait_for_selector("#page .bottom-line")

    # Whoever receives it has this page alone, and works it by the keys.
    theirs = browser.new_context()
    theirs.add_cookies(browser_session(office, served_reports, "recipient"))
    received = theirs.new_page()
    open_page(received, f"{served_reports}/bao-cao")
    received.locator("#snapshots tbody tr").wait_for()
    walk_to(received, "PDF")
    with received.expect_download() as download:
        received.keyboard.press("Enter")
    assert Path(download.value.path()).read_bytes() == saved.read_bytes()
    assert received.locator(".nav-side .nav-item").all_inner_texts() == ["Báo cáo"]
    theirs.close()

    load_text(office, tmp_path, dossiers({**ROW, "Mã hồ sơ": "A2"}), name="them.csv")
    page.locator("#snapshots tbody tr").get_by_role("link", name="So với nay").click()
    page.wait_for_url("**/bao-cao?so=1")
    page.locator("#changes").get_by_role("heading", name="Dữ liệu đã thay đổi").wait_for()
    line = page.locator("#changes tr").filter(has_text="Hồ sơ tiếp nhận").first
    assert line.inner_text().split("\t")[-2:] == ["1", "2"]


def test_what_cannot_be_made_says_why_and_stays_on_the_page(
    page: Any, served_reports: str, tmp_path: Path
) -> None:
    page.context.add_cookies(SESSIONS[served_reports])
    page.goto(f"{served_reports}/bao-cao")
    page.wait_for_selector("#page .bottom-line")
    # A folder stands where the key would be written: no signature, no snapshot.
    (tmp_path / "signing.pem").mkdir()
    page.get_by_role("button", name="Lập báo cáo").click()
    page.locator("#said.fault").get_by_text("Chưa có báo cáo nào được lập.").wait_for(
        timeout=MAKING
    )
    assert page.locator("#snapshots tbody tr").count() == 0
