"""Codes of statuses, channels, classes and levels: their labels and the words files use for them.

Declared in the seed ``value_labels``; a file's own words can be added there or in a mapping.
"""

from __future__ import annotations

from functools import cache

from etl.normalise import fold
from etl.seeds import seed_rows


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


def code_of(domain: str, text: str) -> str | None:
    """Return the code that ``text`` stands for in ``domain``; None when it is unknown."""
    return known_words(domain).get(fold(text))
