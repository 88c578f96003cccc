"""Response headers: what a browser may load, run, embed and keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from flask import Flask, Response, request

YEAR_SECONDS = 31_536_000


def set_headers(server: Flask, *, script_hashes: Callable[[], Iterable[str]]) -> None:
    """Send a strict content security policy and its companions with every response.

    Scripts run from our own files and from the inline ones named by their hash, never from text:
    no ``unsafe-eval``. Styles may stand inline, for Plotly and the grid write theirs so.
    """

    @cache
    def policy() -> str:
        # Asked for at the first answer: Dash knows its inline scripts once it has set itself up.
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src 'self' {' '.join(script_hashes())}",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data: blob:",
                "font-src 'self' data:",
                "connect-src 'self'",
                "manifest-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "object-src 'none'",
            )
        )

    @server.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if request.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return response
