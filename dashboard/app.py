"""The application: one frame, one callback that shows the page at an address."""

from __future__ import annotations

import gc
import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import Flask
from sqlalchemy import Connection, Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import formatting as fmt
from dashboard import shell
from dashboard.access.doors import open_doors
from dashboard.access.gate import CSRF_FIELD, guard, may, scope, whoever
from dashboard.access.headers import set_headers
from dashboard.access.roles import LOAD, READ, ROLES, Principal
from dashboard.answers import forget_answer, remember_answers
from dashboard.components.dossier_grid import GRID_ASKED_ID, GRID_ID, GRID_PLACE_ID
from dashboard.components.states import (
    change_strip,
    empty_database,
    error_card,
    fault_strip,
    stale_strip,
)
from dashboard.components.view import View
from dashboard.components.words import bottom_line
from dashboard.filters import Filters, query_values
from dashboard.model import Report
from dashboard.pages import PAGES, Page, find_page, show_page
from dashboard.pages.dossier_doors import open_dossier_doors
from dashboard.pages.loading_doors import open_loading_doors
from dashboard.pages.meeting_doors import open_meeting_doors
from dashboard.pages.snapshot_doors import open_snapshot_doors
from dashboard.reports.breakdowns import unfiltered
from dashboard.reports.choices import Choices, find_choices
from dashboard.reports.context import Context, open_context
from dashboard.reports.freshness import find_stale
from dashboard.reports.snapshot_list import delivery_fault
from dashboard.reports.units import choose_units, find_unit
from dashboard.serving import lighten
from dashboard.still import listened_to, stilled
from dashboard.theme import THEMES
from dashboard.writing import written
from etl.anchor import open_warehouse
from etl.errors import UserError
from etl.logs import set_up_logging
from etl.settings import ASSETS_DIR, Settings, load_settings
from etl.version import data_version
from etl.warehouse import read_transaction

log = logging.getLogger(__name__)

TITLE = "Bảng điều hành chỉ số hài lòng"
REFRESH_SECONDS = 60
"""How often an open page asks whether the data has changed."""


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> Dash:
    """Return the application on a migrated database: that of an open ``engine``, else a new one."""
    settings = settings or load_settings()
    engine = engine or open_warehouse(settings)
    app = Dash(
        __name__,
        title=TITLE,
        update_title="",
        assets_folder=str(ASSETS_DIR),
        index_string=shell.INDEX_STRING,
        compress=True,
        suppress_callback_exceptions=True,
    )
    with engine.connect() as connection:
        unit = find_unit(connection, settings.unit, day=None)
    office = shell.Office(
        name=unit.name, kind=f"UBND {unit.kind}".strip(), code=unit.code, parent=unit.parent
    )
    # The frame is the same for everybody; its links are drawn for whoever asks.
    app.layout = html.Div([shell.page_frame((), office=office), *_stores()])
    lighten(app, folder=ASSETS_DIR, entry=shell.ENTRY)
    shell.register_callbacks(app)
    _register_filters(app)
    _register_picks(app)
    _register_grid(app)
    _register_page(app, engine, settings)
    _register_refresh(app, engine, settings)
    _register_account(app)
    guard(app.server, engine, settings=settings)
    open_dossier_doors(app.server, engine, settings=settings)
    open_snapshot_doors(app.server, engine, settings=settings)
    open_meeting_doors(app.server, engine, settings=settings)
    open_loading_doors(app.server, engine, settings=settings)
    open_doors(app.server, engine, settings=settings, office=office.name, kind=office.kind)
    remember_answers(
        app.server, engine, settings=settings, output=f"..{_OUTPUTS['page']}", scope=scope
    )
    set_headers(app.server, script_hashes=lambda: (shell.index_script_hash(), *app.csp_hashes()))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.server.wsgi_app = ProxyFix(app.server.wsgi_app, hops, hops, hops)
    # Dash sets itself up at its first request, and two at once would find it half done.
    app.server.test_client().get("/_dash-dependencies")
    app.server.config["CALLBACK_SPECS"] = app.callback_map
    return app


def _stores() -> list[Component]:
    """Return the stores and the clock of the page.

    ``applied`` is what the page shown was built with, ``newer`` the data version that the server
    has now, ``data-version`` the one that the page is asked for.
    """
    return [
        dcc.Store(id="applied"),
        dcc.Store(id="newer"),
        dcc.Store(id="data-version"),
        dcc.Interval(id="refresh", interval=REFRESH_SECONDS * 1000),
    ]


def create_server() -> Flask:
    """Return the WSGI application, for gunicorn, whose workers may be forked from this process."""
    settings = load_settings()
    set_up_logging(settings)
    engine = open_warehouse(settings)
    server = create_app(settings, engine=engine).server
    # A connection is of one process: workers open their own.
    engine.dispose()
    spare_collector()
    return server


_GARBAGE = 50_000
"""Objects that are made before garbage is searched for: about one page's."""


def spare_collector() -> None:
    """Search for garbage less, and not in what a server holds for good, once all is set up.

    Drawing a page makes some hundred thousand short-lived objects: by Python's own measure it is
    searched a hundred times, each time through everything else as well.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE)


# Filters ------------------------------------------------------------------------------------------


def _register_filters(app: Dash) -> None:
    """Let what the reader chooses change the address, in the browser alone."""
    app.clientside_callback(
        ClientsideFunction(namespace="filters", function_name="shown"),
        Input("applied", "data"),
    )
    app.clientside_callback(
        ClientsideFunction(namespace="filters", function_name="pressed"),
        Input("period-previous", "n_clicks"),
        Input("period-next", "n_clicks"),
        Input("filter-reset", "n_clicks"),
        prevent_initial_call=True,
    )


def _register_grid(app: Dash) -> None:
    """Let the list of dossiers be drawn and searched, in the browser alone."""
    app.clientside_callback(
        ClientsideFunction(namespace="grid", function_name="draw"),
        Output(GRID_PLACE_ID, "children"),
        Input(GRID_ASKED_ID, "data"),
    )
    app.clientside_callback(
        "(text, options) => ({...options, quickFilterText: text || ''})",
        Output(GRID_ID, "dashGridOptions"),
        Input("dossier-search", "value"),
        State(GRID_ID, "dashGridOptions"),
        prevent_initial_call=True,
    )


PICKS: tuple[tuple[str, str], ...] = (
    ("late_by_department-graph", "department"),
    ("open_ages-graph", "department"),
    ("supplements-graph", "department"),
    ("by_department-graph", "department"),
    ("by_field-graph", "field"),
    ("by_channel-graph", "channel"),
    ("late_by_unit-graph", "unit"),
    ("satisfaction_by_unit-graph", "unit"),
    ("tasks_by_unit-graph", "unit"),
    ("outcomes-graph", "period"),
    ("satisfaction_trend-graph", "period"),
    ("intake_trend-graph", "period"),
    ("on_time_trend-graph", "period"),
    ("received-graph", "period"),
)
"""Charts of which a click on a bar or point is a filter: its id, and what it filters."""


def _register_picks(app: Dash) -> None:
    for graph, name in PICKS:
        app.clientside_callback(
            ClientsideFunction(namespace="filters", function_name=f"pick_{name}"),
            Input(graph, "clickData"),
            prevent_initial_call=True,
        )


# The page -----------------------------------------------------------------------------------------

_OUTPUTS = {
    "page": Output("page", "children"),
    "notices": Output("notices", "children"),
    "title": Output("page-title", "children"),
    "stamps": Output("stamps", "children"),
    "foot": Output("page-foot", "children"),
    "navigation": Output("navigation", "children"),
    "tabs": Output("tabs", "children"),
    "tabs_class": Output("tabs", "className"),
    "more": Output("more-list", "children"),
    "filters_class": Output("filters", "className"),
    "bar_class": Output("bar", "className"),
    "summary": Output("filters-summary", "children"),
    "applied": Output("applied", "data"),
    "period": Output("filter-period", "value"),
    "period_options": Output("filter-period", "options"),
    "period_label": Output("filter-period-label", "children"),
    "previous_disabled": Output("period-previous", "disabled"),
    "next_disabled": Output("period-next", "disabled"),
    "year": Output("filter-year", "value"),
    "year_options": Output("filter-year", "options"),
    "calendar": Output("filter-calendar", "value"),
    "department": Output("filter-department", "value"),
    "department_options": Output("filter-department", "options"),
    "field": Output("filter-field", "value"),
    "field_options": Output("filter-field", "options"),
    "channel": Output("filter-channel", "value"),
    "channel_options": Output("filter-channel", "options"),
    "unit": Output("filter-unit", "value"),
    "unit_options": Output("filter-unit", "options"),
    "unit_line": Output("unit-line", "children"),
}


def _register_page(app: Dash, engine: Engine, settings: Settings) -> None:
    @app.callback(
        _OUTPUTS,
        Input("url", "pathname"),
        Input("url", "search"),
        Input("theme", "data"),
        Input("screen", "data"),
        Input("data-version", "data"),
    )
    def show(
        pathname: object, search: object, theme: object, screen: object, _version: object
    ) -> dict[str, Any]:
        """Show the page at an address; wait until the browser has said its theme.

        What a request says may be anything: only text is read.
        """
        if not isinstance(theme, str) or theme not in THEMES:
            return dict.fromkeys(_OUTPUTS, dash.no_update)
        page = find_page(pathname if isinstance(pathname, str) else "/")
        principal = whoever()
        if principal is None:
            return _denied(page, ())
        page = first_page(principal, page, settings=settings)
        pages = [one for one in PAGES if may_see(principal, one, settings=settings)]
        if not may_see(principal, page, settings=settings):
            return _denied(page, pages)
        if page is not None and (page.is_live or not page.is_kept):
            forget_answer()
        with read_transaction(engine) as connection:
            view = View(THEMES[theme], is_phone=screen == "phone")
            shown = _show(
                connection,
                settings=settings,
                principal=principal,
                page=page,
                pages=pages,
                query=search if isinstance(search, str) else "",
                view=view,
            )
            shown["page"] = stilled(
                shown["page"], listened=listened_to(app), page=page.path if page else ""
            )
            return {name: written(value) for name, value in shown.items()}


def _register_refresh(app: Dash, engine: Engine, settings: Settings) -> None:
    @app.callback(
        Output("newer", "data"),
        Input("refresh", "n_intervals"),
        State("applied", "data"),
        prevent_initial_call=True,
    )
    def ask(_ticks: object, applied: object) -> Any:
        """Say the data version where it is another than the page's.

        The page is then drawn anew, as soon as nobody is typing in it.
        """
        with engine.connect() as connection:
            version = data_version(connection, settings=settings)
        is_same = not isinstance(applied, Mapping) or applied.get("version") == version
        return dash.no_update if is_same else version

    app.clientside_callback(
        ClientsideFunction(namespace="shell", function_name="newer"),
        Input("newer", "data"),
        prevent_initial_call=True,
    )


def _register_account(app: Dash) -> None:
    """Say who is signed in, apart from the page: pages are kept for others of the same role."""

    @app.callback(Output("account", "children"), Input("theme", "data"))
    def account(_theme: str | None) -> list[Component]:
        principal = whoever()
        if principal is None:
            return []
        return [
            shell.account_menu(
                name=principal.name,
                role=ROLES[principal.role],
                csrf_token=principal.csrf_token,
                csrf_field=CSRF_FIELD,
            )
        ]


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


def _denied(page: Page | None, pages: Sequence[Page]) -> dict[str, Any]:
    """Return a frame that says no more than that the page is not for this reader, and which are."""
    words = "Tài khoản của bạn không được xem trang này. Hãy hỏi người quản trị."
    blank: dict[str, Any] = dict.fromkeys(_OUTPUTS, dash.no_update)
    return {
        **blank,
        "page": [html.P(words, className="bottom-line")],
        "notices": [],
        "title": page.label if page else "Không có trang này",
        "navigation": shell.navigation(pages, active="", badges={}, query=""),
        "tabs": shell.tabs(pages, active="", badges={}, query=""),
        "tabs_class": shell.tabs_class(pages),
        "more": shell.more_links(pages, active="", query=""),
        "filters_class": shell.filters_class(()),
        "bar_class": shell.bar_class(()),
    }


def _show(
    connection: Connection,
    *,
    settings: Settings,
    principal: Principal,
    page: Page | None,
    pages: Sequence[Page],
    query: str,
    view: View,
) -> dict[str, Any]:
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
    return {
        **_frame(context, page, report=report, content=content, pages=pages, unit=unit),
        "notices": _notices(context) if reads else [],
        **_filter_values(context, choices, page, report=report, values=values, unit=unit),
    }


def _content(
    context: Context, page: Page | None, *, values: Mapping[str, str], view: View
) -> tuple[Report | None, list[Component]]:
    """Return the page's report and what shows it; a failure is one card, and is written down."""
    if page is None:
        return None, [_no_such_page()]
    if not context.has_data and page.needs_data:
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
        return None, [error_card(code, title=page.label, at=f"{datetime.now():%H:%M}")]


def _where_to_load() -> str:
    """Return the page that loads, "" for a reader who may not; answers are kept by role."""
    return "/nap-du-lieu" if may(LOAD) else ""


def _no_such_page() -> Component:
    return html.Section(
        [
            html.H2("Không có trang này"),
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
    title = page.label if page else "Không có trang này"
    as_of = report.as_of if report else context.latest
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
            data_version=context.data_version if context.has_data else "",
            period=report.period if report else "",
        ),
        "foot": shell.page_foot(
            as_of=as_of, data_version=context.data_version if context.has_data else ""
        ),
        "navigation": shell.navigation(pages, active=path, badges=badges, query=carried),
        "tabs": shell.tabs(pages, active=path, badges=badges, query=carried),
        "tabs_class": shell.tabs_class(pages),
        "more": shell.more_links(pages, active=path, query=carried),
        "filters_class": shell.filters_class(names),
        "bar_class": shell.bar_class(names),
    }


def _filters_shown(context: Context, page: Page | None) -> tuple[str, ...]:
    """Return the filters of a page that there is something to choose from."""
    if page is None or not context.has_data:
        return ()
    # What the office was before is chosen by the period.
    is_own_alone = {one.code for one in context.peers} <= set(context.own_units)
    has_choice = context.filters.unit not in (None, context.home) or not is_own_alone
    return tuple(name for name in page.filters if name != "unit" or has_choice)


def _notices(context: Context) -> list[Component]:
    """Return what every page must say: data that are late, a report that did not go out."""
    stale = find_stale(context, today=date.today())
    # Reports are made of the own unit: who looks at another is told nothing of them.
    is_own = bool(context.offices)
    fault = delivery_fault(context.connection, unit=context.unit.code) if is_own else ""
    return [
        *(
            [stale_strip(days=stale.days, words=stale.words, link=_where_to_load() or "/du-lieu")]
            if stale
            else []
        ),
        *([fault_strip(fault)] if fault else []),
        *(change_strip(words) for words in context.change_words()),
    ]


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
    year = report.period.removeprefix("Năm ") if report and report.code == "ranking" else ""
    is_first = period is None or months is None or period.previous().months[1] < months[0]
    is_last = period is None or months is None or period.next().months[0] > months[1]
    chosen = (filters.department, filters.field, filters.channel)
    wanted = page.filters if page else ()
    return {
        "summary": shell.filters_summary(
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
                "department": filters.department or shell.ALL,
                "field": filters.field or shell.ALL,
                "channel": filters.channel or shell.ALL,
                "list": values.get("list", ""),
                "unit": unit or shell.ALL,
            },
            "version": context.data_version,
            "previous": period.previous().code if period else "",
            "next": period.next().code if period else "",
        },
        "period": period.code if period else "",
        "period_options": shell.period_options(*months) if months else [],
        "period_label": label,
        "previous_disabled": is_first,
        "next_disabled": is_last,
        "year": year,
        "year_options": [{"label": str(y), "value": str(y)} for y in choices.ranking_years],
        "calendar": filters.calendar,
        "department": filters.department or shell.ALL,
        "department_options": shell.member_options(choices.departments),
        "field": filters.field or shell.ALL,
        "field_options": shell.member_options(choices.fields),
        "channel": filters.channel or shell.ALL,
        "channel_options": shell.member_options(choices.channels),
        "unit": unit or shell.ALL,
        "unit_options": shell.unit_options(
            [(one.code, one.short_name, one.parent) for one in context.peers],
            own=context.home,
        ),
        "unit_line": context.unit.office,
    }
