"""The rows below a header that are no data: totals, names of groups, examples, signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.normalise import bare_header, fold
from etl.reading.cells import cell_text
from etl.reading.sheets import Note
from etl.reading.words import distinct_cells, search_all

_TOTAL = re.compile(
    r"(?:[a-z0-9]{1,4}[.)]\s*)?(?:(?:tong cong|tong so|tong|cong)\s*[:.]?|tong cong\b.*"
    r"|(?:tong|cong)(?: so)?(?: ho so| phieu)?"
    r"(?: theo)? (?:nhom|linh vuc|bo phan|don vi|phong|thang|quy|trang|muc|phan)\b.*"
    r"|(?:tong|cong)\s*:\s*\d.*|luy ke\b.*|(?:grand |sub-?)?totals?\s*[:.]?)"
)
_EXAMPLE = re.compile(r"vi du\b.*")
_FIRST_COLUMNS = 3
"""A total says so at the left, perhaps after a number column; so does an example."""
_LONGEST = 60
_SIGNATURE = re.compile(
    r"(?:\(?ky|nguoi lap|nguoi ghi|can bo|cong chuc|thu truong|chu tich|pho chu tich|truong phong"
    r"|ke toan|noi nhan|tm\.|kt\.|q\.|xac nhan|lap bieu)\b.*"
    r"|.*\bngay[\s.…_\d]+thang[\s.…_\d]+nam\b.*"
)
_FOOT_ROWS = 40
_FOOT_CELLS = 3


@dataclass(frozen=True)
class Aside:
    """Rows that are no data, each kind a mask over all rows."""

    headers: pd.Series
    totals: pd.Series
    groups: pd.Series
    examples: pd.Series
    foot: pd.Series

    @property
    def any(self) -> pd.Series:
        """The rows of every kind together."""
        return self.headers | self.totals | self.groups | self.examples | self.foot

    def notes(self) -> list[Note]:
        """Return what was left out, so that its reader can say if it should not have been."""
        said = (
            ("headers", self.headers, "dòng tiêu đề lặp lại giữa bảng, không đọc."),
            ("totals", self.totals, "dòng cộng, tổng cộng không phải số liệu, không đọc."),
            ("groups", self.groups, "dòng chỉ ghi tên nhóm, không đọc."),
            ("examples", self.examples, "dòng ví dụ của tệp mẫu, không đọc."),
            ("foot", self.foot, "dòng ký tên, ghi chú ở cuối bảng, không đọc."),
        )
        return [
            Note(code, f"{count} {message}", count)
            for code, mask, message in said
            if (count := int(mask.sum()))
        ]


def rows_aside(body: pd.DataFrame, *, header: Sequence[str], known: Set[str]) -> Aside:
    """Tell the rows of ``body`` that are no data.

    ``header`` holds its header as it stands in the file; ``known`` are the headers that sources
    know.
    """
    first = list(body.columns)[:_FIRST_COLUMNS]
    totals, examples = _says(body, first, _TOTAL, "TtCcLlGgSs"), _says(body, first, _EXAMPLE, "Vv")
    filled = _filled(body)
    return Aside(
        headers=_repeats(body, header),
        totals=totals,
        groups=_groups(body, filled, known=known) & ~totals & ~examples,
        examples=examples & ~totals,
        foot=_foot(body, filled) & ~totals & ~examples,
    )


def _repeats(body: pd.DataFrame, header: Sequence[str]) -> pd.Series:
    """Whether a row says the header again, as each page of a printed list does."""
    named = [place for place, name in enumerate(header) if name]
    flags = np.full(len(body), len(named) > 1)
    # The last columns have few distinct cells, and rule every row out nearly always.
    for place in reversed(named):
        if flags.any():
            distinct, codes = distinct_cells(body.iloc[:, place])
            says = [isinstance(cell, str) and cell_text(cell) == header[place] for cell in distinct]
            flags &= np.array([*says, False])[codes]
    return pd.Series(flags, index=body.index)


def _says(
    body: pd.DataFrame, columns: list[str], pattern: re.Pattern[str], initials: str
) -> pd.Series:
    """Whether one of the cells at the left says what ``pattern`` matches when it is folded."""
    # Most cells are ruled out by their first letter; a number with its dot may stand before it.
    near = re.compile(rf"(?<=\x00)\s*(?:[{initials}]|[^\x00]{{0,4}}[.)])")
    flags = np.zeros(len(body), dtype=bool)
    for name in columns:
        distinct, codes = distinct_cells(body[name])
        texts = [value if isinstance(value, str) else "" for value in distinct]
        says = np.zeros(len(texts) + 1, dtype=bool)
        for place in search_all(near, texts):
            text = texts[place]
            says[place] = len(text) <= _LONGEST and pattern.fullmatch(fold(text)) is not None
        flags |= says[codes]
    return pd.Series(flags, index=body.index)


def _filled(body: pd.DataFrame) -> pd.Series:
    """Return how many cells of each row hold something."""
    filled = np.zeros(len(body), dtype=np.int32)
    for _, cells in body.items():
        filled += (cells != "").to_numpy(dtype=bool)
    return pd.Series(filled, index=body.index)


def _groups(body: pd.DataFrame, filled: pd.Series, *, known: Set[str]) -> pd.Series:
    """Whether a row's only cell is words in a column at the left that no source asks for."""
    flags = pd.Series(False, index=body.index)
    if len(body.columns) <= _FIRST_COLUMNS:
        return flags
    lone = body[filled == 1]
    for name in list(body.columns)[:_FIRST_COLUMNS]:
        if bare_header(str(name)) not in known and fold(str(name)) not in known:
            words = lone[name].map(lambda value: isinstance(value, str) and value.strip() != "")
            flags.loc[lone.index[words.to_numpy(dtype=bool)]] = True
    return flags


def _foot(body: pd.DataFrame, filled: pd.Series) -> pd.Series:
    """Whether a row belongs to what stands below the table: from a signature on, to the end."""
    flags = pd.Series(False, index=body.index)
    if body.empty:
        return flags
    usual = float(filled.median())
    tail = filled.tail(_FOOT_ROWS)
    full = np.flatnonzero((tail * 2 > usual).to_numpy())
    start = int(full[-1]) + 1 if len(full) else 0
    for row in tail.index[start:]:
        if filled[row] <= _FOOT_CELLS and any(
            _SIGNATURE.fullmatch(fold(cell_text(value))) for value in body.loc[row]
        ):
            flags.loc[row:] = True
            break
    return flags


def spilled_rows(body: pd.DataFrame, header: list[str]) -> pd.Index:
    """Return the rows with text right of the header's last name.

    Where most rows have some, it is a column without a name and not a delimiter inside a cell.
    """
    end = max((place for place, text in enumerate(header) if text), default=-1) + 1
    beyond = body.iloc[:, end:]
    if beyond.empty:
        return body.index[:0]
    filled = np.array([any(map(cell_text, row)) for row in beyond.to_numpy().tolist()])
    return body.index[filled] if filled.sum() * 2 < len(body) else body.index[:0]
