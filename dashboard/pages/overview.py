"""Tổng quan."""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.cards import chart_card, kpi_row
from dashboard.components.layout import cell, grid
from dashboard.components.lists import directive_list, due_list
from dashboard.components.tasks import task_strip
from dashboard.components.view import View
from dashboard.model import Report


def render(report: Report, view: View) -> list[Component]:
    """Return four cards, the index over time, what to direct, criteria, what is due and tasks."""

    def chart(
        code: str,
        span: int,
        *,
        span_wide: int,
        height: int | None = None,
        drawn_wide: int | None = None,
    ) -> Component:
        width = view.width(span, span_wide=drawn_wide)
        drawn = chart_card(report.section(code), view.theme, width=width, height=height)
        return cell(drawn, span=span, span_wide=span_wide)

    return [
        kpi_row(report.kpis, view.theme),
        grid(
            chart("satisfaction_trend", 7, span_wide=5, height=222, drawn_wide=5),
            cell(
                directive_list(report.section("directives")),
                span=5,
                span_wide=3,
                first_on_phone=True,
            ),
            chart("criteria_index", 7, span_wide=4),
            cell(
                due_list(report.section("due"), link=("Danh sách hồ sơ", "/ho-so")),
                span=5,
                span_wide=4,
            ),
            cell(
                task_strip(report.section("task_strip"), link=("Bảng 12 tháng", "/nhiem-vu")),
                span_wide=8,
            ),
        ),
    ]
