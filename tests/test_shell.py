"""The frame of the pages with its filters, and the document around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from dash import Dash

from dashboard import filter_row, index_html, shell
from dashboard.reports.glossary import glossary_section
from dashboard.reports.units import Unit
from tests.components.helpers import attribute, of_class, of_type, walk, words


@dataclass(frozen=True)
class Entry:
    path: str
    label: str
    icon: str
    group: str


PAGES = (
    Entry("/", "Tổng quan", "house", "Theo dõi"),
    Entry("/xep-hang", "Xếp hạng", "list-ol", "Theo dõi"),
    Entry("/ho-so", "Hồ sơ", "folder2", "Theo dõi"),
    Entry("/du-lieu", "Dữ liệu", "database", "Nguồn số liệu"),
)
OFFICE = Unit("21646", "Hoài Châu Bắc", "xã", "Thị xã Hoài Nhơn")

FRAME = shell.page_frame(office=OFFICE, first_day=15)


def test_navigation_shows_the_pages_there_are_and_the_current_one() -> None:
    shown = shell.navigation(PAGES, active="/ho-so", badges={"/ho-so": 6}, query="?period=2024-12")
    assert [words(group) for group in of_class(shown, "nav-group")] == ["Theo dõi", "Nguồn số liệu"]
    links = of_type(shown, "A")
    assert [link.href for link in links] == [f"{page.path}?period=2024-12" for page in PAGES]
    current = [link for link in links if attribute(link, "aria-current") == "page"]
    assert [words(link) for link in current] == ["Hồ sơ6 việc cần chú ý"]


def test_a_phone_has_tabs_and_the_rest_behind_more() -> None:
    tabs = shell.tabs(PAGES, active="/xep-hang")
    assert [words(tab) for tab in tabs] == ["Tổng quan", "Hồ sơ", "Thêm"]
    assert attribute(tabs[-1], "aria-current") == "page"
    assert shell.tabs_class(PAGES) == "tabs of-3"
    # Who is only sent the reports has them as a tab, not behind the one that says there is more.
    only = [page for page in PAGES if page.path == "/xep-hang"]
    tabs = shell.tabs(only, active="/xep-hang")
    assert [attribute(tab, "aria-current") for tab in tabs] == ["page", None]
    assert shell.tabs_class(only) == "tabs of-2"
    assert shell.more_links(only, active="/xep-hang") == []
    assert [words(link) for link in of_type(shell.more_links(PAGES, active="/"), "A")] == [
        "Xếp hạng",
        "Dữ liệu",
    ]


def test_ids_are_unique_and_complete() -> None:
    ids = [part.id for part in walk(FRAME) if _has_id(part)]
    assert len(ids) == len(set(ids))
    documented = {
        "url", "theme", "screen", "navigation", "tabs", "more-list", "stamps", "page-title",
        "unit-line", "notices", "page", "page-foot", "filters", "bar", "filter-period",
        "filter-period-label", "period-previous", "period-next", "filter-year", "filter-calendar",
        "filter-department", "filter-field", "filter-channel", "filter-reset", "filters-summary",
    }  # fmt: skip
    assert documented <= set(ids)
    words = f"{shell.__doc__}{filter_row.__doc__}"
    assert all(name in words for name in documented)


def _has_id(part: object) -> bool:
    return getattr(part, "id", None) is not None


def test_there_is_one_main_heading_and_one_main_landmark() -> None:
    assert len(of_type(FRAME, "H1")) == 1
    assert len(of_type(FRAME, "Main")) == 1
    assert all(attribute(nav, "aria-label") for nav in of_type(FRAME, "Nav"))


def test_every_control_has_a_name() -> None:
    labels = {label.htmlFor for label in of_type(FRAME, "Label")}
    assert {select.id for select in of_type(FRAME, "Select")} <= labels
    for button in of_type(FRAME, "Button"):
        assert attribute(button, "aria-label") or words(button).strip(), button


def test_the_period_menu_keeps_its_shape_and_disables_what_is_not_loaded() -> None:
    options = filter_row.period_options("2023-11", "2024-02")
    assert [option["value"] for option in options[:8]] == [
        "2024", "2024-H1", "2024-H2", "2024-9M", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4",
    ]  # fmt: skip
    assert len(options) == 40
    enabled = [option["value"] for option in options if not option["disabled"]]
    assert enabled == [
        "2024", "2024-H1", "2024-9M", "2024-Q1", "2024-01", "2024-02",
        "2023", "2023-H2", "2023-Q4", "2023-11", "2023-12",
    ]  # fmt: skip
    assert words(options[8]["label"]) == "T1"
    assert attribute(options[8]["label"], "aria-label") == "Tháng 1/2024"


def test_report_months_are_called_by_the_day_that_the_office_has_set() -> None:
    frame = shell.page_frame(office=OFFICE, first_day=20)
    (calendar,) = [one for one in of_type(frame, "Select") if one.id == "filter-calendar"]
    label = calendar.options[1]["label"]
    assert label == "Tháng báo cáo 20–19"
    table = glossary_section(first_day=20).table
    assert table is not None
    meanings = table.rows.set_index("word")["meaning"]
    assert meanings[label].startswith("Tháng tính từ ngày 20 tháng trước đến ngày 19,")
    assert "15–14" not in str([calendar.options, *meanings.index, *meanings])


def test_choices_in_words() -> None:
    assert filter_row.filters_summary("Tháng 12/2024") == "Tháng 12/2024"
    assert (
        filter_row.filters_summary("Tháng 12/2024", (None, filter_row.ALL))
        == "Tháng 12/2024, tất cả"
    )
    chosen = filter_row.filters_summary("Tháng 12/2024", (None, filter_row.ALL, "Đất đai"))
    assert chosen == "Tháng 12/2024, Đất đai"
    assert filter_row.member_options(["Đất đai"]) == [
        {"label": "Tất cả", "value": filter_row.ALL},
        {"label": "Đất đai", "value": "Đất đai"},
    ]
    # What an old address has chosen is named: "all" would not be what the page shows.
    offered = filter_row.member_options(["Đất đai"], chosen="Thủy sản")
    assert offered[-1] == {"label": "Thủy sản (không có)", "value": "Thủy sản"}
    assert len(filter_row.member_options(["Đất đai"], chosen="Đất đai")) == 2


def test_only_the_filters_of_a_page_are_shown() -> None:
    assert filter_row.filters_class(("calendar", "period")) == "filters has-period has-calendar"
    assert filter_row.bar_class(("period",)) == "bar"
    assert filter_row.bar_class(()) == "bar no-filters"


def test_stamps_say_demo_date_and_version() -> None:
    shown = shell.stamps(is_demo=True, as_of=date(2024, 12, 31), data_version="7f3ac21e")
    assert [words(stamp) for stamp in shown] == [
        "DỮ LIỆU MINH HỌA",
        "Số liệu đến 31/12/2024",
        "Phiên bản 7f3a·c21e",
    ]
    assert shell.stamps(is_demo=False, as_of=None, data_version="") == []
    foot = shell.page_foot(as_of=date(2024, 12, 31), data_version="7f3ac21e")
    assert foot == "Số liệu đến 31/12/2024 · phiên bản 7f3a·c21e"


@pytest.fixture
def page() -> Iterator[str]:
    app = Dash(__name__, index_string=index_html.INDEX_STRING, update_title="")
    app.layout = FRAME
    shell.register_callbacks(app)
    yield app.server.test_client().get("/").get_data(as_text=True)


def test_the_document_is_vietnamese_and_names_no_other_host(page: str) -> None:
    assert '<html lang="vi">' in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_only_inline_script_of_ours_has_a_hash(page: str) -> None:
    assert index_html.INDEX_SCRIPT in page
    assert index_html.index_script_hash().startswith("'sha256-")
    assert page.index(index_html.INDEX_SCRIPT) < page.index("<title>")
