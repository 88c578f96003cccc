"""Everything that the program writes into the audit log has words for its readers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dashboard.access.log_words import _NAMES, _VALUES, ACTIONS, action_words, detail_words
from etl.record import FIELDS
from tests.services.server import PROJECT

WRITERS = {"write_audit", "note", "_note"}
NO_DETAILS = {"actor", "subject", "detail"}


def entries() -> Iterator[ast.Call]:
    for folder in ("dashboard", "etl"):
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in WRITERS and len(node.args) > 1:
                        yield node


def test_every_action_and_detail_has_words() -> None:
    actions: set[str] = set()
    details: set[str] = set()
    forms: set[str] = set()
    for call in entries():
        actions |= {arg.value for arg in call.args[1:2] if isinstance(arg, ast.Constant)}
        for keyword in call.keywords:
            if keyword.arg == "detail" and isinstance(keyword.value, ast.Dict):
                keys = keyword.value.keys
                details |= {str(key.value) for key in keys if isinstance(key, ast.Constant)}
            elif keyword.arg and keyword.arg not in NO_DETAILS:
                details.add(keyword.arg)
                if keyword.arg == "form" and isinstance(keyword.value, ast.Constant):
                    forms.add(str(keyword.value.value))
    assert {"load", "undo", "export", "password_set"} <= actions <= set(ACTIONS)
    assert {"inserted", "number", "form", "canonical"} <= details <= set(_NAMES)
    assert forms and forms <= set(_VALUES["form"])
    assert set(_VALUES["kind"]) == set(FIELDS)
    assert set(_VALUES["field"]) == {name for fields in FIELDS.values() for name in fields}


def test_a_detail_reads_as_words() -> None:
    assert action_words("load") == "Nạp tệp"
    text = '{"source": "survey", "inserted": 3, "rejected": 0, "units": [], "canonical": null}'
    assert detail_words(text) == "nguồn: Phiếu khảo sát hài lòng, thêm mới: 3, bị loại: 0"
    assert detail_words('{"role": "viewer", "units": ["21646", "21649"]}').endswith("21646 21649")
