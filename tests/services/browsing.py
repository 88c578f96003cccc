"""The browser that readers have, for what is looked at or timed as they would."""

from __future__ import annotations

import shutil

from dashboard.snapshots.charts import WINDOWED


def readers_browser() -> str:
    """Return an installed browser with windows.

    The one without sets letters a little otherwise.
    """
    return next(filter(None, map(shutil.which, WINDOWED)))
