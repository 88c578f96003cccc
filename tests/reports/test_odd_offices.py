"""Offices whose files are odd, small or short: each report says no more than they hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine

from dashboard.components.tables import cell_text
from dashboard.components.words import plain_text
from dashboard.formatting import NBSP
from dashboard.metrics import measure
from dashboard.reports import directives
from dashboard.reports.ages import ages_section
from dashboard.reports.behind import dossiers_behind
from dashboard.reports.data import build_data_report, coverage_section
from dashboard.reports.directives import due_soon, missing_surveys, overdue_dossiers
from dashboard.reports.dossier_lists import behind_section, dossier_list_section
from dashboard.reports.dossiers import build_dossiers_report
from dashboard.reports.due import due_section
from dashboard.reports.feedback import build_feedback_report
from dashboard.reports.form_ii06a import form_section
from dashboard.reports.kpis import ratio_kpi
from dashboard.reports.meeting import build_meeting_report
from dashboard.reports.ranking import build_ranking_report
from dashboard.reports.satisfaction import unsatisfied_section
from dashboard.reports.watch import signal_directives
from dashboard.snapshots.summary import late_section
from etl.loading import load_file
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.etl.cleaning import workbook
from tests.etl.loaders import dossiers, load_text
from tests.reports.conftest import context

FEEDBACK = "Mã PAKN;Nguồn;Phân loại;Đơn vị xử lý;Ngày gửi;Ngày trả lời;Trạng thái\n"
SURVEY = "Mã phiếu;Ngày khảo sát;Tiêu chí;Câu hỏi;Mức độ;Bộ phận\n"
RANKING = "Năm;Đơn vị;Chỉ số hài lòng;Tổng số đơn vị\n"
TASKS = "Mã nhiệm vụ;Tháng;Kết quả\n"


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(office: Engine) -> Iterator[Connection]:
    with office.connect() as connection:
        yield connection


def dossier(received: str, due: str, closed: str = "", **more: str) -> dict[str, str]:
    return {
        "Ngày tiếp nhận": received,
        "Ngày hẹn trả": due,
        "Ngày kết thúc xử lý": closed,
        **more,
    }


@pytest.mark.parametrize(
    ("names", "said", "is_named"),
    [
        ("A A B", "A có 2 trên 3 hồ sơ trễ", True),
        ("A B C", "3 hồ sơ trễ ở 3 bộ phận, mỗi nơi 1", False),
        ("A A B B C", "5 hồ sơ trễ ở 3 bộ phận", False),
        ("A A", "2 trên 2 hồ sơ trễ", False),
    ],
)
def test_a_department_is_named_only_where_it_has_the_most(
    office: Engine, connection: Connection, tmp_path: Path, names: str, said: str, is_named: bool
) -> None:
    rows = [
        dossier("03/06/2024", "10/06/2024", "12/06/2024", **{"Bộ phận": name})
        for name in names.split()
    ]
    load_text(office, tmp_path, dossiers(*rows), as_of=date(2024, 6, 30))
    report = build_dossiers_report(context(connection, "?period=2024-06"))
    assert plain_text(report.section("late_by_department").sentence) == said
    assert plain_text(report.sentence).endswith("; 2 hồ sơ ở A.") == is_named


def test_days_late_are_the_same_working_days_in_every_list(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    rows = (
        # Friday to Saturday: late by the day, though nobody worked on it.
        dossier("03/06/2024", "07/06/2024", "08/06/2024"),
        # A Friday to the Monday after the next.
        dossier("04/06/2024", "07/06/2024", "17/06/2024"),
        # Open since Thursday at the Friday of the cut-off a week later, and due the Tuesday after.
        dossier("05/06/2024", "20/06/2024"),
        dossier("06/06/2024", "02/07/2024"),
    )
    load_text(office, tmp_path, dossiers(*rows), as_of=date(2024, 6, 28))
    chosen = context(connection, "?period=2024-06")
    table = dossier_list_section(chosen).table
    days = table.rows.set_index("received_on")["days"]
    assert {day.day: late for day, late in days.items()} == {3: 1, 4: 6, 5: 6, 6: -2}
    (column,) = [one for one in table.columns if one.key == "days"]
    assert column.label == "Trễ (ngày làm việc)"
    printed = [cell_text(value, column.kind) for value in table.rows["days"]]
    assert sorted(printed) == ["1", "6", "6", "còn 2"]
    explained = build_meeting_report(chosen).section("late").table
    assert sorted(explained.rows["days"]) == [1, 6, 6]
    assert column in explained.columns
    assert behind_section(chosen, "open_overdue").table.rows["days"].tolist() == [6]
    assert late_section(chosen).table.rows["longest"].max() == 6
    assert sorted(due_section(chosen).table.rows["chip"]) == ["Còn 2 ngày", "Quá 6 ngày"]


def test_a_month_of_which_half_was_loaded_says_so(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    for first, last, row in (
        ("01/05/2024", "15/05/2024", dossier("02/05/2024", "08/05/2024", "09/05/2024")),
        ("01/06/2024", "30/06/2024", dossier("03/06/2024", "10/06/2024", "10/06/2024")),
        ("01/07/2024", "12/07/2024", dossier("01/07/2024", "08/07/2024", "08/07/2024")),
    ):
        title = f"Từ ngày {first} đến ngày {last}\n"
        load_text(office, tmp_path, title + dossiers(row))
    section = coverage_section(context(connection, "?period=2024-06"))
    (states,) = (row["states"] for row in section.data["rows"] if row["source"] == "dossier")
    assert dict(zip(section.data["months"], states, strict=True)) == {
        "2024-05": "partial",
        "2024-06": "whole",
        # Not yet ended: no hole.
        "2024-07": "partial",
    }
    assert section.note.startswith("Hồ sơ tháng 5/2024 chưa có từ 16/05/2024 đến 31/05/2024, ")
    assert "6/2024" not in section.note and "7/2024" not in section.note


def test_a_card_of_less_than_its_period_says_so(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    for month, last in (("06", "30"), ("07", "12")):
        title = f"Từ ngày 01/{month}/2024 đến ngày {last}/{month}/2024\n"
        row = dossier(f"03/{month}/2024", f"10/{month}/2024", f"10/{month}/2024")
        load_text(office, tmp_path, title + dossiers({**row, "Mã hồ sơ": month}))
    for period, said in (
        ("2024-06", ["Đạt", "Số ít"]),
        ("2024-07", ["Chưa trọn tháng", "Đạt", "Số ít"]),
        ("2024-Q2", ["Chưa đủ các tháng", "Đạt", "Số ít"]),
    ):
        card = ratio_kpi(context(connection, f"?period={period}"), "late_rate", link="")
        assert [one.text for one in card.verdicts] == said, period


def test_closed_before_it_was_received(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    row = dossier("10/06/2024", "20/06/2024", "28/05/2024")
    load_text(office, tmp_path, dossiers(row, dossier("03/05/2024", "30/06/2024")))
    months = measure(connection, "on_time_rate_766", by=("month",)).set_index("month")
    assert (months["numerator"] <= months["denominator"]).all()
    assert months.loc["2024-05", ["numerator", "denominator"]].tolist() == [2, 2]
    for month in ("2024-05", "2024-06"):
        chosen = context(connection, f"?period={month}")
        assert build_data_report(chosen).section("dictionary").table is not None
        behind = dossiers_behind(chosen, "on_time_rate_766")
        measured = chosen.measure("on_time_rate_766").iloc[0]
        assert len(behind) == measured["denominator"]


def test_a_covered_month_without_a_dossier(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    title = "Từ ngày 01/05/2024 đến ngày 30/06/2024\n"
    row = dossier("02/05/2024", "08/05/2024", "09/05/2024")
    load_text(office, tmp_path, title + dossiers(row))
    assert measure(connection, "late_rate", months=("2024-06", "2024-06"))["numerator"][0] == 0
    assert dossiers_behind(context(connection, "?period=2024-06"), "late_rate").empty


def test_a_channel_of_dossiers_is_none_of_feedback(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    lines = "".join(
        f"P{n};{source};Kiến nghị;Tư pháp;03/05/2024;;Đang xử lý\n"
        for n, source in enumerate(("Cổng thông tin", "Trực tiếp", "Báo chí"))
    )
    load_text(office, tmp_path, FEEDBACK + lines, as_of=date(2024, 6, 30))
    load_text(office, tmp_path, dossiers(dossier("03/05/2024", "", "")), as_of=date(2024, 6, 30))
    everything = context(connection, "?period=2024-06")
    chosen = context(connection, "?period=2024-06&channel=Trực tuyến")
    overdue = everything.measure("feedback_open_overdue")["numerator"].tolist()
    assert overdue == [3]
    assert chosen.measure("feedback_open_overdue")["numerator"].tolist() == overdue
    rows = due_section(everything).data["feedback"]
    assert rows[0]["count"] == 3
    assert due_section(chosen).data["feedback"] == rows


def test_a_quarter_is_measured_at_its_end(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    months = (*(f"{month:02d}/2023" for month in range(5, 13)), "01/2024", "02/2024", "03/2024")
    rows = [(f"05/{month}", f"06/{month}") for month in (*months, "04/2024")] * 20
    for month in ("05", "06", "07"):
        rows += [(f"05/{month}/2024", f"06/{month}/2024")] * 4
        rows += [(f"02/{month}/2024", f"29/{month}/2024")] * 8
        # Not late yet at the month's end, and late for good at the end of the three.
        rows += [(f"25/{month}/2024", "")] * 3
    lines = "".join(
        f"P{n};Cổng thông tin;Kiến nghị;Tư pháp;{sent};{answered};\n"
        for n, (sent, answered) in enumerate(rows)
    )
    load_text(office, tmp_path, FEEDBACK + lines, as_of=date(2024, 7, 31))
    chosen = context(connection, "?period=2024-07")
    code, span = "feedback_on_time_rate", ("2024-05", "2024-07")
    whole = chosen.measure(code, months=span).iloc[0]
    assert chosen.measure(code, by=("month",), months=span)["denominator"].sum() == 36
    assert (whole["numerator"], whole["denominator"]) == (12, 42)
    (said,) = [one for one in signal_directives(chosen) if one.about == code]
    assert "ba tháng đến 7/2024" in plain_text(said.text)
    assert "(12/42 phản ánh)" in plain_text(said.text).replace(NBSP, " ")


@pytest.mark.parametrize("period", ["2023-01", "2024-09"])
def test_outside_all_data_nothing_is_open(
    office: Engine, connection: Connection, tmp_path: Path, period: str
) -> None:
    rows = (dossier("03/06/2024", "10/06/2024"), dossier("04/06/2024", "01/07/2024"))
    load_text(office, tmp_path, dossiers(*rows), as_of=date(2024, 6, 30))
    chosen = context(connection, f"?period={period}")
    assert [*overdue_dossiers(chosen), *due_soon(chosen)] == []
    for section in (ages_section(chosen), due_section(chosen), dossier_list_section(chosen)):
        assert section.missing is not None, section.code
        assert section.missing.kind == "no_data"
    needed = directives.directives_section(chosen)
    # Tasks of a year with a plan wait for their reports all the same.
    assert (needed.missing is not None) == (period < "2024")
    meeting = build_meeting_report(chosen)
    assert meeting.section("late").table.rows.empty
    assert plain_text(meeting.sentence).endswith("chưa có số liệu hồ sơ.")
    assert plain_text(meeting.section("late").sentence) == "Chưa có số liệu hồ sơ"
    first, *_ = meeting.section("preparation").data["items"]
    assert first["rule"] == "unloaded_dossiers"
    in_june = context(connection, "?period=2024-06")
    assert [one.code for one in (*overdue_dossiers(in_june), *due_soon(in_june))] == [
        "overdue_dossiers",
        "due_soon",
    ]


def test_each_unit_is_covered_by_its_own_files(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    header = "Mã đơn vị;Mã hồ sơ;Thủ tục;Bộ phận;Ngày tiếp nhận;Ngày hẹn trả;Trạng thái\n"
    load_text(office, tmp_path, header + "21646;A1;Khai sinh;Tư pháp;03/05/2024;;Đang xử lý\n")
    load_text(office, tmp_path, header + "21649;B1;Khai sinh;Tư pháp;03/06/2024;;Đang xử lý\n")
    asked: dict[str, Any] = {"by": ("unit", "month"), "months": ("2024-05", "2024-06")}
    together = measure(connection, "dossiers_received", **asked)
    alone = [
        measure(connection, "dossiers_received", units=[u], **asked) for u in ("21646", "21649")
    ]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    known = together.set_index(["unit", "month"])["numerator"].astype(object)
    assert known["21646", "2024-05"] == 1
    assert pd.isna(known["21646", "2024-06"])


def test_a_survey_is_the_offices_whichever_department_is_looked_at(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    forms = "".join(f"P{n};05/06/2024;I;Dễ tìm;5;Tư pháp\n" for n in range(30))
    load_text(office, tmp_path, SURVEY + forms)
    load_text(office, tmp_path, dossiers(dossier("03/06/2024", "10/06/2024", "07/06/2024")))
    for query in ("", "&department=Địa chính", "&department=Tư pháp"):
        assert list(missing_surveys(context(connection, f"?period=2024-06{query}"))) == []


def test_without_a_due_date_the_form_counts_withdrawn_and_opening_ones(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    rows = (
        dossier("20/05/2024", ""),
        dossier("03/06/2024", "", "05/06/2024", **{"Trạng thái": "Công dân rút hồ sơ"}),
        dossier("03/06/2024", "10/06/2024", "07/06/2024"),
    )
    load_text(office, tmp_path, dossiers(*rows))
    note = form_section(context(connection, "?period=2024-06")).note
    assert "tiếp nhận 2 (kỳ trước chuyển 1), đã giải quyết 1, đang giải quyết 1" in note


def test_a_rank_among_few_is_provisional(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    lines = "2024;X. Hoài Châu Bắc;90,5;17\n2024;P. Tam Quan;91,5;17\n2024;X. Hoài Sơn;89,5;17\n"
    load_text(office, tmp_path, RANKING + lines)
    report = build_ranking_report(context(connection, "?period=2024-12"))
    assert plain_text(report.sentence).startswith("Hạng tạm 2 trong 3/17 đơn vị có số liệu")
    rungs = report.section("ladder").data["rungs"]
    assert [rung["rank_words"] for rung in rungs] == ["(1)", "(2)", "(3)", *[""] * 14]
    assert "Hạng tạm trong 3 đơn vị" in report.section("ladder").note.replace(NBSP, " ")
    words = [gap["words"] for gap in report.section("gaps").data["gaps"]]
    assert words == ["điểm tới hạng tạm 1", "điểm, hơn hạng tạm 3"]


@pytest.mark.parametrize(
    ("stated", "ranks", "total"), [("2", ("", "", ""), 3), ("3", (1, 4, 5), 5)]
)
def test_no_unit_is_hidden_by_a_number_of_units_that_is_too_small(
    office: Engine,
    connection: Connection,
    tmp_path: Path,
    stated: str,
    ranks: tuple[object, ...],
    total: int,
) -> None:
    names = ("P. Tam Quan", "X. Hoài Châu Bắc", "X. Hoài Sơn")
    lines = (
        f"2024;{name};{index},5;{stated};{rank}\n"
        for name, index, rank in zip(names, (91, 90, 89), ranks, strict=True)
    )
    load_text(office, tmp_path, RANKING.rstrip("\n") + ";Hạng\n" + "".join(lines))
    report = build_ranking_report(context(connection, "?period=2024-12"))
    rungs = report.section("ladder").data["rungs"]
    assert len(rungs) == total
    assert [rung["label"] for rung in rungs if rung["is_known"]] == list(names)


def test_a_cause_in_the_file_of_an_open_dossier_is_given(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    header = "Mã hồ sơ;Thủ tục;Bộ phận;Ngày tiếp nhận;Ngày hẹn trả;Trạng thái;Nguyên nhân quá hạn\n"
    row = "H1;Khai sinh;Tư pháp;03/06/2024;10/06/2024;Đang xử lý;Thiếu người\n"
    load_text(office, tmp_path, header + row, as_of=date(2024, 6, 30))
    late = build_meeting_report(context(connection, "?period=2024-06")).section("late")
    shown = late.table.rows.iloc[0]
    assert (shown["cause"], shown["file_cause"]) == ("Thiếu người", "Thiếu người")
    assert "chưa ghi nguyên nhân" not in plain_text(late.sentence)


def test_a_rejected_row_of_one_sheet_among_several_is_told_with_its_sheet(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    header = ["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận"]
    good, bad = ["H1", "x", "y", "03/06/2024"], ["H2", "x", "y", "41/06/2024"]
    both = [header, good, bad]
    for name, sheets in (
        ("hai.xlsx", {"Quý I": both, "Quý II": both}),
        ("mot.xlsx", {"Sheet1": both}),
        ("ba.xlsx", {"Quý III": [header, good], "Quý IV": both}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        path = workbook(folder, sheets, name=name)
        load_file(office, path, settings=Settings.model_construct())
    rejects = build_data_report(context(connection, "?period=2024-06")).section("rejects")
    assert rejects.table is not None
    assert rejects.table.rows["file"].tolist() == [
        "ba.xlsx, trang «Quý IV»",
        "mot.xlsx",
        "hai.xlsx, trang «Quý II»",
        "hai.xlsx, trang «Quý I»",
    ]


def test_feedback_is_told_up_to_its_own_day(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    line = "P1;Cổng thông tin;Kiến nghị;Tư pháp;03/06/2024;;Đang xử lý\n"
    load_text(office, tmp_path, FEEDBACK + line, as_of=date(2024, 6, 10))
    load_text(office, tmp_path, dossiers(dossier("03/06/2024", "")), as_of=date(2024, 6, 30))
    cells = build_feedback_report(context(connection, "?period=2024-06")).section("strip").data
    overdue = next(c for c in cells["cells"] if c["metric"] == "feedback_open_overdue")
    assert overdue["detail"] == "tính đến 10/06/2024"


def test_what_falls_due_on_a_day_off_is_listed_before_it(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    due = ("28/06/2024", "29/06/2024", "01/07/2024", "02/07/2024")
    load_text(
        office,
        tmp_path,
        dossiers(*(dossier("03/06/2024", day) for day in due)),
        as_of=date(2024, 6, 28),
    )
    rows = due_section(context(connection, "?period=2024-06")).data["by_day"]
    assert [(row["label"], row["count"]) for row in rows] == [
        ("Đã quá hạn", 0),
        ("Thứ Sáu 28/06", 2),
        ("Thứ Hai 01/07", 1),
        ("Thứ Ba 02/07", 1),
        ("Thứ Tư 03/07", 0),
    ]


def test_a_task_that_the_plan_no_longer_asks_for_is_not_unreported(
    office: Engine, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_text(office, tmp_path, TASKS + "I.1;06/2025;Đạt\n", as_of=date(2025, 6, 30))
    states = pd.DataFrame(
        [("2024-12", "IV.4"), ("2024-12", "I.2"), ("2025-06", "I.2")], columns=["month", "task"]
    ).assign(state="not_reported")
    monkeypatch.setattr(directives, "task_states", lambda *_args, **_options: states)
    (said,) = directives.unreported_tasks(context(connection, "?period=2025-06"))
    assert said.about == "I.2"


def test_a_link_with_a_period_leads_an_empty_office_to_its_first_steps(
    connection: Connection,
) -> None:
    assert not context(connection, "?period=2024-06").has_data


def test_twelve_months_are_not_judged_by_one(
    office: Engine, connection: Connection, tmp_path: Path
) -> None:
    forms = "".join(f"P{n};05/06/2024;I;Dễ tìm;5;Tư pháp\n" for n in range(30))
    load_text(office, tmp_path, SURVEY + forms)
    rows = (
        dossier("03/06/2024", "10/06/2024", "07/06/2024", **{"Lĩnh vực": "Đất đai"}),
        dossier("03/07/2024", "10/07/2024", "07/07/2024", **{"Lĩnh vực": "Đất đai"}),
    )
    load_text(office, tmp_path, dossiers(*rows))
    everything = context(connection, "?period=2024-07")
    assert unsatisfied_section(everything, by="criterion").missing.reason == (
        "12 tháng đến 7/2024 không có trả lời nào dưới mức hài lòng."
    )
    chosen = context(connection, "?period=2024-07&calendar=report&department=Địa chính")
    missing = unsatisfied_section(chosen, by="criterion").missing
    assert missing.kind == "empty_filter"
    assert "tháng 8/2023 đến tháng 7/2024" in missing.reason
    # Dropping the filter keeps the calendar.
    assert missing.link == "?period=2024-07&calendar=report"
