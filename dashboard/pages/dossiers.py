"""Hồ sơ."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import card, chart_card, metric_strip, table_card
from dashboard.components.dossier_grid import dossier_grid
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the strip, late rates, outcomes, the list of dossiers, breakdowns and form II.06a."""

    def chart(code: str, span: int, *, span_wide: int | None = None) -> Component:
        width = view.width(span, span_wide=span_wide)
        return cell(
            chart_card(report.section(code), view.theme, width=width),
            span=span,
            span_wide=span_wide,
        )

    strip = report.section("strip")
    if strip.missing is not None and report.section("outcomes").missing is not None:
        # Nothing of this source is known: said once, not by every card.
        return [grid(cell(card(strip, title=["Chưa có số liệu trong kỳ"])))]
    return [
        metric_strip(strip),
        grid(
            chart("late_by_department", 6),
            chart("outcomes", 6),
            cell(dossier_grid(report.section("dossier_list"), is_phone=view.is_phone), span_wide=8),
            chart("late_funnel", 6, span_wide=4),
            chart("intake_trend", 6, span_wide=4),
            chart("open_ages", 12, span_wide=8),
            chart("by_field", 4),
            chart("by_procedure", 4),
            chart("supplements", 4),
            cell(table_card(report.section("deadline_changes"), limit=8), span_wide=8),
            cell(table_card(report.section("deadline_months"), limit=8), span_wide=4),
            cell(table_card(report.section("comparison"))),
            cell(table_card(report.section("form_ii06a"), last_is_total=True)),
        ),
    ]
