"""Nạp dữ liệu: bring files, see what they would do, load them, take a load back, type a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.access.gate import whoever
from dashboard.components.cards import card
from dashboard.components.forms import act_button, act_form, choice_box, field, text_box
from dashboard.components.icons import icon
from dashboard.components.layout import cell, grid
from dashboard.components.states import unknown_card
from dashboard.components.tables import chip, stacked_table
from dashboard.components.typing_table import TypedColumn, typing_table
from dashboard.components.view import View
from dashboard.components.waiting import counts_strip, reject_table, waiting_card
from dashboard.components.words import Child
from dashboard.filters import Period, is_month, unknown_numbers, whole_number, year_of
from dashboard.model import Report, Section, Span
from dashboard.pages.loading_doors import FILE_FIELD, PAGE
from dashboard.reports.absence import unknown_section
from dashboard.reports.context import Context
from dashboard.reports.loading import (
    alias_rows,
    known_names,
    last_batches,
    plan_row,
    ranking_rows,
    some_batches,
    task_rows,
)
from etl.catalogue.sources import SOURCES
from etl.catalogue.tasks import load_tasks
from etl.catalogue.values import labels
from etl.entering import ALIAS_LABELS, PLAN_FIGURES
from etl.formats import today
from etl.staging import Waiting, is_outdated, list_waiting

ACCEPTED = ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt,.htm,.html"

TYPED = {
    "task_report": "Báo cáo nhiệm vụ",
    "ranking": "Xếp hạng",
    "plan": "Số kế hoạch",
    "alias": "Cách viết khác",
}
"""What can be typed, as its tab says."""

DIMENSIONS = {"department": "Bộ phận", "field": "Lĩnh vực", "procedure": "Thủ tục"}


def build(context: Context, query: Mapping[str, str]) -> Report:
    """Return the report of the page; ``?lan=`` names batches loaded, ``?nhap=`` what to type."""
    principal = whoever()
    waiting = (
        [] if principal is None else list_waiting(context.settings.data_dir, principal.user_id)
    )
    asked = query.get("lan", "").split(",")[:20]
    numbers = [number for number in map(whole_number, asked) if number is not None]
    kind = query.get("nhap", "")
    words = _waiting_words(waiting)
    if kind in TYPED:
        words = f"Nhập tay: {TYPED[kind].lower()}"
    sections = [
        Section(
            "waiting",
            "Tệp chờ nạp",
            (Span(words),),
            data={
                "files": [
                    {
                        "token": one.token,
                        "name": one.name,
                        "look": one.look,
                        "choice": asdict(one.choice),
                        "is_old": is_outdated(context.connection, one, settings=context.settings),
                    }
                    for one in waiting
                    if one.look
                ]
            },
        ),
        Section(
            "batches",
            "Các lần nạp",
            (Span("Các lần nạp gần đây"),),
            data={"batches": last_batches(context)},
        ),
    ]
    results = some_batches(context, numbers) if numbers else []
    if results:
        sections.append(
            Section("results", "Kết quả", (Span("Kết quả nạp"),), data={"batches": results})
        )
    unknown = unknown_numbers(asked, known={one["number"] for one in results})
    if unknown:
        sections.append(unknown_section("lần nạp", unknown))
    if kind in TYPED:
        sections.append(_typed_section(context, kind, query))
    return Report(
        code="loading",
        title="Nạp dữ liệu",
        period="",
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=(Span(words, strong=True), Span(".")),
        kpis=(),
        sections=tuple(sections),
    )


def _waiting_words(waiting: Sequence[Waiting]) -> str:
    """Say how many files wait, and how many of them cannot be loaded as they are."""
    if not waiting:
        return "Không có tệp nào chờ nạp"
    # One that is still being looked at has no look yet.
    refused = sum(bool(one.look) and not one.is_loadable for one in waiting)
    ready = len(waiting) - refused
    parts = [
        f"{fmt.count_noun(ready, 'tệp')} chờ nạp" if ready else "",
        f"{fmt.count_noun(refused, 'tệp')} chưa nạp được" if refused else "",
    ]
    return ", ".join(filter(None, parts))


def _typed_section(context: Context, kind: str, query: Mapping[str, str]) -> Section:
    latest = context.latest or today()
    month = query.get("thang", "")
    if not is_month(month):
        month = f"{latest:%Y-%m}"
    chosen = year_of(query.get("nam", "")) or latest.year
    data: dict[str, Any] = {"kind": kind, "month": month, "year": chosen}
    if kind == "task_report":
        data["rows"] = task_rows(context, month)
    elif kind == "ranking":
        data["rows"] = ranking_rows(context, chosen)
    elif kind == "plan":
        data["rows"] = [plan_row(context, chosen)]
    else:
        data["rows"] = alias_rows(context)
        data["names"] = known_names(context)
    return Section("typed", TYPED[kind], (Span(f"Nhập tay: {TYPED[kind].lower()}"),), data=data)


def render(report: Report, view: View) -> list[Component]:
    """Return the place for files, what waits, what was loaded, and what is typed."""
    codes = {section.code for section in report.sections}
    if "typed" in codes:
        return [grid(cell(_typed_card(report.section("typed"))))]
    cells = []
    if "unknown" in codes:
        cells.append(cell(unknown_card(report.section("unknown"))))
    if "results" in codes:
        cells += [cell(_result_card(one)) for one in report.section("results").data["batches"]]
    cells.append(cell(_drop_card(), span=7))
    help_cell = cell(_help_card(), span=5)
    waiting = []
    for one in report.section("waiting").data["files"]:
        values = (one["token"], one["name"], one["look"], one["choice"])
        waiting.append(cell(waiting_card(*values, base=PAGE, is_old=one["is_old"])))
    # On a phone, what was brought stands under the button that brought it, not a screen below.
    cells += [*waiting, help_cell] if view.is_phone else [help_cell, *waiting]
    cells.append(cell(_batches_card(report.section("batches"))))
    return [grid(*cells)]


def _drop_card() -> html.Section:
    zone = html.Div(
        [
            icon("upload"),
            html.P([html.B("Kéo tệp vào đây"), " hoặc"], className="drag"),
            html.Button(
                "Chọn tệp trên máy",
                type="button",
                className="btn-a primary",
                **{"data-action": "choose-files"},
            ),
            html.P(
                "Excel (.xlsx, .xls), LibreOffice (.ods), CSV, bảng HTML. Chọn được nhiều tệp.",
                className="sub",
            ),
            html.Div(id="upload-state", role="status", **{"aria-live": "polite"}),
        ],
        className="drop-zone",
        id="drop-zone",
        **{"data-url": f"{PAGE}/tep", "data-field": FILE_FIELD, "data-accept": ACCEPTED},
    )
    words = "Đưa tệp vào để xem thử; chưa nạp gì cho đến khi bạn bấm Nạp"
    return card(Section("drop", "Đưa tệp vào", (Span(words),)), zone)


def _help_card() -> html.Section:
    templates = html.Ul(
        [
            html.Li(html.A(source.label, href=f"{PAGE}/mau/{code}", **{"data-door": "yes"}))
            for code, source in SOURCES.items()
        ],
        className="plain-list",
    )
    typed = html.Ul(
        [html.Li(html.A(label, href=f"{PAGE}?nhap={kind}")) for kind, label in TYPED.items()],
        className="plain-list",
    )
    return card(
        Section("help", "Mẫu và nhập tay", (Span("Chưa có tệp? Dùng mẫu Excel, hoặc nhập tay"),)),
        html.Div(
            [
                html.Div([html.H3("Tải mẫu Excel"), templates]),
                html.Div([html.H3("Nhập tay"), typed]),
            ],
            className="two-lists",
        ),
    )


_SHOWN_ON = {
    "dossier": ("/ho-so", "Hồ sơ"),
    "feedback": ("/phan-anh", "Phản ánh"),
    "survey": ("/hai-long", "Hài lòng"),
    "ranking": ("/xep-hang", "Xếp hạng"),
    "task_report": ("/nhiem-vu", "Nhiệm vụ"),
}
"""Where the figures of a source stand: a page's path, and its name."""


def _result_card(one: Mapping[str, Any]) -> html.Section:
    code = f"ket-qua-{one['number']}"
    sheet = f", trang tính «{one['sheet']}»" if one["sheet"] else ""
    body: list[Component] = [
        html.P(
            f"{one['label']}{sheet}: số liệu {one['covered']}, tính đến {one['as_of']}. "
            f"Lần nạp số {one['number']}, đọc {fmt.count_noun(one['rows_read'], 'dòng')}."
        ),
        counts_strip(one),
    ]
    if one["rejects"]:
        body += [
            html.H3("Các dòng bị loại"),
            reject_table(one["rejects"]),
            html.P(
                "Tải các dòng bị loại về, sửa ngay trong tệp đó, rồi đưa lại tệp ấy vào đây. "
                "Dòng đã nạp không bị tính hai lần.",
                className="note",
            ),
        ]
    if one["warnings"]:
        body.append(
            html.Details(
                [
                    html.Summary(f"Lưu ý ({len(one['warnings'])})"),
                    html.Ul([html.Li(text) for text in one["warnings"]], className="fold-body"),
                ],
                className="fold",
            )
        )
    acts = _batch_acts(one, small=False)
    if not one["is_undone"]:
        path, words = _SHOWN_ON[one["source"]]
        link = html.A(f"Xem ở {words}", href=f"{path}?period={one['month']}", className="btn-a")
        acts.insert(0, link)
    body.append(html.Div(acts, className="act-row"))
    state = "đã hoàn tác" if one["is_undone"] else "đã nạp xong"
    title = (Span(one["file"], strong=True), Span(f": {state}"))
    return card(Section(code, one["file"], title), *body, class_name="loaded-file")


def _batch_acts(one: Mapping[str, Any], *, small: bool) -> list[Component]:
    if one["is_undone"]:
        return [chip("đã hoàn tác", "plain")]
    base = f"{PAGE}/lan/{one['number']}"
    acts: list[Component] = []
    if one["rejected"]:
        acts.append(
            html.A(
                "Tải dòng bị loại" if small else "Tải các dòng bị loại (Excel)",
                href=f"{base}/bi-loai",
                className="" if small else "btn-a primary",
                **{"data-door": "yes"},
            )
        )
    acts.append(
        act_form(
            act_button("Hoàn tác", busy="Đang hoàn tác…", small=small),
            action=f"{base}/hoan-tac",
            confirm=f"Hoàn tác lần nạp số {one['number']} («{one['file']}»)? Số liệu trở lại như "
            "trước khi nạp tệp này.",
            class_name="one-act",
        )
    )
    return acts


def _batches_card(section: Section) -> html.Section:
    found = section.data["batches"]
    if not found:
        return card(section, html.P("Chưa nạp tệp nào.", className="sub"), show_table=False)
    latest, older = found[:_LATEST], found[_LATEST:]
    words = f"Các lần nạp trước đó ({fmt.count(len(older))})"
    return card(
        section,
        _batches_table(section.title, latest),
        html.Details([html.Summary(words), _batches_table(words, older)], className="others")
        if older
        else None,
        show_table=False,
        class_name="flush",
    )


def _batches_table(caption: str, batches: Sequence[Mapping[str, Any]]) -> Component:
    rows = [_batch_row(one) for one in batches]
    return stacked_table(caption, _BATCH_HEADS, rows, class_name="batches")


_LATEST = 8
"""How many loads stand open: on a phone each takes half a screen."""

_BATCH_HEADS = (
    ("Tệp", ""),
    ("Lần", "n"),
    ("Loại", ""),
    ("Số liệu", "day"),
    ("Nạp lúc", "day"),
    ("Thêm mới", "n"),
    ("Cập nhật", "n"),
    ("Bị loại", "n"),
    ("Việc", ""),
)
"""The columns of the loads, and the look of each."""


def _batch_row(one: Mapping[str, Any]) -> tuple[tuple[Child, ...], str]:
    cells: tuple[Child, ...] = (
        one["file"],
        str(one["number"]),
        one["label"],
        one["covered"],
        fmt.moment(one["loaded_at"]),
        fmt.count(one["inserted"]),
        fmt.count(one["updated"]),
        fmt.count(one["rejected"]),
        html.Span(_batch_acts(one, small=True), className="acts row-acts"),
    )
    return cells, "undone" if one["is_undone"] else ""


# Typing -------------------------------------------------------------------------------------------


def _typed_card(section: Section) -> html.Section:
    data = section.data
    kind = data["kind"]
    build = {
        "task_report": _task_table,
        "ranking": _ranking_table,
        "plan": _plan_form,
        "alias": _alias_forms,
    }[kind]
    tabs = html.Nav(
        [
            html.A("‹ Nạp tệp", href=f"{PAGE}?"),
            *(
                html.A(
                    label,
                    href=f"{PAGE}?nhap={code}",
                    **({"aria-current": "page"} if code == kind else {}),
                )
                for code, label in TYPED.items()
            ),
        ],
        className="typed-tabs",
        **{"aria-label": "Nhập tay"},
    )
    return card(section, tabs, *build(data), show_table=False, class_name="typed-card")


def _step(kind: str, name: str, before: str, now: str, after: str) -> html.P:
    return html.P(
        [
            html.A("‹ trước", href=f"{PAGE}?nhap={kind}&{name}={before}"),
            html.B(now),
            html.A("sau ›", href=f"{PAGE}?nhap={kind}&{name}={after}"),
        ],
        className="typed-step",
    )


def _task_table(data: Mapping[str, Any]) -> list[Component]:
    month = Period(data["month"])
    words = {"": "(chọn)", **{label: label for label in labels("task_status").values()}}
    columns = (
        TypedColumn("task_code", "Nhiệm vụ", is_fixed=True),
        TypedColumn("month", "Tháng", is_fixed=True, is_hidden=True),
        TypedColumn("status", "Kết quả", words),
        TypedColumn("measured_value", "Số thực hiện"),
        TypedColumn("measured_of", "Trên tổng số"),
        TypedColumn("checklist", "Số mục đạt"),
        TypedColumn("evidence", "Minh chứng", is_wide=True),
        TypedColumn("note", "Ghi chú", is_wide=True),
    )
    shown = {code: f"{code} {task.title}" for code, task in load_tasks().items()}
    return [
        _step(
            "task_report",
            "thang",
            month.previous().code,
            fmt.period_label(month),
            month.next().code,
        ),
        html.P("Dòng nào chưa báo cáo thì để nguyên. Dán được nhiều ô từ Excel.", className="note"),
        typing_table(
            columns,
            data["rows"],
            action=f"{PAGE}/nhap/task_report",
            caption=f"Báo cáo nhiệm vụ {fmt.month_label(data['month'])}",
            key=f"task-{data['month']}",
            shown=shown,
        ),
    ]


def _ranking_table(data: Mapping[str, Any]) -> list[Component]:
    year = data["year"]
    columns = (
        TypedColumn("unit", "Đơn vị", is_fixed=True),
        TypedColumn("year", "Năm", is_fixed=True, is_hidden=True),
        TypedColumn("rank", "Xếp hạng"),
        TypedColumn("index_pct", "Chỉ số (%)"),
        TypedColumn("respondents", "Số phiếu"),
    )
    return [
        _step("ranking", "nam", str(year - 1), f"Năm {year}", str(year + 1)),
        html.P("Đơn vị chưa công bố thì để trống cả dòng.", className="note"),
        typing_table(
            columns,
            data["rows"],
            action=f"{PAGE}/nhap/ranking",
            caption=f"Xếp hạng năm {year}",
            key=f"ranking-{year}",
            shown={row["unit"]: row["name"] for row in data["rows"]},
        ),
    ]


def _plan_form(data: Mapping[str, Any]) -> list[Component]:
    year = data["year"]
    columns = (
        TypedColumn("year", "Năm", is_fixed=True, is_hidden=True),
        *(TypedColumn(name, figure.label) for name, figure in PLAN_FIGURES.items()),
    )
    return [
        _step("plan", "nam", str(year - 1), f"Năm {year}", str(year + 1)),
        typing_table(
            columns,
            data["rows"],
            action=f"{PAGE}/nhap/plan",
            caption=f"Số kế hoạch năm {year}",
            key=f"plan-{year}",
        ),
    ]


def _alias_forms(data: Mapping[str, Any]) -> list[Component]:
    known = {"list": "known-names"}
    add = act_form(
        html.Div(
            [
                field(ALIAS_LABELS["dimension"], choice_box("dimension", DIMENSIONS)),
                field(ALIAS_LABELS["spelling"], text_box("spelling", key="alias", **known)),
                field(ALIAS_LABELS["canonical"], text_box("canonical", key="alias", **known)),
                act_button("Gộp", busy="Đang gộp…", primary=True),
            ],
            className="user-form",
            **{"data-row": "yes"},
        ),
        # Suggested, not demanded: a name may be merged before any file has it.
        html.Datalist(
            [html.Option(DIMENSIONS[code], value=name) for code, name in data["names"]],
            id="known-names",
        ),
        action=f"{PAGE}/nhap/alias",
        class_name="alias-form",
        typed=True,
    )
    rows = [
        html.Li(
            [
                html.Span(
                    f"{DIMENSIONS[row['dimension']]}: «{row['spelling']}» được tính là "
                    f"«{row['canonical']}»"
                ),
                act_form(
                    html.Span(
                        [
                            html.Span(hidden=True, **{"data-column": name, "data-value": row[name]})
                            for name in ("dimension", "spelling")
                        ],
                        **{"data-row": "yes"},
                    ),
                    act_button("Bỏ gộp", busy="Đang bỏ…", small=True),
                    action=f"{PAGE}/nhap/alias_delete",
                    class_name="one-act",
                    confirm=f"Thôi gộp «{row['spelling']}» vào «{row['canonical']}»?",
                    typed=True,
                ),
            ]
        )
        for row in data["rows"]
    ]
    listed = html.Ul(rows, className="plain-list") if rows else html.P("Chưa gộp cách viết nào.")
    return [add, listed]
