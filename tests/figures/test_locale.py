import re

import pytest

from tests.services.server import PROJECT

LOCALE = (PROJECT / "assets" / "plotly-vi.js").read_text(encoding="utf-8")
DICTIONARY = dict(re.findall(r'^\s+"([^"]+)": "([^"]+)",?$', LOCALE, flags=re.M))


def test_separators_are_vietnamese():
    assert 'decimal: ","' in LOCALE
    assert 'thousands: "."' in LOCALE
    assert 'name: "vi"' in LOCALE


@pytest.mark.parametrize(
    "words",
    [
        "Autoscale",
        "Box Select",
        "Download plot",
        "Download plot as a PNG",
        "Lasso Select",
        "Pan",
        "Preparing image - this may take a few seconds",
        "Reset axes",
        "Share chart",
        "Zoom",
        "Zoom in",
        "Zoom out",
    ],
)
def test_tools_have_vietnamese_words(words):
    assert DICTIONARY[words] not in ("", words)


def test_it_waits_for_plotly_when_it_comes_first():
    assert "window.Plotly.register(locale)" in LOCALE
    assert "window.PlotlyLocales.push(locale)" in LOCALE
