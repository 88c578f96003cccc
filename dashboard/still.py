"""What of a page is still: drawn by React in one piece, not by Dash component by component.

Dash keeps a listener for each of its components and tells all of them of each new one: a page of
sixteen hundred stood still for fourteen seconds when it took the place of another. What no callback
reads or writes needs none of that. It is sent as plain parts, and ``assets/still.js`` draws them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from dash import Dash
from dash.development.base_component import Component

from dashboard.access.gate import outputs_of

_HTML = "dash_html_components"
_RENAMED = frozenset({"MapEl", "ObjectEl"})
"""Elements that Dash calls otherwise than HTML does."""


def listened_to(app: Dash) -> frozenset[str]:
    """Return the ids of the components that a callback reads or writes."""
    found: set[str] = set()
    for output, spec in app.callback_map.items():
        found.update(str(one["id"]) for one in (*spec["inputs"], *spec["state"]))
        found.update(name for name, _ in outputs_of(output))
    return frozenset(found)


def stilled(drawn: Any, *, listened: Collection[str], page: str) -> list[Any]:
    """Return what a callback may give a page as its children, with still parts brought together.

    A part is text, or a list of an element's name, its attributes and its parts. Whatever Dash must
    draw itself (charts, boxes, what is ``listened`` to) stays a component, and so does what holds
    it. ``page`` names the page: parts of another one are drawn anew, not changed into these.
    """
    settled = [_settle(node, listened=listened, page=page) for node in _flat(drawn)]
    return _together(settled, page=page)


def _together(settled: Iterable[tuple[bool, Any]], *, page: str) -> list[Any]:
    """Return components, and still parts that follow one another as one component."""
    found: list[Any] = []
    for are_still, group in groupby(settled, key=itemgetter(0)):
        drawn = [one for _, one in group]
        if are_still:
            props = {"parts": drawn, "page": page}
            drawn = [{"namespace": "still_parts", "type": "Still", "props": props}]
        found += drawn
    return found


def _settle(node: Any, *, listened: Collection[str], page: str) -> tuple[bool, Any]:
    """Return whether a node is still, and it as a part, else as a component."""
    if not isinstance(node, Component):
        return True, node
    name, namespace, props = node._type, node._namespace, _props(node)
    inner = [
        _settle(child, listened=listened, page=page) for child in _flat(props.pop("children", None))
    ]
    marked = props.get("id")
    is_html = namespace == _HTML and name not in _RENAMED
    is_quiet = marked is None or (isinstance(marked, str) and marked not in listened)
    if is_html and is_quiet and all(is_still for is_still, _ in inner):
        return True, [name.lower(), props, *(part for _, part in inner)]
    if inner:
        props["children"] = _together(inner, page=page)
    return False, {"namespace": namespace, "type": name, "props": props}


def _props(node: Component) -> dict[str, Any]:
    """Return what was set of a component.

    What ``to_plotly_json`` says, which asks each component for every prop that there could be: a
    twentieth of the time of a page. A test holds them together.
    """
    return {
        name: value
        for name, value in vars(node).items()
        if not name.startswith(("_", "available_"))
    }


def _flat(children: Any) -> list[Any]:
    """Return children one after the other; what is nothing is left out."""
    if children is None:
        return []
    if isinstance(children, (list, tuple)):
        return [one for child in children for one in _flat(child)]
    return [children]
