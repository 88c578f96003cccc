from __future__ import annotations

import re

import pytest

from dashboard.components.icons import ALIASES, ICONS, icon
from etl.settings import ASSETS_DIR


def test_the_stylesheet_draws_every_icon_and_no_other() -> None:
    rules = (ASSETS_DIR / "icons.css").read_text(encoding="utf-8")
    assert set(re.findall(r"^\.i-([a-z0-9-]+)\{", rules, flags=re.M)) == ICONS


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icon("no-such-icon")


def test_icons_are_hidden_from_screen_readers() -> None:
    assert icon("house").to_plotly_json()["props"]["aria-hidden"] == "true"


def test_aliases_name_icons() -> None:
    assert set(ALIASES.values()) <= ICONS
