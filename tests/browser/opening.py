"""Opening a page as a reader does, and knowing when it is there."""

from __future__ import annotations

from typing import Any

from dashboard.components.dossier_grid import GRID_PLACE_ID

DRAWN = (
    "() => [...document.querySelectorAll('#page .dash-graph')]"
    ".every(graph => graph.querySelector('.main-svg'))"
)
_LISTED = (
    f"() => [...document.querySelectorAll('#{GRID_PLACE_ID}')].every(place => "
    "place.querySelector('.ag-header-cell')"
    " && place.querySelector('.ag-row, .ag-overlay-no-rows-center'))"
)
"""Its library comes by itself; until then a list has neither headers nor rows."""


def open_page(page: Any, address: str) -> None:
    """Open an address and wait until its page stands there with every chart and list drawn.

    A quiet network says nothing of it: on a slow machine the network is quiet for half a second
    before the page has asked for anything.
    """
    page.goto(address)
    page.wait_for_selector("#page .bottom-line")
    page.wait_for_function(DRAWN)
    page.wait_for_function(_LISTED)
