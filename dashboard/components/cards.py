"""Cards: a number with its verdict, a chart under its sentence, a strip of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.dialogs import definition_dialog, dialog, opener
from dashboard.components.icons import icon
from dashboard.components.picks import graph_id, pick_action
from dashboard.components.states import missing_body
from dashboard.components.tables import data_table
from dashboard.components.words import (
    Child,
    inner_link,
    plain_text,
    sentence,
    tied,
    verdict,
    verdicts,
)
from dashboard.figures import ROW_FORMS, draw
from dashboard.model import Chart, Kpi, Section, Verdict
from dashboard.text import HOW_TO_READ
from dashboard.theme import Theme

GRAPH_CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "displaylogo": False,
    "doubleClick": False,
    "locale": "vi",
    "scrollZoom": False,
    "showSendToCloud": False,
}
"""For every graph: no logo, no button that sends data away, Vietnamese words."""

PLOT_HEIGHT = 220
"""Least height in px of a chart whose figure asks for none."""

_MOST_STRETCH = 1.4
"""How much higher than it asks for a chart of rows grows beside a higher card."""

_MOST_STACKED = 6
_FULL_FOOT = 3
"""Verdicts that do not fit side by side under the narrowest card."""


def card(
    section: Section,
    *body: Component | None,
    title: Sequence[Child] = (),
    subtitle: str | None = None,
    note: Child | None = None,
    link: tuple[str, str] | None = None,
    head_link: tuple[str, str] | None = None,
    class_name: str = "",
    show_table: bool = True,
    opens_from_head: bool = False,
) -> html.Section:
    """Return the card of a section: its sentence as heading, ``body``, its note and its dialogs.

    The subtitle is ``section.data["subtitle"]`` unless given, ``note`` takes the place of the
    section's; how its chart is read, and ``section.data["reading"]``, a text or several, open
    under Cách đọc. ``link`` and ``head_link`` are pairs of words and address, at the foot's end
    and in the head, where with ``opens_from_head`` the section's dialogs open too.
    """
    heading_id = f"{section.code}-heading"
    words = list(title) or sentence(section.sentence) or [section.title]
    below = str(section.data.get("subtitle", "")) if subtitle is None else subtitle
    head: list[Child] = [
        html.Div(
            [html.H2(words, id=heading_id), html.P(tied(below), className="sub") if below else None]
        )
    ]
    if head_link and inner_link(head_link[1]):
        head.append(html.A(head_link[0], href=inner_link(head_link[1])))
    acts, dialogs = _acts(section, show_table=show_table)
    if opens_from_head:
        head += acts
        acts = []
    if link and inner_link(link[1]):
        acts.append(html.A(link[0], href=inner_link(link[1])))
    main = [missing_body(section.missing)] if section.missing else list(body)
    foot: list[Child] = []
    said = note or section.note
    if said:
        said = tied(said) if isinstance(said, str) else said
        foot.append(html.Div(said, className="note"))
    if acts:
        foot.append(html.Span(acts, className="acts"))
    return html.Section(
        [html.Header(head), *main, html.Footer(foot) if foot else None, *dialogs],
        className=f"card2 {class_name}".rstrip(),
        id=section.code,
        **{"aria-labelledby": heading_id},
    )


def _acts(section: Section, *, show_table: bool) -> tuple[list[Child], list[html.Dialog]]:
    """Return the buttons of a card's foot and the dialogs that they open."""
    acts: list[Child] = []
    dialogs: list[html.Dialog] = []

    def add(text: str, box: html.Dialog | None) -> None:
        if box is not None:
            acts.append(opener(text, box.id))
            dialogs.append(box)

    texts = how_to_read(section)
    if texts:
        paragraphs = [html.P(tied(text)) for text in texts]
        add("Cách đọc", dialog(f"{section.code}-reading", "Cách đọc", *paragraphs))
    if section.metric:
        add("Định nghĩa", definition_dialog(f"{section.code}-definition", section.metric))
    if section.table is not None and show_table and section.missing is None:
        table = data_table(section.table, caption=f"Số liệu: {section.title}")
        is_wide = len(section.table.columns) > 5
        box = dialog(
            f"{section.code}-table",
            section.title,
            table,
            subtitle=str(section.data.get("subtitle", "")),
            wide=is_wide,
        )
        add(str(section.data.get("table_label") or "Số liệu"), box)
    return acts, dialogs


def how_to_read(section: Section) -> list[str]:
    """Return how a section is read: the words of its chart's form, then its own."""
    own = section.data.get("reading") or []
    form = HOW_TO_READ[section.chart.form] if section.chart and not section.missing else ""
    return [*([form] if form else []), *([own] if isinstance(own, str) else own)]


def graph(
    chart: Chart,
    *,
    theme: Theme,
    dom_id: str,
    width: int | None = None,
    height: int | None = None,
    action: str = "",
    is_static: bool = False,
) -> tuple[dcc.Graph, int | None]:
    """Return a drawn chart that fills its box, and the height in px that its figure asks for."""
    figure = draw(chart, theme=theme, width=width, height=height, action=action)
    height = figure.layout.height
    config = {**GRAPH_CONFIG, "responsive": True, **({"staticPlot": True} if is_static else {})}
    drawn = dcc.Graph(
        id=dom_id,
        figure=figure,
        config=config,
        responsive=True,
        style={"width": "100%", "height": "100%"},
    )
    return drawn, None if height is None else int(height)


def chart_card(
    section: Section,
    theme: Theme,
    *,
    width: int | None = None,
    height: int | None = None,
) -> html.Section:
    """Return a section's chart under its sentence; ``height`` is its least height in px.

    ``width`` is the chart's width in px where it is known to be narrow, as on a phone.
    """
    if section.missing is not None or section.chart is None:
        return card(section)
    drawn, asked = graph(
        section.chart,
        theme=theme,
        dom_id=graph_id(section.code),
        width=width,
        height=height,
        action=pick_action(section.code),
    )
    least = height or asked or PLOT_HEIGHT
    most = f"{_MOST_STRETCH * least:.0f}px" if section.chart.form in ROW_FORMS else "none"
    plot = html.Div(
        drawn,
        className="plot",
        role="img",
        style={"--plot-h": f"{least}px", "--plot-max": most},
        **{"aria-label": f"Biểu đồ: {plain_text(section.sentence) or section.title}"},
    )
    return card(section, plot)


def table_card(
    section: Section,
    *,
    limit: int | None = None,
    last_is_total: bool = False,
    note: Child | None = None,
) -> html.Section:
    """Return a section whose table is what it shows; ``note`` takes the place of its own."""
    body = None
    if section.table is not None and section.missing is None:
        body = data_table(
            section.table,
            caption=section.title,
            limit=limit,
            last_is_total=last_is_total,
            # A sum under its columns is read across the rows, and of many columns a block would be
            # longer than a screen: those tables scroll.
            is_stacked=not last_is_total and len(section.table.columns) <= _MOST_STACKED,
        )
    return card(section, body, note=note, class_name="flush", show_table=limit is not None)


def kpi_card(kpi: Kpi, theme: Theme) -> html.Article:
    """Return one key number: value, sparkline, four rows, verdict; a link over the whole card."""
    code = f"kpi-{kpi.metric}"
    definition = definition_dialog(f"{code}-definition", kpi.metric, worked=_worked(kpi))
    label: Child = kpi.label
    if definition is not None:
        label = opener(kpi.label, definition.id, class_name="define")
        label.title = f"Định nghĩa: {kpi.label}"
    top = html.Div([html.H2(label), html.Span(kpi.window, className="win")], className="top")
    children: list[Component | None] = [top]
    if kpi.missing is not None:
        children.append(missing_body(kpi.missing))
    else:
        beside = _beside_count(kpi)
        foot = [said for said in kpi.verdicts if said not in beside]
        children += [_middle(kpi, theme, code=code), _lines(kpi, beside), verdicts(foot)]
    if kpi.link and kpi.missing is None:
        children.append(
            html.A(
                icon("chevron-right"),
                href=inner_link(kpi.link),
                className="cover",
                **{"aria-label": f"Mở trang chi tiết: {kpi.label}"},
            )
        )
    if definition is not None:
        children.append(definition)
    return html.Article(children, className="card2 kpi", id=code)


def _worked(kpi: Kpi) -> list[tuple[str, str]]:
    if kpi.missing is not None:
        return []
    rows = [(row.label, row.value) for row in kpi.rows]
    return [(kpi.window, f"{kpi.value}{kpi.suffix}"), *rows, *kpi.worked]


def _middle(kpi: Kpi, theme: Theme, *, code: str) -> html.Div:
    is_unit = kpi.suffix.strip() == "%"
    value: list[Child] = [kpi.value]
    if kpi.suffix:
        value.append(kpi.suffix if is_unit else html.Small(kpi.suffix))
    children: list[Component] = [html.Div(value, className="val")]
    interval = kpi.row("interval").value
    if interval:
        # Seen on phones alone, where the rows give way: the row itself is what is read aloud.
        shown = html.Span(interval, className="val-range", **{"aria-hidden": "true"})
        children.append(shown)
    if kpi.spark is not None:
        drawn, _ = graph(kpi.spark, theme=theme, dom_id=f"{code}-spark", is_static=True)
        children.append(html.Div(drawn, className="spark", **{"aria-hidden": "true"}))
    return html.Div(children, className="mid")


def _beside_count(kpi: Kpi) -> tuple[Verdict, ...]:
    """Return the notes on the count that stand beside it where the foot is full without them."""
    if len(kpi.verdicts) < _FULL_FOOT:
        return ()
    return tuple(said for said in kpi.verdicts if said.tone == "notice")


def _lines(kpi: Kpi, beside: Sequence[Verdict] = ()) -> html.Dl:
    """Return the rows; the first and the last are marked, the two that a phone keeps.

    ``beside`` are verdicts on the last row's count.
    """
    lines = []
    for position, row in enumerate(kpi.rows):
        classes = ["line"]
        if position == 0:
            classes.append("goal")
        elif position == len(kpi.rows) - 1:
            classes.append("size")
            if row.role == "size":
                classes.append("plain-noun")
        marks = [verdict(one) for one in beside] if position == len(kpi.rows) - 1 else []
        line = [html.Dt(row.label), html.Dd([*marks, row.value])]
        lines.append(html.Div(line, className=" ".join(classes)))
    return html.Dl(lines, className="lines")


def kpi_row(kpis: Sequence[Kpi], theme: Theme) -> html.Div:
    """Return the key numbers side by side, on a phone as one list."""
    of = f" of-{len(kpis)}" if len(kpis) == 3 else ""
    return html.Div([kpi_card(kpi, theme) for kpi in kpis], className=f"kpi-row{of}")


def metric_strip(section: Section) -> Component:
    """Return a strip of numbers.

    ``section.data["cells"]``: a list of ``{"label", "value", "detail", "metric", "is_concern"}``,
    the last two optional; the label opens the metric's definition.
    """
    if section.missing is not None:
        return card(section)
    return html.Div(
        [_strip_cell(one, code=section.code) for one in section.data["cells"]],
        className="strip",
        id=section.code,
    )


def _strip_cell(one: Mapping[str, Any], *, code: str) -> html.Div:
    slug = re.sub(r"\W+", "-", f"{code}-{one['label']}")
    metric = str(one.get("metric", ""))
    definition = definition_dialog(
        f"{slug}-definition", metric, worked=((str(one["label"]), _in_words(one)),)
    )
    label: Child = html.Div(one["label"], className="k")
    if definition is not None:
        label = opener(str(one["label"]), definition.id, class_name="k")
    tone = " concern" if one.get("is_concern") else ""
    return html.Div(
        [
            label,
            html.Div(one["value"], className=f"v{tone}"),
            html.Div(one.get("detail", ""), className="d"),
            definition,
        ]
    )


def _in_words(one: Mapping[str, Any]) -> str:
    return ", ".join(str(part) for part in (one["value"], one.get("detail", "")) if part)
