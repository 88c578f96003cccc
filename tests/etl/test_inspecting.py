"""A file is looked at without being loaded; templates load as they are filled in."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, select

from etl import entering
from etl.catalogue.sources import SOURCES
from etl.entering import NOTHING_TYPED, delete_alias, enter_rows, save_alias, save_plan
from etl.errors import DatabaseFault, RefusedFile, UserError
from etl.inspecting import frame_json, inspect_file
from etl.loading import load_file
from etl.mapping import read_mapping
from etl.proposed_mapping import mapping_text
from etl.settings import Settings
from etl.tables import (
    dim_alias,
    dim_department,
    fact_dossier,
    fact_ranking,
    fact_task_report,
    load_batch,
    plan,
)
from etl.templates import write_templates
from etl.undoing import undo
from tests.etl.cleaning import workbook
from tests.etl.loaders import dossiers, load_text, write
from tests.etl.states import state
from tests.services.commands import run, run_here

SETTINGS = Settings.model_construct()
GOOD = {"Ngày tiếp nhận": "13/06/2024", "Ngày hẹn trả": "20/06/2024"}


# Inspecting -------------------------------------------------------------------------------------


def test_a_known_file_is_told_with_what_stands_against_it(tmp_path: Path) -> None:
    text = "Tháng 6/2024\n" + dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "gọi 0905123456"})
    path = write(tmp_path, text.replace("Lĩnh vực", "Họ tên"))
    inspection = inspect_file(path, settings=SETTINGS)
    (sheet,) = inspection.sheets
    assert inspection.kind == "CSV, phân cách bằng «;», bảng mã utf-8-sig"
    assert (sheet.source, sheet.header_row, sheet.rows) == ("dossier", 2, 2)
    assert (sheet.covered_from, sheet.covered_to) == (date(2024, 6, 1), date(2024, 6, 30))
    assert (sheet.accepted, sheet.rejected) == (1, 1)
    by_header = {p.header: (p.canonical, p.certainty) for p in sheet.proposals}
    assert by_header["Bộ phận"] == ("department", "sure")
    assert by_header["Họ tên"] == ("", "none")
    assert "Họ tên" not in sheet.head
    assert "0905123456" not in str(sheet)
    assert "1 dòng sẽ bị loại (dòng đầu: 4), cột «Ngày hẹn trả»" in sheet.problems[0]


def test_headers_that_are_only_alike_are_proposed_as_doubts(tmp_path: Path) -> None:
    text = (
        "Mã số hồ sơ;Tên thủ tục hành chính giải quyết;Bộ phận xử lý;Ngày giờ tiếp nhận;Họ tên\n"
        "H1;Khai sinh;Tư pháp;13/06/2024;A\nH2;Khai sinh;Tư pháp;14/06/2024;B\n"
    )
    path = write(tmp_path, text)
    inspection = inspect_file(path, settings=SETTINGS)
    (sheet,) = inspection.sheets
    assert (sheet.source, sheet.nearest) == ("", "dossier")
    found = {p.header: (p.canonical, p.certainty) for p in sheet.proposals}
    assert found == {
        "Mã số hồ sơ": ("dossier_code", "guess"),
        "Tên thủ tục hành chính giải quyết": ("procedure_name", "guess"),
        "Bộ phận xử lý": ("department", "guess"),
        "Ngày giờ tiếp nhận": ("received_at", "guess"),
        "Họ tên": ("", "none"),
    }
    with pytest.raises(RefusedFile):
        load_file_without_database(path)
    adapt = tmp_path / "m.toml"
    adapt.write_text(mapping_text(sheet, has_other_sheets=False), encoding="utf-8")
    mapped = inspect_file(path, settings=SETTINGS, mapping=read_mapping(adapt))
    assert mapped.sheets[0].accepted == 2


@pytest.mark.parametrize(
    "text",
    [
        "STT;Họ tên;Tuổi;Lương\n1;A;40;7\n2;B;41;8\n",
        # One of the two columns that a ranking must have is resembled, which tells of nothing.
        "Ký hiệu;Phòng\nA1;Tư pháp\n",
    ],
)
def test_a_table_of_something_else_is_near_to_nothing(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    (sheet,) = inspect_file(path, settings=SETTINGS).sheets
    assert (sheet.source, sheet.nearest, sheet.missing) == ("", "", ())
    assert {proposal.certainty for proposal in sheet.proposals} == {"none"}
    assert "gần nhất" not in sheet.problems[0]


def test_a_sheet_without_the_columns_of_a_mapping_is_passed_over_as_in_loading(
    tmp_path: Path,
) -> None:
    directory = [["Họ tên", "Chức vụ"], ["A", "B"]]
    data = [["Số HS", "Thủ tục", "Bộ phận", "Ngày nhận"], ["H1", "a", "b", "13/06/2024"]]
    adapt = tmp_path / "m.toml"
    adapt.write_text('[columns]\ndossier_code = "Số HS"\n', encoding="utf-8")
    mapping = read_mapping(adapt)
    path = workbook(tmp_path, {"Danh bạ": directory, "Hồ sơ": data})
    other, sheet = inspect_file(path, settings=SETTINGS, mapping=mapping).sheets
    assert (other.source, sheet.source, sheet.accepted) == ("", "dossier", 1)
    assert "không đọc: không có cột «Số HS»" in other.problems[0]
    alone = workbook(tmp_path, {"Danh bạ": directory}, name="mot.xlsx")
    with pytest.raises(RefusedFile, match="không có cột «Số HS»"):
        inspect_file(alone, settings=SETTINGS, mapping=mapping)


def test_a_unit_is_proposed_only_where_a_source_must_name_it(tmp_path: Path) -> None:
    text = "Năm;Tên đơn vị xã phường;Chỉ số hài lòng\n2023;Hoài Châu;90,1\n"
    (sheet,) = inspect_file(write(tmp_path, text), settings=SETTINGS).sheets
    found = {p.header: (p.canonical, p.certainty) for p in sheet.proposals}
    assert (sheet.nearest, found["Tên đơn vị xã phường"]) == ("ranking", ("unit", "guess"))


def load_file_without_database(path: Path) -> None:
    from etl.inspecting import seed_units
    from etl.sources import clean_file

    clean_file(path, unit="21646", known_units=seed_units())


@pytest.mark.parametrize("code", list(SOURCES))
def test_the_mapping_written_for_a_recognised_file_loads_it(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    texts = {
        "dossier": dossiers(GOOD),
        "feedback": "Mã PAKN;Phân loại;Ngày gửi;Trạng thái\nP1;Khác;13/06/2024;Mới\n",
        "survey": 'Mã phiếu;Ngày khảo sát;"I.1 ""Dễ"" tìm";V.1 Đúng hẹn\n1;13/06/2024;5;4\n',
        "ranking": "Năm;Xã/phường;Xếp hạng\n2023;Hoài Châu;3\n",
        "task_report": "Mã nhiệm vụ;Tháng;Kết quả\nI.1;06/2024;Đạt\n",
    }
    path = write(tmp_path, texts[code])
    (sheet,) = inspect_file(path, settings=SETTINGS).sheets
    assert sheet.source == code
    adapt = tmp_path / "m.toml"
    adapt.write_text(mapping_text(sheet, has_other_sheets=False), encoding="utf-8")
    loaded = load_file(engine, path, settings=SETTINGS, mapping=read_mapping(adapt)).only
    assert (loaded.source, loaded.inserted) == (code, 1)


def test_the_raw_frame_holds_what_the_file_holds(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {
            "Ghi chú": [["Họ tên", "Chức vụ"], ["A", "B"]],
            "Số liệu": [
                ["Tháng 6/2024"],
                ["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận", ""],
                [7, " a ", True, datetime(2024, 6, 12, 8, 15), 0.5],
                ["Tổng cộng", "", "", "", 1],
            ],
        },
    )
    assert json.loads(frame_json(path, settings=SETTINGS)) == [
        {
            "Mã hồ sơ": 7,
            "Thủ tục": " a ",
            "Bộ phận": True,
            "Ngày nhận": "2024-06-12T08:15:00",
            "(cột 5)": 0.5,
        },
        {"Mã hồ sơ": "Tổng cộng", "Thủ tục": "", "Bộ phận": "", "Ngày nhận": "", "(cột 5)": 1},
    ]
    named = json.loads(frame_json(path, settings=SETTINGS, sheet="ghi chu"))
    assert named == [{"Họ tên": "A", "Chức vụ": "B"}]
    with pytest.raises(UserError, match="«Ghi chú», «Số liệu»"):
        frame_json(path, settings=SETTINGS, sheet="x")


# The command line -------------------------------------------------------------------------------


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}"


def said(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, done.stdout + done.stderr


def test_inspect_ends_with_nought_or_two_and_makes_no_database(url: str, tmp_path: Path) -> None:
    good = write(tmp_path, dossiers(GOOD))
    code, words = said(run("etl", "inspect", str(good), DATABASE_URL=url))
    assert (code, "nhận ra là dossier" in words) == (0, True)
    strange = write(tmp_path, "a,b\n1,2\n", name="la.csv")
    code, words = said(run_here("etl", "inspect", str(strange), DATABASE_URL=url))
    assert (code, "Chưa nhận ra loại số liệu" in words) == (0, True)
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    for path in (broken, tmp_path / "khong_co.csv"):
        done = run_here("etl", "inspect", str(path), DATABASE_URL=url)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert path.name in done.stderr
    code, words = said(run_here("etl", "inspect", str(good), "--frame", "xml", DATABASE_URL=url))
    assert (code, "json" in words) == (2, True)
    assert not (tmp_path / "new").exists()


def test_a_mapping_is_written_once(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(GOOD))
    words = ["inspect", str(path), "--write-mapping", str(tmp_path / "m.toml")]
    assert run_here("etl", *words, DATABASE_URL=url).returncode == 0
    assert read_mapping(tmp_path / "m.toml").columns["dossier_code"] == "Mã hồ sơ"
    code, said_again = said(run_here("etl", *words, DATABASE_URL=url))
    assert (code, "không ghi đè" in said_again) == (2, True)


def test_load_dry_run_rejects_and_undo_from_the_command_line(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "x"}))
    code, words = said(run_here("etl", "load", str(path), "--dry-run", DATABASE_URL=url))
    assert (code, "Chạy thử, chưa nạp" in words) == (0, True)
    done = run_here("etl", "load", str(path), "--dry-run", "--json", DATABASE_URL=url)
    (told,) = json.loads(done.stdout)
    assert (told["status"], told["inserted"], told["rejected"]) == ("would_load", 1, 1)
    done = run_here("etl", "load", str(path), "--json", DATABASE_URL=url)
    (loaded,) = json.loads(done.stdout)
    assert (loaded["status"], loaded["inserted"]) == ("loaded", 1)
    batch = str(loaded["batch_id"])
    target = tmp_path / "loai.xlsx"
    assert run("etl", "rejects", batch, "--out", str(target), DATABASE_URL=url).returncode == 0
    assert openpyxl.load_workbook(target).sheetnames == ["Dòng bị loại"]
    code, words = said(run("etl", "undo", batch, DATABASE_URL=url))
    assert (code, "xóa 1" in words) == (0, True)
    code, words = said(run_here("etl", "undo", batch, DATABASE_URL=url))
    assert (code, "từ trước" in words) == (0, True)
    code, words = said(run_here("etl", "undo", "99", DATABASE_URL=url))
    assert (code, "Không có lần nạp số 99" in words) == (2, True)


# Templates --------------------------------------------------------------------------------------


def test_a_blank_template_has_nothing_to_load(engine: Engine, tmp_path: Path) -> None:
    for path in write_templates(tmp_path, SOURCES):
        with pytest.raises(RefusedFile, match="chỉ có dòng tiêu đề"):
            load_file(engine, path, settings=SETTINGS)


@pytest.mark.parametrize("code", list(SOURCES))
def test_a_template_filled_in_loads_with_no_mapping(
    engine: Engine, tmp_path: Path, code: str
) -> None:
    """The example, its mark taken off, is a row like any other; the row below it, too."""
    (path,) = write_templates(tmp_path, [code])
    book = openpyxl.load_workbook(path)
    sheet = book["Số liệu"]
    key = str(sheet.cell(2, 1).value).removeprefix("Ví dụ: ")
    for cell in sheet[2]:
        sheet.cell(3, cell.column).value = cell.value
    sheet.cell(3, 1).value = key
    book.save(path)
    loaded = load_file(engine, path, settings=SETTINGS).only
    assert (loaded.source, loaded.inserted, loaded.rejected) == (code, 1, 0)
    assert [warned.code for warned in loaded.warnings] == ["examples"]


def test_a_template_has_lists_days_and_notes(tmp_path: Path) -> None:
    (path,) = write_templates(tmp_path, ["dossier"])
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Số liệu", "Hướng dẫn", "Danh sách"]
    assert book["Danh sách"].sheet_state == "hidden"
    rules = {rule.type for rule in book["Số liệu"].data_validations.dataValidation}
    assert rules == {"list", "date", "whole"}
    assert "Ví dụ" in book["Số liệu"]["A2"].value
    assert len(list(book["Hướng dẫn"].iter_rows())) > 10


# Typed rows -------------------------------------------------------------------------------------


def test_typed_rows_are_an_ordinary_batch(engine: Engine) -> None:
    empty = state(engine)
    rows = [
        {"task_code": "I.1", "month": "06/2024", "status": "Đạt", "measured_value": "10,5"},
        {"task_code": "", "month": None},
    ]
    entered = enter_rows(engine, "task_report", rows, settings=SETTINGS)
    assert entered.loaded is not None
    assert (entered.loaded.inserted, entered.faults) == (1, ())
    again = enter_rows(engine, "task_report", rows, settings=SETTINGS)
    assert again.loaded is not None
    assert again.loaded.unchanged == 1
    with engine.connect() as connection:
        assert connection.scalar(select(fact_task_report.c.measured_value)) == 10.5
        assert "Nhập tay" in str(connection.scalar(select(load_batch.c.file).limit(1)))
    undo(engine, [again.loaded.batch_id, entered.loaded.batch_id])
    assert state(engine) == empty


def test_faults_of_typed_rows_come_back_as_data_and_nothing_is_saved(engine: Engine) -> None:
    rows = [
        {"year": 2023, "unit": "X. Hoài Châu", "index_pct": "90,1"},
        {"year": 2023, "unit": "X. Nơi Khác", "index_pct": 88},
        {"year": 2023, "unit": "21652", "index_pct": 101},
    ]
    entered = enter_rows(engine, "ranking", rows, settings=SETTINGS)
    assert entered.loaded is None
    assert [(f.row, f.column, f.value) for f in entered.faults] == [
        (2, "unit", "X. Nơi Khác"),
        (3, "index_pct", "101"),
    ]
    assert str(entered.faults[1]) == (
        "dòng 3, Chỉ số hài lòng «101»: cần một số từ 0 đến 100; hãy sửa ô này."
    )
    # Also where none of the rows is sound.
    assert enter_rows(engine, "ranking", rows[1:], settings=SETTINGS).faults == tuple(
        replace(fault, row=fault.row - 1) for fault in entered.faults
    )
    blank = enter_rows(engine, "ranking", [{"year": ""}], settings=SETTINGS)
    assert blank.faults == (NOTHING_TYPED,)
    lacking = enter_rows(engine, "ranking", [{"year": 2023}], settings=SETTINGS)
    assert [fault.column for fault in lacking.faults] == ["unit", "index_pct"]
    assert str(lacking.faults[0]) == "Đơn vị: thiếu cột này."
    emptied = enter_rows(
        engine, "ranking", [rows[0], {"year": 2023, "unit": "21652", "rank": ""}], settings=SETTINGS
    )
    assert [(f.row, f.column) for f in emptied.faults] == [(2, "rank")]
    assert "hoàn tác" in emptied.faults[0].reason
    with pytest.raises(UserError, match="không nhập tay được"):
        enter_rows(engine, "dossier", rows, settings=SETTINGS)
    with engine.connect() as connection:
        assert connection.execute(select(fact_ranking)).all() == []


def test_plan_figures_are_saved_by_year(engine: Engine) -> None:
    bad = save_plan(engine, unit="21646", year=2025, figures={"target_pct": "x", "ranked_units": 0})
    assert [fault.column for fault in bad] == ["target_pct", "ranked_units"]
    assert save_plan(engine, unit="21646", year=1900, figures={})[0].column == "year"
    (later,) = save_plan(engine, unit="21646", year=2024, figures={"baseline_year": "2025"})
    assert "trước hoặc bằng năm 2024" in str(later)
    assert save_plan(engine, unit="21646", year=2024, figures={"target_pct": "92,5"}) == ()
    assert save_plan(engine, unit="X. Hoài Châu", year=2025, figures={"baseline_pct": 91}) == ()
    with engine.connect() as connection:
        p = plan.c
        rows = connection.execute(select(p.unit, p.year, p.baseline_pct, p.target_pct)).all()
    assert ("21646", 2024, 90.83, 92.5) in [tuple(row) for row in rows]
    assert ("21649", 2025, 91.0, None) in [tuple(row) for row in rows]
    assert save_plan(engine, unit="21646", year=2024, figures={"target_pct": ""}) == ()
    with engine.connect() as connection:
        query = select(plan.c.target_pct).where(plan.c.unit == "21646", plan.c.year == 2024)
        assert connection.scalar(query) is None
    with pytest.raises(UserError, match="Không có đơn vị"):
        save_plan(engine, unit="9", year=2024, figures={})


def test_aliases_are_saved_and_taken_back(engine: Engine, tmp_path: Path) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "Địa chính-XD"}))
    before = state(engine)
    for spelling, canonical in (("", "x"), ("Tư  pháp", "tư pháp")):
        assert save_alias(engine, "department", spelling=spelling, canonical=canonical)
    assert save_alias(engine, "x", spelling="a", canonical="b")[0].column == "dimension"
    new = "Địa chính – Xây dựng"
    assert save_alias(engine, "department", spelling="Địa chính-XD", canonical=new) == ()
    assert state(engine)["mart_dossier"] != before["mart_dossier"]
    with engine.connect() as connection:
        assert connection.scalar(select(dim_alias.c.canonical_label)) == new
        assert new in connection.scalars(select(dim_department.c.label))
    assert delete_alias(engine, "department", spelling="Địa chính-XD")
    assert state(engine)["mart_dossier"] == before["mart_dossier"]
    assert not delete_alias(engine, "department", spelling="Địa chính-XD")


def _shown(engine: Engine) -> list[str]:
    """Return the departments that a dossier each counts under."""
    canonical = dim_department.alias()
    with engine.connect() as connection:
        query = (
            select(canonical.c.label)
            .select_from(fact_dossier)
            .join(dim_department, dim_department.c.department_id == fact_dossier.c.department_id)
            .join(canonical, canonical.c.department_id == dim_department.c.canonical_id)
        )
        return list(connection.scalars(query))


def test_an_alias_of_an_alias_is_followed_to_its_end_and_no_circle_is_made(
    engine: Engine, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "A"}))
    for spelling, canonical in (("A", "B"), ("B", "C"), ("C", "D")):
        assert not save_alias(engine, "department", spelling=spelling, canonical=canonical)
    assert _shown(engine) == ["D"]
    # "B" would be led back to itself, also where it is an alias of another now.
    for spelling, canonical in (("D", "A"), ("B", "A")):
        (fault,) = save_alias(engine, "department", spelling=spelling, canonical=canonical)
        assert f"đang được tính là «{spelling}»" in fault.reason
    assert _shown(engine) == ["D"]
    assert delete_alias(engine, "department", spelling="B")
    assert _shown(engine) == ["B"]


def test_an_alias_that_cannot_be_counted_is_not_saved(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_text(engine, tmp_path, dossiers({**GOOD, "Bộ phận": "A"}))
    before = state(engine)

    def fail(*_: object, **__: object) -> None:
        raise DatabaseFault

    monkeypatch.setattr(entering, "refresh", fail)
    with pytest.raises(DatabaseFault):
        save_alias(engine, "department", spelling="A", canonical="B")
    assert state(engine) == before
    with engine.connect() as connection:
        assert connection.scalars(select(dim_alias.c.alias_key)).all() == []
