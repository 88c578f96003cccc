"""How wide words are in Be Vietnam Pro, and how to keep labels off each other.

Figures are laid out on the server, where no browser can be asked. Widths are therefore kept as a
table, and labels are placed on a plot of the stated size in px, y downwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from html import unescape

import numpy as np
from numpy.typing import NDArray

LINE_HEIGHT = 1.3
"""Plotly's distance between the lines of a text, in font sizes."""

Boxes = NDArray[np.float64]
"""One row per box: left, top, right, bottom."""

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


def spread(
    centres: Sequence[float], sizes: Sequence[float], *, low: float, high: float
) -> list[float]:
    """Return the centres moved as little as needed so that no two spans overlap.

    Spans keep their order and stay within ``low``–``high`` as far as they fit there.
    """
    order = sorted(range(len(centres)), key=lambda i: centres[i])
    groups: list[tuple[float, list[int]]] = []
    for index in order:
        groups.append((_clamp(centres[index], sizes[index] / 2, low, high), [index]))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], sizes):
            (_, below), (_, above) = groups.pop(), groups.pop()
            members = above + below
            total = sum(sizes[i] for i in members)
            wanted = sum(_wanted_middle(members, i, centres, sizes) for i in members)
            groups.append((_clamp(wanted / len(members), total / 2, low, high), members))
    moved = list(centres)
    for middle, members in groups:
        start = middle - sum(sizes[i] for i in members) / 2
        for i in members:
            moved[i] = start + sizes[i] / 2
            start += sizes[i]
    return moved


def _clamp(middle: float, half: float, low: float, high: float) -> float:
    return max(low + half, min(middle, high - half))


def _overlap(
    first: tuple[float, list[int]], second: tuple[float, list[int]], sizes: Sequence[float]
) -> bool:
    gap = second[0] - first[0]
    return gap < (sum(sizes[i] for i in first[1]) + sum(sizes[i] for i in second[1])) / 2 - 1e-9


def _wanted_middle(
    members: Sequence[int], index: int, centres: Sequence[float], sizes: Sequence[float]
) -> float:
    """Return where the middle of a stacked group would be if ``index`` stood where it wants to."""
    total = sum(sizes[i] for i in members)
    before = sum(sizes[i] for i in members[: members.index(index)])
    return centres[index] - before - sizes[index] / 2 + total / 2


class Placer:
    """A plot area on which boxes are placed so that none covers what is drawn or said already."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.taken: Boxes = np.empty((0, 4))

    def take(self, boxes: Boxes) -> None:
        """Keep others off ``boxes``."""
        self.taken = np.vstack([self.taken, boxes])

    def take_line(self, x: Sequence[float], y: Sequence[float], *, thickness: float) -> None:
        """Keep others off a line through the points."""
        for start, end in zip(
            zip(x[:-1], y[:-1], strict=True), zip(x[1:], y[1:], strict=True), strict=True
        ):
            steps = max(2, int(np.hypot(end[0] - start[0], end[1] - start[1]) // 4))
            along = np.linspace(start, end, steps)
            half = thickness / 2
            self.take(np.hstack([along - half, along + half]))

    def place(
        self, width: float, height: float, centres: NDArray[np.float64]
    ) -> tuple[float, float] | None:
        """Take the first of the candidate ``centres`` where a box is free and inside the plot.

        Returns the centre, None when there is no room.
        """
        half = np.array([width, height]) / 2
        boxes = np.hstack([centres - half, centres + half])
        is_free = (
            (boxes[:, 0] >= 0)
            & (boxes[:, 1] >= 0)
            & (boxes[:, 2] <= self.width)
            & (boxes[:, 3] <= self.height)
        )
        for chunk in np.array_split(np.flatnonzero(is_free), max(1, is_free.sum() // 256)):
            hits = _hits(boxes[chunk], self.taken)
            if not hits.all():
                found = chunk[np.argmin(hits)]
                self.take(boxes[found : found + 1])
                return float(centres[found, 0]), float(centres[found, 1])
        return None

    def free(
        self, width: float, height: float, centres: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return those of the candidate ``centres`` where a box would cover nothing taken."""
        half = np.array([width, height]) / 2
        return centres[~_hits(np.hstack([centres - half, centres + half]), self.taken)]

    def grid(self, *, near: tuple[float, float], step: float = 8.0) -> NDArray[np.float64]:
        """Return candidate centres over the whole plot, the nearest to ``near`` first."""
        x, y = np.meshgrid(np.arange(0, self.width, step), np.arange(0, self.height, step))
        centres = np.column_stack([x.ravel(), y.ravel()])
        distance = np.hypot(centres[:, 0] - near[0], (centres[:, 1] - near[1]) * 1.6)
        return centres[np.argsort(distance, kind="stable")]


def _hits(boxes: Boxes, taken: Boxes) -> NDArray[np.bool_]:
    """Return which boxes overlap any taken one."""
    if not len(boxes) or not len(taken):
        return np.zeros(len(boxes), dtype=bool)
    own, other = boxes[:, None, :], taken[None, :, :]
    apart = (
        (own[..., 2] <= other[..., 0])
        | (own[..., 0] >= other[..., 2])
        | (own[..., 3] <= other[..., 1])
        | (own[..., 1] >= other[..., 3])
    )
    return np.asarray(~apart.all(axis=1), dtype=bool)
