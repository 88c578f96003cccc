"""Several units on the pages: who may choose which, sums over them, and the units side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, update

from dashboard import filter_row
from dashboard.app import create_app
from dashboard.components.view import View
from dashboard.components.words import plain_text
from dashboard.filters import Filters, Period
from dashboard.metrics import measure
from dashboard.pages import PAGES, show_page
from dashboard.reports.context import Context, open_context
from dashboard.reports.ranking import build_ranking_report
from dashboard.reports.several import SEVERAL, late_by_unit_section
from dashboard.snapshots.freezing import freeze
from dashboard.theme import DARK, LIGHT
from etl.catalogue.metrics import METRICS
from etl.tables import dim_unit, fact_ranking
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, load_text
from tests.reports.conftest import SETTINGS
from tests.services.asking import ask_page
from tests.services.signing_in import signed_in

OWN, NEXT, FAR = "21646", "21649", "21652"
NAMES = {OWN: "X. Hoài Châu Bắc", NEXT: "X. Hoài Châu", FAR: "X. Hoài Phú"}


def _dossier(code: str, received: str, due: str, finished: str = "") -> dict[str, str]:
    return {
        "Mã hồ sơ": code,
        "Ngày tiếp nhận": received,
        "Ngày hẹn trả": due,
        "Ngày kết thúc xử lý": finished,
    }


def _survey(satisfied: int, dissatisfied: int) -> str:
    scores = ["5"] * satisfied + ["2"] * dissatisfied
    lines = [f"P{number};15/06/2024;I;{score}" for number, score in enumerate(scores)]
    return "\n".join(("Mã phiếu;Ngày khảo sát;Tiêu chí;Mức độ", *lines)) + "\n"


def load_units(engine: Engine, folder: Path) -> None:
    """Load three units: late 1 of 2, 2 of 2, 0 of 1; the last one reaches only to May."""
    files = {
        OWN: dossiers(
            _dossier("A1", "03/06/2024", "10/06/2024", "12/06/2024"),
            _dossier("A2", "03/06/2024", "10/06/2024", "07/06/2024"),
            _dossier("A3", "10/06/2024", "14/06/2024"),
            _dossier("A4", "28/06/2024", "30/07/2024", ""),
        ),
        NEXT: dossiers(
            _dossier("B1", "03/06/2024", "10/06/2024", "11/06/2024"),
            _dossier("B2", "04/06/2024", "10/06/2024", "18/06/2024"),
            _dossier("B3", "28/06/2024", "30/07/2024"),
        ),
        FAR: dossiers(
            _dossier("C1", "02/05/2024", "10/05/2024", "09/05/2024"),
            _dossier("C2", "06/05/2024", "10/05/2024"),
            _dossier("C3", "31/05/2024", "30/06/2024"),
        ),
    }
    for unit, text in files.items():
        load_text(engine, folder, text, name=f"ho_so_{unit}.csv", unit=unit)
    for unit, counts in {OWN: (30, 10), NEXT: (38, 2)}.items():
        load_text(engine, folder, _survey(*counts), name=f"phieu_{unit}.csv", unit=unit)
    ranking = f"Năm;Đơn vị;Chỉ số hài lòng;Xếp hạng\n2024;{OWN};95,00;1\n2024;{NEXT};80,00;2\n"
    load_text(engine, folder, ranking, name="xep_hang.csv")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("town")
    path = folder / "warehouse.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    load_units(engine, folder)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(town: Engine) -> Iterator[Connection]:
    with town.connect() as connection:
        yield connection


def opened(
    connection: Connection, query: str = "", units: tuple[str, ...] | None = None
) -> Context:
    filters = Filters.from_query(query)
    return open_context(connection, settings=SETTINGS, filters=filters, units=units)


@pytest.mark.parametrize(
    ("query", "units", "codes"),
    [
        ("", None, (OWN,)),
        ("?unit=21649", None, (NEXT,)),
        ("?unit=all", None, (OWN, NEXT, FAR)),
        ("?unit=Thị+xã+Hoài+Nhơn", None, (OWN, NEXT, FAR)),
        ("?unit=all", (OWN, NEXT), (OWN, NEXT)),
        ("?unit=all", (OWN,), (OWN,)),
        ("?unit=21652", (OWN, NEXT), (OWN,)),
        ("?unit=21637", None, (OWN,)),
        ("?unit=%27%3B--", None, (OWN,)),
    ],
)
def test_a_reader_sees_the_units_chosen_among_those_allowed(
    connection: Connection, query: str, units: tuple[str, ...] | None, codes: tuple[str, ...]
) -> None:
    context = opened(connection, query, units)
    assert context.codes == codes
    assert (context.filters.unit is None) == (codes == (OWN,))
    for code in ("late_rate", "satisfaction_index", "feedback_received"):
        assert set(
            context.measure(code, by=("unit",), months=("2024-01", "2024-12"))["unit"]
        ) <= set(codes)


def test_the_choice_of_units_lives_in_the_address() -> None:
    for query in ("?unit=all", "?period=2024-06&unit=21649", "?unit=Th%E1%BB%8B+x%C3%A3"):
        assert Filters.from_query(query).to_query() == query
    one = filter_row.unit_options([(OWN, "X. A", "Thị xã")], own=OWN)
    assert [option["value"] for option in one] == [filter_row.ALL]
    peers = [(OWN, "X. A", "Thị xã"), (NEXT, "X. B", "Thị xã"), (FAR, "X. C", "Huyện")]
    assert [option["value"] for option in filter_row.unit_options(peers, own=OWN)] == [
        filter_row.ALL, "all", "Huyện", "Thị xã", NEXT, FAR,
    ]  # fmt: skip


def test_several_units_are_the_sum_of_each_at_its_own_last_month(
    engine: Engine, tmp_path: Path
) -> None:
    load_units(engine, tmp_path)
    span = {"months": ("2024-04", "2024-06")}
    with engine.connect() as connection:
        for code in ("late_rate", "open_overdue", "dossiers_received", "no_due_date_rate"):
            alone = {
                unit: measure(connection, code, units=[unit], **span).iloc[0] for unit in NAMES
            }
            whole = measure(connection, code, units=list(NAMES), **span).iloc[0]
            by_unit = measure(connection, code, by=("unit",), units=list(NAMES), **span)
            for side in ("numerator", "denominator"):
                expected = [row[side] for row in alone.values()]
                assert by_unit.set_index("unit")[side].reindex(list(NAMES)).tolist() == expected
                if side == "numerator" or METRICS[code].is_fraction:
                    assert whole[side] == sum(expected)
        # C2 is overdue at the end of May, where its unit's data end; A3 at the end of June.
        assert measure(connection, "open_overdue", units=[FAR], **span)["numerator"].tolist() == [1]
        by_quarter = measure(connection, "open_overdue", by=("quarter",), **span)
        assert by_quarter["numerator"].tolist() == [2]


def test_the_units_stand_side_by_side_with_their_sum(connection: Connection) -> None:
    report = SEVERAL["/"](opened(connection, "?unit=all&period=2024-06"))
    rows = report.section("late_by_unit").table.rows
    assert rows[["label", "numerator", "denominator"]].values.tolist() == [
        [NAMES[NEXT], 2, 2],
        [NAMES[OWN], 1, 2],
    ]
    units = report.section("units")
    table = units.table.rows.set_index("label")
    assert table["late_rate"].to_dict() == {
        NAMES[OWN]: "50,0\u00a0% (1/2)",
        NAMES[NEXT]: "100\u00a0% (2/2)",
        NAMES[FAR]: "chưa có số liệu",
        "Chung 3 đơn vị": "75,0\u00a0% (3/4)",
    }
    assert NAMES[FAR] in plain_text(units.sentence)
    satisfied = report.section("satisfaction_by_unit").table.rows.set_index("label")
    assert satisfied["numerator"].to_dict() == {NAMES[NEXT]: 38, NAMES[OWN]: 30}
    held = SEVERAL["/"](opened(connection, "?unit=all&period=2024-06", (OWN, NEXT)))
    assert NAMES[FAR] not in str(held)


def test_a_ranking_by_surveys_stands_apart_from_the_published_one(connection: Connection) -> None:
    page = next(page for page in PAGES if page.path == "/xep-hang")
    report = page.build(opened(connection), {})
    surveys = report.section("survey_ranking").table.rows
    # Published the other way round: neither table takes anything from the other.
    assert surveys[["label", "rank", "n"]].values.tolist() == [
        [NAMES[NEXT], 1, 40],
        [NAMES[OWN], 2, 40],
    ]
    ladder = [rung for rung in report.section("ladder").data["rungs"] if rung["is_known"]]
    assert [(rung["label"], rung["value"]) for rung in ladder] == [
        (NAMES[OWN], 95.0),
        (NAMES[NEXT], 80.0),
    ]
    alone = page.build(opened(connection, units=(OWN,)), {})
    assert "survey_ranking" not in {section.code for section in alone.sections}
    frozen = freeze(connection, settings=SETTINGS, period=Period("2024-06"))
    codes = {section.code for section in frozen.reports["ranking"].sections}
    assert "survey_ranking" not in codes and "ladder" in codes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_page_shows_another_unit_and_all_of_them(connection: Connection, page) -> None:
    for query in ("?unit=21649", "?unit=all", "?unit=all&period=2024-05&department=Tư+pháp"):
        filters = Filters.from_query(query)
        if "unit" not in page.filters:
            filters = replace(filters, unit=None)
        context = open_context(connection, settings=SETTINGS, filters=filters)
        for view in (View(LIGHT), View(DARK, is_phone=True)):
            report, shown = show_page(page, context, {}, view)
            assert shown and plain_text(report.sentence).strip()


def test_units_without_late_rates_say_whether_the_filter_or_the_data_leave_none(
    connection: Connection,
) -> None:
    for query, kind in (
        ("?unit=all&period=2024-06&department=Không+có", "empty_filter"),
        ("?unit=all&period=2023-01", "no_data"),
    ):
        missing = late_by_unit_section(opened(connection, query)).missing
        assert missing is not None and missing.kind == kind


def test_units_of_other_towns_are_a_choice_of_their_own(town: Engine) -> None:
    with town.connect() as connection:
        move = update(dim_unit).where(dim_unit.c.unit == FAR).values(parent="Huyện Hoài Ân")
        connection.execute(move)
        assert opened(connection, "?unit=Thị+xã+Hoài+Nhơn").codes == (OWN, NEXT)
        assert opened(connection, "?unit=Huyện+Hoài+Ân").codes == (FAR,)
        assert opened(connection, "?unit=all").unit.office == "3 đơn vị, 2 nơi"
        connection.rollback()


def test_a_unit_is_ranked_among_those_of_its_own_town(town: Engine) -> None:
    with town.connect() as connection:
        report = build_ranking_report(opened(connection), year=2024)
        without_own = delete(fact_ranking).where(fact_ranking.c.unit == OWN)
        with connection.begin_nested() as aside:
            connection.execute(without_own)
            nobody = build_ranking_report(opened(connection), year=2024)
            aside.rollback()
        move = update(dim_unit).where(dim_unit.c.unit.in_((NEXT, FAR)))
        connection.execute(move.values(parent="Huyện Hoài Ân"))
        moved = build_ranking_report(opened(connection), year=2024)
        connection.execute(without_own)
        elsewhere = build_ranking_report(opened(connection))
        connection.rollback()
    ladders = [one.section("ladder").table for one in (report, moved)]
    labels = [ladder.rows["label"].tolist() for ladder in ladders if ladder is not None]
    assert labels == [[NAMES[OWN], NAMES[NEXT]], [NAMES[OWN]]]
    assert NAMES[FAR] in report.section("holes").data["names"]
    assert not {NAMES[NEXT], NAMES[FAR]} & set(moved.section("holes").data["names"])
    assert plain_text(nobody.sentence).startswith("Năm 2024 chưa có số công bố của đơn vị ta")
    assert plain_text(elsewhere.sentence) == "Chưa có bảng xếp hạng nào được nạp."


def test_the_served_page_offers_and_shows_only_the_readers_units(
    town: Engine, tmp_path: Path
) -> None:
    url = town.url.render_as_string(hide_password=False)
    settings = SETTINGS.model_copy(update={"database_url": url, "data_dir": tmp_path})
    server = create_app(settings, engine=town).server
    several = signed_in(server, town, role="viewer", units=(OWN, NEXT))
    said = ask_page(several, "/", "?unit=all&period=2024-06").get_json()["response"]
    assert said["unit-line"]["children"] == "2 đơn vị, Thị xã Hoài Nhơn"
    assert "has-unit" in said["filters"]["className"]
    assert [one["value"] for one in said["filter-unit"]["options"]] == [filter_row.ALL, "all", NEXT]
    assert NAMES[FAR] not in str(said)
    one = signed_in(server, town, role="viewer", units=(OWN,))
    alone = ask_page(one, "/", "?unit=21652&period=2024-06").get_json()["response"]
    assert alone["unit-line"]["children"] == "UBND xã Hoài Châu Bắc"
    assert "has-unit" not in alone["filters"]["className"]
    assert NAMES[FAR] not in str(alone) and FAR not in str(alone)
