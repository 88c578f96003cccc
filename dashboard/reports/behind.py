"""The dossiers behind a number: which ones a metric counts, by the rule that counts them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from dashboard.metrics import find_metric, member_code
from dashboard.reports.context import Context
from dashboard.reports.slices import mart_slice
from etl.catalogue.metrics import DOSSIER, Metric
from etl.dimensions import MEMBERS
from etl.dossier_counts import (
    Dossiers,
    Happening,
    Months,
    as_day,
    channels,
    happenings,
    read_changes,
    read_dossiers,
)
from etl.summing import covered_months

_SHOWN_DAYS = ("received_on", "due_on", "closed_on", "apology_on")
_COLUMNS = (
    "is_counted",
    "dossier_code",
    "procedure",
    "field",
    "department",
    "channel",
    *_SHOWN_DAYS,
    "late_cause",
)


def dossiers_behind(context: Context, code: str) -> pd.DataFrame:
    """One row per dossier that a metric counts in the reader's period, under the filters.

    Columns: ``is_counted`` (in the numerator; else only in the denominator), ``dossier_code``,
    ``procedure``, ``field``, ``department``, ``channel``, ``received_on``, ``due_on``,
    ``closed_on``, ``apology_on``, ``late_cause``; the counted first, then by due date. Empty where
    the period is not covered.
    """
    connection, unit = context.connection, context.unit.code
    covered = covered_months(connection, DOSSIER, mart_slice(context, DOSSIER))["month"].tolist()
    as_of = context.as_of.get("dossier")
    if as_of is None or not covered:
        return pd.DataFrame(columns=list(_COLUMNS))
    months = Months.read(connection, calendar=context.filters.calendar, as_of=as_of)
    span = _Span(find_metric(code), months, covered=covered, until=context.period.months[1])
    changes = read_changes(connection, unit=unit, as_of=as_of)
    labels = {name: _labels(connection, name) for name in MEMBERS}
    found = [
        _listed(dossiers, span, changes=changes, labels=labels)
        for dossiers in read_dossiers(connection, unit=unit, since=span.since, has_texts=True)
    ]
    rows = pd.concat([pd.DataFrame(columns=list(_COLUMNS)), *found])
    return _ordered(_filtered(rows, context))


def _labels(connection: Connection, name: str) -> dict[int, str]:
    table = MEMBERS[name]
    query = select(table.c[f"{name}_id"], table.c.label)
    return {int(i): label for i, label in connection.execute(query)}


class _Span:
    """Which happenings a metric counts in a period: as :func:`etl.summing.sums` takes them."""

    def __init__(self, metric: Metric, months: Months, *, covered: list[str], until: str) -> None:
        self.metric = metric
        self.months = months
        places = {label: place for place, label in enumerate(months.labels.tolist())}
        self.covered = np.array([places[label] for label in covered])
        self.until = int(np.flatnonzero(months.labels <= until)[-1])

    @property
    def since(self) -> Any:
        """The first day of the period."""
        return as_day(int(self.months.starts[self.covered.min()]))

    def counted(self, happening: Happening, names: tuple[str, ...]) -> Any:
        """Return the rows that count for one of the columns ``names``, once for each."""
        is_in = np.isin(happening.month, self.covered) & (happening.seen <= self.until)
        found = []
        for name in names:
            if name not in happening.counts:
                continue
            span = DOSSIER.span(name)
            edge = {"opening": self.covered.min(), "closing": self.covered.max()}.get(span)
            is_there = is_in if edge is None else is_in & (happening.month == edge)
            found.append(happening.rows[is_there & happening.counts[name]])
        return np.concatenate(found) if found else np.array([], dtype=np.int64)


def _listed(
    dossiers: Dossiers, span: _Span, *, changes: Any, labels: dict[str, dict[int, str]]
) -> pd.DataFrame:
    """Return the dossiers of a block that the metric counts."""
    assert dossiers.codes is not None and dossiers.causes is not None
    counted, entered = np.zeros((2, len(dossiers)), dtype=np.int64)
    for happening in happenings(dossiers, span.months, changes=changes):
        np.add.at(counted, span.counted(happening, span.metric.numerator), happening.sign)
        np.add.at(entered, span.counted(happening, span.metric.denominator), happening.sign)
    rows = np.flatnonzero((counted > 0) | (entered > 0))
    return pd.DataFrame(
        {
            "is_counted": counted[rows] > 0,
            "dossier_code": dossiers.codes[rows],
            **{
                name: [names[member] for member in dossiers[f"{name}_id"][rows].tolist()]
                for name, names in labels.items()
            },
            "channel": np.array(channels(), dtype=object)[dossiers["channel"][rows]],
            **{name: list(map(as_day, dossiers[name][rows])) for name in _SHOWN_DAYS},
            "late_cause": dossiers.causes[rows],
        },
        dtype=object,
    )


def _filtered(rows: pd.DataFrame, context: Context) -> pd.DataFrame:
    chosen = context.filters
    for name, wanted in (
        ("department", chosen.department),
        ("field", chosen.field),
        ("channel", member_code(DOSSIER, "channel", chosen.channel) if chosen.channel else None),
    ):
        if wanted:
            rows = rows[rows[name] == wanted]
    return rows


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the counted first, then by due date, those without one last."""
    keys = pd.DataFrame(
        {
            "last": ~rows["is_counted"].astype(bool),
            "due": pd.to_datetime(rows["due_on"]),
            "code": rows["dossier_code"],
        }
    )
    order = keys.reset_index(drop=True).sort_values(["last", "due", "code"], kind="stable").index
    return rows.iloc[order].reset_index(drop=True)
