"""Dossiers: what is kept, warned or rejected."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.etl.cleaning import clean, clean_text, codes, days, workbook
from tests.etl.loaders import dossiers

RECEIVED = {"Ngày tiếp nhận": "03/06/2024 08:00"}


def test_a_whole_dossier(tmp_path: Path) -> None:
    text = (
        "TT;Mã đơn vị;Mã hồ sơ;Mã TTHC;Thủ tục;Lĩnh vực;Phòng ban;Kênh;Ngày nộp;Hạn tiếp nhận;"
        "Ngày nhận;Hạn trả;Ngày có kết quả;Ngày trả;Ngày yêu cầu bổ sung;Ngày công dân bổ sung;"
        "Số lần bổ sung;Tình trạng;Ngày xin lỗi;Nguyên nhân quá hạn;Đánh giá\n"
        "1;21649;000.00.36.H08-240603-0001;1.001;Khai sinh;Hộ tịch;Tư  pháp;DVC trực tuyến;"
        "03/06/2024 07:30;03/06/2024;03/06/2024 08:00;10/06/2024;11/06/2024 09:00;12/06/2024;"
        "04/06/2024;05/06/2024;1;Đã trả kết quả;13/06/2024;Chờ ông A, 0912 345 678;Hài lòng\n"
    )
    cleaned = clean_text(tmp_path, text)
    row = cleaned.rows.iloc[0]
    assert (row["row"], row["unit"], row["dossier_code"]) == (
        2,
        "21649",
        "000.00.36.H08-240603-0001",
    )
    assert (row["procedure_code"], row["procedure_name"]) == ("1.001", "Khai sinh")
    assert (row["field"], row["department"], row["channel"]) == ("Hộ tịch", "Tư pháp", "online")
    assert (row["status"], row["rating3"]) == ("returned", "satisfied")
    assert row["supplement_count"] == 1
    assert "Chờ ông A" in row["late_cause"]
    assert "345" not in row["late_cause"]
    assert days(row.filter(like="_at")) == [
        "2024-06-03 07:30:00",
        "2024-06-03",
        "2024-06-03 08:00:00",
        "2024-06-10",
        "2024-06-11 09:00:00",
        "2024-06-12",
        "2024-06-04",
        "2024-06-05",
        "2024-06-13",
    ]
    assert cleaned.warnings == []
    moments = cleaned.rows.filter(like="_at")
    assert set(moments.dtypes.astype(str)) == {"datetime64[s]"}


def test_blanks_stay_blank(tmp_path: Path) -> None:
    row = clean_text(tmp_path, dossiers(RECEIVED)).rows.iloc[0]
    assert row[["status", "channel", "procedure_code", "late_cause", "rating3"]].isna().all()
    assert row["supplement_count"] is not None
    assert row[["due_at", "finished_at", "supplement_count"]].isna().all()


def test_unknown_words_are_kept_as_other_and_warned(tmp_path: Path) -> None:
    rows = [
        {**RECEIVED, "Trạng thái": "Bay về trời", "Kênh": "Bồ câu 0912345678"},
        {**RECEIVED, "Trạng thái": "đang xử lý", "Kênh": "một cửa"},
    ]
    cleaned = clean_text(tmp_path, dossiers(*rows))
    assert cleaned.rows["status"].tolist() == ["other", "in_progress"]
    assert cleaned.rows["channel"].tolist() == ["other", "direct"]
    warned = {one.code: one for one in cleaned.warnings}
    assert warned["unknown_status"].examples == [(2, "Bay về trời")]
    assert warned["unknown_status"].column == "Trạng thái"
    assert "0912345678" not in str(warned["unknown_channel"].examples)


def test_a_rejected_value_is_shown_as_the_sheet_has_it(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận", "Số lần bổ sung"]
    rows = [
        ["H1", "a", "b", datetime(2062, 8, 5), 1],
        ["H2", "a", "b", datetime(2062, 8, 5, 9, 30), 1],
        ["H3", "a", "b", datetime(2024, 6, 5), 1.2],
        ["H4", "a", "b", datetime(2024, 6, 5), 1],
    ]
    rejects = clean(workbook(tmp_path, {"So": [header, *rows]})).rejects
    assert rejects["value"].tolist() == ["05/08/2062", "05/08/2062 09:30", "1,2"]


def test_a_warning_names_its_first_rows_and_what_stands_there(tmp_path: Path) -> None:
    rows = [{**RECEIVED, "Kênh": "Zalo"}] * 5
    (warned,) = clean_text(tmp_path, dossiers(*rows)).warnings
    assert warned.words().startswith(
        "Dòng 2 «Zalo», dòng 3 «Zalo», dòng 4 «Zalo» (và 2 dòng khác): cột «Kênh» có giá trị"
    )


@pytest.mark.parametrize(
    ("row", "is_kept"),
    [
        ({"Trạng thái": "Mới đăng ký"}, True),
        ({"Trạng thái": "Không được tiếp nhận"}, True),
        ({"Ngày nộp": "03/06/2024"}, True),
        ({"Trạng thái": "Đang xử lý"}, False),
        ({"Trạng thái": "Đã trả kết quả", "Ngày trả": "04/06/2024"}, False),
        ({"Ngày kết thúc xử lý": "04/06/2024"}, False),
        ({"Trạng thái": "Dừng xử lý", "Ngày nộp": "03/06/2024"}, False),
        ({}, False),
    ],
)
def test_only_new_and_refused_dossiers_need_no_reception(
    tmp_path: Path, row: dict[str, str], is_kept: bool
) -> None:
    cleaned = clean_text(tmp_path, dossiers(RECEIVED, row))
    assert len(cleaned.rows) == 1 + is_kept
    if not is_kept:
        reject = cleaned.rejects.iloc[0]
        assert (reject["row"], reject["column"]) == (3, "Ngày tiếp nhận")
        assert reject["value"] is None
        assert "thiếu ngày tiếp nhận" in reject["reason"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Ngày kết thúc xử lý": "03/06/2024 07:00"}, "closed_before_received"),
        ({"Ngày kết thúc xử lý": "02/06/2024"}, "closed_before_received"),
        (
            {"Ngày kết thúc xử lý": "04/06/2024", "Ngày trả": "02/06/2024"},
            "returned_before_received",
        ),
        ({"Ngày hẹn trả": "02/06/2024"}, "due_before_received"),
        ({"Ngày trả": "12/06/2024"}, "returned_without_finish"),
        ({"Trạng thái": "Đã xử lý xong"}, "done_without_date"),
        (
            {"Trạng thái": "Tạm dừng", "Ngày kết thúc xử lý": "05/06/2024"},
            "finished_but_waiting",
        ),
    ],
)
def test_oddities_are_kept_and_warned(tmp_path: Path, row: dict[str, str], code: str) -> None:
    cleaned = clean_text(tmp_path, dossiers({**RECEIVED, **row}))
    assert (len(cleaned.rows), codes(cleaned)) == (1, [code])
    assert cleaned.warnings[0].examples[0][0] == 2


def test_refused_without_any_date_is_warned(tmp_path: Path) -> None:
    row = {"Ngày nộp": "03/06/2024 09:00", "Trạng thái": "Không được tiếp nhận"}
    assert codes(clean_text(tmp_path, dossiers(row))) == ["refused_without_date"]


@pytest.mark.parametrize(
    "row",
    [
        {"Ngày kết thúc xử lý": "03/06/2024", "Ngày hẹn trả": "03/06/2024"},
        {"Ngày hẹn trả": "03/06/2024 07:00"},
        {"Ngày yêu cầu bổ sung": "04/06/2024"},
    ],
)
def test_a_day_without_a_time_is_not_before_its_own_morning(
    tmp_path: Path, row: dict[str, str]
) -> None:
    assert clean_text(tmp_path, dossiers({**RECEIVED, **row})).warnings == []


@pytest.mark.parametrize("number", ["hai", "-1", "1,5", "100", "1e300"])
def test_a_broken_count_rejects_its_row(tmp_path: Path, number: str) -> None:
    cleaned = clean_text(tmp_path, dossiers(RECEIVED, {**RECEIVED, "Số lần bổ sung": number}))
    assert cleaned.rejects[["row", "column", "value"]].to_numpy().tolist() == [
        [3, "Số lần bổ sung", number]
    ]


@pytest.mark.parametrize("cell", ["hôm sau", "31/02/2024", "06/2024", "03/06/24"])
def test_text_in_a_date_rejects_its_row(tmp_path: Path, cell: str) -> None:
    cleaned = clean_text(tmp_path, dossiers(RECEIVED, {**RECEIVED, "Ngày hẹn trả": cell}))
    reject = cleaned.rejects.iloc[0]
    assert (reject["row"], reject["column"], reject["value"]) == (3, "Ngày hẹn trả", cell)
    assert "không đọc được ngày" in reject["reason"]


def test_a_row_without_a_code_is_rejected(tmp_path: Path) -> None:
    cleaned = clean_text(tmp_path, dossiers(RECEIVED, {**RECEIVED, "Mã hồ sơ": " "}))
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [[3, "Mã hồ sơ"]]
    assert cleaned.rejects["value"].isna().all()


@pytest.mark.parametrize(
    ("written", "kept"),
    [(("101.0", "", "102.0"), ["101", "102"]), (("1.0", "1.1", "1"), ["1.0", "1.1", "1"])],
)
def test_numbers_that_a_program_gave_a_decimal_are_the_same_codes(
    tmp_path: Path, written: tuple[str, ...], kept: list[str]
) -> None:
    rows = "".join(f"{code};a;b;05/06/2024\n" for code in written)
    cleaned = clean_text(tmp_path, "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n" + rows)
    assert cleaned.rows["dossier_code"].tolist() == kept


def test_the_last_row_of_a_code_wins(tmp_path: Path) -> None:
    rows = [
        {**RECEIVED, "Mã hồ sơ": "H1", "Bộ phận": "Cũ"},
        {**RECEIVED, "Mã hồ sơ": "H2"},
        {**RECEIVED, "Mã hồ sơ": "H1", "Bộ phận": "Mới"},
        {**RECEIVED, "Mã hồ sơ": "H1", "Ngày hẹn trả": "mai"},
    ]
    cleaned = clean_text(tmp_path, dossiers(*rows))
    assert cleaned.rows["row"].tolist() == [3, 4]
    assert cleaned.rows["department"].tolist() == ["Tư pháp", "Mới"]
    assert (cleaned.rows_read, cleaned.repeated, len(cleaned.rejects)) == (4, 1, 1)
    (warned,) = cleaned.warnings
    assert (warned.code, warned.examples) == ("differing_repeat", [(2, "H1")])


def test_a_row_that_says_the_same_again_is_not_warned_of(tmp_path: Path) -> None:
    row = {**RECEIVED, "Mã hồ sơ": "H1"}
    cleaned = clean_text(tmp_path, dossiers(row, row))
    assert (cleaned.repeated, cleaned.warnings) == (1, [])


def test_the_same_code_in_two_units_is_two_dossiers(tmp_path: Path) -> None:
    text = (
        "Mã đơn vị;Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n"
        "21646;H1;a;b;05/06/2024\n21649;H1;a;b;05/06/2024\n"
    )
    assert clean_text(tmp_path, text).repeated == 0


def test_a_code_of_another_shape_is_warned_among_regular_ones(tmp_path: Path) -> None:
    regular = {**RECEIVED, "Mã hồ sơ": "000.00.36.H08-240603-0001"}
    cleaned = clean_text(tmp_path, dossiers(regular, {**RECEIVED, "Mã hồ sơ": "HS 12"}))
    (warned,) = cleaned.warnings
    assert (warned.code, warned.count, warned.examples) == ("odd_code", 1, [(3, "HS 12")])
    # Where no code has that shape, the system simply numbers otherwise.
    assert clean_text(tmp_path, dossiers(RECEIVED, RECEIVED)).warnings == []


def test_labels_keep_their_spelling_and_lose_their_blanks(tmp_path: Path) -> None:
    row = {**RECEIVED, "Bộ phận": " Địa chính  – Xây dựng ", "Lĩnh vực": "Đất đai"}
    cleaned = clean_text(tmp_path, dossiers(row))
    assert cleaned.rows["department"].tolist() == ["Địa chính – Xây dựng"]


def test_examples_of_a_warning_are_the_first_five(tmp_path: Path) -> None:
    rows = [{**RECEIVED, "Trạng thái": f"Lạ {place}"} for place in range(7)]
    (warned,) = clean_text(tmp_path, dossiers(*rows)).warnings
    assert (warned.count, len(warned.examples)) == (7, 5)
    assert warned.examples[0] == (2, "Lạ 0")


def test_number_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Mã TTHC", "Thủ tục", "Bộ phận", "Ngày nhận", "Số lần bổ sung"]
    path = workbook(tmp_path, {"a": [header, [12345, 1.5, "a", 7, 45446.5, 2]]})
    row = clean(path).rows.iloc[0]
    assert (row["dossier_code"], row["procedure_code"], row["department"]) == ("12345", "1.5", "7")
    assert (row["supplement_count"], str(row["received_at"])) == (2, "2024-06-03 12:00:00")
