"""Hồ sơ."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, metric_strip, table_card
from dashboard.components.dossier_grid import dossier_grid
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the strip, late rates, outcomes, the list of dossiers, breakdowns and form II.06a."""

    def chart(code: str, span: int) -> Component:
        return cell(chart_card(report.section(code), view.theme, width=view.width(span)), span=span)

    return [
        metric_strip(report.section("strip")),
        grid(
            chart("late_by_department", 6),
            chart("outcomes", 6),
            cell(dossier_grid(report.section("dossier_list"))),
            chart("late_funnel", 6),
            chart("intake_trend", 6),
            chart("open_ages", 12),
            chart("supplements", 6),
            chart("by_field", 6),
            chart("by_procedure", 12),
            *(chart(one.code, 12) for one in report.sections if one.code == "late_units"),
            cell(table_card(report.section("deadline_changes"), limit=12)),
            cell(table_card(report.section("comparison"))),
            cell(table_card(report.section("form_ii06a"), last_is_total=True)),
        ),
    ]
