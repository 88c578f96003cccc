"""What can go wrong with a snapshot, in words for the person who asked for it."""

from __future__ import annotations

from etl.errors import UserError


class SnapshotError(UserError):
    """A snapshot that was not made, with the reason and the next step; nothing was left behind."""


class ChartError(SnapshotError):
    """A chart that could not be drawn: no browser, a browser that died, an empty drawing."""
