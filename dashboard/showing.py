"""What an answer to an address holds: the page, the frame around it, what its filters offer.

Who may see what is decided here as well; :mod:`dashboard.app` wires the parts to the browser.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component
from sqlalchemy import Connection

from dashboard import filter_row, shell
from dashboard import formatting as fmt
from dashboard.access.gate import may
from dashboard.access.roles import LOAD, READ, Principal
from dashboard.answers import forget_answer
from dashboard.components.states import (
    change_strip,
    empty_database,
    error_card,
    fault_strip,
    former_strip,
    stale_strip,
)
from dashboard.components.view import View
from dashboard.components.words import bottom_line
from dashboard.filters import Filters, query_values
from dashboard.model import Report
from dashboard.pages import PAGES, Page, show_page
from dashboard.reports.choices import Choices, find_choices
from dashboard.reports.context import Context, last_day, open_context
from dashboard.reports.freshness import find_stale
from dashboard.reports.slices import unfiltered
from dashboard.reports.snapshot_list import delivery_fault
from dashboard.reports.starts import own_rebases, words_of
from dashboard.reports.units import Unit, choose_units, find_unit
from etl.audit import now
from etl.errors import UserError
from etl.formats import today
from etl.offices import LAST, Office, office_of, own_offices
from etl.settings import Settings

log = logging.getLogger(__name__)

NO_SUCH_PAGE = "Không có trang này"


def may_see(principal: Principal, page: Page | None, *, settings: Settings) -> bool:
    """Whether the reader may see the page: by role, and by the units that it tells of.

    Who may not see the own unit has the pages that can be of another one, each of the reader's.
    """
    if page is None:
        return principal.may(READ)
    return principal.may(page.permission) and (page.is_of_units or principal.sees(settings.unit))


def first_page(principal: Principal, page: Page | None, *, settings: Settings) -> Page | None:
    """Return the page at an address; at the first one whatever comes first for this reader."""
    if page is None or page.path != "/":
        return page
    return next((one for one in PAGES if may_see(principal, one, settings=settings)), page)


def denied(page: Page | None, pages: Sequence[Page]) -> dict[str, Any]:
    """Return a frame that says no more than that the page is not for this reader, and which are."""
    words = "Tài khoản của bạn không được xem trang này. Hãy hỏi người quản trị."
    return {
        "page": [html.P(words, className="bottom-line")],
        "notices": [],
        "title": page.label if page else NO_SUCH_PAGE,
        "navigation": shell.navigation(pages, active="", badges={}, query=""),
        "tabs": shell.tabs(pages, active="", badges={}, query=""),
        "tabs_class": shell.tabs_class(pages),
        "more": shell.more_links(pages, active="", query=""),
        "filters_class": filter_row.filters_class(()),
        "bar_class": filter_row.bar_class(()),
    }


def shown_at(
    connection: Connection,
    *,
    settings: Settings,
    principal: Principal,
    page: Page | None,
    pages: Sequence[Page],
    query: str,
    view: View,
) -> dict[str, Any]:
    """Return what each part of the frame holds at an address, by name: the page among them.

    ``pages`` are those that the reader may see, ``page`` one of them, or None where there is none.
    """
    values = query_values(query)
    asked = Filters.from_query(query)
    has_units = page is not None and "unit" in page.filters
    context = open_context(
        connection,
        settings=settings,
        filters=asked if has_units else replace(asked, unit=None),
        units=principal.units,
    )
    home = context.home
    is_other = choose_units(context.peers, asked.unit, own=home) != (home,)
    unit = asked.unit if is_other else None
    reads = principal.may(READ)
    # Whoever has the snapshots alone is not told what the filters of the pages offer.
    choices = find_choices(context) if reads else Choices(None, (), (), (), ())
    report, content = _content(context, page, values=values, view=view)
    office, own = _own_office(context, page, report)
    # Its rooms are the own office's; what is looked at may be another's.
    looked_at = context.unit if is_other or not context.offices else own
    return {
        **_frame(context, page, report=report, content=content, pages=pages, unit=unit),
        "unit_line": looked_at.office,
        "brand": shell.brand(own),
        "brand_title": own.office,
        "nav_foot": shell.nav_foot(own),
        "notices": _notices(context, office, own) if reads else [],
        **_filter_values(context, choices, page, report=report, values=values, unit=unit),
    }


def _own_office(context: Context, page: Page | None, report: Report | None) -> tuple[Office, Unit]:
    """Return the own office of the year or the period that a page shows, as it was called then.

    A page that shows neither is of today. What others look at changes nothing: the frame is the
    own office's.
    """
    listens = page.filters if page else ()
    calendar, month = "calendar", ""
    if report and report.year and "year" in listens:
        month = f"{report.year}-12"
    elif context.filters.period and "period" in listens:
        calendar, month = context.filters.calendar, context.filters.period.months[1]
    offices = own_offices(context.settings, calendar=calendar)
    office = office_of(offices, month) if month else offices[-1]
    day = last_day(context.connection, month, calendar=calendar)
    return office, find_unit(context.connection, office.unit, day=day)


def _content(
    context: Context, page: Page | None, *, values: Mapping[str, str], view: View
) -> tuple[Report | None, list[Component]]:
    """Return the page's report and what shows it; a failure is one card, and is written down."""
    if page is None:
        return None, [_no_such_page()]
    is_there = {"figures": context.has_data, "any": bool(context.as_of), "": True}
    if not is_there[page.needs]:
        return None, [empty_database(link=_where_to_load())]
    try:
        report, shown = show_page(page, context, values, view)
        return report, [bottom_line(report.sentence), *shown]
    except UserError as error:
        return None, [html.P(str(error), className="bottom-line")]
    except Exception:
        code = f"E-{uuid.uuid4().hex[:6].upper()}"
        log.exception("page %s failed, code %s", page.path, code)
        forget_answer()
        return None, [error_card(code, title=page.label, at=f"{fmt.local(now()):%H:%M}")]


def _where_to_load() -> str:
    """Return the page that loads, "" for a reader who may not; answers are kept by role."""
    return "/nap-du-lieu" if may(LOAD) else ""


def _no_such_page() -> Component:
    return html.Section(
        [
            html.H2(NO_SUCH_PAGE),
            html.P("Liên kết có thể đã cũ hoặc gõ thiếu. Hãy chọn một trang ở thanh điều hướng."),
            html.A("Về Tổng quan", href="/", className="btn-a"),
        ],
        className="card2 start",
    )


BADGES = {"/ho-so": "open_overdue", "/phan-anh": "feedback_open_overdue"}
"""What asks for attention behind a page: its path, and the metric that counts it."""


def _badges(context: Context, paths: Collection[str]) -> dict[str, int]:
    """Return what is overdue behind each page, under no filter but the period's cut-off."""
    wanted = {path: code for path, code in BADGES.items() if path in paths}
    if not context.has_data or not wanted:
        return {}
    rows = unfiltered(context).measure_many(wanted.values())
    return {
        path: int(row["numerator"])
        for path, code in wanted.items()
        if (row := rows[code]) is not None
    }


def _frame(
    context: Context,
    page: Page | None,
    *,
    report: Report | None,
    content: list[Component],
    pages: Sequence[Page],
    unit: str | None,
) -> dict[str, Any]:
    """Return what stands around the page; ``unit`` is the choice that links carry on."""
    path = page.path if page else ""
    title = page.label if page else NO_SUCH_PAGE
    as_of = report.as_of if report else context.latest
    version = context.data_version if context.as_of else ""
    carried = replace(context.filters, unit=unit).to_query() if context.has_data else ""
    names = _filters_shown(context, page)
    badges = _badges(context, {one.path for one in pages})
    # The frame is the own office's: figures of others stand under their own name.
    named: str | list[Component | str] = title
    if context.filters.unit:
        named = [title, html.Span(f" · {context.unit.short_name}", className="of-unit")]
    return {
        "page": content,
        "title": named,
        "stamps": shell.stamps(
            is_demo=context.is_demo,
            as_of=as_of,
            data_version=version,
            period=report.period if report else "",
        ),
        "foot": shell.page_foot(as_of=as_of, data_version=version),
        "navigation": shell.navigation(pages, active=path, badges=badges, query=carried),
        "tabs": shell.tabs(pages, active=path, badges=badges, query=carried),
        "tabs_class": shell.tabs_class(pages),
        "more": shell.more_links(pages, active=path, query=carried),
        "filters_class": filter_row.filters_class(names),
        "bar_class": filter_row.bar_class(names),
    }


def _filters_shown(context: Context, page: Page | None) -> tuple[str, ...]:
    """Return the filters of a page that there is something to choose from."""
    if page is None:
        return ()
    if not context.has_data:
        return tuple(name for name in page.filters if name == "year")
    # What the office was before is chosen by the period.
    is_own_alone = {one.code for one in context.peers} <= set(context.own_units)
    has_choice = context.filters.unit not in (None, context.home) or not is_own_alone
    return tuple(name for name in page.filters if name != "unit" or has_choice)


def _notices(context: Context, office: Office, own: Unit) -> list[Component]:
    """Return what every page must say: data that are late, a report that did not go out.

    And whose the figures are, where the own office, ``own``, is no longer what it was then.
    """
    stale = find_stale(context, today=today())
    # Reports are made of the own unit: who looks at another is told nothing of them.
    is_own = bool(context.offices)
    is_former = is_own and office.last != LAST
    since = _since_words(context, office) if is_former else ""
    fault = delivery_fault(context.connection, unit=context.unit.code) if is_own else ""
    if fault:
        forget_answer()
    return [
        *(
            [stale_strip(days=stale.days, words=stale.words, link=_where_to_load())]
            if stale
            else []
        ),
        *([fault_strip(fault)] if fault else []),
        *(
            [former_strip(str(own), code=own.code, last=office.last, since=since)]
            if is_former
            else []
        ),
        # A year of the old office beside a period of the new one: the change is said once.
        *(change_strip(words) for words in context.change_words() if words != since),
    ]


def _since_words(context: Context, office: Office) -> str:
    """Say what a former office is since its last month, and from which day."""
    offices = own_offices(context.settings, calendar=context.filters.calendar)
    starts = own_rebases(context.connection, offices)
    later = [one for one in starts if one.since is not None and one.month > office.last]
    return next(iter(words_of(later).values()), "")


def _filter_values(
    context: Context,
    choices: Choices,
    page: Page | None,
    *,
    report: Report | None,
    values: Mapping[str, str],
    unit: str | None,
) -> dict[str, Any]:
    filters, period = context.filters, context.filters.period
    label = fmt.period_label(period) if period else "Chọn kỳ"
    months = choices.months
    year = str(report.year) if report and report.year else ""
    is_first = period is None or months is None or period.previous().months[1] < months[0]
    is_last = period is None or months is None or period.next().months[0] > months[1]
    chosen = (filters.department, filters.field, filters.channel)
    wanted = page.filters if page else ()
    return {
        "summary": filter_row.filters_summary(
            f"Năm {year}" if "year" in wanted else label,
            (
                *((context.unit.name,) if filters.unit else ()),
                *(chosen if "department" in wanted else ()),
            ),
        ),
        "applied": {
            "choice": {
                "period": period.code if period else "",
                "year": year,
                "calendar": filters.calendar,
                "department": filters.department or filter_row.ALL,
                "field": filters.field or filter_row.ALL,
                "channel": filters.channel or filter_row.ALL,
                "list": values.get("list", ""),
                "unit": unit or filter_row.ALL,
            },
            "version": context.data_version,
            "previous": period.previous().code if period else "",
            "next": period.next().code if period else "",
        },
        "period": period.code if period else "",
        "period_options": filter_row.period_options(*months) if months else [],
        "period_label": label,
        "previous_disabled": is_first,
        "next_disabled": is_last,
        "year": year,
        "year_options": [{"label": str(y), "value": str(y)} for y in choices.ranking_years],
        "calendar": filters.calendar,
        "department": filters.department or filter_row.ALL,
        "department_options": filter_row.member_options(
            choices.departments, chosen=filters.department
        ),
        "field": filters.field or filter_row.ALL,
        "field_options": filter_row.member_options(choices.fields, chosen=filters.field),
        "channel": filters.channel or filter_row.ALL,
        "channel_options": filter_row.member_options(choices.channels, chosen=filters.channel),
        "unit": unit or filter_row.ALL,
        "unit_options": filter_row.unit_options(
            [(one.code, one.short_name, one.parent) for one in context.peers],
            own=context.home,
        ),
    }
