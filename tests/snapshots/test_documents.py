"""Every document says what ``measure`` says, to the printed digit, and is whole and well-formed."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import pandas as pd
import pytest
from sqlalchemy import Engine

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.filters import Period, shift_month
from dashboard.metrics import measure
from dashboard.model import CellKind, Span, Table, TableColumn
from dashboard.snapshots.archive import MANIFEST, SIGNATURE
from dashboard.snapshots.blocks import Paragraph, TableBlock, column_widths, held_rows, is_short
from dashboard.snapshots.cells import printed_cell
from dashboard.snapshots.document import build_document
from dashboard.snapshots.docx import write_docx
from dashboard.snapshots.freezing import Frozen, freeze, from_json
from dashboard.snapshots.pdf import write_pdf
from dashboard.snapshots.signing import open_signing_key
from dashboard.snapshots.verifying import Outcome, verify_archive
from etl.settings import Settings
from tests.snapshots.reading import Made, pdf_facts, pdf_text, squeezed

Make = Callable[..., Made]
COUNTS = ("numerator", "denominator")
PERIODS = ["2024-06", "2024-Q2", "2024"]
CODE = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+)+-\d{6}-\d{3,6}")
KINDS: tuple[CellKind, ...] = ("date", "month", "integer", "text", "text", "text")
DRAFT = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "DỰ THẢO",
    "DỮ LIỆU MINH HỌA",
    "Số: ……/BC-UBND",
    "ngày … tháng … năm ……",
    "Nơi nhận:",
    "TM. ỦY BAN NHÂN DÂN",
    "CHỦ TỊCH",
)


def measured(engine: Engine, period: Period) -> dict[str, str]:
    """Return every headline figure as it must be printed, straight from ``measure``."""
    year = (f"{int(period.months[1][:4]) - 1}{period.months[1][4:]}", period.months[1])
    months = {"satisfaction_index": (shift_month(year[0], 1), year[1])}
    figures = {}
    with engine.connect() as connection:
        for code in (
            "satisfaction_index",
            "late_rate",
            "early_rate",
            "intake_within_8h_rate",
            "apology_rate",
            "feedback_on_time_rate",
            "feedback_published_rate",
        ):
            row = measure(
                connection, code, months=months.get(code, period.months), units=["21646"]
            ).iloc[0]
            value = fmt.percent_of(row["numerator"], row["denominator"])
            counts = f" ({fmt.fraction_of(row['numerator'], row['denominator'])})"
            figures[code] = value if code in months else value + counts
        (tasks,) = measure(
            connection,
            "task_completion_rate",
            by=["month"],
            months=(period.months[1], period.months[1]),
            units=["21646"],
        ).to_dict("records")
        figures["task_completion_rate"] = fmt.fraction_of(tasks["numerator"], tasks["denominator"])
        for code in ("dossiers_received", "dossiers_resolved", "feedback_received"):
            row = measure(connection, code, months=period.months, units=["21646"]).iloc[0]
            figures[code] = fmt.count(row["numerator"])
    return figures


@pytest.mark.parametrize("period", PERIODS)
def test_every_document_says_what_measure_says(
    demo_engine: Engine, made: Make, period: str
) -> None:
    snapshot = made(period)
    for code, text in measured(demo_engine, Period(period)).items():
        for name in ("pdf", "docx", "xlsx", "html"):
            assert squeezed(text) in getattr(snapshot, name), (name, code, text)


@pytest.mark.parametrize("period", PERIODS)
def test_every_cell_and_sentence_of_the_report_is_in_every_document(
    made: Make, period: str
) -> None:
    snapshot = made(period)
    frozen = snapshot.snapshot.frozen
    sentence = squeezed(plain_text(frozen.reports["overview"].sentence))
    for name in ("pdf", "docx", "xlsx", "html"):
        assert sentence in getattr(snapshot, name), name
    form = frozen.reports["dossiers"].section("form_ii06a").table
    late = frozen.summary.section("late").table
    for table in (frozen.summary.section("kpis").table, form, late):
        assert table is not None
        for row in table.rows.to_dict("records"):
            for column in table.columns:
                cell = squeezed(printed_cell(row, column))
                for name in ("docx", "html"):
                    assert cell in getattr(snapshot, name), (name, column.key, cell)


def test_a_period_is_written_and_compared_as_people_do(made: Make) -> None:
    for name in ("pdf", "docx", "xlsx", "html"):
        assert "ý ii" not in getattr(made("2024-Q2"), name), name
    for period, heads in (
        ("2024-Q2", ["Quý II/2024", "Quý I/2024", "So kỳ trước", "Quý II/2023", "So cùng kỳ"]),
        ("2024", ["Năm 2024", "Năm 2023", "So năm trước"]),
    ):
        table = made(period).snapshot.frozen.reports["dossiers"].section("comparison").table
        assert table is not None
        assert [column.label for column in table.columns[1:]] == heads


@pytest.mark.parametrize("label", ["Hạn", "Việc phải làm"])
def test_no_column_is_narrower_than_its_longest_word(label: str) -> None:
    """On a page that is too narrow for all, what is longer than a word gives way."""
    said = "Rà soát toàn bộ hồ sơ quá hạn và báo cáo nguyên nhân từng hồ sơ " * 4
    columns = [TableColumn(key, label, kind) for key, kind in zip("abcdef", KINDS, strict=True)]
    day, month = datetime(2024, 7, 15), "2024-06"
    rows = pd.DataFrame([dict(zip("abcdef", (day, month, 1234567, said, said, said), strict=True))])
    widths = column_widths(TableBlock("", Table(tuple(columns), rows)))
    assert sum(widths) <= 81
    for width, text in zip(widths, ("15/07/2024", "6/2024", "1.234.567", "nguyên"), strict=False):
        assert width >= len(text) + 2


@pytest.mark.parametrize("period", PERIODS)
def test_the_page_carries_the_whole_frozen_report(made: Make, period: str) -> None:
    snapshot = made(period)
    carried = json.dumps(snapshot.html_data("report")).encode()
    said = snapshot.snapshot.frozen.content_sha256
    assert from_json(carried).content_sha256 == said
    assert from_json(snapshot.files["report.json"]).content_sha256 == said


def test_the_page_tells_how_to_check_with_the_key_that_one_was_given(
    made: Make, snapshot_settings: Settings, tmp_path: Path
) -> None:
    snapshot = made("2024-06")
    for name, data in snapshot.files.items():
        (tmp_path / name).write_bytes(data)
    told = re.search(rf"openssl pkeyutl .+? -sigfile {re.escape(SIGNATURE)}", snapshot.html)
    assert told is not None
    command = shlex.split(told.group())
    place = command.index("-inkey") + 1
    assert not (tmp_path / command[place]).exists(), "the archive's own key proves nothing"
    given = tmp_path / "given.pem"
    given.write_bytes(open_signing_key(snapshot_settings.signing_key).public.pem)
    command[place] = str(given)
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / MANIFEST).write_bytes(snapshot.files[MANIFEST] + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0
    hashed = re.search(r'certutil -hashfile "(.+?)" SHA256', snapshot.html)
    assert hashed is not None and hashed.group(1) in snapshot.files


@pytest.mark.parametrize("name", ["pdf", "docx"])
def test_the_report_is_a_draft_with_blanks_for_people(made: Make, name: str) -> None:
    text = getattr(made("2024-06"), name)
    for words in DRAFT:
        assert squeezed(words) in text, words
    assert "Kính gửi: Ủy ban nhân dân thị xã Hoài Nhơn." in text
    assert not re.search(r"Số: ?\d", text)
    assert not re.search(r"ngày \d+ tháng \d+ năm", text)


def test_version_and_fingerprint_stand_in_every_document(
    made: Make, snapshot_settings: Settings
) -> None:
    snapshot = made("2024-06")
    fingerprint = open_signing_key(snapshot_settings.signing_key).public.fingerprint
    version = fmt.version(snapshot.snapshot.frozen.data_version)
    for name in ("pdf", "docx", "xlsx", "html"):
        assert fingerprint in getattr(snapshot, name), name
        assert version in getattr(snapshot, name), name
    pages = pdf_text(snapshot.file(".pdf")).split("\f")[:-1]
    assert all(version in page for page in pages)


def test_no_dossier_code_is_in_any_document(made: Make) -> None:
    snapshot = made("2024-06")
    for name in ("pdf", "docx", "xlsx", "html"):
        assert not CODE.search(getattr(snapshot, name)), name
    assert not CODE.search(snapshot.file(".html").decode())


def test_the_internal_edition_says_so_and_lists_dossiers(made: Make) -> None:
    snapshot = made("2024-06", "internal")
    for name in ("pdf", "docx", "xlsx", "html"):
        assert CODE.search(getattr(snapshot, name).replace(" ", "")), name
        assert "LƯU HÀNH NỘI BỘ" in getattr(snapshot, name), name


def test_an_archive_of_everything_is_intact(made: Make, snapshot_settings: Settings) -> None:
    snapshot = made("2024-06")
    key = open_signing_key(snapshot_settings.signing_key).public
    assert verify_archive(snapshot.snapshot.archive, trusted=[key]).outcome is Outcome.INTACT
    endings = sorted(name.rsplit(".", 1)[1] for name in snapshot.files)
    assert endings == ["docx", "html", "html", "json", "json", "pdf", "pdf", "pem", "sig", "xlsx"]


# PDF ----------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_with_its_fonts_inside(made: Make) -> None:
    data = made("2024-06").file(".pdf")
    assert pdf_facts(data)["Tagged"] == "yes"
    fonts = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True)
    lines = fonts.stdout.decode().splitlines()[2:]
    assert {line.split()[0].split("+")[1].split("-")[0] for line in lines} == {
        "BeVietnamPro",
        "Tinos",
    }
    assert all(re.search(r" yes yes yes +\d", line) for line in lines)


def test_the_first_page_has_no_number_and_wide_tables_lie(made: Make) -> None:
    data = made("2024-06").file(".pdf")
    pages = pdf_text(data, "-layout").split("\f")
    assert pages[0].split()[0] == "ỦY"
    assert pages[1].split()[0] == "2"
    count = int(pdf_facts(data)["Pages"])
    sizes = subprocess.run(
        ["pdfinfo", "-f", "1", "-l", str(count), "-"], input=data, capture_output=True, check=True
    )
    found = re.findall(r"size: +([\d.]+) x ([\d.]+)", sizes.stdout.decode())
    lying = [number for number, (w, h) in enumerate(found, start=1) if float(w) > float(h)]
    (form,) = (n for n, page in enumerate(pages, start=1) if "Biểu II.06a. Tình hình" in page)
    assert form in lying
    assert 1 not in lying


def test_the_signature_never_stands_alone_on_a_page(made: Make) -> None:
    for period in PERIODS:
        pages = [squeezed(page) for page in pdf_text(made(period).file(".pdf")).split("\f")]
        (signed,) = (page for page in pages if "TM. ỦY BAN NHÂN DÂN" in page)
        assert "kính báo cáo Ủy ban nhân dân thị xã Hoài Nhơn./." in signed


def test_where_nothing_closes_the_last_table_stands_with_who_signs(june: Frozen) -> None:
    """As in the minutes, wherever on the page the table ends."""
    rows = pd.DataFrame([{"what": "việc-phải-làm"}] * 3)
    table = TableBlock("Kết luận", Table((TableColumn("what", "Việc"),), rows))
    signs = set()
    for count in range(8, 34, 3):
        said = tuple(Paragraph((Span("Một dòng."),)) for _ in range(count))
        document = replace(build_document(june), closing=(), body=(*said, table), appendices=())
        pages = pdf_text(write_pdf(document, {})).split("\f")
        (signed,) = (page for page in pages if "TM. ỦY BAN NHÂN DÂN" in page)
        assert signed.count("việc-phải-làm") == 3, count
        signs.add(pages.index(signed))
    assert signs == {0, 1}, "the table has to come to the end of the page in one of these"
    word = docx.Document(io.BytesIO(write_docx(document, {})))
    *_, listed, _signs = word.tables
    assert all(row._tr.xpath(".//w:keepNext") for row in listed.rows)


def test_closing_words_and_who_signs_fill_no_page_alone(june: Frozen) -> None:
    rows = pd.DataFrame([{"what": "dòng cuối"}])
    table = TableBlock("Ghi chú", Table((TableColumn("what", "Việc"),), rows), note="Chú thích.")
    draft = build_document(june)
    for last in (table, replace(table, note=""), Paragraph((Span("dòng cuối"),))):
        signs = set()
        for count in range(5, 35, 3):
            said = tuple(Paragraph((Span("Một dòng."),)) for _ in range(count))
            document = replace(draft, body=(*said, last), appendices=())
            pages = pdf_text(write_pdf(document, {})).split("\f")
            (signed,) = (page for page in pages if "TM. ỦY BAN NHÂN DÂN" in page)
            assert "dòng cuối" in signed, count
            signs.add(pages.index(signed))
        assert signs == {0, 1}, "it has to come to the end of the page in one of these"
        word = docx.Document(io.BytesIO(write_docx(document, {})))
        *_, before, closing = word.element.body.xpath("./w:p[w:r]")
        is_bare = isinstance(last, TableBlock) and not last.note
        held = word.tables[-2].rows[-1]._tr if is_bare else before
        assert closing.xpath(".//w:keepNext") and held.xpath(".//w:keepNext")


def test_a_meeting_of_which_nothing_is_written_has_no_part_in_the_report(made: Make) -> None:
    snapshot = made("2024-06")
    for name in ("pdf", "docx"):
        assert "KẾT LUẬN CUỘC HỌP" not in getattr(snapshot, name)
        assert "Không có dòng nào" not in getattr(snapshot, name)


def test_a_table_over_pages_repeats_its_head(made: Make) -> None:
    pages = [squeezed(page) for page in pdf_text(made("2024-06").file(".pdf")).split("\f")]
    heads = [page for page in pages if "Định nghĩa" in page and "Không tính" in page]
    assert len(heads) > 1


@pytest.mark.parametrize("count", range(12, 40, 3))
def test_no_row_of_a_table_is_left_alone_overleaf(june: Frozen, count: int) -> None:
    columns = (TableColumn("row", "Dòng"), TableColumn("said", "Kết quả"))
    rows = pd.DataFrame([{"row": f"số-{n}", "said": "Đạt một phần " * 12} for n in range(count)])
    table = TableBlock("Từng dòng", Table(columns, rows), note="Chú thích cuối bảng")
    document = replace(build_document(june), body=(), appendices=(table,))
    pages = [page for page in pdf_text(write_pdf(document, {})).split("\f") if "số-" in page]
    if count > 30:
        assert len(pages) > 1
    assert min(page.count("số-") for page in pages[1:] or ["số-số-số-"]) >= 3
    assert "Chú thích cuối bảng" in pages[-1]
    # Each row once, in order, in the one table.
    assert re.findall(r"số-\d+", "".join(pages)) == [f"số-{n}" for n in range(count)]


def test_what_is_higher_than_a_page_is_not_held_together() -> None:
    columns = (TableColumn("row", "Dòng"), TableColumn("said", "Kết quả"))
    said = "Rà soát toàn bộ hồ sơ quá hạn và báo cáo nguyên nhân từng hồ sơ " * 30
    for count in (1, 3, 9):
        rows = pd.DataFrame([{"row": n, "said": said} for n in range(count)])
        block = TableBlock("", Table(columns, rows))
        widths = column_widths(block)
        assert not is_short(block, widths, is_wide=False)
        assert held_rows(block, widths, is_wide=False) == 0


def test_a_list_of_dossiers_leaves_room_for_words(demo_engine: Engine, settings: Settings) -> None:
    with demo_engine.connect() as connection:
        frozen = freeze(connection, settings=settings, period=Period("2024-06"), edition="internal")
    appendices = build_document(frozen).appendices
    (listed,) = (
        one
        for one in appendices
        if isinstance(one, TableBlock) and any(c.key == "dossier_code" for c in one.table.columns)
    )
    keys = [column.key for column in listed.table.columns]
    widths = dict(zip(keys, column_widths(listed, is_wide=True), strict=True))
    assert widths["dossier_code"] > len("000.00.36.H08-240624-0014")
    # Two words of a procedure's name stand beside each other.
    assert widths["procedure"] > 12


# XLSX ---------------------------------------------------------------------------------------------


def test_every_sheet_prints_as_wide_as_the_paper_and_says_whose_it_is(made: Make) -> None:
    for sheet in made("2024-06").workbook.worksheets:
        setup = sheet.page_setup
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        # One page wide is what Excel takes where nothing is said.
        assert (setup.fitToWidth or 1, setup.fitToHeight, setup.paperSize) == (1, 0, 9), sheet.title
        foot = f"{sheet.oddFooter.left.text}{sheet.oddFooter.right.text}"
        assert "Xã Hoài Châu Bắc · Tháng 6/2024" in foot, sheet.title
        assert "Trang &[Page]" in foot or "Trang &P" in foot, sheet.title
        if sheet.title != "Bìa":
            assert sheet.print_title_rows == "$4:$4", sheet.title


def test_no_words_of_the_workbook_run_into_others(made: Make) -> None:
    """Rows are as high as what is wrapped in them: not every program does that itself."""
    wrapped = 0
    for sheet in made("2024-06").workbook.worksheets[1:]:
        # Neighbours of one width are told once.
        widths = {
            number: found.width
            for found in sheet.column_dimensions.values()
            for number in range(found.min, found.max + 1)
        }
        across = {str(area).split(":")[0] for area in sheet.merged_cells.ranges}
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if not isinstance(cell.value, str) or cell.coordinate in across:
                    continue
                lines = len(cell.value) / (widths.get(cell.column, 9) * 1.15)
                height = sheet.row_dimensions[cell.row].height or 15
                assert height >= 13 * lines, (sheet.title, cell.coordinate)
                wrapped += lines > 1
        assert sheet.title == "Từ điển dữ liệu" or {"A2", "A3"} <= across, sheet.title
    assert wrapped


def test_the_workbook_has_real_numbers_and_dates(made: Make) -> None:
    book = made("2024-06").workbook
    assert book.sheetnames[0] == "Bìa"
    assert book.sheetnames[-1] == "Từ điển dữ liệu"
    kinds: set[type] = set()
    for sheet in book.worksheets[1:-1]:
        assert sheet.freeze_panes == "B5", sheet.title
        assert sheet.auto_filter.ref, sheet.title
        for row in sheet.iter_rows(min_row=5):
            for cell in row:
                kinds.add(type(cell.value))
                if isinstance(cell.value, datetime):
                    assert cell.number_format in ("dd/mm/yyyy", "m/yyyy")
                assert cell.data_type != "f"
    assert {int, float, datetime, str} <= kinds


def test_the_workbook_counts_what_measure_counts(demo_engine: Engine, made: Make) -> None:
    book = made("2024-06").workbook
    sheet = next(s for s in book.worksheets if s["A1"].value.endswith("Toàn bộ số liệu"))
    head = [cell.value for cell in sheet[4]]
    rows = [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(5, values_only=True)]
    with demo_engine.connect() as connection:
        shown = {row["Mã"]: row for row in rows if row["Chia theo"] == "cả kỳ"}
        assert len(shown) > 20
        for code, figures in shown.items():
            row = measure(connection, code, months=("2024-06", "2024-06"), units=["21646"]).iloc[0]
            counts = [fmt.NOTHING if pd.isna(row[name]) else row[name] for name in COUNTS]
            assert [figures["Tử số"], figures["Mẫu số"]] == counts, code


# DOCX ---------------------------------------------------------------------------------------------


def test_the_word_document_uses_words_own_styles(made: Make) -> None:
    data = made("2024-06").file(".docx")
    document = docx.Document(io.BytesIO(data))
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Caption", "Normal"} <= styles
    assert document.styles["Normal"].font.name == "Times New Roman"
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert xml.count("<w:tblHeader/>") >= len(document.tables) - 2
    assert len(document.inline_shapes) == 5
    ElementTree.fromstring(xml)
    # Who signs is not torn apart, and what ends the part before the appendices takes no page.
    signed = document.tables[-4:]
    assert any("CHỦ TỊCH" in t._tbl.xml and "<w:cantSplit/>" in t._tbl.xml for t in signed)
    (end,) = (p for p in document.paragraphs if p._p.xpath("./w:pPr/w:sectPr"))
    assert end.paragraph_format.line_spacing.pt == 1
    sections = document.sections
    assert sections[0].orientation != sections[-1].orientation


def test_word_is_told_which_rows_stay_together(made: Make) -> None:
    document = docx.Document(io.BytesIO(made("2024-06").file(".docx")))
    heads = [table for table in document.tables if table._tbl.xpath(".//w:tblHeader")]
    assert heads
    for table in heads:
        kept = [bool(row._tr.xpath(".//w:keepNext")) for row in table.rows]
        count = len(table._tbl.xpath(".//w:tblHeader"))
        # Its head and the first row, and the last ones, but for rows that are higher than a page.
        assert all(kept[:count]), table.cell(0, 0).text
        if len(kept) > count + 1:
            assert kept[count] and kept[-2], table.cell(0, 0).text


# The notice ---------------------------------------------------------------------------------------


def test_the_notice_is_one_page_with_the_survey_and_the_feedback(
    demo_engine: Engine, made: Make
) -> None:
    snapshot = made("2024-06")
    data = snapshot.file(".pdf", start="thong-bao")
    assert pdf_facts(data)["Pages"] == "1"
    text = squeezed(pdf_text(data))
    page = snapshot.file(".html", start="thong-bao").decode()
    with demo_engine.connect() as connection:
        june = {"months": ("2024-06", "2024-06"), "units": ["21646"]}
        forms = measure(connection, "survey_responses", **june).iloc[0]["numerator"]
        index = measure(connection, "satisfaction_index", **june).iloc[0]
        received = measure(connection, "feedback_received", **june).iloc[0]["numerator"]
    for words in (
        f"{forms} phiếu",
        fmt.percent_of(index["numerator"], index["denominator"]),
        f"Nhận được {received} phản ánh",
        "DỮ LIỆU MINH HỌA",
        "cảm ơn",
    ):
        assert squeezed(words) in text
        assert squeezed(words) in squeezed(page)


def test_a_month_without_data_still_has_every_document(made: Make) -> None:
    snapshot = made("2019-01")
    assert "chưa có số liệu" in snapshot.pdf
    # A ranking of a later year was not known then.
    assert "Chưa có bảng xếp hạng nào đến năm 2019." in snapshot.pdf
    assert "Trong kỳ chưa có số liệu khảo sát" in squeezed(
        pdf_text(snapshot.file(".pdf", start="thong-bao"))
    )
    assert "0 %" not in snapshot.docx.split("II. CHỈ SỐ HÀI LÒNG")[0]
