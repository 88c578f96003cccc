"""The deck by keyboard, from a file, with no server: every key, and nothing asked of anyone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dashboard.meeting.deck import write_deck
from dashboard.snapshots.freezing import Frozen
from tests.browser.accessibility import faults_of
from tests.meeting.looking import NARROW, WIDE, count_slides, show_deck, wait_shown
from tests.snapshots.reading import pdf_facts, pdf_text

pytestmark = pytest.mark.browser

CHART = 2
"""Number of the slide of satisfaction, which has a chart."""


@pytest.fixture(scope="module")
def deck_file(june: Frozen, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("deck") / "deck.html"
    path.write_bytes(write_deck(june))
    return path


@pytest.fixture
def deck(quiet_page, deck_file: Path):  # type: ignore[no-untyped-def]
    asked: list[str] = []
    quiet_page.on("request", lambda request: asked.append(request.url))
    quiet_page.set_viewport_size(NARROW)
    show_deck(quiet_page, deck_file)
    yield quiet_page
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def press(page, *keys: str) -> None:  # type: ignore[no-untyped-def]
    for key in keys:
        page.keyboard.press(key)


def at(page) -> int:  # type: ignore[no-untyped-def]
    return int(page.locator(".slide:not([hidden])").get_attribute("id").removeprefix("s-"))


def test_the_whole_deck_by_keyboard(deck) -> None:
    last = count_slides(deck)
    seen = set()
    for number in range(1, last + 1):
        wait_shown(deck, number)
        slide = deck.locator(".slide:not([hidden])")
        assert slide.count() == 1
        assert slide.locator("h2").inner_text()
        expect(slide.locator(".place")).to_contain_text(f"{number}/{last}")
        charts = deck.locator(".chart .main-svg").count()
        assert bool(charts) == bool(slide.locator(".chart").count()), number
        seen.add(slide.get_attribute("data-code"))
        press(deck, "ArrowRight")
    assert len(seen) == last
    press(deck, "ArrowRight")
    expect(deck.locator("#toast")).to_have_text("Đã đến trang cuối")
    assert at(deck) == last


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("ArrowRight", "ArrowDown", " ", "PageDown", "Enter"), 6),
        (("End", "ArrowLeft", "Home", "PageDown"), 2),
        (("1", "2", "Enter"), 12),
        (("1", "2", "Enter", "PageUp", "ArrowUp", "Shift+ ", "Backspace"), 8),
        (("7", "Escape", "Enter"), 2),
    ],
)
def test_keys_and_remotes_move(deck, keys: tuple[str, ...], number: int) -> None:
    press(deck, *(key.replace("Shift+ ", "Shift+Space") for key in keys))
    wait_shown(deck, number)


def test_a_number_that_is_no_slide_says_so(deck) -> None:
    press(deck, "9", "9", "9", "Enter")
    expect(deck.locator("#toast")).to_have_text("Không có trang 999")
    assert at(deck) == 1


def test_a_chart_opens_to_its_table_and_back(deck) -> None:
    press(deck, str(CHART), "Enter")
    wait_shown(deck, CHART)
    table = deck.locator(".slide:not([hidden]) .behind")
    deck.locator(".slide:not([hidden]) .chart").click()
    expect(table).to_be_visible()
    expect(table.locator("tbody tr").first).to_be_visible()
    # It goes on below the slide, and says so until it is left; its heads stay.
    expect(deck.locator("#toast")).to_have_text("Bảng còn nữa: bấm ↓ để xem tiếp")
    before = table.evaluate("one => one.scrollTop")
    press(deck, "ArrowDown", "ArrowDown")
    assert table.evaluate("one => one.scrollTop") > before
    expect(table.locator("thead th").first).to_be_in_viewport()
    press(deck, "Escape")
    expect(table).to_be_hidden()
    expect(deck.locator("#toast")).to_be_hidden()
    press(deck, "t")
    expect(table).to_be_visible()
    press(deck, "t")
    expect(table).to_be_hidden()
    assert at(deck) == CHART


def test_the_overview_leads_to_a_slide(deck) -> None:
    press(deck, "o")
    overview = deck.locator("#overview")
    expect(overview.locator("li [data-go]")).to_have_count(count_slides(deck))
    expect(overview.locator("[aria-current]")).to_be_focused()
    press(deck, "ArrowDown", "ArrowDown", "ArrowUp", "Enter")
    expect(overview).to_be_hidden()
    wait_shown(deck, 2)
    press(deck, "o")
    overview.locator("[data-go='4']").click()
    wait_shown(deck, 4)


def test_the_address_keeps_the_place(deck) -> None:
    press(deck, "5", "Enter")
    expect(deck).to_have_url(re.compile(r"#5$"))
    deck.reload()
    wait_shown(deck, 5)
    deck.evaluate("location.hash = '#3'")
    wait_shown(deck, 3)


def test_an_address_typed_while_the_place_waits_to_be_written_is_followed(deck) -> None:
    # The timers run in the same breath as the typing, before the browser tells of the address.
    deck.evaluate(
        "() => { window.waiting = []; window.setTimeout = (run) => window.waiting.push(run) }"
    )
    press(deck, "5", "Enter")
    wait_shown(deck, 5)
    deck.evaluate("() => { location.hash = '#3'; window.waiting.forEach((run) => run()) }")
    wait_shown(deck, 3)
    expect(deck).to_have_url(re.compile(r"#3$"))


def test_an_address_that_is_told_late_takes_no_slide_back(deck) -> None:
    press(deck, "3", "Enter")
    expect(deck).to_have_url(re.compile(r"#3$"))
    deck.evaluate(
        """() => {
          document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
          window.dispatchEvent(new HashChangeEvent('hashchange'));
        }"""
    )
    wait_shown(deck, 4)


def test_blank_help_and_full_screen(deck) -> None:
    press(deck, "b")
    expect(deck.locator("#blank")).to_be_visible()
    press(deck, "ArrowRight")
    expect(deck.locator("#blank")).to_be_hidden()
    assert at(deck) == 1
    press(deck, "?")
    expect(deck.locator("#help")).to_contain_text("toàn màn hình")
    press(deck, "Escape")
    expect(deck.locator("#help")).to_be_hidden()
    press(deck, "f")
    expect(deck.locator(":root:fullscreen")).to_have_count(1)
    press(deck, "f")
    expect(deck.locator(":root:fullscreen")).to_have_count(0)


def test_slides_move_by_themselves_at_the_pace_set_and_again(deck) -> None:
    deck.clock.install()
    last = count_slides(deck)
    press(deck, "p")
    expect(deck.locator("#toast")).to_contain_text("20 giây mỗi trang")
    deck.clock.run_for(20_500)
    assert at(deck) == 2
    press(deck, "-")
    expect(deck.locator("#toast")).to_contain_text("15 giây mỗi trang")
    deck.clock.run_for(14_000)
    assert at(deck) == 2
    deck.clock.run_for(1_500)
    assert at(deck) == 3
    press(deck, "End", "l")
    expect(deck.locator("#toast")).to_contain_text("lặp lại từ đầu")
    assert at(deck) == last
    deck.clock.run_for(15_500)
    assert at(deck) == 1
    press(deck, "l", "End")
    deck.clock.run_for(15_500)
    expect(deck.locator("#toast")).to_contain_text("Đã dừng")
    assert at(deck) == last


def test_a_swipe_turns_the_slide(browser, deck_file: Path) -> None:
    context = browser.new_context(has_touch=True, viewport=WIDE)
    page = context.new_page()
    show_deck(page, deck_file)
    touch = context.new_cdp_session(page)

    def swipe(start: int, end: int) -> None:
        for kind, x in (("touchStart", start), ("touchMove", end)):
            where = {"type": kind, "touchPoints": [{"x": x, "y": 400}]}
            touch.send("Input.dispatchTouchEvent", where)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(900, 500)
    wait_shown(page, 2)
    swipe(500, 900)
    wait_shown(page, 1)
    context.close()


def test_who_cannot_see_hears_the_slide(deck) -> None:
    press(deck, "PageDown")
    said = deck.locator("#said")
    expect(said).to_have_attribute("aria-live", "polite")
    expect(said).to_contain_text(f"Trang 2 trên {count_slides(deck)}: Hài lòng so với mốc")


def test_a_slide_its_table_and_the_list_of_all_shut_nobody_out(deck) -> None:
    for key, slide in (
        ("Home", 1),
        ("ArrowRight", CHART),
        ("t", CHART),
        ("o", CHART),
        ("h", CHART),
    ):
        press(deck, key)
        wait_shown(deck, slide)
        # Half faded in, whatever is shown has half its contrast.
        deck.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished))")
        assert faults_of(deck) == [], key


@pytest.mark.parametrize(("wish", "name"), [("reduce", "none"), ("no-preference", "appear")])
def test_reduced_motion_is_respected(deck, wish: str, name: str) -> None:
    deck.emulate_media(reduced_motion=wish)
    press(deck, "ArrowRight")
    wait_shown(deck, 2)
    shown = "getComputedStyle(document.querySelector('.slide:not([hidden])')).animationName"
    assert deck.evaluate(shown) == name


def test_charts_are_drawn_for_the_screen_they_are_on(deck) -> None:
    press(deck, str(CHART), "Enter")
    wait_shown(deck, CHART)
    chart = deck.locator(".slide:not([hidden]) .chart .main-svg").first
    narrow = int(chart.get_attribute("width"))
    deck.set_viewport_size(WIDE)
    expect(deck.locator("#deck")).to_have_attribute("data-layout", "wide")
    assert int(chart.get_attribute("width")) > narrow + 200


def test_print_has_a_slide_on_each_page(deck, tmp_path: Path) -> None:
    data = deck.pdf(prefer_css_page_size=True)
    last = count_slides(deck)
    assert int(pdf_facts(data)["Pages"]) == last
    pages = pdf_text(data).split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{last}" in page
    assert "Mốc 2023" in pages[CHART - 1]
    assert at(deck) == 1
    assert deck.locator(".chart .main-svg").count() == 0


# What is left behind ------------------------------------------------------------------------------


def advance(page, times: int) -> None:  # type: ignore[no-untyped-def]
    """Press the key as fast as slides come, round and round."""
    last = count_slides(page)
    for _ in range(times):
        number = at(page) % last + 1
        press(page, "ArrowRight")
        wait_shown(page, number)


def weigh(page) -> tuple[float, int, int]:  # type: ignore[no-untyped-def]
    """Return the bytes in use after collection, and the nodes and listeners of the page."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"])
    counted = session.send("Memory.getDOMCounters")
    session.detach()
    return used, counted["nodes"], counted["jsEventListeners"]


PLAIN = ("--js-flags=--no-opt --no-sparkplug --no-maglev",)


@pytest.mark.parametrize(
    ("flags", "rounds", "advances", "most"),
    [
        # The machine code that the browser makes of what runs often is counted as heap: it grows
        # in the first rounds and then no more. Without it, only what the deck keeps is left.
        pytest.param((), 3, 500, 0.10, id="compiled", marks=pytest.mark.slow),
        pytest.param(PLAIN, 1, 500, 0.03, id="plain", marks=pytest.mark.slow),
        # A kilobyte kept at each would be seen.
        pytest.param(PLAIN, 1, 100, 0.03, id="plain and short"),
    ],
)
def test_hundreds_of_advances_leave_nothing_behind(
    browser_type,  # type: ignore[no-untyped-def]
    browser_type_launch_args: dict,
    deck_file: Path,
    flags: tuple[str, ...],
    rounds: int,
    advances: int,
    most: float,
) -> None:
    args = [*browser_type_launch_args["args"], *flags]
    with browser_type.launch(**{**browser_type_launch_args, "args": args}) as browser:
        page = browser.new_page(viewport=NARROW)
        show_deck(page, deck_file)
        press(page, "l")
        advance(page, rounds * count_slides(page))
        before, nodes, listeners = weigh(page)
        advance(page, advances)
        after, nodes_after, listeners_after = weigh(page)
    growth = after / before - 1
    print(f"{growth:.2%} of {before / 2**20:.1f} MiB in {advances} advances")
    assert growth < most
    assert listeners_after <= listeners
    # What differs is the chart of the slide on which the count ended.
    assert nodes_after < nodes * 1.1
