"""The pictures of the documents, taken from the served demonstration: ``make pictures``.

Each is the page as a reader of 1366 × 768 sees it unless it says otherwise, with the mark of
demonstration data on it. ``python -m tests.pictures NAME…`` takes some of them.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from etl.warehouse import open_engine
from tests.browser.opening import open_page
from tests.services.browsing import readers_browser
from tests.services.server import PROJECT, SESSIONS, served
from tests.services.signing_in import browser_session

FOLDER = PROJECT / "docs" / "hinh"
DESK, PHONE, SLIDE = (1366, 768), (390, 844), (1024, 768)
DOSSIERS = (
    "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc xử lý\n"
    "A1;Chứng thực bản sao;Tư pháp – Hộ tịch;03/01/2025;06/01/2025;05/01/2025\n"
    "A2;Đăng ký khai sinh;Tư pháp – Hộ tịch;03/01/2025;41/01/2025;\n"
    "A3;Xác nhận tình trạng đất;Địa chính – Xây dựng;07/01/2025;17/01/2025;16/01/2025\n"
)
"""An invented file with one row that is rejected."""


def _definition(page: Any) -> None:
    page.locator("#kpi-late_rate .define").click()
    page.locator("#kpi-late_rate-definition").wait_for()


def _reading(page: Any) -> None:
    page.locator("#satisfaction_trend").get_by_role("button", name="Cách đọc").click()
    page.locator("#satisfaction_trend-reading").wait_for()


def _record(page: Any) -> None:
    page.wait_for_selector("[data-record][data-ready=yes]")


def _slide(page: Any) -> None:
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("html[data-shown='2']", state="attached")


def _quiet(page: Any) -> None:
    """Take away the word that an act is done, which lies over the page for a while."""
    page.evaluate("() => { document.getElementById('said').hidden = true; }")


def _waiting(page: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ho_so_01_2025.csv"
        path.write_text(DOSSIERS, encoding="utf-8-sig")
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Chọn tệp trên máy").click()
        chooser.value.set_files(str(path))
        page.locator(".waiting-file").wait_for()
    _quiet(page)


def _made(page: Any) -> None:
    page.get_by_role("combobox", name="Kỳ").select_option("2024-06")
    page.get_by_role("button", name="Lập báo cáo").click()
    _listed(page)
    _quiet(page)


def _listed(page: Any) -> None:
    page.locator("#snapshots tbody tr").first.wait_for()


def _nothing(_page: Any) -> None:
    return


PICTURES: dict[str, tuple[str, tuple[int, int], Callable[[Any], None]]] = {
    "tong-quan": ("/?period=2024-07", DESK, _nothing),
    "dien-thoai": ("/?period=2024-07", PHONE, _nothing),
    "dinh-nghia": ("/?period=2024-07", DESK, _definition),
    "cach-doc": ("/?period=2024-07", DESK, _reading),
    "hai-long": ("/hai-long", DESK, _nothing),
    "ho-so": ("/ho-so?period=2024-07", DESK, _nothing),
    "nhiem-vu": ("/nhiem-vu", DESK, _nothing),
    "xep-hang": ("/xep-hang?year=2023", DESK, _nothing),
    "hop-thang": ("/hop-thang?period=2024-06", DESK, _record),
    "trinh-chieu": ("/hop-thang/trinh-chieu?period=2024-06", SLIDE, _slide),
    "nap-du-lieu": ("/nap-du-lieu", DESK, _waiting),
    "du-lieu": ("/du-lieu", DESK, _nothing),
    "bao-cao": ("/bao-cao", DESK, _made),
    # Lists what the one before has made.
    "bao-cao-nhan": ("/bao-cao", DESK, _listed),
    "quan-tri": ("/quan-tri", DESK, _nothing),
}
"""Name of the file → address, width and height, what is done before the picture is taken."""

RECEIVED = frozenset({"bao-cao-nhan"})
"""Pictures of what those see whom the office sends its reports."""


def main(names: Sequence[str]) -> None:
    """Take the named pictures anew, all of them where none is named."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), DEMO="1") as address,
        sync_playwright() as playwright,
    ):
        engine = open_engine(f"sqlite:///{Path(folder) / 'warehouse.db'}")
        recipient = browser_session(engine, address, "recipient")
        engine.dispose()
        browser = playwright.chromium.launch(
            executable_path=readers_browser(), args=["--no-sandbox"]
        )
        for name in names or PICTURES:
            path, (width, height), prepare = PICTURES[name]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                locale="vi-VN",
                color_scheme="light",
                reduced_motion="reduce",
            )
            context.set_default_timeout(120_000)
            context.add_cookies(recipient if name in RECEIVED else SESSIONS[address])
            page = context.new_page()
            if re.match("/hop-thang/", path):
                page.goto(f"{address}{path}")
                page.wait_for_selector("html[data-shown='1']", state="attached")
            else:
                open_page(page, f"{address}{path}")
            prepare(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
            print(name, (FOLDER / f"{name}.png").stat().st_size)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
