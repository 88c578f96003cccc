"""The Report: what a page shows, a snapshot freezes and a slide repeats. Plain data only.

Nobody computes a number after a builder has made one of these; renderers only lay it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

Tone = Literal["plain", "good", "concern", "notice"]
"""What a thing means; the theme colours it. ``plain`` is everything inside the noise."""

CellKind = Literal[
    "text",
    "code",
    "integer",
    "late",
    "figure",
    "percent1",
    "percent2",
    "date",
    "month",
    "chip",
    "task",
]
"""How a cell is read; ``late`` are days past a due date, below zero those that are left."""


@dataclass(frozen=True)
class Span:
    """A run of words of a sentence; ``tone`` and ``strong`` mark what the eye must catch."""

    text: str
    strong: bool = False
    tone: Tone = "plain"


Sentence = tuple[Span, ...]


@dataclass(frozen=True)
class Verdict:
    """An icon with words, the foot of a card. ``icon`` is a Bootstrap Icons name or one of ours."""

    icon: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, eq=False)
class Chart:
    """What to draw: a form of :mod:`dashboard.figures`, its frame and its options.

    Kept undrawn so that one Report serves the light, dark and projector themes. Equal to itself
    alone, as frames have no truth of being equal.
    """

    form: str
    frame: pd.DataFrame
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableColumn:
    """One column of a table; numbers are raw in the rows and formatted by the renderer."""

    key: str
    label: str
    kind: CellKind = "text"


@dataclass(frozen=True, eq=False)
class Table:
    """A table with raw values: ``rows`` has the columns' keys, percentages as fractions.

    Equal to itself alone, as a chart is.
    """

    columns: tuple[TableColumn, ...]
    rows: pd.DataFrame


@dataclass(frozen=True)
class Missing:
    """Why there is no figure, and what to do: nothing was loaded, or nothing fits the choice."""

    kind: Literal["no_data", "empty_filter"]
    reason: str
    next_step: str = ""
    link: str = ""


RowRole = Literal["goal", "before", "change", "interval", "size", "split", "silent", "detail"]
"""What a row of a card is: ``split`` and ``silent`` are of tasks (part met and not met, those
unreported), ``detail`` is everything that no renderer asks for by itself."""


@dataclass(frozen=True)
class KpiRow:
    """One row of a card as it is printed; its role is how others find it, never its words."""

    role: RowRole
    label: str
    value: str


@dataclass(frozen=True)
class Kpi:
    """One card: a number with its own period, four fixed rows, a sparkline and a verdict."""

    metric: str
    label: str
    window: str
    value: str
    suffix: str = ""
    rows: tuple[KpiRow, ...] = ()
    spark: Chart | None = None
    verdicts: tuple[Verdict, ...] = ()
    missing: Missing | None = None
    link: str = ""
    worked: tuple[tuple[str, str], ...] = ()
    """What its definition says of the figure beyond the rows: the counts it was divided from."""

    def row(self, role: RowRole) -> KpiRow:
        """Return the row of a role, one without words when the card has none."""
        return next((row for row in self.rows if row.role == role), KpiRow(role, "", ""))


@dataclass(frozen=True)
class Section:
    """One card of a page: the sentence is its title, the table stands one key away."""

    code: str
    title: str
    sentence: Sentence
    chart: Chart | None = None
    table: Table | None = None
    note: str = ""
    metric: str = ""
    missing: Missing | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """What a section that is no chart is made of (task states, due dates), as plain values."""


@dataclass(frozen=True)
class Report:
    """One page's worth of figures at one data version."""

    code: str
    title: str
    period: str
    as_of: date | None
    data_version: str
    is_demo: bool
    sentence: Sentence
    kpis: tuple[Kpi, ...]
    sections: tuple[Section, ...]
    year: int | None = None
    """The year of a report that is of one by itself, whatever the period."""

    def section(self, code: str) -> Section:
        """Return the section called ``code``; KeyError when the report has none."""
        for section in self.sections:
            if section.code == code:
                return section
        raise KeyError(code)
