"""Slides as pure functions of Reports: which there are, what they say, what is left out and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine, update

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.filters import Filters, Period
from dashboard.meeting.decisions import open_decisions, taken
from dashboard.meeting.departments import MOST_DOSSIERS, TITLE, department_slides
from dashboard.meeting.fitting import LAYOUTS, NARROW, fit, pages
from dashboard.meeting.html import overview_html
from dashboard.meeting.slide import (
    Ladder,
    LeftOut,
    Number,
    Point,
    Points,
    Slide,
    TaskBoard,
    Tiles,
    tied_headline,
    words,
)
from dashboard.meeting.slides import build_slides, glance, late, ranking, satisfaction
from dashboard.metrics import measure
from dashboard.model import Chart, Missing, Report, Span, Verdict
from dashboard.reports.context import open_context
from dashboard.reports.kpis import satisfaction_kpi
from dashboard.reports.meeting import build_meeting_report
from dashboard.reports.satisfaction import build_satisfaction_report
from dashboard.snapshots.freezing import MEETING, Frozen
from etl.settings import Settings
from etl.tables import plan
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, load_text
from tests.meeting.conftest import frozen_at
from tests.meeting.offices import LONG_NAMES, LONG_TEXT, decide, say

ORDER = [
    *("glance", "satisfaction", "criteria", "ranking", "late"),
    *(f"department-{number}" for number in range(1, 7)),
    *("intake", "supplements", "feedback", "tasks", "open_decisions", "needed", "taken"),
]


def by_code(frozen: Frozen) -> dict[str, Slide]:
    return {slide.code: slide for slide in build_slides(frozen.reports).shown}


def points_of(slide: Slide) -> tuple[Point, ...]:
    assert isinstance(slide.body, Points)
    return slide.body.points


def test_every_slide_stands_in_its_place(june: Frozen) -> None:
    built = build_slides(june.reports)
    assert [slide.code for slide in built.shown] == ORDER
    assert built.left_out == ()
    assert all(plain_text(slide.sentence) for slide in built.shown)
    assert all(slide.table is not None for slide in built.shown if isinstance(slide.body, Chart))
    assert all(len(slide.numbers) <= 3 for slide in built.shown)


def test_numbers_are_those_that_measure_gives(meeting_engine: Engine, june: Frozen) -> None:
    slides = by_code(june)
    with meeting_engine.connect() as connection:
        options = {"months": ("2024-06", "2024-06"), "units": ["21646"]}
        rate = measure(connection, "late_rate", **options).iloc[0]
        intake = measure(connection, "intake_within_8h_rate", **options).iloc[0]
        asked = measure(connection, "supplemented_rate", **options).iloc[0]
        resolved = measure(
            connection, "dossiers_resolved", by=("department",), **options
        ).set_index("department")["numerator"]
    values = [number.value for number in slides["late"].numbers]
    assert values[0] == fmt.percent_of(rate["numerator"], rate["denominator"])
    assert values[1] == fmt.count_of(rate["numerator"], rate["denominator"], "hồ sơ")
    values = [number.value for number in slides["intake"].numbers]
    assert values[:2] == [
        fmt.percent_of(row["numerator"], row["denominator"]) for row in (intake, asked)
    ]
    for slide in slides.values():
        if slide.code.startswith("department"):
            assert slide.numbers[0].value == fmt.count(resolved[slide.title])


def test_the_baseline_is_of_the_year_that_the_plan_names(
    meeting_engine: Engine, settings: Settings
) -> None:
    filters = Filters(period=Period("2024-06"))
    with meeting_engine.connect() as connection:
        connection.execute(update(plan).values(baseline_year=2022))
        context = open_context(connection, settings=settings, filters=filters)
        slide = satisfaction(build_satisfaction_report(context))
        change = satisfaction_kpi(context).row("change")
        connection.rollback()
    assert isinstance(slide, Slide)
    assert Number(change.value, "so với mốc 2022") in slide.numbers


def test_the_ranking_shows_our_rung_and_those_around_it(june: Frozen) -> None:
    slide = by_code(june)["ranking"]
    assert isinstance(slide.body, Ladder)
    ranks = [rung["rank"] for rung in slide.body.rungs]
    assert ranks == list(range(ranks[0], ranks[0] + 7))
    assert [rung["rank"] for rung in slide.body.rungs if rung["is_own"]] == [4]
    assert plain_text(slide.sentence).startswith("Hạng tạm 4")
    assert slide.numbers[0].words == "hạng tạm 4"
    assert slide.numbers[1] == Number("1–10", "hạng có thể ở, theo số phiếu")


def test_tasks_stand_by_criterion_with_the_state_of_the_month(june: Frozen) -> None:
    slide = by_code(june)["tasks"]
    assert isinstance(slide.body, TaskBoard)
    states = {
        task["code"]: task["state"] for group in slide.body.criteria for task in group["tasks"]
    }
    assert len(states) == 18
    assert {code for code, state in states.items() if state == "not_met"} == {"V.2", "V.3"}


def test_a_cell_is_found_by_its_metric_whatever_it_is_called(june: Frozen) -> None:
    dossiers = june.reports["dossiers"]
    strip = dossiers.section("strip")
    cells = [{**one, "label": f"Ô {number}"} for number, one in enumerate(strip.data["cells"])]
    # A metric has one cell: what is looked up by it is what it shows.
    metrics = [one["metric"] for one in cells if one["metric"]]
    assert len(metrics) == len(set(metrics))
    sections = tuple(
        replace(one, data={**one.data, "cells": cells}) if one is strip else one
        for one in dossiers.sections
    )
    slide = late(replace(dossiers, sections=sections), june.summary.kpis)
    assert isinstance(slide, Slide)
    assert slide.numbers == by_code(june)["late"].numbers
    assert [one.words for one in slide.numbers if one.words.startswith("hồ sơ quá hạn")]


# Departments --------------------------------------------------------------------------------------


def test_a_department_explains_its_late_dossiers_and_says_what_is_hard(june: Frozen) -> None:
    slides = {slide.title: slide for slide in build_slides(june.reports).shown}
    slide = slides["Tư pháp – Hộ tịch"]
    assert plain_text(slide.sentence) == (
        "Tư pháp – Hộ tịch: 1 hồ sơ quá hạn chưa xong; 2 trên 105 hồ sơ đã xong bị trễ"
    )
    heads = [point.head for point in points_of(slide)]
    assert heads == [
        "Chứng thực bản sao từ bản chính",
        "Đăng ký khai tử",
        "Xác nhận tình trạng hôn nhân",
        "Khó khăn nêu ra",
        "Lãnh đạo đánh giá",
    ]
    first, second, *_ = points_of(slide)
    assert first.text == "Xong trễ, 2 ngày làm việc. Phần mềm một cửa gián đoạn"
    # Of what is still open, too, a file may say why.
    assert (second.text, second.tone) == (
        "Quá hạn chưa xong, 2 ngày làm việc. Chờ ý kiến của cơ quan chuyên môn cấp trên",
        "concern",
    )
    silent = [
        point
        for one in slides.values()
        if isinstance(one.body, Points)
        for point in one.body.points
        if point.text.endswith("Chưa ghi nguyên nhân")
    ]
    assert silent
    assert {point.tone for point in silent} == {"notice"}
    assert points_of(slide)[3].text == LONG_TEXT.strip()
    quiet = slides["Ban CHQS xã"]
    assert points_of(quiet)[0].head == "Không có hồ sơ nào phải giải trình"


def test_what_a_department_resolved_is_what_its_sentence_counts_and_what_had_no_due_date(
    june: Frozen,
) -> None:
    undated = 0
    for slide in department_slides(june.reports):
        counted = re.search(r"(?:trên |: |; )(\d+) hồ sơ đã xong", plain_text(slide.sentence))
        (resolved,) = [one for one in slide.numbers if "đã giải quyết" in one.words]
        without = re.search(r", (\d+) không có hạn", resolved.words)
        undated += int(without[1]) if without else 0
        assert counted is not None
        assert int(resolved.value) == int(counted[1]) + (int(without[1]) if without else 0)
    assert undated


def test_a_department_has_its_own_tasks_before_those_of_all(june: Frozen) -> None:
    slides = {slide.title: slide for slide in build_slides(june.reports).shown}
    office = {point.head: point.text for point in points_of(slides["Văn phòng – Thống kê"])}
    assert office["Nhiệm vụ chủ trì chưa trọn"] == "V.3 chưa đạt; II.1, V.5 và VI.2 đạt một phần"
    money = {point.head: point.text for point in points_of(slides["Tài chính – Kế toán"])}
    assert money["Nhiệm vụ chủ trì chưa trọn"] == "II.1 đạt một phần"


def test_what_all_departments_have_together_is_said_once(june: Frozen) -> None:
    slides = by_code(june)
    assert slides["tasks"].note == (
        "Nhiệm vụ làm chung: V.3 chưa đạt; III.2, IV.2, V.5 và VI.2 đạt một phần"
    )
    said = [
        point.head
        for slide in slides.values()
        if slide.code.startswith("department")
        for point in points_of(slide)
    ]
    assert said
    assert not [head for head in said if "làm chung" in head]


def test_many_late_dossiers_go_on_in_the_table(office: Callable[[int], Frozen]) -> None:
    frozen = office(1)
    meeting = frozen.reports[MEETING]
    section = meeting.section("late")
    assert section.table is not None
    many = pd.concat([section.table.rows] * 4, ignore_index=True)
    sections = tuple(
        replace(one, table=replace(section.table, rows=many)) if one.code == "late" else one
        for one in meeting.sections
    )
    reports = {**frozen.reports, MEETING: replace(meeting, sections=sections)}
    (slide,) = department_slides(reports)
    assert isinstance(slide, Slide)
    heads = [point.head for point in points_of(slide)]
    assert f"Và {len(many) - MOST_DOSSIERS} dòng nữa trong bảng (phím T)" in heads
    assert slide.table is not None
    assert len(slide.table.rows) == len(many)


@pytest.mark.parametrize("departments", [1, 12])
def test_each_department_has_its_slide(office: Callable[[int], Frozen], departments: int) -> None:
    slides = department_slides(office(departments).reports)
    assert sorted(one.title for one in slides) == sorted(LONG_NAMES[:departments])


def test_an_external_deck_counts_and_names_no_dossier(
    meeting_engine: Engine, settings: Settings
) -> None:
    frozen = frozen_at(meeting_engine, settings, "2024-06", edition="external")
    slides = {slide.title: slide for slide in build_slides(frozen.reports).shown}
    first = points_of(slides["Tư pháp – Hộ tịch"])[0]
    assert first.text.startswith("1 hồ sơ, lâu nhất")
    tables = [slide.table for slide in slides.values() if slide.table is not None]
    assert not any("dossier_code" in {c.key for c in table.columns} for table in tables)


def test_a_department_that_only_owes_dossiers_must_explain_them_outside_too(
    engine: Engine, tmp_path: Path, settings: Settings
) -> None:
    received = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "26/06/2024"}
    resolved = {**received, "Bộ phận": "Địa chính", "Ngày kết thúc xử lý": "25/06/2024"}
    load_text(engine, tmp_path, dossiers(received, resolved), as_of=date(2024, 6, 28))
    frozen = frozen_at(engine, settings, "2024-06", edition="external")
    slides = {slide.title: slide for slide in build_slides(frozen.reports).shown}
    owing = slides["Tư pháp"]
    assert plain_text(owing.sentence) == (
        "Tư pháp: 1 hồ sơ quá hạn chưa xong; không có hồ sơ có hạn nào xong trong kỳ"
    )
    assert points_of(owing)[0].text == "1 hồ sơ quá hạn chưa xong, lâu nhất 2 ngày làm việc"
    assert owing.table is not None
    assert points_of(slides["Địa chính"])[0].head == "Không có hồ sơ nào phải giải trình"


FEEDBACK = (
    "Mã PAKN;Nguồn;Phân loại;Đơn vị xử lý;Ngày gửi;Ngày trả lời;Trạng thái\n"
    "P1;Cổng thông tin;Kiến nghị;Tư pháp;03/06/2024;05/06/2024;Đã trả lời\n"
)


@pytest.mark.parametrize(
    ("others", "head", "text"),
    [
        (
            (),
            "Chưa có số liệu hồ sơ của kỳ này",
            "Tháng 6/2024 chưa có số liệu hồ sơ. Đây không phải 0.",
        ),
        (
            ({"Ngày tiếp nhận": "03/06/2024", "Bộ phận": "Địa chính"},),
            "Không có hồ sơ nào trong kỳ",
            "",
        ),
    ],
)
def test_a_department_of_feedback_alone_has_no_dossiers_to_explain(
    engine: Engine,
    tmp_path: Path,
    settings: Settings,
    others: tuple[dict[str, str], ...],
    head: str,
    text: str,
) -> None:
    load_text(engine, tmp_path, FEEDBACK, as_of=date(2024, 6, 30))
    if others:
        load_text(engine, tmp_path, dossiers(*others), as_of=date(2024, 6, 30))
    frozen = frozen_at(engine, settings, "2024-06")
    slides = {slide.title: slide for slide in build_slides(frozen.reports).shown}
    slide = slides["Tư pháp"]
    assert (points_of(slide)[0].head, points_of(slide)[0].text) == (head, text)
    assert plain_text(slide.sentence) == f"Tư pháp: {fmt.lower_first(head)}"
    assert [number.words for number in slide.numbers] == [
        "phản ánh nhận được, trả lời đúng hạn 1/1"
    ]
    if others:
        assert points_of(slides["Địa chính"])[0].head == "Không có hồ sơ nào phải giải trình"


def test_feedback_that_is_not_loaded_is_no_zero(office: Callable[[int], Frozen]) -> None:
    (slide,) = department_slides(office(1).reports)
    assert isinstance(slide, Slide)
    assert slide.numbers
    assert not [number for number in slide.numbers if "phản ánh" in number.words]


# Decisions ----------------------------------------------------------------------------------------


def test_open_decisions_come_back_and_what_was_decided_is_told(june: Frozen) -> None:
    slides = by_code(june)
    still_open = slides["open_decisions"]
    assert plain_text(still_open.sentence) == (
        "2 kết luận của các kỳ trước chưa xong, 1 đã quá hạn"
    )
    overdue, due = points_of(still_open)
    assert (overdue.tone, due.tone) == ("concern", "plain")
    # The day it was due is said once, then how long ago that was.
    assert overdue.aside == "Địa chính – Xây dựng · hạn 10/06/2024 · Quá hạn 20 ngày"
    assert due.head == "Niêm yết đường dây nóng"
    assert due.aside == "Một cửa · hạn 30/07/2024 · Đang làm"
    decided = slides["taken"]
    assert plain_text(decided.sentence) == "7 việc đã quyết"
    assert points_of(decided)[0] == Point("Kết luận chung", LONG_TEXT.strip(), is_whole=True)
    assert len(points_of(decided)) == 8


def test_what_was_closed_since_the_month_began_is_listed_and_not_counted_as_open(
    sqlite_url: str, tmp_path: Path, settings: Settings
) -> None:
    engine = open_engine(sqlite_url)
    load_text(engine, tmp_path, dossiers({"Ngày tiếp nhận": "03/06/2024"}))
    for number, what in enumerate(("Niêm yết", "Mua máy quét"), start=1):
        decide(engine, "2024-05", number, what, who="Một cửa", due_on="2024-07-30")
    june = Filters(period=Period("2024-06"))

    def reported() -> Report:
        with engine.connect() as connection:
            context = open_context(connection, settings=settings, filters=june)
            return build_meeting_report(context)

    say(engine, "decision", "state", "closed", month="2024-05", subject="2024-05-1")
    report = reported()
    say(engine, "decision", "state", "closed", month="2024-05", subject="2024-05-2")
    all_done = open_decisions(reported())
    engine.dispose()
    assert plain_text(report.sentence).endswith("; 1 kết luận trước chưa xong.")
    section = report.section("open_decisions")
    assert plain_text(section.sentence) == "Kết luận các kỳ trước chưa xong: 1"
    assert section.table is not None
    assert section.table.rows["state"].tolist() == ["Đã xong", "Đang làm"]
    slide = open_decisions(report)
    assert isinstance(slide, Slide)
    assert plain_text(slide.sentence) == "1 trên 2 kết luận của các kỳ trước chưa xong"
    assert isinstance(all_done, Slide)
    assert plain_text(all_done.sentence) == "2 kết luận của các kỳ trước đã xong"


def test_what_needs_a_decision_is_said_once(june: Frozen) -> None:
    slide = by_code(june)["needed"]
    heads = [point.head for point in points_of(slide)]
    assert len(heads) == len(set(heads))
    assert "1 hồ sơ quá hạn, lâu nhất 2 ngày làm việc" in heads
    assert slide.table is not None
    assert not slide.table.rows["detail"].str.startswith(tuple(slide.table.rows["level"])).any()


# Left out -----------------------------------------------------------------------------------------


def test_a_month_without_data_leaves_its_slides_out_and_says_why(
    meeting_engine: Engine, settings: Settings
) -> None:
    built = build_slides(frozen_at(meeting_engine, settings, "2019-01").reports)
    gone = {one.code: one for one in built.left_out}
    assert {"glance", "satisfaction", "criteria", "late", "departments", "intake"} <= set(gone)
    assert gone["departments"].title == TITLE
    assert "Tháng 1/2019 chưa có số liệu hồ sơ" in gone["late"].reason
    assert all(one.reason for one in built.left_out)
    assert not set(gone) & {slide.code for slide in built.shown}
    listed = overview_html(built.shown, built.left_out)
    assert "Không có trong bản này" in listed
    assert all(f"<b>{one.title}</b>: {one.reason}" in listed for one in built.left_out)


def test_a_snapshot_without_a_record_says_so(june: Frozen) -> None:
    reports = {code: report for code, report in june.reports.items() if code != MEETING}
    built = build_slides(reports)
    gone = {one.code: one.reason for one in built.left_out}
    assert gone == dict.fromkeys(
        ("open_decisions", "taken"), "Số liệu đã chụp không kèm biên bản họp."
    )
    assert sum(slide.code.startswith("department") for slide in built.shown) == 6


def test_nothing_decided_yet_leaves_the_slide_out(
    meeting_engine: Engine, settings: Settings
) -> None:
    meeting = frozen_at(meeting_engine, settings, "2024-03").reports[MEETING]
    assert open_decisions(meeting) == LeftOut(
        "open_decisions",
        "Kết luận trước chưa xong",
        "Các kỳ trước không còn kết luận nào chưa xong.",
    )
    assert isinstance(taken(meeting), LeftOut)


def test_a_section_that_misses_its_figure_gives_its_reason(june: Frozen) -> None:
    def without(report: Report, code: str) -> Report:
        sections = tuple(
            replace(one, chart=None, missing=Missing("no_data", "Chưa nạp tệp nào."))
            if one.code == code
            else one
            for one in report.sections
        )
        return replace(report, sections=sections)

    kpis = june.summary.kpis
    gone = late(without(june.reports["dossiers"], "late_by_department"), kpis)
    assert gone == LeftOut("late", "Trễ hạn theo bộ phận", "Chưa nạp tệp nào.")
    gone = ranking(without(june.reports["ranking"], "ladder"))
    assert gone == LeftOut("ranking", "Xếp hạng", "Chưa nạp tệp nào.")


def test_a_headline_breaks_neither_at_a_count_nor_inside_its_noun() -> None:
    (said,) = tied_headline(
        (Span("Tài chính – Kế toán: 10 hồ sơ, 1 trên 111 hồ sơ trễ tháng 12/2024, 4,0 điểm"),)
    )
    assert said.text.split(" ") == [
        "Tài",
        "chính\u00a0–",
        "Kế",
        "toán:",
        "10\u00a0hồ\u00a0sơ,",
        "1\u00a0trên\u00a0111\u00a0hồ\u00a0sơ",
        "trễ",
        "tháng",
        "12/2024,",
        "4,0\u00a0điểm",
    ]


def test_a_card_without_a_number_says_why_on_its_tile(june: Frozen) -> None:
    overview = june.reports["overview"]
    silent = replace(overview.kpis[1], missing=Missing("no_data", "Chưa có hồ sơ."))
    changed = replace(overview, kpis=(overview.kpis[0], silent, *overview.kpis[2:]))
    slide = glance(changed, june.summary)
    assert isinstance(slide, Slide)
    assert isinstance(slide.body, Tiles)
    why = (Span("Chưa có hồ sơ.", strong=True, tone="notice"),)
    assert slide.body.numbers[1] == Number("–", silent.label, "notice", why)


def test_each_judgement_of_a_tile_has_its_own_tone(june: Frozen) -> None:
    """One colour for the whole line said of an ordinary month that it is wrong."""
    overview = june.reports["overview"]
    said = (Verdict("wave", "Dao động thường"), Verdict("x-circle", "Chưa đạt", "concern"))
    changed = replace(overview, kpis=(replace(overview.kpis[0], verdicts=said),))
    slide = glance(changed, june.summary)
    assert isinstance(slide, Slide) and isinstance(slide.body, Tiles)
    (number,) = slide.body.numbers
    assert [(span.text, span.tone) for span in number.detail] == [
        ("Dao động thường", "plain"),
        ("; ", "plain"),
        ("chưa đạt", "concern"),
    ]


# Fitting ------------------------------------------------------------------------------------------


def test_a_long_list_goes_on_and_loses_no_word_that_stands_nowhere_else(june: Frozen) -> None:
    slide = by_code(june)["taken"]
    found = pages(slide)
    assert len(found) > 1
    assert [(one.page, one.pages) for one in found] == [
        (number, len(found)) for number in range(1, len(found) + 1)
    ]
    assert len({one.code for one in found}) == len(found)
    points = [point for one in found for point in points_of(one)]
    said = " ".join(point.text for point in points if point.head.startswith("Kết luận chung"))
    assert said == LONG_TEXT.strip()
    assert sum(point.head.startswith("Việc thứ") for point in points) == 7


def heads_of_pages(slide: Slide) -> list[list[str]]:
    return [[point.head for point in points_of(one)] for one in pages(slide)]


def test_a_page_more_is_filled_like_the_others() -> None:
    def lengths(count: int) -> list[int]:
        points = (Point("Một việc", "Ai làm, hạn"),) * count
        return [len(one) for one in heads_of_pages(Slide("x", "X", words("Việc"), Points(points)))]

    # One more than a page holds.
    count = next(number for number in range(1, 40) if len(lengths(number)) > 1)
    first, second = lengths(count)
    assert first + second == count
    assert abs(first - second) <= 1


def test_no_text_is_broken_only_to_fill_pages_alike() -> None:
    long = Point("Khó khăn", LONG_TEXT[:400], is_whole=True)
    short = [Point(f"Việc {number}", "Ai làm, hạn") for number in range(4)]
    for points in ((*short, long), (long, *short, long), (long, long, long)):
        found = heads_of_pages(Slide("x", "X", words("Việc"), Points(points)))
        assert len(found) > 1
        assert not [head for one in found for head in one if head.endswith("(tiếp)")]


def test_a_short_list_stays_on_one_page() -> None:
    slide = Slide("x", "X", words("Một việc"), Points((Point("Một", "hai", "ba"),)))
    assert pages(slide) == [slide]


def test_a_longer_sentence_is_smaller_and_leaves_less_room() -> None:
    body = Points((Point("Một"),))
    for layout in LAYOUTS:
        sizes = [
            fit(Slide("x", "X", words("một câu dài vừa phải " * times), body), layout)
            for times in (1, 8, 16)
        ]
        found = [one.sentence for one in sizes]
        assert found == sorted(found, reverse=True)
        assert (found[0], found[-1]) == (layout.sentence[0], layout.sentence[-1])
        assert sizes[0].height > sizes[-1].height
        assert min(layout.sentence) > layout.text


def test_numbers_shrink_before_they_overflow() -> None:
    long = Number("1.234.567 hồ sơ", "một dòng chữ dài bên dưới con số " * 2)
    numbers = (long,) * 3
    short = tuple(replace(one, value="4", words="hồ sơ") for one in numbers)
    slide = Slide("x", "X", words("Câu"), Points((Point("Một"),)), numbers=numbers)
    assert fit(slide, NARROW).value < fit(replace(slide, numbers=short), NARROW).value
