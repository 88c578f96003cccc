"""What fits on a slide: two shapes of slide, measured on the server before anything is drawn.

A slide is laid out for one of two canvases and then scaled to the projector as a whole, so that
what fits here fits on every screen. Widths are those of :mod:`dashboard.figures.measuring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import plotly.graph_objects as go

from dashboard.components.words import plain_text
from dashboard.figures import ROW_FORMS, draw
from dashboard.figures.measuring import text_width, wrap
from dashboard.meeting.slide import Number, Point, Points, Slide, Tiles, tied_headline
from dashboard.model import Chart
from dashboard.theme import PROJECTOR

LINE, TIGHT = 1.32, 1.2
"""Line heights of text and of the sentence, in font sizes; deck.css says the same."""

_SAFE = 0.94
"""Share of a width that measured words may take: the sentence's bold is wider than the table's."""

_FOOT_GAP = 12
"""Between the body and the footer's rule."""

MOST_ROWS = 12
"""Rows of a chart that are still read from afar."""


@dataclass(frozen=True)
class Layout:
    """A canvas: its size, its smallest text, and what stands where, in px."""

    name: str
    width: int
    height: int
    pad: int
    text: int
    """The smallest text: a fortieth of the height is read from the last row."""
    panel: int
    """Width of the column of numbers."""
    gap: int
    foot: int
    """Height of the footer with its rule."""
    sentence: tuple[int, ...]
    """Sizes of the sentence for one or two, three, and more lines."""
    values: tuple[int, ...]
    """Sizes of a number, the largest that fits is taken."""

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.width - 2 * self.pad


NARROW = Layout("narrow", 1024, 768, 34, 24, 236, 22, 66, (41, 36, 31), (56, 46, 38, 30))
WIDE = Layout("wide", 1600, 900, 54, 28, 380, 34, 78, (48, 43, 38), (72, 58, 46, 36))
LAYOUTS = (NARROW, WIDE)


@dataclass(frozen=True)
class Fit:
    """How a slide is laid out on one canvas."""

    layout: Layout
    sentence: int
    value: int
    width: int
    height: int
    """Of the body."""


def fit(slide: Slide, layout: Layout, *, has_strip: bool = False) -> Fit:
    """Return the sizes of a slide's sentence and numbers and the room left for its body."""
    numbers = _tiles(slide)
    size, lines = _sentence(
        plain_text(tied_headline(slide.sentence)), layout, is_large=bool(numbers)
    )
    head = lines * size * TIGHT + 14
    subtitle = _lines(slide.subtitle, layout.text, layout.inner)
    head += subtitle * layout.text * LINE if slide.subtitle else 0
    strip = layout.text * LINE + 16 if has_strip else 0
    height = layout.height - layout.pad * 0.7 - layout.foot - head - strip - layout.gap - _FOOT_GAP
    width = layout.inner
    if slide.numbers:
        width -= layout.panel + 2 * layout.gap + 4
    room = layout.panel if slide.numbers else layout.inner / 4
    value = _value(slide.numbers or numbers, layout, room=room, height=height)
    return Fit(layout, size, value, int(width), int(height))


def _tiles(slide: Slide) -> tuple[Number, ...]:
    return slide.body.numbers if isinstance(slide.body, Tiles) else ()


def _lines(text: str, size: float, width: float) -> int:
    return wrap(text, size=size, width=width * _SAFE).count("<br>") + 1


def _sentence(text: str, layout: Layout, *, is_large: bool = False) -> tuple[int, int]:
    """Return the size of a sentence and its lines: two lines large, three less, the rest small.

    One that has the slide almost for itself (``is_large``) is never small.
    """
    for most, size in zip((2, 5 if is_large else 3), layout.sentence, strict=False):
        lines = _lines(text, size, layout.inner)
        if lines <= most:
            return size, lines
    size = layout.sentence[-1]
    return size, _lines(text, size, layout.inner)


def _value(numbers: Sequence[Number], layout: Layout, *, room: float, height: float) -> int:
    """Return the largest size at which every number fits the width and all of them the height."""
    for size in layout.values:
        widths = (_value_width(one.value, size, layout) for one in numbers)
        is_narrow = all(width <= room * _SAFE for width in widths)
        if is_narrow and (room != layout.panel or _stack(numbers, size, layout) <= height):
            return size
    return layout.values[-1]


SAID = 1.15
"""Size of a value that is words, in sizes of text; deck.css says the same."""


def _value_width(value: str, size: float, layout: Layout) -> float:
    """Return the width of a printed number, its unit smaller; one of words breaks into lines."""
    digits, unit = split_value(value)
    small = max(size * 0.55, layout.text)
    return text_width(digits, size) + text_width(unit, small) + 4 if digits else 0.0


def _stack(numbers: Sequence[Number], size: float, layout: Layout) -> float:
    height = 24.0 * max(0, len(numbers) - 1)
    for number in numbers:
        if split_value(number.value)[0]:
            height += size * 1.1
        else:
            said = layout.text * SAID
            height += _lines(number.value, said, layout.panel) * said * LINE
        height += _lines(number.words, layout.text, layout.panel) * layout.text * LINE
    return height


def split_value(value: str) -> tuple[str, str]:
    """Return "91,3 %" as digits and unit, "4/306 hồ sơ" as the part and its whole.

    Words have no digits.
    """
    for place, letter in enumerate(value):
        if not (letter.isdigit() or letter in "+−-.,–"):
            return value[:place], value[place:]
    return value, ""


# Lists --------------------------------------------------------------------------------------------

_HEAD_LINES, _TEXT_LINES, _ASIDE_LINES = 2, 3, 2
_HEAD_SIZE = 26
_AROUND = 22
"""Room above and below an item, and between two."""

_BESIDE = 24
"""Room to the left of an item, its bar included."""

_LEAST_LINES = 2
"""Lines of a text that are worth beginning at the foot of a page."""


def pages(slide: Slide, *, has_strip: bool = False) -> list[Slide]:
    """Return a slide as as many pages as its list needs, about alike full; any other as it is.

    Pages are the same on both canvases: the smaller decides.
    """
    if not isinstance(slide.body, Points):
        return [slide]
    room = fit(slide, NARROW, has_strip=has_strip)
    width = room.width - _BESIDE
    points = [_cut(point, width) for point in slide.body.points]
    found = _levelled(points, width, float(room.height))
    return [
        replace(
            slide,
            code=slide.code if number == 1 else f"{slide.code}-{number}",
            body=Points(tuple(points)),
            page=number,
            pages=len(found),
        )
        for number, points in enumerate(found, start=1)
    ]


_LEVELLING = 6
"""Halvings of the height to which pages are filled: it is right to a third of a line then."""


def _levelled(points: Sequence[Point], width: float, height: float) -> list[list[Point]]:
    """Return points over as few pages as they need, each filled no further than that asks for.

    Filled to the foot one after the other, the last page may hold a line or two. No text is broken
    for it that would have stayed whole.
    """
    found = _filled(points, width, height)
    pages, parts = len(found), sum(map(len, found))
    least, most = 0.0, height
    for _ in range(_LEVELLING if pages > 1 else 0):
        middle = (least + most) / 2
        try:
            tried = _filled(points, width, middle)
        except ValueError:
            least = middle
            continue
        if len(tried) == pages and sum(map(len, tried)) <= parts:
            found, most = tried, middle
        else:
            least = middle
    return found


def _filled(points: Sequence[Point], width: float, height: float) -> list[list[Point]]:
    """Return points over pages of a height, each filled to its foot before the next.

    Raises:
        ValueError: there is an item that no page can hold.
    """
    found: list[list[Point]] = [[]]
    left = height
    waiting = list(reversed(points))
    while waiting:
        point = waiting.pop()
        needed = _point_height(point, width)
        if needed > left:
            first, rest = _split(point, width, left)
            if first is not None:
                found[-1].append(first)
                point = rest
            elif not found[-1]:
                raise ValueError(f"an item that no slide can hold: {point.head}")
            found.append([])
            left = height
            waiting.append(point)
            continue
        found[-1].append(point)
        left -= needed
    return found


def _cut(point: Point, width: float) -> Point:
    """Return an item with as many words as its lines hold; a text shown whole is left alone."""
    safe = width * _SAFE
    text = point.text if point.is_whole else _clipped(point.text, NARROW.text, safe, _TEXT_LINES)
    return replace(
        point,
        head=_clipped(point.head, _HEAD_SIZE, safe, _HEAD_LINES),
        text=text,
        aside=_clipped(point.aside, NARROW.text, safe, _ASIDE_LINES),
    )


def _split(point: Point, width: float, left: float) -> tuple[Point | None, Point]:
    """Return what of a text shown whole fits in the height left, and the rest of it."""
    without = _point_height(replace(point, text=""), width)
    lines = int((left - without) // (NARROW.text * LINE))
    if not point.is_whole or lines < _LEAST_LINES:
        return None, point
    found = wrap(point.text, size=NARROW.text, width=width * _SAFE).split("<br>")
    head = point.head if point.head.endswith(_GOES_ON) else f"{point.head}{_GOES_ON}"
    return (
        replace(point, text=" ".join(found[:lines])),
        replace(point, head=head, text=" ".join(found[lines:])),
    )


_GOES_ON = " (tiếp)"


def _clipped(text: str, size: float, width: float, most: int) -> str:
    return wrap(text, size=size, width=width, most=most).replace("<br>", " ") if text else ""


def _point_height(point: Point, width: float) -> float:
    lines = sum(_lines(part, NARROW.text, width) for part in (point.text, point.aside) if part)
    head = _lines(point.head, _HEAD_SIZE, width) * _HEAD_SIZE * LINE
    return head + lines * NARROW.text * LINE + _AROUND


# Charts -------------------------------------------------------------------------------------------


def draw_chart(chart: Chart, room: Fit) -> go.Figure:
    """Draw a chart for the room of a body; few rows are not drawn apart to fill it."""
    if chart.form in ROW_FORMS:
        chart = replace(chart, frame=chart.frame.head(MOST_ROWS))
    figure = draw(chart, theme=PROJECTOR, width=room.width, height=room.height)
    if chart.form in ROW_FORMS:
        natural = draw(chart, theme=PROJECTOR, width=room.width)
        if natural.layout.height < room.height:
            figure = natural
    figure.update_layout(width=room.width, autosize=False)
    return figure
