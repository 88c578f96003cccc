"""What is asked of both sides, and their answers laid out so that they can be compared."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from etl.catalogue.metrics import METRICS
from tests.truth.independent import TIME

DIMENSIONS = {
    "mart_dossier": ("unit", "department", "field", "procedure", "channel"),
    "mart_feedback": ("unit", "department", "channel", "category"),
    "mart_survey": ("unit", "department", "field", "channel", "criterion", "question"),
    "mart_task": ("unit", "criterion", "task"),
}
COMPUTED = sorted(code for code, metric in METRICS.items() if metric.kind != "published")

Question = tuple[tuple[str, ...], tuple[str, str] | None]
"""Dimensions to divide by, and the first and last month; None for all that is covered."""


def _cell(value: Any) -> Any:
    return None if pd.isna(value) else value


def figures(frame: pd.DataFrame, by: tuple[str, ...]) -> dict[tuple[str, ...], tuple]:
    """Key to counts and value; a part of which nothing is counted says no more than no row."""
    by_time_alone = set(by) <= set(TIME)
    found = {}
    for row in frame.to_dict("records"):
        counts = _cell(row["numerator"]), _cell(row["denominator"])
        if by_time_alone or any(counts):
            value = _cell(row["value"])
            found[tuple(row[name] for name in by)] = (
                *counts,
                value if value is None else pytest.approx(value, rel=0, abs=1e-12),
            )
    return found


def uncovered(frame: pd.DataFrame, by: tuple[str, ...]) -> set[str]:
    """The periods of ``frame`` for which no file speaks: rows without figures."""
    times = [name for name in by if name in TIME]
    return set(frame.loc[frame["numerator"].isna(), times[0]]) if times else set()
