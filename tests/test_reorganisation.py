"""The reorganisation of 2025 by seed files and settings alone: docs/reorganisation.md, followed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, select

from dashboard import formatting as fmt
from dashboard.app import create_app
from dashboard.figures import FORMS
from dashboard.filters import Filters, Period, months_between
from dashboard.metrics import measure
from dashboard.reports.breakdowns import ratio_trend_section
from dashboard.reports.context import Context, open_context
from dashboard.reports.dossiers import build_dossiers_report
from dashboard.reports.freshness import find_stale
from dashboard.reports.kpis import ratio_kpi
from dashboard.reports.overview import build_overview_report
from dashboard.reports.ranking import build_ranking_report
from dashboard.reports.satisfaction import criteria_section, trend_section
from dashboard.reports.signals import read_metric
from dashboard.reports.tasks import build_tasks_report
from dashboard.snapshots.delivery import find_recipients
from dashboard.snapshots.document import build_document
from dashboard.snapshots.freezing import freeze
from dashboard.theme import LIGHT
from etl import version
from etl.catalogue import tasks, values
from etl.errors import UserError
from etl.loading import load_file
from etl.migration import migrate
from etl.offices import own_offices
from etl.seeds import seed_rows
from etl.settings import Settings
from etl.tables import dim_department, load_coverage
from tests.etl.loaders import dossiers, write
from tests.services.asking import ask_page
from tests.services.server import PROJECT
from tests.services.signing_in import signed_in

FILES = PROJECT / "docs" / "sap-xep-2025"
A_MONTH = 60
LATE = {"old": 6, "new": 24}
DEPARTMENT = "Trung tâm Phục vụ hành chính công"
NEIGHBOURS = 8
"""Units of the new group beside our own; their names are invented and say so."""


def _forget() -> None:
    cached = (seed_rows, tasks.load_tasks, values.labels, values.known_words, version._definitions)
    for function in cached:
        function.cache_clear()


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An office's own folder of seed files, empty, in force."""
    folder = tmp_path / "seed"
    folder.mkdir()
    monkeypatch.setenv("SEED_DIR", str(folder))
    _forget()
    yield folder
    _forget()


def _months(folder: Path, first: str, last: str, *, late: int, name: str, department: str) -> Path:
    """Write a file of ``A_MONTH`` dossiers for each month, of which ``late`` are a day late."""
    rows = [
        {
            "Mã hồ sơ": f"{name}-{month}-{number}",
            "Bộ phận": department,
            "Ngày tiếp nhận": f"02/{month[5:]}/{month[:4]}",
            "Ngày hẹn trả": f"09/{month[5:]}/{month[:4]}",
            "Ngày kết thúc xử lý": f"{10 if number < late else 9:02d}/{month[5:]}/{month[:4]}",
        }
        for month in months_between(first, last)
        for number in range(A_MONTH)
    ]
    return write(folder, dossiers(*rows), name=f"{name}.csv")


def _load(engine: Engine, path: Path, settings: Settings, as_of: str) -> None:
    load_file(engine, path, settings=settings, as_of=date.fromisoformat(as_of))


def _ranking(folder: Path, year: int, units: list[str]) -> Path:
    lines = ["Năm;Đơn vị;Chỉ số hài lòng;Xếp hạng"]
    lines += [f"{year};{unit};{95 - rank},5;{rank}" for rank, unit in enumerate(units, start=1)]
    return write(folder, "\n".join(lines) + "\n", name=f"xep-hang-{year}.csv")


def _survey(folder: Path, month: str) -> Path:
    lines = [f"P{n};15/{month[5:]}/{month[:4]};I;{5 if n < 30 else 2}" for n in range(40)]
    text = "\n".join(("Mã phiếu;Ngày khảo sát;Tiêu chí;Mức độ", *lines)) + "\n"
    return write(folder, text, name=f"phieu-{month}.csv")


def _context(engine: Engine, settings: Settings, period: str) -> Iterator[Context]:
    with engine.connect() as connection:
        filters = Filters(period=Period(period))
        yield open_context(connection, settings=settings, filters=filters)


def _counts(context: Context, code: str = "late_rate") -> tuple[object, object, bool]:
    row = context.measure(code).iloc[0]
    return row["numerator"], row["denominator"], bool(row["is_whole"])


def _words_of(shown: list[dict[str, dict[str, str]]]) -> list[str]:
    return [part["props"]["children"] for part in shown]


def test_the_office_becomes_another_by_files_and_settings_alone(
    engine: Engine, seeds: Path, tmp_path: Path
) -> None:
    before = Settings.model_construct(unit="21646", recipients=FILES / "recipients.csv")
    _load(
        engine,
        _months(tmp_path, "2024-01", "2025-05", late=LATE["old"], name="cu", department="Tư pháp"),
        before,
        "2025-05-31",
    )
    _load(
        engine, _ranking(tmp_path, 2024, ["21640", "21655", "21646", "21637"]), before, "2025-01-31"
    )

    # The recipe: files, the setting, a start.
    for path in FILES.glob("*.csv"):
        if path.name != "recipients.csv":
            shutil.copy(path, seeds)
    neighbours = [f"MH-{n}" for n in range(NEIGHBOURS)]
    with (seeds / "units.csv").open("a", encoding="utf-8") as file:
        for code in neighbours:
            file.write(f"{code},2025-07-01,,{code} (minh họa),phường,Tỉnh Gia Lai\n")
    plan = (seeds / "plan.csv").read_text(encoding="utf-8")
    assert plan.endswith("21655,2025,,,,\n")
    ranked = f"21655,2025,,,,{NEIGHBOURS + 1}\n"
    (seeds / "plan.csv").write_text(plan.replace("21655,2025,,,,\n", ranked), encoding="utf-8")
    _forget()
    after = before.model_copy(update={"unit": "21655"})
    migrate(engine, settings=after)

    # A late file of June and the new files, none of which names a unit; Tam Quan Bắc's names it.
    _load(
        engine,
        _months(tmp_path, "2025-06", "2025-06", late=LATE["old"], name="t6", department="Tư pháp"),
        after,
        "2025-06-30",
    )
    new = _months(
        tmp_path, "2025-07", "2026-06", late=LATE["new"], name="moi", department=DEPARTMENT
    )
    _load(engine, new, after, "2026-06-30")
    tam_quan = _months(
        tmp_path, "2025-03", "2025-03", late=A_MONTH, name="tq", department="Một cửa"
    )
    text = tam_quan.read_text(encoding="utf-8-sig").splitlines()
    named = [f"{line};{'Mã đơn vị' if i == 0 else '21655'}" for i, line in enumerate(text)]
    _load(engine, write(tmp_path, "\n".join(named), name="tq-ma.csv"), after, "2025-03-31")
    _load(engine, _ranking(tmp_path, 2025, ["21655", *neighbours[:5]]), after, "2026-01-31")

    # History is kept, each month is its own office's, and no period holds two.
    with engine.connect() as connection:
        own = [(one.unit, one.first, one.last) for one in own_offices(after)]
        assert own == [("21646", "0000-00", "2025-06"), ("21655", "2025-07", "9999-99")]
        for unit, code_months in (
            ("21646", ("2025-06", "2025-06")),
            ("21655", ("2025-07", "2025-07")),
        ):
            row = measure(connection, "late_rate", units=[unit], months=code_months).iloc[0]
            assert row["denominator"] == A_MONTH
        departments = set(connection.scalars(select(dim_department.c.label)))
        assert {row["label"] for row in seed_rows("departments")} <= departments
        assert set(connection.scalars(select(load_coverage.c.unit))) >= {"21646", "21655"}
    for context in _context(engine, after, "2025-06"):
        assert (context.unit.full_name, context.unit.parent) == (
            "Xã Hoài Châu Bắc",
            "Thị xã Hoài Nhơn",
        )
        assert _counts(context) == (LATE["old"], A_MONTH, True)
        assert context.change_words() == []
        # Nothing more is to be loaded of an office that is no more.
        assert find_stale(context, today=date(2026, 8, 6)) is None
    for context in _context(engine, after, "2026-06"):
        stale = find_stale(context, today=date(2026, 8, 6))
        assert stale is not None and stale.days == 1
    for context in _context(engine, after, "2025"):
        assert context.unit.full_name == "Phường Hoài Nhơn Bắc"
        assert build_tasks_report(context).period == "Tháng 7 đến tháng 12/2025"
        assert _counts(context) == (6 * LATE["new"], 6 * A_MONTH, True)
        assert _counts(context, "dossiers_received")[0] == 6 * A_MONTH
        # What the code stood for before is another unit's.
        march = context.measure_many(["late_rate"], months=("2025-03", "2025-03"))
        assert march == {"late_rate": None}
    for context in _context(engine, after, "2025-07"):
        assert _counts(context) == (LATE["new"], A_MONTH, True)
        # Nothing is compared with June, and no month of the other office is called a rise.
        change = ratio_kpi(context, "late_rate", link="").row("change")
        assert (change.label, change.value) == (f"So với {fmt.month_words('2025-06')}", "–")
        assert context.window_words(12) == f"1 tháng đến {fmt.month_short('2025-07')}"
        assert "bất thường" not in str(build_overview_report(context))
        assert build_tasks_report(context).period == "Tháng 7/2025"
        assert build_dossiers_report(context).section("outcomes").table.rows["month"].tolist() == [
            "2025-07"
        ]

    # The trend is broken at the date, says so, and its limits begin anew.
    for context in _context(engine, after, "2026-06"):
        section = ratio_trend_section(
            context,
            "late_rate",
            section="trend",
            months=context.trend_months(24),
            what="",
            subtitle="",
        )
        words = "Từ 01/07/2025: phường Hoài Nhơn Bắc"
        assert f"; {fmt.lower_first(words)}" in section.note
        frame = section.chart.frame.set_index("month")
        assert frame["change"].loc[lambda change: change != ""].to_dict() == {"2025-07": words}
        measured = context.trend("late_rate", months=context.trend_months(24))
        reading = read_metric(context, "late_rate", measured)
        centres = reading.frame.set_index("month")["centre"].reindex(frame.index)
        centres = centres.groupby(frame.index >= "2025-07").agg(["min", "max"])
        assert np.allclose(centres.loc[False], LATE["old"] / A_MONTH)
        assert np.allclose(centres.loc[True], LATE["new"] / A_MONTH)
        figure = FORMS["trend"](section.chart.frame, theme=LIGHT, **section.chart.options)
        at = frame.index.get_loc("2025-07")
        lines = [t for t in figure.data if t.mode == "lines" and len(t.y) == len(frame) + 1]
        assert len(lines) == 3, "the line and its two limits, each with one break"
        assert all(np.isnan(line.y[at]) for line in lines)
        assert words in [one.text for one in figure.layout.annotations]

    # Heads, addressee and recipients follow the date.
    with engine.connect() as connection:
        # Of June, made in July, and of July.
        made = [
            freeze(connection, settings=after, period=Period(month))
            for month in ("2025-06", "2025-07")
        ]
    heads = [(one.letterhead.agency[1], one.addressee) for one in map(build_document, made)]
    assert [frozen.unit for frozen in made] == ["21646", "21655"]
    assert heads == [
        ("XÃ HOÀI CHÂU BẮC", "Ủy ban nhân dân thị xã Hoài Nhơn"),
        ("PHƯỜNG HOÀI NHƠN BẮC", "Ủy ban nhân dân tỉnh Gia Lai"),
    ]
    for unit, day, found in (
        ("21646", "2025-06-30", ["noi-vu@hoainhon.example"]),
        ("21646", "2025-07-05", ["noi-vu@gialai.example"]),
        ("21655", "2025-08-05", ["noi-vu@gialai.example"]),
    ):
        assert find_recipients(after, unit=unit, on=date.fromisoformat(day)) == found

    # Another number is ranked; the code given anew is another unit.
    for context in _context(engine, after, "2026-01"):
        old, now = (build_ranking_report(context, year=year) for year in (2024, 2025))
        rungs = {
            "2024": old.section("ladder").data["rungs"],
            "2025": now.section("ladder").data["rungs"],
        }
        assert [len(rungs["2024"]), len(rungs["2025"])] == [17, NEIGHBOURS + 1]
        names = {
            year: [(r["label"], r["is_own"]) for r in found if r["is_known"]]
            for year, found in rungs.items()
        }
        assert names["2024"][:3] == [
            ("P. Bồng Sơn", False),
            ("P. Tam Quan Bắc", False),
            ("X. Hoài Châu Bắc", True),
        ]
        assert names["2025"][0] == ("P. Hoài Nhơn Bắc", True)
        assert "movement" not in [section.code for section in now.sections]
        assert now.section("holes").sentence[0].text.startswith(f"{NEIGHBOURS - 5} đơn vị")

    # The pages say it, and a reader of the new unit alone sees nothing of the old one.
    server = create_app(after, engine=engine).server
    everybody = signed_in(server, engine)
    for path in ("/", "/xep-hang", "/hop-thang"):
        page = ask_page(everybody, path, "?period=2026-01").get_data(as_text=True)
        assert words.replace("/", "\\u002f") in page, path
    # The frame is the office's of the period shown; where none is shown, that of today.
    old_frame, new_frame = (
        ("UBND xã Hoài Châu Bắc", "21646", "Thị xã Hoài Nhơn"),
        ("UBND phường Hoài Nhơn Bắc", "21655", "Tỉnh Gia Lai"),
    )
    for path, search, framed in (
        ("/", "?period=2025-06", old_frame),
        ("/", "?period=2025-07", new_frame),
        ("/ho-so", "?period=2024", old_frame),
        ("/du-lieu", "?period=2025-06", old_frame),
        ("/hop-thang", "?period=2025-06", old_frame),
        ("/xep-hang", "?year=2024&period=2026-01", old_frame),
        ("/xep-hang", "?year=2025&period=2025-06", new_frame),
        ("/nap-du-lieu", "?period=2025-06", new_frame),
    ):
        said = ask_page(everybody, path, search).get_json()["response"]
        named = (said["brand"]["title"], *_words_of(said["nav-foot"]["children"]))
        assert named == (framed[0], f"Mã đơn vị {framed[1]}", framed[2]), (path, search)
        assert said["unit-line"]["children"] == framed[0], (path, search)
        assert framed[0].split(" ", 2)[2] in str(said["brand"]["children"]), (path, search)
        former = "Số liệu của xã Hoài Châu Bắc (mã 21646), đến hết tháng 6/2025."
        notices = str(said["notices"]["children"])
        assert (former in notices) == (framed is old_frame), (path, search)
        assert framed is new_frame or f" {words}." in notices, (path, search)
        assert notices.count(words) <= 1, (path, search)

    held = signed_in(server, engine, role="viewer", units=("21655",))
    assert "cu-2025" not in ask_page(held, "/ho-so", "?period=2025-06").get_data(as_text=True)
    for month, day in (("2025-06", "2025-06-30"), ("2025-08", "2026-06-30")):
        _load(engine, _survey(tmp_path, month), after, day)
    with engine.connect() as connection:

        def seen(period: str, units: tuple[str, ...] | None, unit: str | None = None) -> Context:
            filters = Filters(period=Period(period), unit=unit)
            return open_context(connection, settings=after, filters=filters, units=units)

        with pytest.raises(UserError, match="không được xem"):
            seen("2025-06", ("21655",))
        # Another unit than one's own is what it is in every month; who may not see it, sees his.
        assert seen("2025-08", None, "21646").codes == ("21646",)
        assert seen("2025-08", ("21655",), "21646").codes == ("21655",)
        frozen = freeze(connection, settings=after, period=Period("2025-08"))
        for section, months in (
            (trend_section(seen("2025-08", None)), ["2025-06", "2025-08"]),
            (trend_section(seen("2025-08", ("21655",))), ["2025-08"]),
            # A report of the new unit is read by whoever may see that one.
            (frozen.reports["overview"].section("satisfaction_trend"), ["2025-08"]),
        ):
            shown = section.chart.frame
            assert shown.loc[shown["value"].notna(), "month"].tolist() == months
        # June is the other office's: no ring of it stands beside the criteria, nor words of one.
        assert "vòng xám" not in criteria_section(seen("2025-08", None)).data["subtitle"]
