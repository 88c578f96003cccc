"""Dữ liệu."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.access.gate import may
from dashboard.access.roles import LOAD
from dashboard.components.cards import table_card
from dashboard.components.coverage import coverage_card
from dashboard.components.layout import cell, grid
from dashboard.components.view import View
from dashboard.model import Report
from dashboard.pages.loading_doors import PAGE as LOADING


def render(report: Report, view: View) -> list[Component]:
    """Return coverage, freshness, loads, rejects, aliases, the dictionary, the glossary."""
    link = ("Nạp dữ liệu", LOADING) if may(LOAD) else None
    far = [report.section(code) for code in ("batches", "rejects", "dictionary", "glossary")]
    return [
        html.Nav(
            [html.A(section.title, href=f"#{section.code}") for section in far],
            className="jump",
            **{"aria-label": "Trong trang này"},
        ),
        grid(
            cell(coverage_card(report.section("coverage"), link=link), span=7),
            cell(table_card(report.section("freshness")), span=5),
            cell(table_card(report.section("batches"), limit=12), span=12),
            cell(table_card(report.section("rejects"), limit=12), span=8),
            cell(table_card(report.section("aliases")), span=4),
            cell(table_card(report.section("dictionary")), span=12),
            cell(table_card(report.section("glossary")), span=12),
        ),
    ]
