"""Personal data is planted in every column of every source, and then searched for everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import Engine, select

from etl.catalogue.sources import SOURCES
from etl.errors import RefusedFile
from etl.inbox import prepare, sizes, take
from etl.inspecting import inspect_file
from etl.loading import LoadedFile, load_file
from etl.proposed_mapping import mapping_text
from etl.record_tables import record_entry
from etl.rejects import write_rejects
from etl.settings import Settings
from etl.sources import KnownUnit, clean_file
from etl.tables import load_reject, metadata
from tests.etl.loaders import write

SETTINGS = Settings.model_construct()
PLANTED = (
    "0905123456",
    "0905 123 457",
    "+84 905.123.458",
    "0256 3861 234",
    "052085001234",
    "052 085 001 235",
    "CMND 215 123 456",
    "nguyen.van.a@vidu.vn",
)
NUMBERS = [re.sub(r"\D", "", one) for one in PLANTED if "@" not in one]
NAMED = "Nguyễn Văn Riêng"
"""A name, an address: in columns that nobody asks for, which are dropped whole."""
UNASKED = ("Họ và tên", "Địa chỉ", "Số CCCD", "Ngày sinh", "Nội dung phản ánh", "Ghi chú riêng")
GOOD: dict[str, dict[str, str]] = {
    "dossier": {
        "Mã hồ sơ": "H",
        "Mã TTHC": "2.000815",
        "Tên thủ tục hành chính": "Chứng thực",
        "Lĩnh vực": "Chứng thực",
        "Đơn vị xử lý": "Tư pháp",
        "Kênh thực hiện": "Trực tuyến",
        "Ngày nộp": "03/06/2024",
        "Hạn tiếp nhận": "04/06/2024",
        "Ngày tiếp nhận": "13/06/2024",
        "Ngày hẹn trả": "20/06/2024",
        "Ngày kết thúc xử lý": "19/06/2024",
        "Ngày trả": "20/06/2024",
        "Ngày yêu cầu bổ sung": "",
        "Ngày công dân bổ sung": "",
        "Số lần bổ sung": "0",
        "Trạng thái": "Đã trả kết quả",
        "Ngày xin lỗi": "",
        "Nguyên nhân quá hạn": "",
        "Đánh giá": "Hài lòng",
        "Mã đơn vị": "21646",
    },
    "feedback": {
        "Mã PAKN": "P",
        "Nguồn": "Sổ góp ý",
        "Phân loại": "Khác",
        "Đơn vị xử lý": "Tư pháp",
        "Ngày gửi": "13/06/2024",
        "Ngày chuyển": "14/06/2024",
        "Ngày trả lời": "17/06/2024",
        "Ngày công khai": "18/06/2024",
        "Trạng thái": "Đã trả lời",
        "Hài lòng": "Có",
        "Mã đơn vị": "21646",
    },
    "survey": {
        "Mã phiếu": "F",
        "Ngày khảo sát": "13/06/2024",
        "Tiêu chí": "I",
        "Câu hỏi": "I.1 Chỗ ngồi",
        "Mức độ": "5",
        "Kênh": "Trực tiếp",
        "Bộ phận": "Tư pháp",
        "Lĩnh vực": "Chứng thực",
        "Mã đơn vị": "21646",
    },
    "ranking": {
        "Năm": "2023",
        "Đơn vị": "21646",
        "Chỉ số hài lòng": "90,83",
        "Xếp hạng": "3",
        "Số phiếu": "300",
        "Tổng số đơn vị": "17",
        "Số quyết định": "1410/QĐ",
        "Ngày quyết định": "30/01/2024",
    },
    "task_report": {
        "Mã nhiệm vụ": "I.1",
        "Tháng": "06/2024",
        "Kết quả": "Đạt",
        "Số thực hiện": "10",
        "Trên tổng số": "20",
        "Số mục đạt": "7",
        "Minh chứng": "bài đăng",
        "Ghi chú": "",
        "Mã đơn vị": "21646",
    },
}
_KEYS = {"dossier": "Mã hồ sơ", "feedback": "Mã PAKN", "survey": "Mã phiếu"}


def planted_rows(source: str) -> tuple[list[str], list[list[str]]]:
    """Return a table with good rows and, for each column, a row per kind of personal data."""
    good = GOOD[source]
    header = [*good, *UNASKED]
    rows: list[list[str]] = []

    def add(changed: dict[str, str]) -> None:
        row = {**good, **dict.fromkeys(UNASKED, NAMED), **changed}
        if source in _KEYS and _KEYS[source] not in changed:
            row[_KEYS[source]] = f"{good[_KEYS[source]]}{len(rows) + 1}"
        rows.append([row[name] for name in header])

    for _ in range(3):
        add({})
    for name in good:
        for number in PLANTED:
            add({name: number})
            add({name: f"gọi {number} nhé"})
    for name in UNASKED:
        for number in PLANTED:
            add({name: number})
    return header, rows


def test_every_column_of_every_source_is_planted() -> None:
    for code, source in SOURCES.items():
        words = {word for column in source.columns for word in (column.label, *column.synonyms)}
        assert set(GOOD[code]) <= words
        assert len(GOOD[code]) == len(source.columns)


def save(folder: Path, source: str, suffix: str) -> Path:
    header, rows = planted_rows(source)
    path = folder / f"so_lieu_0905123456.{suffix}"
    title = f"Người lập: {NAMED}, 0905123456"
    if suffix == "csv":
        lines = [title, *(";".join(row) for row in [header, *rows])]
        return write(folder, "\n".join(lines) + "\n", name=path.name)
    with xlsxwriter.Workbook(path, {"strings_to_numbers": True}) as book:
        sheet = book.add_worksheet("0905123456")
        sheet.write_row(0, 0, [title])
        for place, row in enumerate([header, *rows], start=1):
            sheet.write_row(place, 0, row)
    return path


def traces(text: str) -> list[str]:
    """Return what of the planted data stands in a text, its digits together or apart."""
    digits = re.sub(r"[\s.()+]", "", text)
    found = [number for number in NUMBERS if number in digits]
    return found + [word for word in ("nguyen.van.a@", NAMED) if word in text]


def everything(engine: Engine) -> Iterator[tuple[str, str]]:
    """Give the values of every column of every table as one text each, with where it stands.

    What parts two values is nothing that a number could be written with.
    """
    with engine.connect() as connection:
        for table in {**metadata.tables, record_entry.name: record_entry}.values():
            rows = connection.execute(select(table)).all()
            for column, values in zip(table.columns, zip(*rows, strict=True), strict=False):
                yield f"{table.name}.{column.name}", "|".join(map(str, values))


def sheets_of(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return str([[list(row) for row in sheet.values] for sheet in book]) + str(book.sheetnames)


def shown(result: Any) -> str:
    return str([(part, part.rejects.to_dict("records")) for part in result.parts])


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("source", list(SOURCES))
def test_nothing_planted_is_found_again(
    engine: Engine, tmp_path: Path, source: str, suffix: str
) -> None:
    path = save(tmp_path, source, suffix)
    inspection = inspect_file(path, settings=SETTINGS)
    assert inspection.sheets[0].source == source
    for sheet in inspection.sheets:
        words = mapping_text(sheet, has_other_sheets=True)
        assert traces(str(sheet) + sheet.head.to_csv() + words) == []
    told: LoadedFile = load_file(engine, path, settings=SETTINGS, dry_run=True)
    assert traces(shown(told)) == []
    loaded = load_file(engine, path, settings=SETTINGS)
    assert loaded.only.rejected > 10
    assert traces(shown(loaded)) == []
    found = [(place, traces(values)) for place, values in everything(engine) if traces(values)]
    assert found == []
    with engine.connect() as connection:
        assert connection.scalar(select(load_reject.c.cells).limit(1))
        target = tmp_path / "loai.xlsx"
        write_rejects(connection, loaded.only.batch_id, target, own_unit="21646")
    assert traces(sheets_of(target)) == []


@pytest.mark.parametrize("source", list(SOURCES))
def test_a_refusal_tells_nothing_either(source: str, tmp_path: Path) -> None:
    """Every row fails in turn on each column, on two kinds of what is planted."""
    good = GOOD[source]
    units = [KnownUnit("21646", "Hoài Châu Bắc", "xã", date(1990, 1, 1), None)]
    refusals = 0
    kinds = cycle(PLANTED)
    for name in good:
        for number in islice(kinds, 2):
            row = {**good, **dict.fromkeys(UNASKED, NAMED), name: number}
            text = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
            path = write(tmp_path, text)
            try:
                clean_file(path, unit="21646", known_units=units)
            except RefusedFile as refused:
                assert traces(str(refused)) == []
                refusals += 1
    assert refusals


def test_the_reason_beside_a_refused_file_tells_nothing(engine: Engine, tmp_path: Path) -> None:
    prepare(tmp_path)
    write(tmp_path / "inbox", "Họ tên;Số\n0905123456;052085001234\n", name="la.csv")
    (taken,) = take(engine, tmp_path, settings=SETTINGS, before=sizes(tmp_path))
    assert taken.outcome == "refused"
    beside = (tmp_path / "refused" / "la.csv.txt").read_text(encoding="utf-8-sig")
    assert traces(taken.words + beside) == []
    assert [place for place, value in everything(engine) if traces(value)] == []
