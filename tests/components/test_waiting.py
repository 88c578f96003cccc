"""What the page says of a waiting file: in its own words, by the office's clock."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from dash.development.base_component import Component

import etl
from dashboard.components.waiting import page_words, waiting_card
from etl.catalogue.sources import SOURCES
from tests.components.helpers import of_type, words

OF_THE_COMMAND_LINE = {"__main__.py", "backup.py", "proposed_mapping.py"}
"""Modules whose words no page shows."""


def texts(node: ast.AST) -> list[str]:
    """Return the texts of a module, those with places to fill in as one."""
    if isinstance(node, ast.JoinedStr):
        kept = [part.value for part in node.values if isinstance(part, ast.Constant)]
        return ["…".join(map(str, kept))]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    return [text for child in ast.iter_child_nodes(node) for text in texts(child)]


def test_no_message_of_loading_names_an_option_on_a_page() -> None:
    modules = [
        path
        for path in Path(etl.__file__).parent.rglob("*.py")
        if path.name not in OF_THE_COMMAND_LINE
    ]
    found = [text for path in modules for text in texts(ast.parse(path.read_text("utf-8")))]
    naming = [text for text in found if re.search(r"--[a-z]", text) and not text.startswith("--")]
    assert any("--replace-demo" in text for text in naming)
    for text in naming:
        assert "--" not in page_words(text), text
    listed = f"--source ({', '.join(SOURCES)}): " + "; ".join(
        f"{code} ({source.label})" for code, source in SOURCES.items()
    )
    assert not any(code in page_words(listed) for code in SOURCES)
    # Nor a file that only the command line takes.
    (refusing,) = [text for text in found if "tệp ánh xạ rồi nạp lại" in text]
    assert "ánh xạ" not in page_words(refusing)
    (numbering,) = [text for text in found if "Phiếu không có mã" in text]
    assert "[options]" not in page_words(numbering)


def test_a_table_of_no_known_kind_asks_for_its_kind() -> None:
    sheet = {
        "name": "",
        "header_row": 1,
        "rows": 2,
        "source": "",
        "nearest": "",
        "is_hidden": False,
        "proposals": [],
        "problems": ["Hãy nêu loại bằng --source."],
        "notes": [],
        "head": {"columns": [], "rows": []},
    }
    look: dict[str, Any] = {
        "kind": "CSV",
        "size": 900,
        "at": "2024-07-01T18:15:00",
        "refused": "",
        "replaces_demo": False,
        "is_recalled": False,
        "parts": [],
        "sheets": [sheet],
    }
    choice = {"source": "", "columns": {}, "covers_from": "", "covers_to": "", "as_of": ""}
    card = waiting_card("t", "tep.csv", look, choice, base="/nap", is_old=False)
    assert "Hãy nêu loại bằng ô Loại số liệu." in words(card)

    # Looked at again, a file that could not be read says the same: another one is asked for.
    def acts(**changed: Any) -> list[str]:
        shown = waiting_card("t", "tep.csv", look | changed, choice, base="/nap", is_old=False)
        return [words(one) for one in of_type(shown, "Button")]

    broken = {"refused": "Tệp hỏng.", "replaces_demo": True}
    assert acts(**broken, sheets=[]) == ["Chọn tệp khác", "Bỏ tệp này"]
    assert acts(**broken, sheets=[], is_stale=True) == ["Xem thử lại", "Bỏ tệp này"]
    assert acts(**broken)[:2] == ["Chọn tệp khác", "Bỏ tệp này"], "the sheet of how to fill it in"
    named = [sheet | {"source": "dossier"}]
    assert acts(**broken, sheets=named)[:2] == ["Xem thử lại", "Bỏ tệp này"]
    shown = waiting_card("t", "tep.csv", look | broken, choice, base="/nap", is_old=False)
    assert "sẽ xóa" not in words(shown), "what is refused clears nothing"
    assert [option.children for option in selected(card)] == ["chọn loại"]
    assert "Mã hồ sơ" not in words(card)
    # Once it is chosen, by hand or by what its columns are near to, there is something to match.
    for known in ({**choice, "source": "ranking"}, {**choice}):
        sheet["nearest"] = "feedback"
        card = waiting_card("t", "tep.csv", look, known, base="/nap", is_old=False)
        kinds = [option.value for option in selected(card) if option.value in SOURCES]
        assert kinds == [known["source"] or "feedback"]
        assert "(cần có)" in words(card)
    assert is_matching_open(card)
    # A file whose columns are known is refused for its rows: there is nothing to match.
    look |= {"refused": "Mọi dòng đều bị loại.", "sheets": [{**sheet, "source": "feedback"}]}
    assert not is_matching_open(waiting_card("t", "tep.csv", look, choice, base="", is_old=False))


def is_matching_open(card: Component) -> bool:
    """Whether the form that matches columns stands open."""
    (fold,) = [one for one in of_type(card, "Details") if words(one).startswith("Ghép cột")]
    return bool(fold.open)


def selected(card: Component) -> list[Any]:
    """Return what the lists of a card stand on."""
    return [one for one in of_type(card, "Option") if getattr(one, "selected", None)]


def test_the_time_of_a_trial_is_told_by_the_offices_clock() -> None:
    look: dict[str, Any] = {
        "kind": "CSV",
        "size": 900,
        "at": "2024-07-01T18:15:00",
        "refused": "Không đọc được.",
        "replaces_demo": False,
        "is_recalled": False,
        "parts": [],
        "sheets": [],
    }
    shown = waiting_card("t", "tep.csv", look, {}, base="/nap-du-lieu", is_old=False)
    assert "xem thử lúc 02/07/2024 01:15." in words(shown)
