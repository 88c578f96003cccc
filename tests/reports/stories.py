"""Looking for the demonstration's stories in the list of what needs a leader's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection

from dashboard.reports.directives import directives
from etl.demo import STORIES, write_demo
from etl.loading import load_file
from etl.migration import migrate
from etl.warehouse import open_engine
from tests.reports.conftest import SETTINGS, context

WHERE = {
    "slipping_department": ("signal", "Địa chính – Xây dựng"),
    "intake_bottleneck": ("signal", "intake_within_8h_rate"),
    "dragging_criterion": ("low_criterion", "V"),
    "quiet_month": ("small_survey", "2024-02"),
    "missing_survey": ("missing_survey", "2024-08"),
    "unreported_samples": ("unreported_tasks", "III.2"),
    "unreported_inspections": ("unreported_tasks", "IV.4"),
    "reset_deadlines": ("changed_deadlines", "due_date_changes"),
}
"""The item that tells each story: its rule, and what it is about."""


def find_stories(connection: Connection) -> set[str]:
    """Return the stories that the list names in at least one of their months."""
    months = {month for story in STORIES.values() for month in story.months}
    named = {
        (month, item.code, about)
        for month in months
        for item in directives(context(connection, f"?period={month}"))
        for about in item.about.split(",")
    }
    return {
        story.code
        for story in STORIES.values()
        if any((month, *WHERE[story.code]) in named for month in story.months)
    }


def count_found(folder: Path, *, seeds: Iterable[int]) -> Counter[str]:
    """Return in how many demonstrations each story is found."""
    found: Counter[str] = Counter(dict.fromkeys(STORIES, 0))
    for seed in seeds:
        engine = open_engine(f"sqlite:///{folder / f'{seed}.db'}")
        migrate(engine)
        for path in write_demo(folder / str(seed), seed=seed):
            load_file(engine, path, settings=SETTINGS)
        with engine.connect() as connection:
            found.update(find_stories(connection))
        engine.dispose()
    return found
