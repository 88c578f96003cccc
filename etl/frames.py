"""Frames as plain Python."""

from __future__ import annotations

from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row with the cells as they are, blanks included."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def plain_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one dict per row with None for every kind of blank."""
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in records(frame.astype(object))
    ]
