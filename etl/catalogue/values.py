"""Codes of statuses, channels, classes, levels and criteria: their labels and the words of files.

Declared in the seeds ``value_labels`` and ``criteria``; a file's own words can be added there or in
a mapping.
"""

from __future__ import annotations

from functools import cache

from etl.normalise import fold
from etl.seeds import SeedRow, seed_rows

OVERALL = "overall"
"""The criterion of what is asked about the whole; the others are known by Roman numerals."""


@cache
def labels(domain: str) -> dict[str, str]:
    """Return the Vietnamese label of each code of ``domain``, in order."""
    return {
        row["code"]: row["label"] for row in seed_rows("value_labels") if row["domain"] == domain
    }


@cache
def known_words(domain: str) -> dict[str, str]:
    """Return the code of each folded word that files use in ``domain``: codes, labels, synonyms."""
    words: dict[str, str] = {}
    for row in seed_rows("value_labels"):
        if row["domain"] == domain:
            synonyms = row["synonyms"].split("|") if row["synonyms"] else []
            for word in (row["code"], row["label"], *synonyms):
                words.setdefault(fold(word), row["code"])
    return words


def criteria() -> dict[str, SeedRow]:
    """Return the row of each criterion, with its label and short label, in order."""
    return {row["code"]: row for row in seed_rows("criteria")}


def code_of(domain: str, text: str) -> str | None:
    """Return the code that ``text`` stands for in ``domain``; None when it is unknown."""
    return known_words(domain).get(fold(text))
