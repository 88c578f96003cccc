"""Small survey cells are gone from every Report of a snapshot; other counts stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.metrics import find_metric
from dashboard.model import Section, Span
from dashboard.reports.directive import Directive, directive_table, listed
from dashboard.snapshots.cells import HIDDEN_MARK, printed_cell
from dashboard.snapshots.freezing import Edition, Frozen, freeze
from dashboard.snapshots.hiding import Hiding, hide
from dashboard.text import HIDDEN_WORD
from etl.loading import load_file
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.conftest import ENGINES

HEADER = "Mã phiếu,Ngày khảo sát,Bộ phận,Tiêu chí,Mức độ"
DEPARTMENTS = {"Tư pháp": 3, "Địa chính": 14, "Văn hóa": 9, "Tài chính": 25}
MONTHS = {"2024-01": 12, "2024-02": 2, "2024-03": 8, "2024-04": 15, "2024-05": 14}
DOSSIER_HEADER = (
    "Mã hồ sơ;Tên thủ tục;Bộ phận;Lĩnh vực;Ngày tiếp nhận;Ngày hẹn trả;Ngày kết thúc xử lý;"
    "Trạng thái;Đánh giá"
)
RATINGS = {"2024-01": 9, "2024-02": 3, "2024-03": 7, "2024-04": 8, "2024-05": 6}
Freeze = Callable[..., Frozen]


@pytest.fixture(scope="module", params=ENGINES)
def frozen_at(
    request: pytest.FixtureRequest,
    empty_database: Callable[[str], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
) -> Iterator[Freeze]:
    """A survey of five months and four departments, of which some are small, with as many rated
    dossiers, frozen at any month; on each engine.
    """
    rows = [HEADER]
    departments = [name for name, n in DEPARTMENTS.items() for _ in range(n)]
    months = [month for month, n in MONTHS.items() for _ in range(n)]
    assert len(departments) == len(months)
    for number, (department, month) in enumerate(zip(departments, months, strict=True)):
        for criterion in ("I", "II", "V"):
            level = 2 if number % 4 == 0 else 5
            rows.append(f"P{number:03d},{month}-10,{department},{criterion},{level}")
    path = tmp_path_factory.mktemp("small") / "khao_sat.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    rated = [DOSSIER_HEADER] + [
        f"H{month}-{number};Chứng thực;Tư pháp;Chứng thực;{month}-04;{month}-20;{month}-12;"
        "Đã trả kết quả;Hài lòng"
        for month, n in RATINGS.items()
        for number in range(n)
    ]
    ratings = path.with_name("ho_so.csv")
    ratings.write_text("\n".join(rated), encoding="utf-8")
    with empty_database(request.param) as url:
        engine = open_engine(url)
        load_file(engine, path, settings=settings, source="survey", as_of=date(2024, 5, 31))
        load_file(engine, ratings, settings=settings, source="dossier", as_of=date(2024, 5, 31))

        @cache
        def at(month: str, edition: Edition = "external") -> Frozen:
            with engine.connect() as connection:
                return freeze(connection, settings=settings, period=Period(month), edition=edition)

        yield at
        engine.dispose()


@pytest.fixture
def small(frozen_at: Freeze) -> Frozen:
    """May, of which the survey itself may be told."""
    return frozen_at("2024-05")


def printed(section: Section) -> dict[str, list[str]]:
    assert section.table is not None
    first, *rest = section.table.columns
    return {
        printed_cell(row, first): [printed_cell(row, column) for column in rest]
        for row in section.table.rows.to_dict("records")
    }


def test_small_departments_are_hidden_with_the_next_smallest(small: Frozen) -> None:
    rows = printed(small.reports["satisfaction"].section("by_department"))
    for name, cells in rows.items():
        is_hidden = name in ("Tư pháp", "Văn hóa")
        assert all((cell == HIDDEN_WORD) == is_hidden for cell in cells), name
    chart = small.reports["satisfaction"].section("by_department").chart
    assert chart is not None
    assert set(chart.frame["label"]) == {"Địa chính", "Tài chính"}


def test_a_small_month_is_hidden_wherever_it_stands(small: Frozen) -> None:
    hidden = ("2024-02", "2024-03")
    for code in ("overview", "satisfaction"):
        section = small.reports[code].section("satisfaction_trend")
        assert section.table is not None and section.chart is not None
        for frame in (section.table.rows, section.chart.frame):
            gone = frame[frame["month"].isin(hidden)]
            assert len(gone) == 2
            assert (
                gone[["numerator", "denominator", "n", "value", "low", "high"]].isna().all().all()
            )
            assert frame[~frame["month"].isin(hidden)]["n"].notna().all()
        for kpi in small.reports[code].kpis:
            if kpi.spark is not None and kpi.metric.startswith(("satisfaction", "survey")):
                months = kpi.spark.frame.set_index("month")
                assert months.loc[list(hidden), "value"].isna().all()
    figures = small.summary.section("figures").table
    assert figures is not None
    rows = figures.rows
    shown = rows[(rows["metric"] == "survey_responses") & rows["member"].isin(hidden)]
    assert shown["numerator"].isna().all()
    assert set(shown["value"]) == {HIDDEN_WORD}


@pytest.mark.parametrize(
    ("report", "code"), [("overview", "directives"), ("meeting", "preparation")]
)
def test_what_is_to_be_directed_tells_no_hidden_month(
    frozen_at: Freeze, report: str, code: str
) -> None:
    for month, is_told in (("2024-02", False), ("2024-03", True), ("2024-05", True)):
        section = frozen_at(month, "internal").reports[report].section(code)
        assert section.table is not None
        assert set(section.table.rows["rule"]) & {"small_survey"} == (
            {"small_survey"} if is_told else set()
        )
        assert any("chỉ có" in text for text in section.table.rows["text"]) == is_told
        assert any(item["rule"] == "small_survey" for item in section.data["items"]) == is_told
    if code == "preparation":
        words = "".join(span.text for span in section.sentence)
        assert words == f"Còn {len(section.table.rows)} việc phải chuẩn bị"


def test_a_change_of_persons_answers_is_told_of_shown_months_alone(small: Frozen) -> None:
    def change(about: str, *months: str) -> Directive:
        return Directive("signal", about, (Span(f"{about} {months}"),), "", "", "", months=months)

    items = [
        change("satisfaction_index", "2024-02"),
        change("satisfaction_index", "2024-01", "2024-02", "2024-03"),
        change("satisfaction_index", "2024-04"),
        change("rating3_rate", "2024-03"),
        change("late_rate", "2024-02"),
        change("Tư pháp", "2024-02"),
    ]
    section = replace(
        small.reports["overview"].section("directives"),
        table=directive_table(items, head="Việc"),
        data={"items": [listed(item) for item in items[:2]], "table_label": "Cả 6 việc"},
    )
    none: frozenset[str] = frozenset()
    hiding = Hiding(
        months=frozenset({"2024-02"}),
        judged={},
        criteria=none,
        previous=none,
        windows=none,
        rating_months=frozenset({"2024-03"}),
        ratings=none,
        period_window="",
        year_window="",
    )
    (told,) = hide(replace(small.reports["overview"], sections=(section,)), hiding).sections
    assert told.table is not None
    assert told.table.rows["about"].tolist() == ["satisfaction_index", "late_rate", "Tư pháp"]
    assert told.data == {"items": [], "table_label": "Cả 3 việc"}


def test_the_words_about_a_task_tell_no_hidden_month(frozen_at: Freeze) -> None:
    may, february = frozen_at("2024-05"), frozen_at("2024-02")
    section = may.reports["tasks"].section("matrix")
    (task,) = [one for one in section.data["tasks"] if one["code"] == "VI.1"]
    said = dict(zip(section.data["months"], task["details"], strict=True))
    for month in ("2024-02", "2024-03"):
        assert f"; phiếu khảo sát {HIDDEN_WORD}" in said[month], said[month]
    assert "; phiếu khảo sát 15" in said["2024-04"]
    strip = february.reports["overview"].section("task_strip")
    assert strip.data["month"] == "2024-02"
    assert strip.table is not None
    details = dict(zip(strip.table.rows["code"], strip.table.rows["detail"], strict=True))
    assert details == {
        one["code"]: one["detail"] for group in strip.data["criteria"] for one in group["tasks"]
    }
    for code, what in (("VI.1", "phiếu khảo sát"), ("II.1", "chỉ số hài lòng tiêu chí II")):
        assert f"{what} {HIDDEN_WORD}" in details[code], details[code]
    # What is not met is said once more, with its reading.
    notes = dict(strip.data["notes"])
    assert notes["II.1 chưa đạt"] == f"chỉ số hài lòng tiêu chí II {HIDDEN_WORD}"


def test_a_small_month_is_hidden_where_periods_are_compared(frozen_at: Freeze) -> None:
    for month, hidden in (
        ("2024-02", {"now", "before", "change"}),
        ("2024-03", {"before", "change"}),
        ("2024-05", set()),
    ):
        table = frozen_at(month).reports["satisfaction"].section("comparison").table
        assert table is not None
        for row in table.rows.to_dict("records"):
            gone = {key for key, cell in row.items() if cell == HIDDEN_WORD}
            assert gone - {"year_change"} == hidden, (month, row)


def test_few_ratings_are_hidden_where_they_stand(frozen_at: Freeze) -> None:
    label = find_metric("rating3_rate").label
    for month, is_told in (("2024-02", False), ("2024-05", True)):
        frozen = frozen_at(month)
        compared = frozen.reports["dossiers"].section("comparison").table
        figures = frozen.summary.section("figures").table
        assert compared is not None and figures is not None
        now = compared.rows.set_index("label").loc[label, "now"]
        value = figures.rows.set_index("metric").loc["rating3_rate", "value"]
        assert (now != HIDDEN_WORD) == (value != HIDDEN_WORD) == is_told, month


def test_nothing_hidden_is_left_in_the_file(small: Frozen) -> None:
    for report in small.reports.values():
        for section in report.sections:
            if section.table is not None and HIDDEN_MARK in section.table.rows:
                rows = section.table.rows
                numbers = rows[rows[HIDDEN_MARK]].select_dtypes("number")
                assert numbers.isna().all().all(), section.code
    assert b'"is_hidden"' in small.json


def test_a_survey_of_three_forms_gives_no_figure_at_all(
    engine: Engine, tmp_path: Path, settings: Settings
) -> None:
    rows = [HEADER, *(f"P{n},2024-05-1{n},Tư pháp,I,5" for n in range(3))]
    path = tmp_path / "khao_sat.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    load_file(engine, path, settings=settings, source="survey")
    with engine.connect() as connection:
        frozen = freeze(connection, settings=settings, period=Period("2024-05"))
    for report in frozen.reports.values():
        for kpi in report.kpis:
            if kpi.metric in ("satisfaction_index", "survey_responses"):
                assert kpi.missing is not None and kpi.value == "–"
    assert frozen.reports["satisfaction"].section("by_department").missing is not None
    dictionary = frozen.reports["data"].section("dictionary").table
    assert dictionary is not None
    worked = dictionary.rows.set_index("code")["worked"]
    for code in ("satisfaction_index", "satisfaction_mean", "survey_responses"):
        assert worked[code] == HIDDEN_WORD


def test_the_demonstration_hides_nothing_it_need_not(june: Frozen) -> None:
    for code in ("satisfaction_trend", "criteria_index", "by_channel"):
        section = june.reports["satisfaction"].section(code)
        assert section.missing is None
        assert section.table is not None
        assert all(HIDDEN_WORD not in cells for cells in printed(section).values())
