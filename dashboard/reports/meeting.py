"""Họp tháng: what the monthly meeting speaks about, and what its record says of it.

The record is of a month, whichever calendar its figures are counted by; a longer period shows its
last month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import Filters, Period
from dashboard.model import Report, Section, Sentence, Span, Table, TableColumn
from dashboard.reports.context import Context
from dashboard.reports.directive import Directive, directive_table, led_to, listed
from dashboard.reports.directives import (
    missing_surveys,
    unapologised,
    unexplained,
    unreported_tasks,
)
from dashboard.reports.dossier_lists import DAYS_LATE, OVERDUE
from dashboard.reports.due import has_dossiers, overdue_days, past_due
from dashboard.reports.slices import period_days, query_binds
from etl.catalogue.metrics import OFFICE
from etl.frames import plain_records, records
from etl.queries import run_query
from etl.record import Decision, read_decisions, read_entries


def unloaded_dossiers(context: Context) -> Iterable[Directive]:
    """The month's dossiers, where none are loaded: what must be explained is not known then."""
    if has_dossiers(context):
        return
    month = context.period.months[1]
    yield Directive(
        "unloaded_dossiers",
        month,
        (Span("Chưa nạp hồ sơ "), Span(fmt.month_words(month), strong=True)),
        OFFICE,
        f"từ {fmt.month_short(month)}",
        "/du-lieu",
        icon="question-square",
        tone="notice",
    )


PREPARATION: tuple[Callable[[Context], Iterable[Directive]], ...] = (
    unloaded_dossiers,
    unexplained,
    unapologised,
    unreported_tasks,
    missing_surveys,
)
"""What must be there before the meeting sits."""
NOTHING_MISSING = (
    "Đã soát hồ sơ, nguyên nhân và phiếu xin lỗi của hồ sơ trễ, báo cáo nhiệm vụ, khảo sát: không "
    "còn thiếu gì."
)
"""What :data:`PREPARATION` says where it finds nothing."""

LATE = "Xong trễ"
DONE = "Đã xong"
"""What state a conclusion is in that a leader has closed."""


def build_meeting_report(context: Context) -> Report:
    """Return the report of the page Họp tháng: the period's last month, every member."""
    month = context.period.months[1]
    chosen = Filters(period=Period(month), calendar=context.filters.calendar)
    context = replace(context, filters=chosen)
    typed = {
        (entry.key.subject, entry.key.field): entry.value
        for kind in ("dossier", "department")
        for entry in read_entries(
            context.connection,
            unit=context.unit.code,
            kind=kind,
            months=[month] if kind == "department" else None,
        )
    }
    late = late_dossiers(context, typed)
    decisions = read_decisions(context.connection, unit=context.unit.code)
    earlier = [one for one in decisions if one.month < month and not _was_closed(one, context)]
    # What is done since the month began is still listed, and no longer open.
    still_open = sum(not one.is_closed for one in earlier)
    own = [one for one in decisions if one.month == month]
    return Report(
        code="meeting",
        title="Họp tháng",
        period=fmt.month_label(month),
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=_sentence(context, late, still_open),
        kpis=(),
        sections=(
            preparation_section(context),
            departments_section(context, late, typed),
            dossiers_section(context, late),
            decisions_section(
                "open_decisions",
                "Kết luận các kỳ trước chưa xong",
                earlier,
                number=still_open,
                context=context,
            ),
            decisions_section(
                "decisions", "Kết luận kỳ này", own, number=len(own), context=context
            ),
            conclusion_section(context, month),
        ),
    )


def late_dossiers(context: Context, typed: dict[tuple[str, str], str]) -> pd.DataFrame:
    """One row per dossier that the meeting must explain, by department, the longest late first.

    Those resolved late in the month and those open past their due date at its cut-off. Columns:
    ``state``, ``dossier_code``, ``procedure``, ``department``, ``due_on``, ``closed_on``,
    ``days`` (working days late), ``cause``, ``file_cause`` (what a file says where the record says
    nothing), ``explanation``, ``apology_on``.
    """
    columns = [
        "state",
        "dossier_code",
        "procedure",
        "department",
        "due_on",
        "closed_on",
        "days",
        "cause",
        "file_cause",
        "explanation",
        "apology_on",
    ]
    cutoff = context.cutoff
    if cutoff is None or "dossier" not in context.as_of:
        return pd.DataFrame(columns=columns)
    first, last = period_days(context)
    resolved = run_query(
        context.connection, "late_dossiers", first=first, last=last, **query_binds(context)
    )
    rows = []
    for state, frame in ((LATE, resolved), (OVERDUE, past_due(context))):
        for row in plain_records(frame):
            closed_on = row.get("closed_on")
            code, cause = row["dossier_code"], row["late_cause"] or ""
            rows.append(
                {
                    "state": state,
                    "dossier_code": code,
                    "procedure": row["procedure"],
                    "department": row["department"],
                    "due_on": row["due_on"],
                    "closed_on": closed_on,
                    "days": overdue_days(context, row["due_on"], closed_on or cutoff),
                    "cause": cause,
                    "file_cause": "" if typed.get((code, "cause")) else cause,
                    "explanation": typed.get((code, "explanation"), ""),
                    "apology_on": row["apology_on"],
                }
            )
    frame = pd.DataFrame(rows, columns=columns, dtype=object)
    return frame.sort_values(
        ["department", "days", "dossier_code"],
        ascending=[True, False, True],
        kind="stable",
        ignore_index=True,
    )


def preparation_section(context: Context) -> Section:
    """What is missing before the meeting, and who owes it."""
    items = [item for rule in PREPARATION for item in rule(context)]
    return Section(
        "preparation",
        "Chuẩn bị trước họp",
        preparation_words(len(items)),
        table=directive_table(items, head="Còn thiếu"),
        data={
            "items": [led_to(listed(item), context.filters) for item in items],
            "nothing": NOTHING_MISSING,
        },
    )


def preparation_words(number: int) -> Sentence:
    """Say how much is missing before the meeting."""
    return (Span(f"Còn {fmt.count(number)} việc phải chuẩn bị" if number else "Đã đủ để họp"),)


def departments_section(
    context: Context, late: pd.DataFrame, typed: dict[tuple[str, str], str]
) -> Section:
    """Each department: what it resolved, what was late, what it says and what is said of it."""
    figures = {
        row["department"]: row
        for row in records(context.measure("late_rate", by=("department",)))
        if not pd.isna(row["numerator"])
    }
    overdue = late[late["state"] == OVERDUE]["department"].value_counts()
    spoken = {subject for subject, field in typed if field in ("difficulties", "assessment")}
    names = list(dict.fromkeys([*figures, *late["department"], *sorted(spoken)]))
    rows = pd.DataFrame(
        [
            {
                "department": name,
                "resolved": int(figures[name]["denominator"]) if name in figures else 0,
                "late": int(figures[name]["numerator"]) if name in figures else 0,
                "overdue": int(overdue.get(name, 0)),
                "difficulties": typed.get((name, "difficulties"), ""),
                "assessment": typed.get((name, "assessment"), ""),
            }
            for name in names
        ],
        columns=["department", "resolved", "late", "overdue", "difficulties", "assessment"],
    ).sort_values(["late", "overdue", "resolved"], ascending=False, kind="stable")
    spoken_count = int((rows["difficulties"] != "").sum())
    words = f"{fmt.count(spoken_count)} trên {fmt.count(len(rows))} bộ phận nêu khó khăn"
    return Section(
        "departments",
        "Từng bộ phận",
        (Span(words),),
        table=Table(
            (
                TableColumn("department", "Bộ phận"),
                TableColumn("resolved", "Giải quyết có hạn", "integer"),
                TableColumn("late", "Trễ hạn", "integer"),
                TableColumn("overdue", "Quá hạn chưa xong", "integer"),
                TableColumn("difficulties", "Khó khăn nêu ra"),
                TableColumn("assessment", "Đánh giá của lãnh đạo"),
            ),
            rows.reset_index(drop=True),
        ),
        metric="late_rate",
    )


def dossiers_section(context: Context, late: pd.DataFrame) -> Section:
    """Every dossier that must be explained, with what was said of it."""
    silent = int((late["cause"] == "").sum())
    words = f"{fmt.count_noun(len(late), 'hồ sơ')} phải giải trình"
    if not has_dossiers(context):
        words = "Chưa có số liệu hồ sơ"
    elif late.empty:
        words = "Không có hồ sơ nào phải giải trình"
    elif silent:
        words += f", {fmt.count(silent)} chưa ghi nguyên nhân"
    return Section(
        "late",
        "Hồ sơ phải giải trình",
        (Span(words),),
        table=Table(
            (
                TableColumn("department", "Bộ phận"),
                TableColumn("dossier_code", "Mã hồ sơ", "code"),
                TableColumn("procedure", "Thủ tục"),
                TableColumn("state", "Tình trạng"),
                TableColumn("due_on", "Hẹn trả", "date"),
                TableColumn("closed_on", "Xong", "date"),
                TableColumn("days", DAYS_LATE, "late"),
                TableColumn("cause", "Nguyên nhân"),
                TableColumn("explanation", "Giải trình"),
                TableColumn("apology_on", "Xin lỗi", "date"),
            ),
            late,
        ),
        metric="late_explained_rate",
    )


def decisions_section(
    code: str, title: str, decisions: list[Decision], *, number: int, context: Context
) -> Section:
    """Conclusions: what, who, by when, whether done; ``number`` of them are what the title says."""
    rows = pd.DataFrame(
        [
            {
                "decision": one.decision,
                "month": one.month,
                "what": one.what,
                "who": one.who,
                "due_on": one.due_on,
                "state": _state_words(one, context),
            }
            for one in decisions
        ],
        columns=["decision", "month", "what", "who", "due_on", "state"],
        dtype=object,
    )
    words = f"{title}: {fmt.count(number) if number else 'không có'}"
    return Section(
        code,
        title,
        (Span(words),),
        table=Table(
            (
                TableColumn("month", "Kỳ họp", "month"),
                TableColumn("what", "Việc"),
                TableColumn("who", "Ai làm"),
                TableColumn("due_on", "Hạn", "date"),
                TableColumn("state", "Tình trạng"),
            ),
            rows,
        ),
    )


def conclusion_section(context: Context, month: str) -> Section:
    """Whether the meeting was held, and what its leader concluded."""
    entries = read_entries(
        context.connection, unit=context.unit.code, kind="meeting", months=[month]
    )
    said = {entry.key.field: entry.value for entry in entries}
    held = _day(said.get("held_on"))
    words = f"Họp ngày {fmt.day(held)}" if held else "Chưa ghi ngày họp"
    return Section(
        "conclusion",
        "Kết luận cuộc họp",
        (Span(words),),
        table=Table(
            (TableColumn("name", "Mục"), TableColumn("value", "Nội dung")),
            pd.DataFrame(
                [
                    {"name": "Ngày họp", "value": fmt.day(held)},
                    {"name": "Kết luận", "value": said.get("conclusion", "")},
                ]
            ),
        ),
        data={
            "month": month,
            "calendar": context.filters.calendar,
            "held_on": held,
            "conclusion": said.get("conclusion", ""),
        },
    )


def _sentence(context: Context, late: pd.DataFrame, still_open: int) -> Sentence:
    silent = int((late["cause"] == "").sum())
    spans = [Span(fmt.month_label(context.period.months[1]))]
    if not has_dossiers(context):
        spans.append(Span(" chưa có số liệu hồ sơ", strong=True))
    elif late.empty:
        spans.append(Span(": "))
        spans.append(Span("không có hồ sơ phải giải trình", strong=True))
    else:
        spans.append(Span(": "))
        spans.append(Span(fmt.count_noun(len(late), "hồ sơ"), strong=True))
        spans.append(Span(" phải giải trình"))
        if silent:
            spans += [
                Span(", "),
                Span(f"{fmt.count(silent)} chưa ghi nguyên nhân", strong=True, tone="concern"),
            ]
    if still_open:
        spans.append(Span(f"; {fmt.count(still_open)} kết luận trước chưa xong"))
    return (*spans, Span("."))


def _state_words(decision: Decision, context: Context) -> str:
    if decision.is_closed:
        return DONE
    end = context.cutoff or context.period_end
    if decision.due_on is not None and decision.due_on < end:
        return f"Quá hạn {fmt.count_noun((end - decision.due_on).days, 'ngày')}"
    return "Đang làm"


def _was_closed(decision: Decision, context: Context) -> bool:
    """Whether a decision was done before the month began: it is off the agenda then."""
    first, _ = period_days(context)
    return decision.closed_at is not None and fmt.local(decision.closed_at).date() < first


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
