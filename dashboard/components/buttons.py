"""Buttons that stand in more than one part of the frame; ``assets/shell.js`` does what they say."""

from __future__ import annotations

from dash import html

from dashboard.components.icons import icon


def close_button(**attributes: str) -> html.Button:
    """Return the button that closes what it stands in; ``attributes`` say how."""
    return html.Button(
        icon("x-lg"),
        type="button",
        className="icon-btn",
        title="Đóng",
        **{"aria-label": "Đóng", **attributes},
    )


def copy_link() -> html.Button:
    """Return the button that copies the address of the page as it stands."""
    return html.Button(
        [icon("link-45deg"), html.Span("Chép liên kết", className="word", role="status")],
        type="button",
        className="link-btn copy-link",
        **{
            "data-action": "copy-link",
            "data-done": "Đã chép liên kết",
            "data-failed": "Không chép được",
        },
    )
