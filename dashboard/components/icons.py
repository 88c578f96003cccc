"""Icons: small masks in the colour of the text, always beside a word.

``assets/icons.css`` holds one rule per name below and is written by ``tools/fetch_assets.py``
from the Bootstrap Icons package and from the few drawings of our own, so that a first view
carries some twenty kilobytes instead of the whole icon font.
"""

from __future__ import annotations

from dash import html

BOOTSTRAP_ICONS = frozenset(
    {
        "arrow-clockwise",
        "arrow-right",
        "calendar3",
        "chat-left-text",
        "check-circle",
        "check-lg",
        "check2-square",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "clock",
        "dash",
        "database",
        "download",
        "easel",
        "emoji-smile",
        "exclamation-circle",
        "exclamation-octagon-fill",
        "file-earmark-text",
        "folder2",
        "graph-down-arrow",
        "graph-up-arrow",
        "hourglass-split",
        "house",
        "info-circle",
        "link-45deg",
        "list",
        "list-ol",
        "moon",
        "person",
        "printer",
        "question-square",
        "sliders",
        "sun",
        "upload",
        "x-circle",
        "x-lg",
    }
)

OWN_ICONS = {
    # The mark of the dashboard: a cup that smiles.
    "logo": (
        '<path d="M1.8 5.2h12.4a6.2 6.2 0 0 1-12.4 0z" fill="none" stroke="#000" '
        'stroke-width="1.7" stroke-linejoin="round"/>'
    ),
    # Movement inside the limits.
    "wave": (
        '<path d="M.8 8.6c1.3-3.4 2.8-3.4 4 0s2.6 3.4 3.9 0 2.7-3.4 4 0" '
        'transform="translate(.7 -.2) scale(1.12 1)" fill="none" stroke="#000" '
        'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    # A line that leaves its dotted limit and ends in a square: a confirmed signal.
    "signal": (
        '<path d="M.8 13c1.6 0 2-1 3.5-1s2.3 1 3.9 0c1.7-1 2-4 4-6.500" fill="none" '
        'stroke="#000" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>'
        '<path d="M.8 7h1.8M4.6 7h1.8M8.4 7h1" stroke="#000" stroke-width="1.3"/>'
        '<path d="M10.8 1.6h4.4v4.4h-4.4z"/>'
    ),
}
"""SVG bodies on a 16 × 16 grid."""

ALIASES = {"octagon": "exclamation-octagon-fill", "hourglass": "hourglass-split"}
"""Short names that reports use."""

ICONS = BOOTSTRAP_ICONS | OWN_ICONS.keys()


def icon(name: str, *, tone: str = "") -> html.I:
    """Return the icon called ``name``, hidden from screen readers; KeyError when there is none."""
    name = ALIASES.get(name, name)
    if name not in ICONS:
        raise KeyError(f"No icon {name!r}: add it to dashboard.components.icons and fetch assets.")
    classes = f"ic i-{name} {tone}".rstrip()
    return html.I(className=classes, **{"aria-hidden": "true"})
