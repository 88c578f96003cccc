"""The yearly ranking, as published: a row per unit and year, holes left open."""

from __future__ import annotations

import pandas as pd

from etl.sources.dates import FIRST_YEAR, LAST_YEAR
from etl.sources.draft import Draft, last_of_each

_YEARS = {"low": FIRST_YEAR, "high": LAST_YEAR}
_MOST = 10_000_000


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return the accepted rows, one per unit and year, and how many rows were repeated."""
    unit = draft.units()
    year = draft.number("year", whole=True, **_YEARS)
    draft.ledger.reject(
        year.isna(),
        column=draft.header("year"),
        values=draft.raw("year"),
        reason="thiếu năm; hãy điền năm.",
    )
    index = draft.number("index_pct", whole=False, low=0, high=100)
    if index.notna().any() and (index.dropna() <= 1).all():
        # A cell formatted as a percentage reaches us as a fraction.
        index = (index * 100).round(6)
    decided = draft.dates(("decision_date",))["decision_date"]
    rows = pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": unit,
            "year": year,
            "index_pct": index.astype("Float64"),
            "rank": draft.number("rank", whole=True, low=1, high=10_000),
            "respondents": draft.number("respondents", whole=True, low=0, high=_MOST),
            "total_units": draft.number("total_units", whole=True, low=1, high=10_000),
            "decision_no": draft.text("decision_no"),
            "decision_date": decided.values,
        },
        index=draft.frame.index,
    )
    draft.ledger.reject(
        rows["index_pct"].isna() & rows["rank"].isna(),
        column=draft.header("index_pct"),
        values=draft.raw("index_pct"),
        reason="không có chỉ số, cũng không có hạng; hãy điền một trong hai.",
    )
    rows = draft.ledger.kept(rows)
    return last_of_each(draft, rows.astype({"year": "int64"}), ["unit", "year"])
