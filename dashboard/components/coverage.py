"""Which months each source speaks for: a row of cells a source, holes visible as holes."""

from __future__ import annotations

from dash import html

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.model import Section
from dashboard.text import PARTIAL_MONTH

_WORDS = {
    "whole": "đã có số liệu",
    "partial": PARTIAL_MONTH,
    "missing": "thiếu số liệu",
    "outside": "ngoài thời gian có nguồn này",
}


def coverage_card(section: Section, *, link: tuple[str, str] | None = None) -> html.Section:
    """Return the months of each source; ``link`` are words and address of what fills the holes.

    ``section.data``: ``months`` (YYYY-MM) and ``rows``, a list of ``{"label", "states"}`` with a
    state (whole, partial, missing, or outside: before the source begins) for each month.
    """
    if not section.data.get("rows"):
        return card(section, head_link=link)
    months = section.data["months"]
    years = list(dict.fromkeys(month[:4] for month in months))
    blocks = [_year(section, year) for year in reversed(years)]
    legend = html.Ul(
        [
            html.Li([html.I(className=f"cov is-{state}"), fmt.capital(words)])
            for state, words in _WORDS.items()
        ],
        className="legend5",
        **{"aria-label": "Chú giải"},
    )
    return card(section, *blocks, legend, show_table=False, head_link=link)


def _year(section: Section, year: str) -> html.Table:
    months = [f"{year}-{number:02d}" for number in range(1, 13)]
    place = {month: position for position, month in enumerate(section.data["months"])}
    head = html.Tr(
        [html.Th(f"Năm {year}", scope="col")]
        + [html.Th(fmt.month_tick(month), scope="col", className="m") for month in months]
    )
    rows = []
    for row in section.data["rows"]:
        cells = []
        for month in months:
            state = row["states"][place[month]] if month in place else "outside"
            label = f"{row['label']}, {fmt.month_label(month).lower()}: {_WORDS[state]}"
            mark = html.I(
                className=f"cov is-{state}", role="img", title=label, **{"aria-label": label}
            )
            cells.append(html.Td(mark, className="m"))
        rows.append(html.Tr([html.Th(row["label"], scope="row"), *cells]))
    return html.Table([html.Thead(head), html.Tbody(rows)], className="coverage")
