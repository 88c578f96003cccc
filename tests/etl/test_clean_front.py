"""One file in, one cleaned source out: recognised, placed in time, or refused with the reason."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from etl.errors import RefusedFile, UserError
from etl.sources.coverage import read_titles
from tests.etl.cleaning import clean, clean_all, clean_text, codes, days, mapping_of, workbook

DOSSIERS = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\nH1;a;b;05/06/2024\nH2;a;b;20/06/2024\n"
HEADER = ["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (DOSSIERS, "dossier"),
        ("so ho so;THU TUC;Phòng ban;Ngày tiếp nhận\nH1;a;b;05/06/2024\n", "dossier"),
        (
            "dossier_code,procedure_name,department,received_at\nH1,a,b,2024-06-05\n",
            "dossier",
        ),
        (
            "Mã PAKN;Nguồn;Phân loại;Đơn vị xử lý;Ngày gửi;Trạng thái\nP1;Sổ;Khác;b;05/06/2024;Mới",
            "feedback",
        ),
        ("Mã phiếu;Ngày khảo sát;Tiêu chí;Mức độ\n1;05/06/2024;I;5\n", "survey"),
        ("Mã phiếu;Ngày khảo sát;I.1 Dễ tìm\n1;05/06/2024;5\n", "survey"),
        ("Năm;Xã/phường;Xếp hạng\n2023;Hoài Châu;3\n", "ranking"),
        ("Mã nhiệm vụ;Tháng;Kết quả\nI.1;06/2024;Đạt\n", "task_report"),
    ],
)
def test_a_source_is_recognised_from_its_headers(tmp_path: Path, text: str, source: str) -> None:
    cleaned = clean_text(tmp_path, text)
    assert (cleaned.source, len(cleaned.rejects)) == (source, 0)
    assert (cleaned.file, len(cleaned.sha256), cleaned.sheet) == ("tep.csv", 64, "")


def test_a_doubt_lists_the_candidates(tmp_path: Path) -> None:
    text = (
        "Mã PAKN;Nguồn;Phân loại;Ngày tiếp nhận;Trạng thái;Mã hồ sơ;Thủ tục;Bộ phận\n"
        "P1;Sổ;Khác;05/06/2024;Mới;H1;a;b\n"
    )
    with pytest.raises(RefusedFile, match=r"dossier \(.*\), feedback \(.*--source"):
        clean_text(tmp_path, text)
    assert clean_text(tmp_path, text, source="feedback").source == "feedback"


def test_nothing_recognised_says_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile) as refused:
        clean_text(tmp_path, "Họ tên;Chức vụ\nA;B\n")
    assert all(w in str(refused.value) for w in ("Họ tên, Chức vụ", "--source", "--mapping"))


def test_a_first_row_of_data_taken_for_a_header_is_shown_redacted(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile) as refused:
        clean_text(tmp_path, "Nguyễn A;0912345678;052123456789\nTrần B;0987654321;052987654321\n")
    assert "0912345678" not in str(refused.value)
    assert "052123456789" not in str(refused.value)


def test_a_missing_column_is_named_with_its_accepted_headers(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile) as refused:
        clean_text(tmp_path, "Mã hồ sơ;Thủ tục;Bộ phận\nH1;a;b\n", source="dossier")
    words = ("«Ngày tiếp nhận» (nhận các tên: Ngày nhận, Ngày tiếp nhận)", "--mapping", "dòng 1")
    assert all(word in str(refused.value) for word in words)


def test_only_canonical_columns_get_in(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Họ tên;Thủ tục;Bộ phận;Ngày nhận;CCCD\nH1;Nguyễn A;a;b;05/06/2024;052123456789"
    cleaned = clean_text(tmp_path, text)
    shown = cleaned.rows.to_csv() + str(cleaned.warnings)
    assert "Nguyễn A" not in shown
    assert "052123456789" not in shown
    assert cleaned.present == {"dossier_code", "procedure_name", "department", "received_at"}


# Sheets -----------------------------------------------------------------------------------------


def test_the_only_recognisable_sheet_is_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {
            "Ghi chú": [["Họ tên", "Chức vụ"], ["A", "B"]],
            "Hồ sơ": [
                ["DANH SÁCH HỒ SƠ"],
                ["Tháng 6/2024"],
                [],
                HEADER,
                [123, "a", "b", datetime(2024, 6, 5, 8, 15)],
                ["H2", "a", "b", 45455],
                ["Tổng cộng", 2],
            ],
            "Trống": [],
        },
    )
    cleaned = clean(path)
    assert (cleaned.sheet, cleaned.rows_read) == ("Hồ sơ", 2)
    assert cleaned.rows["row"].tolist() == [5, 6]
    assert cleaned.rows["dossier_code"].tolist() == ["123", "H2"]
    assert cleaned.rows["received_at"].tolist() == [
        datetime(2024, 6, 5, 8, 15),
        datetime(2024, 6, 12),
    ]
    assert (cleaned.covered_from, cleaned.covered_to) == (date(2024, 6, 1), date(2024, 6, 30))


def test_sheets_of_one_source_are_read_one_after_the_other(tmp_path: Path) -> None:
    row = ["H1", "a", "b", "05/06/2024"]
    path = workbook(
        tmp_path,
        {
            "Tháng 5": [["Tháng 5/2024"], HEADER, ["H0", "a", "b", "05/05/2024"]],
            "Danh bạ": [["Họ tên", "Chức vụ"], ["A", "B"]],
            "Tháng 6": [["Tháng 6/2024"], HEADER, ["H2", *row[1:]]],
        },
    )
    may, june = clean_all(path)
    assert (may.sheet, june.sheet) == ("Tháng 5", "Tháng 6")
    assert (may.covered_to, june.covered_from) == (date(2024, 5, 31), date(2024, 6, 1))
    assert [warned.words() for warned in may.warnings] == [
        "Trang tính «Danh bạ» (1 dòng) không nhận ra là loại số liệu nào, không đọc."
    ]
    adapt = mapping_of(tmp_path, '[options]\nsheet = "tháng 6"')
    assert clean(path, mapping=adapt).rows["dossier_code"].tolist() == ["H2"]
    wrong = mapping_of(tmp_path, '[options]\nsheet = "Tháng 7"')
    with pytest.raises(
        RefusedFile, match=r"không có trang tính «Tháng 7».*Tháng 5, Danh bạ, Tháng 6"
    ):
        clean(path, mapping=wrong)


def test_sheets_of_several_sources_load_as_their_own(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {
            "a": [HEADER, ["H1", "a", "b", "05/06/2024"]],
            "b": [["Năm", "Xã/phường", "Xếp hạng"], [2023, "Hoài Châu", 3]],
            "c": [HEADER],
        },
    )
    assert [one.source for one in clean_all(path)] == ["dossier", "ranking"]


def test_a_sheet_that_fits_two_sources_is_named(tmp_path: Path) -> None:
    both = ["Mã PAKN", "Nguồn", "Phân loại", "Ngày tiếp nhận", "Trạng thái"]
    both += ["Mã hồ sơ", "Thủ tục", "Bộ phận"]
    path = workbook(
        tmp_path,
        {
            "rõ": [HEADER, ["H1", "a", "b", "05/06/2024"]],
            "mờ": [both, ["P1", "Sổ", "Khác", "05/06/2024", "Mới", "H1", "a", "b"]],
        },
    )
    with pytest.raises(RefusedFile, match=r"trang tính «mờ».*dossier \(.*feedback \("):
        clean_all(path)


def test_hidden_sheets_are_read_only_where_no_other_fits(tmp_path: Path) -> None:
    path = tmp_path / "an.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("hiện", "ẩn"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, [f"H-{name}", "a", "b", "05/06/2024"])
        sheet.hide()
    cleaned = clean(path)
    assert cleaned.rows["dossier_code"].tolist() == ["H-hiện"]
    assert codes(cleaned) == ["sheet_left_out"]


def test_sheets_that_would_replace_each_other_are_refused(tmp_path: Path) -> None:
    header = ["Ngày khảo sát", "Tiêu chí", "Rất hài lòng", "Hài lòng", "Bình thường"]
    header += ["Không hài lòng", "Rất không hài lòng"]
    row = ["05/06/2024", "I", 5, 4, 3, 2, 1]
    path = workbook(tmp_path, {"Tổ 1": [header, row], "Tổ 2": [header, row]})
    with pytest.raises(RefusedFile, match=r"«Tổ 1» và «Tổ 2» cùng ghi số phiếu của tháng 2024-06"):
        clean_all(path)


# Rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n", "Mã hồ sơ;Bộ phận\n;\n"])
def test_a_header_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedFile, match=r"tep\.csv"):
        clean_text(tmp_path, text)


def test_when_every_row_fails_the_first_reason_is_told(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n;a;b;05/06/2024\nH2;a;b;x\n"
    with pytest.raises(RefusedFile) as refused:
        clean_text(tmp_path, text)
    assert "dòng 2, cột «Mã hồ sơ»: mọi dòng (2) đều bị loại" in str(refused.value)
    assert "nan" not in str(refused.value)


def test_a_row_that_runs_beyond_the_header_is_rejected(tmp_path: Path) -> None:
    text = DOSSIERS + "H3;Cấp đổi; cấp lại;b;05/06/2024\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rejects["row"].tolist() == [4]
    assert "nhiều ô hơn dòng tiêu đề" in cleaned.rejects["reason"][0]


def test_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    text = (
        'Tháng 6/2024\n\n"Mã hồ sơ";Thủ tục;Bộ phận;Ngày nhận\nH1;"a\nb";c;05/06/2024\n\nH2;a;b;x\n'
    )
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["row"].tolist() == [4]
    assert cleaned.rejects["row"].tolist() == [7]


def test_rejected_values_are_redacted_and_cut(tmp_path: Path) -> None:
    text = DOSSIERS + f"H3;a;b;gọi 0912 345 678\nH4;a;b;{'x' * 200}\n"
    first, second = clean_text(tmp_path, text).rejects["value"]
    assert "345" not in first
    assert (len(second), second[-1]) == (80, "…")


# Units ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("21649", "21649"),
        ("Hoài Châu", "21649"),
        ("X. Hoài Châu", "21649"),
        ("X.Hoài Châu", "21649"),
        ("Xã Hoài Châu", "21649"),
        ("xã hoài châu", "21649"),
        ("UBND xã Hoài Châu", "21649"),
        ("Ủy ban nhân dân xã Hoài Châu Bắc", "21646"),
        ("phường Tam Quan", "21637"),
        ("P. Tam Quan", "21637"),
    ],
)
def test_a_unit_is_known_by_code_and_by_name(tmp_path: Path, words: str, code: str) -> None:
    text = f"Năm;Đơn vị;Xếp hạng\n2023;{words};3\n"
    assert clean_text(tmp_path, text).rows["unit"].tolist() == [code]


def test_a_code_in_a_number_cell_is_a_unit(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [["Năm", "Đơn vị", "Xếp hạng"], [2023, 21649, 3]]})
    assert clean(path).rows["unit"].tolist() == ["21649"]


def test_rows_without_a_unit_are_our_own_and_unknown_ones_are_rejected(tmp_path: Path) -> None:
    text = (
        "Mã đơn vị;Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n"
        ";H1;a;b;05/06/2024\n21649;H2;a;b;05/06/2024\n99999;H3;a;b;05/06/2024\n"
    )
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["unit"].tolist() == ["21646", "21649"]
    assert cleaned.rejects[["row", "column", "value"]].to_numpy().tolist() == [
        [4, "Mã đơn vị", "99999"]
    ]
    with pytest.raises(RefusedFile, match="«99999»"):
        clean_text(tmp_path, text.replace("21649", "99999").replace("\n;", "\n99999;"))


def test_an_own_unit_that_is_unknown_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="«12345» không có trong danh mục"):
        clean_text(tmp_path, DOSSIERS, unit="12345")


# Time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "first", "last", "as_of"),
    [
        ("Từ ngày 01/06/2024 đến ngày 30/06/2024", "2024-06-01", "2024-06-30", "2024-06-30"),
        ("Từ ngày: 01/06/2024 - Đến ngày: 30/06/2024", "2024-06-01", "2024-06-30", "2024-06-30"),
        ("(01/06/2024 - 30/06/2024)", "2024-06-01", "2024-06-30", "2024-06-30"),
        (
            "Từ ngày 01 tháng 6 năm 2024 đến hết ngày 30 tháng 6 năm 2024",
            "2024-06-01",
            "2024-06-30",
            "2024-06-30",
        ),
        ("Tháng 6/2024", "2024-06-01", "2024-06-30", None),
        ("BÁO CÁO THÁNG 06 NĂM 2024", "2024-06-01", "2024-06-30", None),
        ("Từ tháng 11/2023 đến tháng 2/2024", "2023-11-01", "2024-02-29", None),
        ("Từ tháng 1 đến tháng 6 năm 2024", "2024-01-01", "2024-06-30", None),
        ("Tháng 01/2024 đến tháng 06/2024", "2024-01-01", "2024-06-30", None),
        ("Tháng 01/2024 - 06/2024", "2024-01-01", "2024-06-30", None),
        ("(tháng 1 đến hết tháng 6 năm 2024)", "2024-01-01", "2024-06-30", None),
        ("Tháng 4–6/2024", "2024-04-01", "2024-06-30", None),
        ("Tháng 4, 5, 6 năm 2024", "2024-04-01", "2024-06-30", None),
        ("Các tháng 12/2023, 1 và 2/2024", "2023-12-01", "2024-02-29", None),
        ("Từ quý I đến quý II năm 2024", "2024-01-01", "2024-06-30", None),
        ("Quý I và quý II/2024", "2024-01-01", "2024-06-30", None),
        ("Quý III, IV năm 2024", "2024-07-01", "2024-12-31", None),
        ("Tháng 6 | Năm 2024", "2024-06-01", "2024-06-30", None),
        ("Tháng 6/2024, 12 đơn vị", "2024-06-01", "2024-06-30", None),
        ("Tháng 6 và 6 tháng đầu năm 2024", "2024-01-01", "2024-06-30", None),
        # Several months that are not surely one stretch are none: nothing becomes a false zero.
        ("Tháng 4, 6 năm 2024", None, None, None),
        ("Tháng 6 đến tháng 1 năm 2024", None, None, None),
        ("Tháng 6/2024 so với tháng 6/2023", None, None, None),
        ("Năm 2023 và 2024", None, None, None),
        ("Quý II/2024", "2024-04-01", "2024-06-30", None),
        ("Quý 4 năm 2024", "2024-10-01", "2024-12-31", None),
        ("6 tháng đầu năm 2024", "2024-01-01", "2024-06-30", None),
        ("Sáu tháng cuối năm 2024", "2024-07-01", "2024-12-31", None),
        ("9 tháng năm 2024", "2024-01-01", "2024-09-30", None),
        ("09 tháng đầu năm 2024", "2024-01-01", "2024-09-30", None),
        ("Năm 2024", "2024-01-01", "2024-12-31", None),
        ("Số liệu tính đến 15/06/2024", None, None, "2024-06-15"),
        ("Tháng 6/2024 (tính đến ngày 25/06/2024)", "2024-06-01", "2024-06-30", "2024-06-25"),
        # When it was printed, and what it cites, is not what it covers.
        ("Hoài Châu Bắc, ngày 05 tháng 7 năm 2024", None, None, None),
        ("Hoài Châu Bắc, ngày … tháng 7 năm 2024", None, None, None),
        ("(Kèm theo Kế hoạch nâng cao sự hài lòng năm 2024)", None, None, None),
        ("Tháng 13/2024", None, None, None),
        ("Lập ngày 5 tháng 7; số liệu năm 2024", "2024-01-01", "2024-12-31", None),
        ("Từ ngày 31/06/2024 đến ngày 30/06/2024", None, None, "2024-06-30"),
    ],
)
def test_titles_tell_what_a_file_covers(
    title: str, first: str | None, last: str | None, as_of: str | None
) -> None:
    stated = read_titles(("UBND XÃ HOÀI CHÂU BẮC", title))
    found = [day and day.isoformat() for day in (stated.first, stated.last, stated.as_of)]
    assert found == [first, last, as_of]


def test_a_formula_that_nobody_worked_out_is_no_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận", "Ngày hẹn trả", "Ghi chú"])
    sheet.append(["H1", "a", "b", date(2024, 6, 5), "=D2+10", "=1+1"])
    sheet.append(["H2", "a", "b", date(2024, 6, 5), date(2024, 6, 9), "=1+1"])
    book.save(tmp_path / "so.xlsx")
    cleaned = clean(tmp_path / "so.xlsx")
    assert cleaned.rows["dossier_code"].tolist() == ["H2"]
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [[2, "Ngày hẹn trả"]]
    assert "lưu lại rồi nạp lại" in cleaned.rejects["reason"][0]


def test_a_formula_whose_result_is_no_text_is_blank(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"a": [[*HEADER, "Ngày hẹn trả"], ["H1", "a", "b", "05/06/2024"]]})
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    formula = b'<c r="E2" t="str"><f>IF(D2="","",D2)</f><v></v></c></row></sheetData>'
    parts[part] = parts[part].replace(b"</row></sheetData>", formula)
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    assert days(clean(path).rows["due_at"]) == [None]


@pytest.mark.parametrize(
    ("titles", "first", "last"),
    [
        (("01/02/2024 - 03/04/2024",), "2024-01-02", "2024-03-04"),
        (("From", "06/01/2024", "đến ngày", "06/30/2024"), "2024-06-01", "2024-06-30"),
        # One day that cannot have the month first: none has.
        (("Từ ngày", "01/06/2024", "đến ngày", "30/06/2024"), "2024-06-01", "2024-06-30"),
        (("Từ ngày", date(2024, 1, 6), "đến ngày", "02/06/2024"), "2024-01-06", "2024-02-06"),
    ],
)
def test_titles_have_the_month_first_where_the_mapping_says_so(
    titles: tuple[str | date, ...], first: str, last: str
) -> None:
    stated = read_titles(titles, is_month_first=True)
    assert (str(stated.first), str(stated.last), str(stated.as_of)) == (first, last, last)


def test_the_order_of_a_mapping_holds_for_the_titles(tmp_path: Path) -> None:
    text = "Period 01/02/2024 - 03/04/2024\nMã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\nH1;a;b;01/05/2024\n"
    cleaned = clean_text(tmp_path, text, mapping='[dates]\norder = "mdy"')
    assert (cleaned.covered_from, cleaned.covered_to) == (date(2024, 1, 2), date(2024, 3, 4))
    cleaned = clean_text(tmp_path, text)
    assert (cleaned.covered_from, cleaned.covered_to) == (date(2024, 2, 1), date(2024, 4, 3))


def test_without_titles_the_events_tell(tmp_path: Path) -> None:
    cleaned = clean_text(tmp_path, DOSSIERS)
    assert (cleaned.covered_from, cleaned.covered_to) == (date(2024, 6, 5), date(2024, 6, 20))
    assert cleaned.as_of == date(2024, 6, 20)


def test_due_dates_are_no_events(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Ngày hẹn trả\nH1;a;b;05/06/2024;05/09/2024\n"
    assert clean_text(tmp_path, text).as_of == date(2024, 6, 5)


def test_what_the_loader_says_beats_titles_and_events(tmp_path: Path) -> None:
    text = "Từ ngày 01/06/2024 đến ngày 30/06/2024\n" + DOSSIERS
    stated = clean_text(tmp_path, text)
    assert (stated.covered_to, stated.as_of) == (date(2024, 6, 30), date(2024, 6, 30))
    told = clean_text(
        tmp_path, text, as_of=date(2024, 6, 15), covers=(date(2024, 5, 1), date(2024, 6, 30))
    )
    assert (told.covered_from, told.as_of) == (date(2024, 5, 1), date(2024, 6, 15))


def test_an_as_of_day_that_is_yet_to_come_is_kept_and_warned_of(tmp_path: Path) -> None:
    today = date(2024, 6, 25)
    year = "Từ ngày 01/01/2024 đến ngày 31/12/2024\n"
    report = "Mã nhiệm vụ;Tháng;Kết quả\nI.1;06/2024;Đạt\n"
    for text, told, as_of, warned in (
        (year + DOSSIERS, None, date(2024, 12, 31), ["as_of_ahead"]),
        (year + DOSSIERS, today, today, []),
        (DOSSIERS, date(2024, 6, 26), date(2024, 6, 26), ["as_of_ahead"]),
        ("Từ ngày 01/06/2024 đến ngày 25/06/2024\n" + DOSSIERS, None, today, []),
        # A report on tasks may tell of its month before the month's end.
        (report, date(2024, 6, 30), date(2024, 6, 30), []),
        (report, date(2024, 7, 1), date(2024, 7, 1), ["as_of_ahead"]),
    ):
        cleaned = clean_text(tmp_path, text, today=today, as_of=told)
        assert (cleaned.as_of, codes(cleaned)) == (as_of, warned)


def test_events_after_the_as_of_day_are_kept_and_warned(tmp_path: Path) -> None:
    cleaned = clean_text(tmp_path, DOSSIERS, as_of=date(2024, 6, 15))
    assert len(cleaned.rows) == 2
    (warned,) = cleaned.warnings
    assert (warned.code, warned.count, warned.examples) == ("after_as_of", 1, [(3, "20/06/2024")])


def test_rows_without_a_day_in_what_the_title_states_are_warned(tmp_path: Path) -> None:
    later = "Tháng 5/2024\n" + DOSSIERS.replace("05/06", "05/05")
    (warned,) = clean_text(tmp_path, later).warnings
    assert (warned.code, warned.examples) == ("outside_covered", [(4, "20/06/2024")])
    # A dossier may be carried over from before; a form of another month is not.
    assert codes(clean_text(tmp_path, "Tháng 7/2024\n" + DOSSIERS)) == []
    form = "Mã phiếu;Ngày khảo sát;Tiêu chí;Mức độ\n1;05/06/2024;I;5\n"
    assert codes(clean_text(tmp_path, "Tháng 7/2024\n" + form)) == ["outside_covered"]
    report = "Mã nhiệm vụ;Tháng;Kết quả\nI.1;06/2024;Đạt\n"
    assert codes(clean_text(tmp_path, "Tháng 7/2024\n" + report)) == ["outside_covered"]


def test_months_without_a_row_are_warned_of_where_nobody_states_the_days(tmp_path: Path) -> None:
    stray = DOSSIERS + "H3;a;b;05/06/2014\n"
    (warned,) = clean_text(tmp_path, stray).warnings
    assert warned.code == "empty_months"
    assert "từ 06/2014 đến 06/2024 có 119 tháng" in warned.message
    assert codes(clean_text(tmp_path, DOSSIERS)) == []
    assert codes(clean_text(tmp_path, "Từ ngày 01/01/2014 đến 31/12/2024\n" + stray)) == []
    ranking = "Năm;Xã/phường;Xếp hạng\n2021;Hoài Châu;3\n2023;Hoài Châu;3\n"
    assert codes(clean_text(tmp_path, ranking)) == []


def test_a_day_of_closing_before_the_first_day_is_refused(tmp_path: Path) -> None:
    told = "ngày chốt số liệu 30/06/2023 trước ngày đầu tiên 05/06/2024"
    with pytest.raises(RefusedFile, match=told):
        clean_text(tmp_path, DOSSIERS, as_of=date(2023, 6, 30))
    with pytest.raises(RefusedFile, match=told):
        clean_text(tmp_path, "Chốt số liệu ngày 30/06/2023\n" + DOSSIERS)


def test_a_file_without_any_event_is_refused_until_its_days_are_told(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Trạng thái\nH1;a;b;;Mới đăng ký\n"
    with pytest.raises(RefusedFile, match="không dòng nào có ngày"):
        clean_text(tmp_path, text)
    cleaned = clean_text(tmp_path, "Tháng 6/2024\n" + text)
    assert (cleaned.covered_from, cleaned.as_of) == (date(2024, 6, 1), date(2024, 6, 30))


def test_tomorrow_is_possible_and_the_day_after_is_not(tmp_path: Path) -> None:
    text = DOSSIERS + "H3;a;b;01/01/2025 23:00\nH4;a;b;02/01/2025\n"
    cleaned = clean_text(tmp_path, text, today=date(2024, 12, 31))
    assert cleaned.rejects["row"].tolist() == [5]
    assert "tương lai" in cleaned.rejects["reason"][0]


# Day and month ----------------------------------------------------------------------------------


def received(folder: Path, *cells: str, code: str = "H{}") -> tuple[list[object], list[str]]:
    lines = [f"{code.format(place)};a;b;{cell}" for place, cell in enumerate(cells, start=1)]
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận\n" + "\n".join(lines) + "\n"
    cleaned = clean_text(folder, text)
    shown = [f"{moment:%d/%m}" for moment in cleaned.rows["received_at"]]
    return [*shown, *cleaned.rejects["value"]], codes(cleaned)


def test_undecided_dates_have_the_day_first(tmp_path: Path) -> None:
    assert received(tmp_path, "05/06/2024", "07/06/2024") == (["05/06", "07/06"], [])


def test_a_first_part_above_twelve_is_the_day(tmp_path: Path) -> None:
    assert received(tmp_path, "05/06/2024", "13/06/2024") == (["05/06", "13/06"], [])


def test_a_second_part_above_twelve_is_the_day_and_that_is_said(tmp_path: Path) -> None:
    found, warned = received(tmp_path, "06/05/2024", "06/13/2024")
    assert (found, warned) == (["05/06", "13/06"], ["month_first"])


def test_what_contradicts_the_others_is_rejected(tmp_path: Path) -> None:
    found, _ = received(tmp_path, "05/06/2024", "13/06/2024", "14/06/2024", "06/15/2024")
    assert found == ["05/06", "13/06", "14/06", "06/15/2024"]


def test_one_slip_among_many_does_not_turn_a_column(tmp_path: Path) -> None:
    cells = [f"{day:02d}/06/2024" for day in (3, 4, 5, 6, 7, 10, 11, 12)] * 4
    found, warned = received(tmp_path, *cells, "06/13/2024")
    assert (found[0], found[-1], warned) == ("03/06", "06/13/2024", [])


def test_the_dossier_code_is_the_judge(tmp_path: Path) -> None:
    code = "000.00.36.H08-2406{:02d}-0001"
    assert received(tmp_path, "06/01/2024", "06/02/2024", code=code)[0] == ["01/06", "02/06"]
    assert received(tmp_path, "01/06/2024", "02/06/2024", code=code) == (["01/06", "02/06"], [])


def test_a_column_that_shows_its_order_tells_for_one_that_does_not(tmp_path: Path) -> None:
    text = (
        "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Ngày trả\n"
        "H1;a;b;06/03/2024;06/13/2024\nH2;a;b;06/04/2024;06/14/2024\n"
    )
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["received_at"].tolist() == [datetime(2024, 6, 3), datetime(2024, 6, 4)]
