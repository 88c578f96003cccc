"""Which header may be which canonical column: what is certain, and what is only alike."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

import pandas as pd

from etl.catalogue.sources import SOURCES, Column, Source
from etl.mapping import LOCAL_ZONE
from etl.normalise import bare_header
from etl.reading import RawTable
from etl.sources.cells import parse_numbers, texts
from etl.sources.columns import Resolved
from etl.sources.dates import read_dates

Certainty = Literal["sure", "guess", "none"]

QUESTIONS, LEVELS = "questions", "levels"
"""What a column of a survey is that asks one question, or counts the answers of one level.

No names of columns: of «question» there is one, of these there are many.
"""

_NUMBERING = ("stt", "tt", "so tt", "so thu tu")
"""Headers of a column that only numbers the rows."""
_LIKE_ENOUGH = 0.62
_NEAR = 0.25
"""A source is near where a quarter of its required columns is found, or half of them resembled;
of a source with few of them one that is found or two that are resembled."""
_SURE, _GUESS = 1.0, 0.6
_SAMPLE = 200
_FITS = 0.5
"""A column of days or numbers is one where at least half of its cells are."""


@dataclass(frozen=True)
class Proposal:
    """One column of a file: what it is taken for, how surely, and what else it resembles.

    ``canonical`` is a canonical name, one of :data:`QUESTIONS` or :data:`LEVELS`, or "" for a
    column that is not loaded.
    """

    header: str
    canonical: str
    label: str
    certainty: Certainty
    others: tuple[str, ...] = ()


def propose(table: RawTable, source: Source, found: Resolved) -> list[Proposal]:
    """Return a proposal per column of ``table``, in its order."""
    names = {header: name for name, header in found.columns.items()}
    free = [
        column
        for column in source.columns
        # The own unit is not guessed: only a source that must name it may take it from a column.
        if column.name not in found.columns and (column.name != "unit" or column.required)
    ]
    open_headers = [
        str(header)
        for header in table.frame.columns
        if header not in names and header not in found.questions and header not in found.levels
    ]
    likeness = {
        header: sorted(
            (
                (score, column.name)
                for column in free
                if (score := _likeness(header, column, table.frame))
            ),
            reverse=True,
        )
        for header in open_headers
    }
    guessed = _assigned(likeness)
    proposals = []
    for header in map(str, table.frame.columns):
        if header in names:
            label = source.column(names[header]).label
            proposals.append(Proposal(header, names[header], label, "sure"))
        elif header in found.questions:
            label = f"câu hỏi, tiêu chí {found.questions[header]}"
            proposals.append(Proposal(header, QUESTIONS, label, "sure"))
        elif header in found.levels:
            label = f"số phiếu mức {found.levels[header]}"
            proposals.append(Proposal(header, LEVELS, label, "sure"))
        else:
            name = guessed.get(header, "")
            others = tuple(other for score, other in likeness[header] if score >= _LIKE_ENOUGH)
            proposals.append(
                Proposal(
                    header,
                    name,
                    source.column(name).label if name else "",
                    "guess" if name else "none",
                    tuple(other for other in others if other != name),
                )
            )
    return proposals


def nearest_source(table: RawTable, resolved: dict[str, Resolved]) -> str:
    """Return the source whose required columns are found, or resembled, most completely.

    "" where none is near: what resembles one column of several tells of no source.
    """

    def weights(code: str) -> list[float]:
        source = SOURCES[code]
        proposals = propose(table, source, resolved[code])
        found = {p.canonical: _SURE if p.certainty == "sure" else _GUESS for p in proposals}
        return [found.get(column.name, 0) for column in source.columns if column.required]

    by_source = {code: weights(code) for code in SOURCES}
    shares = {code: sum(found) / len(found) for code, found in by_source.items()}
    nearest = max(shares, key=lambda code: shares[code])
    is_near = shares[nearest] >= _NEAR and sum(by_source[nearest]) >= _SURE
    return nearest if is_near else ""


def _assigned(likeness: dict[str, list[tuple[float, str]]]) -> dict[str, str]:
    """Give each canonical column to the header that is most like it."""
    pairs = sorted(
        ((score, header, name) for header, found in likeness.items() for score, name in found),
        reverse=True,
    )
    taken: dict[str, str] = {}
    for score, header, name in pairs:
        if score >= _LIKE_ENOUGH and header not in taken and name not in taken.values():
            taken[header] = name
    return taken


def _likeness(header: str, column: Column, frame: pd.DataFrame) -> float:
    """Return how alike a header is to a column's names, 0 to 1; 0 where its cells cannot fit."""
    if bare_header(header) in _NUMBERING:
        return 0.0
    score = max(_alike(header, name) for name in (*column.synonyms, column.name))
    if score < _LIKE_ENOUGH:
        return 0.0
    return score if _cells_fit(column, frame[header].head(_SAMPLE)) else 0.0


@lru_cache(maxsize=65536)
def _alike(header: str, name: str) -> float:
    """Return how alike two headers are, 0 to 1, and 0 for what is not like enough."""
    word, name = bare_header(header), bare_header(name)
    mine, theirs = set(word.split()), set(name.split())
    if not mine or not theirs:
        return 0.0
    shared = len(mine & theirs) / len(mine | theirs)
    by_words = 0.5 + shared / 2 if shared > 0.4 else 0.0
    matcher = SequenceMatcher(None, word, name)
    # Two bounds rule most pairs out before what takes long.
    if matcher.real_quick_ratio() < _LIKE_ENOUGH or matcher.quick_ratio() < _LIKE_ENOUGH:
        return by_words
    return max(matcher.ratio(), by_words)


def _cells_fit(column: Column, cells: pd.Series) -> bool:
    cells = cells.astype(object)
    filled = texts(cells).notna()
    if not filled.any():
        return True
    if column.kind in ("datetime", "date", "month"):
        dates = read_dates({column.name: cells}, zone=LOCAL_ZONE)[column.name]
        bad, swapped = dates.read("dmy").bad, dates.read("mdy").bad
        bad = bad if bad.sum() <= swapped.sum() else swapped
    elif column.kind in ("integer", "decimal"):
        _, bad = parse_numbers(cells, whole=column.kind == "integer")
    else:
        return True
    return bool((filled & ~bad).sum() >= _FITS * filled.sum())
