"""What the tests of components share: looking into a tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def walk(node: Any) -> Iterator[Component]:
    """Yield every component of a tree, the root first."""
    if isinstance(node, (list, tuple)):
        for child in node:
            yield from walk(child)
    elif isinstance(node, Component):
        yield node
        yield from walk(getattr(node, "children", None))


def words(node: Any) -> str:
    """Return all text of a tree."""
    if isinstance(node, (list, tuple)):
        return "".join(words(child) for child in node)
    if isinstance(node, Component):
        return words(getattr(node, "children", None))
    return "" if node is None else str(node)


def of_class(node: Any, name: str) -> list[Component]:
    """Return the components of a tree that carry a class."""
    return [c for c in walk(node) if name in (getattr(c, "className", "") or "").split()]


def of_type(node: Any, kind: str) -> list[Component]:
    """Return the components of a tree of a type, by its name: "Th"."""
    return [c for c in walk(node) if type(c).__name__ == kind]


def attribute(component: Component, name: str) -> Any:
    """Return a property, aria-* and data-* too; None where it is not set."""
    return component.to_plotly_json()["props"].get(name)
