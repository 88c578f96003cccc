"""How long what is open has been open."""

from __future__ import annotations

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Chart, Section, Span, Table, TableColumn
from dashboard.reports.absence import no_data
from dashboard.reports.context import Context
from dashboard.reports.due import has_dossiers
from dashboard.reports.slices import query_binds
from etl.frames import records
from etl.queries import run_query

AGES = (
    ("up_to_5", "đến 5 ngày", 5, "good"),
    ("up_to_15", "6–15 ngày", 15, "partly"),
    ("up_to_30", "16–30 ngày", 30, "plain"),
    ("over_30", "trên 30 ngày", None, "notice"),
)
"""Calendar days since reception: column, words, upper bound, tone."""


def ages_section(context: Context) -> Section:
    """How long what is open has been open, by department."""
    code, title = "open_ages", "Tuổi của hồ sơ đang xử lý"
    cutoff = context.cutoff
    if cutoff is None or not has_dossiers(context):
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    frame = run_query(context.connection, "open_ages", cutoff=cutoff, **query_binds(context))
    table: dict[str, dict[str, int]] = {}
    for row in records(frame):
        age = (cutoff - row["received_on"]).days
        bucket = next(key for key, _, most, _ in AGES if most is None or age <= most)
        own = table.setdefault(row["department"], {key: 0 for key, *_ in AGES})
        own[bucket] += int(row["dossiers"])
    rows = pd.DataFrame(
        [
            {"key": name, "label": name, **counts, "total": sum(counts.values())}
            for name, counts in table.items()
        ],
        columns=["key", "label", *(key for key, *_ in AGES), "total"],
    ).sort_values("total", ascending=False, kind="stable", ignore_index=True)
    total, old = int(rows["total"].sum()), int(rows["over_30"].sum())
    words = f"{fmt.count_noun(total, 'hồ sơ')} đang xử lý"
    return Section(
        code,
        title,
        (Span(f"{words}, {fmt.count(old)} đã quá 30 ngày" if old else words),),
        chart=Chart(
            "stacked",
            rows,
            {"parts": tuple((key, words, tone) for key, words, _, tone in AGES), "noun": "hồ sơ"},
        )
        if total
        else None,
        table=Table(
            (
                TableColumn("label", "Bộ phận"),
                *(TableColumn(key, words, "integer") for key, words, *_ in AGES),
                TableColumn("total", "Tổng", "integer"),
            ),
            rows,
        ),
        note=f"Tính từ ngày tiếp nhận đến {fmt.day(cutoff)}",
        data={"subtitle": "Theo bộ phận và số ngày kể từ khi tiếp nhận"},
    )
