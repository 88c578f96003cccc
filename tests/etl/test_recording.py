"""The meeting's record: what is typed is kept, two writers lose nothing, and the numbers follow."""

from __future__ import annotations

import threading
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from etl.audit import read_audit
from etl.record import Key, read_decisions, read_entry, read_history
from etl.record_tables import LONGEST_SUBJECT
from etl.recording import MOST_CHARACTERS, RecordError, merge, save_entry
from etl.settings import PROJECT_DIR, Settings
from etl.version import _DEFINING, data_version
from tests.etl.loaders import counts, dossiers, load_text

AT = datetime(2024, 7, 1, 8, 30)
LATE = {
    "Mã hồ sơ": "A2",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "12/06/2024",
    "Ngày kết thúc xử lý": "14/06/2024",
}
CAUSE = Key("21646", "dossier", "cause", subject="A2")
APOLOGY = Key("21646", "dossier", "apology_on", subject="A2")
HELD = Key("21646", "meeting", "held_on", month="2024-06")
ASSESSMENT = Key("21646", "department", "assessment", month="2024-06", subject="Tư pháp")


def save(engine: Engine, key: Key, value: str, *, base: str = "", by: str = "vptk") -> int:
    return save_entry(engine, key, value, base=base, saved_by=by, at=AT).version


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return data_version(connection, settings=Settings.model_construct())


def load_late(engine: Engine, folder: Path) -> None:
    load_text(engine, folder, dossiers(LATE), as_of=date(2024, 7, 1))


def test_a_field_is_saved_with_its_history(engine: Engine) -> None:
    assert save(engine, ASSESSMENT, "Tốt") == 1
    assert save(engine, ASSESSMENT, "Tốt, đúng hạn", base="Tốt", by="chu_tich") == 2
    with engine.connect() as connection:
        now = read_entry(connection, ASSESSMENT)
        assert (now.value, now.version, now.saved_by) == ("Tốt, đúng hạn", 2, "chu_tich")
        told = [(e.version, e.value, e.saved_by) for e in read_history(connection, ASSESSMENT)]
    assert told == [(1, "Tốt", "vptk"), (2, "Tốt, đúng hạn", "chu_tich")]


def test_the_same_value_again_makes_no_version(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Tốt")
    assert save(engine, ASSESSMENT, "Tốt", base="") == 1


def test_two_writers_of_one_field_are_brought_together(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Hồ sơ đúng hạn.")
    save(
        engine, ASSESSMENT, "Hồ sơ đúng hạn. Phản ánh trả lời chậm.", base="Hồ sơ đúng hạn.", by="a"
    )
    both = save_entry(
        engine, ASSESSMENT, "Tháng 6: Hồ sơ đúng hạn.", base="Hồ sơ đúng hạn.", saved_by="b", at=AT
    )
    assert both.value == "Tháng 6: Hồ sơ đúng hạn. Phản ánh trả lời chậm."
    assert both.is_merged


def test_a_text_whose_answer_was_lost_is_not_applied_twice(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Tốt", by="a")
    save(engine, ASSESSMENT, "Tốt. Đúng hạn.", base="Tốt", by="a")
    save(engine, ASSESSMENT, "Tốt. Đúng hạn. Khen.", base="Tốt. Đúng hạn.", by="b")
    again = save_entry(engine, ASSESSMENT, "Tốt. Đúng hạn.", base="Tốt", saved_by="a", at=AT)
    assert again.value == "Tốt. Đúng hạn. Khen."
    assert again.version == 3


def test_more_is_typed_though_the_answer_was_lost(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Thiếu", by="a")
    more = save_entry(engine, ASSESSMENT, "Thiếu người", base="", saved_by="a", at=AT)
    assert more.value == "Thiếu người"
    save(engine, ASSESSMENT, "Thiếu người. Đã hẹn lại.", base="Thiếu người", by="b")
    more = save_entry(engine, ASSESSMENT, "Thiếu người, máy", base="Thiếu", saved_by="a", at=AT)
    assert more.value == "Thiếu người, máy. Đã hẹn lại."


def test_what_is_saved_is_written_down_without_its_words(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Cần rút kinh nghiệm", by="a")
    with engine.connect() as connection:
        (told,) = [row for row in read_audit(connection) if row.action == "record"]
    assert (told.actor, told.subject) == ("a", "Tư pháp")
    assert "kinh nghiệm" not in told.detail


def test_writers_at_the_same_moment_lose_nothing(engine: Engine) -> None:
    lines = [f"Ý kiến số {number} của một bộ phận" for number in range(8)]
    together = threading.Barrier(len(lines))

    def write(line: str) -> None:
        together.wait()
        save(engine, ASSESSMENT, line)

    threads = [threading.Thread(target=write, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        now = read_entry(connection, ASSESSMENT)
        told = {entry.value for entry in read_history(connection, ASSESSMENT)}
    assert now.version == len(told) == len(lines)
    assert all(line in now.value for line in lines)


TEXT = st.text("ab ", max_size=12)


@given(base=TEXT, mine=TEXT, theirs=TEXT)
def test_merging_keeps_the_other_side_where_one_did_nothing(
    base: str, mine: str, theirs: str
) -> None:
    assert merge(base, base, theirs) == theirs
    assert merge(base, mine, base) == mine


def test_two_who_began_with_an_empty_field_have_a_line_each() -> None:
    assert merge("", "Thiếu máy đo", "Thiếu người") == "Thiếu người\nThiếu máy đo"
    assert merge("Thiếu người", "Thiếu người, thiếu máy", "Thiếu người. Đã hẹn lại") == (
        "Thiếu người, thiếu máy. Đã hẹn lại"
    )


def test_a_cause_typed_in_the_meeting_counts_and_outlives_a_load(
    engine: Engine, tmp_path: Path
) -> None:
    load_late(engine, tmp_path)
    assert counts(engine, "late_explained_rate") == (0, 1)
    before = version(engine)
    save(engine, CAUSE, "Chờ xác minh thực địa")
    assert counts(engine, "late_explained_rate") == (1, 1)
    assert version(engine) != before
    load_text(engine, tmp_path, dossiers(LATE), name="lai.csv", as_of=date(2024, 7, 2))
    assert counts(engine, "late_explained_rate") == (1, 1)
    save(engine, CAUSE, "", base="Chờ xác minh thực địa")
    assert counts(engine, "late_explained_rate") == (0, 1)
    with engine.connect() as connection:
        assert read_history(connection, CAUSE)[0].value == "Chờ xác minh thực địa"


def test_an_apology_counts_from_its_day(engine: Engine, tmp_path: Path) -> None:
    load_late(engine, tmp_path)
    save(engine, APOLOGY, "2024-07-01")
    assert counts(engine, "apology_rate", months=("2024-06", "2024-07")) == (1, 1)
    assert counts(engine, "apology_rate", months=("2024-06", "2024-06")) == (0, 1)


def test_a_meeting_that_was_held_meets_task_v5(engine: Engine, tmp_path: Path) -> None:
    load_late(engine, tmp_path)

    def state() -> str:
        with engine.connect() as connection:
            return str(
                connection.exec_driver_sql(
                    "select state from mart_task where unit = '21646' and calendar = 'calendar' "
                    "and task = 'V.5' and month = '2024-06'"
                ).scalar()
            )

    assert state() == "not_met"
    save(engine, CAUSE, "Chờ xác minh")
    assert state() == "not_reported"
    save(engine, HELD, "2024-06-28")
    assert state() == "met"


def test_a_text_that_enters_no_number_leaves_the_data_version(
    engine: Engine, tmp_path: Path
) -> None:
    load_late(engine, tmp_path)
    before = version(engine)
    save(engine, ASSESSMENT, "Tốt")
    assert version(engine) == before


def test_personal_data_is_hidden(engine: Engine) -> None:
    save(engine, ASSESSMENT, "Gọi anh Nam 0905 123 456")
    with engine.connect() as connection:
        assert "0905" not in read_entry(connection, ASSESSMENT).value


def test_decisions_are_read_with_their_state(engine: Engine) -> None:
    def decide(field: str, value: str) -> None:
        save(engine, Key("21646", "decision", field, month="2024-06", subject="d1"), value)

    decide("what", "Bố trí thêm máy quét")
    decide("who", "Tài chính – Kế toán")
    decide("due_on", "2024-07-15")
    with engine.connect() as connection:
        (decision,) = read_decisions(connection, unit="21646")
    assert (decision.what, decision.due_on, decision.is_closed) == (
        "Bố trí thêm máy quét",
        date(2024, 7, 15),
        False,
    )
    decide("state", "closed")
    with engine.connect() as connection:
        (decision,) = read_decisions(connection, unit="21646")
    assert (decision.is_closed, decision.closed_at) == (True, AT)


def test_the_data_version_knows_every_file_that_it_names() -> None:
    assert all(any(PROJECT_DIR.glob(names)) for names in _DEFINING)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (Key("21646", "dossier", "status", subject="A2"), "x", "Không có ô «dossier.status»"),
        (
            Key("21646", "dossier", "cause", month="2024-06", subject="A2"),
            "x",
            "Tháng «2024-06» không hợp",
        ),
        (
            Key("21646", "department", "assessment", month="2024-13", subject="Tư pháp"),
            "x",
            "Tháng «2024-13» không hợp",
        ),
        (Key("21646", "department", "assessment", month="2024-06"), "x", "Thiếu tên"),
        (
            Key("21646", "department", "assessment", "2024-06", "x" * (LONGEST_SUBJECT + 1)),
            "x",
            f"dài {LONGEST_SUBJECT + 1} ký tự, nhiều nhất {LONGEST_SUBJECT}",
        ),
        (HELD, "28/06/2024", "không phải một ngày"),
        (
            Key("21646", "decision", "state", month="2024-06", subject="d1"),
            "maybe",
            "Trạng thái «maybe» không có",
        ),
        (ASSESSMENT, "x" * (MOST_CHARACTERS + 1), f"nhiều nhất {MOST_CHARACTERS}"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_left(
    engine: Engine, key: Key, value: str, words: str
) -> None:
    with pytest.raises(RecordError, match=words):
        save(engine, key, value)
    with engine.connect() as connection:
        assert read_history(connection, key) == []
