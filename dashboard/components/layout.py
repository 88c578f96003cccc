"""Where cards stand: a grid of twelve columns, of its own at each width of screen."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def cell(
    *cards: Component,
    span: int = 12,
    span_wide: int | None = None,
    first_on_phone: bool = False,
    is_filled: bool = False,
) -> html.Div:
    """Return a cell that takes ``span`` of twelve columns from 1200 px, others as named.

    ``span_wide`` holds from 1600 px; under 1200 px there is one column.
    Several cards are stacked, with ``is_filled`` as high together as the cell beside them.
    The grid fills gaps, so that cells given in reading order find
    their places at both widths.
    """
    classes = ["cell"]
    if len(cards) > 1:
        classes.append("stack filled" if is_filled else "stack")
    if first_on_phone:
        classes.append("first-on-phone")
    return html.Div(
        list(cards),
        className=" ".join(classes),
        style={
            "--span": str(span),
            "--span-wide": str(span if span_wide is None else span_wide),
        },
    )


def grid(*cells: Component) -> html.Div:
    """Return a row of cells that wraps."""
    return html.Div(list(cells), className="grid")
