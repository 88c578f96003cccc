"""The snapshot's page from a file: no server, no request, every chart drawn, every table there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine

from dashboard.figures import FORMS
from dashboard.filters import Period
from dashboard.snapshots.freezing import Frozen, freeze
from dashboard.snapshots.html import write_html
from dashboard.snapshots.notice import build_notice, write_notice_html
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.browser.accessibility import faults_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def frozen(
    tmp_path_factory: pytest.TempPathFactory, demo_database: Path, settings: Settings
) -> Frozen:
    path = tmp_path_factory.mktemp("page") / "warehouse.db"
    shutil.copy(demo_database, path)
    engine: Engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        made = freeze(connection, settings=settings, period=Period("2024-06"))
    engine.dispose()
    return made


def test_every_chart_is_drawn_without_anybody(quiet_page, frozen: Frozen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "report.html"
    path.write_bytes(write_html(frozen, fingerprint="0000 1111"))
    asked: list[str] = []
    quiet_page.on("request", lambda request: asked.append(request.url))
    quiet_page.goto(path.as_uri())
    quiet_page.wait_for_function("document.documentElement.dataset.drawn")
    wanted = sum(
        section.chart is not None and section.chart.form in FORMS and section.missing is None
        for report in frozen.reports.values()
        for section in report.sections
    )
    assert int(quiet_page.evaluate("document.documentElement.dataset.drawn")) == wanted
    assert quiet_page.locator(".chart .main-svg").count() >= wanted
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    tables = sum(
        section.table is not None and section.missing is None
        for report in frozen.reports.values()
        for section in report.sections
    )
    assert quiet_page.locator("table").count() == tables
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for width in (1366, 390):
        quiet_page.set_viewport_size({"width": width, "height": 800})
        assert quiet_page.evaluate(overflow) <= 0, width


def test_a_key_unfolds_the_numbers_of_a_chart(quiet_page, frozen: Frozen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "report.html"
    path.write_bytes(write_html(frozen))
    quiet_page.goto(path.as_uri())
    card = quiet_page.locator("#satisfaction section", has=quiet_page.locator(".chart")).first
    table = card.locator("table")
    assert not table.is_visible()
    card.locator("summary").focus()
    quiet_page.keyboard.press("Enter")
    assert table.is_visible()
    quiet_page.wait_for_function("document.documentElement.dataset.drawn")
    assert faults_of(quiet_page) == []


def test_a_phone_is_shown_the_first_part_and_the_sentences_of_the_others(
    quiet_page, frozen: Frozen, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "report.html"
    path.write_bytes(write_html(frozen))
    quiet_page.set_viewport_size({"width": 390, "height": 844})
    quiet_page.goto(path.as_uri())
    quiet_page.wait_for_function("document.documentElement.dataset.drawn")
    parts = quiet_page.locator("details.part")
    is_open = "parts => parts.map(part => part.open)"
    assert parts.evaluate_all(is_open) == [True] + [False] * (len(frozen.reports) - 1)
    assert quiet_page.locator("#satisfaction .lead").is_visible()
    assert not quiet_page.locator("#satisfaction .chart").first.is_visible()
    quiet_page.locator("nav a[href='#satisfaction']").click()
    expect(quiet_page.locator("#satisfaction .chart .main-svg").first).to_be_visible()
    assert faults_of(quiet_page) == []
    # On paper everything stands, whatever is folded on the screen.
    quiet_page.pdf()
    assert all(parts.evaluate_all(is_open))


def test_a_phone_reads_charts_and_sentences_without_moving_them_sideways(
    quiet_page: Any, frozen: Frozen, tmp_path: Path
) -> None:
    """A chart as wide as a page showed the names of its rows and none of its points."""
    path = tmp_path / "bao-cao.html"
    path.write_bytes(write_html(frozen))
    quiet_page.set_viewport_size({"width": 390, "height": 844})
    quiet_page.goto(path.as_uri())
    quiet_page.wait_for_selector("html[data-drawn]")
    quiet_page.locator("#overview > .part > summary").click()
    quiet_page.locator("#tasks > .part > summary").click()
    wider = quiet_page.evaluate(
        "() => [...document.querySelectorAll('.part[open] :is(.wide, .scroll:has(.read))')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
    )
    assert wider == []
    assert quiet_page.locator(".part[open] .read").count() > 1
    assert quiet_page.locator("#overview .read td").first.text_content()


def test_no_card_is_shown_twice(frozen: Frozen) -> None:
    page = write_html(frozen).decode()
    cards = re.findall(r'<div class="kpi"><h3>([^<]*)</h3><span class="meta">([^<]*)</span>', page)
    kpis = [kpi for report in frozen.ordered for kpi in report.kpis]
    assert set(cards) == {(kpi.label, kpi.window) for kpi in kpis}
    assert len(cards) == len(set(cards)) < len(kpis)


def test_the_notice_opens_by_itself(quiet_page, frozen: Frozen, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "notice.html"
    path.write_bytes(write_notice_html(build_notice(frozen)))
    quiet_page.goto(path.as_uri())
    assert "Thông báo kết quả khảo sát hài lòng" in quiet_page.inner_text("h1")
