"""A hidden cell cannot be worked out from what is shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.snapshots.suppression import hidden_cells, hidden_months, is_safe, is_small

SIZES = st.dictionaries(
    st.text("abcdefghijkl", min_size=1, max_size=1), st.integers(0, 40), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 12, "b": 30}, set()),
        ({"a": 0, "b": 30}, set()),
        ({"a": 3, "b": 30, "c": 12}, {"a", "c"}),
        ({"a": 3, "b": 2, "c": 12}, {"a", "b"}),
        ({"a": 1, "b": 1, "c": 12, "d": 9}, {"a", "b", "d"}),
        ({"a": 4, "b": 9}, {"a", "b"}),
        ({"a": 4}, {"a"}),
    ],
)
def test_small_cells_take_the_next_smallest_with_them(sizes, hidden) -> None:  # type: ignore[no-untyped-def]
    assert hidden_cells(sizes) == hidden


@given(SIZES)
def test_no_hidden_cell_follows_from_the_total(sizes: dict[str, int]) -> None:
    hidden = hidden_cells(sizes)
    assert {name for name, n in sizes.items() if is_small(n)} <= hidden
    shown = {name for name, n in sizes.items() if n} - hidden
    if hidden and shown:
        # The total less what is shown is a sum over at least two cells that can be shared out
        # in more than one way, and is itself no small number.
        assert is_safe([sizes[name] for name in hidden])
        rest = sum(sizes.values()) - sum(sizes[name] for name in shown)
        assert rest >= 5
        for name in hidden:
            least, most = 1, rest - (len(hidden) - 1)
            assert least < most, name


MONTHS = [f"2024-{number:02d}" for number in range(1, 13)]
SPANS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).map(
        lambda ends: MONTHS[min(ends) : max(ends) + 1]
    ),
    min_size=1,
    max_size=5,
)


@given(st.lists(st.integers(0, 30), min_size=12, max_size=12), SPANS)
def test_no_hidden_month_follows_from_overlapping_sums(
    counts: list[int], spans: list[list[str]]
) -> None:
    sizes = dict(zip(MONTHS, counts, strict=True))
    sums = {str(number): span for number, span in enumerate(spans)}
    hidden, hidden_sums = hidden_months(sizes, sums)
    assert {month for month, n in sizes.items() if is_small(n)} <= hidden
    known = [set(span) for name, span in sums.items() if name not in hidden_sums]
    assert not any(is_small(sum(sizes[month] for month in span)) for span in known)
    columns = sorted(hidden)
    rows = [[Fraction(int(month in span)) for month in columns] for span in known]
    for position, month in enumerate(columns):
        unit = [Fraction(int(number == position)) for number in range(len(columns))]
        assert rank([*rows, unit]) == rank(rows) + 1, month


def test_a_sum_is_given_up_where_a_difference_would_tell() -> None:
    # Twelve months less the first nine are the last quarter, in which one month has three forms.
    sizes = dict.fromkeys(MONTHS, 20) | {"2024-10": 0, "2024-11": 3, "2024-12": 0}
    hidden, given_up = hidden_months(sizes, {"nine": MONTHS[:9], "year": MONTHS})
    assert hidden == {"2024-01", "2024-11"}
    assert given_up == {"nine"}


def rank(rows: list[list[Fraction]]) -> int:
    """Return the rank of a matrix, exactly: what is in the row space can be subtracted out."""
    rows = [row[:] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(len(rows)):
            if i != found and rows[i][column]:
                factor = rows[i][column] / rows[found][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found
