"""Phản ánh."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, metric_strip
from dashboard.components.layout import cell, grid
from dashboard.model import Report
from dashboard.theme import Theme


def render(report: Report, theme: Theme) -> list[Component]:
    """Return the strip of numbers, two series and three breakdowns."""
    return [
        metric_strip(report.section("strip")),
        grid(
            cell(chart_card(report.section("received"), theme), span=6),
            cell(chart_card(report.section("on_time_trend"), theme), span=6),
            cell(chart_card(report.section("by_channel"), theme), span=4),
            cell(chart_card(report.section("by_category"), theme), span=4),
            cell(chart_card(report.section("by_department"), theme), span=4),
        ),
    ]
