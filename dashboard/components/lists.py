"""Lists to act on: what falls due, what the leaders must direct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.components.icons import icon
from dashboard.components.words import Child, inner_link, sentence
from dashboard.model import Section, Span
from dashboard.text import brief, short_name

_LONGEST_UNBROKEN = 24
_LONGEST_NAME = 32
_MOST_DEPARTMENTS = 2
"""Departments named on one line; the rest is in the table."""


def due_list(section: Section, *, link: tuple[str, str] | None = None) -> html.Section:
    """Return what is overdue, what falls due on each coming working day, and unanswered feedback.

    ``section.data["by_day"]``: a list of ``{"label", "count", "departments": [(name, count)],
    "is_overdue"}``; ``section.data["feedback"]``, if any, is another such list; the subtitle is
    ``section.data["subtitle"]``. With a ``link`` to the dossiers the table is left to it.
    """
    if section.missing is not None:
        return card(section, link=link)
    dossiers = [_due_row(row, noun="hồ sơ") for row in section.data["by_day"]]
    feedback = [_due_row(row, noun="phản ánh") for row in section.data.get("feedback", ())]
    table = html.Table(
        [
            html.Caption(section.title, className="sr"),
            html.Tbody(dossiers),
            html.Tbody(feedback) if feedback else None,
        ],
        className="due",
    )
    return card(section, table, link=link, class_name="due-card", show_table=link is None)


def _due_row(row: Mapping[str, Any], *, noun: str) -> html.Tr:
    is_concern = bool(row["is_overdue"]) and row["count"] > 0
    head: list[Child] = [row["label"]]
    if is_concern:
        head.insert(0, icon("octagon"))
    return html.Tr(
        [
            html.Th(head, scope="row"),
            html.Td(fmt.count(row["count"]), className="n num"),
            html.Td(_departments(row, noun=noun), className="who"),
        ],
        className="concern" if is_concern else None,
    )


def _departments(row: Mapping[str, Any], *, noun: str) -> Child | list[Child]:
    if not row["count"]:
        waiting = {"hồ sơ": "đến hạn", "phản ánh": "chờ trả lời"}[noun]
        return f"Không có {noun} {'quá hạn' if row['is_overdue'] else waiting}"
    named = list(row["departments"])
    parts = [(brief(short_name(name), most=_LONGEST_NAME), n) for name, n in named]
    rest = sum(n for _, n in parts[_MOST_DEPARTMENTS:])
    parts = parts[:_MOST_DEPARTMENTS] + ([("khác", rest)] if rest else [])
    children: list[Child] = []
    for place, (name, n) in enumerate(parts):
        children += [*([" · "] if place else []), _unbroken(name, n)]
    return children


def _unbroken(name: str, number: int) -> Child:
    """Return a name with its count on one line, so that a line breaks between departments.

    A name too long for that keeps only its last word and the count together.
    """
    words = f"{name}{fmt.NBSP}{fmt.count(number)}"
    return words if len(words) > _LONGEST_UNBROKEN else html.Span(words, className="whole")


def directive_list(section: Section) -> html.Section:
    """Return what to direct, or to prepare, most urgent first; each line is one link.

    ``section.data``: ``items``, a list of ``{"tone": "concern" | "notice", "icon", "text",
    "detail", "link"}`` where ``text`` is a string or a Sentence, and ``is_whole``, optional, says
    that the link makes the whole choice; ``nothing`` is said where there is no item;
    ``table_label``, optional, opens the whole list.
    """
    if section.missing is not None:
        return card(section)
    items = section.data["items"]
    body = (
        html.Ul([_directive(item) for item in items], className="todo")
        if items
        else html.P(section.data["nothing"], className="sub")
    )
    has_more = bool(section.data.get("table_label"))
    return card(section, body, show_table=has_more, opens_from_head=True)


def _directive(item: Mapping[str, Any]) -> html.Li:
    text = item["text"]
    words = sentence((Span(text),) if isinstance(text, str) else text)
    tone = str(item.get("tone", "notice"))
    href = inner_link(str(item.get("link", "")))
    title: Component = html.Span(words, className="tt")
    if href:
        # The reader's period goes along: the view behind explains what is said of it.
        adds = {} if item.get("is_whole") else {"data-adds": "yes"}
        title = html.A(words, href=href, className="tt", **adds)
    children: list[Child | None] = [
        icon(str(item.get("icon") or "octagon"), tone=tone),
        title,
        html.Span(item.get("detail", ""), className="mm"),
        html.Span(icon("arrow-right"), className="go") if href else None,
    ]
    return html.Li(children)
