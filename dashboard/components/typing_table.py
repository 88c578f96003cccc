"""A small table that is typed into: pasted cells spread over it, arrow keys walk through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from dashboard.components.forms import act_button, act_form, choice_box, text_box
from dashboard.components.tables import scroll_box


@dataclass(frozen=True)
class TypedColumn:
    """A column: its name and label, what may be chosen in it (value → words), whether it is set.

    A hidden column is the same in every row and is sent along.
    """

    name: str
    label: str
    options: Mapping[str, str] | None = None
    is_fixed: bool = False
    is_hidden: bool = False
    is_wide: bool = False


def typing_table(
    columns: Sequence[TypedColumn],
    rows: Sequence[Mapping[str, str]],
    *,
    action: str,
    caption: str,
    key: str,
    shown: Mapping[str, str] | None = None,
) -> html.Form:
    """Return the form of a typed table; ``shown`` gives fixed values their words.

    A row that holds something is marked: it is sent even when all of it is deleted.
    """
    head = html.Thead(html.Tr([html.Th(c.label, scope="col", hidden=c.is_hidden) for c in columns]))
    body = html.Tbody(
        [_row(number, columns, row, key=key, shown=shown or {}) for number, row in enumerate(rows)]
    )
    table = html.Table(
        [html.Caption(caption, className="sr"), head, body], className="tbl typing-table"
    )
    return act_form(
        scroll_box(table, caption),
        html.Div(act_button("Lưu", busy="Đang lưu…", primary=True), className="act-row"),
        action=action,
        class_name="typing-form",
        typed=True,
    )


def _row(
    number: int,
    columns: Sequence[TypedColumn],
    row: Mapping[str, str],
    *,
    key: str,
    shown: Mapping[str, str],
) -> html.Tr:
    cells: list[Component] = []
    for column in columns:
        value = row.get(column.name, "")
        label = f"{column.label}, dòng {number + 1}"
        mark = {"data-column": column.name}
        if column.is_fixed:
            cells.append(
                html.Th(
                    shown.get(value, value),
                    scope="row",
                    hidden=column.is_hidden,
                    **mark,
                    **{"data-value": value},
                )
            )
        elif column.options is not None:
            box: Component = choice_box(column.name, column.options, chosen=value, label=label)
            cells.append(html.Td(box, **mark))
        else:
            box = text_box(
                column.name,
                key=f"{key}-{number}",
                value=value,
                className="wide-box" if column.is_wide else "narrow-box",
            )
            cells.append(html.Td(html.Label([html.Span(label, className="sr"), box]), **mark))
    is_filled = any(row.get(column.name) for column in columns if not column.is_fixed)
    return html.Tr(cells, **({"data-filled": "yes"} if is_filled else {}))
