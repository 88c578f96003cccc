"""The Vietnamese locale of Plotly, as a browser has it: graphs ask for it by ``locale: "vi"``."""

import re

import pytest

from dashboard.snapshots.html_parts import PLOTLY
from etl.settings import ASSETS_DIR

LOCALE = ASSETS_DIR / "plotly-vi.js"
DICTIONARY = dict(re.findall(r'^\s+"([^"]+)": "([^"]+)",?$', LOCALE.read_text("utf-8"), flags=re.M))
DRAWN = """async () => {
    const box = document.body.appendChild(document.createElement('div'));
    const data = [{x: ['2024-07-01', '2024-08-01'], y: [1234567.5, 1234568.5]}];
    const layout = {yaxis: {tickformat: ',.1f', tickvals: [1234567.5]}, xaxis: {tickformat: '%B'}};
    const config = {locale: 'vi', displayModeBar: true, displaylogo: false, showSendToCloud: false};
    await Plotly.newPlot(box, data, layout, config);
    const texts = (found, read) => [...box.querySelectorAll(found)].map(read);
    return {
        x: texts('.xtick text', one => one.textContent),
        y: texts('.ytick text', one => one.textContent),
        tools: texts('.modebar-btn', one => one.dataset.title),
    };
}"""


@pytest.mark.parametrize("scripts", [[PLOTLY, LOCALE], [LOCALE, PLOTLY]], ids=["after", "before"])
def test_it_is_spoken_whether_it_comes_before_or_after_plotly(warm_page, scripts):
    warm_page.goto("about:blank")
    for script in scripts:
        warm_page.add_script_tag(path=script)

    drawn = warm_page.evaluate(DRAWN)

    assert drawn["y"] == ["1.234.567,5"]
    assert "Tháng 7" in " ".join(drawn["x"])
    assert len(drawn["tools"]) > 4
    assert set(drawn["tools"]) <= set(DICTIONARY.values())


@pytest.mark.parametrize("words", ["Preparing image - this may take a few seconds", "Share chart"])
def test_what_is_seldom_seen_has_vietnamese_words(words):
    assert DICTIONARY[words] not in ("", words)
