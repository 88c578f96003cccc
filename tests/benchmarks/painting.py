"""When the charts of a first view stand there, by the clock of a real browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.opening import DRAWN
from tests.conftest import QUIET_FLAGS
from tests.services.browsing import readers_browser

PAINTED = f"""
() => document.querySelector('#page .bottom-line') && ({DRAWN})() ? performance.now() : false
"""
"""The milliseconds since the address was asked for, once every chart of the page is drawn."""


def first_views(
    address: str, cookies: Sequence[dict[str, Any]], *, times: int
) -> tuple[list[float], list[float]]:
    """Return the seconds to a painted overview: in new browser rooms, and opened again in them."""
    cold, warm = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=readers_browser(), args=list(QUIET_FLAGS)
        )
        for _ in range(times):
            context = browser.new_context(locale="vi-VN", viewport={"width": 1366, "height": 768})
            context.add_cookies(list(cookies))  # type: ignore[arg-type]
            cold.append(_seconds(context, address))
            warm.append(_seconds(context, address))
            context.close()
        browser.close()
    return cold, warm


def _seconds(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    page.goto(address, wait_until="commit")
    painted = page.wait_for_function(PAINTED, polling="raf").json_value()
    page.close()
    return float(painted) / 1000
