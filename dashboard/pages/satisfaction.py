"""Hài lòng."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row, table_card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return three cards, the index over time, criteria, and where unsatisfied answers lie."""

    def drawn(code: str, span: int) -> Component:
        return chart_card(report.section(code), view.theme, width=view.width(span))

    def chart(code: str, span: int) -> Component:
        return cell(drawn(code, span), span=span)

    return [
        kpi_row(report.kpis, view.theme),
        grid(
            chart("satisfaction_trend", 6),
            chart("criteria_index", 6),
            cell(
                drawn("unsatisfied_by_criterion", 6),
                drawn("by_channel", 6),
                span=6,
                is_filled=True,
            ),
            chart("unsatisfied_by_question", 6),
            chart("by_department", 12),
            cell(table_card(report.section("comparison"))),
        ),
    ]
