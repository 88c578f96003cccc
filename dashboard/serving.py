"""What a first view fetches: our files under the hash of their content, and of Dash's what we use.

A file that is asked for by the hash of what is in it never changes under that name: a browser
keeps it for a year and asks no more. The grid's library is a third of everything else, and one
page has a grid: its address stands in the document, and :file:`assets/grid.js` fetches it there.
Dash's own table is nowhere used, and its polyfill is for browsers of before 2017: reading and
running it is a tenth of what a browser does until the charts stand there. What Dash still takes of
it, the runtime of generators, comes from ``assets/vendor``.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from dash import Dash
from flask import Response, request

from dashboard.access.headers import YEAR_SECONDS

_OURS = re.compile(r"(?P<path>/assets/[^\"?]+)\?m=[\d.]+")
_STATED = re.compile(r"(?P<path>/assets/[^\"?]+\.(?:woff2|png|webmanifest))(?=\")")
_UNUSED = re.compile(
    r"<script src=\"[^\"]*/dash/(?:deps/polyfill@|dash_table/)[^\"]*\"></script>\s*"
)
_GRID = re.compile(r"<script src=\"(?P<at>[^\"]*/dash_ag_grid/[^\"]*)\"></script>\s*")


def lighten(app: Dash, *, folder: Path, entry: str) -> None:
    """Name our files by their content; leave what a first view is without out of the document.

    ``entry`` is the HTML that the page will take the place of.
    """
    hashes = {
        f"/assets/{path.relative_to(folder).as_posix()}": _hash(path)
        for path in folder.rglob("*")
        if path.is_file()
    }
    plain = app.interpolate_index

    def named(found: re.Match[str]) -> str:
        return f"{found['path']}?v={hashes[found['path']]}"

    def interpolate_index(**parts: str) -> str:
        grid = _GRID.search(parts["scripts"])
        parts["scripts"] = _UNUSED.sub("", _GRID.sub("", parts["scripts"]))
        if grid:
            parts["metas"] += f'\n<meta name="grid-library" content="{grid["at"]}">'
        parts["app_entry"] = entry
        for name in ("css", "scripts"):
            parts[name] = _OURS.sub(named, parts[name])
        # A font is asked for by the name that tokens.css gives it, or it would come twice.
        return _STATED.sub(named, plain(**parts))

    app.interpolate_index = interpolate_index

    @app.server.after_request
    def keep(response: Response) -> Response:
        asked = request.args.get("v")
        if asked and response.status_code in (200, 304) and hashes.get(request.path) == asked:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
        return response


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
