"""Hài lòng."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row
from dashboard.components.layout import cell, grid
from dashboard.model import Report
from dashboard.theme import Theme


def render(report: Report, theme: Theme) -> list[Component]:
    """Return three cards, the index over time, criteria, and where unsatisfied answers lie."""
    return [
        kpi_row(report.kpis, theme),
        grid(
            cell(chart_card(report.section("satisfaction_trend"), theme), span=7),
            cell(chart_card(report.section("criteria_index"), theme), span=5),
            cell(chart_card(report.section("unsatisfied_by_criterion"), theme), span=5),
            cell(chart_card(report.section("unsatisfied_by_question"), theme), span=7),
            cell(chart_card(report.section("by_department"), theme), span=6),
            cell(chart_card(report.section("by_channel"), theme), span=6),
        ),
    ]
