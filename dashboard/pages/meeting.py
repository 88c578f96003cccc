"""Họp tháng: what is missing before it, what is typed in it, and the way to the deck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.access.gate import may, whoever
from dashboard.access.roles import DECIDE, RECORD
from dashboard.components.cards import card
from dashboard.components.icons import icon
from dashboard.components.layout import cell, grid
from dashboard.components.lists import directive_list
from dashboard.components.tables import chip
from dashboard.components.view import View
from dashboard.filters import Filters, Period
from dashboard.model import Report, Section, Span
from dashboard.pages.meeting_doors import DECK_PATH, MINUTES_PATH, RECORD_PATH
from dashboard.reports.context import Context
from dashboard.reports.meeting import build_meeting_report
from etl.frames import plain_records


def build(context: Context, _query: Mapping[str, str]) -> Report:
    """Return the report of the page Họp tháng."""
    return build_meeting_report(context)


def render(report: Report, _view: View) -> list[Component]:
    """Return the deck's link, the checklist, the record by department, decisions, conclusion."""
    principal = whoever()
    may_record = may(RECORD)
    asked = report.section("conclusion").data
    month = asked["month"]
    late = _rows(report.section("late"))
    departments = _rows(report.section("departments"))
    cells = [
        cell(_deck_card(month, asked["calendar"]), span=4),
        cell(directive_list(report.section("preparation")), span=8),
        *(
            cell(
                _department_card(
                    number, row, [one for one in late if one["department"] == row["department"]]
                )
            )
            for number, row in enumerate(departments)
        ),
        cell(_earlier_card(report.section("open_decisions"))),
        cell(_decisions_card(report.section("decisions"))),
        cell(_conclusion_card(report.section("conclusion"))),
    ]
    return [
        html.Div(
            [
                html.P(
                    "Gõ tới đâu lưu tới đó."
                    if may_record
                    else "Tài khoản của bạn chỉ xem được biên bản.",
                    className="record-state",
                    role="status",
                    **{"aria-live": "polite"},
                ),
                grid(*cells),
            ],
            className="record",
            **{
                "data-record": RECORD_PATH,
                "data-month": month,
                "data-may": "yes" if may_record else "no",
                "data-decide": "yes" if may(DECIDE) else "no",
                "data-user": principal.name if principal else "",
            },
        )
    ]


def _rows(section: Section) -> list[dict[str, Any]]:
    return [] if section.table is None else plain_records(section.table.rows)


def _deck_card(month: str, calendar: str) -> html.Section:
    chosen = Filters(period=Period(month), calendar=calendar)
    words = f"Trình chiếu {fmt.month_label(month).lower()}"
    return card(
        Section("deck", "Trình chiếu", (Span(words),)),
        html.P(
            "Một tài liệu trọn vẹn: mở xong là không cần mạng nữa; mọi trang cùng một phiên bản "
            "số liệu."
        ),
        html.P(
            [
                html.A(
                    [icon("easel"), " Mở trình chiếu"],
                    href=f"{DECK_PATH}{chosen.to_query()}",
                    target="_blank",
                    rel="noopener",
                    className="btn-a primary",
                    **{"data-door": "yes"},
                )
            ],
            className="act-row",
        ),
        html.P(
            "Phím: → ← chuyển trang, số rồi Enter, O tất cả trang, T bảng số liệu, F toàn màn "
            "hình, B tắt màn hình, P tự chuyển trang.",
            className="note keys",
        ),
    )


def host(
    kind: str,
    field: str,
    *,
    label: str,
    of: str = "",
    subject: str = "",
    month: str = "",
    shape: str = "text",
) -> html.Div:
    """Return the place of a field of the record: the page's script puts the field into it.

    ``of`` says to a screen reader whose field it is; ``month`` "*" is the month of the page.
    """
    return html.Div(
        className="rec-host",
        **{
            "data-kind": kind,
            "data-field": field,
            "data-subject": subject,
            "data-month": month,
            "data-label": label,
            "data-of": of,
            "data-shape": shape,
        },
    )


def _department_card(
    number: int, row: Mapping[str, Any], late: list[dict[str, Any]]
) -> html.Section:
    name = str(row["department"])
    words = (
        f"{fmt.count(row['resolved'])} hồ sơ giải quyết có hạn, {fmt.count(row['late'])} trễ, "
        f"{fmt.count(row['overdue'])} quá hạn chưa xong"
    )
    section = Section(f"bo-phan-{number}", name, (Span(name, strong=True), Span(f": {words}")))
    return card(
        section,
        *([_late_list(late)] if late else []),
        html.Div(
            [
                host(
                    "department",
                    "difficulties",
                    label="Khó khăn nêu ra",
                    of=name,
                    subject=name,
                    month="*",
                ),
                host(
                    "department",
                    "assessment",
                    label="Đánh giá của lãnh đạo",
                    of=name,
                    subject=name,
                    month="*",
                ),
            ],
            className="rec-pair",
        ),
        class_name="record-card",
    )


def _late_list(late: list[dict[str, Any]]) -> html.Ul:
    return html.Ul([_late_item(row) for row in late], className="rec-late")


def _late_item(row: Mapping[str, Any]) -> html.Li:
    code = str(row["dossier_code"])
    closed = f", xong {fmt.day(row['closed_on'])}" if row["closed_on"] else ""
    return html.Li(
        [
            html.P(
                [
                    html.Span(
                        [
                            html.B(code, className="code"),
                            chip(str(row["state"]), "concern"),
                            html.Span(str(row["procedure"])),
                        ],
                        className="rec-name",
                    ),
                    html.Small(
                        f"Hẹn {fmt.day(row['due_on'])}{closed}, trễ "
                        f"{fmt.count_noun(row['days'], 'ngày làm việc')}"
                        + (f"; tệp ghi: {row['file_cause']}" if row.get("file_cause") else "")
                    ),
                ],
                className="rec-what",
            ),
            html.Div(
                [
                    host("dossier", "cause", label="Nguyên nhân", of=code, subject=code),
                    host("dossier", "explanation", label="Giải trình", of=code, subject=code),
                    host(
                        "dossier",
                        "apology_on",
                        label="Ngày xin lỗi",
                        of=code,
                        subject=code,
                        shape="day",
                    ),
                ],
                className="rec-three",
            ),
        ]
    )


def _earlier_card(section: Section) -> html.Section:
    rows = _rows(section)
    if not rows:
        return card(
            section,
            html.P("Các kỳ trước không còn kết luận nào chưa xong.", className="sub"),
            show_table=False,
        )
    items = [
        html.Li(
            [
                html.P(
                    [
                        html.B(str(row["what"])),
                        html.Small(
                            f"{fmt.month_label(row['month'])}; {row['who'] or 'chưa giao ai'}"
                            + (f"; hạn {fmt.day(row['due_on'])}" if row["due_on"] else "")
                            + f"; {str(row['state']).lower()}"
                        ),
                    ],
                    className="rec-what",
                ),
                host(
                    "decision",
                    "state",
                    label="Đã xong",
                    of=str(row["what"]),
                    subject=str(row["decision"]),
                    month=str(row["month"]),
                    shape="state",
                ),
            ]
        )
        for row in rows
    ]
    return card(section, html.Ul(items, className="rec-open"), show_table=False)


def _decisions_card(section: Section) -> html.Section:
    place = html.Div(className="rec-decisions")
    return card(
        _typed_in(section, "Kết luận kỳ này"),
        place,
        subtitle="Việc gì, ai làm, hạn nào; việc chưa xong trở lại chương trình tháng sau",
        show_table=False,
    )


def _typed_in(section: Section, heading: str) -> Section:
    """Return a section that grows while it is typed in: its heading says nothing that grows old."""
    return replace(section, sentence=(Span(heading),))


def _conclusion_card(section: Section) -> html.Section:
    by = Filters(calendar=section.data["calendar"]).to_query()
    return card(
        _typed_in(section, section.title),
        html.Div(
            [
                host("meeting", "held_on", label="Ngày họp", month="*", shape="day"),
                host("meeting", "conclusion", label="Kết luận của người chủ trì", month="*"),
            ],
            className="rec-pair one-short",
        ),
        html.P(
            [
                html.A(
                    f"Tải kết luận ({words})",
                    href=f"{MINUTES_PATH}/{section.data['month']}/{kind}{by}",
                    className="btn-a",
                    **{"data-door": "yes"},
                )
                for kind, words in (("pdf", "PDF"), ("docx", "Word"))
            ],
            className="act-row",
        ),
        show_table=False,
    )
