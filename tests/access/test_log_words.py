"""Everything that the program writes into the audit log has words for its readers.

What can be written is declared beside the log, and the type checker holds the writers to it.
"""

from __future__ import annotations

from typing import get_args

from dashboard.access.log_words import _NAMES, _VALUES, ACTIONS, action_words, detail_words
from dashboard.filters import MEMBER_FILTERS
from dashboard.pages.telling import KINDS
from etl.audit import Action, Detail, Form
from etl.entering import PLAN_FIGURES
from etl.record import FIELDS


def test_every_action_and_detail_has_words_and_no_words_are_of_nothing() -> None:
    assert set(ACTIONS) == set(get_args(Action))
    assert set(_NAMES) == set(Detail.__annotations__)
    assert set(_VALUES["form"]) == set(get_args(Form))
    assert set(_VALUES["kind"]) == set(FIELDS)
    assert set(_VALUES["field"]) == {name for fields in FIELDS.values() for name in fields}


def test_what_is_told_by_a_name_found_at_work_is_declared_too() -> None:
    assert {*PLAN_FIGURES, *MEMBER_FILTERS} <= set(Detail.__annotations__)
    assert set(KINDS) <= set(get_args(Form))


def test_a_detail_reads_as_words() -> None:
    assert action_words("load") == "Nạp tệp"
    text = '{"source": "survey", "inserted": 3, "rejected": 0, "units": [], "canonical": null}'
    assert detail_words(text) == "nguồn: Phiếu khảo sát hài lòng, thêm mới: 3, bị loại: 0"
    assert detail_words('{"role": "viewer", "units": ["21646", "21649"]}').endswith("21646 21649")
