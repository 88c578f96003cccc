"""Xếp hạng."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card
from dashboard.components.ladder import gap_card, holes_card, ranking_ladder
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the ladder of all ranked units, the gaps, the movement and the holes."""
    codes = {section.code for section in report.sections}
    beside: list[Component] = []
    if "gaps" in codes:
        beside.append(gap_card(report.section("gaps")))
    if "movement" in codes:
        beside.append(chart_card(report.section("movement"), view.theme, width=view.width(4)))
    below = [holes_card(report.section("holes"))] if "holes" in codes else []
    ladder = ranking_ladder(report.section("ladder"))
    if not beside:
        return [grid(cell(ladder, *below))]
    return [grid(cell(ladder, *below, span=8), cell(*beside, span=4))]
