"""What the pages say is what ``measure`` says, and nothing is shown without its table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from dash import html
from sqlalchemy import Connection, Engine

from dashboard import formatting as fmt
from dashboard import shell
from dashboard.components.cards import how_to_read
from dashboard.components.picks import PICKS
from dashboard.components.view import View
from dashboard.components.words import plain_text
from dashboard.figures import FORMS
from dashboard.filters import Filters, Period
from dashboard.metrics import measure
from dashboard.model import Report
from dashboard.pages import PAGES, find_page
from dashboard.reports import glossary
from dashboard.reports.comparison import figure_words
from dashboard.reports.context import open_context
from dashboard.reports.form_ii06a import form_ii06a
from dashboard.reports.satisfaction import lowest_words
from dashboard.text import HOW_TO_READ
from dashboard.theme import DARK, LIGHT
from etl.catalogue.metrics import METRICS
from etl.catalogue.sources import SOURCES
from tests.etl.loaders import dossiers, load_text
from tests.reports.conftest import SETTINGS, context

UNIT = ("21646",)
JULY = {"months": ("2024-07", "2024-07"), "units": UNIT}


def build(connection: Connection, path: str, query: str = "?period=2024-07") -> Report:
    page = next(page for page in PAGES if page.path == path)
    return page.build(context(connection, query), {})


@pytest.mark.parametrize(
    ("period", "is_known"),
    [
        ("1989", False),
        ("1990-01", True),
        ("2060-12", True),
        ("2061-01", False),
        ("2095", False),
    ],
)
def test_a_period_outside_the_calendar_keeps_no_page_from_opening(
    demo: Connection, period: str, is_known: bool
) -> None:
    chosen = Filters.from_query(f"?period={period}").period
    assert (chosen is not None) == is_known
    assert build(demo, "/", f"?period={period}").sentence
    typed = find_page("/nap-du-lieu")
    assert typed is not None
    asked = {"nhap": "task_report", "thang": f"{period[:4]}-01"}
    month = typed.build(context(demo), asked).section("typed").data["month"]
    assert month == (f"{period[:4]}-01" if is_known else "2024-12")


@pytest.mark.parametrize(
    "query",
    [
        "?period=2024-07",
        "?period=2024-Q3",
        "?period=2024",
        "?period=2024-07&calendar=report",
        "?period=2024-07&department=Ban+CHQS+xã",
        "?period=2024-08&channel=Bưu+chính&field=Hộ+tịch",
        "?period=2019-01",
        "?period=2023-02",
        "",
    ],
)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_page_is_built_and_rendered_for_every_choice(
    demo: Connection, page, query: str
) -> None:
    report = page.build(context(demo, query), {})
    assert plain_text(report.sentence).strip()
    for view in (View(LIGHT), View(DARK, is_phone=True)):
        assert page.render(report, view)
    for section in report.sections:
        if section.chart is not None and section.missing is None:
            assert section.table is not None, f"{section.code} has no table"
            assert len(section.table.rows)
        if section.metric:
            assert section.metric in METRICS
        if section.table is not None and section.missing is None:
            keys = {column.key for column in section.table.columns}
            assert keys <= set(section.table.rows.columns), section.code


def test_every_chart_says_its_numbers_how_it_is_read_and_what_a_click_does(
    demo: Connection,
) -> None:
    forms = set()
    for page in PAGES:
        report = page.build(context(demo, "?period=2024-07"), {})
        shown = html.Div(page.render(report, View(LIGHT)))
        parts = {getattr(part, "id", None): part for part in shown._traverse()}
        ids = set(parts)
        for name in ids:
            if not str(name).endswith("-graph"):
                continue
            section = report.section(str(name).removesuffix("-graph"))
            assert (
                plain_text(section.sentence)
                and {
                    f"{section.code}-reading",
                    f"{section.code}-table",
                }
                <= ids
            ), section.code
            assert section.chart is not None
            assert how_to_read(section)[0] == HOW_TO_READ[section.chart.form]
            forms.add(section.chart.form)
            filtered = PICKS.get(section.code)
            # A filter that the page's bar does not show could not be seen, nor taken off again.
            assert filtered is None or filtered in page.filters, (page.path, section.code)
            for trace in parts[name].figure.data:
                if trace.customdata is not None:
                    assert ("Bấm để" in trace.hovertemplate) == (filtered is not None)
    assert len(forms) > 6
    assert set(HOW_TO_READ) == {*FORMS, "ladder"}


def test_the_glossary_explains_words_that_are_said() -> None:
    home = Path(glossary.__file__)
    said = "\n".join(
        path.read_text(encoding="utf-8").lower()
        for folder in ("dashboard", "etl")
        for path in (home.parents[2] / folder).rglob("*.py")
        if path != home
    )
    assert [word for word in glossary.GLOSSARY if word.lower() not in said] == []
    labels = {metric.label.lower() for metric in METRICS.values()}
    assert not labels & {word.lower() for word in glossary.GLOSSARY}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_unit_without_anything_loaded_still_has_its_pages(
    engine: Engine, tmp_path: Path, page
) -> None:
    received = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}
    load_text(engine, tmp_path, dossiers(received))
    with engine.connect() as connection:
        opened = open_context(connection, settings=SETTINGS, filters=Filters())
        report = page.build(opened, {})
        assert page.render(report, View(LIGHT))
        assert plain_text(report.sentence).strip()


def test_every_page_is_in_the_navigation() -> None:
    shown = str(shell.navigation(PAGES, active="/"))
    tabs = str(shell.tabs(PAGES, active="/")) + str(shell.more_links(PAGES, active="/"))
    for page in PAGES:
        assert f"href='{page.path}'" in shown
        assert f"href='{page.path}'" in tabs


def test_every_metric_is_in_the_dictionary_with_its_number(demo: Connection) -> None:
    rows = build(demo, "/du-lieu").section("dictionary").table.rows
    assert set(rows["code"]) == {code for code, metric in METRICS.items() if not metric.is_optional}
    shown = rows.set_index("code")["worked"]
    worked = 0
    for code, words in shown.items():
        if METRICS[code].kind == "published":
            continue
        row = measure(demo, code, **JULY).iloc[0]
        if METRICS[code].is_fraction and row["denominator"] > 0:
            share = fmt.percent_of(row["numerator"], row["denominator"])
            counts = fmt.fraction_of(row["numerator"], row["denominator"])
            assert words == f"{share} ({counts})", code
            worked += 1
        elif not METRICS[code].is_fraction:
            assert words == fmt.count_noun(row["numerator"], METRICS[code].unit), code
            worked += 1
    assert worked > len(shown) / 2


def test_the_overview_shows_what_measure_gives(demo: Connection) -> None:
    report = build(demo, "/")
    year = {"months": ("2023-08", "2024-07"), "units": UNIT}
    for kpi, (code, options) in zip(
        report.kpis[:3],
        (
            ("satisfaction_index", year),
            ("late_rate", JULY),
            ("feedback_on_time_rate", JULY),
        ),
        strict=True,
    ):
        row = measure(demo, code, **options).iloc[0]
        assert kpi.metric == code
        assert kpi.value + kpi.suffix == fmt.percent_of(row["numerator"], row["denominator"])
        assert kpi.row("interval").value == fmt.percent_range(row["low"], row["high"])
    tasks = measure(demo, "task_completion_rate", **JULY).iloc[0]
    assert report.kpis[3].value + report.kpis[3].suffix == fmt.fraction_of(
        tasks["numerator"], tasks["denominator"]
    )
    late = measure(demo, "late_rate", **JULY).iloc[0]
    assert f"{late['numerator']}/{late['denominator']} hồ sơ" in plain_text(report.sentence)
    trend = report.section("satisfaction_trend").table.rows
    measured = measure(
        demo, "satisfaction_index", by=("month",), months=("2023-01", "2024-07"), units=UNIT
    )
    assert trend["numerator"].tolist() == measured["numerator"].tolist()
    assert trend["denominator"].tolist() == measured["denominator"].tolist()


def test_dossiers_show_what_measure_gives(demo: Connection) -> None:
    report = build(demo, "/ho-so")
    table = report.section("late_by_department").table.rows.set_index("department")
    measured = measure(demo, "late_rate", by=("department",), **JULY).set_index("department")
    assert table["numerator"].to_dict() == measured["numerator"].to_dict()
    assert table["denominator"].to_dict() == measured["denominator"].to_dict()
    cells = {cell["label"]: cell["value"] for cell in report.section("strip").data["cells"]}
    overdue = measure(demo, "open_overdue", **JULY).iloc[0]["numerator"]
    assert cells["Quá hạn chưa xong"] == fmt.count(overdue)
    rows = report.section("dossier_list").table.rows
    late = measure(demo, "late_rate", **JULY).iloc[0]["numerator"]
    assert (rows["state"] == "Đã xong, trễ hạn").sum() == late
    assert (rows["state"] == "Quá hạn chưa xong").sum() == overdue
    outcomes = report.section("outcomes").table.rows.set_index("month")
    assert outcomes.loc["2024-07", "late"] == late


def test_outcomes_say_how_many_months_they_are_of(demo: Connection) -> None:
    """The demonstration begins in January 2023."""
    for query, months in (("?period=2023-02", 2), ("?period=2024-07", 12)):
        words = plain_text(build(demo, "/ho-so", query).section("outcomes").sentence)
        assert words.endswith(f" hồ sơ giải quyết trong {months} tháng")


def test_a_filtered_page_shows_the_filtered_number(demo: Connection) -> None:
    name = "Địa chính – Xây dựng"
    report = build(demo, "/ho-so", f"?period=2024-07&department={name}")
    row = measure(demo, "late_rate", members={"department": name}, **JULY).iloc[0]
    assert f"{row['numerator']}/{row['denominator']} hồ sơ" in plain_text(report.sentence)
    assert set(report.section("dossier_list").table.rows["department"]) == {name}


@pytest.mark.parametrize("period", ["2024-07", "2024-Q3", "2024"])
def test_form_ii06a_adds_up(demo: Connection, period: str) -> None:
    form = form_ii06a(context(demo, f"?period={period}"))
    assert (form["c3"] == form["c4"] + form["c5"] + form["c6"]).all()
    assert (form["c7"] == form["c8"] + form["c9"] + form["c10"]).all()
    assert (form["c11"] == form["c12"] + form["c13"]).all()
    assert (form["c3"] == form["c7"] + form["c11"]).all()
    total = form.iloc[-1]
    months = Period(period).months
    late = measure(demo, "late_rate", months=months, units=UNIT).iloc[0]["numerator"]
    assert total["c10"] == late + total["withdrawn_late"]
    overdue = measure(demo, "open_overdue", months=months, units=UNIT).iloc[0]["numerator"]
    assert total["c13"] == overdue
    before = form_ii06a(context(demo, f"?period={Period(period).previous().code}")).iloc[-1]
    assert total["c6"] == before["c11"]


def test_feedback_tasks_and_ranking_show_what_measure_gives(demo: Connection) -> None:
    cells = {
        cell["label"]: cell["value"]
        for cell in build(demo, "/phan-anh").section("strip").data["cells"]
    }
    received = measure(demo, "feedback_received", **JULY).iloc[0]["numerator"]
    assert cells["Nhận được"] == fmt.count(received)
    rows = build(demo, "/nhiem-vu").section("matrix").data["tasks"]
    # The year up to the period: July knows nothing of August.
    so_far = {"months": ("2024-01", "2024-07"), "units": UNIT}
    by_task = measure(demo, "task_completion_rate", by=("task",), **so_far).set_index("task")
    for row in rows:
        assert [state is None for state in row["states"]] == [False] * 7 + [True] * 5
        assert row["met"] == by_task.loc[row["code"], "numerator"]
        assert row["counted"] == by_task.loc[row["code"], "denominator"]
    rungs = build(demo, "/xep-hang").section("ladder").data["rungs"]
    assert len(rungs) == 17
    own = next(rung for rung in rungs if rung.get("is_own"))
    published = measure(demo, "official_index", by=("unit", "year"), units=UNIT)
    assert own["value"] == published.set_index("year")["value"]["2024"]


def test_satisfaction_shows_what_measure_gives(demo: Connection) -> None:
    report = build(demo, "/hai-long")
    year = {"months": ("2023-08", "2024-07"), "units": UNIT}
    index = measure(demo, "satisfaction_index", **year).iloc[0]
    value = fmt.percent_of(index["numerator"], index["denominator"])
    assert value in plain_text(report.sentence)
    assert report.kpis[0].value + "\N{NO-BREAK SPACE}%" == value
    trend = report.section("satisfaction_trend").table.rows.set_index("month")
    months = {"months": ("2022-08", "2024-07"), "units": UNIT}
    by_month = measure(demo, "satisfaction_index", by=("month",), **months).set_index("month")
    for name in ("numerator", "denominator", "n"):
        assert trend[name].dropna().to_dict() == by_month[name].dropna().to_dict()
    for code, by in (("by_department", "department"), ("by_channel", "channel")):
        members = measure(demo, "satisfaction_index", by=(by,), **year).set_index(by)
        shown = report.section(code).table.rows.set_index("label")
        assert len(shown)
        for name in ("numerator", "denominator", "value", "low", "high"):
            assert shown[name].to_dict() == members.loc[shown.index, name].to_dict(), (code, name)
    criteria = report.section("criteria_index").table.rows.set_index("criterion")
    measured = measure(demo, "satisfaction_index", by=("criterion",), **year).set_index("criterion")
    assert criteria["numerator"].to_dict() == measured["numerator"].to_dict()
    compared = report.section("comparison").table.rows.set_index("label")
    for column, month in (("now", "2024-07"), ("before", "2024-06"), ("year_ago", "2023-07")):
        for code in ("satisfaction_index", "survey_responses"):
            row = measure(demo, code, months=(month, month), units=UNIT).iloc[0]
            assert compared[column][METRICS[code].label] == figure_words(code, dict(row))


@pytest.mark.parametrize(
    ("satisfied", "told"),
    [
        ((9, 8, 9), "B thấp nhất: 80"),
        ((8, 9, 8), "A và C thấp nhất: 80"),
        ((9, 9, 9), "3 tiêu chí bằng nhau: 90"),
    ],
)
def test_of_criteria_that_tie_none_is_named_alone(satisfied: tuple[int, ...], told: str) -> None:
    frame = pd.DataFrame({"label": ["I. A", "II. B", "III. C"], "numerator": satisfied})
    frame = frame.assign(denominator=10, n=10, value=frame["numerator"] / 10)
    assert lowest_words(frame, baseline=None).startswith(told)


def test_data_says_which_months_are_covered(demo: Connection) -> None:
    table = build(demo, "/du-lieu").section("coverage").table.rows.set_index("label")
    states = {"đủ": True, "chưa trọn tháng": True, "thiếu": False, "chưa bắt đầu": False}
    for code, source in (("late_rate", "dossier"), ("satisfaction_index", "survey")):
        months = (table.columns[0], table.columns[-1])
        measured = measure(demo, code, by=("month",), months=months, units=UNIT)
        covered = measured.set_index("month")["numerator"].notna()
        assert table.loc[SOURCES[source].label].map(states).to_dict() == covered.to_dict()
    survey, tasks = (table.loc[SOURCES[source].label] for source in ("survey", "task_report"))
    assert "thiếu" in set(survey)
    assert set(tasks[tasks.index < "2024-01"]) == {"chưa bắt đầu"}
    assert set(tasks[tasks.index >= "2024-01"]) == {"đủ"}


def test_a_filter_that_leaves_nothing_is_told_from_data_that_are_not_there(
    demo: Connection,
) -> None:
    def kinds(query: str, path: str = "/hai-long") -> set[str]:
        report = build(demo, path, query)
        return {one.missing.kind for one in (*report.kpis, *report.sections) if one.missing}

    assert kinds("?period=2024-12&department=Tài chính – Kế toán&field=Đất đai") == {"empty_filter"}
    assert kinds("?period=2024-08") == {"no_data"}
    assert kinds("?period=2024-07&department=Thuế", "/ho-so") == {"empty_filter"}
    assert kinds("?period=2031-05", "/ho-so") == {"no_data"}
    nothing = "?period=2024-12&department=Tài chính – Kế toán&field=Đất đai"
    chosen = "bộ phận Tài chính – Kế toán và lĩnh vực Đất đai"
    dossiers, surveys, overview = (build(demo, at, nothing) for at in ("/ho-so", "/hai-long", "/"))
    assert dossiers.section("outcomes").chart is None, "twelve zeros"
    assert f"hồ sơ có hạn nào khớp {chosen}" in plain_text(dossiers.sentence)
    assert f"phiếu khảo sát nào khớp {chosen}" in plain_text(surveys.sentence)
    assert plain_text(overview.sentence).count(chosen) == 1
    assert "chưa có khảo sát" not in plain_text(overview.sentence)
    chart = build(demo, "/ho-so").section("late_funnel").chart
    assert chart is not None and chart.options["average_label"].startswith("Toàn xã")
    chart = build(demo, "/ho-so", "?period=2024-07&field=Đất đai").section("late_funnel").chart
    assert chart is not None and chart.options["average_label"].startswith("Mức chung")


@pytest.mark.parametrize("period", ["2019-01", "2026-05"])
def test_before_and_after_all_data_nothing_is_said_to_be_due(demo: Connection, period: str) -> None:
    section = build(demo, "/", f"?period={period}").section("due")
    assert section.missing is not None
    assert section.missing.kind == "no_data"


def test_satisfaction_counts_every_unsatisfied_answer_once(demo: Connection) -> None:
    report = build(demo, "/hai-long")
    year = {"months": ("2023-08", "2024-07"), "units": UNIT}
    row = measure(demo, "satisfaction_index", **year).iloc[0]
    unsatisfied = row["denominator"] - row["numerator"]
    for code in ("unsatisfied_by_criterion", "unsatisfied_by_question"):
        assert report.section(code).table.rows["count"].sum() == unsatisfied
