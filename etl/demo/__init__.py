"""Demonstration data: two years of files as an office would have them, all of it invented.

The files go through the ordinary loading. What can be found in them is declared in ``STORIES``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etl.demo.dossier_files import dossier_exports
from etl.demo.dossiers import make_dossiers
from etl.demo.feedback import feedback_exports
from etl.demo.rankings import ranking_exports
from etl.demo.stories import STORIES, Story
from etl.demo.surveys import survey_exports
from etl.demo.task_reports import task_report_exports
from etl.demo.workbook import Export, write
from etl.seeding import working_calendar
from etl.settings import Settings

__all__ = ["STORIES", "Story", "demo_exports", "write_demo"]

DOSSIERS, FEEDBACK, SURVEYS, RANKINGS, TASKS = range(1, 6)


def write_demo(directory: Path, *, seed: int = 2024) -> list[Path]:
    """Write the demonstration files into ``directory`` and return them in loading order.

    The same seed gives the same files to the byte; another seed gives other figures with the same
    stories. Nothing happens after 31/12/2024, and the office keeps the default hours whatever the
    environment says.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [write(directory, export) for export in demo_exports(seed=seed)]


def demo_exports(*, seed: int) -> list[Export]:
    """Return what the files hold, in loading order: by name."""
    calendar = working_calendar(Settings.model_construct())
    lives = make_dossiers(_rng(seed, DOSSIERS), calendar=calendar)
    return [
        *dossier_exports(lives),
        *feedback_exports(_rng(seed, FEEDBACK), calendar=calendar),
        *survey_exports(_rng(seed, SURVEYS), calendar=calendar),
        *ranking_exports(_rng(seed, RANKINGS)),
        *task_report_exports(_rng(seed, TASKS)),
    ]


def _rng(seed: int, part: int) -> np.random.Generator:
    """Each part draws from its own stream, so that a change to one leaves the others alone."""
    return np.random.default_rng([seed, part])
