"""Slides as HTML: every word of the deck in the page, charts as places to be drawn into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.figures.measuring import text_width
from dashboard.meeting.fitting import MOST_ROWS, Fit, split_value
from dashboard.meeting.slide import (
    Ladder,
    LeftOut,
    Number,
    Point,
    Points,
    Slide,
    TaskBoard,
    Tiles,
    tied_headline,
)
from dashboard.model import Chart, Table
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.html_parts import chart_html, sentence_html, table_html
from dashboard.text import STATE_LABELS

_MARKS = {
    "met": '<path d="M4 13l5 5L20 6"/>',
    "partly": '<path d="M12 3a9 9 0 0 0 0 18z" class="fill"/><circle cx="12" cy="12" r="9"/>',
    "not_met": '<path d="M5 5l14 14M19 5L5 19"/>',
    "not_applicable": '<path d="M6 12h12"/>',
}
"""A mark by its shape: colour only repeats it. What nobody reported has a question mark."""


def slide_html(slide: Slide, fits: Mapping[str, Fit], *, number: int, foot: str, strip: str) -> str:
    """Return a slide's section; ``number`` counts from 1, ``foot`` and ``strip`` are HTML."""
    sizes = ";".join(
        f"--sentence-{name}:{one.sentence}px;--value-{name}:{one.value}px"
        for name, one in fits.items()
    )
    going_on = f" ({slide.page}/{slide.pages})" if slide.pages > 1 else ""
    subtitle = f'<p class="subtitle">{escape(slide.subtitle + going_on)}</p>'
    numbers = "".join(_number(one) for one in slide.numbers)
    panel = f'<aside class="numbers">{numbers}</aside>' if numbers else ""
    return (
        f'<section class="slide" id="s-{number}" style="{sizes}" data-code="{escape(slide.code)}" '
        f'aria-label="{escape(slide_name(slide))}" hidden>'
        f"<header><h2>{sentence_html(tied_headline(slide.sentence))}</h2>{subtitle}</header>"
        f'<div class="middle"><div class="body">{_body(slide, fits)}</div>{panel}</div>'
        f"{strip}<footer>{foot}</footer>{_table(slide)}</section>"
    )


def slide_name(slide: Slide) -> str:
    """Return what a slide is called: its title, and its page where it goes on."""
    return f"{slide.title} ({slide.page}/{slide.pages})" if slide.pages > 1 else slide.title


def overview_html(slides: tuple[Slide, ...], left_out: tuple[LeftOut, ...]) -> str:
    """Return the list of all slides, and of those that are not there with why."""
    cards = "".join(
        f'<li><a href="#{number}" data-go="{number}"><b>{number}</b> '
        f"<span>{escape(slide_name(slide))}</span></a></li>"
        for number, slide in enumerate(slides, start=1)
    )
    gone = "".join(f"<li><b>{escape(one.title)}</b>: {escape(one.reason)}</li>" for one in left_out)
    absent = f"<h2>Không có trong bản này</h2><ul class=gone>{gone}</ul>" if gone else ""
    return (
        '<div id="overview" class="layer" role="dialog" aria-label="Tất cả trang chiếu" '
        'tabindex="-1" hidden><h2>Tất cả trang chiếu</h2>'
        f'<ol class="cards">{cards}</ol>{absent}</div>'
    )


def _number(number: Number) -> str:
    digits, unit = split_value(number.value)
    tone = f" {number.tone}" if number.tone != "plain" else ""
    small = f"<small>{escape(unit)}</small>" if unit else ""
    value = f"<b>{escape(digits)}{small}</b>" if digits else f'<b class="said">{escape(unit)}</b>'
    detail = f'<p class="detail">{sentence_html(number.detail)}</p>' if number.detail else ""
    return f'<div class="number{tone}">{value}<p>{escape(number.words)}</p>{detail}</div>'


# Bodies -------------------------------------------------------------------------------------------


def _body(slide: Slide, fits: Mapping[str, Fit]) -> str:
    body = slide.body
    if isinstance(body, Chart):
        return _chart(slide, body, fits)
    return _BODIES[type(body)](body)


def _chart(slide: Slide, chart: Chart, fits: Mapping[str, Fit]) -> str:
    alternative = f"Biểu đồ: {slide.title}. {plain_text(slide.sentence)}. Số liệu ở bảng, phím T."
    height = min(one.height for one in fits.values())
    return chart_html(slide.code, alternative=alternative, height=height)


def _chart_note(slide: Slide) -> str:
    """Say how many rows of a chart are in the table alone, "" when all are drawn."""
    rows = len(slide.body.frame) if isinstance(slide.body, Chart) else 0
    is_cut = slide.table is not None and rows > MOST_ROWS
    return f"Vẽ {MOST_ROWS} dòng đầu trên {fmt.count(rows)}, đủ ở bảng." if is_cut else ""


def _tiles(body: Tiles) -> str:
    return f'<div class="tiles">{"".join(_number(one) for one in body.numbers)}</div>'


def _points(body: Points) -> str:
    return f'<ul class="points">{"".join(_point(one) for one in body.points)}</ul>'


def _point(point: Point) -> str:
    text = f"<p>{escape(point.text)}</p>" if point.text else ""
    aside = f'<p class="aside">{escape(point.aside)}</p>' if point.aside else ""
    return f'<li class="{point.tone}"><h3>{escape(point.head)}</h3>{text}{aside}</li>'


def _board(body: TaskBoard) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escape(group['code'])}. {escape(group['label'])}</th><td>"
        + "".join(_task(task) for task in group["tasks"])
        + "</td></tr>"
        for group in body.criteria
    )
    states = {task["state"] for group in body.criteria for task in group["tasks"]}
    legend = "".join(
        f'<li class="{state}">{_mark(state)}{escape(words)}</li>'
        for state, words in STATE_LABELS.items()
        if state in states
    )
    return f'<table class="board"><tbody>{rows}</tbody></table><ul class="legend">{legend}</ul>'


def _task(task: Mapping[str, Any]) -> str:
    words = f"{task['code']}: {STATE_LABELS[task['state']]}"
    return (
        f'<span class="task {task["state"]}" role="img" aria-label="{escape(words)}">'
        f"{escape(task['code'])}{_mark(task['state'])}</span>"
    )


def _mark(state: str) -> str:
    if state not in _MARKS:
        return '<i aria-hidden="true">?</i>'
    return f'<svg viewBox="0 0 24 24" aria-hidden="true">{_MARKS[state]}</svg>'


def _ladder(body: Ladder) -> str:
    rows = "".join(_rung(rung) for rung in body.rungs)
    return (
        '<table class="ladder"><thead><tr><th scope=col>Hạng</th><th scope=col>Đơn vị</th>'
        "<th scope=col class=n>Chỉ số</th><th scope=col class=n>Có thể ở</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _rung(rung: Mapping[str, Any]) -> str:
    own = " class=own" if rung.get("is_own") else ""
    return (
        f"<tr{own}><td>{escape(rung['rank_words'])}</td>"
        f'<th scope=row><span class="name">{escape(str(rung["label"]))}</span></th>'
        f"<td class=n>{escape(fmt.percent_points(rung['value'], 2))}</td>"
        f"<td class=n>{escape(str(rung.get('reach') or fmt.NOTHING))}</td></tr>"
    )


_BODIES: Mapping[type, Callable[[Any], str]] = {
    Tiles: _tiles,
    Points: _points,
    TaskBoard: _board,
    Ladder: _ladder,
}


def _table(slide: Slide) -> str:
    """Return the table behind a slide, which a key or a click opens over it."""
    if slide.table is None:
        return ""
    said = ". ".join(part.rstrip(".") for part in (_chart_note(slide), slide.note) if part)
    note = f"<p>{escape(said)}.</p>" if said else ""
    table = table_html(slide.table, caption=slide.title)
    name = f"--name:{_name_width(slide.table):.1f}em"
    return f'<div class="behind layer" style="{name}" hidden>{table}{note}</div>'


_WIDEST_NAME = 9.0
"""Width in em that the names of a table's rows have at least, where they are that long: the browser
would give it to columns of numbers that have room enough."""


def _name_width(table: Table) -> float:
    """Return the width in em that a table's first column asks for: of its longest, if short."""
    names = [texts[0] for texts in printed_rows(table) if texts]
    return min(_WIDEST_NAME, max((text_width(name, 1) for name in names), default=0.0))
