"""Việc cần chỉ đạo: what needs a leader's word, most urgent first.

Each item says what, who answers for it, since when, and leads to the view behind it. Each number
in it is a metric's, or the length of a list that a metric counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pandas as pd

from dashboard import formatting as fmt
from dashboard.filters import months_between
from dashboard.model import Section, Sentence, Span
from dashboard.reports.absence import no_data
from dashboard.reports.context import YEAR_MONTHS, Context, one_row
from dashboard.reports.directive import Directive, directive_table, listed
from dashboard.reports.dossier_lists import moved_deadlines
from dashboard.reports.due import SOON_DAYS, has_dossiers, open_dossiers, overdue_days, past_due
from dashboard.reports.kpis import has_value
from dashboard.reports.slices import period_days, query_binds, unfiltered
from dashboard.reports.tasks import criteria, few, owners, task_states
from dashboard.reports.watch import signal_directives
from dashboard.statistics.claims import lies_below
from dashboard.statistics.intervals import sample_size
from dashboard.text import SMALL_N, brief, short_name
from etl.catalogue.metrics import DESK, OFFICE
from etl.catalogue.tasks import load_tasks
from etl.frames import records
from etl.queries import run_query
from etl.seeding import working_calendar

MOST_SHOWN = 5
_LONGEST_NAME, _MOST_DEPARTMENTS = 32, 2
"""Letters of a department's name, and departments named: an item is two lines."""


def directives(context: Context) -> list[Directive]:
    """Return everything that needs a leader's word at the period's end, most urgent first."""
    return [item for rule in RULES for item in rule(context)]


def directives_section(context: Context) -> Section:
    """The list as a card: the first few, and all of them one key away."""
    code, title = "directives", "Việc cần chỉ đạo"
    items = directives(context)
    if not items and not has_dossiers(context):
        return Section(code, title, (Span(title),), missing=no_data(context, "hồ sơ"))
    shown = [listed(item) for item in items[:MOST_SHOWN]]
    return Section(
        code,
        title,
        (Span(title),),
        table=directive_table(items, head="Việc"),
        data={
            "items": shown,
            "nothing": "Không có việc nào cần chỉ đạo trong kỳ này.",
            "table_label": all_words(len(items), shown=len(shown)),
        },
    )


def all_words(number: int, *, shown: int) -> str:
    """Return the words that open the whole list, "" where all of it is shown."""
    return f"Cả {fmt.count(number)} việc" if number > shown else ""


# Rules ------------------------------------------------------------------------------------------


def overdue_dossiers(context: Context) -> Iterable[Directive]:
    """Dossiers past their due date and not finished."""
    if "dossier" not in context.as_of or context.cutoff is None:
        return
    cutoff = context.cutoff
    frame = past_due(context)
    if frame.empty:
        return
    oldest = frame["due_on"].min()
    days = overdue_days(context, oldest, cutoff)
    yield Directive(
        "overdue_dossiers",
        "open_overdue",
        _counted(len(frame), f" hồ sơ quá hạn, lâu nhất {fmt.count(days)} ngày làm việc"),
        departments(frame),
        _since(oldest),
        "/ho-so?list=open_overdue#dossier_list",
    )


def unapologised(context: Context) -> Iterable[Directive]:
    """Late dossiers whose citizen got no apology."""
    late = _late(context)
    left = late[late["apology_on"].isna()] if len(late) else late
    if not left.empty:
        yield Directive(
            "unapologised",
            "apology_rate",
            _share(left, late, " hồ sơ trễ chưa có phiếu xin lỗi (IV.2)"),
            departments(left),
            _since(left["closed_on"].min()),
            "/ho-so?list=apology_rate#dossier_list",
        )


def unexplained(context: Context) -> Iterable[Directive]:
    """Late dossiers without a cause on record."""
    late = _late(context)
    left = late[late["late_cause"].isna()] if len(late) else late
    if not left.empty:
        yield Directive(
            "unexplained",
            "late_explained_rate",
            _share(left, late, " hồ sơ trễ chưa ghi nguyên nhân (V.5)"),
            departments(left),
            _since(left["closed_on"].min()),
            "/ho-so?list=late_explained_rate#dossier_list",
        )


def changed_deadlines(context: Context) -> Iterable[Directive]:
    """Due or finish dates that were changed after they had been loaded."""
    if "dossier" not in context.as_of:
        return
    frame = moved_deadlines(context)
    codes = frame.drop_duplicates("dossier_code")
    if not codes.empty:
        yield Directive(
            "changed_deadlines",
            "due_date_changes",
            _counted(len(codes), " hồ sơ bị đổi ngày hẹn hoặc ngày xong"),
            departments(codes),
            _since(frame["changed_on"].min()),
            "/ho-so#deadline_changes",
        )


def overdue_feedback(context: Context) -> Iterable[Directive]:
    """Feedback past its limit without an answer."""
    cutoff = _feedback_cutoff(context)
    if cutoff is None:
        return
    binds = query_binds(context)
    frame = run_query(
        context.connection,
        "overdue_feedback",
        unit=binds["unit"],
        department=binds["department"],
        cutoff=cutoff,
    )
    if not frame.empty:
        days = overdue_days(context, frame["limit_on"].min(), cutoff)
        yield Directive(
            "overdue_feedback",
            "feedback_open_overdue",
            _counted(len(frame), f" phản ánh quá hạn, lâu nhất {fmt.count(days)} ngày làm việc"),
            departments(frame),
            _since(frame["limit_on"].min()),
            "/phan-anh",
            icon="chat-left-text",
        )


def low_criteria(context: Context) -> Iterable[Directive]:
    """Criteria of which twelve months may be said to lie under the baseline."""
    baseline = context.plan(context.period.year).baseline
    if baseline is None:
        return
    months = context.months_to_end(YEAR_MONTHS)
    frame = context.measure("satisfaction_index", by=("criterion",), months=months)
    names = criteria(context)
    frame = frame[frame["denominator"].fillna(0) > 0]
    is_low = lies_below(frame["value"], frame["n"], baseline=baseline, among=max(len(frame), 1))
    low = frame[is_low]
    for row in records(low.sort_values("value")):
        if row["criterion"] not in names:
            continue
        value = fmt.percent_of(row["numerator"], row["denominator"])
        yield Directive(
            "low_criterion",
            str(row["criterion"]),
            (
                Span(f"Tiêu chí {row['criterion']} đạt "),
                Span(value, strong=True),
                Span(f", dưới mốc {fmt.percent(baseline, 2)}"),
            ),
            _criterion_owner(str(row["criterion"])),
            context.window_words(YEAR_MONTHS),
            "/hai-long",
            icon="graph-down-arrow",
            tone="notice",
        )


def unreported_tasks(context: Context) -> Iterable[Directive]:
    """Tasks of the last judged month that nobody reported, and for how long."""
    months = context.months_to_end(YEAR_MONTHS)
    states = task_states(context, months=months)
    if states.empty:
        return
    last = str(states["month"].max())
    # What the plan no longer asks for in that month is not missed.
    asked = states[states["task"].isin(states.loc[states["month"] == last, "task"])]
    by_task = asked.sort_values("month", ascending=False).groupby("task")["state"].agg(list)
    silent = {
        task: next((i for i, s in enumerate(run) if s != "not_reported"), len(run))
        for task, run in by_task.items()
    }
    codes = [code for code in load_tasks() if silent.get(code, 0) > 0]
    if codes:
        longest = max(silent[code] for code in codes)
        first = months_between(months[0], last)[-longest]
        who = dict.fromkeys(name for code in codes for name in owners(load_tasks()[code]))
        yield Directive(
            "unreported_tasks",
            ",".join(codes),
            (
                Span("Nhiệm vụ "),
                Span(few(codes), strong=True),
                Span(f" chưa báo cáo {fmt.month_words(last)}"),
            ),
            fmt.short_list(who),
            f"từ {fmt.month_short(first)}",
            "/nhiem-vu",
            icon="question-square",
            tone="notice",
        )


def missing_surveys(context: Context) -> Iterable[Directive]:
    """Months of the period without a survey, or with too few forms to say anything."""
    months = months_between(*context.period.months)
    # The survey is the office's, whichever department is looked at.
    context = unfiltered(context)
    frame = context.measure("survey_responses", by=("month",))
    by_month = dict(zip(frame["month"], frame["numerator"], strict=True))
    covered = context.measure("dossiers_resolved", by=("month",))
    resolved = {
        month: int(count)
        for month, count in zip(covered["month"], covered["numerator"], strict=True)
        if not pd.isna(count)
    }
    for month in months:
        forms = by_month.get(month)
        if month not in resolved:
            continue
        if forms is None or pd.isna(forms) or forms == 0:
            yield Directive(
                "missing_survey",
                month,
                (Span(f"{fmt.month_label(month)}", strong=True), Span(" chưa có khảo sát (VI.1)")),
                OFFICE,
                f"từ {fmt.month_short(month)}",
                "/du-lieu",
                icon="question-square",
                tone="notice",
            )
        elif forms < SMALL_N:
            needed = sample_size(resolved[month]) if resolved[month] else SMALL_N
            yield Directive(
                "small_survey",
                month,
                (
                    Span(f"{fmt.month_label(month)} chỉ có "),
                    Span(fmt.count_noun(forms, "phiếu"), strong=True),
                    Span(f", mẫu cần {fmt.count(needed)}"),
                ),
                OFFICE,
                fmt.month_label(month).lower(),
                "/hai-long",
                icon="info-circle",
                tone="notice",
                months=(month,),
            )


def due_soon(context: Context) -> Iterable[Directive]:
    """Dossiers that fall due within the next working days."""
    if "dossier" not in context.as_of or context.cutoff is None:
        return
    cutoff = context.cutoff
    last = working_calendar(context.settings).next_working_days(cutoff, SOON_DAYS)[-1]
    frame = open_dossiers(context, due_until=last)
    frame = frame[frame["due_on"] >= cutoff]
    if not frame.empty:
        words = f" hồ sơ đến hạn trong {SOON_DAYS} ngày làm việc"
        yield Directive(
            "due_soon",
            "open_dossiers",
            _counted(len(frame), words),
            departments(frame),
            f"đến {fmt.day_short(last)}",
            "/ho-so#dossier_list",
            icon="hourglass",
            tone="notice",
        )


RULES: tuple[Callable[[Context], Iterable[Directive]], ...] = (
    signal_directives,
    overdue_dossiers,
    unapologised,
    overdue_feedback,
    changed_deadlines,
    unexplained,
    low_criteria,
    unreported_tasks,
    missing_surveys,
    due_soon,
)
"""In the order in which a leader should hear of them."""


# Words ------------------------------------------------------------------------------------------


def departments(frame: pd.DataFrame) -> str:
    """Name the first departments of a list with their counts: "Địa chính – XD 5, khác 2"."""
    counts = frame["department"].value_counts()
    named = [
        f"{brief(short_name(str(name)), most=_LONGEST_NAME)} {fmt.count(n)}"
        for name, n in counts.head(_MOST_DEPARTMENTS).items()
    ]
    if len(counts) > _MOST_DEPARTMENTS:
        named.append(f"khác {fmt.count(counts.iloc[_MOST_DEPARTMENTS:].sum())}")
    return ", ".join(named)


def _counted(number: int, words: str) -> Sentence:
    return (Span(fmt.count(number), strong=True), Span(words))


def _share(part: pd.DataFrame, whole: pd.DataFrame, words: str) -> Sentence:
    return (Span(fmt.fraction_of(len(part), len(whole)), strong=True), Span(words))


def _since(day: date) -> str:
    return f"từ {fmt.day_short(day)}"


def _late(context: Context) -> pd.DataFrame:
    """One row per dossier resolved late in the period."""
    return context.once("late dossiers", lambda: _late_dossiers(context))


def _late_dossiers(context: Context) -> pd.DataFrame:
    if one_row(context.measure("late_rate")) is None:
        return pd.DataFrame(columns=["apology_on", "late_cause", "closed_on", "department"])
    first, cutoff = period_days(context)
    frame = run_query(
        context.connection, "late_dossiers", first=first, last=cutoff, **query_binds(context)
    )
    # An apology after the cut-off was not known then.
    after = frame["apology_on"].map(lambda day: day is not None and day > cutoff)
    return frame.assign(apology_on=frame["apology_on"].mask(after.astype(bool)))


def _feedback_cutoff(context: Context) -> date | None:
    """Return the end of the period, or the as-of date of the feedback where that is earlier."""
    is_known = has_value(one_row(context.measure("feedback_open_overdue")))
    return context.cutoff_of("feedback") if is_known else None


def _criterion_owner(criterion: str) -> str:
    """Return who owns most of the criterion's tasks."""
    tasks = [task.owner for task in load_tasks().values() if task.criterion == criterion]
    return max(dict.fromkeys(tasks), key=tasks.count) if tasks else DESK
