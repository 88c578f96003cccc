"""A file is looked at without being loaded."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from etl.catalogue.sources import SOURCES
from etl.errors import RefusedFile, UserError
from etl.inspecting import frame_json, inspect_file
from etl.loading import load_file
from etl.mapping import read_mapping
from etl.proposed_mapping import mapping_text
from etl.settings import Settings
from tests.etl.cleaning import workbook
from tests.etl.loaders import dossiers, write

SETTINGS = Settings.model_construct()
GOOD = {"Ngày tiếp nhận": "13/06/2024", "Ngày hẹn trả": "20/06/2024"}


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


def test_the_column_that_names_a_question_is_no_question_itself(tmp_path: Path) -> None:
    text = "Mã phiếu;Ngày khảo sát;Tiêu chí;Câu hỏi;Mức độ\nP1;03/06/2024;I;I.1 Dễ tìm;5\n"
    (sheet,) = inspect_file(write(tmp_path, text), settings=SETTINGS).sheets
    adapt = tmp_path / "m.toml"
    adapt.write_text(mapping_text(sheet, has_other_sheets=False), encoding="utf-8")
    mapping = read_mapping(adapt)
    assert mapping.columns["question"] == "Câu hỏi"
    assert not mapping.questions


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
