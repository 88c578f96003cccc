"""Phản ánh."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import card, chart_card, metric_strip, table_card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the strip of numbers, two series and three breakdowns."""

    def drawn(code: str, span: int) -> Component:
        return chart_card(report.section(code), view.theme, width=view.width(span))

    def chart(code: str, span: int) -> Component:
        return cell(drawn(code, span), span=span)

    strip = report.section("strip")
    if strip.missing is not None and report.section("received").missing is not None:
        # Nothing of this source is known: said once, not by every card.
        return [grid(cell(card(strip, title=["Chưa có số liệu trong kỳ"])))]
    return [
        metric_strip(strip),
        grid(
            chart("received", 6),
            chart("on_time_trend", 6),
            cell(drawn("by_source", 6), drawn("by_category", 6), span=6, is_filled=True),
            chart("by_department", 6),
            cell(table_card(report.section("comparison"))),
        ),
    ]
