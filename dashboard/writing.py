"""Drawn pages written as JSON in one pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pandas as pd

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def written(drawn: Any) -> orjson.Fragment:
    """Return components, figures and plain values as JSON that a callback may answer with.

    Dash walks and copies whatever it answers before it writes it, which takes as long as a tenth
    of drawing a page; what is written already it takes as it is.

    Raises:
        TypeError: something in it has no JSON.
    """
    return orjson.Fragment(orjson.dumps(drawn, default=_plain, option=_OPTIONS))


def _plain(value: Any) -> Any:
    if hasattr(value, "to_plotly_json"):
        return value.to_plotly_json()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if value is pd.NA or value is pd.NaT:
        return None
    raise TypeError(f"{type(value).__name__} has no JSON")
