"""Tổng quan."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row
from dashboard.components.layout import cell, grid
from dashboard.components.lists import due_list
from dashboard.components.tasks import task_strip
from dashboard.model import Report
from dashboard.theme import Theme


def render(report: Report, theme: Theme) -> list[Component]:
    """Return four cards, the index over time, criteria, tasks and what is due."""
    return [
        kpi_row(report.kpis, theme),
        grid(
            cell(chart_card(report.section("satisfaction_trend"), theme), span=7, span_wide=7),
            cell(due_list(report.section("due"), link=("Danh sách hồ sơ", "/ho-so")), span=5),
            cell(chart_card(report.section("criteria_index"), theme), span=5, span_wide=5),
            cell(
                task_strip(report.section("task_strip"), link=("Bảng 12 tháng", "/nhiem-vu")),
                span=7,
            ),
        ),
    ]
