"""Hài lòng."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return three cards, the index over time, criteria, and where unsatisfied answers lie."""

    def chart(code: str, span: int) -> Component:
        return cell(chart_card(report.section(code), view.theme, width=view.width(span)), span=span)

    return [
        kpi_row(report.kpis, view.theme),
        grid(
            chart("satisfaction_trend", 7),
            chart("criteria_index", 5),
            chart("unsatisfied_by_criterion", 6),
            chart("unsatisfied_by_question", 6),
            chart("by_department", 6),
            chart("by_channel", 6),
        ),
    ]
