"""The pages in a real Chromium: charts drawn, filters in the address, nothing complains."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from dashboard.access.roles import READ
from dashboard.pages import PAGES
from tests.browser.accessibility import MOST_SHIFT, faults_of, layout_shift, moving
from tests.browser.opening import open_page
from tests.browser.words import foreign_words
from tests.services.server import SESSIONS

pytestmark = pytest.mark.browser


@pytest.fixture
def page(warm_page: Any) -> Any:
    return warm_page


CHARTS = {
    "/": ["satisfaction_trend-graph", "criteria_index-graph"],
    "/ho-so": ["late_by_department-graph", "outcomes-graph"],
    "/xep-hang": ["movement-graph"],
}


@pytest.mark.parametrize("path", [page.path for page in PAGES])
@pytest.mark.parametrize(
    ("theme", "first", "wider"),
    # 683 px is what a screen of 1366 has left when it is magnified twofold.
    [("light", 1366, 1920), ("dark", 390, 683)],
    ids=["desk", "phone"],
)
def test_a_page_opens_with_its_charts(
    quiet_page: Any, served_demo: str, path: str, theme: str, first: int, wider: int
) -> None:
    quiet_page.set_viewport_size({"width": first, "height": 768})
    quiet_page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    open_page(quiet_page, f"{served_demo}{path}")
    assert layout_shift(quiet_page) < MOST_SHIFT
    assert faults_of(quiet_page) == []
    assert moving(quiet_page) == []
    for chart in CHARTS.get(path, []):
        quiet_page.wait_for_selector(f"#{chart} .main-svg")
    assert quiet_page.locator("h1").count() == 1
    assert quiet_page.locator("h1").inner_text() == next(p.label for p in PAGES if p.path == path)
    assert quiet_page.locator(".stamps .demo").inner_text() == "DỮ LIỆU MINH HỌA"
    stamps = quiet_page.locator(".stamps").text_content()
    assert "Số liệu đến 31/12/2024" in stamps
    assert re.search(r"[0-9a-f]{4}·[0-9a-f]{4}", stamps)
    assert quiet_page.locator("html").get_attribute("data-bs-theme") == theme
    assert quiet_page.locator(".missing.error").count() == 0
    assert not foreign_words(quiet_page)
    offers = quiet_page.evaluate(
        "() => [...document.querySelectorAll('.js-plotly-plot')]"
        ".map(plot => plot._context.showSendToCloud || plot._context.showLink)"
    )
    assert not any(offers)
    for width in (first, wider):
        quiet_page.set_viewport_size({"width": width, "height": 768})
        quiet_page.wait_for_function(
            "width => innerWidth === width && document.documentElement.scrollWidth <= width",
            arg=width,
        )


def test_the_four_charts_of_the_plan_are_there(quiet_page: Any, served_demo: str) -> None:
    open_page(quiet_page, served_demo)
    assert "90,83" in quiet_page.locator("#satisfaction_trend").inner_text()
    assert quiet_page.locator("#task_strip .tk").count() >= 18
    open_page(quiet_page, f"{served_demo}/xep-hang?year=2023")
    assert quiet_page.locator("#ladder tbody tr").count() >= 17
    assert "X. Hoài Châu Bắc" in quiet_page.locator("#ladder .own").inner_text()
    assert "90,83" in quiet_page.locator("#ladder .own").inner_text()
    open_page(quiet_page, f"{served_demo}/ho-so")
    assert "Địa chính – Xây dựng" in quiet_page.locator("#late_by_department").inner_text()
    open_page(quiet_page, f"{served_demo}/nhiem-vu")
    assert quiet_page.locator("#matrix tbody tr").count() == 18
    cells = quiet_page.locator("#matrix table").first.locator("tbody td .tk")
    assert cells.count() == 18 * 12


def test_filters_live_in_the_address_and_the_link_reopens_them(
    quiet_page: Any, served_demo: str
) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so")
    before = quiet_page.locator(".bottom-line").inner_text()
    quiet_page.select_option("#filter-department", label="Địa chính – Xây dựng")
    quiet_page.wait_for_url(re.compile("department="))
    quiet_page.wait_for_function(
        "text => document.querySelector('.bottom-line').innerText !== text", arg=before
    )
    quiet_page.click("#period-previous")
    quiet_page.wait_for_url(re.compile("period=2024-11"))
    quiet_page.wait_for_function(
        "() => document.getElementById('filter-period-label').innerText === 'Tháng 11/2024'"
    )
    said = quiet_page.locator(".bottom-line").inner_text()
    link = quiet_page.url
    quiet_page.goto("about:blank")
    open_page(quiet_page, link)
    assert quiet_page.locator(".bottom-line").inner_text() == said
    assert quiet_page.locator("#filter-period-label").inner_text() == "Tháng 11/2024"
    chosen = quiet_page.eval_on_selector("#filter-department", "e => e.value")
    assert chosen == "Địa chính – Xây dựng"


def test_what_is_chosen_while_a_page_is_on_its_way_is_kept(
    quiet_page: Any, served_demo: str
) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-12")
    quiet_page.evaluate(
        """() => {
            document.querySelector(".bar [data-action=theme]").click();
            document.querySelector(".period-menu input[value='2024-06']").click();
        }"""
    )
    expect(quiet_page.locator("#filter-period-label")).to_have_text("Tháng 6/2024")
    assert "period=2024-06" in quiet_page.url
    assert quiet_page.locator("html").get_attribute("data-bs-theme") == "dark"
    bars = quiet_page.locator("meta[name='theme-color']").get_attribute("content")
    assert bars == quiet_page.evaluate("getComputedStyle(document.body).getPropertyValue('--page')")


def test_the_back_button_returns_to_the_page_and_its_filters(
    quiet_page: Any, served_demo: str
) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-07")
    quiet_page.click(".nav-side a[href^='/nhiem-vu']")
    quiet_page.wait_for_function(
        "() => document.getElementById('page-title').innerText === 'Nhiệm vụ'"
    )
    quiet_page.go_back()
    quiet_page.wait_for_function(
        "() => document.getElementById('page-title').innerText === 'Hồ sơ'"
    )
    assert quiet_page.locator("#filter-period-label").inner_text() == "Tháng 7/2024"


def test_a_page_that_could_not_be_fetched_says_so_and_comes_with_the_network(
    page: Any, served_demo: str
) -> None:
    """The address had changed, the page had not, and nothing was said."""
    page.context.add_cookies(SESSIONS[served_demo])
    open_page(page, f"{served_demo}/ho-so?period=2024-12")
    page.context.set_offline(True)
    try:
        page.click(".nav-side a[href^='/nhiem-vu']")
        expect(page.locator("#said")).to_contain_text("Không nối được với máy chủ")
    finally:
        page.context.set_offline(False)
    expect(page.locator("#page-title")).to_have_text("Nhiệm vụ")
    expect(page.locator("#said")).to_be_hidden()


def test_a_click_on_a_bar_filters_and_a_second_one_drops_it(
    quiet_page: Any, served_demo: str
) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-08")
    bars = quiet_page.locator("#late_by_department-graph .bars path")
    before = bars.count()
    bars.first.click(force=True)
    quiet_page.wait_for_function("() => document.getElementById('filter-department').value !== '*'")
    assert "department=" in quiet_page.url
    quiet_page.wait_for_function(
        "count => document.querySelectorAll('#late_by_department-graph .bars path').length < count",
        arg=before,
    )
    bars.first.click(force=True)
    quiet_page.wait_for_function("() => document.getElementById('filter-department').value === '*'")
    assert "department=" not in quiet_page.url


def test_the_list_of_dossiers_is_searched(quiet_page: Any, served_demo: str) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-08")
    rows = quiet_page.locator("#dossier-grid .ag-center-cols-container [role=row]")
    # The grid lets rows in and out one after the other: what it comes to is waited for.
    rows.filter(has_not_text="Đã xong").first.wait_for()
    quiet_page.fill("#dossier-search", "Đã xong")
    expect(rows.filter(has_not_text="Đã xong")).to_have_count(0)
    expect(rows.filter(has_text="Đã xong")).not_to_have_count(0)


def test_a_phone_shows_each_dossier_whole(quiet_page: Any, served_demo: str) -> None:
    quiet_page.set_viewport_size({"width": 390, "height": 768})
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-07")
    rows = quiet_page.locator("#dossier-grid .ag-center-cols-container [role=row]")
    rows.first.wait_for()
    said = rows.first.inner_text()
    assert re.search(r"(còn|trễ) \d+ ngày", said)
    assert re.search(r"hẹn \d\d/\d\d/2024", said)
    assert quiet_page.locator("#dossier-grid .ag-center-cols-viewport").evaluate(
        "one => one.scrollWidth <= one.clientWidth"
    )
    # Columns that do not stand by themselves are searched all the same.
    code = re.search(r"\S+-\d{6}-\d{4}", said)
    assert code is not None
    quiet_page.fill("#dossier-search", code.group())
    expect(rows).to_have_count(1)


def test_a_number_opens_the_dossiers_it_counts_under_the_readers_filters(
    quiet_page: Any, served_demo: str
) -> None:
    open_page(quiet_page, f"{served_demo}/?period=2024-07")
    quiet_page.locator("#kpi-late_rate .define").click()
    definition = quiet_page.locator("#kpi-late_rate-definition")
    counted = definition.get_by_text("hồ sơ", exact=False).all_inner_texts()
    definition.get_by_role("link", name="Danh sách hồ sơ được tính").click()
    quiet_page.wait_for_url("**/ho-so?*list=late_rate*")
    assert "period=2024-07" in quiet_page.url
    quiet_page.wait_for_selector("#dossier-grid .ag-center-cols-container [role=row]")
    heading = quiet_page.locator("#dossier_list-heading").inner_text()
    late, of = heading.removeprefix("Tỷ lệ trễ hạn: ").removesuffix(" hồ sơ").split(" trên ")
    assert any(f"{late}/{of}" in text for text in counted), (heading, counted)
    assert quiet_page.evaluate(
        "() => document.querySelector('#dossier_list').getBoundingClientRect().top < innerHeight"
    )
    quiet_page.get_by_role("link", name="Hồ sơ trễ và sắp đến hạn").click()
    quiet_page.wait_for_function("() => !location.search.includes('list=')")
    quiet_page.get_by_text("quá hạn hoặc sắp đến hạn").first.wait_for()


def test_the_list_is_had_as_a_workbook(quiet_page: Any, served_demo: str, tmp_path: Any) -> None:
    open_page(quiet_page, f"{served_demo}/ho-so?period=2024-07")
    quiet_page.wait_for_selector("#dossier-grid .ag-center-cols-container [role=row]")
    with quiet_page.expect_download() as download:
        quiet_page.locator("#dossier-export").click()
    assert download.value.suggested_filename == "ho-so-21646-2024-07.xlsx"
    saved = tmp_path / "list.xlsx"
    download.value.save_as(saved)
    sheet = openpyxl.load_workbook(saved).active
    assert sheet["A4"].value == "Tình trạng" and sheet.max_row > 4
    assert all(isinstance(sheet.cell(row, 2).value, datetime) for row in range(5, sheet.max_row))


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/ho-so?period=2024-07", "#dossier-search, #dossier-export"),
        ("/nap-du-lieu", ".two-lists a, .row-acts button, .others > summary"),
    ],
)
def test_what_is_touched_is_as_high_as_a_finger(
    quiet_page: Any, served_demo: str, path: str, what: str
) -> None:
    quiet_page.set_viewport_size({"width": 390, "height": 844})
    open_page(quiet_page, f"{served_demo}{path}")
    # What is folded is touched once it is open.
    quiet_page.evaluate(
        "() => document.querySelectorAll('details').forEach(d => { d.open = true })"
    )
    for touched in (what, ".account-menu .menu-body :is(a, button)"):
        quiet_page.locator(touched).first.wait_for()
        heights = [one.bounding_box()["height"] for one in quiet_page.locator(touched).all()]
        assert len(heights) > 1 and min(heights) >= 44, (touched, heights)


@pytest.mark.parametrize("path", [page.path for page in PAGES if page.permission == READ])
def test_an_empty_database_says_what_to_do(quiet_page: Any, served_empty: str, path: str) -> None:
    quiet_page.goto(f"{served_empty}{path}")
    quiet_page.locator("#page").get_by_text("Chưa có").first.wait_for()
    assert quiet_page.locator(".missing.error").count() == 0
    assert faults_of(quiet_page) == []


def test_an_unknown_address_leads_back(quiet_page: Any, served_demo: str) -> None:
    quiet_page.goto(f"{served_demo}/khong-co")
    quiet_page.get_by_text("Không có trang này").first.wait_for()
    assert faults_of(quiet_page) == []
    quiet_page.get_by_text("Về Tổng quan").click()
    quiet_page.wait_for_selector("#satisfaction_trend")
