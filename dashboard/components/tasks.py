"""The eighteen tasks: five states told apart by shape and word, never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.components.dialogs import dialog, facts, opener
from dashboard.components.icons import icon
from dashboard.components.words import Child
from dashboard.model import Section
from dashboard.text import STATE_LABELS

_SIGNS: dict[str, Child] = {"not_reported": "?", "not_applicable": "–", "partly": ""}


def state_mark(state: str, *, label: str = "", hint: str = "") -> html.Span:
    """Return the mark of a state; with ``label`` it is an image of that name, else decoration."""
    sign: Child = _SIGNS.get(state, "")
    if state == "met":
        sign = icon("check-lg")
    elif state == "not_met":
        sign = icon("x-lg")
    classes = f"tk {state}"
    if not label:
        return html.Span(sign, className=classes, **{"aria-hidden": "true"})
    return html.Span(
        sign, className=classes, role="img", title=hint or label, **{"aria-label": label}
    )


def state_legend(*, with_not_applicable: bool = False) -> html.Ul:
    """Return the five states in words, the one legend that a page needs."""
    states = [s for s in STATE_LABELS if with_not_applicable or s != "not_applicable"]
    return html.Ul(
        [html.Li([state_mark(state), STATE_LABELS[state]]) for state in states],
        className="legend5",
        **{"aria-label": "Chú giải trạng thái nhiệm vụ"},
    )


def task_strip(section: Section, *, link: tuple[str, str] | None = None) -> html.Section:
    """Return the tasks of one month in a strip under their criteria.

    ``section.data``: ``criteria``, a list of ``{"code", "label", "tasks"}`` where a task is
    ``{"code", "title", "state", "detail"}``; ``notes``, pairs of what and why. ``section.note``
    is the subtitle.
    """
    if section.missing is not None:
        return card(section, link=link)
    groups = [
        html.Div(
            [
                html.H3(f"{group['code']}. {group['label']}"),
                html.Ul([_strip_task(task) for task in group["tasks"]]),
            ],
            style={"--n": str(max(len(group["tasks"]), 2))},
        )
        for group in section.data["criteria"]
        if group["tasks"]
    ]
    notes = [html.P([html.B(f"{what}: "), why]) for what, why in section.data.get("notes", ())]
    states = {task["state"] for group in section.data["criteria"] for task in group["tasks"]}
    body = html.Div(
        [
            html.Div(groups, className="six"),
            html.Div(notes, className="strip-notes") if notes else None,
        ],
        className="task-strip",
    )
    legend = state_legend(with_not_applicable="not_applicable" in states)
    return card(section, body, subtitle=section.note, note=legend, link=link)


def _strip_task(task: Mapping[str, Any]) -> html.Li:
    state = str(task["state"])
    label = f"{task['code']} {task['title']}: {STATE_LABELS[state].lower()}"
    hint = f"{task['code']} {task['title']}. {task.get('detail') or STATE_LABELS[state]}"
    return html.Li([state_mark(state, label=label, hint=hint), task["code"]])


def criterion_progress(section: Section) -> Component:
    """Return six meters: how many task-months of each criterion stand in each state.

    ``section.data["criteria"]``: a list of ``{"code", "label", "met", "partly", "not_met",
    "not_reported", "counted"}``, counts of task-months; ``"short_label"``, optional, is shown.
    """
    if section.missing is not None:
        return card(section)
    cells = [_progress(row) for row in section.data["criteria"]]
    return html.Div(cells, className="strip progress6", id=section.code)


def _progress(row: Mapping[str, Any]) -> html.Div:
    states = ("met", "partly", "not_met", "not_reported")
    words = ", ".join(f"{fmt.count(row[s])} {STATE_LABELS[s].lower()}" for s in states if row[s])
    return html.Div(
        [
            html.Div(
                f"{row['code']}. {row.get('short_label') or row['label']}",
                className="k",
                title=row["label"],
            ),
            html.Div(
                [html.B(fmt.count(row["met"])), f"/{fmt.count(row['counted'])} lượt đạt"],
                className="of",
            ),
            html.Div(
                [
                    html.Span(className=state, style={"--n": str(row[state])})
                    for state in states
                    if row[state]
                ],
                className="meter",
                role="img",
                title=words,
                **{"aria-label": words or "chưa có lượt nào"},
            ),
        ]
    )


def task_matrix(section: Section) -> html.Section:
    """Return tasks by months in five states; a task opens to its duty and evidence.

    ``section.data``: ``months`` (YYYY-MM), ``current`` (one of them), ``tasks``, a list of
    ``{"code", "criterion", "title", "owner", "duty", "evidence", "met", "counted", "states",
    "details"}``, optional ``yardsticks`` (pairs of a measure and its
    thresholds) and ``judged_by``; states are None for months that have not ended.
    """
    if section.missing is not None:
        return card(section)
    data = section.data
    months, current = list(data["months"]), data["current"]
    head = html.Tr(
        [
            html.Th("Nhiệm vụ", scope="col", colSpan=2, className="code"),
            html.Th("Chủ trì", scope="col", className="own"),
            *(
                html.Th(
                    fmt.month_tick(month),
                    scope="col",
                    className="m now" if month == current else "m",
                    title=fmt.month_label(month),
                )
                for month in months
            ),
            html.Th("Đạt", scope="col", className="sum"),
        ]
    )
    rows, dialogs = [], []
    previous = None
    for task in data["tasks"]:
        box = _task_dialog(task, months, section.code)
        begins = previous is not None and task["criterion"] != previous
        rows.append(_matrix_row(task, months, current=current, begins=begins, opens=box.id))
        dialogs.append(box)
        previous = task["criterion"]
    table = html.Table(
        [
            html.Caption("Trạng thái từng nhiệm vụ theo tháng", className="sr"),
            html.Thead(head),
            html.Tbody(rows),
        ],
        className="matrix",
    )
    return html.Section(
        [
            html.H2(section.title, className="sr"),
            html.Div(state_legend(with_not_applicable=True), className="matrix-key"),
            table,
            *dialogs,
        ],
        className="card2 flush",
        id=section.code,
    )


def _matrix_row(
    task: Mapping[str, Any], months: list[str], *, current: str, begins: bool, opens: str
) -> html.Tr:
    cells = []
    for month, state, detail in zip(months, task["states"], task["details"], strict=True):
        mark = None
        if state:
            label = f"{task['code']}, {fmt.month_words(month)}: {STATE_LABELS[state].lower()}"
            mark = state_mark(state, label=label, hint=f"{fmt.month_label(month)}: {detail}")
        cells.append(html.Td(mark, className="m now" if month == current else "m"))
    return html.Tr(
        [
            html.Td(task["code"], className="code"),
            html.Th(
                [
                    opener(task["title"], opens, class_name=""),
                    html.Span(task["owner"], className="own-phone"),
                ],
                scope="row",
                className="name",
            ),
            html.Td(task["owner"], className="own"),
            *cells,
            html.Td(fmt.fraction_of(task["met"], task["counted"]), className="sum"),
        ],
        className="begins" if begins else None,
    )


def _task_dialog(task: Mapping[str, Any], months: list[str], code: str) -> html.Dialog:
    history = [
        html.Li(
            [state_mark(state), html.B(fmt.month_tick(month)), html.Span(detail)],
        )
        for month, state, detail in zip(months, task["states"], task["details"], strict=True)
        if state
    ]
    # The latest month is what was clicked for.
    history.reverse()
    measures = task.get("yardsticks", ())
    yardsticks = html.Ul([html.Li([html.B(name), f" – {limits}"]) for name, limits in measures])
    return dialog(
        f"{code}-{task['code'].replace('.', '-')}",
        f"{task['code']}. {task['title']}",
        facts(
            (
                ("Nội dung", task.get("duty", "")),
                ("Chủ trì", task["owner"]),
                ("Minh chứng", task.get("evidence", "")),
                ("Số đo, ngưỡng", yardsticks if measures else ""),
                ("Cách xét", task.get("judged_by", "")),
            )
        ),
        html.Ul(history, className="task-history"),
    )
