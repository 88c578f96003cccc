"""The browser that readers have, for what is looked at or timed as they would."""

from __future__ import annotations

import shutil

from dashboard.snapshots.charts import BROWSERS, WINDOWLESS


def readers_browser() -> str:
    """Return an installed browser with windows.

    The one without sets letters a little otherwise.
    """
    installed = (shutil.which(name) for name in BROWSERS if name != WINDOWLESS)
    return next(filter(None, installed))
