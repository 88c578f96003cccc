"""Nhiệm vụ."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import card, chart_card
from dashboard.components.layout import cell, grid
from dashboard.components.tasks import criterion_progress, task_matrix
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return the progress of the six criteria, the matrix of tasks and months, and who owns it."""
    if report.sections[0].missing is not None:
        return [grid(cell(card(report.sections[0])))]
    return [
        criterion_progress(report.section("criteria")),
        grid(
            cell(task_matrix(report.section("matrix"))),
            cell(chart_card(report.section("owners"), view.theme, width=view.width(12))),
        ),
    ]
