"""A table of a Report as HTML: raw values formatted by the kind of their column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.icons import icon
from dashboard.components.words import Child
from dashboard.model import CellKind, Table, TableColumn
from dashboard.text import STATE_LABELS
from etl.frames import records

NUMBER_KINDS = frozenset({"integer", "late", "figure", "percent1", "percent2"})
CHIP_ICONS = {
    "concern": "exclamation-octagon-fill",
    "notice": "hourglass-split",
    "good": "check-circle",
}
"""What a tone is marked with besides its colour."""


_FORMATS: dict[CellKind, Callable[[Any], str]] = {
    "integer": fmt.count,
    "late": fmt.late_days,
    "percent1": lambda value: fmt.percent(value, 1),
    "percent2": lambda value: fmt.percent(value, 2),
    "date": fmt.day,
    "month": fmt.month_short,
    "task": lambda value: STATE_LABELS.get(value, value),
}


def cell_text(value: Any, kind: CellKind) -> str:
    """Return a value as readers see it; what is not there is "–", an empty string stays empty."""
    if fmt.is_nothing(value):
        return fmt.NOTHING
    return _FORMATS.get(kind, str)(value)


def chip(text: str, tone: str = "plain") -> html.Span:
    """Return a word with its icon on a tinted ground."""
    children: list[Child] = [text]
    if tone in CHIP_ICONS:
        children.insert(0, icon(CHIP_ICONS[tone]))
    return html.Span(children, className=f"chip {tone}")


def data_table(
    table: Table,
    *,
    caption: str = "",
    limit: int | None = None,
    last_is_total: bool = False,
    is_stacked: bool = False,
) -> html.Div:
    """Return ``table`` with a row header, in a box that scrolls sideways and by keyboard.

    ``limit`` shows the first rows only. With ``is_stacked`` a phone shows each row as a block of
    its own, every cell after the name of its column, instead of scrolling sideways.
    A ``chip`` column takes its tone from the row's ``tone``.
    """
    rows = table.rows if limit is None else table.rows.head(limit)
    listed = records(rows)
    body = [
        html.Tr(
            [
                _cell(record, column, is_header=position == 0, is_named=is_stacked)
                for position, column in enumerate(table.columns)
            ],
            className="total" if last_is_total and number == len(listed) - 1 else None,
        )
        for number, record in enumerate(listed)
    ]
    if not body:
        words = html.Td("Không có dòng nào", colSpan=len(table.columns), className="none")
        body = [html.Tr(words)]
    head = html.Thead(html.Tr([_head(column) for column in table.columns]))
    children: list[Any] = [head, html.Tbody(body)]
    if caption:
        children.insert(0, html.Caption(caption, className="sr"))
    # A list with a mark on each row is read line by line on a phone; a table of numbers scrolls.
    is_list = any(column.kind == "chip" for column in table.columns)
    look = " lines" if is_list else " stacked" if is_stacked and len(listed) else ""
    return scroll_box(html.Table(children, className=f"tbl{look}"), caption or "Bảng số liệu")


def scroll_box(table: html.Table, label: str) -> html.Div:
    """Return the box in which a table scrolls sideways, by keyboard too."""
    return html.Div(
        table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": label}
    )


def stacked_table(
    caption: str,
    heads: Sequence[tuple[str, str]],
    rows: Sequence[tuple[Sequence[Component | Child | list[Child]], str]],
    *,
    class_name: str = "",
) -> html.Div:
    """Return a table that a phone shows row by row, every cell after the name of its column.

    ``heads`` are the words and the look of each column; ``rows`` the cells and the look of each
    row, of which the first cell names it.
    """
    body = [
        html.Tr(
            [
                html.Th(first, scope="row"),
                *(
                    html.Td(content, className=look, **{"data-label": words})
                    for (words, look), content in zip(heads[1:], cells, strict=True)
                ),
            ],
            className=row_look,
        )
        for (first, *cells), row_look in rows
    ]
    head = html.Tr([html.Th(words, scope="col", className=look) for words, look in heads])
    table = html.Table(
        [html.Caption(caption, className="sr"), html.Thead(head), html.Tbody(body)],
        className=f"tbl stacked {class_name}".strip(),
    )
    return scroll_box(table, caption)


def _head(column: TableColumn) -> html.Th:
    number = "n" if column.kind in NUMBER_KINDS else None
    return html.Th(column.label, scope="col", className=number)


def _cell(
    record: Mapping[Any, Any], column: TableColumn, *, is_header: bool, is_named: bool
) -> html.Td | html.Th:
    value = record.get(column.key)
    text = cell_text(value, column.kind)
    if column.kind == "chip" and not fmt.is_nothing(value):
        return html.Td(chip(text, str(record.get("tone", "plain"))), className="flag")
    classes = "n" if column.kind in NUMBER_KINDS else "code" if column.kind == "code" else None
    if column.kind in ("date", "month"):
        classes = "day"
    if is_header:
        return html.Th(text, scope="row", className=classes)
    name = {"data-label": column.label} if is_named else {}
    return html.Td(text, className=classes, **name)
