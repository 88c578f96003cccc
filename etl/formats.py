"""How the command line and the files it writes show a day."""

from __future__ import annotations

from datetime import date


def day(value: date) -> str:
    """Return a day as people here write it: 30/06/2024."""
    return value.strftime("%d/%m/%Y")
