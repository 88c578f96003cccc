"""The filters of the pages: the row above a page, a sheet on a phone, and what they offer.

What the application wires up, by id:

- ``filters`` and ``bar``: their className, see :func:`filters_class` and :func:`bar_class`.
- ``filter-period`` (value "2024-12", "2024-Q4", "2024-H2", "2024-9M", "2024"; options from
  :func:`period_options`), ``filter-period-label`` (children), ``period-previous`` and
  ``period-next`` (n_clicks, disabled), ``filter-year`` (value "2024").
- ``filter-unit``: value :data:`ALL` for the own unit; options from :func:`unit_options`.
- ``filter-calendar`` ("calendar" | "report"), ``filter-department``, ``filter-field``,
  ``filter-channel``: value :data:`ALL` for all; options from :func:`member_options`.
- ``filter-reset`` (n_clicks), ``filters-summary`` (children): what a phone shows of the choice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dashboard import formatting as fmt
from dashboard.components.buttons import close_button, copy_link
from dashboard.components.icons import icon
from dashboard.components.words import Child
from dashboard.filters import ALL_UNITS, Period, months_between

EVERYTHING = "Tất cả"
ALL = "*"
"""Value of a member filter that chooses all; an empty value is dbc.Select's own placeholder."""
FILTERS = ("unit", "period", "year", "calendar", "department", "field", "channel")

PARTS_OF_YEAR = ("", "-H1", "-H2", "-9M", "-Q1", "-Q2", "-Q3", "-Q4")


def filter_row(*, first_day: int) -> html.Div:
    """Return the row of filters; on a phone it is a sheet that a button opens.

    ``first_day`` is the day on which report months begin.
    """
    return html.Div(
        [
            html.Div(
                [
                    html.Span("Bộ lọc"),
                    close_button(**{"data-action": "hide-filters"}),
                ],
                className="sheet-head",
            ),
            _select("unit", "Đơn vị", [], value=ALL),
            _period_stepper(),
            html.Div(
                dbc.RadioItems(id="filter-year", options=[], name="filter-year"),
                className="box box-year seg",
                role="group",
                **{"aria-label": "Năm xếp hạng"},
            ),
            _select(
                "calendar",
                "Lịch",
                [
                    {"label": "Tháng dương lịch", "value": "calendar"},
                    {"label": fmt.report_month_label(first_day), "value": "report"},
                ],
                value="calendar",
            ),
            *(
                _select(name, label, member_options(()), value=ALL)
                for name, label in (
                    ("department", "Bộ phận"),
                    ("field", "Lĩnh vực"),
                    ("channel", "Kênh"),
                )
            ),
            html.Button(
                [icon("x-lg"), "Bỏ lọc"],
                id="filter-reset",
                type="button",
                className="link-btn reset",
            ),
            html.Span(copy_link(), className="push copy-link"),
            html.Div(
                html.Button(
                    "Xem kết quả",
                    type="button",
                    className="btn-a primary",
                    **{"data-action": "hide-filters"},
                ),
                className="sheet-foot",
            ),
        ],
        id="filters",
        className=filters_class(("period", "calendar", "department", "field", "channel")),
        role="search",
        **{"aria-label": "Bộ lọc"},
    )


def _period_stepper() -> html.Div:
    return html.Div(
        [
            html.Button(
                icon("chevron-left"),
                id="period-previous",
                type="button",
                title="Kỳ trước",
                **{"aria-label": "Kỳ trước"},
            ),
            html.Details(
                [
                    html.Summary(
                        [
                            html.Span("Kỳ số liệu: ", className="sr"),
                            html.Span("Chọn kỳ", id="filter-period-label"),
                        ]
                    ),
                    html.Div(
                        dbc.RadioItems(id="filter-period", options=[], name="filter-period"),
                        className="period-menu",
                        role="group",
                        **{"aria-label": "Chọn tháng, quý, sáu tháng, chín tháng hoặc năm"},
                    ),
                ],
                className="menu",
            ),
            html.Button(
                icon("chevron-right"),
                id="period-next",
                type="button",
                title="Kỳ sau",
                **{"aria-label": "Kỳ sau"},
            ),
        ],
        className="box box-period stepper",
    )


def _select(name: str, label: str, options: list[dict[str, Any]], *, value: str) -> html.Label:
    control = f"filter-{name}"
    return html.Label(
        [
            html.Span(label, className="k"),
            dbc.Select(id=control, options=options, value=value),
            icon("chevron-down"),
        ],
        htmlFor=control,
        className=f"box box-{name} f",
    )


def filters_class(names: Iterable[str]) -> str:
    """Return the class of ``filters`` that shows the named ones of :data:`FILTERS`."""
    wanted = set(names)
    return " ".join(["filters", *(f"has-{name}" for name in FILTERS if name in wanted)])


def bar_class(names: Iterable[str]) -> str:
    """Return the class of ``bar``: no filter button on a phone with nothing to filter."""
    return "bar" if set(names) & set(FILTERS) else "bar no-filters"


def period_options(first: str, last: str) -> list[dict[str, Any]]:
    """Return the choices of ``filter-period`` for data from month ``first`` to ``last``.

    Twenty for each year, the latest year first: the year, its halves, its nine months, its
    quarters, its months. What no loaded month falls into is disabled, not left out: the menu
    keeps its shape.
    """
    covered = set(months_between(first, last))
    options = []
    for year in range(int(last[:4]), int(first[:4]) - 1, -1):
        months = [f"{year}-{month:02d}" for month in range(1, 13)]
        for code in (*(f"{year}{part}" for part in PARTS_OF_YEAR), *months):
            period = Period(code)
            options.append(
                {
                    "label": _option_label(period),
                    "value": code,
                    "disabled": not covered & set(months_between(*period.months)),
                }
            )
    return options


def offered_periods(first: str, last: str) -> list[Period]:
    """Return those of :func:`period_options` that can be chosen, in their order."""
    return [Period(one["value"]) for one in period_options(first, last) if not one["disabled"]]


def _option_label(period: Period) -> Child:
    """Return the short words of a button in the year's block, with the whole words as its hint."""
    whole = fmt.period_label(period)
    short = {
        "year": f"Cả năm {period.year}",
        "half": "6 tháng đầu" if period.part == "H1" else "6 tháng cuối",
        "nine_months": "9 tháng",
        "quarter": whole.split("/")[0],
        "month": fmt.month_tick(period.months[0]),
    }[period.kind]
    return html.Span(short, title=whole, **{"aria-label": whole})


def member_options(labels: Iterable[str], *, chosen: str | None = None) -> list[dict[str, Any]]:
    """Return the choices of a member filter: all, then each label.

    One ``chosen`` by an old or mistyped address is among them: a row that stood on "all" would
    hide why the page is empty.
    """
    everything: list[dict[str, Any]] = [{"label": EVERYTHING, "value": ALL}]
    offered = [{"label": label, "value": label} for label in labels]
    if chosen and all(one["value"] != chosen for one in offered):
        offered.append({"label": f"{chosen} (không có)", "value": chosen})
    return everything + offered


def unit_options(peers: Sequence[tuple[str, str, str]], *, own: str) -> list[dict[str, Any]]:
    """Return the choices of ``filter-unit`` from (code, name, what it belongs to) of each unit.

    The own unit first, then all together, the units of each place where there are several places,
    and each other unit.
    """
    names = {code: name for code, name, _ in peers}
    places = Counter(place for _, _, place in peers)
    options = [{"label": names.pop(own, own), "value": ALL}]
    if len(peers) > 1:
        options.append({"label": f"Tất cả {len(peers)} đơn vị", "value": ALL_UNITS})
    if len(places) > 1:
        options += [
            {"label": f"{place} ({count} đơn vị)", "value": place}
            for place, count in sorted(places.items())
        ]
    return options + [{"label": name, "value": code} for code, name in names.items()]


def filters_summary(period: str, chosen: Iterable[str | None] = ()) -> str:
    """Return the choice in words: "Tháng 12/2024, tất cả", "Tháng 12/2024, Tư pháp – Hộ tịch".

    ``chosen`` is empty where a page has no members to choose from.
    """
    offered = list(chosen)
    members = [label for label in offered if label and label != ALL]
    everything = [EVERYTHING.lower()] if offered and not members else []
    return ", ".join(part for part in (period, *members, *everything) if part)
