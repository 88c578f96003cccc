"""Rejected rows are given back with the reason; corrected there, the same file loads again."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select

from etl.errors import UserError
from etl.loading import load_file
from etl.rejects import REASON, write_rejects
from etl.settings import Settings
from etl.tables import fact_dossier
from etl.undoing import undo
from tests.etl.cleaning import mapping_of
from tests.etl.loaders import dossiers, load_text

SETTINGS = Settings.model_construct()
FOREIGN = """
source = "dossier"
[columns]
dossier_code = "id"
procedure_name = "what"
department = "who"
received_at = {}
[dates]
order = "mdy"
"""
GOOD = {"Ngày tiếp nhận": "06/13/2024", "Ngày hẹn trả": "06/20/2024"}


def give_back(engine: Engine, batch: int, path: Path) -> tuple[Path, int]:
    with engine.connect() as connection:
        return path, write_rejects(connection, batch, path, own_unit="21646")


def table(path: Path) -> tuple[list[str], list[list[Any]]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    place = next(n for n, row in enumerate(rows) if REASON in row)
    return [row[0] for row in rows[:place]], rows[place:]


def correct(path: Path, changes: dict[tuple[int, str], Any]) -> None:
    """Change cells of the given-back table by its row, from 1, and header."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(r for r in range(1, 30) if any(c.value == REASON for c in sheet[r]))
    places = {cell.value: cell.column for cell in sheet[top]}
    for (row, header), value in changes.items():
        sheet.cell(top + row, places[header]).value = value
    book.save(path)


def test_corrected_rows_load_again_for_the_same_days(engine: Engine, tmp_path: Path) -> None:
    title = "Từ ngày 01/06/2024 đến ngày 30/06/2024\nChốt số liệu ngày 25/06/2024\n"
    text = title + dossiers(
        GOOD,
        {**GOOD, "Ngày hẹn trả": "hôm sau", "Ngày tiếp nhận": "06/05/2024 08:15"},
        {**GOOD, "Mã hồ sơ": ""},
    )
    first = load_text(engine, tmp_path, text)
    assert (first.inserted, first.rejected) == (1, 2)
    path, count = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    assert count == 2
    titles, (header, *rows) = table(path)
    assert "Từ ngày 01/06/2024 đến ngày 30/06/2024" in titles
    assert (header[0], header[-1]) == ("Mã hồ sơ", REASON)
    assert rows[0][header.index("Ngày hẹn trả")] == "hôm sau"
    # The month came first in the whole file; alone, this row could not show it.
    assert rows[0][header.index("Ngày tiếp nhận")] == datetime(2024, 6, 5, 8, 15)
    assert "không đọc được ngày" in rows[0][-1]
    correct(path, {(1, "Ngày hẹn trả"): datetime(2024, 6, 12), (2, "Mã hồ sơ"): "H3"})
    again = load_file(engine, path, settings=SETTINGS).only
    assert (again.source, again.inserted, again.rejected) == ("dossier", 2, 0)
    days = (date(2024, 6, 1), date(2024, 6, 30), date(2024, 6, 25))
    assert (again.covered_from, again.covered_to, again.as_of) == days
    with engine.connect() as connection:
        f = fact_dossier.c
        found = dict(connection.execute(select(f.dossier_code, f.received_at)).all())
    assert found["H2"] == datetime(2024, 6, 5, 8, 15)
    assert sorted(found) == ["H1", "H2", "H3"]


def test_a_row_that_is_still_wrong_is_given_back_again(engine: Engine, tmp_path: Path) -> None:
    first = load_text(engine, tmp_path, dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "x"}, GOOD))
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    correct(path, {(1, "Ngày hẹn trả"): "vẫn sai"})
    with pytest.raises(UserError, match=r"mọi dòng \(1\) đều bị loại"):
        load_file(engine, path, settings=SETTINGS)


def test_demonstration_stays_demonstration_and_units_stay(engine: Engine, tmp_path: Path) -> None:
    text = "DỮ LIỆU MINH HỌA\n" + dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "x"})
    first = load_text(engine, tmp_path, text, unit="21649")
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    correct(path, {(1, "Ngày hẹn trả"): None})
    again = load_file(engine, path, settings=SETTINGS).only
    assert again.is_demo
    with engine.connect() as connection:
        assert set(connection.scalars(select(fact_dossier.c.unit))) == {"21649"}


def test_rows_keep_their_unit_under_whatever_name_the_file_has_for_it(
    engine: Engine, tmp_path: Path
) -> None:
    header = "MÃ XÃ;Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Ngày hẹn trả\n"
    line = "{};H{};Khai sinh;Tư pháp;13/06/2024;{}\n"
    text = header + "".join(
        line.format(*cells)
        for cells in (("21652", 1, "x"), ("", 2, "x"), ("21655", 3, "20/06/2024"))
    )
    first = load_text(engine, tmp_path, text, unit="21649")
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    _, (names, *rows) = table(path)
    assert names[:2] == ["MÃ XÃ", "Mã hồ sơ"]
    assert "Mã đơn vị" not in names
    assert [row[0] for row in rows] == ["21652", "21649"]
    correct(path, {(1, "Ngày hẹn trả"): None, (2, "Ngày hẹn trả"): None})
    assert load_file(engine, path, settings=SETTINGS).only.inserted == 2
    with engine.connect() as connection:
        f = fact_dossier.c
        found = dict(connection.execute(select(f.dossier_code, f.unit)).all())
    assert found == {"H1": "21652", "H2": "21649", "H3": "21655"}


def test_a_foreign_export_comes_back_under_its_own_headers(engine: Engine, tmp_path: Path) -> None:
    adapt = mapping_of(tmp_path, FOREIGN.format('"opened"'))
    text = "id,what,who,opened,phone\n1,a,b,06/05/2024,0905123456\n2,a,b,never,0905123456\n"
    first = load_text(engine, tmp_path, text, mapping=adapt)
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    titles, (header, row) = table(path)
    assert header == ["id", "what", "who", "opened", REASON]
    assert row[3] == "never"
    assert any("tệp ánh xạ" in title for title in titles)
    correct(path, {(1, "opened"): datetime(2024, 6, 7)})
    assert load_file(engine, path, settings=SETTINGS, mapping=adapt).only.inserted == 1


def test_columns_that_were_read_as_one_come_back_as_one(engine: Engine, tmp_path: Path) -> None:
    adapt = mapping_of(tmp_path, FOREIGN.format('["day", "time"]'))
    text = "id,what,who,day,time\n1,a,b,06/05/2024,8:15\n2,a,b,06/07/2024,9h75\n"
    first = load_text(engine, tmp_path, text, mapping=adapt)
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    assert table(path)[1][0] == ["id", "what", "who", "day + time", REASON]
    correct(path, {(1, "day + time"): datetime(2024, 6, 7, 9, 45)})
    assert load_file(engine, path, settings=SETTINGS, mapping=adapt).only.inserted == 1


def test_cells_that_begin_like_formulas_stay_text(engine: Engine, tmp_path: Path) -> None:
    row = {**GOOD, "Tên thủ tục": "=cmd|' /C calc'!A0", "Ngày hẹn trả": "x"}
    first = load_text(engine, tmp_path, dossiers(GOOD, row))
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    (cell,) = [c for line in sheet.iter_rows() for c in line if str(c.value).startswith("=cmd")]
    assert cell.data_type == "s"


def test_of_a_row_that_may_have_slipped_only_what_is_sure_comes_back(
    engine: Engine, tmp_path: Path
) -> None:
    header = "Mã hồ sơ;Thủ tục;Họ tên;Bộ phận;Ngày nhận\n"
    good = "".join(f"H{place};Khai sinh;A;Tư pháp;05/06/2024\n" for place in (1, 3, 4))
    text = header + good + "H2;Khai; sinh;Nguyễn Văn B;Tư pháp;05/06/2024\n"
    first = load_text(engine, tmp_path, text)
    path, _ = give_back(engine, first.batch_id, tmp_path / "loai.xlsx")
    _, (names, row) = table(path)
    assert (row[0], names[2]) == (None, "Bộ phận")
    assert "Nguyễn Văn B" not in str(row)
    assert "Nguyễn Văn B" not in str(first.rejects)


def test_what_cannot_be_given_back_says_why(engine: Engine, tmp_path: Path) -> None:
    whole = load_text(engine, tmp_path, dossiers(GOOD))
    levels = "Rất hài lòng;Hài lòng;Bình thường;Không hài lòng;Rất không hài lòng\n"
    counts = (
        "Ngày khảo sát;Tiêu chí;" + levels + "05/06/2024;I;1;1;1;1;1\n05/06/2024;II;x;1;1;1;1\n"
    )
    replacing = load_text(engine, tmp_path, counts, name="b.csv")
    gone = load_text(engine, tmp_path, dossiers({**GOOD, "Mã hồ sơ": "H8"}, {}), name="c.csv")
    undo(engine, [gone.batch_id])
    for batch, words in (
        (99, "Không có lần nạp số 99"),
        (whole.batch_id, "không có dòng nào bị loại"),
        (replacing.batch_id, "Hãy sửa trong tệp gốc"),
        (gone.batch_id, "đã được hoàn tác"),
    ):
        with pytest.raises(UserError, match=words):
            give_back(engine, batch, tmp_path / "x.xlsx")
