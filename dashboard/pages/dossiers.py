"""Hồ sơ."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, metric_strip, table_card
from dashboard.components.layout import cell, grid
from dashboard.model import Report
from dashboard.theme import Theme


def render(report: Report, theme: Theme) -> list[Component]:
    """Return the strip of numbers, late rates, outcomes, what is due and form II.06a."""
    return [
        metric_strip(report.section("strip")),
        grid(
            cell(chart_card(report.section("late_by_department"), theme), span=6),
            cell(chart_card(report.section("outcomes"), theme), span=6),
            cell(table_card(report.section("due"), limit=12), span=12),
            cell(table_card(report.section("form_ii06a"), last_is_total=True), span=12),
        ),
    ]
