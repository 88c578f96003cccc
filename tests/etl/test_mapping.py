"""A mapping file adapts a foreign export; what it gets wrong is named with what is right."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from etl.errors import RefusedFile, UserError
from etl.mapping import LOCAL_ZONE, read_mapping
from tests.etl.cleaning import clean, clean_text, days, mapping_of, workbook

FOREIGN = "case,what,who,opened,state\n1,Permit,Desk,2024-06-03,C\n2,Permit,Desk,2024-06-04,o\n"
COLUMNS = """
source = "dossier"
[columns]
dossier_code = "case"
procedure_name = "what"
department = "who"
received_at = "opened"
"""


def test_everything_that_a_mapping_may_say(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        source = "survey"
        [columns]
        answered_on = " quarter "
        [defaults]
        unit = 21646
        [values.answered_on]
        "1QSEP2021" = 2021-09-15
        [dates]
        order = "mdy"
        timezone = "Europe/Amsterdam"
        [questions]
        q2_01 = "V"
        [options]
        missing_scores = [9, "99"]
        response_id = "row"
        survey = "khao-sat-quy"
        sheet = "Data"
        """,
    )
    assert (mapping.name, mapping.source, len(mapping.sha256)) == ("anh_xa.toml", "survey", 64)
    assert (mapping.columns, mapping.defaults) == ({"answered_on": "quarter"}, {"unit": "21646"})
    assert mapping.values["answered_on"]["1QSEP2021"] == "2021-09-15"
    assert (mapping.order, mapping.timezone) == ("mdy", "Europe/Amsterdam")
    assert mapping.questions == {"q2_01": "V"}
    assert mapping.missing_scores == {"9", "99"}
    assert (mapping.numbers_rows, mapping.survey, mapping.sheet) == (True, "khao-sat-quy", "Data")


def test_a_column_of_counts_is_named(tmp_path: Path) -> None:
    assert mapping_of(tmp_path, '[options]\ncounts = " Số  người "').counts == "Số người"


def test_an_empty_mapping_changes_nothing(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "")
    assert (mapping.source, mapping.order, mapping.timezone) == (None, None, LOCAL_ZONE)
    assert not mapping.numbers_rows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("column = {}", ["«column»", "columns, defaults"]),
        ('source = "hoso"', ["«hoso»", "dossier, feedback"]),
        ('source = ["dossier"]', ["dossier, feedback"]),
        ('[columns]\nma = "x"', ["[columns]", "«ma»", "dossier_code"]),
        ('source = "ranking"\n[columns]\nstatus = "x"', ["«status»", "year, unit, index_pct"]),
        ("[columns]\nstatus = []", ["[columns]", "«status»", "trống"]),
        ('[columns]\nstatus = ["a", 7]', ["[columns]", "«status»", "chuỗi"]),
        ('[defaults]\nma = "x"', ["[defaults]", "«ma»"]),
        ('[values.ma]\n"x" = "y"', ["[values]", "«ma»"]),
        ("[dates]\nformat = 1", ["[dates]", "«format»", "order, timezone"]),
        ('[dates]\norder = "dym"', ["«dym»", "dmy, mdy, ymd"]),
        ('[dates]\ntimezone = "Hanoi"', ["«Hanoi»", LOCAL_ZONE]),
        ("[dates]\ntimezone = 7", ["«7»", LOCAL_ZONE]),
        ('[questions]\nq1 = "VII"', ["«q1»", "«VII»", "I, II, III, IV, V, VI, overall"]),
        ("[options]\nmissing = [9]", ["«missing»", "missing_scores, response_id"]),
        ("[options]\nmissing_scores = 9", ["missing_scores", "danh sách"]),
        ('[options]\nresponse_id = "id"', ["response_id", "«id»", "row"]),
        ("[options]\nsheet = 2", ["«sheet»", "chuỗi"]),
        ('columns = "x"', ["«columns»", "[columns]"]),
        ("[columns]\nstatus = 3", ["«status»", "chuỗi"]),
        ('[values]\nstatus = "x"', ["[values.status]"]),
        ('[defaults]\nstatus = ["x"]', ["«status»", "giá trị đơn"]),
        ("source = ", ["không đọc được"]),
    ],
)
def test_a_mistake_is_named_with_what_may_stand_there(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(UserError) as refused:
        mapping_of(tmp_path, text)
    assert "«anh_xa.toml»" in str(refused.value)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_missing_or_unreadable_mapping_is_named(tmp_path: Path) -> None:
    for name, content, words in (
        ("khong_co.toml", None, "không có tệp hay thư mục ấy"),
        ("x.toml", b"\xff\xfe\x00", "UTF-8"),
        ("y.toml", b"[columns]\nstatus = State\n", "dòng 2, cột 10"),
        ("z.toml", b"[columns]\nstatus = 'a'\nstatus = 'b'\n", "dòng 3, cột 13"),
        ("t.toml", b"status", "cuối tệp"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=rf"«{name}» không đọc được: .*{words}"):
            read_mapping(tmp_path / name)


def test_mapped_columns_are_found_and_the_others_by_their_synonyms(tmp_path: Path) -> None:
    text = FOREIGN.replace("state", "Trạng thái").replace(",C\n", ",Đã xử lý xong\n")
    cleaned = clean_text(tmp_path, text, mapping=COLUMNS)
    assert cleaned.rows["dossier_code"].tolist() == ["1", "2"]
    assert days(cleaned.rows["received_at"]) == ["2024-06-03", "2024-06-04"]
    assert cleaned.rows["status"].tolist() == ["done", "other"]


def test_a_mapped_header_is_matched_exactly_before_alike(tmp_path: Path) -> None:
    text = "Case,case,what,who,opened\nA,1,Permit,Desk,2024-06-03\n"
    assert clean_text(tmp_path, text, mapping=COLUMNS).rows["dossier_code"].tolist() == ["1"]
    alike = text.replace("Case,case", "CASE,x")
    assert clean_text(tmp_path, alike, mapping=COLUMNS).rows["dossier_code"].tolist() == ["A"]


def test_a_mapped_header_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile) as refused:
        clean_text(tmp_path, FOREIGN.replace("opened", "open_dt"), mapping=COLUMNS)
    words = ("«opened»", "«received_at»", "case, what, who, open_dt, state")
    assert all(word in str(refused.value) for word in words)


JOINED = """
source = "dossier"
[columns]
dossier_code = ["Year", "No"]
procedure_name = "what"
department = "who"
received_at = ["Day", "Time"]
[dates]
order = "mdy"
"""


def test_columns_side_by_side_are_one(tmp_path: Path) -> None:
    text = (
        "Year,No,what,who,Day,Time\n2024,7,a,b,6/5/2024,8:15 PM\n2024,8,a,b,6/6/2024,\n"
        "2024,9,a,b,,8:15 PM\n,10,a,b,6/7/2024,8:15 PM\n2024,,a,b,6/7/2024,25:00\n"
    )
    cleaned = clean_text(tmp_path, text, mapping=JOINED)
    rows = cleaned.rows
    assert rows["dossier_code"].tolist() == ["2024 7", "2024 8"]
    assert days(rows["received_at"]) == ["2024-06-05 20:15:00", "2024-06-06"]
    assert set(cleaned.headers) == {"Year + No", "what", "who", "Day + Time"}
    assert cleaned.rejects[["row", "column", "value"]].to_numpy().tolist() == [
        [4, "Day + Time", None],
        [5, "Year + No", None],
        [6, "Day + Time", "6/7/2024 25:00"],
    ]


def test_cells_of_days_and_times_are_joined_too(tmp_path: Path) -> None:
    header = ["Year", "No", "what", "who", "Day", "Time"]
    row = [2024, 7, "a", "b", datetime(2024, 6, 5), time(8, 15)]
    cleaned = clean(workbook(tmp_path, {"a": [header, row]}), mapping=mapping_of(tmp_path, JOINED))
    assert cleaned.rows["dossier_code"].tolist() == ["2024 7"]
    assert days(cleaned.rows["received_at"]) == ["2024-06-05 08:15:00"]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ('["Y", "M"]', "2024,6,5"),
        ('["M", "Y"]', "2024,06,5"),
        ('["Y", "M"]', "2024.0,6.0,5.0"),
        ('["M", "Y"]', "2024,June,5"),
        ('["Y", "M", "D"]', "2024,6,5"),
        ('["D", "M", "Y"]', "2024,6,5"),
        ('["D", "M", "Y"]', "2024,June,5"),
    ],
)
def test_years_and_months_stand_in_columns_of_their_own(
    tmp_path: Path, columns: str, row: str
) -> None:
    adapt = f'[columns]\nanswered_on = {columns}\n[questions]\nq1 = "V"\n'
    rows = clean_text(
        tmp_path, f"Y,M,D,q1\n{row},4\n", mapping=f'{adapt}[options]\nresponse_id = "row"'
    ).rows
    assert days(rows["answered_on"]) == ["2024-06-05" if '"D"' in columns else "2024-06-01"]


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Quarter", "2"), ("Fiscal Qtr", "2.0"), ("Quý", "2"), ("x", "2nd Quarter")],
)
def test_a_quarter_beside_its_year_is_no_month(tmp_path: Path, header: str, cell: str) -> None:
    adapt = f'[columns]\nanswered_on = ["{header}", "Y"]\n[questions]\nq1 = "V"\n'
    cleaned = clean_text(
        tmp_path,
        f"Y,{header},q1\n2024,{cell},4\n",
        mapping=f'{adapt}[options]\nresponse_id = "row"',
    )
    assert cleaned.rows["month"].tolist() == ["2024-06"]


def test_numbers_that_a_program_wrote_with_decimals_are_joined_without(tmp_path: Path) -> None:
    text = "Year,No,what,who,Day,Time\n2024.0,7.0,a,b,6/5/2024,\n2024.0,8.0,a,b,6/6/2024,\n"
    rows = clean_text(tmp_path, text, mapping=JOINED).rows
    assert rows["dossier_code"].tolist() == ["2024 7", "2024 8"]


def test_a_survey_without_codes_is_told_how_its_rows_number_themselves(tmp_path: Path) -> None:
    adapt = 'source = "survey"\n[questions]\nq1 = "V"'
    with pytest.raises(RefusedFile, match=r'response_id = "row" ở mục \[options\]'):
        clean_text(tmp_path, "Ngày khảo sát;q1\n05/06/2024;4\n", mapping=adapt)


def test_of_columns_side_by_side_the_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match=r"không có cột «Time» mà tệp ánh xạ gán"):
        clean_text(tmp_path, "Year,No,what,who,Day\n2024,7,a,b,6/5/2024\n", mapping=JOINED)


def test_a_mapped_question_that_is_not_there_is_named(tmp_path: Path) -> None:
    adapt = '[questions]\nq9 = "V"\n[options]\nresponse_id = "row"'
    with pytest.raises(RefusedFile, match=r"«q9».*Ngày khảo sát, q1"):
        clean_text(tmp_path, "Ngày khảo sát,q1\n05/06/2024,5\n", source="survey", mapping=adapt)


def test_values_are_translated_exactly_then_alike(tmp_path: Path) -> None:
    adapt = (
        COLUMNS + 'status = "state"\n[values.status]\n"c" = "new"\n"C" = "done"\n"O" = "stopped"'
    )
    text = FOREIGN + "3,Permit,Desk,2024-06-04,\n"
    assert clean_text(tmp_path, text, mapping=adapt).rows["status"].tolist() == [
        "done",
        "stopped",
        None,
    ]


def test_values_are_compared_as_the_text_of_the_cell(tmp_path: Path) -> None:
    adapt = 'source = "survey"\n[values.score]\n"10" = "5"\n"0" = "1"'
    text = "Mã phiếu,Ngày khảo sát,Tiêu chí,Mức độ\n1,05/06/2024,I,10\n2,05/06/2024,I, 0 \n"
    assert clean_text(tmp_path, text, mapping=adapt).rows["score"].tolist() == [5, 1]


def test_a_value_is_known_as_messages_show_it(tmp_path: Path) -> None:
    never = datetime(2099, 12, 31)
    rows = [["case", "what", "who", "opened", "due"], ["A1", "x", "y", date(2024, 6, 5), never]]
    adapt = COLUMNS + 'due_at = "due"\n[values.due_at]\n"{}" = ""'
    for written in ("31/12/2099", "2099-12-31"):
        mapping = mapping_of(tmp_path, adapt.format(written))
        assert days(clean(workbook(tmp_path, {"a": rows}), mapping=mapping).rows["due_at"]) == [
            None
        ]


def test_an_error_that_is_translated_rejects_no_row(tmp_path: Path) -> None:
    adapt = COLUMNS + 'due_at = "due"\n[values.due_at]\n"#N/A" = ""'
    text = (
        "case,what,who,opened,due\n1,Permit,Desk,2024-06-03,#N/A\n2,Permit,#N/A,2024-06-04,\n"
        "3,Permit,Desk,2024-06-04,#REF!\n"
    )
    cleaned = clean_text(tmp_path, text, mapping=adapt)
    assert days(cleaned.rows["due_at"]) == [None]
    assert cleaned.rejects["value"].tolist() == ["#N/A", "#REF!"]


def test_an_error_in_a_count_is_no_answer_left_out(tmp_path: Path) -> None:
    adapt = 'source = "survey"\n[values.score]\n"#N/A" = ""\n[options]\nmissing_scores = ["#N/A"]'
    text = "Kỳ;Tiêu chí;1;2;3;4;5\n06/2024;I;0;0;0;0;1\n06/2024;V;0;0;0;#N/A;1\n"
    assert clean_text(tmp_path, text, mapping=adapt).rejects["row"].tolist() == [3]


def test_a_default_is_a_constant_and_beats_synonyms(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Kênh\nH1;a;b;05/06/2024;Trực tiếp\n"
    cleaned = clean_text(tmp_path, text, mapping='[defaults]\nchannel = "Trực tuyến"')
    assert cleaned.rows["channel"].tolist() == ["online"]
    assert "channel" in cleaned.present


def test_a_default_fills_the_blanks_of_a_mapped_column(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Kênh\nH1;a;b;05/06/2024;\nH2;a;b;05/06/2024;Desk\n"
    adapt = '[columns]\nchannel = "Kênh"\n[defaults]\nchannel = "post"'
    assert clean_text(tmp_path, text, mapping=adapt).rows["channel"].tolist() == ["post", "direct"]


def test_a_default_fills_a_column_of_words_that_come_again(tmp_path: Path) -> None:
    cells = ["Desk", "", "Desk", "Desk", ""]
    rows = "".join(f"H{place};a;b;05/06/2024;{cell}\n" for place, cell in enumerate(cells))
    text = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày nhận;Kênh\n" + rows
    adapt = '[columns]\nchannel = "Kênh"\n[defaults]\nchannel = "post"'
    found = clean_text(tmp_path, text, mapping=adapt).rows["channel"].tolist()
    assert found == ["direct", "post", "direct", "direct", "post"]


def test_a_default_stands_for_a_required_column(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Thủ tục;Ngày nhận\nH1;a;05/06/2024\n"
    cleaned = clean_text(tmp_path, text, mapping='[defaults]\ndepartment = "Tư pháp"')
    assert (cleaned.source, cleaned.rows["department"].tolist()) == ("dossier", ["Tư pháp"])


def test_constants_alone_make_no_file(tmp_path: Path) -> None:
    adapt = (
        'source = "dossier"\n[defaults]\ndossier_code = "H1"\nprocedure_name = "a"\n'
        'department = "b"\nreceived_at = "2024-06-05"\n'
    )
    with pytest.raises(RefusedFile, match="không cột nào của tệp được dùng"):
        clean_text(tmp_path, "x;y\n1;2\n", mapping=adapt)


def test_the_order_of_a_mapping_decides(tmp_path: Path) -> None:
    text = "case,what,who,opened\n1,Permit,Desk,06/05/2024\n2,Permit,Desk,13/05/2024\n"
    cleaned = clean_text(tmp_path, text, mapping=COLUMNS + '[dates]\norder = "mdy"')
    assert days(cleaned.rows["received_at"]) == ["2024-06-05"]
    assert cleaned.rejects["value"].tolist() == ["13/05/2024"]
    assert cleaned.warnings == []


def test_the_zone_of_a_mapping_decides_the_day(tmp_path: Path) -> None:
    text = FOREIGN.replace("2024-06-03", "2024-06-03T18:00:00Z")
    here = clean_text(tmp_path, text, mapping=COLUMNS)
    there = clean_text(tmp_path, text, mapping=COLUMNS + '[dates]\ntimezone = "UTC"')
    assert days(here.rows["received_at"])[0] == "2024-06-04 01:00:00"
    assert days(there.rows["received_at"])[0] == "2024-06-03 18:00:00"


def test_the_named_sheet_is_taken_or_the_sheets_are_listed(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match=r"không có trang tính «Data»"):
        clean_text(tmp_path, FOREIGN, mapping=COLUMNS + '[options]\nsheet = "Data"')


MOMENT = "2024-06-03 08:15:00"


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        ("03-Jun-2024 08:15", ""),
        ("3 June 2024, 08:15", ""),
        ("June 3rd, 2024 8:15 AM", ""),
        ("Mon Jun 03 2024 08:15:00", ""),
        ("20240603T081500", ""),
        ("20240603 0815", ""),
        ("20240603T081500.000", ""),
        ("202406030815", ""),
        ("2024 Jun 03 08:15:00 AM", ""),
        ("2024-Jun-3 08:15", ""),
        ("Jun-03-2024 08:15", ""),
        ("2024-06-03T01:15:00.000Z", ""),
        ("2024-06-03 01:15:00.000 UTC", ""),
        ("06/03/2024 08:15:00 AM", 'order = "mdy"'),
        ("6/3/24 8:15", 'order = "mdy"'),
        ("3.6.24 8:15", 'order = "dmy"'),
        ("3-Jun-24 8:15", 'order = "dmy"'),
        ("Jun 3, 24 8:15 AM", 'order = "mdy"'),
        ("03 Jun 2024 8:15", 'order = "dmy"'),
        ("Jun 3 2024 08:15", 'order = "mdy"'),
        ("24-06-03 08:15", 'order = "ymd"'),
        ("2024-06-03T08:15:00+07:00", 'order = "dmy"'),
        ("2024-6-3 08:15", 'order = "mdy"'),
        ("2024-06-03T08:15:00+07:00", 'order = "ymd"'),
        ("06/03/2024 8:15 a.m.", 'order = "mdy"'),
        ("1717377300", ""),
        ("1717377300.0", ""),
        ("1717377300000.0", ""),
        ("1717377300000", ""),
        ("1717420500", 'timezone = "America/Chicago"'),
    ],
)
def test_moments_as_other_systems_write_them(tmp_path: Path, written: str, dates: str) -> None:
    text = f'Mã hồ sơ;Tên thủ tục;Bộ phận;opened\nH1;A;B;"{written}"\n'
    cleaned = clean_text(
        tmp_path, text, mapping=f'[columns]\nreceived_at = "opened"\n[dates]\n{dates}'
    )
    assert days(cleaned.rows["received_at"]) == [MOMENT]


def test_a_day_that_a_program_wrote_as_a_number_with_decimals(tmp_path: Path) -> None:
    text = FOREIGN.replace("2024-06-03", "20240603.0")
    cleaned = clean_text(tmp_path, text, mapping=COLUMNS)
    assert days(cleaned.rows["received_at"]) == ["2024-06-03", "2024-06-04"]


def test_a_number_that_may_be_a_telephone_is_no_moment(tmp_path: Path) -> None:
    text = "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận\nH1;A;B;03/06/2024\nH2;A;B;1717377300\n"
    assert clean_text(tmp_path, text).rejects["row"].tolist() == [3]
    mapped = text.replace("1717377300", "0917377300")
    assert clean_text(tmp_path, mapped, mapping="").rejects["row"].tolist() == [3]


def test_a_survey_may_name_quarters_and_a_task_report_may_not(tmp_path: Path) -> None:
    text = "Kỳ;I.1;V.1\n2024 Q2;5;4\nQuý I/2024;3;4\nQ3-2024;4;4\n4Q2024;4;4\n"
    mapping = '[options]\nresponse_id = "row"\n'
    cleaned = clean_text(tmp_path, text, mapping=mapping)
    assert sorted(set(cleaned.rows["month"])) == ["2024-03", "2024-06", "2024-09", "2024-12"]
    assert [w.count for w in cleaned.warnings if w.code == "by_quarter"] == [4]
    report = "Mã nhiệm vụ;Tháng;Kết quả\nI.1;06/2024;Đạt\nI.2;Quý I/2024;Đạt\n"
    assert clean_text(tmp_path, report).rejects["row"].tolist() == [3]


@pytest.mark.parametrize(("dates", "month"), [("", None), ('[dates]\norder = "dmy"', "2024-01")])
def test_two_digits_are_a_year_beside_a_named_month_where_an_order_is_told(
    tmp_path: Path, dates: str, month: str | None
) -> None:
    text = "Kỳ;I.1\nJan-24;5\nFeb 2024;4\n"
    mapping = f'[options]\nresponse_id = "row"\n{dates}\n'
    months = clean_text(tmp_path, text, mapping=mapping).rows["month"].tolist()
    assert months == ([month] if month else []) + ["2024-02"]


def test_words_for_levels_also_name_columns_of_counts(tmp_path: Path) -> None:
    text = "Month,Question,Top,Good,So-so,Bad,Worst\n2024-05,I,3,2,1,0,1\n"
    levels = "".join(
        f'"{word}" = {level}\n'
        for word, level in zip(
            ("Top", "Good", "So-so", "Bad", "Worst"), (5, 4, 3, 2, 1), strict=True
        )
    )
    columns = 'answered_on = "Month"\ncriterion = "Question"\n'
    mapping = f'source = "survey"\n[columns]\n{columns}[values.score]\n{levels}'
    cleaned = clean_text(tmp_path, text, mapping=mapping)
    assert sorted(cleaned.rows["score"], reverse=True) == [5, 5, 5, 4, 4, 3, 1]


def test_levels_may_stand_below_the_name_of_their_group(tmp_path: Path) -> None:
    rows = [
        ["Month", "Agency", "Base", "Breakdown", None, None, None, None],
        [None, None, None, "Top", "Good", "So-so", "Bad", "Worst"],
        ["2024-05", "Parks", 7, 3, 2, 1, 0, 1],
    ]
    adapt = """
    source = "survey"
    [columns]
    answered_on = "Month"
    [defaults]
    criterion = "I"
    [values.score]
    Top = 5
    Good = 4
    So-so = 3
    Bad = 2
    Worst = 1
    """
    cleaned = clean(workbook(tmp_path, {"a": rows}), mapping=mapping_of(tmp_path, adapt))
    assert sorted(cleaned.rows["score"], reverse=True) == [5, 5, 5, 4, 4, 3, 1]


@pytest.mark.parametrize(
    ("written", "number"), [("1,234", 1234), ("2,345,678", 2345678), ("1.234", 1234), ("12", 12)]
)
def test_thousands_of_whole_numbers_in_either_way(
    tmp_path: Path, written: str, number: int
) -> None:
    text = f'Năm;Đơn vị;Chỉ số;Số phiếu\n2023;X. Hoài Châu Bắc;90,83;"{written}"\n'
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows["respondents"].tolist() == [number]
