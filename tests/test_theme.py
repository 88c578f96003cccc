import re
from dataclasses import fields
from pathlib import Path

import pytest

from dashboard.theme import DARK, FONT_FAMILY, LIGHT, PROJECTOR, THEMES, Theme

TOKENS_CSS = Path(__file__).parents[1] / "assets" / "tokens.css"
COLOURS = [field.name for field in fields(Theme) if isinstance(getattr(LIGHT, field.name), str)]
COLOURS.remove("name")
BLOCKS = {
    "light": '[data-bs-theme="light"]',
    "dark": '[data-bs-theme="dark"]',
}


def tokens_of(css: str, selector: str) -> dict[str, str]:
    """Return the custom properties of every rule whose selectors include ``selector``."""
    found: dict[str, str] = {}
    for selectors, body in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    ):
        if selector in [part.strip() for part in selectors.split(",")]:
            found |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", list(BLOCKS))
def test_theme_is_the_stylesheet(name):
    declared = tokens_of(TOKENS_CSS.read_text(encoding="utf-8"), BLOCKS[name])

    assert {c: declared.get(c.replace("_", "-")) for c in COLOURS} == {
        c: getattr(THEMES[name], c) for c in COLOURS
    }


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("token", ["ink", "ink_2", "ink_3", "accent", "concern", "notice"])
def test_words_are_legible_on_every_ground(theme, token):
    for ground in ("surface", "ribbon", "band_missing"):
        least = 4.5 if ground == "surface" or token in ("ink", "ink_2") else 3.5
        assert contrast(getattr(theme, token), getattr(theme, ground)) >= least


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("token", ["accent", "accent_mid", "concern", "context"])
def test_marks_stand_out_from_the_surface(theme, token):
    assert contrast(getattr(theme, token), theme.surface) >= 3.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        ("on_accent", "accent"),
        ("on_concern", "concern"),
        ("accent", "accent_soft"),
        ("concern", "concern_soft"),
        ("notice", "notice_soft"),
        ("ink_2", "sunken"),
        ("ink_3", "page"),
    ],
)
def test_words_are_legible_on_what_is_filled(theme, words, ground):
    assert contrast(getattr(theme, words), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_the_border_of_a_box_to_type_in_is_seen(theme):
    assert contrast(theme.control, theme.surface) >= 3.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_tooltip_is_legible(theme):
    assert contrast(theme.surface, theme.ink) >= 7
    assert contrast(theme.context_soft, theme.ink) >= 7


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_template_names_its_font_and_ground(theme):
    layout = theme.template.layout

    assert layout.font.family == layout.hoverlabel.font.family == FONT_FAMILY
    assert layout.paper_bgcolor == layout.plot_bgcolor == theme.surface
    assert layout.hoverlabel.bgcolor == theme.ink
    assert layout.showlegend is False


def test_projector_is_large_and_heavy():
    assert min(PROJECTOR.text_size, PROJECTOR.tick_size) >= 24
    assert PROJECTOR.text_weight >= 600
    assert PROJECTOR.line_width >= 3
    assert PROJECTOR.ribbon_outline == PROJECTOR.accent_mid
    assert LIGHT.ribbon_outline is DARK.ribbon_outline is None
