"""Labels down a margin, level with what they name and apart from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.figures.common import Sheet
from dashboard.figures.measuring import text_height, text_width
from dashboard.figures.placing import spread


@dataclass(frozen=True)
class Label:
    """Words beside the plot, wanted with their middle at a height in px from its top."""

    text: str
    middle: float
    colour: str


def widest(texts: Sequence[str], size: float) -> float:
    """Return the width in px of the widest of the texts, 0 without any."""
    return max((text_width(text, size) for text in texts), default=0.0)


def say_beside(
    labels: Sequence[Label],
    drawn: Sheet,
    *,
    low: float,
    high: float,
    between: float,
    gap: float,
    side: Literal["left", "right"] = "right",
) -> None:
    """Put labels into a margin ``gap`` px off the plot, as near as can be to where they are wanted.

    They stay from ``low`` to ``high`` px as far as they fit there, ``between`` px apart.
    """
    heights = [text_height(label.text, drawn.text_size) + between for label in labels]
    wanted = [label.middle for label in labels]
    high = max(high, low + sum(heights))
    for label, middle in zip(labels, spread(wanted, heights, low=low, high=high), strict=True):
        drawn.say(
            label.text,
            x=1 if side == "right" else 0,
            xref="paper",
            xanchor="left" if side == "right" else "right",
            xshift=gap if side == "right" else -gap,
            y=1 - middle / drawn.plot_height,
            yref="paper",
            yanchor="middle",
            font={"color": label.colour, "size": drawn.text_size},
        )
