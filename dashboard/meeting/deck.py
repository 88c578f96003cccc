"""The deck of a meeting: one file that needs no server, no network and nothing but a browser."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import plotly.graph_objects as go

from dashboard import formatting as fmt
from dashboard.meeting.fitting import LAYOUTS, draw_chart, fit, pages
from dashboard.meeting.html import overview_html, slide_html
from dashboard.meeting.slide import Slide, Slides, Tiles, words
from dashboard.meeting.slides import build_slides
from dashboard.model import Chart
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.html_parts import chart_data, chart_scripts, page_html
from dashboard.text import DEMO_WORDS
from dashboard.theme import PROJECTOR

_HERE = Path(__file__).parent
STYLE, SCRIPT = _HERE / "deck.css", _HERE / "deck.js"
_TOKENS = ("page", "sunken", "line", "ink", "ink_2", "ink_3", "accent", "accent_mid",
           "accent_soft", "on_accent", "concern", "concern_soft", "on_concern", "notice",
           "notice_soft", "context", "grid")  # fmt: skip
_MEASURES = ("width", "height", "pad", "panel", "gap", "foot", "text")

_KEYS = (
    ("→ ↓ Space PageDown", "trang sau"),
    ("← ↑ PageUp", "trang trước"),
    ("số + Enter", "tới trang ấy"),
    ("Home, End", "trang đầu, trang cuối"),
    ("O", "tất cả trang"),
    ("T hoặc bấm biểu đồ", "bảng số liệu"),
    ("F", "toàn màn hình"),
    ("B", "tắt màn hình"),
    ("P", "tự chuyển trang"),
    ("+, −", "chậm hơn, nhanh hơn"),
    ("L", "lặp lại từ đầu"),
    ("Esc", "đóng"),
)


def write_deck(frozen: Frozen, *, current_version: str | None = None) -> bytes:
    """Return the deck of a frozen period as a self-contained page.

    ``current_version`` is the data version that stands now, where it is known: a deck of other
    data says on every slide that they have changed since.
    """
    strip = _strip(frozen, current_version)
    built = build_slides(frozen.reports)
    shown = _with_calendar(_shown(built), frozen.calendar)
    slides = tuple(page for slide in shown for page in pages(slide, has_strip=bool(strip)))
    figures: dict[str, go.Figure] = {}
    parts = []
    for number, slide in enumerate(slides, start=1):
        fits = {one.name: fit(slide, one, has_strip=bool(strip)) for one in LAYOUTS}
        if isinstance(slide.body, Chart):
            for name, room in fits.items():
                figures[f"{slide.code}.{name}"] = draw_chart(slide.body, room)
        foot = _foot(frozen, number, len(slides))
        parts.append(slide_html(slide, fits, number=number, foot=foot, strip=strip))
    body = (
        f'<main id="deck" data-layout="{LAYOUTS[0].name}">{"".join(parts)}'
        f"{overview_html(slides, built.left_out)}{_help()}"
        '<div id="toast" hidden></div></main><div id="blank" hidden></div>'
        '<p id="said" class="sr" role="status" aria-live="polite"></p>'
    )
    return page_html(
        f"Họp {fmt.period_words(frozen.period)}, {frozen.unit_name}",
        body,
        styles=[_tokens(), STYLE.read_text(encoding="utf-8")],
        scripts=chart_scripts(figures, script=SCRIPT),
        data=chart_data(figures, is_still=True),
    )


def _shown(built: Slides) -> tuple[Slide, ...]:
    """Return the slides; a period without any has one that says so."""
    if built.shown:
        return built.shown
    nothing = Slide(
        "nothing",
        "Chưa có số liệu",
        words("Kỳ này chưa có số liệu"),
        Tiles(()),
        subtitle="Bấm O để xem từng phần còn thiếu gì",
    )
    return (nothing,)


def _with_calendar(shown: tuple[Slide, ...], calendar: str) -> tuple[Slide, ...]:
    """Say on the slide that names the period that its months are not those of the calendar."""
    first, *rest = shown
    return (replace(first, subtitle=first.subtitle + fmt.calendar_words(calendar)), *rest)


def _strip(frozen: Frozen, current_version: str | None) -> str:
    """Say that the data have changed since these numbers were taken; "" while they have not."""
    if current_version is None or current_version == frozen.data_version:
        return ""
    was, now = (escape(fmt.version(one)) for one in (frozen.data_version, current_version))
    return f'<p class="strip">Số liệu đã thay đổi sau khi chụp: đây là bản {was}, nay là {now}.</p>'


def _foot(frozen: Frozen, number: int, count: int) -> str:
    marks = []
    if frozen.is_demo:
        marks.append(f'<span class="mark demo">{DEMO_WORDS}</span>')
    if frozen.edition == "internal":
        marks.append('<span class="mark">NỘI BỘ</span>')
    return (
        f"{''.join(marks)}<span>Số liệu đến {escape(fmt.day(frozen.latest))}</span>"
        f'<span class="version">Phiên bản {escape(fmt.version(frozen.data_version))}</span>'
        f'<span class="place"><span class="clock"></span>{number}/{count}</span>'
    )


def _help() -> str:
    rows = "".join(f"<dt>{escape(keys)}</dt><dd>{escape(does)}</dd>" for keys, does in _KEYS)
    return (
        '<div id="help" class="layer" role="dialog" aria-label="Phím điều khiển" tabindex="-1" '
        f"hidden><h2>Phím điều khiển</h2><dl>{rows}</dl></div>"
    )


def _tokens() -> str:
    """Return colours and measures as custom properties: one table for page and figures."""
    values = "".join(f"--{name.replace('_', '-')}:{getattr(PROJECTOR, name)};" for name in _TOKENS)
    layouts = "".join(
        f"#deck[data-layout={layout.name}]"
        f"{{{''.join(f'--{name}:{getattr(layout, name)}px;' for name in _MEASURES)}}}"
        for layout in LAYOUTS
    )
    return f":root{{{values}}}{layouts}"
