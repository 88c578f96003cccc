from __future__ import annotations

from typing import Any

import pytest

from dashboard.components.tasks import (
    criterion_progress,
    state_legend,
    state_mark,
    task_matrix,
    task_strip,
)
from dashboard.model import Missing, Section, Span
from dashboard.text import STATE_LABELS
from tests.components.helpers import attribute, of_class, of_type, words

TASK: dict[str, Any] = {
    "code": "V.3",
    "criterion": "V",
    "title": "Không có hồ sơ <trễ>",
    "owner": "VP – TK",
    "duty": "Trả sớm nhiều hơn.",
    "evidence": "Ngày hẹn và ngày xong",
    "met": 1,
    "counted": 2,
    "states": ["met", "not_met", None],
    "details": ["Đạt", "Chưa đạt; tỷ lệ trễ hạn 1/120 hồ sơ", ""],
}
MATRIX = Section(
    "matrix",
    "Nhiệm vụ từng tháng",
    (Span("Mười tám nhiệm vụ theo tháng"),),
    data={
        "months": ["2024-10", "2024-11", "2024-12"],
        "current": "2024-12",
        "tasks": [TASK, {**TASK, "code": "VI.1", "criterion": "VI"}],
    },
)
STRIP = Section(
    "task_strip",
    "Nhiệm vụ",
    (Span("1 trên 2 nhiệm vụ đạt"),),
    note="Mỗi ô một nhiệm vụ",
    data={
        "criteria": [
            {
                "code": "I",
                "label": "Tiếp cận",
                "tasks": [
                    {"code": "I.1", "title": "Công khai", "state": "met", "detail": "Đạt"},
                    {"code": "I.2", "title": "Giải đáp", "state": "not_reported", "detail": ""},
                ],
            },
            {"code": "II", "label": "Tiếp đón", "tasks": []},
        ],
        "notes": [("I.2 chưa báo cáo", "Một cửa")],
    },
)


@pytest.mark.parametrize("state", list(STATE_LABELS))
def test_every_state_has_a_shape_of_its_own(state: str) -> None:
    others = [str(state_mark(other).children) for other in STATE_LABELS if other != state]
    mark = state_mark(state)
    assert mark.className == f"tk {state}"
    # Half filled is a drawing of the stylesheet; the others differ in their sign.
    assert state == "partly" or str(mark.children) not in others


def test_a_mark_with_a_label_is_an_image_of_that_name() -> None:
    mark = state_mark("met", label="V.3, tháng 12: đạt")
    assert attribute(mark, "role") == "img"
    assert attribute(mark, "aria-label") == "V.3, tháng 12: đạt"
    assert attribute(state_mark("met"), "aria-hidden") == "true"


def test_the_legend_names_the_states_in_use() -> None:
    assert "Không phát sinh" not in words(state_legend())
    assert words(state_legend(with_not_applicable=True)).endswith("Không phát sinh")


def test_every_cell_of_the_matrix_is_heard() -> None:
    shown = task_matrix(MATRIX)
    labels = [attribute(mark, "aria-label") for mark in of_class(shown, "tk")]
    assert "V.3, tháng 10: đạt" in labels
    assert "VI.1, tháng 11: chưa đạt" in labels
    body = of_type(shown, "Tbody")[0]
    assert [len(of_class(row, "tk")) for row in body.children] == [2, 2]


def test_the_matrix_marks_the_month_and_the_first_task_of_a_criterion() -> None:
    shown = task_matrix(MATRIX)
    assert [words(th) for th in of_class(of_type(shown, "Thead")[0], "now")] == ["T12"]
    rows = of_type(of_type(shown, "Tbody")[0], "Tr")
    assert [row.className for row in rows] == [None, "begins"]
    assert words(of_class(rows[0], "sum")[0]) == "1/2"


def test_a_task_opens_to_its_duty_and_its_months() -> None:
    dialog = of_type(task_matrix(MATRIX), "Dialog")[0]
    assert dialog.id == "matrix-V-3"
    assert "Trả sớm nhiều hơn." in words(dialog)
    assert "tỷ lệ trễ hạn 1/120 hồ sơ" in words(dialog)
    assert "Không có hồ sơ <trễ>" in words(dialog)


def test_the_strip_groups_tasks_and_says_the_exceptions() -> None:
    shown = task_strip(STRIP, link=("Bảng 12 tháng", "/nhiem-vu"))
    assert [words(h) for h in of_type(shown, "H3")] == ["I. Tiếp cận"]
    labels = [attribute(mark, "aria-label") for mark in of_class(of_class(shown, "six"), "tk")]
    assert labels == ["I.1 Công khai: đạt", "I.2 Giải đáp: chưa báo cáo"]
    assert words(of_class(shown, "strip-notes")) == "I.2 chưa báo cáo: Một cửa"
    assert words(of_class(shown, "sub")) == "Mỗi ô một nhiệm vụ"


def test_a_criterion_shows_its_states_by_length() -> None:
    row = {"code": "I", "label": "Tiếp cận", "met": 23, "partly": 1, "not_met": 0}
    data = {"criteria": [{**row, "not_reported": 0, "counted": 24}]}
    shown = criterion_progress(Section("criteria", "Sáu tiêu chí", (), data=data))
    (meter,) = of_class(shown, "meter")
    assert attribute(meter, "aria-label") == "23 đạt, 1 đạt một phần"
    assert [(s.className, s.style["--n"]) for s in meter.children] == [
        ("met", "23"),
        ("partly", "1"),
    ]
    assert words(of_class(shown, "of")) == "23/24 lượt đạt"


@pytest.mark.parametrize("draw", [task_strip, task_matrix, criterion_progress])
def test_a_missing_month_says_why(draw: Any) -> None:
    missing = Missing("no_data", "Tháng 1/2025 chưa kết thúc.", "Nạp báo cáo", "/du-lieu")
    shown = draw(Section("tasks", "Nhiệm vụ", (Span("Chưa có"),), missing=missing))
    assert "Tháng 1/2025 chưa kết thúc." in words(shown)
