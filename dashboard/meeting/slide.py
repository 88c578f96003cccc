"""What a slide is: one message, its numbers, one body, and the table behind it. Plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from dashboard import formatting as fmt
from dashboard.components.words import tied
from dashboard.model import Chart, Kpi, Section, Sentence, Span, Table, Tone
from dashboard.snapshots.cells import printed_rows
from dashboard.text import NO_DATA


@dataclass(frozen=True)
class Number:
    """A number that matters, as it is printed, and the words under it."""

    value: str
    words: str
    tone: Tone = "plain"
    detail: Sentence = ()
    """A line more, where numbers fill the slide: each judgement in its own tone."""


@dataclass(frozen=True)
class Point:
    """One item of a list: what it is, more about it, and who and by when."""

    head: str
    text: str = ""
    aside: str = ""
    tone: Tone = "plain"
    is_whole: bool = False
    """Whether the text stands nowhere else and so is shown to its end, over pages if need be."""


@dataclass(frozen=True)
class Tiles:
    """Numbers side by side instead of a chart, at most four."""

    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Points:
    """A list instead of a chart; what does not fit goes on over the page."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class TaskBoard:
    """The month's tasks by criterion: groups of ``code``, ``label``, ``tasks`` (code, state)."""

    criteria: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Ladder:
    """The rungs of the ranking around our own, as the ranking's report has them."""

    rungs: tuple[Mapping[str, Any], ...]


Body: TypeAlias = Chart | Tiles | Points | TaskBoard | Ladder


@dataclass(frozen=True)
class Slide:
    """One message. ``title`` names it in the overview, ``sentence`` is read from afar."""

    code: str
    title: str
    sentence: Sentence
    body: Body
    subtitle: str = ""
    numbers: tuple[Number, ...] = ()
    table: Table | None = None
    note: str = ""
    page: int = 1
    """Which page of one message this is, where a list goes on."""
    pages: int = 1


@dataclass(frozen=True)
class LeftOut:
    """A slide that has nothing to show, and why."""

    code: str
    title: str
    reason: str


@dataclass(frozen=True)
class Slides:
    """The deck in its order, and what is not in it."""

    shown: tuple[Slide, ...]
    left_out: tuple[LeftOut, ...] = field(default=())


Made: TypeAlias = Slide | LeftOut


def words(text: str) -> Sentence:
    """Return plain words as a sentence."""
    return (Span(text),)


def headline(sentence: Sentence) -> Sentence:
    """Return a sentence as a headline: without its full stop."""
    if not sentence or not sentence[-1].text.endswith("."):
        return sentence
    bare = replace(sentence[-1], text=sentence[-1].text.removesuffix("."))
    return (*sentence[:-1], bare) if bare.text else sentence[:-1]


_COMPOUNDS = ("hồ sơ", "phản ánh", "nhiệm vụ", "việc làm")
_COUNTED = re.compile(r"(?<=\d) (?=\w)|(?<=\btrên) (?=\d)")


def tied_headline(sentence: Sentence) -> Sentence:
    """Return a headline that breaks neither between a number and what it counts nor inside that."""

    def tie(text: str) -> str:
        for noun in _COMPOUNDS:
            text = text.replace(noun, noun.replace(" ", "\u00a0"))
        return _COUNTED.sub("\u00a0", tied(text))

    return tuple(replace(span, text=tie(span.text)) for span in sentence)


def left_out(code: str, title: str, section: Section, *, otherwise: str = "") -> LeftOut | None:
    """Return why a section's slide is left out, None where there is something to show.

    A section without a figure says why itself; a chart or table without rows says ``otherwise``.
    """
    if section.missing is not None:
        return LeftOut(code, title, section.missing.reason)
    has_rows = section.chart is None or len(section.chart.frame) > 0
    return None if has_rows else LeftOut(code, title, otherwise or f"{fmt.capital(NO_DATA)}.")


def find_kpi(kpis: tuple[Kpi, ...], metric: str) -> Kpi | None:
    """Return the card of a metric that has a number; None where there is none."""
    return next((kpi for kpi in kpis if kpi.metric == metric and kpi.missing is None), None)


def verdict_tone(kpi: Kpi) -> Tone:
    """Return the tone of a card's gravest verdict."""
    tones: tuple[Tone, ...] = ("concern", "notice", "good")
    said = {verdict.tone for verdict in kpi.verdicts}
    return next((tone for tone in tones if tone in said), "plain")


def cell(section: Section, metric: str) -> Mapping[str, Any] | None:
    """Return the cell of a strip that shows a metric, None where it has no such cell."""
    cells = section.data.get("cells", ())
    return next((one for one in cells if one["metric"] == metric), None)


def printed_records(table: Table) -> list[dict[str, str]]:
    """Return a table's rows as they are printed, by column."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in printed_rows(table)]
