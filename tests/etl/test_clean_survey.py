"""Surveys in their three shapes become one row per form and question."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from etl.errors import RefusedFile
from tests.etl.cleaning import clean, clean_text, codes, days, mapping_of, workbook

LONG = "Mã phiếu;Ngày khảo sát;Tiêu chí;Câu hỏi;Mức độ\n"
WIDE = "Mã phiếu;Ngày khảo sát;Bộ phận;I.1 Dễ tìm;V.1 Đúng hẹn;Đánh giá chung\n"
LEVELS = "Kỳ;Tiêu chí;Rất hài lòng;Hài lòng;Bình thường;Không hài lòng;Rất không hài lòng\n"


def scores(frame: pd.DataFrame) -> list[int | None]:
    return [None if pd.isna(score) else int(score) for score in frame["score"]]


def test_an_answer_a_row(tmp_path: Path) -> None:
    text = LONG + "P1;05/06/2024;I;Dễ tìm;Rất hài lòng\nP1;05/06/2024;5;Đúng hẹn;2\n"
    cleaned = clean_text(tmp_path, text)
    rows = cleaned.rows
    assert rows[["response_id", "month", "criterion", "question"]].to_numpy().tolist() == [
        ["P1", "2024-06", "I", "Dễ tìm"],
        ["P1", "2024-06", "V", "Đúng hẹn"],
    ]
    assert scores(rows) == [5, 2]
    assert (rows["survey"].unique().tolist(), cleaned.replaces) == (["khao-sat-thang"], False)


def test_a_form_a_row(tmp_path: Path) -> None:
    text = WIDE + "P1;05/06/2024;Tư pháp;5;;4\nP2;06/2024;;Không biết;Hài lòng;1\n"
    rows = clean_text(tmp_path, text).rows
    first, second = (rows[rows["response_id"] == form] for form in ("P1", "P2"))
    assert first["question"].tolist() == ["I.1 Dễ tìm", "V.1 Đúng hẹn", "Đánh giá chung"]
    assert first["criterion"].tolist() == ["I", "V", "overall"]
    assert (scores(first), scores(second)) == ([5, None, 4], [None, 4, 1])
    assert (set(first["department"]), set(second["department"])) == ({"Tư pháp"}, {None})
    # A form that names only its month is dated to the month's first day.
    assert (set(days(first["answered_on"])), set(days(second["answered_on"]))) == (
        {"2024-06-05"},
        {"2024-06-01"},
    )


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        # A month speaks for the whole of it, as it does in a report of tasks.
        (("06/2024",), date(2024, 6, 1), date(2024, 6, 30)),
        (("05/2024", "12/06/2024"), date(2024, 5, 1), date(2024, 6, 12)),
        (("02/2024", "20/01/2024"), date(2024, 1, 20), date(2024, 2, 29)),
        (("05/06/2024",), date(2024, 6, 5), date(2024, 6, 5)),
    ],
)
def test_forms_of_a_month_reach_to_its_end(
    tmp_path: Path, written: tuple[str, ...], first: date, last: date
) -> None:
    rows = "".join(f"P{n};{day};I;Dễ tìm;5\n" for n, day in enumerate(written))
    cleaned = clean_text(tmp_path, LONG + rows)
    assert (cleaned.covered_from, cleaned.covered_to, cleaned.as_of) == (first, last, last)


@pytest.mark.parametrize(
    ("header", "criterion"),
    [
        ("I.1", "I"),
        ("Câu I.2 Thủ tục rõ ràng", "I"),
        ("câu hỏi II.1", "II"),
        ("Tiêu chí V", "V"),
        ("TC VI - Tiếp nhận phản ánh", "VI"),
        ("III) Thủ tục", "III"),
        ("IV", "IV"),
        ("Mức độ hài lòng chung", "overall"),
    ],
)
def test_questions_are_known_by_the_numeral_they_begin_with(
    tmp_path: Path, header: str, criterion: str
) -> None:
    text = f"Mã phiếu;Ngày khảo sát;Vị trí công tác;Ví dụ;{header}\nP1;05/06/2024;x;y;5\n"
    rows = clean_text(tmp_path, text).rows
    assert rows[["criterion", "question"]].to_numpy().tolist() == [[criterion, header]]


def test_counts_per_level_become_as_many_forms(tmp_path: Path) -> None:
    text = LEVELS + "06/2024;I;2;1;0;0;1\n06/2024;V;3;0;0;1;0\n06/2024;VI;0;0;0;0;0\n"
    cleaned = clean_text(tmp_path, text)
    by = {criterion: scores(part) for criterion, part in cleaned.rows.groupby("criterion")}
    assert by == {"I": [5, 5, 4, 1], "V": [5, 5, 5, 2], "VI": [None]}
    # The first forms of one criterion are the first of the next: four people, not nine.
    assert cleaned.rows["response_id"].nunique() == 4
    assert cleaned.replaces


def test_a_count_row_that_comes_again_replaces_all_its_forms(tmp_path: Path) -> None:
    text = LEVELS + "06/2024;I;2;1;0;0;1\n06/2024;I;1;0;0;0;0\n06/2024;I;x;0;0;0;0\n"
    cleaned = clean_text(tmp_path, text)
    assert (scores(cleaned.rows), cleaned.rows["row"].tolist()) == ([5], [3])
    assert (cleaned.repeated, cleaned.rejects["row"].tolist()) == (1, [4])


def test_counts_of_two_departments_are_two_groups_of_people(tmp_path: Path) -> None:
    text = LEVELS.replace("Tiêu chí", "Tiêu chí;Bộ phận") + (
        "06/2024;I;Tư pháp;2;0;0;0;0\n06/2024;I;Địa chính;1;0;0;0;0\n"
    )
    assert clean_text(tmp_path, text).rows["response_id"].nunique() == 3


def test_counts_of_several_days_of_a_month_are_several_groups_of_people(tmp_path: Path) -> None:
    text = LEVELS + "".join(f"{day}/06/2024;V;2;0;0;1;0\n" for day in ("03", "10", "17"))
    cleaned = clean_text(tmp_path, text)
    assert (len(cleaned.rows), cleaned.rows["response_id"].nunique()) == (9, 9)
    assert (cleaned.repeated, codes(cleaned)) == (0, [])


def test_counts_that_come_again_with_others_are_warned(tmp_path: Path) -> None:
    text = LEVELS + "06/2024;I;2;0;0;0;0\n06/2024;I;3;0;0;0;0\n06/2024;I;3;0;0;0;0\n"
    cleaned = clean_text(tmp_path, text)
    (warned,) = [one for one in cleaned.warnings if one.code == "differing_repeat"]
    assert (cleaned.repeated, warned.column, warned.examples) == (2, "Tiêu chí", [(2, "I")])


def test_a_form_that_comes_again_with_other_answers_is_warned(tmp_path: Path) -> None:
    text = LONG + (
        "P1;05/06/2024;I;x;5\nP1;05/06/2024;I;x;4\nP2;05/06/2024;I;x;4\nP2;05/06/2024;I;x;4\n"
    )
    cleaned = clean_text(tmp_path, text)
    (warned,) = [one for one in cleaned.warnings if one.code == "differing_repeat"]
    assert (cleaned.repeated, warned.column, warned.examples) == (2, "Mã phiếu", [(2, "P1")])
    once = "Mã phiếu;Ngày khảo sát;I.1 Dễ tìm;I.1 DỄ TÌM\nP1;05/06/2024;5;4\n"
    assert "differing_repeat" not in codes(clean_text(tmp_path, once))


def test_a_table_that_counts_more_answers_than_can_be_kept_is_refused(tmp_path: Path) -> None:
    text = LEVELS + "06/2024;I;600.000;0;0;0;0\n06/2024;V;400.001;0;0;0;0\n"
    with pytest.raises(RefusedFile, match=r"1\.000\.001 câu trả lời, quá giới hạn 1\.000\.000"):
        clean_text(tmp_path, text)


COUNTED = """
source = "survey"
[columns]
answered_on = "When"
question = "Asked"
score = "Said"
[defaults]
criterion = "I"
[values.score]
Great = 5
Good = 5
So-so = 3
Bad = 1
"n/a" = ""
[options]
counts = "People"
"""


def test_an_answer_may_say_how_many_people_gave_it(tmp_path: Path) -> None:
    text = (
        "When,Asked,Said,People\n2024-05,a,n/a,9\n2024-05,a,Bad,1\n2024-05,a,Good,2\n"
        '2024-05,a,So-so,0\n2024-05,a,Great,1\n2024-05,b,Good,"1,002"\n2024-05,b,Bad,x\n'
        "2024-05,b,Worst,3\n2024-05,a,Bad,2\n"
    )
    cleaned = clean_text(tmp_path, text, mapping=COUNTED)
    rows = cleaned.rows
    asked = rows[rows["question"] == "a"]
    assert scores(asked) == [5, 5, 5, 1, 1, None, None]
    assert asked["response_id"].tolist() == [f"|||#{place}" for place in range(1, 8)]
    assert (rows["question"] == "b").sum() == 1002
    assert cleaned.rejects["row"].tolist() == [8, 9]
    assert (cleaned.rows_read, cleaned.repeated, cleaned.replaces) == (9, 1, True)
    assert "differing_repeat" in codes(cleaned)
    with pytest.raises(RefusedFile, match=r"cột «People»: .*không phải số phiếu"):
        clean_text(tmp_path, re.sub(r",(\d)\n", r",0.\1\n", text), mapping=COUNTED)
    with pytest.raises(RefusedFile, match=r"không có cột số người trả lời «People»"):
        clean_text(tmp_path, text.replace("People", "n"), mapping=COUNTED)


@pytest.mark.parametrize("share", ["40%", "0,4", "0.4", "40,5"])
def test_a_table_of_shares_is_refused(tmp_path: Path, share: str) -> None:
    text = LEVELS + f"06/2024;I;{share};{share};0;0;0\n06/2024;II;0;{share};0;0;{share}\n"
    with pytest.raises(RefusedFile, match=r"dòng 2, cột «Rất hài lòng»: .*không phải số phiếu"):
        clean_text(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "Kỳ;I.1 Dễ tìm;People\n06/2024;5;12\n06/2024;4;3\n",
        LEVELS.replace("\n", ";People\n") + "06/2024;I;1;0;0;0;0;12\n",
    ],
)
def test_people_are_counted_of_answers_alone(tmp_path: Path, text: str) -> None:
    with pytest.raises(RefusedFile, match="mỗi dòng là một câu trả lời kèm số người chọn"):
        clean_text(tmp_path, text, source="survey", mapping='[options]\ncounts = "People"')


@pytest.mark.parametrize(
    ("counts", "is_warned"),
    [
        (("40;30;20;6;4", "35;35;15;10;4"), True),
        (("40;30;20;6;4", "35;35;15;10;3"), False),
        (("1.040;30;20;6;4", "1.035;35;15;10;5"), False),
    ],
)
def test_counts_that_may_be_whole_percentages_are_warned(
    tmp_path: Path, counts: tuple[str, ...], is_warned: bool
) -> None:
    text = LEVELS + "".join(f"06/2024;I;{row}\n" for row in counts)
    text = text.replace("I;35", "II;35").replace("I;1.035", "II;1.035")
    assert ("maybe_shares" in codes(clean_text(tmp_path, text))) == is_warned


@pytest.mark.parametrize("count", ["-1", "1,5", "hai", "1717377300"])
def test_a_broken_count_rejects_its_row(tmp_path: Path, count: str) -> None:
    text = LEVELS + f"06/2024;I;1;0;0;0;0\n06/2024;II;1;{count};0;0;0\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rejects[["row", "column", "value"]].to_numpy().tolist() == [
        [3, "Hài lòng", count]
    ]


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("5", 5),
        ("4,0", 4),
        ("Rất hài lòng", 5),
        ("hài lòng", 4),
        ("Bình thường", 3),
        ("Không hài lòng", 2),
        ("Rất không hài lòng", 1),
        ("", None),
        ("Không biết", None),
        ("Không ý kiến", None),
    ],
)
def test_scores(tmp_path: Path, answer: str, score: int | None) -> None:
    assert scores(clean_text(tmp_path, LONG + f"P1;05/06/2024;I;x;{answer}\n").rows) == [score]


@pytest.mark.parametrize("answer", ["7", "0", "4,5", "tuyệt vời"])
def test_an_invalid_score_rejects_every_row_of_its_form(tmp_path: Path, answer: str) -> None:
    text = LONG + (
        f"P1;05/06/2024;I;x;5\nP2;05/06/2024;I;x;4\nP1;05/06/2024;V;y;{answer}\n"
        "P1;05/07/2024;I;x;3\n"
    )
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rejects["row"].tolist() == [2, 4]
    assert cleaned.rejects["value"].tolist() == ["5", answer]
    assert "ở dòng khác" in cleaned.rejects["reason"][0]
    # The form of another month has the same number and is another form.
    assert cleaned.rows["row"].tolist() == [3, 5]


def test_words_beside_a_question_that_nobody_asks_for_break_no_form(tmp_path: Path) -> None:
    text = LONG + "P1;05/06/2024;I;Dễ tìm;5\nP1;05/06/2024;;Ý kiến khác;Xin cảm ơn\n"
    cleaned = clean_text(tmp_path, text)
    assert scores(cleaned.rows) == [5]
    assert cleaned.rejects[["row", "value"]].to_numpy().tolist() == [[3, "Ý kiến khác"]]


@pytest.mark.parametrize("points", [(6, 7), (6, 8, 10), (8, 9, 99)])
@pytest.mark.parametrize("is_wide", [True, False])
def test_answers_on_a_longer_scale_are_warned_of(
    tmp_path: Path, points: tuple[int, ...], is_wide: bool
) -> None:
    answers = [3] * (24 - len(points)) + [*points]
    lines = {
        True: ("Mã phiếu;Ngày khảo sát;I.1 Dễ tìm\n", "P{};05/06/2024;{}\n"),
        False: (LONG, "P{};05/06/2024;I;Dễ tìm;{}\n"),
    }
    header, line = lines[is_wide]
    few = header + "".join(line.format(n, answer) for n, answer in enumerate(answers))
    cleaned = clean_text(tmp_path, few)
    assert (len(cleaned.rejects), codes(cleaned)) == (len(points), [])
    many = few + "".join(line.format(n, answer) for n, answer in enumerate(points * 3, start=30))
    cleaned = clean_text(tmp_path, many)
    (warned,) = cleaned.warnings
    assert (warned.code, warned.count) == ("other_scale", len(points) * 4)
    assert len(cleaned.rejects) == warned.count
    assert f"{warned.count} trên {24 + len(points) * 3} câu trả lời" in warned.message
    assert "thang điểm khác" in warned.message


def test_an_invalid_score_rejects_a_wide_form(tmp_path: Path) -> None:
    cleaned = clean_text(tmp_path, WIDE + "P1;05/06/2024;;5;7;4\nP2;05/06/2024;;5;4;4\n")
    reject = cleaned.rejects.iloc[0]
    assert (reject["row"], reject["column"], reject["value"]) == (2, "V.1 Đúng hẹn", "7")
    assert set(cleaned.rows["response_id"]) == {"P2"}


def test_missing_scores_of_a_mapping_are_no_answers(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        {"a": [["Mã phiếu", "Ngày khảo sát", "q1", "q2"], [1, "05/06/2024", 9, 4]]},
    )
    adapt = (
        'source = "survey"\n[questions]\nq1 = "V"\nq2 = "overall"\n'
        '[options]\nmissing_scores = [9]\nsurvey = "quy"'
    )
    rows = clean(path, mapping=mapping_of(tmp_path, adapt)).rows
    assert scores(rows) == [None, 4]
    assert rows[["survey", "criterion", "response_id"]].to_numpy().tolist() == [
        ["quy", "V", "1"],
        ["quy", "overall", "1"],
    ]


def wide(folder: Path, answers: str, adapt: str) -> list[int | None]:
    """Return the scores of forms with one question each, one answer a line."""
    text = "Ngày khảo sát;q1;nhận xét\n" + "".join(f"05/06/2024;{a};\n" for a in answers.split())
    options = f'source = "survey"\n{adapt}\n[questions]\nq1 = "V"\n'
    return scores(clean_text(folder, text, mapping=options).rows)


def test_a_code_for_no_answer_is_none_of_the_levels_it_looks_like(tmp_path: Path) -> None:
    levels = "".join(f'"{theirs}" = {theirs + 1}\n' for theirs in range(5))
    adapt = f'[values.score]\n{levels}[options]\nresponse_id = "row"\nmissing_scores = [5]'
    assert wide(tmp_path, "0 1 2 3 4 5", adapt) == [1, 2, 3, 4, 5, None]


def test_whole_answers_are_known_with_the_decimals_that_programs_add(tmp_path: Path) -> None:
    adapt = (
        '[values.score]\n1 = 5\n2 = 4\n4 = 2\n5 = 1\n[options]\nresponse_id = "row"\n'
        'missing_scores = [9, "N/A"]'
    )
    answers = "1.0 2,0 3.0 4.00 5 9.0 n/a"
    assert wide(tmp_path, answers, adapt) == [5, 4, 3, 2, 1, None, None]


def test_a_word_may_be_translated_to_a_code_for_no_answer(tmp_path: Path) -> None:
    adapt = '[values.score]\n"DK" = 9\n[options]\nresponse_id = "row"\nmissing_scores = [9]'
    assert wide(tmp_path, "DK 9 4", adapt) == [None, None, 4]


def test_rows_may_number_themselves(tmp_path: Path) -> None:
    text = "Ngày khảo sát;I.1 Dễ tìm\n05/06/2024;5\n05/06/2024;x\n05/06/2024;4\n"
    adapt = '[options]\nresponse_id = "row"'
    cleaned = clean_text(tmp_path, text, source="survey", mapping=adapt)
    # A rejected row keeps its number: the others do not move up when it is corrected.
    assert cleaned.rows["response_id"].tolist() == ["1", "3"]
    assert cleaned.replaces


def test_the_last_answer_to_a_question_wins(tmp_path: Path) -> None:
    text = LONG + "P1;05/06/2024;I;x;5\nP1;05/06/2024;I;y;4\nP1;05/06/2024;I;x;1\n"
    cleaned = clean_text(tmp_path, text)
    assert (cleaned.rows["row"].tolist(), scores(cleaned.rows)) == ([3, 4], [4, 1])
    assert cleaned.repeated == 1


def test_spellings_of_one_question_are_one_question(tmp_path: Path) -> None:
    text = LONG + "P1;05/06/2024;I;Thái độ;5\nP1;05/06/2024;I;thái  độ;4\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rows[["row", "question"]].to_numpy().tolist() == [[3, "Thái độ"]]
    assert (scores(cleaned.rows), cleaned.repeated) == ([4], 1)
    counts = LEVELS.replace("Tiêu chí", "Tiêu chí;Câu hỏi") + (
        "06/2024;I;Thái độ;3;0;0;0;0\n06/2024;I;THÁI ĐỘ;0;1;0;0;0\n"
    )
    cleaned = clean_text(tmp_path, counts)
    assert (scores(cleaned.rows), cleaned.repeated) == ([4], 1)
    wide = "Mã phiếu;Ngày khảo sát;I.1 Dễ tìm;I.1 DỄ TÌM\nP1;05/06/2024;5;4\n"
    assert scores(clean_text(tmp_path, wide).rows) == [4]


def test_a_form_has_one_department_the_first_it_names(tmp_path: Path) -> None:
    text = LONG.replace("Mức độ", "Mức độ;Bộ phận") + (
        "P1;05/06/2024;I;x;5;\nP1;05/06/2024;I;y;4;Tư pháp\nP1;05/06/2024;V;z;4;Địa chính\n"
    )
    assert clean_text(tmp_path, text).rows["department"].tolist() == ["Tư pháp"] * 3


@pytest.mark.parametrize(
    ("words", "criterion"),
    [
        ("I", "I"),
        ("ii", "II"),
        ("6", "VI"),
        ("Tiêu chí IV: Công chức", "IV"),
        ("overall", "overall"),
        ("Đánh giá chung", "overall"),
    ],
)
def test_criteria_are_known_by_numeral_number_or_name(
    tmp_path: Path, words: str, criterion: str
) -> None:
    rows = clean_text(tmp_path, LONG + f"P1;05/06/2024;{words};;5\n").rows
    assert rows["criterion"].tolist() == [criterion]
    assert rows["question"].tolist() == [f"Tiêu chí {criterion}"]


def test_the_criterion_may_stand_in_the_question(tmp_path: Path) -> None:
    text = "Mã phiếu;Ngày khảo sát;Câu hỏi;Mức độ\nP1;05/06/2024;II.1 Chỗ ngồi;5\n"
    rows = clean_text(tmp_path, text).rows
    assert rows[["criterion", "question"]].to_numpy().tolist() == [["II", "II.1 Chỗ ngồi"]]


def test_rows_without_date_form_or_criterion_are_rejected(tmp_path: Path) -> None:
    text = LONG + "P1;05/06/2024;I;;5\nP2;;I;;5\n;05/06/2024;I;;5\nP4;05/06/2024;Vị trí;;5\n"
    cleaned = clean_text(tmp_path, text)
    assert cleaned.rejects[["row", "column"]].to_numpy().tolist() == [
        [3, "Ngày khảo sát"],
        [4, "Mã phiếu"],
        [5, "Tiêu chí"],
    ]
