"""Every slide is readable from afar, nothing lies over anything, whatever an office is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.snapshots.freezing import Frozen
from etl.settings import Settings
from tests.meeting.conftest import frozen_at
from tests.meeting.looking import NARROW, WIDE, count_slides, faults_of_all, open_deck
from tests.meeting.offices import with_long_names

pytestmark = pytest.mark.browser

SIZES = ((NARROW, 24.0), (WIDE, 28.0))
"""With the least height of a word. The wide canvas is scaled by 1.2: its 28 px are 33.6 px on the
screen.
"""


def faults(page: Any, frozen: Frozen, folder: Path, **options: Any) -> list[dict[str, list[str]]]:
    """Return what is wrong with the deck of ``frozen``, at each size of a screen."""
    found = []
    for size, least in SIZES:
        page.set_viewport_size(size)
        open_deck(page, frozen, folder, **options)
        found.append(faults_of_all(page, least=least))
    return found


def test_the_demonstration_reads_from_afar(quiet_page: Any, june: Frozen, tmp_path: Path) -> None:
    assert faults(quiet_page, june, tmp_path) == [{}, {}]


def test_the_longest_names_have_room(quiet_page: Any, june: Frozen, tmp_path: Path) -> None:
    long = with_long_names(june)
    assert faults(quiet_page, long, tmp_path, current_version="0123abcd") == [{}, {}]


@pytest.mark.parametrize("departments", [1, 12])
def test_one_and_twelve_departments_have_room(
    quiet_page: Any, office: Callable[[int], Frozen], tmp_path: Path, departments: int
) -> None:
    assert faults(quiet_page, office(departments), tmp_path) == [{}, {}]
    assert count_slides(quiet_page) > departments


def test_a_month_without_departments_has_room(
    quiet_page: Any, meeting_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    empty = frozen_at(meeting_engine, settings, "2019-01")
    assert faults(quiet_page, empty, tmp_path) == [{}, {}]
    assert quiet_page.locator("[data-code^=department]").count() == 0
