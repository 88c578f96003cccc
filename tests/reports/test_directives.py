"""What needs a leader's word: found from files typed by hand, and the demonstration's stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, Engine

from dashboard import formatting as fmt
from dashboard.components.lists import directive_list
from dashboard.components.words import plain_text
from dashboard.figures import draw
from dashboard.filters import Filters, query_values
from dashboard.model import Report
from dashboard.reports import meeting, watch
from dashboard.reports.breakdowns import ratio_trend_section
from dashboard.reports.context import open_context
from dashboard.reports.directives import Directive, directives, directives_section
from dashboard.reports.dossiers import build_dossiers_report, funnel_section
from dashboard.reports.watch import signal_directives, watched_series
from dashboard.theme import LIGHT
from etl.catalogue.metrics import METRICS
from etl.demo import STORIES
from etl.rebasing import Rebase
from tests.components.helpers import words as component_words
from tests.etl.loaders import dossiers, load_text
from tests.reports.conftest import SETTINGS, context
from tests.reports.stories import WHERE, count_found, find_stories
from tests.statistics.offices import WATCHED

JUNE = "?period=2024-06"
OPEN_OVERDUE = {"Mã hồ sơ": "A1", "Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}
LATE = {
    "Mã hồ sơ": "A2",
    "Ngày tiếp nhận": "03/06/2024",
    "Ngày hẹn trả": "12/06/2024",
    "Ngày kết thúc xử lý": "14/06/2024",
}
SOON = {"Mã hồ sơ": "A3", "Ngày tiếp nhận": "20/06/2024", "Ngày hẹn trả": "02/07/2024"}
LATER = {"Mã hồ sơ": "A4", "Ngày tiếp nhận": "20/06/2024", "Ngày hẹn trả": "04/07/2024"}


def found(engine: Engine, query: str = JUNE) -> dict[str, Directive]:
    with engine.connect() as connection:
        items = directives(
            open_context(connection, settings=SETTINGS, filters=Filters.from_query(query))
        )
    return {item.code: item for item in items}


def words(item: Directive) -> str:
    return plain_text(item.text).replace("\u00a0", " ")


def test_each_item_says_what_who_since_when_and_where(engine: Engine, tmp_path: Path) -> None:
    text = dossiers(OPEN_OVERDUE, LATE, SOON, LATER)
    load_text(engine, tmp_path, text, as_of=date(2024, 6, 28))
    items = found(engine)
    overdue = items["overdue_dossiers"]
    # 28/06 is a Friday: fourteen working days after Monday 10/06.
    assert words(overdue) == "1 hồ sơ quá hạn, lâu nhất 14 ngày làm việc"
    assert (overdue.owner, overdue.since) == ("Tư pháp 1", "từ 10/06")
    assert overdue.detail.startswith("Gấp")
    assert "list=open_overdue" in overdue.link
    assert words(items["unapologised"]) == "1/1 hồ sơ trễ chưa có phiếu xin lỗi (IV.2)"
    assert words(items["unexplained"]) == "1/1 hồ sơ trễ chưa ghi nguyên nhân (V.5)"
    assert items["unexplained"].since == "từ 14/06"
    # Three working days from Friday 28/06: 01/07, 02/07, 03/07.
    assert words(items["due_soon"]) == "1 hồ sơ đến hạn trong 3 ngày làm việc"
    assert items["due_soon"].detail.startswith("Theo dõi")
    assert "changed_deadlines" not in items


def test_a_moved_deadline_is_named_in_the_month_of_the_load(engine: Engine, tmp_path: Path) -> None:
    load_text(engine, tmp_path, dossiers(OPEN_OVERDUE, LATE), as_of=date(2024, 6, 15))
    moved = dossiers({**OPEN_OVERDUE, "Ngày hẹn trả": "25/06/2024"}, LATE)
    load_text(engine, tmp_path, moved, name="sau.csv", as_of=date(2024, 6, 20))
    items = found(engine)
    assert words(items["changed_deadlines"]).startswith("1 hồ sơ bị đổi ngày hẹn")
    assert "overdue_dossiers" not in items


def test_the_first_and_the_present_date_stand_side_by_side(engine: Engine, tmp_path: Path) -> None:
    """Moved in May, twice in June: the first load's date is shown, not the one before the last."""

    def load(due: str, finished: str, day: date) -> None:
        row = {
            **OPEN_OVERDUE,
            "Ngày tiếp nhận": "03/05/2024",
            "Ngày hẹn trả": due,
            "Ngày kết thúc xử lý": finished,
        }
        text = dossiers(row)
        load_text(engine, tmp_path, text, name=f"{day:%m%d}.csv", as_of=day)

    load("", "", date(2024, 5, 10))
    load("10/06/2024", "", date(2024, 5, 20))
    load("12/06/2024", "", date(2024, 5, 31))
    load("20/06/2024", "", date(2024, 6, 15))
    load("25/06/2024", "26/06/2024", date(2024, 6, 26))
    load("25/06/2024", "24/06/2024", date(2024, 7, 10))
    with engine.connect() as connection:

        def shown(query: str) -> Report:
            filters = Filters.from_query(query)
            return build_dossiers_report(
                open_context(connection, settings=SETTINGS, filters=filters)
            )

        def moves(query: str) -> list[list[object]]:
            rows = shown(query).section("deadline_changes").table.rows
            return rows[["what", "before", "after", "times", "changed_on"]].values.tolist()

        june, july = date(2024, 6, 26), date(2024, 7, 10)
        due = ["Ngày hẹn", date(2024, 6, 10), date(2024, 6, 25)]
        assert moves("?period=2024-06") == [[*due, 2, june]]
        assert moves("?period=2024-05") == [[*due, 1, date(2024, 5, 31)]]
        assert moves("?period=2024-07") == [
            ["Ngày xong", date(2024, 6, 26), date(2024, 6, 24), 1, july]
        ]
        counted = shown("?period=2024-07").section("deadline_months").table.rows
        assert counted.values.tolist() == [
            [month, "Tư pháp", 1] for month in ("2024-07", "2024-06", "2024-05")
        ]


def test_a_month_without_a_survey_is_named_only_where_dossiers_show_the_office_at_work(
    engine: Engine, tmp_path: Path
) -> None:
    load_text(engine, tmp_path, dossiers(LATE), as_of=date(2024, 6, 30))
    assert found(engine)["missing_survey"].about == "2024-06"
    assert "missing_survey" not in found(engine, "?period=2024-05")


def test_the_filter_of_a_department_leaves_its_own_items(engine: Engine, tmp_path: Path) -> None:
    other = {**OPEN_OVERDUE, "Mã hồ sơ": "B1", "Bộ phận": "Địa chính"}
    load_text(engine, tmp_path, dossiers(OPEN_OVERDUE, other), as_of=date(2024, 6, 28))
    assert words(found(engine)["overdue_dossiers"]).startswith("2 ")
    assert found(engine, f"{JUNE}&department=Địa chính")["overdue_dossiers"].owner == "Địa chính 1"


def test_every_story_of_the_demonstration_is_found(demo: Connection) -> None:
    assert set(WHERE) == set(STORIES)
    assert find_stories(demo) == set(STORIES)


def test_stable_offices_are_simulated_with_the_series_of_the_demonstration(
    demo: Connection,
) -> None:
    _, series = watched_series(context(demo))
    assert {one.key for one in series} == {one.key for one in WATCHED}


def test_units_are_held_against_each_other_where_the_reader_may_see_several(
    engine: Engine, tmp_path: Path
) -> None:
    def compared(units: tuple[str, ...] | None) -> list[str]:
        with engine.connect() as connection:
            filters = Filters.from_query(f"{JUNE}&unit=all")
            section = funnel_section(
                open_context(connection, settings=SETTINGS, filters=filters, units=units),
                by="unit",
            )
        assert section.table is not None
        return sorted(section.table.rows["label"])

    load_text(engine, tmp_path, dossiers(LATE), as_of=date(2024, 6, 28))
    assert compared(None) == ["X. Hoài Châu Bắc"]
    load_text(
        engine, tmp_path, dossiers(LATE), name="khac.csv", unit="21643", as_of=date(2024, 6, 28)
    )
    assert compared(None) == ["X. Hoài Châu Bắc", "X. Hoài Sơn"]
    assert compared(("21646",)) == ["X. Hoài Châu Bắc"]


def test_the_link_of_a_change_says_the_whole_name_of_a_department(
    demo: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may hold what an address takes for its own."""
    name = "Tài chính & Kế toán #1"
    august = context(demo, "?period=2024-08")
    (claim,) = (one for one in signal_directives(august) if one.about not in METRICS)
    month, series = watched_series(august)
    renamed = [replace(one, key=name if one.key == claim.about else one.key) for one in series]
    monkeypatch.setattr(watch, "watched_series", lambda _: (month, renamed))
    monkeypatch.setattr(watch, "one_row", lambda _: {"numerator": 11, "denominator": 101})
    (claim,) = (one for one in signal_directives(august) if one.about not in METRICS)
    asked = query_values(claim.link.partition("?")[2].partition("#")[0])
    assert asked == {"department": name, "list": "late_rate"}


def test_a_stated_month_starts_a_series_anew(demo: Connection) -> None:
    before = context(demo, "?period=2024-08")
    start = Rebase(before.unit.code, "2024-07", "", "bộ phận Địa chính tách làm hai")
    after = replace(before, rebases=(start,))
    assert any(item.code == "signal" for item in directives(before))
    assert not any(item.code == "signal" for item in directives(after))
    section = ratio_trend_section(
        after, "late_rate", section="late", months=("2023-09", "2024-08"), what="", subtitle=""
    )
    assert section.chart is not None
    frame = section.chart.frame
    words = "Từ 7/2024: bộ phận Địa chính tách làm hai"
    changes = frame.set_index("month")["change"]
    assert changes[changes != ""].to_dict() == {"2024-07": words}
    assert section.note.endswith(f"; {fmt.lower_first(words)}") and after.change_words() == [words]
    assert (
        "Từ tháng 7/2024 tính lại từ đầu: bộ phận Địa chính tách làm hai."
        in (section.data["reading"])
    )
    assert plain_text(section.sentence).endswith("chưa đủ 12 tháng để so sánh")
    figure = draw(section.chart, theme=LIGHT, width=700)
    assert words in [one.text for one in figure.layout.annotations]
    line = next(
        trace for trace in figure.data if trace.mode == "lines" and trace.line.color == LIGHT.accent
    )
    at = frame["month"].tolist().index("2024-07")
    assert np.isnan(line.y[at]) and line.x[at] == at - 0.5


@pytest.mark.slow
def test_every_story_is_found_in_nearly_every_demonstration(tmp_path: Path) -> None:
    found = count_found(tmp_path, seeds=range(1, 21))
    print(found)
    assert min(found.values()) >= 18


def test_the_card_shows_the_first_few_and_opens_all(demo: Connection) -> None:
    section = directives_section(context(demo, "?period=2024-08"))
    assert section.table is not None
    assert len(section.data["items"]) == 5 < len(section.table.rows)
    assert section.data["table_label"] == f"Cả {len(section.table.rows)} việc"
    assert list(section.table.rows["level"]) == sorted(
        section.table.rows["level"], key=("Gấp", "Theo dõi").index
    )


def test_a_meeting_that_misses_nothing_is_not_said_to_need_no_direction(
    demo: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = context(demo, "?period=2024-08")
    monkeypatch.setattr(meeting, "PREPARATION", ())
    shown = component_words(directive_list(meeting.preparation_section(chosen)))
    assert shown.startswith("Đã đủ để họp") and "không còn thiếu gì" in shown
    monkeypatch.setattr("dashboard.reports.directives.RULES", ())
    assert "không có việc nào cần chỉ đạo" not in shown.lower()
    assert "Không có việc nào cần chỉ đạo" in component_words(
        directive_list(directives_section(chosen))
    )
