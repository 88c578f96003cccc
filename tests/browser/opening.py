"""Opening a page as a reader does, and knowing when it is there."""

from __future__ import annotations

from typing import Any

DRAWN = (
    "() => [...document.querySelectorAll('#page .dash-graph')]"
    ".every(graph => graph.querySelector('.main-svg'))"
)


def open_page(page: Any, address: str) -> None:
    """Open an address and wait until its page stands there with every chart drawn.

    A quiet network says nothing of it: on a slow machine the network is quiet for half a second
    before the page has asked for anything.
    """
    page.goto(address)
    page.wait_for_selector("#page .bottom-line")
    page.wait_for_function(DRAWN)
