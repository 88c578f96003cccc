"""Báo cáo: make a snapshot, open it as it was, send it, and see what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component
from sqlalchemy import Row

from dashboard import formatting as fmt
from dashboard.access.gate import may
from dashboard.access.roles import LOAD, MAKE, READ, SEND
from dashboard.components.cards import card
from dashboard.components.forms import act_button, act_form, choice_box, field, hidden_value
from dashboard.components.layout import cell, grid
from dashboard.components.states import unknown_card
from dashboard.components.tables import data_table, stacked_table
from dashboard.components.view import View
from dashboard.components.words import Child
from dashboard.filter_row import offered_periods
from dashboard.filters import Period, unknown_numbers, whole_number
from dashboard.model import Report, Section, Span, Table, TableColumn
from dashboard.pages.loading_doors import PAGE as LOADING
from dashboard.pages.meeting_doors import DECK_PATH
from dashboard.pages.snapshot_doors import MAKE_PATH, PAGE, SHOWN
from dashboard.reports.absence import unknown_section
from dashboard.reports.choices import find_choices
from dashboard.reports.context import Context
from dashboard.reports.snapshot_list import (
    Made,
    find_snapshot,
    kind_of,
    list_snapshots,
)
from dashboard.reports.units import find_unit
from dashboard.snapshots.comparing import Difference, changed_words, compare
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Frozen, freeze
from dashboard.snapshots.kept import read_archive, read_frozen

EDITIONS = {"external": "Bản gửi", "internal": "Bản nội bộ"}
"""The editions of a snapshot, as the page calls them."""


def build(context: Context, query: Mapping[str, str]) -> Report:
    """Return the report of the page Báo cáo.

    ``?so=N`` compares snapshot N with today's data, ``?so=N&voi=M`` with the kept snapshot M;
    ``?xem=N`` shows snapshot N by itself above the others.
    """
    with_internal = may(READ)
    made = list_snapshots(context.connection, units=context.units, with_internal=with_internal)
    others = {one.unit for one in made} - set(context.own_units)
    names = {code: find_unit(context.connection, code, day=None).short_name for code in others}
    periods, newest = _periods(context)
    asked = query.get("period", "")
    words = f"{fmt.count(len(made))} báo cáo đã lập" if made else "Chưa có báo cáo nào được lập"
    sections = [
        Section(
            "snapshots",
            "Báo cáo đã lập",
            # How many there are is the page's own sentence.
            (Span("Báo cáo đã lập, mới nhất trước" if made else "Báo cáo đã lập"),),
            data={
                "made": made,
                "periods": periods,
                "period": asked if asked in periods else newest,
                "names": names,
                "has_data": context.has_data,
            },
        )
    ]
    shown = whole_number(query.get(SHOWN, ""))
    for one in made:
        if one.number == shown:
            said = f"Báo cáo {fmt.lower_first(_title(one))}, lập {fmt.moment(one.made_at)}"
            data = {"made": [one], "names": names}
            sections.append(Section("shown", "Báo cáo đã có", (Span(said),), data=data))
    unknown = unknown_numbers([query.get(SHOWN, "")], known={one.number for one in made})
    if unknown:
        sections.append(unknown_section("báo cáo", unknown))
    number = whole_number(query.get("so", ""))
    if number is not None and with_internal:
        against = whole_number(query.get("voi", ""))
        sections.append(_comparison(context, number, against=against, made=made))
    return Report(
        code="snapshots",
        title="Báo cáo",
        period="",
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=(Span(words, strong=True), Span(".")),
        kpis=(),
        sections=tuple(sections),
    )


def _periods(context: Context) -> tuple[dict[str, str], str]:
    """Return the periods that the menu of periods offers, code and words, and the newest month."""
    # A report is made of the own unit alone.
    months = find_choices(context).months if context.has_data and context.offices else None
    if months is None:
        return {}, ""
    return {one.code: fmt.period_label(one) for one in offered_periods(*months)}, months[1]


def _comparison(context: Context, number: int, *, against: int | None, made: list[Made]) -> Section:
    """What today's data, or another kept snapshot, say otherwise than a kept snapshot."""
    code, title = "changes", "So với số liệu hiện nay" if against is None else "So hai báo cáo"
    asked = [one for one in (number, against) if one is not None]
    rows = [find_snapshot(context.connection, one) for one in asked]
    found = [row for row in rows if row is not None and _is_theirs(context, row.unit)]
    if len(found) < len(asked):
        known = {row.snapshot_id for row in found}
        return unknown_section("báo cáo", unknown_numbers(map(str, asked), known=known))
    first, *other = found
    if other and kind_of(first) != kind_of(other[0]):
        words = "Hai báo cáo không cùng kỳ và cùng loại bản nên không so được từng số"
        return Section(code, title, (Span(words),))
    try:
        before, *kept = (
            read_frozen(read_archive(one, settings=context.settings)) for one in (first, *other)
        )
        after = kept[0] if kept else _now(context, before)
        differences = compare(before, after)
    except SnapshotError as error:
        return Section(code, title, (Span(str(error)),))
    if other:
        words = f"Hai báo cáo khác nhau {fmt.count(len(differences))} số"
        words = words if differences else "Hai báo cáo giống nhau từng số"
    else:
        words = changed_words(differences) or "Số liệu không thay đổi sau bản này"
    return Section(
        code,
        title,
        (Span(words),),
        table=Table(
            (
                TableColumn("label", "Chỉ tiêu"),
                TableColumn("before", _name(first) if other else "Trong báo cáo", "figure"),
                TableColumn("after", _name(other[0]) if other else "Hiện nay", "figure"),
            ),
            _differences(differences),
        )
        if differences
        else None,
        note=f"{fmt.period_label(Period(first.period))}, lập {fmt.moment(first.made_at)}",
        data={
            "number": number,
            "others": [
                (one.number, f"{_name(one)}, lập {fmt.moment(one.made_at)}")
                for one in made
                if one.number not in (number, against) and kind_of(one) == kind_of(first)
            ],
        },
    )


def _is_theirs(context: Context, unit: str) -> bool:
    return context.units is None or unit in context.units


def _name(one: Row[Any] | Made) -> str:
    return f"Bản {fmt.version(one.data_version)}"


def _now(context: Context, before: Frozen) -> Frozen:
    return freeze(
        context.connection,
        settings=context.settings,
        period=before.period,
        unit=None if before.unit in context.own_units else before.unit,
        calendar=before.calendar,
        edition=before.edition,
    )


def _differences(found: list[Difference]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                # Of whom stands in the row's own name: on a phone a column is a line more.
                "label": f"{one.label}: {one.member}" if one.member else one.label,
                "before": one.before,
                "after": one.after,
            }
            for one in found
        ],
        columns=["label", "before", "after"],
    )


def render(report: Report, _view: View) -> list[Component]:
    """Return the form that makes a snapshot, the list of those made, and what changed."""
    section = report.section("snapshots")
    cells = []
    if may(MAKE) and section.data["periods"]:
        form = _make_form(section.data["periods"], chosen=section.data["period"])
        cells.append(cell(form))
    cells.append(cell(_list(section, may_send=may(SEND), may_read=may(READ))))
    if any(one.code == "shown" for one in report.sections):
        shown = _list(report.section("shown"), may_send=may(SEND), may_read=may(READ))
        cells.insert(0, cell(shown))
    if any(one.code == "unknown" for one in report.sections):
        cells.insert(0, cell(unknown_card(report.section("unknown"))))
    if any(one.code == "changes" for one in report.sections):
        cells.insert(0, cell(_changes(report.section("changes"))))
    return [grid(*cells)]


def _changes(section: Section) -> html.Section:
    """The figures that differ, and the other snapshots of the period to hold this one against."""
    links = [
        html.Li(html.A(words, href=f"{PAGE}?so={section.data['number']}&voi={other}"))
        for other, words in section.data.get("others", ())
    ]
    heading = html.Summary("So với một báo cáo khác của kỳ này")
    return card(
        section,
        data_table(section.table, caption=section.title, is_stacked=True)
        if section.table is not None
        else None,
        html.Details([heading, html.Ul(links)], className="others") if links else None,
        class_name="flush",
        show_table=False,
    )


def _make_form(periods: Mapping[str, str], *, chosen: str) -> html.Section:
    editions = {
        "external": f"{EDITIONS['external']}: chỉ số tổng hợp",
        "internal": f"{EDITIONS['internal']}: có danh sách hồ sơ",
    }
    form = act_form(
        field("Kỳ", choice_box("period", periods, chosen=chosen)),
        field("Bản", choice_box("edition", editions)),
        act_button("Lập báo cáo", busy="Đang lập, mất vài giây…", primary=True),
        action=MAKE_PATH,
    )
    words = "Lập báo cáo: PDF, Word, Excel, HTML trong một tệp có chữ ký"
    return card(Section("make", "Lập báo cáo", (Span(words),)), form)


def _list(section: Section, *, may_send: bool, may_read: bool) -> html.Section:
    made: list[Made] = section.data["made"]
    if not made:
        return card(section, html.P(_next_step(section), className="sub"), show_table=False)
    names = section.data["names"]
    rows = [
        _row(
            one,
            name=names.get(one.unit, ""),
            may_send=may_send,
            may_read=may_read,
            key=f"{section.code}-{one.number}",
        )
        for one in made
    ]
    heads = [(words, "") for words in _HEADS]
    table = stacked_table(section.title, heads, rows, class_name="reports")
    return card(section, table, class_name="flush", show_table=False)


def _next_step(section: Section) -> list[Child]:
    """What is to be done where no report was made yet, for who may do it."""
    if not section.data["has_data"]:
        link = html.A("Nạp dữ liệu", href=LOADING) if may(LOAD) else None
        return ["Chưa có số liệu để lập báo cáo. ", link]
    can_make = may(MAKE) and section.data["periods"]
    return ["Chọn kỳ rồi bấm Lập báo cáo." if can_make else "Báo cáo lập xong sẽ ở đây."]


_NEWER = {"": "", "other": "đã có bản mới hơn", "same": "đã có bản mới hơn, cùng số liệu"}
"""What is said of a snapshot after which another of its kind was made."""

_HEADS = ("Kỳ", "Bản", "Phiên bản", "Lập lúc", "Gửi đi", "Tài liệu")


def _row(
    one: Made, *, name: str, may_send: bool, may_read: bool, key: str
) -> tuple[list[Child | list[Child]], str]:
    """Return the cells of a snapshot's row; ``name`` is its unit's where another is shown.

    ``key`` makes the row unique on the page.
    """
    base = f"{PAGE}/{one.number}"
    acts: list[Component] = [
        _link("Mở", f"{base}/xem"),
        _link("PDF", f"{base}/tai/pdf"),
        _link("Word", f"{base}/tai/docx"),
        _link("Excel", f"{base}/tai/xlsx"),
        _link("Cả bộ", f"{base}/tai/zip"),
    ]
    if may_read:
        acts.append(_link("Trình chiếu", f"{DECK_PATH}?so={one.number}"))
        acts.append(html.A("So với nay", href=f"{PAGE}?so={one.number}"))
    if may_send and _is_sent(one):
        acts.append(_send_form(one, action=f"{base}/gui", key=key))
    when = fmt.moment(one.sending.last_at) if one.sending.last_at else ""
    cells: list[Child | list[Child]] = [
        html.Span(
            [_title(one), *(html.Small(f" {mark}") for mark in (name, _NEWER[one.newer]) if mark)]
        ),
        EDITIONS[one.edition],
        html.Span(fmt.version(one.data_version), className="code"),
        html.Span([fmt.moment(one.made_at), html.Small(f" {one.made_by}")]),
        html.Span([_sent_words(one), html.Small(f" {when}") if when else None]),
        html.Span(acts, className="acts row-acts"),
    ]
    return cells, ""


def _is_sent(one: Made) -> bool:
    """Whether it is of those that are sent: a demonstration and an internal edition never are."""
    return one.edition == "external" and not one.is_demo


def _sent_words(one: Made) -> str:
    # "Not yet" would have somebody wait for it.
    return one.sending.words if _is_sent(one) else "không gửi"


def _title(one: Made) -> str:
    """Return the period of a snapshot, and the calendar where it is not the usual one."""
    return fmt.period_label(Period(one.period)) + fmt.calendar_words(one.calendar)


def _send_form(one: Made, *, action: str, key: str) -> html.Form:
    """The button that sends, with the newest message that is known here: of two presses one sends.

    One that waits is not asked about; what was sent is sent again only by who reads that it was.
    """
    sending, name = one.sending, f"báo cáo {fmt.lower_first(_title(one))}"
    is_again = bool(sending.newest) and not sending.waiting
    confirm = "" if sending.waiting else f"Gửi {name} đến nơi nhận?"
    if is_again:
        said = "đã gửi" if sending.sent else "gửi không được"
        when = f" lúc {fmt.moment(sending.last_at)}" if sending.last_at else ""
        left = sending.sent and sending.failed
        to = "cho những nơi chưa nhận được" if left else "đến nơi nhận"
        confirm = f"{fmt.capital(name)} {said}{when}. Gửi lại {to}?"
    if one.newer and confirm:
        confirm = f"Kỳ này đã có bản mới hơn bản này. {confirm}"
    return act_form(
        hidden_value("seen", str(sending.newest), key=key),
        act_button("Gửi lại" if is_again else "Gửi", busy="Đang gửi…", small=True),
        action=action,
        confirm=confirm,
        class_name="one-act",
    )


def _link(words: str, href: str) -> html.A:
    # A document leaves the application: the browser goes there itself.
    return html.A(words, href=href, **{"data-door": "yes"})
