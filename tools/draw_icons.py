"""Draw the icons of the home screen from the page's own: run by a developer, never at install.

    python tools/draw_icons.py

A telephone cuts the corners itself, so the ground fills the square; the sign stays inside the inner
four fifths that every shape leaves.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from dashboard.index_html import ICON  # noqa: E402
from dashboard.snapshots.charts import find_browser  # noqa: E402

SIZES = (192, 512)


def main() -> None:
    """Write ``assets/icon-<size>.png``."""
    drawing = (
        unquote(ICON.partition(",")[2])
        .replace("rx='8'", "")
        .replace(
            "viewBox='0 0 32 32'",
            ("viewBox='0 0 32 32' style='position:fixed;inset:0;width:100vw;height:100vh'"),
        )
    )
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(None), args=["--no-sandbox"])
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(drawing)
            page.screenshot(path=PROJECT / "assets" / f"icon-{size}.png")
        browser.close()


if __name__ == "__main__":
    main()
