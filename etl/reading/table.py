"""Finding the table in a sheet: title rows, the header, data rows, totals."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

import pandas as pd

from etl.errors import RefusedFile
from etl.normalise import fold, tidy

HEADER_SEARCH_ROWS = 40
_TOTAL = re.compile(r"(tong cong|tong so|tong|cong)\s*[:.]?|tong cong\b.*")


@dataclass(frozen=True)
class Sheet:
    """One sheet as it stands: ``cells`` has one row per row of the file, indexed by its number."""

    file: str
    name: str
    cells: pd.DataFrame


@dataclass(frozen=True)
class RawTable:
    """The table of a sheet: ``frame`` has the header as columns, indexed by file row number."""

    file: str
    sheet: str
    titles: tuple[str, ...]
    header_row: int
    frame: pd.DataFrame
    totals_dropped: int
    known_headers: int
    """How many of the headers are words that some source knows."""


def cell_text(value: object) -> str:
    """Return a cell as the text a person sees; whole numbers without decimals."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return tidy(str(value))


def find_table(sheet: Sheet, *, known: Set[str]) -> RawTable | None:
    """Return the table of ``sheet``; None when the sheet is blank.

    The header is the row, among the first forty, with the most cells that are ``known`` (folded
    words), else the first row with text in more than half of the widest row's cells.
    """
    cells = sheet.cells
    blank = cells.isna() | (cells == "")
    for name in cells.columns:
        if cells[name].dtype == object:
            blank[name] |= cells[name].map(lambda v: isinstance(v, str) and not v.strip())
    cells = cells[~blank.all(axis=1)]
    if cells.empty:
        return None
    head = [
        [cell_text(value) for value in row]
        for row in cells.iloc[:HEADER_SEARCH_ROWS].to_numpy().tolist()
    ]
    position, hits = _header_position(head, known)
    header = head[position]
    titles = tuple(text for row in head[:position] for text in row if text)
    body = cells.iloc[position + 1 :]
    keep = [i for i, text in enumerate(header) if text or not _is_blank(body.iloc[:, i])]
    body = body.iloc[:, keep]
    body.columns = pd.Index(_unique([header[i] for i in keep]))
    is_total = _total_rows(body)
    return RawTable(
        file=sheet.file,
        sheet=sheet.name,
        titles=titles,
        header_row=int(cells.index[position]),
        frame=body[~is_total],
        totals_dropped=int(is_total.sum()),
        known_headers=hits,
    )


def _is_blank(column: pd.Series) -> bool:
    return not column.map(cell_text).str.len().sum()


def _header_position(head: list[list[str]], known: Set[str]) -> tuple[int, int]:
    hits = [len({fold(text) for text in row if text} & known) for row in head]
    best = max(hits)
    if best >= 2 or (best == 1 and max(sum(map(bool, row)) for row in head) == 1):
        return hits.index(best), best
    width = max(sum(map(bool, row)) for row in head)
    for position, row in enumerate(head):
        if sum(map(bool, row)) * 2 > width:
            return position, hits[position]
    return 0, hits[0]


def _unique(names: list[str]) -> list[str]:
    """Name blank headers by their place and tell repeated ones apart."""
    seen: dict[str, int] = {}
    unique = []
    for place, raw in enumerate(names, start=1):
        name = raw or f"(cột {place})"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _total_rows(body: pd.DataFrame) -> pd.Series:
    """Whether a row is a total: its first filled cell says so and it is no long text."""
    flags = pd.Series(False, index=body.index)
    for name in list(body.columns)[:3]:
        text = body[name].map(lambda v: v if isinstance(v, str) and len(v) < 60 else "")
        short = text[text.str.contains(r"[ổổộoôÔỔỘO]", regex=True)]
        folded = short.map(fold)
        flags.loc[folded[folded.map(lambda t: bool(_TOTAL.fullmatch(t)))].index] = True
    return flags


def empty_file(file: str) -> RefusedFile:
    """Return the refusal of a file without a table."""
    return RefusedFile(
        file,
        reason="không có bảng số liệu nào trong tệp.",
        next_step="Hãy kiểm tra lại tệp đã xuất: cần một dòng tiêu đề cột và các dòng số liệu.",
    )
