"""The dossiers listed behind a number are as many as the number counts."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Connection, Engine

from dashboard.components.words import plain_text
from dashboard.filters import Filters, query_values
from dashboard.reports.behind import dossiers_behind
from dashboard.reports.context import open_context
from dashboard.reports.directives import overdue_dossiers
from dashboard.reports.dossier_lists import behind_section
from dashboard.reports.meeting import build_meeting_report
from etl.catalogue.metrics import METRICS
from etl.loading import load_file
from etl.offices import FIRST, LAST
from etl.settings import Settings
from tests.reports.conftest import context
from tests.truth.wild import write_wild

SETTINGS = Settings.model_construct()
CODES = [code for code, metric in METRICS.items() if metric.counts_dossiers]
PERIODS = ("2024-03", "2024-06", "2024-Q2", "2024-H1")
FILTERS = ("", "&department={department}", "&field={field}&channel={channel}")


def test_lists_hold_what_metrics_count(engine: Engine, tmp_path: Path) -> None:
    for path in write_wild(tmp_path, seed=1):
        load_file(engine, path, settings=SETTINGS)
    differences = []
    counted = 0
    with engine.connect() as connection:
        whole = open_context(connection, settings=SETTINGS, filters=Filters())
        names = {
            name: str(
                whole.measure("dossiers_received", by=(name,), months=(FIRST, LAST))[name].iloc[0]
            )
            for name in ("department", "field", "channel")
        }
        asked = [
            f"period={period}&calendar={calendar}{chosen.format(**names)}"
            for period in PERIODS
            for calendar in ("calendar", "report")
            for chosen in FILTERS
        ]
        # The second engine has to read the same rows: a fifth of the questions shows that it does,
        # each calendar and each filter among them.
        for query in asked if engine.dialect.name == "sqlite" else asked[::5]:
            context = open_context(connection, settings=SETTINGS, filters=Filters.from_query(query))
            for code in CODES:
                said = context.measure(code).iloc[0].fillna(0)
                rows = dossiers_behind(context, code)
                has_list = (int(rows["is_counted"].sum()), len(rows))
                all_of = "denominator" if METRICS[code].denominator else "numerator"
                if has_list != (said["numerator"], said[all_of]):
                    differences.append((query, code, has_list, dict(said)))
                counted += has_list[0]
                assert rows["dossier_code"].is_unique
    assert not differences
    assert counted > 1000


def test_nothing_is_listed_where_nothing_is_loaded(engine: Engine) -> None:
    with engine.connect() as connection:
        context = open_context(
            connection, settings=SETTINGS, filters=Filters.from_query("period=2024-06")
        )
        assert dossiers_behind(context, "late_rate").empty


def test_what_is_missing_before_a_meeting_is_what_its_link_lists(demo: Connection) -> None:
    """Whatever the reader has filtered: the meeting is of the last month, and of every member."""
    query = "?period=2024-Q2&calendar=report&department=Tư pháp – Hộ tịch"
    items = build_meeting_report(context(demo, query)).section("preparation").data["items"]
    said = {}
    for item in items:
        asked = query_values(item["link"].partition("?")[2].partition("#")[0])
        assert (asked["period"], asked["calendar"]) == ("2024-06", "report")
        if code := asked.get("list"):
            rows = dossiers_behind(context(demo, f"?{urlencode(asked)}"), code)
            said[code] = plain_text(item["text"]).split()[0]
            assert said[code] == f"{(~rows['is_counted'].astype(bool)).sum()}/{len(rows)}"
    assert said


def test_what_was_overdue_at_the_cut_off_is_listed_as_it_stood_then(demo: Connection) -> None:
    """Both were finished on 02/04/2024: March knows nothing of that."""
    march = context(demo, "?period=2024-03")
    section = behind_section(march, "open_overdue")
    assert section.table is not None
    rows = section.table.rows
    assert rows["days"].tolist() == [7, 4] and rows["closed_on"].isna().all()
    assert (rows["apology"] == "").all() and (rows["cause"] == "").all()
    (item,) = overdue_dossiers(march)
    assert plain_text(item.text) == "2 hồ sơ quá hạn, lâu nhất 7 ngày làm việc"
