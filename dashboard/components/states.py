"""States that are no figure: missing, broken, stale, empty, loading."""

from __future__ import annotations

from dash import html

from dashboard import formatting as fmt
from dashboard.components.icons import icon
from dashboard.components.words import Child, button_link, inner_link, sentence
from dashboard.model import Missing, Section
from dashboard.text import DEMO_WORDS

_LOADED = "/du-lieu"
"""The page that says what is loaded."""

_ACTION_ICONS = {"no_data": "upload", "empty_filter": "x-lg"}


def missing_body(missing: Missing) -> html.Div:
    """Return what stands in a card instead of a figure: the reason and the next step."""
    children: list[Child] = [html.P(missing.reason)]
    if missing.kind == "no_data":
        children.insert(0, html.Div("–", className="dash", **{"aria-hidden": "true"}))
    if missing.next_step and missing.link:
        name = _ACTION_ICONS[missing.kind]
        children.append(button_link(missing.next_step, missing.link, icon_name=name))
    return html.Div(children, className=f"missing {missing.kind}")


def unknown_card(section: Section) -> html.Section:
    """Return the card that says an address names what is not there, and why that may be."""
    words = "Có thể liên kết bị chép thiếu, hoặc tài khoản này không được xem."
    return html.Section(
        [html.Header(html.H2(sentence(section.sentence))), html.P(words, className="sub")],
        className="card2",
        role="status",
    )


def error_card(code: str, *, title: str, at: str) -> html.Section:
    """Return a card for a page that failed: one sentence, its code, a way to try again.

    ``at`` is the time of day at which it was written down, e.g. "08:42".
    """
    noted = ["Mã ", html.Span(code, className="num"), f", đã ghi lại lúc {at}."]
    body = html.Div(
        [
            html.P(
                [
                    icon("exclamation-circle"),
                    "Không tính được phần này. Các phần khác vẫn đúng.",
                ]
            ),
            html.P(noted, className="code"),
            html.Button(
                [icon("arrow-clockwise"), "Thử lại"],
                type="button",
                className="btn-a",
                **{"data-action": "reload"},
            ),
        ],
        className="missing error",
        role="alert",
    )
    return html.Section([html.Header(html.H2(title)), body], className="card2")


def demo_mark() -> html.Span:
    """Return the mark that every view made from demonstration data carries."""
    return html.Span(DEMO_WORDS, className="demo")


def stale_strip(*, days: int, words: str, link: str) -> html.Div:
    """Return the strip over a page whose data is ``days`` late against the loading schedule.

    ``link`` is the page that loads, "" for whoever may not: what is loaded stands elsewhere.
    """
    way = html.A("Nạp dữ liệu", href=link) if inner_link(link) else html.A("Dữ liệu", href=_LOADED)
    return html.Div(
        [
            icon("clock"),
            html.Span([html.B(f"Số liệu chậm {fmt.count(days)} ngày."), f" {words}"]),
            way,
        ],
        className="stale",
        role="status",
    )


def fault_strip(words: str) -> html.Div:
    """Return the strip that says what failed behind the pages, with the way to put it right."""
    return html.Div(
        [icon("octagon"), html.Span(words), html.A("Báo cáo", href="/bao-cao")],
        className="stale fault",
        role="status",
    )


def change_strip(words: str) -> html.Div:
    """Return the strip that says from when the office is another: its months are told apart."""
    return html.Div(
        [
            icon("info-circle"),
            html.Span([html.B(f"{words}."), " Số liệu trước và sau ngày này không nối với nhau."]),
        ],
        className="stale change",
        role="note",
    )


def former_strip(name: str, *, code: str, last: str, since: str) -> html.Div:
    """Return the strip over a period of an office that was the own one up to the month ``last``.

    ``since`` says what came after it, and from which day.
    """
    return html.Div(
        [
            icon("info-circle"),
            html.Span(
                [
                    html.B(
                        f"Số liệu của {name} (mã {code}), đến hết tháng {fmt.month_short(last)}."
                    ),
                    f" {since}." if since else "",
                ]
            ),
        ],
        className="stale change",
        role="note",
    )


def empty_database(*, link: str) -> html.Section:
    """Return what a first start without data shows: three steps to the first figures.

    ``link`` is the page that loads, "" for whoever may not.
    """
    return html.Section(
        [
            html.H2("Trang này chưa có số liệu"),
            html.P(
                "Bảng điều hành đã sẵn sàng. Hãy nạp tệp xuất từ phần mềm một cửa, phiếu khảo sát, "
                "phản ánh, báo cáo nhiệm vụ hoặc quyết định công bố xếp hạng.",
                className="muted",
            ),
            html.Ol(
                [
                    html.Li(
                        [
                            html.B("Đưa tệp vào trang Nạp dữ liệu"),
                            html.Span(
                                "Giữ nguyên tệp như khi xuất ra, kể cả dòng tiêu đề. Chưa có tệp? "
                                "Tải mẫu Excel ở đó."
                            ),
                        ]
                    ),
                    html.Li(
                        [
                            html.B("Xem thử: loại số liệu, tháng, dòng nào bị loại và vì sao"),
                            html.Span("Chưa có gì vào kho cho đến khi bấm Nạp."),
                        ]
                    ),
                    html.Li(
                        [
                            html.B("Bấm Nạp; nạp nhầm thì hoàn tác được"),
                            html.Span("Nạp lại cùng một tệp không làm số liệu thay đổi."),
                        ]
                    ),
                ]
            ),
            html.Div(button_link("Mở trang Nạp dữ liệu", link, is_primary=True))
            if inner_link(link)
            else html.P("Tài khoản của bạn chỉ xem. Hãy nhắn người nhập liệu.", className="muted"),
        ],
        className="card2 start",
    )


def skeleton() -> html.Div:
    """Return blocks of the final size, seen only when a page takes longer than 200 ms."""
    widths = ("100%", "88%", "94%", "80%")
    number = html.Div(
        [
            html.I(style={"width": "60%"}),
            html.I(className="big"),
            *(html.I(style={"width": w}) for w in widths),
        ],
        className="card2",
    )
    chart = html.Div(
        [html.I(style={"width": "70%"}), html.I(style={"height": "220px"})], className="card2"
    )
    return html.Div(
        [
            html.Span("Đang tải số liệu…", className="sr", role="status"),
            html.I(className="line"),
            html.Div([number] * 4, className="kpi-row"),
            html.Div(
                [html.Div(chart, className="cell", style={"--span": span}) for span in ("7", "5")],
                className="grid",
            ),
        ],
        className="skeleton",
    )
