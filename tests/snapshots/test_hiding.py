"""Small survey cells are gone from every Report of a snapshot; other counts stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.filters import Period
from dashboard.model import Section
from dashboard.snapshots.cells import HIDDEN_MARK, HIDDEN_WORD, printed_cell
from dashboard.snapshots.freezing import Frozen, freeze
from etl.loading import load_file
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.conftest import ENGINES

HEADER = "Mã phiếu,Ngày khảo sát,Bộ phận,Tiêu chí,Mức độ"
DEPARTMENTS = {"Tư pháp": 3, "Địa chính": 14, "Văn hóa": 9, "Tài chính": 25}
MONTHS = {"2024-01": 12, "2024-02": 2, "2024-03": 8, "2024-04": 15, "2024-05": 14}


@pytest.fixture(scope="module", params=ENGINES)
def small(
    request: pytest.FixtureRequest,
    empty_database: Callable[[str], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
    settings: Settings,
) -> Iterator[Frozen]:
    """A survey of five months and four departments, of which some are small; on each engine."""
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
    with empty_database(request.param) as url:
        engine = open_engine(url)
        load_file(engine, path, settings=settings, source="survey")
        with engine.connect() as connection:
            yield freeze(connection, settings=settings, period=Period("2024-05"))
        engine.dispose()


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


def test_what_is_to_be_directed_tells_no_hidden_month(small: Frozen) -> None:
    section = small.reports["overview"].section("directives")
    assert section.table is not None
    assert not section.table.rows["text"].str.contains("2/2024 chỉ có").any()


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
