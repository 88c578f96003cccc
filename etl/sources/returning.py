"""Rejected rows as they may be given back, to be corrected and loaded again.

Of a row only the columns that were asked for are kept, and its texts are redacted. Days that were
understood are kept as days: read alone, rejected rows might no longer show whether the day or the
month came first. In a row whose cells may have slipped, a name can stand in any column: of such a
row only what clearly belongs to its column is kept.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl.privacy import redact
from etl.reading.cells import cell_text
from etl.sources.draft import Draft

_LONGEST = 2000
_LARGEST = 1_000_000


def cells_of_rejects(draft: Draft) -> list[dict[str, Any]]:
    """Return, for each rejected row in file order, its cells by header; blank ones left out.

    A cell is a text, a number, a truth, or a day as ``{"date": ISO text}``.
    """
    rejected = draft.frame.loc[draft.ledger.rejects["row"].tolist()]
    if rejected.empty:
        return []
    names = {header: name for name, header in draft.found.columns.items()}
    spilled = rejected.index.isin(draft.table.spilled)
    kept = draft.ledger.kept(draft.frame) if spilled.any() else rejected
    rows: list[dict[str, Any]] = [{} for _ in rejected.index]
    for header in rejected.columns:
        days = draft.parsed.get(names.get(header, ""))
        seen = set(kept[header].map(cell_text)) if spilled.any() else set()
        for row, number, value, has_slipped in zip(
            rows, rejected.index, rejected[header], spilled, strict=True
        ):
            cell = _cell(value, days, number)
            if has_slipped and not _belongs(cell, seen):
                continue
            if cell != "":
                row[redact(header)] = cell
    return rows


def _cell(value: object, days: pd.Series | None, number: int) -> Any:
    moment: Any = None if days is None else days.at[number]
    if moment is not None and not pd.isna(moment):
        return {"date": moment.isoformat()}
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value == value and abs(value) < _LARGEST:
        return value
    return redact(cell_text(value))[:_LONGEST]


def _belongs(cell: object, seen: set[str]) -> bool:
    """Whether a cell of a row that may have slipped is safe to keep."""
    return not isinstance(cell, str) or cell in seen
