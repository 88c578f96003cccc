"""The frame around every page: navigation, top bar, stores; its filters stand in ``filter_row``.

What the application wires up, by id:

- ``url`` (dcc.Location): links inside the dashboard set its pathname and search, no reload.
- ``theme`` (Store, "light" | "dark") and ``screen`` (Store, "phone" | "wide"): told by the
  browser before the first callback that listens to them; ``register_callbacks`` does it.
- ``navigation``, ``tabs``, ``more-list``, ``stamps``, ``page-title``, ``unit-line``, ``notices``,
  ``page``, ``page-foot``, ``brand`` (and its title), ``nav-foot``: their children; see
  :func:`navigation`, :func:`tabs`, :func:`more_links`, :func:`stamps`, :func:`page_foot`,
  :func:`brand`, :func:`nav_foot`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.buttons import close_button, copy_link
from dashboard.components.icons import icon
from dashboard.components.states import demo_mark, skeleton
from dashboard.filter_row import filter_row
from dashboard.reports.units import Unit

TAB_PATHS = ("/", "/ho-so", "/nhiem-vu", "/phan-anh")
"""The pages that a phone keeps at the thumb; the others stand behind Thêm."""


class NavEntry(Protocol):
    """A page as the navigation sees it."""

    @property
    def path(self) -> str:
        """Address without the query."""

    @property
    def label(self) -> str:
        """Word in the navigation."""

    @property
    def icon(self) -> str:
        """Name of an icon."""

    @property
    def group(self) -> str:
        """Heading under which the page stands."""


def register_callbacks(app: Dash) -> None:
    """Let the browser say its theme and width before anything is drawn for them."""
    app.clientside_callback(
        ClientsideFunction(namespace="shell", function_name="screen"),
        Output("theme", "data"),
        Output("screen", "data"),
        Input("theme", "id"),
    )


def page_frame(*, office: Unit, first_day: int) -> html.Div:
    """Return the layout of the application; a page's content goes into ``page``.

    It is the same for everybody: links are drawn for whoever asks. ``office`` is what the own unit
    is today, until a page says whose period it shows; ``first_day`` is the day on which report
    months begin.
    """
    return html.Div(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="theme"),
            dcc.Store(id="screen"),
            html.A("Tới nội dung chính", href="#page", className="skip"),
            html.Div(
                [
                    _side(office),
                    html.Div(
                        [
                            _bar(office),
                            filter_row(first_day=first_day),
                            html.Div(className="backdrop", **{"data-action": "hide-filters"}),
                            html.Div(id="notices"),
                            html.Main(skeleton(), id="page", className="page", tabIndex=-1),
                            html.Footer(id="page-foot", className="page-foot"),
                        ],
                        className="main",
                    ),
                ],
                className="shell",
            ),
            html.Nav(
                tabs((), active=""),
                id="tabs",
                className="tabs",
                **{"aria-label": "Trang chính"},
            ),
            _more(),
        ]
    )


def _logo() -> html.Span:
    return html.Span(icon("logo"), className="logo", **{"aria-hidden": "true"})


def _side(office: Unit) -> html.Nav:
    return html.Nav(
        [
            html.A(brand(office), id="brand", href="/", className="brand", title=office.office),
            html.Div(id="navigation"),
            html.Div(nav_foot(office), id="nav-foot", className="nav-foot"),
        ],
        className="nav-side",
        **{"aria-label": "Các trang"},
    )


def brand(office: Unit) -> list[Component]:
    """Return whose pages they are, over the navigation."""
    return [_logo(), html.Span([html.B(office.name), html.Span(office.agency)])]


def nav_foot(office: Unit) -> list[Component]:
    """Return the code of the office and what it belongs to, under the navigation."""
    return [html.Span(f"Mã đơn vị {office.code}"), html.Span(office.parent)]


def navigation(
    pages: Sequence[NavEntry],
    *,
    active: str,
    badges: Mapping[str, int] | None = None,
    query: str = "",
) -> list[Component]:
    """Return the side navigation: groups in the order in which they first appear.

    ``active`` is the path of the page shown, ``badges`` counts by path what asks for attention,
    ``query`` goes along ("?period=2024-12"), so that a chosen period survives a change of page.
    """
    children: list[Component] = []
    for group in dict.fromkeys(page.group for page in pages):
        own = [page for page in pages if page.group == group]
        children.append(html.Div(group, className="nav-group", id=f"nav-{_slug(own[0].path)}"))
        items = [_nav_item(page, active=active, badges=badges, query=query) for page in own]
        children.append(html.Ul(items, **{"aria-labelledby": f"nav-{_slug(own[0].path)}"}))
    return children


def _nav_item(
    page: NavEntry, *, active: str, badges: Mapping[str, int] | None, query: str
) -> html.Li:
    count = (badges or {}).get(page.path, 0)
    return html.Li(
        html.A(
            [icon(page.icon), html.Span(page.label, className="word"), _badge(count)],
            href=f"{page.path}{query}",
            className="nav-item",
            title=page.label,
            **_current(page.path == active),
        )
    )


def _badge(count: int) -> Component | None:
    if not count:
        return None
    words = html.Span(" việc cần chú ý", className="sr")
    return html.Span([fmt.count(count), words], className="badge-n")


def _current(is_current: bool) -> dict[str, Any]:
    return {"aria-current": "page"} if is_current else {}


def _slug(path: str) -> str:
    return path.strip("/") or "home"


def tabs(
    pages: Sequence[NavEntry],
    *,
    active: str,
    badges: Mapping[str, int] | None = None,
    query: str = "",
) -> list[Component]:
    """Return the tabs of a phone: up to four pages, and Thêm for the rest."""
    children: list[Component] = []
    for page in _tab_pages(pages):
        count = (badges or {}).get(page.path, 0)
        children.append(
            html.A(
                [icon(page.icon), html.Span(page.label), _badge(count)],
                href=f"{page.path}{query}",
                className="tab",
                **_current(page.path == active),
            )
        )
    is_elsewhere = bool(active) and active not in {page.path for page in _tab_pages(pages)}
    children.append(
        html.Button(
            [icon("list"), html.Span("Thêm")],
            type="button",
            className="tab",
            **{
                "data-opens": "more",
                "aria-haspopup": "dialog",
                **({"aria-current": "page"} if is_elsewhere else {}),
            },
        )
    )
    return children


def tabs_class(pages: Sequence[NavEntry]) -> str:
    """Return the class of ``tabs`` for the pages that there are."""
    count = len(_tab_pages(pages)) + 1
    return "tabs" if count == 5 else f"tabs of-{count}"


def _tab_pages(pages: Sequence[NavEntry]) -> list[NavEntry]:
    """Return the pages that have a tab: of who sees none of the usual ones, the first there are."""
    by_path = {page.path: page for page in pages}
    usual = [by_path[path] for path in TAB_PATHS if path in by_path]
    return usual or list(pages[: len(TAB_PATHS)])


def more_links(pages: Sequence[NavEntry], *, active: str, query: str = "") -> list[Component]:
    """Return the pages that have no tab."""
    shown = {page.path for page in _tab_pages(pages)}
    rest = [page for page in pages if page.path not in shown]
    return [_nav_item(page, active=active, badges=None, query=query) for page in rest]


def _more() -> html.Dialog:
    return html.Dialog(
        [
            html.Div(
                [
                    html.Span("Thêm", id="more-title"),
                    close_button(**{"data-action": "close"}),
                ],
                className="sheet-head",
            ),
            html.Ul(id="more-list"),
            html.Hr(),
            copy_link(),
            html.Button(
                [icon("printer"), html.Span("In trang này")],
                type="button",
                className="link-btn",
                **{"data-action": "print"},
            ),
            html.Button(
                [*_theme_faces(with_words=True)],
                type="button",
                className="link-btn",
                **{"data-action": "theme"},
            ),
        ],
        id="more",
        className="more",
        **{"aria-labelledby": "more-title"},
    )


def _theme_faces(*, with_words: bool = False) -> list[Component]:
    hidden = "word" if with_words else "sr"
    return [
        html.Span(
            [icon("moon"), html.Span("Nền tối", className=hidden)], className="face when-light"
        ),
        html.Span(
            [icon("sun"), html.Span("Nền sáng", className=hidden)], className="face when-dark"
        ),
    ]


def _bar(office: Unit) -> html.Header:
    return html.Header(
        [
            _logo(),
            html.Div(
                [
                    html.H1("Bảng điều hành", id="page-title"),
                    html.Div(office.office, id="unit-line", className="unit-line"),
                ],
                className="titles",
            ),
            html.Div(id="stamps", className="stamps"),
            html.Div(id="account", className="account"),
            html.Button(
                _theme_faces(),
                id="theme-toggle",
                type="button",
                className="icon-btn",
                title="Đổi nền sáng, tối",
                **{"data-action": "theme"},
            ),
            html.Button(
                [icon("sliders"), html.Span("Bộ lọc", id="filters-summary")],
                id="filters-open",
                type="button",
                className="filters-open",
                **{
                    "data-action": "show-filters",
                    "aria-expanded": "false",
                    "aria-controls": "filters",
                },
            ),
        ],
        id="bar",
        className="bar",
    )


def stamps(
    *, is_demo: bool, as_of: date | None, data_version: str, period: str = ""
) -> list[Component]:
    """Return what every page says of its data: demonstration, as-of date, version."""
    children: list[Component] = [demo_mark()] if is_demo else []
    if period:
        children.append(html.Span(period, className="period-print"))
    if as_of is not None:
        children.append(html.Span(["Số liệu đến ", html.B(fmt.day(as_of))], className="as-of"))
    if data_version:
        children.append(
            html.Span(["Phiên bản ", html.B(fmt.version(data_version))], className="version")
        )
    return children


def account_menu(*, name: str, role: str, csrf_token: str, csrf_field: str) -> html.Details:
    """Return who is signed in, with the way to the password and the way out."""
    return html.Details(
        [
            html.Summary(
                icon("person"),
                className="icon-btn",
                title=f"Tài khoản {name}",
                **{"aria-label": f"Tài khoản {name}"},
            ),
            html.Div(
                [
                    html.P([html.B(name), html.Small(role)]),
                    # These leave the application: the browser goes there itself.
                    html.A("Đổi mật khẩu", href="/mat-khau", **{"data-door": "yes"}),
                    html.Form(
                        [
                            dcc.Input(
                                type="hidden", name=csrf_field, value=csrf_token, id="sign-out-csrf"
                            ),
                            html.Button("Đăng xuất", type="submit", className="link-btn"),
                        ],
                        method="post",
                        action="/thoat",
                    ),
                ],
                className="menu-body",
            ),
        ],
        className="menu account-menu",
    )


def page_foot(*, as_of: date | None, data_version: str) -> str:
    """Return the line under a page on a phone, where the top has no room for the version."""
    parts = [f"Số liệu đến {fmt.day(as_of)}"] if as_of is not None else []
    if data_version:
        parts.append(f"phiên bản {fmt.version(data_version)}")
    return " · ".join(parts)
