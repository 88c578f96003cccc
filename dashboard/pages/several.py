"""Several units together: one layout for every page, from what its report has."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row, table_card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report, Section


def render(report: Report, view: View) -> list[Component]:
    """Return the key numbers, charts two and two, and tables over the whole width."""
    halves = [one for one in report.sections if one.chart is None or one.chart.form != "stacked"]
    halves = [one for one in halves if one.chart is not None or one.missing is not None]

    def placed(section: Section) -> Component:
        if section.chart is None and section.missing is None:
            return cell(table_card(section, last_is_total=section.code == "units"))
        # Bars of several parts need their words beside them; the last of an odd number is alone.
        is_alone = section not in halves or (section is halves[-1] and len(halves) % 2 == 1)
        span = 12 if is_alone else 6
        return cell(chart_card(section, view.theme, width=view.width(span)), span=span)

    cards = grid(*(placed(section) for section in report.sections))
    return [kpi_row(report.kpis, view.theme), cards] if report.kpis else [cards]
