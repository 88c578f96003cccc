"""A frozen Report is the page's Report, reads back equal, and has one hash on every engine."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from sqlalchemy import Engine

from dashboard.filters import Filters, Period
from dashboard.metrics import measure
from dashboard.model import Span
from dashboard.pages import PAGES
from dashboard.reports.context import open_context
from dashboard.snapshots.codec import decode_report, dump, encode_report
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.figures import printed
from dashboard.snapshots.freezing import (
    BUILDERS,
    REPORT,
    Frozen,
    freeze,
    from_json,
)
from etl.settings import Settings
from etl.warehouse import open_engine

CODE = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+)*-\d{6}-\d{3,6}")


def assert_equal(left: Any, right: Any, where: str = "") -> None:
    """Compare two values part by part, frames with their types and blanks."""
    left = left.item() if isinstance(left, np.generic) else left
    assert type(left) is type(right), where
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left.reset_index(drop=True), right, obj=where)
    elif is_dataclass(left):
        for field in fields(left):
            name = field.name
            assert_equal(getattr(left, name), getattr(right, name), f"{where}.{name}")
    elif isinstance(left, dict):
        assert set(left) == set(right), where
        for name in left:
            assert_equal(left[name], right[name], f"{where}[{name}]")
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), where
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            assert_equal(one, other, f"{where}[{number}]")
    else:
        assert left == right or (left != left and right != right), where


@pytest.mark.parametrize("query", ["?period=2024-06", "?period=2024", "?period=2019-01"])
@pytest.mark.parametrize(
    "shown", [page for page in PAGES if page.is_kept], ids=lambda shown: shown.path
)
def test_every_report_reads_back_equal(
    demo_engine: Engine, settings: Settings, shown, query: str
) -> None:
    with demo_engine.connect() as connection:
        context = open_context(connection, settings=settings, filters=Filters.from_query(query))
        report = shown.build(context, {})
    read = decode_report(orjson.loads(dump(encode_report(report))))
    assert_equal(report, read, report.code)


def test_every_page_is_frozen(demo_engine: Engine, settings: Settings, june: Frozen) -> None:
    with demo_engine.connect() as connection:
        context = open_context(
            connection, settings=settings, filters=Filters(period=Period("2024-06"))
        )
        # What is drawn for one reader alone is about the office, not about its figures.
        codes = {page.build(context, {}).code for page in PAGES if page.is_kept}
    assert codes == set(BUILDERS)
    assert set(june.reports) == codes | {"summary"}


def test_a_snapshot_reads_back_whole(june: Frozen) -> None:
    read = from_json(june.json)
    assert_equal(june, read)
    assert read.json == june.json


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"format": 2}', b"\xff"])
def test_what_is_no_snapshot_is_refused_in_words(damage: bytes) -> None:
    with pytest.raises(SnapshotError, match=r"report\.json"):
        from_json(damage)


@pytest.mark.postgresql
def test_both_engines_give_one_content_hash(
    demo_postgres_url: str, demo_engine: Engine, settings: Settings, june: Frozen
) -> None:
    year = Period("2024")
    with demo_engine.connect() as reference:
        there = {june.period: june, year: freeze(reference, settings=settings, period=year)}
    engine = open_engine(demo_postgres_url)
    with engine.connect() as connection:
        for period, other in there.items():
            here = freeze(connection, settings=settings, period=period)
            assert here.data_version == other.data_version
            assert here.content_sha256 == other.content_sha256
    engine.dispose()


def test_the_hash_covers_every_number_and_sentence(june: Frozen) -> None:
    before = june.content_sha256
    report = june.reports["dossiers"]
    said = replace(report, sentence=(*report.sentence, Span("!")))
    assert replace(june, reports={**june.reports, "dossiers": said}).content_sha256 != before
    summary = june.summary
    section = summary.section("figures")
    assert section.table is not None
    rows = section.table.rows.copy()
    known = rows.index[rows["numerator"].notna()]
    rows.loc[known[0], "numerator"] += 1
    changed = replace(section, table=replace(section.table, rows=rows))
    sections = tuple(changed if one.code == "figures" else one for one in summary.sections)
    other = replace(june, reports={**june.reports, "summary": replace(summary, sections=sections)})
    assert other.content_sha256 != before


def test_what_differs_in_its_figures_differs_in_its_name(june: Frozen) -> None:
    others = [replace(june, calendar="report"), replace(june, edition="internal")]
    assert len({one.file_name(REPORT) for one in (june, *others)}) == 3


def test_the_figures_are_what_measure_gives(demo_engine: Engine, june: Frozen) -> None:
    table = june.summary.section("figures").table
    assert table is not None
    whole = table.rows[table.rows["by"] == ""]
    assert len(whole) > 20
    with demo_engine.connect() as connection:
        for code, shown, numerator in zip(
            whole["metric"], whole["value"], whole["numerator"], strict=True
        ):
            row = measure(connection, code, months=("2024-06", "2024-06"), units=["21646"]).iloc[0]
            assert shown == printed(code, row), code
            assert numerator == row["numerator"], code


def test_no_dossier_code_leaves_the_office(june: Frozen) -> None:
    assert not CODE.search(june.json.decode())


def test_counted_dossiers_say_in_which_days_the_longest_was_late(june: Frozen) -> None:
    for report, code, label in (
        ("dossiers", "dossier_list", "Trễ (ngày làm việc), lâu nhất"),
        ("meeting", "late", "Trễ (ngày làm việc), lâu nhất"),
    ):
        table = june.reports[report].section(code).table
        assert table is not None
        assert {column.key: column.label for column in table.columns}["days"] == label
        days = table.rows["days"]
        assert (days.dropna() > 0).all()
        assert (days.isna() == (table.rows["state"] == "Sắp đến hạn")).all()


def test_the_internal_edition_names_dossiers(demo_engine: Engine, settings: Settings) -> None:
    with demo_engine.connect() as connection:
        inside = freeze(connection, settings=settings, period=Period("2024-06"), edition="internal")
    table = inside.reports["dossiers"].section("dossier_list").table
    assert table is not None
    assert table.rows["dossier_code"].map(lambda code: bool(CODE.fullmatch(code))).all()


@pytest.mark.parametrize(("unit", "period"), [("99999", "2024-06"), (None, "2099-01")])
def test_what_cannot_be_reported_is_refused(
    demo_engine: Engine, settings: Settings, unit: str | None, period: str
) -> None:
    with demo_engine.connect() as connection, pytest.raises(SnapshotError):
        freeze(connection, settings=settings, period=Period(period), unit=unit)


def test_an_empty_database_gives_a_sentence(engine: Engine, settings: Settings) -> None:
    with engine.connect() as connection, pytest.raises(SnapshotError, match="Chưa nạp"):
        freeze(connection, settings=settings, period=Period("2024-06"))
