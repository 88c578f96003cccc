"""Xếp hạng."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, table_card
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
    ladder = [ranking_ladder(report.section("ladder"))]
    if "holes" in codes:
        # Beside the ladder where nothing else fills that side: in the first year that is known.
        place = beside if beside and "movement" not in codes else ladder
        place.append(holes_card(report.section("holes")))
    # The ranking by surveys stands apart: it is never part of the published one.
    apart = (
        [cell(table_card(report.section("survey_ranking")))] if "survey_ranking" in codes else []
    )
    if not beside:
        return [grid(cell(*ladder), *apart)]
    return [grid(cell(*ladder, span=8), cell(*beside, span=4), *apart)]
