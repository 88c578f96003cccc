"""For which eyes a page is laid out: a theme, and whether the screen is a phone."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.theme import Theme

_NARROWEST = 1110
"""Width in px of the content at 1366, the narrowest screen with the whole navigation."""
_NARROWEST_WIDE = 1344
"""The same at 1600, from where cells take their wide spans."""
_GAP, _PADDING, _COLUMNS = 16, 40, 12
_PHONE = 318


@dataclass(frozen=True)
class View:
    """The reader's theme and screen."""

    theme: Theme
    is_phone: bool = False

    def width(self, span: int, *, span_wide: int | None = None) -> int:
        """Return the px for which a chart in a card of ``span`` columns is laid out.

        The narrowest case: a figure fits a wider box by itself, not a narrower one.
        """
        if self.is_phone:
            return _PHONE
        spans = ((_NARROWEST, span), (_NARROWEST_WIDE, span if span_wide is None else span_wide))
        return min(_inner(content, columns) for content, columns in spans)


def _inner(content: int, columns: int) -> int:
    one = (content - _GAP * (_COLUMNS - 1)) / _COLUMNS
    return round(one * columns + _GAP * (columns - 1)) - _PADDING
