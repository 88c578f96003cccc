"""The frame around every page: navigation, top bar, filter row, stores.

What the application wires up, by id:

- ``url`` (dcc.Location): links inside the dashboard set its pathname and search, no reload.
- ``theme`` (Store, "light" | "dark") and ``screen`` (Store, "phone" | "wide"): told by the
  browser before the first callback that listens to them; ``register_callbacks`` does it.
- ``navigation``, ``tabs``, ``more-list``, ``stamps``, ``page-title``, ``unit-line``, ``notices``,
  ``page``, ``page-foot``: their children; see :func:`navigation`, :func:`tabs`,
  :func:`more_links`, :func:`stamps`, :func:`page_foot`.
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

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.icons import icon
from dashboard.components.states import demo_mark, skeleton
from dashboard.components.words import Child
from dashboard.filters import ALL_UNITS, Period, months_between

EVERYTHING = "Tất cả"
ALL = "*"
"""Value of a member filter that chooses all; an empty value is dbc.Select's own placeholder."""
FILTERS = ("unit", "period", "year", "calendar", "department", "field", "channel")

TAB_PATHS = ("/", "/ho-so", "/nhiem-vu", "/phan-anh")
"""The pages that a phone keeps at the thumb; the others stand behind Thêm."""

PARTS_OF_YEAR = ("", "-H1", "-H2", "-9M", "-Q1", "-Q2", "-Q3", "-Q4")

INDEX_SCRIPT = (
    '(function(){var t=null;try{t=localStorage.getItem("theme")}catch(e){}'
    'if(t!=="light"&&t!=="dark")'
    't=matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light";'
    'document.documentElement.setAttribute("data-bs-theme",t)})()'
)
"""Runs before anything is painted, so that a dark screen never flashes white."""

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='8' fill='%230a5a8c'/%3E"
    "%3Cpath d='M7 12h18a9 9 0 0 1-18 0z' fill='none' stroke='%23fff' stroke-width='2.6' "
    "stroke-linejoin='round'/%3E%3C/svg%3E"
)

_FONTS = "".join(
    f'<link rel="preload" href="/assets/vendor/be-vietnam-pro/be-vietnam-pro-{subset}-{weight}'
    '-normal.woff2" as="font" type="font/woff2" crossorigin>\n'
    for weight in (500, 600, 700, 400)
    for subset in ("vietnamese", "latin")
)
"""Asked for at once: a font that comes after the words moves them, and all of these are needed."""

ENTRY = """<div id="react-entry-point"><main class="opening">
<h1>Đang mở bảng điều hành…</h1>
<noscript><p>Trang này cần JavaScript. Hãy bật lên trong trình duyệt rồi mở lại.</p></noscript>
</main></div>"""
"""What stands there until the page does; Dash's own words are English and in no landmark."""

INDEX_STRING = f"""<!DOCTYPE html>
<html lang="vi">
<head>
<script>{INDEX_SCRIPT}</script>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>{{%title%}}</title>
<link rel="icon" href="{_ICON}">
{_FONTS}{{%css%}}
</head>
<body>
{{%app_entry%}}
{{%config%}}
{{%scripts%}}
{{%renderer%}}
</body>
</html>"""


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


@dataclass(frozen=True)
class Office:
    """Whose dashboard it is: "Hoài Châu Bắc", "UBND xã", its code and what it belongs to."""

    name: str
    kind: str
    code: str
    parent: str


def index_script_hash() -> str:
    """Return the hash by which a content security policy allows the one inline script."""
    digest = hashlib.sha256(INDEX_SCRIPT.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def register_callbacks(app: Dash) -> None:
    """Let the browser say its theme and width before anything is drawn for them."""
    app.clientside_callback(
        ClientsideFunction(namespace="shell", function_name="screen"),
        Output("theme", "data"),
        Output("screen", "data"),
        Input("theme", "id"),
    )


def page_frame(pages: Sequence[NavEntry], *, office: Office) -> html.Div:
    """Return the layout of the application; a page's content goes into ``page``."""
    return html.Div(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="theme"),
            dcc.Store(id="screen"),
            html.A("Tới nội dung chính", href="#page", className="skip"),
            html.Div(
                [
                    _side(pages, office),
                    html.Div(
                        [
                            _bar(office),
                            _filter_row(),
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
                tabs(pages, active=""),
                id="tabs",
                className="tabs",
                **{"aria-label": "Trang chính"},
            ),
            _more(pages),
        ]
    )


def _logo() -> html.Span:
    return html.Span(icon("logo"), className="logo", **{"aria-hidden": "true"})


def _side(pages: Sequence[NavEntry], office: Office) -> html.Nav:
    return html.Nav(
        [
            html.A(
                [_logo(), html.Span([html.B(office.name), html.Span(office.kind)])],
                href="/",
                className="brand",
                title=f"{office.kind} {office.name}",
            ),
            html.Div(navigation(pages, active=""), id="navigation"),
            html.Div(
                [html.Span(f"Mã đơn vị {office.code}"), html.Span(office.parent)],
                className="nav-foot",
            ),
        ],
        className="nav-side",
        **{"aria-label": "Các trang"},
    )


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
    is_elsewhere = bool(active) and active not in TAB_PATHS
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
    by_path = {page.path: page for page in pages}
    return [by_path[path] for path in TAB_PATHS if path in by_path]


def more_links(pages: Sequence[NavEntry], *, active: str, query: str = "") -> list[Component]:
    """Return the pages that have no tab."""
    shown = {page.path for page in _tab_pages(pages)}
    rest = [page for page in pages if page.path not in shown]
    return [_nav_item(page, active=active, badges=None, query=query) for page in rest]


def _more(pages: Sequence[NavEntry]) -> html.Dialog:
    return html.Dialog(
        [
            html.Div(
                [
                    html.Span("Thêm", id="more-title"),
                    _close_button(**{"data-action": "close"}),
                ],
                className="sheet-head",
            ),
            html.Ul(more_links(pages, active=""), id="more-list"),
            html.Hr(),
            _copy_link(),
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


def _close_button(**attributes: str) -> html.Button:
    return html.Button(
        icon("x-lg"),
        type="button",
        className="icon-btn",
        title="Đóng",
        **{"aria-label": "Đóng", **attributes},
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


def _copy_link() -> html.Button:
    return html.Button(
        [icon("link-45deg"), html.Span("Chép liên kết", className="word", role="status")],
        type="button",
        className="link-btn copy-link",
        **{
            "data-action": "copy-link",
            "data-done": "Đã chép liên kết",
            "data-failed": "Không chép được",
        },
    )


def _bar(office: Office) -> html.Header:
    return html.Header(
        [
            _logo(),
            html.Div(
                [
                    html.H1("Bảng điều hành", id="page-title"),
                    html.Div(f"{office.kind} {office.name}", id="unit-line", className="unit-line"),
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


def _filter_row() -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Span("Bộ lọc"),
                    _close_button(**{"data-action": "hide-filters"}),
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
                    {"label": "Tháng báo cáo 15–14", "value": "report"},
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
            html.Span(_copy_link(), className="push copy-link"),
            html.Div(
                html.Button(
                    "Xem kết quả",
                    type="button",
                    className="btn-a full",
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


def _option_label(period: Period) -> Child:
    """Return the short words of a button in the year's block, with the whole words as its hint."""
    whole = fmt.period_label(period)
    short = {
        "year": f"Cả năm {period.year}",
        "half": "6 tháng đầu" if period.part == "H1" else "6 tháng cuối",
        "nine_months": "9 tháng",
        "quarter": whole.split("/")[0],
        "month": f"T{period.part.lstrip('0')}",
    }[period.kind]
    return html.Span(short, title=whole, **{"aria-label": whole})


def member_options(labels: Iterable[str]) -> list[dict[str, Any]]:
    """Return the choices of a member filter: all, then each label."""
    everything: list[dict[str, Any]] = [{"label": EVERYTHING, "value": ALL}]
    return everything + [{"label": label, "value": label} for label in labels]


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
