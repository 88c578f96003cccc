"""A file that waits to be loaded: what it is, what loading would do, what to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.components.forms import (
    act_button,
    act_form,
    choice_box,
    field,
    hidden_value,
    text_box,
)
from dashboard.components.icons import icon
from dashboard.components.tables import chip, data_table
from dashboard.model import Section, Span, Table, TableColumn
from etl.catalogue.sources import SOURCES
from etl.reading.limits import file_size
from etl.staging import main_sheet, matched_columns

COUNTS: tuple[tuple[str, str], ...] = (
    ("inserted", "Thêm mới"),
    ("updated", "Cập nhật"),
    ("unchanged", "Không đổi"),
    ("rejected", "Bị loại"),
    ("repeated", "Lặp trong tệp"),
)
"""What becomes of the rows of a file."""

_MATCH = "hoặc chọn cột ở phần Ghép cột bên dưới"
FLAGS = {
    f"--source ({', '.join(SOURCES)})": "ô Loại số liệu",
    "--source": "ô Loại số liệu",
    "hoặc viết tệp ánh xạ bằng --write-mapping": _MATCH,
    "hoặc dùng tệp ánh xạ --mapping": _MATCH,
    "hoặc dùng tệp ánh xạ rồi nạp lại": _MATCH,
    ' Phiếu không có mã thì ghi response_id = "row" ở mục [options] của tệp ấy.': " Phiếu không có "
    "mã thì thêm cột Mã phiếu, đánh số từng dòng.",
    "--covers-from, --covers-to": "hai ô Số liệu từ – đến",
    "hãy chạy lại với --replace-demo": "hãy đưa một tệp số liệu thật vào trang Nạp dữ liệu rồi "
    "bấm «Xóa dữ liệu minh họa và nạp»",
    "Hãy kiểm tra --unit, cấu hình UNIT hoặc danh sách đơn vị (units.csv)": "Hãy nhờ người quản "
    "trị xem lại mã đơn vị và danh mục đơn vị đã cài đặt",
    **{f"{code} ({source.label})": source.label for code, source in SOURCES.items()},
}
"""Where the page has what the command line calls by an option or a code."""


def page_words(text: str) -> str:
    """Return a message of the command line as the page says it."""
    for flag in sorted(FLAGS, key=len, reverse=True):
        text = text.replace(flag, FLAGS[flag])
    return text


def waiting_card(
    token: str,
    name: str,
    look: Mapping[str, Any],
    choice: Mapping[str, Any],
    *,
    base: str,
    is_old: bool,
) -> html.Section:
    """Return the card of a waiting file. ``is_old``: the data have changed since it was tried."""
    section = Section(f"tep-{token}", name, (Span(name, strong=True), Span(f": {_verdict(look)}")))
    parts: Sequence[Mapping[str, Any]] = look["parts"]
    body: list[Component | None] = []
    if look["refused"]:
        body.append(
            html.P(
                [icon("exclamation-circle"), f" {page_words(look['refused'])}"],
                className="said-fault",
            )
        )
    if is_old:
        body.append(
            html.P(
                "Số liệu trong kho đã thay đổi từ lúc xem thử; hãy xem thử lại để có số dòng đúng.",
                className="said-notice",
            )
        )
    if look["is_recalled"]:
        body.append(
            html.P(
                "Cột được ghép như lần trước bạn hoặc đồng nghiệp đã ghép tệp cùng dạng; xem lại ở "
                "phần Ghép cột.",
                className="said-notice",
            )
        )
    if look["replaces_demo"] and not look["refused"]:
        body.append(
            html.P(
                "Kho đang chứa dữ liệu minh họa. Nạp tệp này sẽ xóa toàn bộ dữ liệu minh họa.",
                className="said-notice",
            )
        )
    body += [_part(part) for part in parts]
    is_read = any(sheet["source"] for sheet in look["sheets"])
    body += [
        _sheet(sheet, token, is_open=not is_read)
        for sheet in look["sheets"]
        # Beside a sheet that is read, a hidden one holds lists to choose from.
        if not (is_read and sheet["is_hidden"])
    ]
    body.append(_acts(token, look, base=base, is_old=is_old))
    body.append(_matching(token, look, choice, base=base))
    return card(section, *body, subtitle=_facts(look), class_name="waiting-file")


def _verdict(look: Mapping[str, Any]) -> str:
    if look["refused"]:
        return "chưa nạp được"
    if not look["parts"]:
        return "chưa nhận ra loại số liệu"
    kinds = fmt.join_words(
        dict.fromkeys(SOURCES[part["source"]].label.lower() for part in look["parts"])
    )
    rejected = sum(part["rejected"] for part in look["parts"])
    rest = f", {fmt.count_noun(rejected, 'dòng')} sẽ bị loại" if rejected else ""
    return f"{kinds}, nạp được{rest}"


def _facts(look: Mapping[str, Any]) -> str:
    kind = f"{look['kind']}, " if look["kind"] else ""
    at = fmt.moment(datetime.fromisoformat(look["at"]))
    return f"{kind}{file_size(look['size'])}, xem thử lúc {at}. Chưa có dòng nào được nạp."


def counts_strip(counts: Mapping[str, Any]) -> html.Div:
    """Return what becomes of the rows, in a strip."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(label, className="k"),
                    html.Div(fmt.count(counts[name]), className="v"),
                    html.Div("dòng", className="d"),
                ]
            )
            for name, label in COUNTS
        ],
        className="strip counts-strip",
    )


def _part(part: Mapping[str, Any]) -> html.Div:
    sheet = f", trang tính «{part['sheet']}»" if part["sheet"] else ""
    days = (
        f"{SOURCES[part['source']].label}{sheet}: số liệu từ {_day(part['covered_from'])} đến "
        f"{_day(part['covered_to'])}, tính đến {_day(part['as_of'])}."
    )
    content: list[Component] = [html.P(days), counts_strip(part)]
    if part["rejects"]:
        content += [
            html.H3(
                "Các dòng sẽ bị loại"
                + (
                    f" ({len(part['rejects'])} dòng đầu)"
                    if part["rejected"] > len(part["rejects"])
                    else ""
                )
            ),
            reject_table(part["rejects"]),
        ]
    told = [
        *(f"Nhãn mới: {one['label']}" for one in part["new_members"] if one.get("label")),
        *part["warnings"],
    ]
    if told:
        content.append(_fold(f"Lưu ý ({len(told)})", html.Ul([html.Li(text) for text in told])))
    return html.Div(content, className="would")


def reject_table(rejects: Sequence[Mapping[str, Any]]) -> Component:
    """Return rejected rows: which row and column, what stands there, why."""
    columns = (
        TableColumn("row", "Dòng", "integer"),
        TableColumn("column", "Cột"),
        TableColumn("value", "Giá trị"),
        TableColumn("reason", "Lý do"),
    )
    names = [column.key for column in columns]
    frame = pd.DataFrame([{name: one[name] for name in names} for one in rejects], columns=names)
    return data_table(Table(columns, frame), caption="Các dòng bị loại", is_stacked=True)


def _sheet(sheet: Mapping[str, Any], token: str, *, is_open: bool) -> html.Details:
    """Return how the columns were recognised and what the first rows hold."""
    loaded = [one for one in sheet["proposals"] if one["certainty"] == "sure"]
    name = f"Trang tính «{sheet['name']}»" if sheet["name"] else "Bảng"
    head = sheet["head"]
    content: list[Component] = []
    problems = [page_words(text) for text in sheet["problems"]]
    if problems:
        content.append(html.Ul([html.Li(text) for text in problems], className="said-list"))
    content.append(
        html.Ul(
            [
                html.Li(
                    [
                        html.Span(one["header"] or "(không tên)", className="header-name"),
                        " → ",
                        chip(one["label"], "good")
                        if one["certainty"] == "sure"
                        else chip(f"có thể là {one['label']}", "notice")
                        if one["certainty"] == "guess"
                        else chip("không nạp", "plain"),
                    ]
                )
                for one in sheet["proposals"]
            ],
            className="header-list",
        )
    )
    if head["columns"] and head["rows"]:
        columns = tuple(TableColumn(f"c{i}", text) for i, text in enumerate(head["columns"]))
        frame = pd.DataFrame(head["rows"], columns=[column.key for column in columns])
        content.append(
            html.Div(
                data_table(Table(columns, frame), caption="Những dòng đầu"),
                className="preview",
            )
        )
    content += [html.P(text, className="note") for text in map(page_words, sheet["notes"])]
    summary = (
        f"{name}: dòng tiêu đề {sheet['header_row']}, {fmt.count_noun(sheet['rows'], 'dòng')}, "
        f"nhận ra {len(loaded)} trên {len(sheet['proposals'])} cột"
    )
    return _fold(summary, *content, is_open=is_open)


def _fold(summary: str, *content: Component, is_open: bool = False) -> html.Details:
    return html.Details(
        [html.Summary(summary), html.Div(list(content), className="fold-body")],
        open=is_open,
        className="fold",
    )


def _acts(token: str, look: Mapping[str, Any], *, base: str, is_old: bool) -> html.Div:
    acts: list[Component] = []
    if look["parts"] and not look["refused"]:
        words = "Xóa dữ liệu minh họa và nạp" if look["replaces_demo"] else "Nạp vào kho"
        hidden = [hidden_value("replace_demo", "1", key=token)]
        acts.append(
            act_form(
                *(hidden if look["replaces_demo"] else []),
                act_button(words, busy="Đang nạp…", primary=True),
                action=f"{base}/{token}/nap",
                confirm="Xóa toàn bộ dữ liệu minh họa?" if look["replaces_demo"] else "",
                class_name="one-act",
            )
        )
    if is_old or (look["refused"] and _may_read_otherwise(look)):
        acts.append(
            act_form(
                act_button("Xem thử lại", busy="Đang xem…"),
                action=f"{base}/{token}/xem-lai",
                class_name="one-act",
            )
        )
    elif look["refused"]:
        acts.append(
            html.Button(
                "Chọn tệp khác",
                type="button",
                className="btn-a primary",
                **{"data-action": "choose-files"},
            )
        )
    acts.append(
        act_form(
            act_button("Bỏ tệp này", busy="Đang bỏ…"),
            action=f"{base}/{token}/bo",
            class_name="one-act",
        )
    )
    return html.Div(acts, className="act-row")


def _may_read_otherwise(look: Mapping[str, Any]) -> bool:
    """Whether a refused file may be read otherwise a second time.

    What stands in the warehouse or the settings may have changed since; a file in which no row was
    found stays what it is, and another has to be brought.
    """
    rows = (sheet["rows"] for sheet in look["sheets"] if sheet["source"])
    return bool(look.get("is_stale")) or any(rows)


def _matching(
    token: str, look: Mapping[str, Any], choice: Mapping[str, Any], *, base: str
) -> html.Details | None:
    """Return the form by which columns are matched by hand."""
    if not look["sheets"]:
        return None
    sheet = main_sheet(look)
    # Where no kind is near none is taken for granted: what would be matched is not known yet.
    code = choice["source"] or sheet["nearest"]
    source = SOURCES.get(code)
    headers = {one["header"]: one["header"] for one in sheet["proposals"] if one["header"]}
    found = matched_columns(sheet, with_guesses=True)
    boxes = [
        field(
            f"{column.label}{' (cần có)' if column.required else ''}",
            choice_box(
                f"column-{column.name}",
                {"": "không có", **headers},
                chosen=choice["columns"].get(column.name) or found.get(column.name, ""),
            ),
        )
        for column in (source.columns if source else ())
    ]
    sources = {code: one.label for code, one in SOURCES.items()}
    days = [
        field(
            label,
            text_box(name, key=token, value=choice[name], placeholder="ngày/tháng/năm"),
        )
        for name, label in (
            ("covers_from", "Số liệu từ ngày"),
            ("covers_to", "đến ngày"),
            ("as_of", "Tính đến ngày"),
        )
    ]
    form = act_form(
        field(
            "Loại số liệu",
            choice_box("source", sources, chosen=code, sends=True, asks="chọn loại"),
        ),
        hidden_value("matched", code, key=token),
        *(html.Div(part, className="match-boxes") for part in (boxes, days) if source),
        act_button("Đọc lại theo lựa chọn này", busy="Đang đọc…"),
        action=f"{base}/{token}/ghep",
        class_name="match-form",
    )
    hint = html.P(
        "Chọn loại số liệu, rồi với mỗi mục chọn cột của tệp chứa nó.",
        className="note",
    )
    # A file whose columns are known is refused for what stands in its rows.
    return _fold("Ghép cột", hint, form, is_open=not (look["parts"] or sheet["source"]))


def _day(text: str) -> str:
    return fmt.day(date.fromisoformat(text))
