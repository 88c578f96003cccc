"""Nhiệm vụ: eighteen duties by month, in five states that need no colour to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import and_, select

from dashboard import formatting as fmt
from dashboard.filters import months_between
from dashboard.metrics import find_metric
from dashboard.model import (
    Chart,
    Missing,
    Report,
    Section,
    Sentence,
    Span,
    Table,
    TableColumn,
)
from dashboard.reports.context import Context
from dashboard.reports.yardsticks import judged_by, yardsticks
from dashboard.text import HIDDEN_WORD, STATE_LABELS
from etl.catalogue.tasks import Task, load_tasks
from etl.catalogue.values import OVERALL
from etl.frames import plain_records
from etl.tables import dim_criterion, fact_task_report, mart_task

STATES = tuple(STATE_LABELS)
_MOST_NAMED = 5


def task_states(context: Context, *, months: tuple[str, str]) -> pd.DataFrame:
    """One row per ended month and task: its state, where it comes from, what was reported."""
    return context.once(("task states", months), lambda: _task_states(context, months=months))


def _task_states(context: Context, *, months: tuple[str, str]) -> pd.DataFrame:
    t, r = mart_task.c, fact_task_report.c
    months = context.office.within(months) or ("", "")
    query = (
        select(
            t.month,
            t.task,
            t.state,
            t.metric_state,
            t.report_state,
            t.measured,
            r.evidence,
            r.note,
        )
        .select_from(
            mart_task.outerjoin(
                fact_task_report,
                and_(r.unit == t.unit, r.month == t.month, r.task_code == t.task),
            )
        )
        .where(
            t.unit == context.unit.code,
            t.calendar == context.filters.calendar,
            t.month.between(*months),
        )
        .order_by(t.month)
    )
    columns = [
        "month",
        "task",
        "state",
        "metric_state",
        "report_state",
        "measured",
        "evidence",
        "note",
    ]
    frame = pd.DataFrame(context.connection.execute(query).all(), columns=columns)
    # In the plan's order: engines sort "II.1" differently, or not at all.
    place = {task: number for number, task in enumerate(load_tasks())}
    order = frame.assign(place=frame["task"].map(place)).sort_values(["month", "place"]).index
    return frame.loc[order].reset_index(drop=True)


def criteria(context: Context) -> dict[str, dict[str, str]]:
    """Return the six criteria by code, in order: label and short label."""
    return context.once("criteria", lambda: _criteria(context))


def _criteria(context: Context) -> dict[str, dict[str, str]]:
    c = dim_criterion.c
    rows = context.connection.execute(
        select(c.criterion, c.label, c.short_label)
        .where(c.criterion != OVERALL)
        .order_by(c.position)
    )
    return {row.criterion: {"label": row.label, "short_label": row.short_label} for row in rows}


def build_tasks_report(context: Context) -> Report:
    """Return the report of the page Nhiệm vụ: the year up to the end of the period.

    What came after the period is not told: a report on six months knows nothing of the seventh.
    """
    states = task_states(context, months=months_so_far(context))
    sections: tuple[Section, ...]
    if states.empty:
        sections = (
            Section(
                "tasks",
                "Nhiệm vụ từng tháng",
                (Span(f"Chưa có số liệu nhiệm vụ {so_far(context)}."),),
                missing=Missing(
                    "no_data",
                    f"Kế hoạch chưa có tháng nào kết thúc {so_far(context)}.",
                    "Nạp báo cáo nhiệm vụ",
                    "/du-lieu",
                ),
            ),
        )
        sentence: Sentence = (Span(f"{fmt.capital(so_far(context))} chưa có số liệu nhiệm vụ."),)
    else:
        sentence = _sentence(context, states)
        sections = (
            criterion_section(context, states),
            matrix_section(context, states),
            owner_section(context, states),
        )
    return Report(
        code="tasks",
        title="Nhiệm vụ",
        period=fmt.capital(so_far(context)),
        as_of=context.latest,
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=sentence,
        kpis=(),
        sections=sections,
    )


def months_so_far(context: Context) -> tuple[str, str]:
    """Return January and the last month of the period: what is counted of a year's plan.

    An office that began within the year counts from its own first month.
    """
    months = f"{context.period.year}-01", context.period.months[1]
    return context.office.within(months) or months


def so_far(context: Context) -> str:
    """Name the months that the page counts: "năm 2024", or from the first to the period's end."""
    first, last = months_so_far(context)
    if first.endswith("-01") and last.endswith("-12"):
        return f"năm {context.period.year}"
    if last == first:
        return fmt.month_label(last).lower()
    return f"{fmt.month_words(first)} đến {fmt.month_label(last).lower()}"


def _sentence(context: Context, states: pd.DataFrame) -> Sentence:
    counted = states[states["state"] != "not_applicable"]
    met = int((counted["state"] == "met").sum())
    spans = [
        Span(f"{fmt.capital(so_far(context))} đạt "),
        Span(f"{fmt.count(met)}/{fmt.count(len(counted))}", strong=True),
        Span(" lượt"),
    ]
    last = states["month"].max()
    failed = states[(states["month"] == last) & (states["state"] == "not_met")]["task"].tolist()
    if failed:
        spans += [
            Span("; "),
            Span(
                f"{fmt.join_words(failed)} chưa đạt {fmt.month_words(last)}",
                strong=True,
                tone="concern",
            ),
        ]
    silent = counted[counted["state"] == "not_reported"]
    if not silent.empty:
        tasks = [code for code in load_tasks() if code in set(silent["task"])]
        spans.append(
            Span(f"; {fmt.join_words(tasks)} có {fmt.count(len(silent))} lượt chưa báo cáo")
        )
    return (*spans, Span("."))


def criterion_section(context: Context, states: pd.DataFrame) -> Section:
    """Progress of each criterion: how many task-months stand in each state."""
    tasks = load_tasks()
    frame = states.assign(criterion=states["task"].map(lambda code: tasks[code].criterion))
    rows = []
    for code, names in criteria(context).items():
        own = frame[frame["criterion"] == code]["state"].value_counts()
        rows.append(
            {
                "code": code,
                "label": names["label"],
                "short_label": names["short_label"],
                **{state: int(own.get(state, 0)) for state in STATES},
                "counted": int(own.drop("not_applicable", errors="ignore").sum()),
            }
        )
    columns = (
        TableColumn("label", "Tiêu chí"),
        *(TableColumn(state, words, "integer") for state, words in STATE_LABELS.items()),
    )
    return Section(
        "criteria",
        "Sáu tiêu chí",
        (Span("Số lượt nhiệm vụ đạt theo sáu tiêu chí"),),
        table=Table(columns, pd.DataFrame(rows)),
        metric="task_completion_rate",
        data={"criteria": rows},
    )


def owner_section(context: Context, states: pd.DataFrame) -> Section:
    """Progress by who answers for a task; a task of two owners counts for each."""
    counts: dict[str, dict[str, int]] = {}
    tasks = load_tasks()
    for code, state in zip(states["task"], states["state"], strict=True):
        for owner in owners(tasks[code]):
            own = counts.setdefault(owner, dict.fromkeys(STATES, 0))
            own[state] += 1
    rows = pd.DataFrame(
        [{"key": owner, "label": owner, **own} for owner, own in counts.items()],
        columns=["key", "label", *STATES],
    )
    rows["counted"] = rows[[state for state in STATES if state != "not_applicable"]].sum(axis=1)
    rows["share"] = rows["met"] / rows["counted"].where(rows["counted"] > 0)
    rows = rows.sort_values(["share", "label"], kind="stable", ignore_index=True)
    known = rows[rows["counted"] > 0]
    sentence = "Chưa có lượt nhiệm vụ nào phải đánh giá"
    if not known.empty:
        least = known.iloc[0]
        done = fmt.fraction_of(least["met"], least["counted"])
        sentence = f"{least['label']} đạt ít nhất: {done} lượt"
    return Section(
        "owners",
        "Theo chủ trì",
        (Span(sentence),),
        chart=Chart("stacked", rows, {"parts": STATE_PARTS, "noun": "lượt"}),
        table=Table(
            (
                TableColumn("label", "Chủ trì"),
                *(TableColumn(state, words, "integer") for state, words in STATE_LABELS.items()),
                TableColumn("counted", "Phải đánh giá", "integer"),
            ),
            rows,
        ),
        note="Nhiệm vụ có nhiều chủ trì được tính cho từng chủ trì",
        metric="task_completion_rate",
        data={"subtitle": f"Lượt nhiệm vụ theo kết quả, {so_far(context)}"},
    )


STATE_PARTS = (
    ("met", "đạt", "good"),
    ("partly", "một phần", "partly"),
    ("not_met", "chưa đạt", "concern"),
    ("not_reported", "chưa báo cáo", "notice"),
)


def few(codes: Sequence[str]) -> str:
    """Name tasks, or the first ones where they would fill a line: "I.1, II.1, V.3 và 8 nữa"."""
    return fmt.join_words(codes) if len(codes) <= _MOST_NAMED else fmt.short_list(codes)


def owners(task: Task) -> list[str]:
    """Return who answers for a task, one by one: "VP – TK, chuyên môn" names two."""
    return [fmt.capital(name) for name in task.owner.split(", ")]


def matrix_section(context: Context, states: pd.DataFrame) -> Section:
    """The tasks by the twelve months of the year; those after the period are empty."""
    by_task: dict[str, dict[str, dict[str, Any]]] = {}
    for record in plain_records(states):
        by_task.setdefault(record["task"], {})[record["month"]] = record
    year, current = context.period.year, context.period.months[1]
    columns = months_between(f"{year}-01", f"{year}-12")
    rows = []
    for task in load_tasks().values():
        cells = by_task.get(task.code, {})
        counted = [c for c in cells.values() if c["state"] != "not_applicable"]
        rows.append(
            {
                "code": task.code,
                "criterion": task.criterion,
                "title": task.title,
                "owner": task.owner,
                "duty": task.duty,
                "evidence": task.evidence,
                "yardsticks": yardsticks(task),
                "judged_by": judged_by(task),
                "met": sum(c["state"] == "met" for c in counted),
                "counted": len(counted),
                "states": [cells[m]["state"] if m in cells else None for m in columns],
                "details": [state_words(cells[m]) if m in cells else "" for m in columns],
            }
        )
    table = pd.DataFrame(
        [
            {
                "code": row["code"],
                "title": row["title"],
                "owner": row["owner"],
                **{
                    month: STATE_LABELS.get(state, "") if state else ""
                    for month, state in zip(columns, row["states"], strict=True)
                },
            }
            for row in rows
        ]
    )
    return Section(
        "matrix",
        "Nhiệm vụ từng tháng",
        (Span(f"{fmt.count_noun(len(rows), 'nhiệm vụ')} theo tháng"),),
        table=Table(
            (
                TableColumn("code", "Mã", "code"),
                TableColumn("title", "Nhiệm vụ"),
                TableColumn("owner", "Chủ trì"),
                *(TableColumn(month, fmt.month_tick(month)) for month in columns),
            ),
            table,
        ),
        metric="task_completion_rate",
        data={"months": columns, "current": current, "tasks": rows},
    )


def state_words(record: dict[str, Any]) -> str:
    """Say in words where a state comes from: each yardstick, the report, its evidence."""
    words = [STATE_LABELS[record["state"]]]
    for reading in orjson.loads(record["measured"]):
        words.append(_reading_words(reading))
    if record["report_state"]:
        words.append(f"báo cáo: {STATE_LABELS[record['report_state']].lower()}")
    if record["metric_state"] and record["report_state"]:
        words.append(f"số đo: {STATE_LABELS[record['metric_state']].lower()}")
    if record.get("evidence"):
        words.append(f"minh chứng: {record['evidence']}")
    return "; ".join(word for word in words if word)


_REPORTED_WORDS = {
    "reported_value": "số thực hiện",
    "reported_share": "số thực hiện",
    "checklist": "số mục đạt",
}


def _reading_words(reading: dict[str, Any]) -> str:
    """Say what one yardstick read, e.g. "tỷ lệ trễ hạn 1/120 hồ sơ".

    Of a reading marked ``is_hidden`` no number is said.
    """
    if reading["numerator"] is None:
        return ""
    name = _REPORTED_WORDS.get(reading["what"])
    if name is None:
        metric = find_metric(reading["what"])
        name = metric.label.lower()
        unit = metric.unit
    else:
        unit = ""
    if reading["criterion"]:
        name = f"{name} tiêu chí {reading['criterion']}"
    if reading.get("is_hidden"):
        return f"{name} {HIDDEN_WORD}"
    numerator = fmt.plain(reading["numerator"])
    if reading["denominator"] is None:
        return f"{name} {numerator}".strip()
    return f"{name} {numerator}/{fmt.plain(reading['denominator'])} {unit}".strip()


def strip_section(context: Context, *, month: str) -> Section:
    """The eighteen tasks of one month in a strip, under their criteria."""
    states = task_states(context, months=(month, month))
    code = "task_strip"
    if states.empty:
        return Section(
            code,
            "Nhiệm vụ",
            (Span(f"Chưa có số liệu nhiệm vụ {fmt.month_words(month)}"),),
            metric="task_completion_rate",
            missing=Missing(
                "no_data",
                f"{fmt.month_label(month)} chưa kết thúc hoặc chưa thuộc kế hoạch.",
                "Nạp báo cáo nhiệm vụ",
                "/du-lieu",
            ),
        )
    judged = {record["task"]: record for record in plain_records(states)}
    tasks = load_tasks()
    counted = [r for r in judged.values() if r["state"] != "not_applicable"]
    met = sum(r["state"] == "met" for r in counted)
    silent = [task for task in judged if judged[task]["state"] == "not_reported"]
    spans = [
        Span(f"{fmt.count(met)} trên {fmt.count(len(counted))} nhiệm vụ đạt trong "),
        Span(fmt.month_words(month)),
    ]
    if silent:
        spans.append(Span(f"; {fmt.count(len(silent))} nhiệm vụ chưa báo cáo"))
    groups = []
    for criterion, names in criteria(context).items():
        own = [task for task in tasks.values() if task.criterion == criterion]
        groups.append(
            {
                "code": criterion,
                "label": names["short_label"],
                "tasks": [
                    {
                        "code": task.code,
                        "title": task.title,
                        "state": judged[task.code]["state"],
                        "detail": state_words(judged[task.code]),
                    }
                    for task in own
                    if task.code in judged
                ],
            }
        )
    table = pd.DataFrame(
        [
            {
                "code": task.code,
                "title": task.title,
                "state": STATE_LABELS[judged[task.code]["state"]],
                "detail": state_words(judged[task.code]),
            }
            for task in tasks.values()
            if task.code in judged
        ]
    )
    return Section(
        code,
        "Nhiệm vụ",
        tuple(spans),
        table=Table(
            (
                TableColumn("code", "Mã", "code"),
                TableColumn("title", "Nhiệm vụ"),
                TableColumn("state", "Kết quả"),
                TableColumn("detail", "Căn cứ"),
            ),
            table,
        ),
        note="Mỗi ô một nhiệm vụ, xếp theo sáu tiêu chí của kế hoạch",
        metric="task_completion_rate",
        data={"month": month, "criteria": groups, "notes": strip_notes(judged)},
    )


def strip_notes(judged: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the exceptions in words: (which tasks and what, why or who)."""
    tasks = load_tasks()
    notes = []
    for state in ("not_met", "partly"):
        for code, record in judged.items():
            if record["state"] == state:
                readings = [
                    _reading_words(reading)
                    for reading in orjson.loads(record["measured"])
                    if reading["state"] == state
                ]
                why = "; ".join(words for words in readings if words)
                notes.append(
                    (f"{code} {STATE_LABELS[state].lower()}", why or "theo báo cáo nhiệm vụ")
                )
    silent = [code for code in judged if judged[code]["state"] == "not_reported"]
    if silent:
        names = dict.fromkeys(name for code in silent for name in owners(tasks[code]))
        notes.append((f"{few(silent)} chưa báo cáo", ", ".join(names)))
    return notes
