"""Asking the server what a browser asks when an address is opened."""

from __future__ import annotations

import re
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_DEPENDENCIES: WeakKeyDictionary[Flask, list[dict[str, Any]]] = WeakKeyDictionary()
"""The list of callbacks of a server, which a browser asks for once too."""


def page_question(client: FlaskClient, *, pathname: str, search: str = "") -> dict[str, Any]:
    """Return the body with which a browser asks for the page at an address."""
    server = client.application
    if server not in _DEPENDENCIES:
        _DEPENDENCIES[server] = client.get("/_dash-dependencies").get_json()
    return question_of(_DEPENDENCIES[server], pathname=pathname, search=search)


def question_of(
    dependencies: list[dict[str, Any]], *, pathname: str, search: str
) -> dict[str, Any]:
    """Return that body from the list of callbacks that the server has given."""
    asked = next(one for one in dependencies if one["output"].startswith("..page.children"))
    said = {
        ("url", "pathname"): pathname,
        ("url", "search"): search,
        ("theme", "data"): "light",
        ("screen", "data"): "wide",
    }
    outputs = [name.rsplit(".", 1) for name in asked["output"].strip(".").split("...")]
    return {
        "output": asked["output"],
        "outputs": [{"id": name, "property": prop} for name, prop in outputs],
        "inputs": [
            {**one, "value": said.get((one["id"], one["property"]))} for one in asked["inputs"]
        ],
        "changedPropIds": ["url.pathname"],
        "state": [],
    }


def ask_page(client: FlaskClient, pathname: str, search: str = "", **headers: str) -> TestResponse:
    """Return the server's answer to a browser that opens an address."""
    question = page_question(client, pathname=pathname, search=search)
    return client.post("/_dash-update-component", json=question, headers=headers)


def chosen_values(shown: str) -> list[str]:
    """Return what the lists of an answer are told to stand on."""
    options = re.findall(r"\{[^{}]*'selected': 'selected'[^{}]*\}", shown)
    return [value for option in options for value in re.findall(r"'value': '([^']*)'", option)]
