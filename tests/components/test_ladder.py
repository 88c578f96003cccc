from __future__ import annotations

from typing import Any

import pytest

from dashboard.components.ladder import Scale, gap_card, holes_card, ranking_ladder
from dashboard.model import Section, Span
from tests.components.helpers import of_class, of_type, words

RUNGS: list[dict[str, Any]] = [
    {
        "rank": 1,
        "rank_words": "1",
        "is_known": True,
        "label": "X. Hoài Châu Bắc",
        "is_own": True,
        "value": 90.83,
        "low": 88.0,
        "high": 93.0,
        "respondents": 443,
    },
    {
        "rank": 2,
        "rank_words": "2",
        "is_known": True,
        "label": "<i>X. Bình Minh</i>",
        "is_own": False,
        "value": 89.4,
        "low": None,
        "high": None,
        "respondents": None,
    },
    {"rank": 3, "rank_words": "3", "is_known": False},
]


def section(**data: Any) -> Section:
    return Section("ladder", "Bảng xếp hạng", (Span("Mới biết 2 trên 3 đơn vị"),), data=data)


def test_every_rung_keeps_its_place() -> None:
    rows = of_type(of_type(ranking_ladder(section(rungs=RUNGS)), "Tbody")[0], "Tr")
    assert [words(row.children[0]) for row in rows] == ["1", "2", "3"]
    assert [row.className for row in rows] == ["own", None, "hole"]
    assert "chưa rõ đơn vị" in words(rows[2])
    assert of_class(rows[2], "ring")


def test_a_whisker_only_where_the_number_of_forms_is_known() -> None:
    own, other, hole = of_type(of_type(ranking_ladder(section(rungs=RUNGS)), "Tbody")[0], "Tr")
    assert len(of_class(own, "whisker")) == 1
    assert of_class(own, "point")[0].className == "point"
    assert not of_class(other, "whisker")
    assert of_class(other, "point")[0].className == "point hollow"
    assert "chưa rõ" in words(other)
    assert not of_class(hole, "point")


def test_figures_are_printed_as_published() -> None:
    own = of_type(of_type(ranking_ladder(section(rungs=RUNGS)), "Tbody")[0], "Tr")[0]
    assert [words(td) for td in of_class(own, "n")] == ["90,83\u00a0%", "443 phiếu"]
    assert of_class(own, "track")[0].title == (
        "X. Hoài Châu Bắc: 90,83\u00a0%, khoảng 95 % 88,0–93,0\u00a0%"
    )


def test_the_baseline_crosses_every_rung() -> None:
    shown = ranking_ladder(section(rungs=RUNGS, baseline=90.83, baseline_year=2023))
    assert len(of_class(shown, "base")) == 3
    assert words(of_class(shown, "base-label")) == "Mốc 2023: 90,83\u00a0%"
    assert not of_class(ranking_ladder(section(rungs=RUNGS)), "base")


def test_the_range_of_ranks_is_a_column_where_it_is_known() -> None:
    assert "Có thể ở" not in words(ranking_ladder(section(rungs=RUNGS)))
    reach = [{**RUNGS[0], "reach": "hạng 1–2"}, *RUNGS[1:]]
    shown = ranking_ladder(section(rungs=reach))
    assert [words(td) for td in of_class(shown, "reach")] == ["Có thể ở", "hạng 1–2", "–", "", ""]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [([83.2, 94.9], [85, 90, 95]), ([90.0], [90, 95]), ([], [80, 85, 90, 95, 100])],
)
def test_ticks_are_round_and_inside(values: list[float], ticks: list[int]) -> None:
    scale = Scale(values)
    assert scale.ticks() == ticks
    assert all(0 <= scale.share(tick) <= 100 for tick in scale.ticks())


def test_gaps_are_said_in_points() -> None:
    gaps = [{"value": 0.734, "words": "điểm tới hạng 1", "unit": "P. Tam Quan"}]
    shown = gap_card(Section("gaps", "Cách hạng", (Span("Cách hạng"),), data={"gaps": gaps}))
    assert words(of_class(shown, "gaps")) == "0,73điểm tới hạng 1P. Tam Quan"


def test_holes_are_listed_with_the_step_that_fills_them() -> None:
    data = {"names": ["P. Bồng Sơn", "X. Hoài Sơn"], "link": "/du-lieu"}
    shown = holes_card(Section("holes", "Chưa có", (Span("2 đơn vị"),), data=data))
    assert [words(li) for li in of_type(shown, "Li")] == ["P. Bồng Sơn", "X. Hoài Sơn"]
    assert [(words(a), a.href) for a in of_type(shown, "A")] == [
        ("Nạp quyết định công bố", "/du-lieu")
    ]
    nameless = {"names": [], "link": "/du-lieu"}
    known = holes_card(Section("holes", "Chưa có", (Span("2 đơn vị"),), data=nameless))
    assert not of_type(known, "Li") and of_type(known, "A"), "a card that holds its title alone"
