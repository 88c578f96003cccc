"""Measured figures are kept while the data version stands, and are never another's to change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pandas.testing import assert_frame_equal
from sqlalchemy import Connection, event

from dashboard.metrics import measure
from dashboard.reports.kept import forget
from etl.catalogue.metrics import METRICS
from tests.reports.conftest import context


def test_a_figure_is_measured_once_for_each_version_and_choice(demo: Connection) -> None:
    forget()
    asked: list[Any] = []

    def count(*one: Any) -> None:
        asked.append(one[2])

    opened = context(demo)
    event.listen(demo, "before_cursor_execute", count)
    try:
        first = opened.measure("late_rate", by=("department",))
        measured = len(asked)
        first["numerator"] = 0
        first.loc[0, "department"] = "Ai đó"
        again = opened.measure("late_rate", by=("department",))
        assert measured and len(asked) == measured
        fresh = measure(
            demo, "late_rate", by=("department",), months=("2024-07", "2024-07"), units=("21646",)
        )
        assert_frame_equal(again, fresh)
        for other in (
            replace(opened, data_version="00000000"),
            replace(opened, filters=replace(opened.filters, channel="Trực tuyến")),
            replace(opened, filters=replace(opened.filters, calendar="report")),
        ):
            before = len(asked)
            other.measure("late_rate", by=("department",))
            assert len(asked) > before
    finally:
        event.remove(demo, "before_cursor_execute", count)


def test_metrics_asked_for_together_and_alone_are_the_same(demo: Connection) -> None:
    forget()
    opened = context(demo)
    together = opened.measure_many(["late_rate", "online_rate", "feedback_received"])
    forget()
    for code, row in together.items():
        alone = opened.measure(code).iloc[0]
        assert row is not None and row["numerator"] == alone["numerator"]


def test_a_month_alone_and_in_a_trend_is_as_measured(demo: Connection) -> None:
    forget()
    opened = context(demo)
    codes = [code for code, metric in METRICS.items() if metric.kind != "published"]
    asked = {"months": ("2023-11", "2024-02"), "units": ("21646",)}
    for code in codes:
        for members in ({}, {"department": "Tư pháp – Hộ tịch"}):
            if set(members) - set(METRICS[code].mart.dimensions):
                continue
            measured = measure(demo, code, by=("month",), members=members, **asked)
            kept = opened.measure(code, by=("month",), months=asked["months"], members=members)
            assert_frame_equal(kept, measured)
            for month in ("2023-12", "2024-07", "2031-01"):
                alone = {**asked, "months": (month, month)}
                kept = opened.measure(code, months=alone["months"], members=members)
                assert_frame_equal(kept, measure(demo, code, members=members, **alone))
