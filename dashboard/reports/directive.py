"""One thing that needs a leader's word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import pandas as pd

from dashboard.filters import Filters, query_values
from dashboard.model import Sentence, Table, TableColumn, Tone

LEVELS: dict[Tone, str] = {"concern": "Gấp", "notice": "Theo dõi"}


@dataclass(frozen=True)
class Directive:
    """One thing to direct.

    ``code`` names the rule that found it, ``about`` what it is about (a department, a task, a
    month, a metric) and ``months`` those whose own figures its text gives; ``since`` is in words.
    """

    code: str
    about: str
    text: Sentence
    owner: str
    since: str
    link: str
    icon: str = "octagon"
    tone: Tone = "concern"
    months: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """How urgent, who, since when."""
        parts = (LEVELS[self.tone], self.owner, self.since)
        return " · ".join(part for part in parts if part)


def listed(item: Directive) -> dict[str, Any]:
    """Return a directive as a list shows it, and what it rests on."""
    return {
        "tone": item.tone,
        "icon": item.icon,
        "text": item.text,
        "detail": item.detail,
        "link": item.link,
        **_grounds(item),
    }


def led_to(item: dict[str, Any], filters: Filters) -> dict[str, Any]:
    """Return a listed directive whose link says all of the choice that it was found under.

    For lists that leave out some of what the reader has chosen: the view behind would else count
    something other than they do.
    """
    parts = urlsplit(item["link"])
    chosen = {**query_values(filters.to_query()), **query_values(parts.query)}
    return {**item, "link": urlunsplit(parts._replace(query=urlencode(chosen))), "is_whole": True}


def directive_table(items: Iterable[Directive], *, head: str) -> Table:
    """Return directives as a table under ``head``; the rows say beside it what each rests on."""
    rows = [
        {
            "level": LEVELS[item.tone],
            "tone": item.tone,
            "text": "".join(span.text for span in item.text),
            "owner": item.owner,
            "since": item.since,
            **_grounds(item),
        }
        for item in items
    ]
    keys = ["level", "tone", "text", "owner", "since", *_GROUNDS]
    return Table(
        (
            TableColumn("level", "Mức", "chip"),
            TableColumn("text", head),
            TableColumn("owner", "Chủ trì"),
            TableColumn("since", "Từ khi"),
        ),
        pd.DataFrame(rows, columns=keys),
    )


_GROUNDS = ("rule", "about", "months")


def _grounds(item: Directive) -> dict[str, Any]:
    return dict(zip(_GROUNDS, (item.code, item.about, item.months), strict=True))
