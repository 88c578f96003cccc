"""Sentences, verdicts and addresses: words of a Report as components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.icons import icon
from dashboard.model import Sentence, Tone, Verdict

Child: TypeAlias = str | Component

_TONE_CLASSES: dict[Tone, str] = {
    "plain": "",
    "good": "good",
    "concern": "concern",
    "notice": "notice",
}


def tone_class(tone: Tone) -> str:
    """Return the class that colours a tone, "" for what is plain."""
    return _TONE_CLASSES[tone]


def sentence(spans: Sentence) -> list[Child]:
    """Return the runs of a sentence: plain text, or a strong run in its tone."""
    children: list[Child] = []
    for span in spans:
        if span.strong:
            children.append(html.Strong(span.text, className=tone_class(span.tone) or None))
        elif span.tone != "plain":
            children.append(html.Span(span.text, className=tone_class(span.tone)))
        else:
            children.append(span.text)
    return children


def tied(text: str) -> str:
    """Return words in which no line begins with a sign of percent or a dash: "Địa chính –"."""
    return text.replace(" %", "\u00a0%").replace(" –", "\u00a0–")


def plain_text(spans: Sentence) -> str:
    """Return a sentence as a string, for labels that are only heard."""
    return "".join(span.text for span in spans)


def verdict_words(said: Sequence[Verdict]) -> str:
    """Return the foot of a card on one line: "Dao động thường; chưa đạt"."""
    first, *more = [one.text for one in said] or [""]
    return "; ".join([first, *map(fmt.lower_first, more)])


def bottom_line(spans: Sentence) -> html.P:
    """Return the one sentence on top of a page."""
    return html.P(
        sentence(tuple(replace(span, text=tied(span.text)) for span in spans)),
        className="bottom-line",
    )


def verdict(said: Verdict) -> html.Span:
    """Return an icon with its word, coloured by what it means."""
    tone = tone_class(said.tone)
    return html.Span([icon(said.icon), said.text], className=f"state {tone}".rstrip())


def verdicts(said: Sequence[Verdict]) -> html.Div:
    """Return the foot of a card."""
    return html.Div([verdict(one) for one in said], className="st")


def inner_link(href: str) -> str:
    """Return ``href`` when it stays inside the dashboard, else ""."""
    is_inside = href.startswith(("/", "?", "#")) and not href.startswith(("//", "/\\"))
    return href if is_inside else ""


def button_link(
    text: str, href: str, *, icon_name: str = "upload", is_primary: bool = False
) -> html.A:
    """Return a link that looks like a button: the next step of a state."""
    look = "btn-a primary" if is_primary else "btn-a"
    return html.A([icon(icon_name), text], href=inner_link(href), className=look)
