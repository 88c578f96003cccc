"""Still parts of a page are what Dash would have drawn, without a component for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.app import PAGES
from dashboard.components.view import View
from dashboard.pages import Page, show_page
from dashboard.still import _props, stilled
from dashboard.theme import LIGHT
from dashboard.writing import written
from etl.warehouse import open_engine
from tests.reports.conftest import context

STILL = "Still"


def components(plain: Any) -> Iterator[dict[str, Any]]:
    """Every component that Dash draws, from written JSON."""
    if isinstance(plain, list):
        for one in plain:
            yield from components(one)
    elif isinstance(plain, dict) and "namespace" in plain:
        yield plain
        yield from components(plain["props"].get("children"))


def texts(node: Any) -> list[str]:
    """All words of a drawing in their order, of components and of still parts."""
    if isinstance(node, Component):
        return texts(getattr(node, "children", None))
    if isinstance(node, dict):
        return texts(node["props"].get("parts") or node["props"].get("children"))
    is_part = isinstance(node, list) and len(node) > 1 and isinstance(node[1], dict)
    if is_part and "namespace" not in node[1]:
        return texts(node[2:])
    if isinstance(node, (list, tuple)):
        return [word for one in node for word in texts(one)]
    return [] if node is None else [str(node)]


def plain(drawn: Any, *, listened: tuple[str, ...] = ()) -> Any:
    return orjson.loads(orjson.dumps(written(stilled(drawn, listened=listened, page="/"))))


def still(*parts: Any) -> dict[str, Any]:
    return {
        "namespace": "still_parts",
        "type": STILL,
        "props": {"parts": list(parts), "page": "/"},
    }


def test_what_nobody_listens_to_is_one_piece() -> None:
    drawn = [
        html.H2("Tựa", className="a", id="t"),
        None,
        html.Div([html.P(["một", [html.B("hai")]]), "ba", 4]),
    ]
    assert plain(drawn) == [
        still(
            ["h2", {"className": "a", "id": "t"}, "Tựa"],
            ["div", {}, ["p", {}, "một", ["b", {}, "hai"]], "ba", 4],
        )
    ]


@pytest.mark.parametrize(
    "component",
    [
        html.Td("a", className="n", colSpan=2, **{"data-label": "x", "aria-label": "y"}),
        html.Form([html.Button("Gửi", type="submit", disabled=True)], method="post", action="/x"),
        dcc.Graph(id="g", figure={"data": []}, config={"responsive": True}, style={"width": "1px"}),
        dcc.Input(id="b", value="", maxLength=3),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_set_is_what_dash_says_of_it(component: Component) -> None:
    plain = component.to_plotly_json()
    assert _props(component) == plain["props"]
    assert (component._namespace, component._type) == (plain["namespace"], plain["type"])


def test_what_dash_must_draw_stays_and_holds_still_parts() -> None:
    drawn = html.Section(
        [html.H2("Trên"), html.P("cũng"), dcc.Input(id="box"), html.P("Dưới")], className="card"
    )
    (section,) = plain(drawn)
    assert section["type"] == "Section" and section["props"]["className"] == "card"
    first, box, last = section["props"]["children"]
    assert first == still(["h2", {}, "Trên"], ["p", {}, "cũng"])
    assert box["type"] == "Input" and box["props"] == {"id": "box"}
    assert last == still(["p", {}, "Dưới"])


def test_what_a_callback_reads_or_writes_stays() -> None:
    drawn = html.Div([html.Div("đầy", id="heard"), html.Div("x", id={"type": "any", "index": 1})])
    (outer,) = plain(drawn, listened=("heard",))
    assert [one["type"] for one in outer["props"]["children"]] == ["Div", "Div"]


@pytest.mark.parametrize(
    "page", [one for one in PAGES if one.is_kept and not one.is_live], ids=lambda one: one.path
)
def test_pages_have_few_components_and_all_their_words(demo_database: Path, page: Page) -> None:
    engine = open_engine(f"sqlite:///{demo_database}")
    with engine.connect() as connection:
        reader = context(connection, "?period=2024-06")
        _, shown = show_page(page, reader, {}, View(LIGHT, is_phone=False))
    engine.dispose()
    found = plain(shown)
    assert texts(found) == texts(shown)
    charts = sum(one["type"] == "Graph" for one in components(found))
    # A chart stands in a box in a card, with still parts before and after it.
    assert len(list(components(found))) <= 12 + 8 * charts
