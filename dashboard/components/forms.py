"""Forms that the page's script sends: what is asked for, and the button that says it is busy."""

from __future__ import annotations

from collections.abc import Mapping

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.words import Child


def act_form(
    *children: Child,
    action: str,
    class_name: str = "user-form",
    confirm: str = "",
    typed: bool = False,
) -> html.Form:
    """Return a form that is sent without leaving the page, and whose answer is said there.

    ``confirm`` is asked first; a ``typed`` form sends its table's rows as JSON.
    """
    marks = {"data-act": "rows" if typed else "form"}
    if confirm:
        marks["data-confirm"] = confirm
    return html.Form(list(children), action=action, method="post", className=class_name, **marks)


def act_button(text: str, *, busy: str, primary: bool = False, small: bool = False) -> html.Button:
    """Return the button that sends a form, and what it says meanwhile."""
    shape = "link-btn" if small else f"btn-a {'primary' if primary else ''}".strip()
    return html.Button(text, type="submit", className=shape, **{"data-busy": busy})


def field(label: str, control: Component, *, hint: str = "") -> html.Label:
    """Return a control under its label; ``hint`` below says what may be typed."""
    return html.Label([label, control, html.Small(hint) if hint else None])


def text_box(name: str, *, key: str, value: str = "", **options: object) -> dcc.Input:
    """Return a box for text; ``key`` makes it unique among the page's boxes."""
    return dcc.Input(
        id=f"box-{key}-{name}", name=name, type="text", value=value, autoComplete="off", **options
    )


def hidden_value(name: str, value: str, *, key: str) -> dcc.Input:
    """Return a value that is sent along unseen."""
    return dcc.Input(id=f"box-{key}-{name}", name=name, type="hidden", value=value)


def choice_box(
    name: str,
    options: Mapping[str, str],
    *,
    chosen: str = "",
    label: str = "",
    sends: bool = False,
    asks: str = "",
) -> html.Select:
    """Return a list to choose one of: value → words. One that ``sends`` sends its form at once.

    One that ``asks`` stands on those words until something is chosen, and keeps them in the list
    then: drawn anew with fewer options, a browser would stand on the one beside the choice.
    """
    items = [
        html.Option(words, value=value, **({"selected": "selected"} if value == chosen else {}))
        for value, words in options.items()
    ]
    if asks:
        mark = {} if chosen else {"selected": "selected"}
        items.insert(0, html.Option(asks, value="", disabled=True, **mark))
    marks = {"aria-label": label} if label else {}
    if sends:
        marks["data-sends"] = "yes"
    return html.Select(items, name=name, required=bool(asks), **marks)
