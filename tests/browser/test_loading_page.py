"""Loading from the page in a real browser: by mouse, by keyboard, with good files and bad ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.keyboard import walk_to
from tests.browser.opening import open_page
from tests.etl.loaders import dossiers, write
from tests.services.server import served

pytestmark = pytest.mark.browser

GOOD = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}


@pytest.fixture
def page(warm_page: Any) -> Any:
    return warm_page


@pytest.fixture
def served_office(tmp_path: Path, sqlite_url: str) -> Iterator[str]:
    """The address of a product of this test's own, without data."""
    with served(tmp_path, DEMO="0") as address:
        yield address


def open_loading(page: Any, address: str, query: str = "") -> None:
    # Listened for from the start: asked for only as the key is pressed, the browser's answer to
    # the key may come before it has taken note, and the chooser opens for nobody.
    page.on("filechooser", lambda _: None)
    open_page(page, f"{address}/nap-du-lieu{query}")


def bring(page: Any, *paths: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chọn tệp trên máy").click()
    chooser.value.set_files([str(path) for path in paths])
    page.locator("#said").get_by_text(re.compile("Đã xem thử|chưa nạp được")).wait_for()


def card_of(page: Any, name: str) -> Any:
    """Return the card of a waiting file."""
    card = page.locator(".waiting-file").filter(has=page.get_by_text(name, exact=True))
    card.wait_for()
    return card


def strip_of(card: Any) -> dict[str, str]:
    """Return what the counts of a card say."""
    found = {}
    for one in card.locator(".counts-strip > div").all():
        found[one.locator(".k").inner_text()] = one.locator(".v").inner_text()
    return found


def test_a_file_is_tried_loaded_its_rejects_mended_and_the_load_taken_back(
    quiet_page: Any, served_office: str, tmp_path: Path
) -> None:
    page = quiet_page
    page.once("dialog", lambda dialog: dialog.accept())
    path = write(
        tmp_path,
        dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "41/06/2024"}, {**GOOD, "Bộ phận": "Công an"}),
        name="hồ sơ tháng 6.csv",
    )
    open_loading(page, served_office)
    bring(page, path)
    card = card_of(page, "hồ sơ tháng 6.csv")
    assert strip_of(card) == {
        "Thêm mới": "2",
        "Cập nhật": "0",
        "Không đổi": "0",
        "Bị loại": "1",
        "Lặp trong tệp": "0",
    }
    assert "41/06/2024" in card.locator(".would").inner_text()
    assert "03/06/2024" in card.locator(".would > p").inner_text()

    card.get_by_role("button", name="Nạp vào kho").click()
    page.wait_for_url("**/nap-du-lieu?lan=1")
    done = page.locator("#ket-qua-1")
    done.wait_for()
    assert strip_of(done)["Thêm mới"] == "2"
    assert page.locator(".waiting-file").count() == 0

    with page.expect_download() as download:
        done.get_by_role("link", name=re.compile("Tải các dòng bị loại")).click()
    mended = tmp_path / "mended.xlsx"
    download.value.save_as(mended)
    book = openpyxl.load_workbook(mended)
    cells = [cell for row in book.active.iter_rows() for cell in row]
    (wrong,) = [cell for cell in cells if cell.value == "41/06/2024"]
    wrong.value = "11/06/2024"
    book.save(mended)
    bring(page, mended)
    card = card_of(page, "mended.xlsx")
    assert strip_of(card)["Thêm mới"] == "1"
    assert strip_of(card)["Bị loại"] == "0"
    card.get_by_role("button", name="Nạp vào kho").click()
    page.wait_for_url("**/nap-du-lieu?lan=2")

    page.goto(f"{served_office}/ho-so?period=2024-06")
    page.wait_for_selector("#page .bottom-line")
    open_loading(page, served_office, "?lan=2")
    page.locator("#ket-qua-2").get_by_role("button", name="Hoàn tác").click()
    page.locator("#said").get_by_text("Đã hoàn tác lần nạp số 2").wait_for()
    row = page.locator(".batches tbody tr").filter(has_text="mended.xlsx")
    row.get_by_text("đã hoàn tác").wait_for()


def test_a_file_that_is_not_known_is_matched_by_hand(
    quiet_page: Any, served_office: str, tmp_path: Path
) -> None:
    page = quiet_page
    text = "Ký hiệu;Việc;Phòng;Lúc nhận;Lúc hẹn\nA1;Chứng thực;Tư pháp;03/06/2024;10/06/2024\n"
    path = write(tmp_path, text, name="la.csv")
    open_loading(page, served_office)
    bring(page, path)
    card = card_of(page, "la.csv")
    assert card.get_by_role("button", name="Nạp vào kho").count() == 0
    assert "chưa nhận ra loại số liệu" in card.locator("h2").inner_text()
    # Nothing is near: no kind is chosen for the reader, and there is nothing to match yet.
    kind = card.get_by_role("combobox", name="Loại số liệu")
    assert kind.input_value() == "" and card.get_by_role("combobox").count() == 1
    kind.select_option("Hồ sơ một cửa")
    page.locator("#said").get_by_text("Đã đọc lại").wait_for()
    card.get_by_role("combobox", name="Mã hồ sơ (cần có)").wait_for()
    assert kind.locator("option:checked").inner_text() == "Hồ sơ một cửa"
    for label, header in (
        ("Mã hồ sơ (cần có)", "Ký hiệu"),
        ("Tên thủ tục hành chính (cần có)", "Việc"),
        ("Đơn vị xử lý (cần có)", "Phòng"),
        ("Ngày tiếp nhận (cần có)", "Lúc nhận"),
        ("Ngày hẹn trả", "Lúc hẹn"),
    ):
        card.get_by_role("combobox", name=label, exact=True).select_option(header)
    card.get_by_role("button", name="Đọc lại theo lựa chọn này").click()
    card.get_by_role("button", name="Nạp vào kho").wait_for()
    assert strip_of(card)["Thêm mới"] == "1"
    # What was chosen is still chosen.
    card.get_by_text("Ghép cột").click()
    assert kind.locator("option:checked").inner_text() == "Hồ sơ một cửa"
    assert card.get_by_role("combobox", name="Ngày hẹn trả", exact=True).input_value() == "Lúc hẹn"
    card.get_by_role("button", name="Nạp vào kho").click()
    page.wait_for_url("**/nap-du-lieu?lan=1")


def test_the_tour_by_keyboard(quiet_page: Any, served_office: str, tmp_path: Path) -> None:
    page = quiet_page
    page.once("dialog", lambda dialog: dialog.accept())
    good = write(tmp_path, dossiers(GOOD), name="tot.csv")
    bad = tmp_path / "hong.xlsx"
    bad.write_bytes(b"%PDF-1.7 ...")
    open_loading(page, served_office)
    walk_to(page, "Chọn tệp trên máy")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([str(good), str(bad)])
    page.locator("#said").get_by_text(re.compile("1 tệp chưa nạp được")).wait_for()
    refused = card_of(page, "hong.xlsx")
    assert "hong.xlsx" in refused.locator(".said-fault").inner_text()
    walk_to(page, "Nạp vào kho")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nap-du-lieu?lan=1")
    page.locator("#ket-qua-1").wait_for()
    page.evaluate("document.activeElement.blur()")
    walk_to(page, "Hoàn tác")
    page.keyboard.press("Enter")
    page.locator("#said").get_by_text("Đã hoàn tác lần nạp số 1").wait_for()
    page.locator("#ket-qua-1").wait_for(state="detached")
    walk_to(page, "Bỏ tệp này")
    page.keyboard.press("Enter")
    page.locator("#said").get_by_text("Đã bỏ tệp «hong.xlsx»").wait_for()
    page.wait_for_function("() => !document.querySelector('.waiting-file')")


def test_two_clicks_load_a_file_once(quiet_page: Any, served_office: str, tmp_path: Path) -> None:
    page = quiet_page
    open_loading(page, served_office)
    bring(page, write(tmp_path, dossiers(GOOD), name="tot.csv"))
    card_of(page, "tot.csv").get_by_role("button", name="Nạp vào kho").dblclick()
    page.wait_for_url("**/nap-du-lieu?lan=1")
    page.locator("#ket-qua-1").wait_for()
    assert page.locator(".batches tbody tr").count() == 1
    page.go_back()
    page.locator("#ket-qua-1").wait_for(state="detached")
    assert page.locator(".waiting-file").count() == 0


def test_task_reports_are_typed_pasted_and_faults_shown(
    quiet_page: Any, served_office: str
) -> None:
    page = quiet_page
    open_loading(page, served_office, "?nhap=task_report&thang=2024-06")
    row = page.locator(".typing-table tbody tr").first
    row.locator("select").select_option("Đạt")
    row.locator("[name=measured_value]").fill("mười")
    page.get_by_role("button", name="Lưu").click()
    fault = row.locator(".cell-fault")
    fault.wait_for()
    assert row.locator("[name=measured_value]").get_attribute("aria-invalid") == "true"
    row.locator("[name=measured_value]").fill("10")
    page.get_by_role("button", name="Lưu").click()
    page.locator("#said").get_by_text("Đã lưu").wait_for()
    assert page.url.endswith("?nhap=task_report&thang=2024-06")
    row = page.locator(".typing-table tbody tr[data-filled]")
    assert row.locator("[name=measured_value]").input_value() == "10"
    assert row.locator("select").input_value() == "Đạt"

    # What was reported is not taken away by deleting it, and that is said at the row.
    row.locator("[name=measured_value]").fill("")
    row.locator("select").select_option("")
    page.locator(".typing-table tbody tr").nth(2).locator("select").select_option("Đạt")
    page.get_by_role("button", name="Lưu").click()
    row.locator(".cell-fault").get_by_text("hoàn tác").wait_for()
    assert page.locator(".cell-fault").count() == 1


def test_a_spelling_that_is_left_blank_is_said_at_its_box(
    quiet_page: Any, served_office: str
) -> None:
    page = quiet_page
    open_loading(page, served_office, "?nhap=alias")
    page.get_by_role("button", name="Gộp").click()
    page.locator("#said").get_by_text("Chưa lưu: 2 ô cần sửa.", exact=True).wait_for()
    for label in ("Cách viết trong tệp", "Được tính là"):
        box = page.get_by_role("combobox", name=re.compile(label))
        assert box.get_attribute("aria-invalid") == "true"


def test_templates_are_given(quiet_page: Any, served_office: str, tmp_path: Path) -> None:
    page = quiet_page
    open_loading(page, served_office)
    for label in ("Hồ sơ một cửa", "Xếp hạng hài lòng hằng năm"):
        with page.expect_download() as download:
            page.locator("#help").get_by_role("link", name=label).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert openpyxl.load_workbook(path).sheetnames[0] == "Số liệu"
