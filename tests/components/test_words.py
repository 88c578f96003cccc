from __future__ import annotations

import pytest
from dash import html

from dashboard.components.words import button_link, inner_link, plain_text, sentence, verdict
from dashboard.model import Span, Verdict
from tests.components.helpers import words

SPANS = (
    Span("Trễ hạn "),
    Span("4,0 %", strong=True, tone="concern"),
    Span(", "),
    Span("số ít", tone="notice"),
    Span(", mốc ", strong=True),
)


def test_sentence_marks_what_the_eye_must_catch() -> None:
    assert str(sentence(SPANS)) == str(
        [
            "Trễ hạn ",
            html.Strong("4,0 %", className="concern"),
            ", ",
            html.Span("số ít", className="notice"),
            html.Strong(", mốc ", className=None),
        ]
    )
    assert plain_text(SPANS) == "Trễ hạn 4,0 %, số ít, mốc "


def test_hostile_text_stays_text() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    children = sentence((Span(hostile), Span(hostile, strong=True)))
    assert children[0] == hostile
    assert words(children[1]) == hostile


def test_verdict_is_an_icon_with_a_word() -> None:
    shown = verdict(Verdict("x-circle", "Chưa đạt", "concern"))
    assert shown.className == "state concern"
    assert "i-x-circle" in shown.children[0].className
    assert words(shown) == "Chưa đạt"


@pytest.mark.parametrize("href", ["/ho-so", "/ho-so?period=2024-12", "?", "#page"])
def test_links_stay_inside(href: str) -> None:
    assert inner_link(href) == href
    assert button_link("Nạp", href).href == href


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "https://example.com", "//example.com", "/\\example.com", ""]
)
def test_links_elsewhere_are_dropped(href: str) -> None:
    assert inner_link(href) == ""
