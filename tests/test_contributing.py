"""The three recipes of CONTRIBUTING.md, followed in a copy of the project.

Left out are the plain-pandas reading of a metric and the words of the official report, which are
no step without which something fails.

A commune also counts whom its leaders receive in person. Its source, a metric of it and of a count
that no mart had, and a page are added; then a database is migrated, loaded, asked and shown.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.server import PROJECT

SOURCE = """
VISIT = Source(
    "visit",
    "Tiếp công dân",
    (
        UNIT,
        Column("received_on", "Ngày tiếp", "date", ("Ngày tiếp",), required=True, is_event=True),
        Column("visitors", "Số lượt", "integer", ("Số lượt",), required=True),
    ),
)

SOURCES"""
CLEAN = '''
"""Days on which leaders receive citizens: a row per unit and day."""

import pandas as pd

from etl.sources.draft import Draft, last_of_each


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return the accepted rows, one per unit and day, and how many rows were repeated."""
    rows = pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": draft.units(),
            "received_on": draft.dates(("received_on",))["received_on"].values,
            "visitors": draft.number("visitors", whole=True, low=0, high=10_000),
        },
        index=draft.frame.index,
    )
    for name in ("received_on", "visitors"):
        draft.ledger.reject(
            rows[name].isna(),
            column=draft.header(name),
            values=draft.raw(name),
            reason="thiếu; hãy điền.",
        )
    return last_of_each(draft, draft.ledger.kept(rows), ["unit", "received_on"])
'''
FACT = """
fact_visit = Table(
    "fact_visit",
    metadata,
    Column("unit", String(20), primary_key=True),
    Column("received_on", Date, primary_key=True),
    Column("visitors", Integer),
    *_provenance(),
    comment="One row per unit and day on which citizens were received.",
)

mart_dossier = Table("""
METRIC = """    ),
    Metric(
        code="feedback_unanswered",
        label="Phản ánh chưa có trả lời",
        kind="flow",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("unanswered",),
        direction="down",
        definition="Phản ánh nhận được trong kỳ mà chưa có ngày trả lời.",
        month_of="gửi",
        legal_source=FEEDBACK_RULE,
        owner=OFFICE,
    ),
)

METRICS"""
REPORT = '''
"""Tiếp công dân."""

from sqlalchemy import func, select

from dashboard import formatting as fmt
from dashboard.model import Report, Section, Span
from dashboard.reports.context import Context
from etl.tables import fact_visit


def build_visits_report(context: Context) -> Report:
    """Return the report of the page Tiếp công dân."""
    count = context.connection.scalar(select(func.sum(fact_visit.c.visitors))) or 0
    said = (Span(f"{fmt.count_noun(count, 'lượt')} tiếp công dân."),)
    return Report(
        "visits", "Tiếp công dân", "", context.latest, context.data_version, context.is_demo,
        said, (), (Section("visits", "Tiếp công dân", said),),
    )
'''
PAGE = '''
"""Tiếp công dân."""

from dash.development.base_component import Component

from dashboard.components.cards import card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, _view: View) -> list[Component]:
    """Return the one card."""
    return [grid(cell(card(report.section("visits"))))]
'''
PROOF = """
import json
from datetime import date
from pathlib import Path

from dashboard.components.view import View
from dashboard.components.words import plain_text
from dashboard.filters import Filters, Period
from dashboard.metrics import measure
from dashboard.pages import PAGES, find_page
from dashboard.reports.context import open_context
from dashboard.shell import navigation
from dashboard.snapshots.freezing import freeze
from dashboard.theme import LIGHT
from etl.loading import load_file
from etl.migration import migrate
from etl.settings import load_settings
from etl.warehouse import open_engine

settings = load_settings()
engine = open_engine(settings.database_url)
migrate(engine)
for name in ("visits.csv", "feedback.csv"):
    load_file(engine, Path(name), settings=settings, as_of=date(2024, 6, 30))
with engine.connect() as connection:
    frame = measure(
        connection, "feedback_unanswered", months=("2024-06", "2024-06"), units=("21646",)
    )
    context = open_context(connection, settings=settings, filters=Filters(Period("2024-06")))
    page = find_page("/tiep-dan")
    report = page.build(context, {})
    page.render(report, View(LIGHT))
    frozen = freeze(connection, settings=settings, period=Period("2024-06"))
    print(json.dumps({
        "unanswered": int(frame["numerator"].iloc[0]),
        "page": plain_text(report.sentence),
        "navigation": "/tiep-dan" in str(navigation(PAGES, active="/")),
        "frozen": plain_text(frozen.reports["visits"].sentence),
    }))
"""


def edit(path: Path, *pairs: tuple[str, str]) -> None:
    """Write each second text in the place of the first; the first must be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, f"{path.name}: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path, sqlite_template: Path) -> Path:
    """A copy of what runs, beside a database that stands at the schema of before the change."""
    leave = shutil.ignore_patterns("__pycache__")
    for room in ("dashboard", "etl", "sql"):
        shutil.copytree(PROJECT / room, tmp_path / room, ignore=leave)
    (tmp_path / "assets").symlink_to(PROJECT / "assets", target_is_directory=True)
    shutil.copy(PROJECT / "alembic.ini", tmp_path)
    shutil.copy(sqlite_template, tmp_path / "w.db")
    return tmp_path


def run(copy: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{copy / 'w.db'}",
            "DATA_DIR": str(copy),
            "PYTHONPATH": str(copy),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_source_a_metric_and_a_page_are_added_as_the_recipes_say(copy: Path) -> None:
    # Add a source.
    edit(
        copy / "etl/catalogue/sources.py",
        ("\nSOURCES", SOURCE),
        ("RANKING, TASK_REPORT)", "RANKING, TASK_REPORT, VISIT)"),
    )
    (copy / "etl/sources/visit.py").write_text(CLEAN.lstrip(), encoding="utf-8")
    edit(
        copy / "etl/sources/front.py",
        ("survey, task_report\n", "survey, task_report, visit\n"),
        (
            '    "ranking": ranking.clean,\n',
            '    "ranking": ranking.clean,\n    "visit": visit.clean,\n',
        ),
    )
    edit(copy / "etl/tables.py", ("\nmart_dossier = Table(", FACT))
    edit(
        copy / "etl/merging.py",
        ("    fact_task_report,\n", "    fact_task_report,\n    fact_visit,\n"),
        ('    "ranking": _fact', '    "visit": _fact(fact_visit),\n    "ranking": _fact'),
    )
    edit(
        copy / "etl/templates.py",
        ("FILE_NAMES = {\n", 'FILE_NAMES = {\n    "visit": "mau_tiep_dan.xlsx",\n'),
        (
            "_EXAMPLES: dict[str, dict[str, Any]] = {\n",
            (
                "_EXAMPLES: dict[str, dict[str, Any]] = {\n"
                '    "visit": {"received_on": "Ví dụ: 03/06/2024", "visitors": 4},\n'
            ),
        ),
    )
    # Add a metric, of a count that no mart had.
    edit(copy / "etl/catalogue/metrics.py", ("    ),\n)\n\nMETRICS", METRIC))
    edit(copy / "etl/tables.py", ('    "conduct",\n', '    "conduct",\n    "unanswered",\n'))
    edit(
        copy / "sql/marts/mart_feedback.sql",
        ("\n    conduct,\n", "\n    conduct,\n    unanswered,\n"),
        (
            "as conduct,\n        count(*)",
            (
                "as conduct,\n        count(*) filter (where basis = 'received'"
                " and answered_on is null) as unanswered,\n        count(*)"
            ),
        ),
        ("0 as conduct,\n", "0 as conduct,\n        0 as unanswered,\n"),
        ("    sum(conduct),\n", "    sum(conduct),\n    sum(unanswered),\n"),
    )
    # Add a page.
    (copy / "dashboard/reports/visits.py").write_text(REPORT.lstrip(), encoding="utf-8")
    (copy / "dashboard/pages/visits.py").write_text(PAGE.lstrip(), encoding="utf-8")
    edit(
        copy / "dashboard/pages/__init__.py",
        ("    tasks,\n)", "    tasks,\n    visits,\n)"),
        (
            "from dashboard.reports.tasks import build_tasks_report\n",
            (
                "from dashboard.reports.tasks import build_tasks_report\n"
                "from dashboard.reports.visits import build_visits_report\n"
            ),
        ),
        (
            "PAGES: tuple[Page, ...] = (\n",
            (
                'PAGES: tuple[Page, ...] = (\n    Page("/tiep-dan", "Tiếp dân", "easel", WATCH, '
                "lambda context, _query: build_visits_report(context), visits.render),\n"
            ),
        ),
    )
    edit(
        copy / "dashboard/snapshots/freezing.py",
        (
            "from dashboard.reports.tasks import build_tasks_report\n",
            (
                "from dashboard.reports.tasks import build_tasks_report\n"
                "from dashboard.reports.visits import build_visits_report\n"
            ),
        ),
        (
            '    "data": build_data_report,\n',
            '    "data": build_data_report,\n    "visits": build_visits_report,\n',
        ),
    )
    (copy / "visits.csv").write_text(
        "Ngày tiếp;Số lượt\n03/06/2024;4\n10/06/2024;3\n", encoding="utf-8-sig"
    )
    (copy / "feedback.csv").write_text(
        "Mã PAKN;Phân loại;Đơn vị xử lý;Ngày gửi;Ngày trả lời;Trạng thái\n"
        "P1;Hành vi công chức;Tư pháp;03/06/2024;05/06/2024;Đã trả lời\n"
        "P2;Hành vi công chức;Tư pháp;04/06/2024;;Đang xử lý\n",
        encoding="utf-8-sig",
    )

    run(copy, "-m", "alembic", "revision", "--autogenerate", "-m", "visits")
    assert len(list((copy / "sql/migrations/versions").glob("*visits*.py"))) == 1
    run(copy, "-m", "etl", "template", "--out", "mau")
    assert (copy / "mau/mau_tiep_dan.xlsx").exists()
    told = json.loads(run(copy, "-c", PROOF).splitlines()[-1])
    assert told == {
        "unanswered": 1,
        "page": "7 lượt tiếp công dân.",
        "navigation": True,
        "frozen": "7 lượt tiếp công dân.",
    }
