"""Columns whose repeated words are kept once hold the same cells as rows of text."""

from __future__ import annotations

import re

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from etl.reading.cells import map_distinct
from etl.reading.words import WordColumns, distinct_cells, search_all
from etl.sources.dates import read_dates

WORDS = st.sampled_from(["", "a", "b", "ab", "Đã xử lý", "30/06/2024", " "])
ROWS = st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=30)


@given(st.lists(ROWS, min_size=1, max_size=3))
def test_cells_come_back_padded(blocks: list[list[list[str]]]) -> None:
    columns = WordColumns()
    for block in blocks:
        columns.add(block)
    rows = [row for block in blocks for row in block]
    width = max(map(len, rows))
    assert (len(columns), columns.width) == (len(rows), width)
    frame = columns.frame(range(3, 3 + len(rows)))
    assert frame.index.tolist() == list(range(3, 3 + len(rows)))
    wanted = [row + [""] * (width - len(row)) for row in rows]
    assert frame.astype(object).to_numpy().tolist() == wanted


def test_a_column_of_codes_is_no_list_of_words() -> None:
    columns = WordColumns()
    columns.add([[f"H{number}", "a"] for number in range(20)])
    frame = columns.frame(range(20))
    assert frame[0].dtype == object
    assert isinstance(frame[1].dtype, pd.CategoricalDtype)
    assert frame[1].cat.categories.tolist() == ["a"]


@given(st.lists(st.one_of(st.none(), WORDS), min_size=1, max_size=20))
def test_distinct_cells_are_those_of_the_column(cells: list[str | None]) -> None:
    kinds = pd.CategoricalDtype(pd.Index(["nowhere", *dict.fromkeys(filter(None, cells)), ""]))
    for column in (pd.Series(cells, dtype=object), pd.Series(cells, dtype=object).astype(kinds)):
        distinct, places = distinct_cells(column)
        assert sorted(distinct) == sorted({cell for cell in cells if cell is not None})
        found = [None if place < 0 else distinct[place] for place in places]
        assert found == cells
        assert map_distinct(column, lambda cell: f"{cell}!").tolist() == [
            None if cell is None else f"{cell}!" for cell in cells
        ]


@given(st.lists(st.text("ab@0123456789 .\n", max_size=12), max_size=20))
def test_one_search_finds_what_searching_each_does(texts: list[str]) -> None:
    for pattern in (re.compile(r"@|(?:\d[\s.]{0,2}){4}"), re.compile(r"(?<=\x00)a")):
        wanted = [i for i, text in enumerate(texts) if pattern.search("\x00" + text)]
        assert search_all(pattern, texts) == wanted


@given(
    st.lists(
        st.one_of(
            st.from_regex(
                r"[0-9]{2}/[0-9]{2}/[0-9]{4}( [0-9]{2}:[0-9]{2}(:[0-9]{2})?)?", fullmatch=True
            ),
            st.from_regex(
                r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?", fullmatch=True
            ),
            st.text("0123456789/-: T", min_size=9, max_size=19),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_plain_dates_are_read_as_any_other(cells: list[str]) -> None:
    # A blank after it takes a date off the quick path.
    zone = "Asia/Ho_Chi_Minh"
    slowly = [f"{cell}  " for cell in cells]
    columns = {name: pd.Series(c, dtype=object) for name, c in (("q", cells), ("s", slowly))}
    quick, slow = read_dates(columns, zone=zone).values()
    for order in ("dmy", "mdy"):
        one, other = quick.read(order), slow.read(order)
        assert one.values.equals(other.values)
        assert one.bad.tolist() == other.bad.tolist()
