"""What a route answers to a form that the page's script has sent."""

from __future__ import annotations

from flask import Response, jsonify


def told(message: str, *, go: str) -> Response:
    """Return words for the reader, and the address that is shown next."""
    return jsonify(message=message, go=go)
