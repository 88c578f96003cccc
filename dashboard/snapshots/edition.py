"""The edition that leaves the office: lists of dossiers become counts, no dossier code remains."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pandas as pd

from dashboard.model import Report, Section, Table, TableColumn

CODE = "dossier_code"
_CODE_IN_WORDS = re.compile(r"\b[0-9A-Z]+(?:\.[0-9A-Z]+)*-\d{6}-\d{3,6}\b")
CODE_GONE = "[mã hồ sơ]"
_OWN_SECTIONS = frozenset({("meeting", "preparation")})
_OWN_COLUMNS = frozenset({"assessment"})
"""What the office says to itself: the checklist before a meeting, its view of a department."""
_GROUPS = ("state", "chip", "what", "department", "procedure")
"""Columns of a dossier list by which it is counted, in their order."""


def make_external(report: Report) -> Report:
    """Return the report without anything that names a single dossier or a single rejected row."""
    sections = tuple(
        _count_section(section)
        for section in report.sections
        if (report.code, section.code) not in _OWN_SECTIONS
    )
    return _without_codes(replace(report, sections=sections))


def _count_section(section: Section) -> Section:
    if section.table is None:
        return section
    if CODE in section.table.rows:
        return replace(section, table=_counted(section.table))
    if section.code == "rejects":
        return replace(section, table=_rejects(section.table), note="")
    if _OWN_COLUMNS & set(section.table.rows):
        return replace(section, table=_without_own(section.table))
    return section


def _without_own(table: Table) -> Table:
    columns = tuple(column for column in table.columns if column.key not in _OWN_COLUMNS)
    return Table(columns, table.rows.drop(columns=[*_OWN_COLUMNS & set(table.rows)]))


def _counted(table: Table) -> Table:
    """Return a list of dossiers as counts of what its words have in common."""
    labels = {column.key: column for column in table.columns}
    kept = [name for name in _GROUPS if name in labels]
    grouped = table.rows.groupby(kept, sort=False, dropna=False)
    counts = grouped.size().rename("count").reset_index()
    columns = [*(labels[name] for name in kept), TableColumn("count", "Số hồ sơ", "integer")]
    if "days" in table.rows:
        longest = grouped["days"].max().reset_index()["days"].astype("Int64")
        # What is not yet due is late by no day.
        counts["days"] = longest.mask(longest <= 0)
        columns.append(replace(labels["days"], label=f"{labels['days'].label}, lâu nhất"))
    if "tone" in table.rows:
        counts["tone"] = grouped["tone"].first().reset_index()["tone"]
    return Table(tuple(columns), counts)


def _rejects(table: Table) -> Table:
    by = ["file", "column", "reason"]
    labels = {column.key: column for column in table.columns}
    counts = table.rows.groupby(by, sort=False, dropna=False).size().rename("count").reset_index()
    return Table(
        (*(labels[name] for name in by), TableColumn("count", "Số dòng", "integer")), counts
    )


def _without_codes(value: Any) -> Any:
    """Return a value with every dossier code in its words replaced, however deep it lies."""
    if isinstance(value, str):
        return _CODE_IN_WORDS.sub(CODE_GONE, value)
    if isinstance(value, pd.DataFrame):
        return value.map(_without_codes) if _has_code(value) else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _without_codes(getattr(value, f.name)) for f in fields(value)}
        return replace(value, **changed)
    if isinstance(value, Mapping):
        return {name: _without_codes(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_without_codes(item) for item in value)
    return value


def _has_code(frame: pd.DataFrame) -> bool:
    return any(
        isinstance(value, str) and _CODE_IN_WORDS.search(value)
        for name in frame.columns
        for value in frame[name]
    )
