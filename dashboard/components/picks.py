"""Charts of which a click on a bar or point is a filter: of what, and how the reader is told."""

from __future__ import annotations

from collections.abc import Mapping

PICKS: Mapping[str, str] = {
    "late_by_department": "department",
    "open_ages": "department",
    "supplements": "department",
    "by_department": "department",
    "by_field": "field",
    "by_channel": "channel",
    "late_by_unit": "unit",
    "satisfaction_by_unit": "unit",
    "tasks_by_unit": "unit",
    "outcomes": "period",
    "satisfaction_trend": "period",
    "intake_trend": "period",
    "on_time_trend": "period",
    "received": "period",
}
"""The section of the chart → the filter. The points' keys are the filter's values."""

_ACTIONS = {
    "department": "Bấm để lọc theo bộ phận, bấm lại để bỏ lọc",
    "field": "Bấm để lọc theo lĩnh vực, bấm lại để bỏ lọc",
    "channel": "Bấm để lọc theo kênh, bấm lại để bỏ lọc",
    "unit": "Bấm để xem riêng đơn vị này",
    "period": "Bấm để xem riêng tháng này",
}


def graph_id(section: str) -> str:
    """Return the id of a section's chart on the page."""
    return f"{section}-graph"


def pick_action(section: str) -> str:
    """Return what a click on a point of a section's chart does, "" for nothing."""
    return _ACTIONS[PICKS[section]] if section in PICKS else ""
