"""Every slide is readable from afar, nothing lies over anything, whatever an office is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.snapshots.freezing import Frozen
from etl.settings import Settings
from tests.meeting.conftest import frozen_at
from tests.meeting.looking import NARROW, WIDE, count_slides, faults_of_all, open_deck
from tests.meeting.offices import with_long_names

pytestmark = pytest.mark.browser

SIZES = [pytest.param(NARROW, 24.0, id="1024x768"), pytest.param(WIDE, 28.0, id="1920x1080")]
"""The wide canvas is scaled by 1.2: its 28 px are 33.6 px on the screen."""


@pytest.mark.parametrize(("size", "least"), SIZES)
def test_the_demonstration_reads_from_afar(
    quiet_page, june: Frozen, tmp_path: Path, size: dict[str, int], least: float
) -> None:
    quiet_page.set_viewport_size(size)
    open_deck(quiet_page, june, tmp_path)
    assert faults_of_all(quiet_page, least=least) == {}


@pytest.mark.parametrize(("size", "least"), SIZES)
def test_the_longest_names_have_room(
    quiet_page, june: Frozen, tmp_path: Path, size: dict[str, int], least: float
) -> None:
    quiet_page.set_viewport_size(size)
    open_deck(quiet_page, with_long_names(june), tmp_path, current_version="0123abcd")
    assert faults_of_all(quiet_page, least=least) == {}


@pytest.mark.parametrize("departments", [1, 12])
@pytest.mark.parametrize(("size", "least"), SIZES)
def test_one_and_twelve_departments_have_room(
    quiet_page,
    office: Callable[[int], Frozen],
    tmp_path: Path,
    departments: int,
    size: dict[str, int],
    least: float,
) -> None:
    quiet_page.set_viewport_size(size)
    open_deck(quiet_page, office(departments), tmp_path)
    assert count_slides(quiet_page) > departments
    assert faults_of_all(quiet_page, least=least) == {}


@pytest.mark.parametrize(("size", "least"), SIZES)
def test_a_month_without_departments_has_room(
    quiet_page,
    meeting_engine: Engine,
    settings: Settings,
    tmp_path: Path,
    size: dict[str, int],
    least: float,
) -> None:
    quiet_page.set_viewport_size(size)
    open_deck(quiet_page, frozen_at(meeting_engine, settings, "2019-01"), tmp_path)
    assert quiet_page.locator("[data-code^=department]").count() == 0
    assert faults_of_all(quiet_page, least=least) == {}
