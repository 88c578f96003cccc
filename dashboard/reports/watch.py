"""What changed for the worse among all that is watched, for the list of what to direct."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from dashboard import formatting as fmt
from dashboard.filters import months_between, shift_month
from dashboard.model import Span
from dashboard.reports.context import TREND_MONTHS, Context, one_row
from dashboard.reports.directive import Directive
from dashboard.reports.signals import movement
from dashboard.statistics.claims import Claim, Series, find_claims
from etl.catalogue.metrics import METRICS, OFFICE

WATCHED = (
    "late_rate",
    "intake_within_8h_rate",
    "supplemented_rate",
    "repeat_supplement_rate",
    "returned_on_time_rate",
    "online_rate",
    "record_completeness",
    "rating3_rate",
    "feedback_on_time_rate",
    "satisfaction_index",
)
"""Metrics whose change a leader hears of, and the late rate of each department. Those that follow
from another (on time from late) or have an item of their own (apologies, causes) are left out."""


def signal_directives(context: Context) -> Iterable[Directive]:
    """Changes for the worse in the last whole month that hold among all that is watched."""
    month, series = watched_series(context)
    claims = [one for one in find_claims(series, month=month) if one.signal == "concern"]
    by_key = {one.key: one for one in series}
    departments = [one for one in claims if one.key not in METRICS]
    for claim in claims:
        if claim.key == "late_rate" and departments:
            continue  # The departments say where it comes from.
        yield _directive(context, claim, by_key[claim.key], month=month)


def watched_series(context: Context) -> tuple[str, list[Series]]:
    """Return the last whole month up to the period's end, and all series up to it.

    A department's late rate is keyed by its name, a metric by its code.
    """
    months = context.months_to_end(TREND_MONTHS)
    frames = context.measure_together(WATCHED, by="month", months=months)
    series = [
        Series(
            code,
            METRICS[code].kind,
            METRICS[code].direction,
            context.since_rebase(code, frame),
        )
        for code, frame in frames.items()
    ]
    late = METRICS["late_rate"]
    by_department = context.measure("late_rate", by=("department", "month"), months=months)
    series += [
        Series(str(name), late.kind, late.direction, context.since_rebase(late.code, frame))
        for name, frame in by_department.groupby("department", sort=True)
    ]
    whole = [
        str(frame.loc[frame["is_whole"] & frame["numerator"].notna(), "month"].max())
        for frame in frames.values()
        if (frame["is_whole"] & frame["numerator"].notna()).any()
    ]
    return max(whole, default=months[1]), series


def _directive(context: Context, claim: Claim, series: Series, *, month: str) -> Directive:
    first = shift_month(month, 1 - claim.span)
    is_department = series.key not in METRICS
    row = one_row(
        context.measure(
            "late_rate" if is_department else series.key,
            months=(first, month),
            members={"department": series.key} if is_department else None,
        )
    )
    assert row is not None  # A claim is made of months that have figures.
    counts = (row["numerator"], row["denominator"])
    when = fmt.month_words(month) if claim.span == 1 else f"ba tháng đến {fmt.month_short(month)}"
    if is_department:
        text = (
            Span(f"{series.key} trễ "),
            Span(fmt.count_of(*counts, "hồ sơ"), strong=True),
            Span(f" {when}, nhiều hơn mức thường"),
        )
        owner = series.key
        query = urlencode({"department": series.key, "list": "late_rate"})
        link = f"/ho-so?{query}#dossier_list"
    else:
        metric = METRICS[series.key]
        words = movement(claim.signal, claim.move).lower()
        text = (
            Span(f"{metric.label} {when} {words}: "),
            Span(fmt.percent_of(*counts), strong=True),
            Span(f" ({fmt.count_of(*counts, metric.unit)})"),
        )
        owner, link = metric.owner or OFFICE, _LINKS.get(metric.mart.source, "/ho-so")
    return Directive(
        "signal",
        series.key,
        text,
        owner,
        f"từ {fmt.month_short(first)}",
        link,
        icon="signal",
        months=tuple(months_between(first, month)),
    )


_LINKS = {"dossier": "/ho-so", "feedback": "/phan-anh", "survey": "/hai-long"}
