"""Two snapshots value by value: what was said then, and what the data say now."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import formatting as fmt
from dashboard.snapshots.cells import printed_cell
from dashboard.snapshots.figures import FIGURES
from dashboard.snapshots.freezing import Frozen
from etl.frames import records

_SHOWN = ("numerator", "denominator", "value")


@dataclass(frozen=True)
class Difference:
    """One figure that is not the same: which metric, of whom, what it was and is, with counts."""

    metric: str
    label: str
    by: str
    member: str
    before: str
    after: str


def compare(before: Frozen, after: Frozen) -> list[Difference]:
    """Return the figures that differ between two snapshots of one unit and period.

    A figure that only one of them has is a difference to "–".
    """
    old, new = _figures(before), _figures(after)
    return [
        Difference(*key, old.get(key, fmt.NOTHING), new.get(key, fmt.NOTHING))
        for key in dict.fromkeys((*old, *new))
        if old.get(key, fmt.NOTHING) != new.get(key, fmt.NOTHING)
    ]


def changed_words(differences: list[Difference]) -> str:
    """Say how much has changed since: "Dữ liệu đã thay đổi sau bản này: 3 số khác"; "" if none."""
    if not differences:
        return ""
    return f"Dữ liệu đã thay đổi sau bản này: {fmt.count(len(differences))} số khác"


def _figures(frozen: Frozen) -> dict[tuple[str, str, str, str], str]:
    """Return every figure by metric, its label, dimension and member, with its counts."""
    table = frozen.summary.section(FIGURES).table
    assert table is not None
    columns = {column.key: column for column in table.columns}
    figures = {}
    for row in records(table.rows):
        top, bottom, value = (printed_cell(row, columns[key]) for key in _SHOWN)
        counts = f" ({top}/{bottom})" if bottom != fmt.NOTHING else ""
        key = (row["metric"], row["label"], row["by"], row["member_words"] or "")
        figures[key] = f"{value}{counts}"
    return figures
