"""``measure``: the one way a number is made. Sum, then divide, once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, bindparam, select

from dashboard.filters import count_months
from dashboard.statistics.intervals import wilson, wilson_pooled
from etl.catalogue.metrics import METRICS, TIME, Mart, Metric
from etl.catalogue.sources import SOURCES
from etl.catalogue.values import code_of, labels
from etl.errors import UserError
from etl.summing import Slice, covered_months, sums
from etl.tables import dim_month, fact_ranking

_MONTHS = (
    select(dim_month.c.month, dim_month.c.quarter, dim_month.c.year)
    .where(
        dim_month.c.calendar == bindparam("calendar"),
        dim_month.c.month.between(bindparam("first"), bindparam("last")),
    )
    .order_by(dim_month.c.month)
)
Floats = npt.NDArray[np.float64]
FIGURES = ("numerator", "denominator", "value", "low", "high")


class MetricError(UserError):
    """A question that the catalogue cannot answer."""


def find_metric(code: str) -> Metric:
    """Return the metric called ``code``.

    Raises:
        MetricError: there is none; the message lists those there are.
    """
    try:
        return METRICS[code]
    except KeyError:
        raise MetricError(
            f"Không có chỉ tiêu «{code}». Các chỉ tiêu: {', '.join(sorted(METRICS))}."
        ) from None


def measure(
    connection: Connection,
    code: str,
    *,
    by: Iterable[str] = (),
    months: tuple[str | None, str | None] | None = None,
    calendar: str = "calendar",
    members: Mapping[str, str] | None = None,
    units: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return a metric by dimensions.

    One row per combination of ``by`` that occurs; with a time dimension also one per covered
    month (quarter, year) without events, at zero, and one per uncovered month, empty. Columns:
    the dimensions, ``numerator``, ``denominator``, ``value``, ``low``, ``high`` (fractions 0–1
    for ratios with their 95 % interval; counts have only numerator and value, a published index
    only its value, 0–100), ``n`` (what the
    interval rests on), ``is_whole`` (no month of it is missing or cut short).

    Args:
        months: first and last month, YYYY-MM, either None for as far as is covered; None for
            everything covered.
        members: dimension → label (or code) that rows are restricted to.
        units: unit codes that may be seen; None for all.

    Raises:
        MetricError: no such metric, or a dimension that it does not have.
    """
    measured = measure_many(
        connection,
        (code,),
        by=by,
        months=months,
        calendar=calendar,
        members=members,
        units=units,
    )
    return measured[code]


def measure_many(
    connection: Connection,
    codes: Iterable[str],
    *,
    by: Iterable[str] = (),
    months: tuple[str | None, str | None] | None = None,
    calendar: str = "calendar",
    members: Mapping[str, str] | None = None,
    units: Iterable[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return several metrics by the same dimensions, each as :func:`measure` gives it.

    Metrics of one mart are summed by one query.
    """
    by = tuple(dict.fromkeys(by))
    members = dict(members or {})
    by_mart: dict[str, list[Metric]] = {}
    for metric in map(find_metric, codes):
        _require_dimensions(metric, (*by, *members))
        by_mart.setdefault(metric.mart.table, []).append(metric)
    measured = {}
    for metrics in by_mart.values():
        first = metrics[0]
        part = Slice(
            calendar,
            by=by,
            months=None,
            members=tuple(
                (name, (member_code(first.mart, name, m),)) for name, m in members.items()
            ),
            units=None if units is None else tuple(units),
        )
        if months is not None:
            part = replace(part, months=_closed(connection, first, part, months))
        if first.kind == "published":
            measured.update({m.code: _published(connection, m, part) for m in metrics})
            continue
        columns = tuple(dict.fromkeys(name for m in metrics for name in m.columns))
        frame = sums(connection, first.mart, columns, part=part)
        frame = _complete(connection, first.mart, columns, part, frame)
        counts = {name: frame[name].to_numpy(dtype=float) for name in columns}
        measured.update({metric.code: _finish(metric, part, frame, counts) for metric in metrics})
    return measured


def _require_dimensions(metric: Metric, wanted: Iterable[str]) -> None:
    for name in wanted:
        if name not in metric.mart.dimensions:
            raise MetricError(
                f"Chỉ tiêu «{metric.code}» không chia được theo «{name}». "
                f"Chia được theo: {', '.join(metric.mart.dimensions)}."
            )


def _closed(
    connection: Connection, metric: Metric, part: Slice, months: tuple[str | None, str | None]
) -> tuple[str, str]:
    """Return ``months`` with an open side brought to the first or last covered month."""
    first, last = months
    if first is None or last is None:
        covered = covered_months(connection, metric.mart, part)["month"]
        first = first or (min(covered) if len(covered) else last)
        last = last or (max(covered) if len(covered) else first)
    assert first is not None and last is not None
    return first, max(first, last)


def _domain(mart: Mart, dimension: str) -> str:
    """Return the list of values that a dimension is coded by, "" where labels are kept as such."""
    columns = SOURCES[mart.source].columns if mart.source in SOURCES else ()
    return next((column.domain for column in columns if column.name == dimension), "")


def member_code(mart: Mart, dimension: str, label: str) -> str:
    """Return the code that a mart holds for a member, given by its label or its code."""
    domain = _domain(mart, dimension)
    return (code_of(domain, label) or label) if domain else label


def _complete(
    connection: Connection,
    mart: Mart,
    columns: tuple[str, ...],
    part: Slice,
    frame: pd.DataFrame,
) -> pd.DataFrame:
    """Add what has no rows: covered spans at zero, uncovered spans NaN.

    Units that are asked for one by one are covered each by its own files.
    """
    is_by_unit = "unit" in part.by and not frame.empty
    covered = covered_months(connection, mart, part, by_unit=is_by_unit)
    if part.months is None and not covered.empty:
        part = replace(part, months=(covered["month"].min(), covered["month"].max()))
    months = _calendar(connection, part) if set(TIME) & set(part.by) else []
    if not is_by_unit:
        return _filled(columns, part, frame, covered=covered, months=months)
    filled = [
        _filled(columns, part, own, covered=covered[covered["unit"] == unit], months=months)
        for unit, own in frame.groupby("unit", sort=False)
    ]
    return pd.concat(filled).sort_values(list(part.by), kind="stable", ignore_index=True)


def _calendar(connection: Connection, part: Slice) -> list[Mapping[str, str]]:
    """Return month, quarter and year of each month of a slice; none where nothing is covered."""
    if part.months is None:
        return []
    first, last = part.months
    binds = {"calendar": part.calendar, "first": first, "last": last}
    return [dict(row) for row in connection.execute(_MONTHS, binds).mappings()]


def _filled(
    columns: tuple[str, ...],
    part: Slice,
    frame: pd.DataFrame,
    *,
    covered: pd.DataFrame,
    months: list[Mapping[str, str]],
) -> pd.DataFrame:
    time = [name for name in TIME if name in part.by]
    if not time:
        counts = frame[list(columns)].to_numpy(dtype=float)
        if covered.empty:
            counts = np.full_like(counts, np.nan)
        return pd.DataFrame(
            {
                **{name: frame[name] for name in part.by},
                **dict(zip(columns, counts.T, strict=True)),
                "is_whole": np.full(len(frame), _is_whole(part, covered)),
            }
        )
    places = [time.index(n) if n in time else None for n in part.by]
    keys = list(zip(*(frame[name] for name in part.by), strict=True))
    members = {
        tuple(value for value, place in zip(key, places, strict=True) if place is None)
        for key in keys
    }
    has_members = len(time) < len(part.by)
    rows = []
    for span, is_covered, is_whole in _spans(months, covered, time=time):
        for member in members if has_members else [()]:
            left = iter(member)
            key = tuple(next(left) if place is None else span[place] for place in places)
            rows.append((key, is_covered, is_whole))
    rows.sort(key=lambda row: row[0])
    # A row more than there are, of zeros: where what occurs elsewhere does not occur.
    counts = np.vstack([frame[list(columns)].to_numpy(dtype=float), np.zeros(len(columns))])
    at = {key: number for number, key in enumerate(keys)}
    counts = counts[[at.get(key, -1) for key, _, _ in rows]]
    counts[[not is_covered for _, is_covered, _ in rows]] = np.nan
    labels = list(zip(*(key for key, _, _ in rows), strict=True)) or [()] * len(part.by)
    return pd.DataFrame(
        {
            **{name: list(values) for name, values in zip(part.by, labels, strict=True)},
            **dict(zip(columns, counts.T, strict=True)),
            "is_whole": np.array([is_whole for _, _, is_whole in rows], dtype=bool),
        }
    )


def _spans(
    months: list[Mapping[str, str]], covered: pd.DataFrame, *, time: list[str]
) -> list[tuple[tuple[str, ...], bool, bool]]:
    """Return each span of time asked for: its labels, whether covered, whether whole."""
    whole = dict(zip(covered["month"], covered["is_whole"], strict=True))
    found: dict[tuple[str, ...], list[int | None]] = {}
    for row in months:
        found.setdefault(tuple(row[name] for name in time), []).append(whole.get(row["month"]))
    return [
        (labels, any(one is not None for one in states), all(states))
        for labels, states in sorted(found.items())
    ]


def _is_whole(part: Slice, covered: pd.DataFrame) -> bool:
    if covered.empty:
        return False
    assert part.months is not None
    return len(covered) == count_months(*part.months) and bool(covered["is_whole"].all())


def _finish(
    metric: Metric, part: Slice, frame: pd.DataFrame, counts: Mapping[str, Floats]
) -> pd.DataFrame:
    """Divide, once; add the interval; turn codes into labels."""
    columns: dict[str, Any] = {}
    for name in part.by:
        domain = _domain(metric.mart, name)
        values = frame[name]
        columns[name] = values.map(labels(domain)).fillna(values) if domain else values
    numerator = _total(counts, metric.numerator)
    nothing = np.full(len(frame), np.nan)
    if metric.is_fraction:
        denominator = _total(counts, metric.denominator) * metric.scale
        value = np.divide(numerator, denominator, out=nothing.copy(), where=denominator > 0)
    else:
        denominator, value = nothing, numerator
    n = counts[metric.sample] if metric.sample else denominator
    low, high = nothing, nothing
    if metric.kind == "ratio":
        # Answers of one form are not independent, forms are: theirs is the number that counts.
        low, high = wilson_pooled(value, n) if metric.sample else wilson(numerator, n)
    return pd.DataFrame(
        {
            **columns,
            "numerator": _whole(numerator),
            "denominator": _whole(denominator),
            "value": value,
            "low": low,
            "high": high,
            "n": _whole(n),
            "is_whole": frame["is_whole"].to_numpy(dtype=bool),
        },
        index=frame.index,
    )


def _total(counts: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    """Return the sum of counts; NaN where the span is not covered."""
    total = counts[names[0]]
    for name in names[1:]:
        total = total + counts[name]
    return total


def _whole(values: Floats) -> pd.arrays.IntegerArray:
    """Return counts as integers that know blanks; 2**53 and more would not fit a count here."""
    blank = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(blank, 0, values).astype("int64"), blank)


def _published(connection: Connection, metric: Metric, part: Slice) -> pd.DataFrame:
    """Return published figures as they are: one row per unit and year, never summed."""
    c = fact_ranking.c
    query = select(c.unit, c.year, c.index_pct).order_by(c.year, c.unit)
    if part.units is not None:
        query = query.where(c.unit.in_(part.units))
    for name, wanted in part.members:
        query = query.where(c[name].in_([int(v) if name == "year" else v for v in wanted]))
    if part.months is not None:
        first, last = (int(month[:4]) for month in part.months)
        query = query.where(c.year.between(first, last))
    frame = pd.DataFrame(connection.execute(query).all(), columns=["unit", "year", "value"])
    frame["year"] = frame["year"].astype(str)
    is_summed = frame.duplicated(list(part.by)).any() if part.by else len(frame) > 1
    if is_summed:
        raise MetricError(
            f"Chỉ tiêu «{metric.code}» là số công bố, không cộng gộp được. "
            "Hãy chia theo «unit» và «year»."
        )
    frame = frame[[*part.by, "value"]].assign(is_whole=True)
    for name in ("numerator", "denominator", "n"):
        frame[name] = pd.array([pd.NA] * len(frame), dtype="Int64")
    frame["low"] = frame["high"] = np.nan
    return frame[[*part.by, *FIGURES, "n", "is_whole"]]
