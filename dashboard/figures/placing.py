"""Keep words off each other and off what is drawn, on a plot measured in px, y downwards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""One row per box: left, top, right, bottom."""


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
        self.placed: Boxes = np.empty((0, 4))

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
                self.placed = np.vstack([self.placed, boxes[found]])
                return float(centres[found, 0]), float(centres[found, 1])
        return None

    def free(
        self, width: float, height: float, centres: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return those of the candidate ``centres`` where a box would cover nothing taken."""
        half = np.array([width, height]) / 2
        return centres[~_hits(np.hstack([centres - half, centres + half]), self.taken)]

    def in_sight(
        self, start: tuple[float, float], centres: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return those of the candidate ``centres`` to which a line leads over no placed box."""
        share = np.linspace(0, 1, 24)[:, None, None]
        along = (np.array(start) * (1 - share) + centres * share).reshape(-1, 2)
        is_hit = _hits(np.hstack([along, along]), self.placed).reshape(len(share), -1)
        return centres[~is_hit.any(axis=0)]

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
