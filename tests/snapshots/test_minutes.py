"""The minutes come out with the snapshot, and keep what the office says to itself."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.snapshots.blocks import TableBlock
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.charts import ChartServer
from dashboard.snapshots.document import build_document
from dashboard.snapshots.freezing import Edition, freeze
from dashboard.snapshots.kept import read_member
from dashboard.snapshots.making import make_snapshot
from dashboard.snapshots.minutes import build_minutes, explained_block
from etl.record import Key
from etl.recording import save_entry
from etl.settings import Settings
from tests.etl.loaders import dossiers, load_text
from tests.snapshots.reading import pdf_text, squeezed

LATE = {
    "Mã hồ sơ": "000.00.36.H08-240603-0001",
    "Bộ phận": "Địa chính",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "12/06/2024",
    "Ngày kết thúc xử lý": "14/06/2024",
}
AT = datetime(2024, 7, 1, 8, 30)
JUNE = Period("2024-06")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine: that the record is read alike from both is seen where it is recorded."""
    return sqlite_url


def say(engine: Engine, kind: str, field: str, value: str, *, subject: str = "") -> None:
    month = "" if kind == "dossier" else "2024-06"
    key = Key("21646", kind, field, month=month, subject=subject)
    save_entry(engine, key, value, base="", saved_by="vptk", at=AT)


def record(engine: Engine) -> None:
    say(engine, "department", "difficulties", "Thiếu máy quét", subject="Địa chính")
    say(engine, "department", "assessment", "Cần rút kinh nghiệm", subject="Địa chính")
    say(engine, "meeting", "conclusion", "Giảm hồ sơ trễ.\nXin lỗi đủ.")
    say(engine, "decision", "what", "Mua máy quét", subject="d1")
    say(engine, "decision", "who", "Văn phòng", subject="d1")
    say(engine, "decision", "due_on", "2024-07-31", subject="d1")


def load(engine: Engine, folder: Path) -> None:
    load_text(engine, folder, dossiers(LATE), as_of=date(2024, 6, 30))


def minutes_of(
    engine: Engine, folder: Path, edition: Edition, charts: ChartServer
) -> tuple[str, str]:
    """Return the words of the minutes as PDF and as DOCX."""
    made = make_snapshot(
        engine,
        settings=Settings.model_construct(signing_key=folder / "key.pem"),
        period=JUNE,
        edition=edition,
        formats=("pdf", "docx"),
        charts=charts,
    )
    with zipfile.ZipFile(io.BytesIO(made.archive)) as parts:
        (pdf,) = [name for name in parts.namelist() if "ket-luan" in name and name.endswith("pdf")]
        (word,) = [
            name for name in parts.namelist() if "ket-luan" in name and name.endswith("docx")
        ]
        written = docx.Document(io.BytesIO(parts.read(word)))
        cells = [c.text for t in written.tables for row in t.rows for c in row.cells]
        words = " ".join([*(p.text for p in written.paragraphs), *cells])
        # The report itself is still what is given out as the PDF of the snapshot.
        assert b"%PDF" in read_member(made.archive, ".pdf")[:8]
        assert "BÁO CÁO" in squeezed(pdf_text(read_member(made.archive, ".pdf")))
        return squeezed(pdf_text(parts.read(pdf))), squeezed(words)


def test_the_minutes_say_what_was_recorded(
    engine: Engine, tmp_path: Path, charts: ChartServer
) -> None:
    load(engine, tmp_path)
    record(engine)
    for words in minutes_of(engine, tmp_path, "internal", charts):
        for said in (
            "THÔNG BÁO",
            "/TB-UBND",
            "tháng 6 năm 2024",
            "000.00.36.H08-240603-0001",
            "Thiếu máy quét",
            "Cần rút kinh nghiệm",
            "Giảm hồ sơ trễ.",
            "Xin lỗi đủ.",
            "Mua máy quét",
            "31/07/2024",
        ):
            assert said in words, said


def test_what_the_office_says_to_itself_stays_in_it(
    engine: Engine, tmp_path: Path, charts: ChartServer
) -> None:
    load(engine, tmp_path)
    record(engine)
    for words in minutes_of(engine, tmp_path, "external", charts):
        assert "Thiếu máy quét" in words and "Mua máy quét" in words
        assert "rút kinh nghiệm" not in words
        assert "240603-0001" not in words


def test_nothing_written_makes_no_minutes_and_words_move_no_figure(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    settings = Settings.model_construct()
    with engine.connect() as connection:
        before = freeze(connection, settings=settings, period=JUNE)
    assert build_minutes(before) is None
    record(engine)
    with engine.connect() as connection:
        after = freeze(connection, settings=settings, period=JUNE)
    assert build_minutes(after) is not None
    assert after.data_version == before.data_version
    assert after.content_sha256 == before.content_sha256


def test_a_late_dossier_takes_five_columns_in_the_report_and_in_the_minutes(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, tmp_path)
    record(engine)
    settings = Settings.model_construct()
    with engine.connect() as connection:
        inside, outside = (
            freeze(connection, settings=settings, period=JUNE, edition=edition)
            for edition in ("internal", "external")
        )
    block = explained_block(inside.reports["meeting"].section("late"))
    minutes = build_minutes(inside)
    assert minutes is not None
    for document in (build_document(inside), minutes):
        tables = [one for one in document.body if isinstance(one, TableBlock)]
        (same,) = [one for one in tables if one.caption == block.caption]
        assert [column.label for column in same.table.columns] == [
            "Bộ phận",
            "Hồ sơ",
            "Tình trạng",
            "Nguyên nhân, giải trình",
            "Xin lỗi",
        ]
    assert LATE["Mã hồ sơ"] in printed_rows(block.table)[0][1]
    counted = explained_block(outside.reports["meeting"].section("late"))
    assert LATE["Mã hồ sơ"] not in str(printed_rows(counted.table))
