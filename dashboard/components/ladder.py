"""The ranking: a table with one plot column, the gaps beside it, and the holes by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import formatting as fmt
from dashboard.components.cards import card
from dashboard.components.words import Child, button_link
from dashboard.model import Section

_STEP = 5
"""Percentage points between ticks, or a multiple of it."""
_ROOM = 1.5
"""Percentage points left free at both ends."""


class Scale:
    """Where a percentage stands on a track; an axis of dots need not begin at 0."""

    def __init__(self, values: list[float]) -> None:
        low, high = (min(values), max(values)) if values else (80.0, 100.0)
        self.low = max(0.0, low - _ROOM)
        self.high = min(100.0, max(high + _ROOM, self.low + 2 * _STEP))

    def at(self, value: float) -> str:
        """Return the place of ``value`` as a CSS length."""
        return f"{self.share(value):.2f}%"

    def share(self, value: float) -> float:
        """Return the place of ``value`` in percent of the track."""
        return (value - self.low) / (self.high - self.low) * 100

    def ticks(self) -> list[int]:
        """Return about five round percentages."""
        step = _STEP * max(1, round((self.high - self.low) / _STEP / 4))
        first = math.ceil(self.low / step) * step
        return list(range(first, math.floor(self.high) + 1, step))


def ranking_ladder(section: Section) -> html.Section:
    """Return every rung of a year's ranking; a rung whose unit is unknown keeps its place.

    ``section.data``: ``rungs``, a list of ``{"rank", "rank_words", "is_known"}`` (the words as
    shown, "(3)" while it is provisional) and for known ones ``"label", "is_own", "value", "low",
    "high", "respondents"`` and, optional, ``"reach"`` ("1–4"); percentages 0–100. ``baseline`` and
    ``baseline_year`` draw the line; whiskers only where the
    number of forms is known.
    """
    if section.missing is not None:
        return card(section)
    rungs = list(section.data["rungs"])
    baseline = section.data.get("baseline")
    values = [
        float(rung[name])
        for rung in rungs
        for name in ("value", "low", "high")
        if rung.get(name) is not None
    ]
    scale = Scale(values + ([float(baseline)] if baseline is not None else []))
    has_reach = any(rung.get("reach") for rung in rungs)
    table = html.Table(
        [
            html.Caption(section.title, className="sr"),
            html.Thead(_head(section.data, scale, has_reach=has_reach)),
            html.Tbody([_rung(rung, scale, baseline, has_reach=has_reach) for rung in rungs]),
            html.Tfoot(_axis(scale, has_reach=has_reach)),
        ],
        className="ladder",
    )
    return card(section, table, class_name="hug")


def _head(data: Mapping[str, Any], scale: Scale, *, has_reach: bool) -> html.Tr:
    label: Child = ""
    baseline = data.get("baseline")
    if baseline is not None:
        year = data.get("baseline_year") or ""
        words = f"Mốc {year}: {fmt.percent_points(baseline, 2)}".replace(" :", ":")
        place = scale.share(baseline)
        side = "left" if place > 50 else "right"
        label = html.Span(words, className=f"base-label {side}", style=_vars(at=f"{place:.2f}%"))
    columns: list[html.Th] = [
        html.Th("Hạng", scope="col", className="rank"),
        html.Th("Đơn vị", scope="col"),
        html.Th(html.Div(label, className="track"), className="lane"),
        html.Th("Chỉ số", scope="col", className="n"),
        html.Th("Cỡ mẫu", scope="col", className="n size"),
    ]
    if has_reach:
        columns.append(html.Th("Có thể ở", scope="col", className="n reach"))
    return html.Tr(columns)


def _rung(
    rung: Mapping[str, Any], scale: Scale, baseline: float | None, *, has_reach: bool
) -> html.Tr:
    marks: list[html.I] = []
    if baseline is not None:
        marks.append(html.I(className="base", style=_vars(at=scale.at(baseline))))
    if not rung["is_known"]:
        cells: list[html.Td | html.Th] = [
            html.Th(
                [html.I(className="ring", **{"aria-hidden": "true"}), "chưa rõ đơn vị"],
                scope="row",
                className="unit",
            ),
            html.Td(html.Div(marks, className="track"), className="lane"),
            html.Td(className="n"),
            html.Td(className="n size"),
        ]
    else:
        marks += _marks(rung, scale)
        respondents = rung.get("respondents")
        size = "chưa rõ" if respondents is None else fmt.count_noun(respondents, "phiếu")
        cells = [
            html.Th(rung["label"], scope="row", className="unit"),
            html.Td(
                html.Div(marks, className="track", title=_hint(rung)),
                className="lane",
            ),
            html.Td(fmt.percent_points(rung.get("value"), 2), className="n value"),
            html.Td(size, className="n size soft" if respondents is None else "n size"),
        ]
    if has_reach:
        words = rung.get("reach") or ("–" if rung["is_known"] else "")
        cells.append(html.Td(words, className="n reach"))
    classes = "own" if rung.get("is_own") else None if rung["is_known"] else "hole"
    return html.Tr([html.Td(rung["rank_words"], className="rank"), *cells], className=classes)


def _marks(rung: Mapping[str, Any], scale: Scale) -> list[html.I]:
    """Return the whisker and the point; hollow, and without a whisker, where n is unknown."""
    if rung.get("value") is None:
        return []
    low, high = rung.get("low"), rung.get("high")
    marks = []
    if low is not None and high is not None:
        wide = scale.share(high) - scale.share(low)
        style = {**_vars(wide=f"{wide:.2f}%"), "--from": scale.at(low)}
        marks.append(html.I(className="whisker", style=style))
    hollow = " hollow" if rung.get("respondents") is None else ""
    marks.append(html.I(className=f"point{hollow}", style=_vars(at=scale.at(rung["value"]))))
    return marks


def _hint(rung: Mapping[str, Any]) -> str:
    if rung.get("value") is None:
        return f"{rung['label']}: chưa có chỉ số"
    words = f"{rung['label']}: {fmt.percent_points(rung['value'], 2)}"
    if rung.get("low") is None or rung.get("high") is None:
        return f"{words}, chưa rõ số phiếu nên không có khoảng"
    interval = fmt.percent_range(rung["low"] / 100, rung["high"] / 100)
    return f"{words}, khoảng 95 % {interval}"


def _axis(scale: Scale, *, has_reach: bool) -> html.Tr:
    ticks = [
        html.Span(
            fmt.count(tick) if place else fmt.percent_points(tick, 0),
            className="tick",
            style=_vars(at=scale.at(tick)),
        )
        for place, tick in enumerate(scale.ticks())
    ]
    return html.Tr(
        [
            html.Td(colSpan=2),
            html.Td(html.Div(ticks, className="track"), className="lane"),
            html.Td(),
            html.Td(className="size"),
            *([html.Td(className="reach")] if has_reach else []),
        ],
        **{"aria-hidden": "true"},
    )


def _vars(**values: str) -> dict[str, str]:
    return {f"--{name}": value for name, value in values.items()}


def gap_card(section: Section) -> html.Section:
    """Return the distances to the ranks above and below.

    ``section.data["gaps"]``: a list of ``{"value", "words", "unit"}``; values in points, ``words``
    say what they are ("điểm tới hạng 1"); ``detail``, optional, takes the place of the unit.
    """
    if section.missing is not None:
        return card(section)
    items = [
        html.Li(
            [
                html.Span(fmt.number(gap["value"], 2), className="v num"),
                html.Div([html.B(gap["words"]), html.Small(gap.get("detail") or gap["unit"])]),
            ]
        )
        for gap in section.data["gaps"]
    ]
    return card(section, html.Ul(items, className="gaps"))


def holes_card(section: Section) -> html.Section:
    """Return the units without a published figure, by name, and the step that fills them in.

    ``section.data``: ``names``, ``link``.
    """
    if section.missing is not None:
        return card(section)
    names = [
        html.Li([html.I(className="ring", **{"aria-hidden": "true"}), name])
        for name in section.data["names"]
    ]
    body = html.Ul(names, className="holes") if names else None
    link = section.data.get("link", "")
    action = html.Div(button_link("Nạp quyết định công bố", link)) if link else None
    return card(section, body, action, show_table=False)
