"""The HTML document that a browser gets first, before anything of the application runs."""

from __future__ import annotations

import base64
import hashlib

INDEX_SCRIPT = (
    '(function(){var t=null;try{t=localStorage.getItem("theme")}catch(e){}'
    'if(t!=="light"&&t!=="dark")'
    't=matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light";'
    'document.documentElement.setAttribute("data-bs-theme",t)})()'
)
"""Runs before anything is painted, so that a dark screen never flashes white."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='8' fill='%230a5a8c'/%3E"
    "%3Cpath d='M7 12h18a9 9 0 0 1-18 0z' fill='none' stroke='%23fff' stroke-width='2.6' "
    "stroke-linejoin='round'/%3E%3C/svg%3E"
)

ICON_LINKS = f"""<link rel="icon" href="{ICON}">
<link rel="apple-touch-icon" href="/assets/icon-192.png">
<link rel="manifest" href="/assets/app.webmanifest">
<meta name="theme-color" content="">"""
"""What a telephone shows of a page that was put on its home screen; drawn by tools/draw_icons.py.

The colour of its bars is that of the page, told by :file:`assets/shell.js`.
"""

_FONTS = "".join(
    f'<link rel="preload" href="/assets/vendor/be-vietnam-pro/be-vietnam-pro-{subset}-{weight}'
    '-normal.woff2" as="font" type="font/woff2" crossorigin>\n'
    for weight in (500, 600, 700, 400)
    for subset in ("vietnamese", "latin")
)
"""Asked for at once: a font that comes after the words moves them, and all of these are needed."""

ENTRY = """<div id="react-entry-point"><main class="opening">
<h1>Đang mở bảng điều hành…</h1>
<noscript><p>Trang này cần JavaScript. Hãy bật lên trong trình duyệt rồi mở lại.</p></noscript>
</main></div>"""
"""What stands there until the page does; Dash's own words are English and in no landmark."""

INDEX_STRING = f"""<!DOCTYPE html>
<html lang="vi">
<head>
<script>{INDEX_SCRIPT}</script>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>{{%title%}}</title>
{ICON_LINKS}
{_FONTS}{{%css%}}
</head>
<body>
{{%app_entry%}}
{{%config%}}
{{%scripts%}}
{{%renderer%}}
</body>
</html>"""


def index_script_hash() -> str:
    """Return the hash by which a content security policy allows the one inline script."""
    digest = hashlib.sha256(INDEX_SCRIPT.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
