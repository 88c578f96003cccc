"""How wide words are in Be Vietnam Pro, and how they are broken into lines.

Figures are laid out on the server, where no browser can be asked: widths are kept as a table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import unescape

import numpy as np

LINE_HEIGHT = 1.3
"""Plotly's distance between the lines of a text, in font sizes."""

# Advance widths in thousandths of the font size: @fontsource/be-vietnam-pro 5.3.0, weight 600,
# which is wider than what most labels are set in. Accents leave a letter's width as it is, but for
# a few thousandths.
_WIDTHS = {
    **dict.fromkeys("ijlI", 290),
    **dict.fromkeys(" \u00a0", 230),
    **dict.fromkeys(".,:;'|!·", 330),
    **dict.fromkeys("frt()[]-", 430),
    **dict.fromkeys("1J", 480),
    **dict.fromkeys("sz/", 530),
    **dict.fromkeys("nuvxykưh7", 600),
    **dict.fromkeys("bcdegopqagđơ", 665),
    **dict.fromkeys("02345689TEFLSZPY−", 705),
    **dict.fromkeys("ABDHKNRUVXĐƯ–+", 790),
    **dict.fromkeys("CGOQƠM%", 875),
    **dict.fromkeys("mwW", 1040),
}
_OTHER = 800
_TAG = re.compile(r"<[^<>]*>")


def escape(text: str) -> str:
    """Return words from data so that Plotly shows them as they are, tags and all."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_width(text: str, size: float) -> float:
    """Return the width in px of a text's longest line; Plotly's tags have none."""
    return max(_line_width(line, size) for line in text.split("<br>"))


def _line_width(line: str, size: float) -> float:
    letters = unescape(_TAG.sub("", line))
    return sum(_letter_width(letter) for letter in letters) * size / 1000


def _letter_width(letter: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _WIDTHS or base == letter:
        return _WIDTHS.get(base, _OTHER)
    return _letter_width(base)


def text_height(text: str, size: float) -> float:
    """Return the height in px of a text, of all its lines."""
    return (text.count("<br>") + 1) * size * LINE_HEIGHT


@lru_cache(maxsize=8192)
def wrap(text: str, *, size: float, width: float, most: int | None = None) -> str:
    """Return ``text`` broken at blanks into as few, even lines of ``width`` px as hold it.

    A word wider than ``width`` keeps a line of its own. With ``most`` a text of more lines than
    that ends in an ellipsis: the whole of it is for the tooltip and the table.
    """
    words = text.split(" ")
    lines = _fill(words, size, width)
    if len(lines) == 1:
        return text
    if most is not None and len(lines) > most:
        return "<br>".join([*lines[: most - 1], clip(" ".join(lines[most - 1 :]), size, width)])
    # As few lines as needed, and then as narrow as that many lines can be: 4 + 4 words, not 7 + 1.
    for narrower in np.arange(width, 0, -size / 2):
        tighter = _fill(words, size, float(narrower))
        if len(tighter) > len(lines):
            break
        lines = tighter
    return "<br>".join(lines)


def clip(text: str, size: float, width: float) -> str:
    """Return ``text`` on one line of ``width`` px, its last words given up for an ellipsis."""
    if text_width(text, size) <= width:
        return text
    words = text.split(" ")
    while len(words) > 1 and text_width(" ".join(words) + " …", size) > width:
        words.pop()
    return " ".join(words) + " …"


def _fill(words: Sequence[str], size: float, width: float) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]} {word}"
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
