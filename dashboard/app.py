"""The application: one frame, one callback that shows the page at an address."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import Any

import dash
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import shell
from dashboard.access.admin_doors import open_admin_doors
from dashboard.access.doors import open_doors
from dashboard.access.gate import CSRF_FIELD, guard, reader, scope
from dashboard.access.headers import set_headers
from dashboard.access.roles import ROLES
from dashboard.answers import forget_answer, remember_answers
from dashboard.components.dossier_grid import GRID_ASKED_ID, GRID_ID, GRID_PLACE_ID
from dashboard.components.picks import PICKS, graph_id
from dashboard.components.view import View
from dashboard.health import open_health_doors
from dashboard.index_html import ENTRY, INDEX_STRING, index_script_hash
from dashboard.pages import PAGES, find_page
from dashboard.pages.dossier_doors import open_dossier_doors
from dashboard.pages.loading_doors import open_loading_doors
from dashboard.pages.meeting_doors import open_meeting_doors
from dashboard.pages.snapshot_doors import open_snapshot_doors
from dashboard.reports.units import find_unit
from dashboard.serving import lighten
from dashboard.showing import denied, first_page, may_see, shown_at
from dashboard.still import listened_to, stilled
from dashboard.text import PRODUCT
from dashboard.theme import THEMES
from dashboard.writing import written
from etl.anchor import open_warehouse
from etl.logs import set_up_logging
from etl.offices import require_own_unit
from etl.settings import ASSETS_DIR, Settings, load_settings
from etl.version import data_version
from etl.warehouse import read_transaction

REFRESH_SECONDS = 60
"""How often an open page asks whether the data has changed."""


def create_app(settings: Settings | None = None, *, engine: Engine | None = None) -> Dash:
    """Return the application on a migrated database: that of an open ``engine``, else a new one."""
    settings = settings or load_settings()
    engine = engine or open_warehouse(settings)
    app = Dash(
        __name__,
        title=PRODUCT,
        update_title="",
        assets_folder=str(ASSETS_DIR),
        index_string=INDEX_STRING,
        compress=True,
        suppress_callback_exceptions=True,
    )
    with engine.connect() as connection:
        office = find_unit(connection, settings.unit, day=None)
    frame = shell.page_frame(office=office, first_day=settings.report_month_first_day)
    app.layout = html.Div([frame, *_stores()])
    lighten(app, folder=ASSETS_DIR, entry=ENTRY)
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
    open_doors(app.server, engine, settings=settings, office=office.name, agency=office.agency)
    open_admin_doors(app.server, engine, office=office.name, agency=office.agency)
    open_health_doors(app.server, engine, settings=settings)
    remember_answers(
        app.server, engine, settings=settings, output=("page", "children"), scope=scope
    )
    set_headers(app.server, script_hashes=lambda: (index_script_hash(), *app.csp_hashes()))
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
    """Return the WSGI application, for gunicorn, whose workers may be forked from this process.

    Raises:
        UserError: ``UNIT`` is no unit's code.
    """
    settings = load_settings()
    set_up_logging(settings)
    engine = open_warehouse(settings)
    require_own_unit(engine, settings)
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


def _register_picks(app: Dash) -> None:
    """Let a click on a bar or point be a filter, in the browser alone."""
    for section, name in PICKS.items():
        app.clientside_callback(
            ClientsideFunction(namespace="filters", function_name=f"pick_{name}"),
            Input(graph_id(section), "clickData"),
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
    "brand": Output("brand", "children"),
    "brand_title": Output("brand", "title"),
    "nav_foot": Output("nav-foot", "children"),
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
        nothing = dict.fromkeys(_OUTPUTS, dash.no_update)
        if not isinstance(theme, str) or theme not in THEMES:
            return nothing
        page = find_page(pathname if isinstance(pathname, str) else "/")
        principal = reader()
        page = first_page(principal, page, settings=settings)
        pages = [one for one in PAGES if may_see(principal, one, settings=settings)]
        if not may_see(principal, page, settings=settings):
            return {**nothing, **denied(page, pages)}
        if page is not None and (page.is_live or not page.is_kept):
            forget_answer()
        with read_transaction(engine) as connection:
            view = View(THEMES[theme], is_phone=screen == "phone")
            shown = shown_at(
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
        principal = reader()
        return [
            shell.account_menu(
                name=principal.name,
                role=ROLES[principal.role],
                csrf_token=principal.csrf_token,
                csrf_field=CSRF_FIELD,
            )
        ]
