"""Pieces of self-contained HTML: sentences, tables, charts, and the page that holds them.

A page made of these asks nothing of anybody: styles, fonts, scripts and figures are inside. The
report and the meeting's slides are both made from them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import orjson
import plotly.graph_objects as go
from plotly.io import to_json

from dashboard.components.cards import GRAPH_CONFIG
from dashboard.components.tables import NUMBER_KINDS
from dashboard.model import Sentence, Table
from dashboard.snapshots.cells import printed_rows
from etl.settings import ASSETS_DIR

TEMPLATES = Path(__file__).parent / "templates"
PLOTLY = ASSETS_DIR / "vendor" / "plotly" / "plotly-basic.min.js"
"""The library that draws the charts, the same on pages, in reports and on slides."""
_FAMILY = "Be Vietnam Pro"
_FILE = "be-vietnam-pro-{subset}-{weight}-normal.woff2"
_WEIGHTS = (400, 500, 600, 700)
_VIETNAMESE = (
    "U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,"
    "U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB"
)
_LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,"
    "U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)


def sentence_html(sentence: Sentence) -> str:
    """Return a sentence with its emphasis."""
    parts = []
    for span in sentence:
        words = escape(span.text)
        if span.strong:
            tone = f' class="{span.tone}"' if span.tone != "plain" else ""
            words = f"<strong{tone}>{words}</strong>"
        parts.append(words)
    return "".join(parts)


_MANY = 9
"""Columns above which a table is set smaller, so that it keeps to the page."""
_SENTENCE = 60
"""Letters above which a cell is read rather than looked up: on a phone it needs the whole width."""


def table_html(
    table: Table,
    *,
    caption: str,
    last_is_total: bool = False,
    groups: Sequence[Any] = (),
    is_named: bool = False,
) -> str:
    """Return a table with heads that name their columns; ``groups`` are (label, span) over them.

    The caption of one that ``is_named`` by the words over it already is only heard. A phone shows
    one with sentences in its cells row by row, each cell after the name of its column.
    """
    head = "".join(
        f'<th scope="col"{_number_class(column.kind)}>{escape(column.label)}</th>'
        for column in table.columns
    )
    over = "".join(
        f'<th scope="colgroup" colspan="{span}">{escape(label)}</th>'
        if label
        else f'<td colspan="{span}"></td>'
        for label, span in groups
    )
    printed = printed_rows(table)
    is_read = any(len(text) > _SENTENCE for texts in printed for text in texts)
    look = "many" if len(table.columns) > _MANY else "read" if is_read else ""
    names = [f' data-name="{escape(column.label)}"' if is_read else "" for column in table.columns]
    kinds = [_number_class(column.kind) for column in table.columns]
    rows = []
    for number, texts in enumerate(printed):
        cells = [
            f"<td{kind}{name}>{escape(text)}</td>"
            for kind, name, text in zip(kinds, names, texts, strict=True)
        ]
        if cells:
            cells[0] = f'<th scope="row"{kinds[0]}>{escape(texts[0])}</th>'
        total = ' class="total"' if last_is_total and number == len(printed) - 1 else ""
        rows.append(f"<tr{total}>{''.join(cells)}</tr>")
    if not rows:
        rows = [f'<tr><td colspan="{len(table.columns)}">Không có dòng nào.</td></tr>']
    heard = " class=sr" if is_named else ""
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f"<table{f' class={look}' if look else ''}>"
        f"<caption{heard}>{escape(caption)}</caption><thead>"
        f"{f'<tr>{over}</tr>' if over else ''}<tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _number_class(kind: str) -> str:
    return ' class="n"' if kind in NUMBER_KINDS else ""


def chart_html(name: str, *, alternative: str, height: int) -> str:
    """Return the place of a chart; :func:`chart_scripts` fills it."""
    return (
        f'<div class="wide"><div class="chart" id="c-{escape(name)}" role="img" '
        f'style="height:{height}px" aria-label="{escape(alternative)}"></div></div>'
    )


def chart_scripts(
    figures: Mapping[str, go.Figure], *, script: Path = TEMPLATES / "charts.js"
) -> list[str]:
    """Return the scripts that draw into the places of charts: library, locale, our own.

    ``script`` draws them; the one by default draws all at once.
    """
    library = [
        PLOTLY,
        ASSETS_DIR / "plotly-vi.js",
    ]
    paths = [*(library if figures else []), script]
    return [_script(path) for path in paths]


def chart_data(
    figures: Mapping[str, go.Figure],
    *,
    narrow: Mapping[str, go.Figure] | None = None,
    is_still: bool = False,
) -> str:
    """Return the figures as data that :func:`chart_scripts` read, by name.

    ``narrow`` are the same laid out for a phone; ``is_still`` keeps their size and lets nothing on
    them be pointed at.
    """
    config = {**GRAPH_CONFIG, "responsive": not is_still, "staticPlot": is_still}
    written = orjson.dumps(config).decode()
    sets = {"figures": figures} | ({"narrow": narrow} if narrow else {})
    parts = ",".join(f'"{name}":{{{_named_json(drawn)}}}' for name, drawn in sets.items())
    return data_script("figures", f'{{"config":{written},{parts}}}'.encode())


def _named_json(figures: Mapping[str, go.Figure]) -> str:
    return ",".join(
        f"{orjson.dumps(name).decode()}:{to_json(figure, validate=False)}"
        for name, figure in figures.items()
    )


def data_script(name: str, data: bytes) -> str:
    """Return JSON as an element of the page, to be read by programs, never run."""
    return (
        f'<script type="application/json" id="{escape(name)}">'
        f"{script_json(data.decode('utf-8'))}</script>"
    )


def script_json(text: str) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def page_html(
    title: str, body: str, *, styles: Sequence[str], scripts: Sequence[str] = (), data: str = ""
) -> bytes:
    """Return a whole page that needs nothing else. ``data`` are elements of :func:`data_script`.

    Its policy lets it run its own scripts, by their hashes, and reach nothing.
    """
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts) or "'none'"
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = (
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title>"
        f"<style>{font_faces()}</style>{''.join(f'<style>{style}</style>' for style in styles)}"
        "</head>"
    )
    run = "".join(f"<script>{script}</script>" for script in scripts)
    return f"{head}<body>{body}{data}{run}</body></html>\n".encode()


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def font_faces() -> str:
    """Return the rules of our text font with the font inside."""
    rules = []
    folder = ASSETS_DIR / "vendor" / "be-vietnam-pro"
    for weight in _WEIGHTS:
        for subset, unicodes in (("latin", _LATIN), ("vietnamese", _VIETNAMESE)):
            font = (folder / _FILE.format(subset=subset, weight=weight)).read_bytes()
            data = base64.b64encode(font).decode()
            rules.append(
                f'@font-face{{font-family:"{_FAMILY}";font-weight:{weight};font-display:swap;'
                f"src:url(data:font/woff2;base64,{data}) format('woff2');"
                f"unicode-range:{unicodes}}}"
            )
    return "".join(rules)


@cache
def _script(path: Path) -> str:
    """Return a script of ours; one that could end its element would be refused here."""
    text = path.read_text(encoding="utf-8")
    assert "</script" not in text.lower(), f"{path.name} cannot stand inside a page"
    return text
