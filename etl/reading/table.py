"""Finding the table in a sheet: title rows, the header, data rows, totals."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

import pandas as pd

from etl.errors import RefusedFile
from etl.normalise import bare_header, fold
from etl.reading.cells import cell_text, map_distinct
from etl.reading.rows import rows_aside, spilled_rows
from etl.reading.sheets import Merged, Note, Sheet, is_blank

HEADER_SEARCH_ROWS = 40
_PLACE = re.compile(r"\(?(\d{1,3})\)?")
_ANSWERS = ("response", "open-ended response")
_FEWEST_BARE_PLACES = 6
"""From so many cells on, 1, 2, 3, … without brackets number the columns and are no answers."""


@dataclass(frozen=True)
class RawTable:
    """The table of a sheet: ``frame`` has the header as columns, indexed by file row number.

    ``spilled`` are the rows whose cells run beyond the header, so that no cell of theirs can be
    trusted to stand in its column.
    """

    file: str
    sheet: str
    titles: tuple[str | dt.date, ...]
    header_row: int
    frame: pd.DataFrame
    totals_dropped: int
    known_headers: int
    """How many of the headers are words that some source knows."""
    spilled: pd.Index = field(default_factory=lambda: pd.Index([], dtype="int64"))
    is_1904: bool = False
    is_hidden: bool = False
    notes: tuple[Note, ...] = ()
    """What reading did, rows left out among it."""


def find_table(sheet: Sheet, *, known: Set[str], parts: Set[str] = frozenset()) -> RawTable | None:
    """Return the table of ``sheet``; None when the sheet is blank.

    The header is the row, among the first forty, with the most cells that are ``known`` (folded
    words), else the first row with text in more than half of the widest row's cells. A header of
    two rows, merged cells above, is read as one; ``parts`` are words that are headers only there,
    below a group's name, and cells of data elsewhere.
    """
    if sheet.cells.empty:
        return None
    cells = sheet.cells
    header, body = _located(sheet, known, parts)
    body, reached = _filled_down(body, sheet.merged)
    spilled = spilled_rows(body, header.names) if sheet.is_delimited else body.index[:0]
    keep = [i for i, text in enumerate(header.names) if text or not _is_blank(body.iloc[:, i])]
    body = body.iloc[:, keep]
    body.columns = pd.Index(_unique([header.names[i] for i in keep]))
    aside = rows_aside(body, header=[header.names[i] for i in keep], known=known)
    return RawTable(
        file=sheet.file,
        sheet=sheet.name,
        titles=_titles(cells.iloc[: header.position]),
        header_row=int(cells.index[header.position]),
        # A copy only where there is something to leave out: the table may be long.
        frame=body[~aside.any] if aside.any.any() else body,
        totals_dropped=int(aside.totals.sum()),
        known_headers=header.hits,
        spilled=spilled.difference(body.index[aside.any]),
        is_1904=sheet.is_1904,
        is_hidden=sheet.is_hidden,
        notes=(*sheet.notes, *reached, *aside.notes()),
    )


def raw_frame(sheet: Sheet, *, known: Set[str], parts: Set[str] = frozenset()) -> pd.DataFrame:
    """Return every row below the header as it stands, blank rows alone left out.

    Columns are named as in the header, blank and repeated names told apart; cells are what the
    file holds: text untouched, numbers, days, truths.
    """
    if sheet.cells.empty:
        return pd.DataFrame()
    header, _ = _located(sheet, known, parts)
    body = sheet.cells.iloc[header.position + header.rows :]
    keep = [i for i, text in enumerate(header.names) if text or not _is_blank(body.iloc[:, i])]
    body = body.iloc[:, keep]
    body.columns = pd.Index(_unique([header.names[i] for i in keep]))
    return body


def _located(sheet: Sheet, known: Set[str], parts: Set[str]) -> tuple[_Header, pd.DataFrame]:
    """Return the header of a sheet that is not blank, and the rows below it."""
    head = [
        [cell_text(value) for value in row]
        for row in sheet.cells.iloc[: HEADER_SEARCH_ROWS + 2].to_numpy().tolist()
    ]
    header = _find_header(head, known, parts)
    if not header.hits and not sheet.is_delimited:
        header = _typed_header(sheet, head) or header
    start = header.position + header.rows
    if start < len(head) and _numbers_columns(head[start], header.names):
        start += 1
    return header, sheet.cells.iloc[start:]


def _filled_down(
    body: pd.DataFrame, merged: Sequence[Merged]
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Return the rows with the value of a merged cell in every row that it reaches.

    Who merges a department over three rows means all three of them.
    """
    numbers = body.index.to_numpy()
    cells = body.to_numpy(dtype=object) if merged else body
    filled = 0
    for one in merged:
        start, end = numbers.searchsorted([one.first, one.last + 1])
        if start == end or numbers[start] != one.first or one.column >= cells.shape[1]:
            continue
        value = cells[start, one.column]
        below = range(start + 1, end)
        if not is_blank(value) and all(is_blank(cells[row, one.column]) for row in below):
            cells[start + 1 : end, one.column] = value
            filled += len(below)
    if not filled:
        return body, ()
    message = "ô gộp theo chiều dọc: giá trị được hiểu là của mọi dòng trong ô gộp."
    return pd.DataFrame(cells, index=body.index, columns=body.columns), (
        Note("merged_down", message, filled),
    )


def _titles(rows: pd.DataFrame) -> tuple[str | dt.date, ...]:
    """Return the texts and the days above the header."""

    def title(value: object) -> str | dt.date:
        return value if isinstance(value, dt.date) else cell_text(value)

    return tuple(found for row in rows.to_numpy().tolist() for v in row if (found := title(v)))


def _is_blank(column: pd.Series) -> bool:
    return not map_distinct(column, lambda value: cell_text(value) != "").any()


# The header -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Header:
    """A header of one or two rows; ``hits``: how many of its names are known."""

    position: int
    rows: int
    names: list[str]
    hits: int


def _hits(row: list[str], known: Set[str]) -> int:
    words = {word for text in row if text for word in (fold(text), bare_header(text))}
    return len(words & known)


def _find_header(head: list[list[str]], known: Set[str], parts: Set[str]) -> _Header:
    rows = head[:HEADER_SEARCH_ROWS]
    either = known | parts
    candidates = []
    for position, row in enumerate(rows):
        candidates.append(_Header(position, 1, row, _hits(row, known)))
        joined = _joined_header(row, head[position + 1], either) if head[position + 1 :] else None
        if joined is not None:
            candidates.append(_Header(position, 2, joined, _hits(joined, either)))
    best = max(candidates, key=lambda header: header.hits)
    width = max(sum(map(bool, row)) for row in rows)
    if best.hits >= 2 or (best.hits == 1 and width == 1):
        return best
    single = [header for header in candidates if header.rows == 1]
    wide = [header for header in single if sum(map(bool, header.names)) * 2 > width]
    return (wide or single)[0]


def _typed_header(sheet: Sheet, head: list[list[str]]) -> _Header | None:
    """Return the first row that is as full as any and all words, with other cells below it.

    In a sheet whose words nobody knows, prose above a table may fill cells, too; what is typed as
    a number or a day is no header.
    """
    rows = sheet.cells.iloc[:HEADER_SEARCH_ROWS].to_numpy(dtype=object).tolist()
    is_word = [[isinstance(v, str) and v.strip() != "" for v in row] for row in rows]
    widest = max(sum(map(bool, row)) for row in head[:HEADER_SEARCH_ROWS])
    for position, words in enumerate(is_word):
        below = [value for row in rows[position + 1 :] for value in row]
        if sum(words) == widest > 1 and any(not isinstance(value, str) for value in below):
            return _Header(position, 1, head[position], 0)
    return None


def _joined_header(upper: list[str], lower: list[str], known: Set[str]) -> list[str] | None:
    """Return the header that two rows make together; None when the second is no header.

    The second row of a header names the parts of groups: its cells stand below a group's name or
    below a blank right of it, and the columns without parts are blank there. A row of data fills
    the first column, too. What survey programs set below a question without parts is none.
    """
    lower = ["" if fold(text) in _ANSWERS else text for text in lower]
    if not any(lower):
        return None
    groups: list[str] = []
    for place, text in enumerate(upper):
        is_group = not text or (place + 1 < len(upper) and not upper[place + 1])
        if lower[place] and not is_group:
            return None
        groups.append(text or (groups[-1] if groups else ""))
    if not any(text and not part for text, part in zip(upper, lower, strict=True)):
        return None
    joined = []
    for text, group, part in zip(upper, groups, lower, strict=True):
        whole = f"{group} {part}".strip()
        if not part:
            joined.append(text)
        else:
            joined.append(whole if fold(part) not in known and fold(whole) in known else part)
    return joined if _hits(joined, known) > max(_hits(upper, known), _hits(lower, known)) else None


def _numbers_columns(row: list[str], header: list[str]) -> bool:
    """Whether a row only numbers the columns: (1), (2), (3), …"""
    cells = [text for text, name in zip(row, header, strict=True) if name]
    places = [_PLACE.fullmatch(text) for text in cells]
    if len(cells) < 2 or not all(places):
        return False
    in_order = [int(place[1]) for place in places if place] == list(range(1, len(cells) + 1))
    has_brackets = all(text.startswith("(") for text in cells)
    return in_order and (has_brackets or len(cells) >= _FEWEST_BARE_PLACES)


def _unique(names: list[str]) -> list[str]:
    """Name blank headers by their place and tell repeated ones apart."""
    seen: dict[str, int] = {}
    unique = []
    for place, raw in enumerate(names, start=1):
        name = raw or f"(cột {place})"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def empty_file(file: str) -> RefusedFile:
    """Return the refusal of a file without a table."""
    return RefusedFile(
        file,
        reason="không có bảng số liệu nào trong tệp.",
        next_step="Hãy kiểm tra lại tệp đã xuất: cần một dòng tiêu đề cột và các dòng số liệu.",
    )
