"""The worked rows: one small file each, and the counts that the definitions give for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, select

from dashboard.metrics import measure
from etl.catalogue.metrics import DOSSIER
from etl.catalogue.metrics import FEEDBACK as FEEDBACK_MART
from etl.dimensions import add_alias
from etl.rebuilding import rebuild
from etl.settings import Settings
from etl.summing import Slice, sums
from etl.tables import fact_feedback, mart_task
from etl.warehouse import write_transaction
from tests.etl.loaders import counts, dossiers, load_text

JUNE = {"months": ("2024-06", "2024-06")}
JULY = {"months": ("2024-07", "2024-07")}
RECEIVED = "03/06/2024 08:00"
MOMENT = "%d/%m/%Y %H:%M"


def stock(engine: Engine, month: str) -> dict[str, int]:
    """Return form II.06a's counts of a month from the mart."""
    columns = ("entered_due", "entered_no_due", "resolved_late", "withdrawn_early")
    columns += ("pending_in_time", "pending_overdue", "pending_no_due")
    with engine.connect() as connection:
        frame = sums(connection, DOSSIER, columns, part=Slice("calendar", months=(month, month)))
    return {name: int(frame[name].iloc[0]) for name in columns}


def test_without_a_due_date(engine: Engine, tmp_path: Path) -> None:
    row = {"Ngày tiếp nhận": RECEIVED, "Ngày kết thúc xử lý": "12/06/2024"}
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "dossiers_resolved") == (1, None)
    assert counts(engine, "late_rate") == (0, 0)
    assert counts(engine, "no_due_date_rate") == (1, 1)
    assert stock(engine, "2024-06")["entered_no_due"] == 1
    assert stock(engine, "2024-06")["entered_due"] == 0


def test_withdrawn_without_a_finish(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "20/06/2024",
        "Ngày yêu cầu bổ sung": "10/06/2024",
        "Trạng thái": "Công dân yêu cầu rút hồ sơ",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "dossiers_received") == (1, None)
    assert counts(engine, "dossiers_resolved") == (0, None)
    assert counts(engine, "late_rate") == (0, 0)
    # Closed on the day of its last event, ten days before it was due: resolved early in the form.
    assert stock(engine, "2024-06")["withdrawn_early"] == 1
    assert stock(engine, "2024-06")["pending_in_time"] == 0


def test_withdrawal_beats_other_dates(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "10/06/2024",
        "Ngày kết thúc xử lý": "12/06/2024",
        "Trạng thái": "Dừng xử lý",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "late_rate") == (0, 0)


def test_online_and_refused_without_reception(engine: Engine, tmp_path: Path) -> None:
    refused = {
        "Kênh": "Trực tuyến",
        "Ngày nộp": "03/06/2024 08:00",
        "Ngày kết thúc xử lý": "03/06/2024 15:00",
        "Trạng thái": "Không được tiếp nhận",
    }
    late = {**refused, "Ngày kết thúc xử lý": "05/06/2024 09:00"}
    load_text(engine, tmp_path, dossiers(refused, late))
    assert counts(engine, "dossiers_received") == (0, None)
    assert counts(engine, "dossiers_resolved") == (0, None)
    assert counts(engine, "intake_within_8h_rate") == (1, 2)


def test_returned_without_a_finish(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Kênh": "Trực tiếp",
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "10/06/2024",
        "Ngày trả": "12/06/2024",
        "Trạng thái": "Đã trả kết quả",
    }
    loaded = load_text(engine, tmp_path, dossiers(row))
    assert [warned.code for warned in loaded.warnings] == ["returned_without_finish"]
    assert counts(engine, "late_rate") == (1, 1)
    assert counts(engine, "record_completeness") == (0, 1)


def test_finished_an_hour_before_received(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": "03/06/2024 09:00",
        "Ngày hẹn trả": "03/06/2024",
        "Ngày kết thúc xử lý": "03/06/2024 08:00",
    }
    loaded = load_text(engine, tmp_path, dossiers(row))
    assert "closed_before_received" in [warned.code for warned in loaded.warnings]
    assert loaded.rejected == 0
    assert counts(engine, "on_time_rate") == (1, 1)
    assert counts(engine, "early_rate") == (0, 1)


def test_finished_in_july_seen_from_june(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "28/06/2024",
        "Ngày kết thúc xử lý": "05/07/2024",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "open_overdue", **JUNE) == (1, None)
    assert counts(engine, "open_overdue", **JULY) == (0, None)
    assert counts(engine, "late_rate", **JUNE) == (0, 0)
    assert counts(engine, "late_rate", **JULY) == (1, 1)


def test_an_as_of_date_hides_what_came_later(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "28/06/2024",
        "Ngày kết thúc xử lý": "05/07/2024",
    }
    loaded = load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 30))
    assert "after_as_of" in [warned.code for warned in loaded.warnings]
    assert counts(engine, "dossiers_resolved") == (0, None)
    assert counts(engine, "open_overdue") == (1, None)


def test_a_supplement_date_without_a_count(engine: Engine, tmp_path: Path) -> None:
    done = {"Ngày tiếp nhận": RECEIVED, "Ngày kết thúc xử lý": "12/06/2024"}
    once = {**done, "Ngày yêu cầu bổ sung": "05/06/2024"}
    before = {**done, "Ngày yêu cầu bổ sung": "02/06/2024"}
    twice = {**once, "Số lần bổ sung": "2"}
    load_text(engine, tmp_path, dossiers(done, once, before, twice))
    assert counts(engine, "supplemented_rate") == (2, 4)
    assert counts(engine, "repeat_supplement_rate") == (1, 4)


def test_ready_on_the_due_date_and_collected_later(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "28/06/2024 16:00",
        "Ngày kết thúc xử lý": "28/06/2024 16:45",
        "Ngày trả": "03/07/2024",
        "Trạng thái": "Đã trả kết quả",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "late_rate", **JUNE) == (0, 1)
    assert counts(engine, "returned_on_time_rate", **JUNE) == (0, 0)
    assert counts(engine, "returned_on_time_rate", **JULY) == (1, 1)


def test_submitted_without_a_time_of_day(engine: Engine, tmp_path: Path) -> None:
    timed = {"Kênh": "Trực tuyến", "Ngày nộp": "03/06/2024 08:00", "Ngày tiếp nhận": RECEIVED}
    untimed = {**timed, "Ngày nộp": "03/06/2024"}
    load_text(engine, tmp_path, dossiers(timed, untimed))
    assert counts(engine, "intake_within_8h_rate") == (1, 1)
    with engine.connect() as connection:
        beside = sums(connection, DOSSIER, ("intake_no_time",), part=Slice("calendar"))
    assert beside["intake_no_time"].iloc[0] == 1


@pytest.mark.parametrize(
    ("submitted", "limit"),
    [
        # Around the holidays of 30/4 and 1/5, with a Saturday worked for the Monday between.
        ("26/04/2024 16:00", "02/05/2024 16:00"),
        ("03/05/2024 16:00", "04/05/2024 16:00"),
        # Over the lunar new year.
        ("07/02/2024 15:00", "15/02/2024 15:00"),
        # After hours: the count begins the next morning.
        ("12/06/2024 20:00", "13/06/2024 17:00"),
    ],
)
def test_eight_working_hours(engine: Engine, tmp_path: Path, submitted: str, limit: str) -> None:
    online = {"Kênh": "Trực tuyến", "Ngày nộp": submitted}
    at_the_limit = {**online, "Ngày tiếp nhận": limit}
    a_minute_more = (datetime.strptime(limit, MOMENT) + timedelta(minutes=1)).strftime(MOMENT)
    past_it = {**online, "Ngày tiếp nhận": a_minute_more}
    load_text(engine, tmp_path, dossiers(at_the_limit, past_it))
    assert counts(engine, "intake_within_8h_rate") == (1, 2)


def test_online_and_undecided_counts_once_the_limit_is_past(engine: Engine, tmp_path: Path) -> None:
    row = {"Kênh": "Trực tuyến", "Ngày nộp": "13/06/2024 09:00", "Trạng thái": "Mới đăng ký"}
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 13))
    assert counts(engine, "intake_within_8h_rate") == (0, 0)
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 14))
    assert counts(engine, "intake_within_8h_rate") == (0, 1)


def test_due_before_received_is_set_aside(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "02/06/2024",
        "Ngày kết thúc xử lý": "12/06/2024",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "dossiers_resolved") == (1, None)
    assert counts(engine, "late_rate") == (0, 0)
    assert counts(engine, "no_due_date_rate") == (1, 1)


@pytest.mark.parametrize(
    "status",
    ["Tạm dừng xử lý", "Yêu cầu bổ sung giấy tờ", "Yêu cầu thực hiện nghĩa vụ tài chính"],
)
def test_suspended_and_waiting_stay_open(engine: Engine, tmp_path: Path, status: str) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "10/06/2024",
        "Ngày kết thúc xử lý": "07/06/2024",
        "Trạng thái": status,
    }
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 30))
    assert counts(engine, "dossiers_resolved") == (0, None)
    assert counts(engine, "open_overdue") == (1, None)


def test_due_today_is_not_overdue(engine: Engine, tmp_path: Path) -> None:
    row = {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "30/06/2024"}
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 6, 30))
    assert counts(engine, "open_overdue") == (0, None)
    load_text(engine, tmp_path, dossiers(row), as_of=date(2024, 7, 1))
    assert counts(engine, "open_overdue", **JUNE) == (0, None)
    assert counts(engine, "open_overdue", **JULY) == (1, None)


@pytest.mark.parametrize(("answered", "in_time"), [("", 1), ("21/06/2024", 1), ("20/06/2024", 0)])
def test_what_waits_for_its_citizen_is_held_to_the_day_of_the_request(
    engine: Engine, tmp_path: Path, answered: str, in_time: int
) -> None:
    """Decision 766: from the day on which the citizen answers, to the cut-off again."""
    text = (
        "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận;Ngày hẹn trả;Ngày yêu cầu bổ sung;"
        "Ngày công dân bổ sung\n"
        f"H1;Chứng thực;Tư pháp;03/06/2024;17/06/2024;10/06/2024;{answered}\n"
    )
    load_text(engine, tmp_path, text, as_of=date(2024, 6, 20))
    assert counts(engine, "on_time_rate_766", **JUNE) == (in_time, 1)


def test_a_channel_is_chosen_by_its_label_or_its_code(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"Ngày tiếp nhận": RECEIVED, "Kênh": channel}
        for channel in ("Trực tuyến", "Trực tuyến", "Trực tiếp")
    ]
    load_text(engine, tmp_path, dossiers(*rows))
    for channel, number in (("Trực tuyến", 2), ("online", 2), ("Trực tiếp", 1), ("direct", 1)):
        chosen = counts(engine, "dossiers_received", members={"channel": channel})
        assert chosen == (number, None)


def test_a_month_of_two_units_is_whole_where_it_is_for_both(engine: Engine, tmp_path: Path) -> None:
    row = dossiers({"Ngày tiếp nhận": RECEIVED})
    load_text(engine, tmp_path, row, as_of=date(2024, 6, 30))
    load_text(engine, tmp_path, row, name="khac.csv", unit="21649", as_of=date(2024, 6, 29))
    with engine.connect() as connection:
        for units, is_whole in ((("21646",), True), (("21649",), False), (None, False)):
            frame = measure(connection, "dossiers_received", units=units, **JUNE)
            assert frame["is_whole"].tolist() == [is_whole]


def test_an_unknown_channel_stays_in_the_denominator(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"Ngày tiếp nhận": RECEIVED, "Kênh": channel} for channel in ("Trực tuyến", "", "Bồ câu")
    ]
    load_text(engine, tmp_path, dossiers(*rows))
    assert counts(engine, "online_rate") == (1, 3)


def test_an_apology_counts_from_its_day(engine: Engine, tmp_path: Path) -> None:
    text = (
        "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc xử lý;"
        "Ngày xin lỗi;Nguyên nhân quá hạn\n"
        "H1;Chứng thực;Tư pháp;03/06/2024;20/06/2024;24/06/2024;25/06/2024;Thiếu người\n"
        "H2;Chứng thực;Tư pháp;03/06/2024;20/06/2024;28/06/2024;02/07/2024;\n"
    )
    load_text(engine, tmp_path, text)
    assert counts(engine, "late_rate", **JUNE) == (2, 2)
    assert counts(engine, "apology_rate", **JUNE) == (1, 2)
    assert counts(engine, "apology_rate", months=("2024-06", "2024-07")) == (2, 2)
    assert counts(engine, "late_explained_rate", **JUNE) == (1, 2)


FEEDBACK = "Mã PAKN;Nguồn;Phân loại;Ngày gửi;Ngày chuyển;Ngày trả lời;Trạng thái\n"


def test_feedback_unanswered_after_a_transfer(engine: Engine, tmp_path: Path) -> None:
    text = (
        FEEDBACK
        + "P1;Cổng thông tin;Quy định, thủ tục hành chính;07/06/2024;12/06/2024;;Đang xử lý\n"
        + "P2;Hòm thư;Hành vi;31/07/2024;;;Đang xử lý\n"
    )
    load_text(engine, tmp_path, text)
    with engine.connect() as connection:
        query = select(fact_feedback.c.limit_on).where(fact_feedback.c.feedback_code == "P1")
        assert connection.scalar(query) == date(2024, 7, 3)
    assert counts(engine, "feedback_on_time_rate", **JUNE) == (0, 0)
    assert counts(engine, "feedback_open_overdue", **JUNE) == (0, None)
    assert counts(engine, "feedback_open_overdue", **JULY) == (1, None)
    # Sent in June, it counts once the cut-off lies past its limit.
    both = {"months": ("2024-06", "2024-07")}
    assert counts(engine, "feedback_on_time_rate", **both) == (0, 1)
    assert counts(engine, "conduct_complaints", **both) == (1, None)


def test_feedback_limit_to_the_day(engine: Engine, tmp_path: Path) -> None:
    sent = FEEDBACK + "P1;Cổng thông tin;Quy định;07/06/2024;12/06/2024;;Đang xử lý\n"
    load_text(engine, tmp_path, sent, as_of=date(2024, 7, 3))
    july = Slice("calendar", months=("2024-07", "2024-07"))
    with engine.connect() as connection:
        waiting = sums(connection, FEEDBACK_MART, ("open_in_time",), part=july)
    assert waiting["open_in_time"].tolist() == [1]
    assert counts(engine, "feedback_open_overdue") == (0, None)
    assert counts(engine, "feedback_on_time_rate") == (0, 0)
    load_text(engine, tmp_path, sent, as_of=date(2024, 7, 4))
    assert counts(engine, "feedback_open_overdue") == (1, None)
    assert counts(engine, "feedback_on_time_rate") == (0, 1)
    answered = FEEDBACK + "P1;Cổng thông tin;Quy định;07/06/2024;12/06/2024;03/07/2024;Đã trả lời\n"
    load_text(engine, tmp_path, answered, as_of=date(2024, 7, 5))
    assert counts(engine, "feedback_on_time_rate") == (1, 1)


def test_refused_and_waiting_feedback_is_left_out(engine: Engine, tmp_path: Path) -> None:
    text = (
        FEEDBACK
        + "P1;Sổ góp ý;Quy định;03/06/2024;;04/06/2024;Từ chối\n"
        + "P2;Sổ góp ý;Quy định;03/06/2024;;;Chờ người gửi bổ sung\n"
        + "P3;Sổ góp ý;Quy định;03/06/2024;;04/06/2024;Đã trả lời\n"
    )
    load_text(engine, tmp_path, text, as_of=date(2024, 7, 31))
    assert counts(engine, "feedback_received") == (3, None)
    assert counts(engine, "feedback_on_time_rate") == (1, 1)
    assert counts(engine, "feedback_published_rate") == (0, 1)
    assert counts(engine, "feedback_open_overdue") == (0, None)


def test_a_form_with_a_blank(engine: Engine, tmp_path: Path) -> None:
    text = "Mã phiếu,Ngày khảo sát,I.1 Dễ tìm,V.1 Đúng hẹn\n1,05/06/2024,5,\n2,06/06/2024,3,4\n"
    load_text(engine, tmp_path, text)
    assert counts(engine, "satisfaction_index") == (2, 3)
    assert counts(engine, "satisfaction_mean") == (12, 15)
    assert counts(engine, "survey_responses") == (2, None)
    with engine.connect() as connection:
        by = measure(connection, "satisfaction_index", by=("criterion",))
    assert by[["criterion", "numerator", "denominator", "n"]].to_numpy().tolist() == [
        ["I", 1, 2, 2],
        ["V", 1, 1, 1],
    ]


def test_a_form_with_an_overall_question(engine: Engine, tmp_path: Path) -> None:
    head = "Mã phiếu,Ngày khảo sát,I.1 Dễ tìm,Đánh giá chung\n"
    load_text(engine, tmp_path, head + "1,05/06/2024,5,1\n2,05/06/2024,,2\n")
    assert counts(engine, "satisfaction_index") == (1, 1)
    assert counts(engine, "survey_responses") == (2, None)


def test_overall_questions_count_where_they_are_all_there_is(
    engine: Engine, tmp_path: Path
) -> None:
    text = "Mã phiếu,Ngày khảo sát,Tiêu chí,Mức độ\n1,05/06/2024,overall,5\n2,05/06/2024,Chung,2\n"
    load_text(engine, tmp_path, text)
    assert counts(engine, "satisfaction_index") == (1, 2)


def test_task_v3_reported_met_with_one_late_dossier(engine: Engine, tmp_path: Path) -> None:
    done = {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "20/06/2024"}
    rows = [{**done, "Ngày kết thúc xử lý": "20/06/2024"} for _ in range(119)]
    rows.append({**done, "Ngày kết thúc xử lý": "21/06/2024"})
    load_text(engine, tmp_path, dossiers(*rows), as_of=date(2024, 6, 30))
    assert counts(engine, "late_rate") == (1, 120)
    load_text(engine, tmp_path, "Mã nhiệm vụ,Tháng,Kết quả\nV.3,06/2024,Đạt\n")
    with engine.connect() as connection:
        row = connection.execute(
            select(mart_task).where(mart_task.c.task == "V.3", mart_task.c.calendar == "calendar")
        ).one()
        assert (row.state, row.metric_state, row.report_state) == ("not_met", "not_met", "met")
        by_task = measure(connection, "task_completion_rate", by=("task",)).set_index("task")
    assert by_task.loc["V.3", ["numerator", "denominator"]].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Địa chính – Xây dựng", "địa chính - xây dựng"),
        ("Văn hoá – Xã hội", "Văn hóa–Xã hội"),
        ("Tư pháp", "Tư  pháp "),
    ],
)
def test_two_spellings_are_one_department(
    engine: Engine, tmp_path: Path, first: str, second: str
) -> None:
    done = {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "20/06/2024"}
    rows = [
        {**done, "Bộ phận": name, "Ngày kết thúc xử lý": "21/06/2024"} for name in (first, second)
    ]
    load_text(engine, tmp_path, dossiers(*rows))
    with engine.connect() as connection:
        by = measure(connection, "late_rate", by=("department",))
    assert by["numerator"].tolist() == [2]


def test_an_alias_merges_departments_without_a_reload(engine: Engine, tmp_path: Path) -> None:
    done = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "20/06/2024",
        "Ngày kết thúc xử lý": "21/06/2024",
    }
    rows = [{**done, "Bộ phận": name} for name in ("Địa chính – Xây dựng", "Địa chính-XD")]
    load_text(engine, tmp_path, dossiers(*rows))
    with engine.connect() as connection:
        assert len(measure(connection, "late_rate", by=("department",))) == 2
    with write_transaction(engine) as connection:
        add_alias(
            connection,
            "department",
            alias="Địa chính-XD",
            canonical="Địa chính – Xây dựng",
        )
    rebuild(engine, settings=Settings.model_construct())
    with engine.connect() as connection:
        by = measure(connection, "late_rate", by=("department",))
    assert by[["department", "numerator"]].to_numpy().tolist() == [["Địa chính – Xây dựng", 2]]


def test_finished_on_the_due_date(engine: Engine, tmp_path: Path) -> None:
    row = {
        "Ngày tiếp nhận": RECEIVED,
        "Ngày hẹn trả": "12/06/2024 09:00",
        "Ngày kết thúc xử lý": "12/06/2024 16:30",
    }
    load_text(engine, tmp_path, dossiers(row))
    assert counts(engine, "late_rate") == (0, 1)
    assert counts(engine, "early_rate") == (0, 1)
    assert counts(engine, "on_time_rate") == (1, 1)


def test_a_deadline_that_was_reset_is_counted(engine: Engine, tmp_path: Path) -> None:
    first = {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "20/06/2024"}
    filled = {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": ""}
    load_text(engine, tmp_path, dossiers(first, filled), as_of=date(2024, 6, 30))
    assert counts(engine, "due_date_changes") == (0, None)
    second = {**first, "Ngày hẹn trả": "28/06/2024"}
    load_text(
        engine,
        tmp_path,
        dossiers(second, {**filled, "Ngày hẹn trả": "27/06/2024"}),
        as_of=date(2024, 7, 5),
    )
    assert counts(engine, "due_date_changes", **JUNE) == (0, None)
    assert counts(engine, "due_date_changes") == (1, None)


def test_the_same_file_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "20/06/2024"},
        {"Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "mai"},
        {"Mã hồ sơ": "H1", "Ngày tiếp nhận": RECEIVED, "Ngày hẹn trả": "21/06/2024"},
    ]
    fates = []
    for _ in range(2):
        loaded = load_text(engine, tmp_path, dossiers(*rows))
        fates.append(
            (
                loaded.inserted,
                loaded.updated,
                loaded.unchanged,
                loaded.rejected,
                loaded.repeated,
            )
        )
        assert loaded.rows_read == sum(fates[-1])
    assert fates == [(1, 0, 0, 1, 1), (0, 0, 1, 1, 1)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Mã PAKN;Nguồn;Phân loại;Ngày gửi;Trạng thái\nP1;Sổ góp ý;Hành vi;03/06/2024;Mới\n",
            "conduct_complaints",
        ),
        (
            "Mã phiếu;Ngày khảo sát;I.1 Dễ tìm;V.1 Đúng hẹn\n1;05/06/2024;5;3\n",
            "satisfaction_index",
        ),
        (
            (
                "Kỳ;Tiêu chí;Rất hài lòng;Hài lòng;Bình thường;Không hài lòng;Rất không hài lòng\n"
                "06/2024;I;3;4;1;0;0\n06/2024;II;2;4;1;1;0\n"
            ),
            "satisfaction_index",
        ),
        ("Mã nhiệm vụ;Tháng;Kết quả\nIV.3;06/2024;Đạt\n", "task_completion_rate"),
    ],
    ids=["feedback", "survey", "level counts", "task report"],
)
def test_any_file_again_changes_nothing(
    engine: Engine, tmp_path: Path, text: str, code: str
) -> None:
    first = load_text(engine, tmp_path, text)
    before = counts(engine, code)
    assert (first.inserted, first.updated) == (first.rows_read, 0)
    # Under another name it is read; under its own it is known unread.
    for name in ("lai.csv", "tep.csv"):
        again = load_text(engine, tmp_path, text, name=name)
        assert (again.inserted, again.updated, again.unchanged) == (0, 0, again.rows_read)
        assert counts(engine, code) == before


def test_days_without_rows_are_zero_and_uncovered_months_are_empty(
    engine: Engine, tmp_path: Path
) -> None:
    text = "Từ ngày 01/05/2024 đến ngày 30/06/2024\n" + dossiers({"Ngày tiếp nhận": RECEIVED})
    load_text(engine, tmp_path, text)
    with engine.connect() as connection:
        frame = measure(
            connection, "dossiers_received", by=("month",), months=("2024-04", "2024-07")
        )
    found = [None if pd.isna(value) else int(value) for value in frame["numerator"]]
    assert found == [None, 0, 1, None]
