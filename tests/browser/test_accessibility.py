"""What opens over a page, what lies on paper, and the work of each role by keyboard alone.

The pages themselves are held to axe's rules where they are opened anyway, in ``test_pages``; a file
is loaded by keyboard in ``test_loading_page``, a recipient's work is in ``test_reports_page``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select

from dashboard.access.users import find_user
from dashboard.theme import DARK, LIGHT
from etl.record_tables import record_entry
from etl.warehouse import open_engine
from tests.browser.accessibility import faults_of, faults_on_paper
from tests.browser.keyboard import walk_to
from tests.browser.opening import open_page
from tests.services.server import SESSIONS, served
from tests.services.signing_in import browser_session

pytestmark = pytest.mark.browser


@pytest.fixture
def page(warm_page: Any) -> Any:
    return warm_page


PASSWORD = "bốn con mèo nằm trên mái"
GRID_ROWS = "#dossier-grid .ag-center-cols-container [role=row]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, demo_database: Path) -> Path:
    folder = tmp_path_factory.mktemp("roles")
    shutil.copy(demo_database, folder / "warehouse.db")
    return folder


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def served_roles(folder: Path, office: Engine) -> Iterator[str]:
    """The demonstration of this module alone: people are added to it, and its record is written."""
    with served(folder, DEMO="1") as address:
        yield address


@pytest.mark.parametrize(("theme", "width"), [("light", 1366), ("dark", 390)])
def test_what_opens_over_a_page_is_for_everybody(
    quiet_page: Any, served_roles: str, theme: str, width: int
) -> None:
    page, is_phone = quiet_page, width < 768
    page.set_viewport_size({"width": width, "height": 768})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    open_page(page, f"{served_roles}/?period=2024-07")

    def check(opener: Any, opened: str) -> None:
        opener.focus()
        page.keyboard.press("Enter")
        page.locator(opened).wait_for()
        # What lies under it is looked at in ``test_pages``.
        assert faults_of(page, within=opened) == [], opened
        page.keyboard.press("Escape")
        page.locator(opened).wait_for(state="hidden")
        expect(opener).to_be_focused()

    trend = page.locator("#satisfaction_trend")
    check(page.locator("#kpi-late_rate .define"), "#kpi-late_rate-definition")
    check(trend.get_by_role("button", name="Số liệu"), "#satisfaction_trend-table")
    check(trend.get_by_role("button", name="Cách đọc"), "#satisfaction_trend-reading")
    if is_phone:
        check(page.locator("#filters-open"), ".filters-shown .filters")
        check(page.get_by_role("button", name="Thêm"), "#more")
    else:
        check(page.locator(".stepper summary"), ".period-menu")
    check(page.locator(".account-menu summary"), ".account-menu .menu-body")
    open_page(page, f"{served_roles}/nhiem-vu")
    check(page.locator("#matrix .name button").first, "#matrix-I-1")
    page.goto(f"{served_roles}/hop-thang?period=2024-06")
    page.wait_for_selector("[data-record][data-ready=yes]")
    assert faults_of(page) == []
    page.goto(f"{served_roles}/mat-khau")
    assert faults_of(page) == []
    page.context.clear_cookies()
    page.goto(f"{served_roles}/dang-nhap")
    assert faults_of(page) == []


def test_until_a_page_stands_there_it_says_that_it_is_opened(
    browser: Any, served_roles: str
) -> None:
    """As on a slow line: the document has come, its scripts have not."""
    with browser.new_context(reduced_motion="reduce") as room:
        room.add_cookies(SESSIONS[served_roles])
        page = room.new_page()
        page.route(re.compile(r"\.js(\?|$)"), lambda route: route.abort())
        page.goto(f"{served_roles}/")
        expect(page.get_by_role("main")).to_have_text("Đang mở bảng điều hành…")
        assert faults_of(page) == []


_INKS = """() => [...document.querySelectorAll('#page .main-svg *')]
  .flatMap(mark => [mark.style.fill, mark.style.stroke])"""


def _inks_of(page: Any) -> dict[str, set[str]]:
    """Return with which words' and marks' colours of each theme the charts are drawn."""
    drawn = set(page.evaluate(_INKS))
    names = ("ink", "ink_2", "accent", "concern")
    found = {}
    for theme, other in ((LIGHT, DARK), (DARK, LIGHT)):
        own = {getattr(theme, name) for name in names} - {getattr(other, name) for name in names}
        rgb = {f"rgb({', '.join(str(part) for part in bytes.fromhex(ink[1:]))})" for ink in own}
        found["dark" if theme is DARK else "light"] = drawn & rgb
    return found


def test_paper_has_every_row_and_nothing_to_click(quiet_page: Any, served_roles: str) -> None:
    page = quiet_page
    # Who sits before a dark screen prints on white paper.
    page.emulate_media(color_scheme="dark")
    open_page(page, f"{served_roles}/ho-so?period=2024-07")
    page.wait_for_selector(GRID_ROWS)
    listed = page.evaluate(
        "() => window.dash_ag_grid.getApi('dossier-grid').getDisplayedRowCount()"
    )
    on_screen = _inks_of(page)
    assert on_screen["dark"] and not on_screen["light"]
    assert faults_on_paper(page) == []
    on_paper = _inks_of(page)
    assert len(on_paper["light"]) == len(on_screen["dark"]) and not on_paper["dark"]
    printed = page.locator("table.on-paper tbody tr")
    assert printed.count() == listed > page.locator(GRID_ROWS).count() > 0
    assert re.search(r"\d\d/\d\d/2024", printed.first.inner_text())
    assert page.locator(".stamps").inner_text().startswith("DỮ LIỆU MINH HỌA")
    page.emulate_media(media="null")
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("table.on-paper").count() == 0
    assert _inks_of(page) == on_screen
    page.emulate_media(color_scheme="light")
    for path, width in (
        ("/?period=2024-07", 390),
        ("/ho-so?period=2024-07", 390),
        ("/nhiem-vu", 1366),
        ("/du-lieu", 1366),
        ("/quan-tri", 1366),
    ):
        page.set_viewport_size({"width": width, "height": 768})
        page.emulate_media(media="null")
        open_page(page, f"{served_roles}{path}")
        assert faults_on_paper(page) == [], path
    page.emulate_media(media="null")
    page.goto(f"{served_roles}/hop-thang?period=2024-06")
    page.wait_for_selector("[data-record][data-ready=yes]")
    cause = page.get_by_role("textbox", name=re.compile("^Nguyên nhân")).first
    cause.fill("Chờ xác minh thực địa. " * 30)
    page.wait_for_selector(".record-state[data-waiting='0']", state="attached")
    assert faults_on_paper(page) == []
    dates = page.locator("input[type=date]").evaluate_all(
        "all => all.map(one => [one.value === '', one.matches('.unfilled')])"
    )
    assert [True, True] in dates
    assert all(is_blank == is_hidden for is_blank, is_hidden in dates)


def test_an_administrator_signs_in_and_adds_somebody(
    page: Any, served_roles: str, office: Engine
) -> None:
    with office.connect() as connection:
        assert find_user(connection, "chi_lan") is None
    page.context.add_cookies(SESSIONS[served_roles])
    page.goto(f"{served_roles}/quan-tri")
    page.wait_for_selector("#add-name")
    walk_to(page, "Tên đăng nhập.*")
    page.keyboard.type("chi_lan")
    walk_to(page, "Vai trò.*")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    walk_to(page, "Mật khẩu.*")
    page.keyboard.type(PASSWORD)
    walk_to(page, "Thêm")
    page.keyboard.press("Enter")
    page.locator("#users").get_by_text("chi_lan").wait_for()
    with office.connect() as connection:
        added = find_user(connection, "chi_lan")
    assert added is not None and added.role == "editor"
    # Whoever was added comes in by the keys too.
    page.context.clear_cookies()
    page.goto(f"{served_roles}/")
    # A page gives the focus to its first field a moment after it is loaded.
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type("chi_lan")
    walk_to(page, "Mật khẩu")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#satisfaction_trend")


def test_an_editor_types_the_record(quiet_page: Any, served_roles: str, office: Engine) -> None:
    page = quiet_page
    page.context.clear_cookies()
    page.context.add_cookies(browser_session(office, served_roles, "editor"))
    page.goto(f"{served_roles}/hop-thang?period=2024-08")
    page.wait_for_selector("[data-record][data-ready=yes]")
    walk_to(page, "Thêm kết luận")
    page.keyboard.press("Enter")
    page.keyboard.type("Rà soát hồ sơ sắp đến hạn")
    page.keyboard.press("Tab")
    page.wait_for_selector(".record-state[data-waiting='0']", state="attached")
    with office.connect() as connection:
        values = connection.scalars(
            select(record_entry.c.value).where(record_entry.c.month == "2024-08")
        ).all()
    assert "Rà soát hồ sơ sắp đến hạn" in values


def test_a_leader_filters_looks_behind_a_number_and_closes_a_decision(
    quiet_page: Any, served_roles: str, office: Engine
) -> None:
    page = quiet_page
    page.context.clear_cookies()
    page.context.add_cookies(browser_session(office, served_roles, "leader"))
    open_page(page, f"{served_roles}/ho-so?period=2024-07")
    walk_to(page, "Bộ phận.*")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('department=')")
    open_page(page, f"{served_roles}/?period=2024-07")
    walk_to(page, "Tới nội dung chính")
    page.keyboard.press("Enter")
    walk_to(page, "Tỷ lệ trễ hạn")
    page.keyboard.press("Enter")
    walk_to(page, "Danh sách hồ sơ được tính")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('list=late_rate')")
    page.wait_for_selector(GRID_ROWS)

    page.goto(f"{served_roles}/hop-thang?period=2024-10")
    page.wait_for_selector("[data-record][data-ready=yes]")
    walk_to(page, "Thêm kết luận")
    page.keyboard.press("Enter")
    page.keyboard.type("Niêm yết lại thủ tục")
    walk_to(page, "Đã xong.*")
    page.keyboard.press("Space")
    page.wait_for_selector(".record-state[data-waiting='0']", state="attached")
    with office.connect() as connection:
        states = connection.scalars(
            select(record_entry.c.value).where(
                record_entry.c.kind == "decision",
                record_entry.c.field == "state",
                record_entry.c.month == "2024-10",
            )
        ).all()
    assert states == ["closed"]


def test_a_viewer_changes_the_period_and_the_ground(
    quiet_page: Any, served_roles: str, office: Engine
) -> None:
    page = quiet_page
    page.context.clear_cookies()
    page.context.add_cookies(browser_session(office, served_roles, "viewer"))
    open_page(page, f"{served_roles}/phan-anh")
    walk_to(page, "Kỳ số liệu: .*")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => location.search.includes('period=2024')")
    page.keyboard.press("Escape")
    expect(page.locator(".stepper summary")).to_be_focused()
    assert page.locator("[href^='/nap-du-lieu'], [href^='/quan-tri']").count() == 0
    before = page.locator("html").get_attribute("data-bs-theme")
    walk_to(page, "Nền (sáng|tối)")
    page.keyboard.press("Enter")
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", str(before))
