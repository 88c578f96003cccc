"""Hồ sơ."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, metric_strip, table_card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the strip of numbers, late rates, outcomes, what is due and form II.06a."""

    def chart(code: str, span: int) -> Component:
        return cell(chart_card(report.section(code), view.theme, width=view.width(span)), span=span)

    return [
        metric_strip(report.section("strip")),
        grid(
            chart("late_by_department", 6),
            chart("outcomes", 6),
            cell(table_card(report.section("due"), limit=12), span=12),
            cell(table_card(report.section("form_ii06a"), last_is_total=True), span=12),
        ),
    ]
