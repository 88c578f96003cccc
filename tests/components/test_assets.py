from __future__ import annotations

import json
import re
import struct
from mimetypes import guess_type

import pytest
from plotly.offline import get_plotlyjs_version

from dashboard.snapshots.html_parts import PLOTLY
from dashboard.text import PRODUCT
from etl.settings import ASSETS_DIR

VENDOR = ASSETS_DIR / "vendor"
OURS = sorted([*ASSETS_DIR.glob("*.css"), *ASSETS_DIR.glob("*.js")])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_asset_of_ours_reaches_outside(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not re.findall(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]{2,}", text)
    assert "@import" not in text


def test_every_file_that_a_stylesheet_names_is_there() -> None:
    for sheet in ASSETS_DIR.glob("*.css"):
        for name in re.findall(r"url\(\"(?!data:)([^\"]+)\"\)", sheet.read_text(encoding="utf-8")):
            assert (ASSETS_DIR / name.partition("?")[0]).is_file(), f"{sheet.name}: {name}"


def test_a_telephone_finds_a_name_and_its_icons() -> None:
    told = json.loads((ASSETS_DIR / "app.webmanifest").read_text(encoding="utf-8"))
    assert told["name"] == PRODUCT
    page = re.search(r"--page: (#\w+);", (ASSETS_DIR / "tokens.css").read_text(encoding="utf-8"))
    assert page is not None
    assert told["background_color"] == told["theme_color"] == page[1]
    assert guess_type("app.webmanifest")[0] == "application/manifest+json"
    for one in told["icons"]:
        # Width and height stand in a PNG's first chunk.
        size = struct.unpack(">II", (ASSETS_DIR / one["src"]).read_bytes()[16:24])
        assert "x".join(map(str, size)) == one["sizes"]


def test_every_vendored_folder_has_its_licence() -> None:
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert {folder.name for folder in folders} >= {
        "be-vietnam-pro",
        "bootstrap",
        "bootstrap-icons",
        "inter",
        "plotly",
        "regenerator-runtime",
    }
    assert all((folder / "LICENSE").is_file() for folder in folders)


def test_browser_and_figures_speak_the_same_plotly() -> None:
    with PLOTLY.open(encoding="utf-8") as bundle:
        assert f"v{get_plotlyjs_version()}" in bundle.read(300)


def test_bootstrap_lies_in_a_layer_below_ours() -> None:
    text = (VENDOR / "bootstrap" / "bootstrap.min.css").read_text(encoding="utf-8")
    assert text.startswith('@charset "UTF-8";@layer bootstrap{')
