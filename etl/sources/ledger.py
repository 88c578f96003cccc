"""Keeping account of a file's rows while they are cleaned: rejected, with why; odd, with where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

import pandas as pd

from etl.privacy import redact
from etl.reading.cells import cell_text
from etl.sources.model import Warned

_EXAMPLES = 5
_LONGEST = 80
_MOST_HEADERS = 30


def shown(value: object) -> str:
    """Return a cell's value fit to be shown: as a sheet here has it, redacted, and cut after eighty
    characters.
    """
    text = redact(as_in_a_sheet(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def as_in_a_sheet(value: object) -> str:
    """Return a day as 05/08/2062 and a decimal with a comma; anything else as its text."""
    if isinstance(value, date) and not pd.isna(value):
        has_time = isinstance(value, datetime) and value.time() != time.min
        return f"{value:%d/%m/%Y %H:%M}" if has_time else f"{value:%d/%m/%Y}"
    text = cell_text(value)
    return text.replace(".", ",") if isinstance(value, float) else text


def shown_headers(headers: Iterable[str]) -> str:
    """Return a file's headers fit to be shown; a file without a header shows its first row."""
    names = [shown(header) for header in headers]
    rest = f" … và {len(names) - _MOST_HEADERS} cột khác" if len(names) > _MOST_HEADERS else ""
    return ", ".join(names[:_MOST_HEADERS]) + rest


class Ledger:
    """The rejected rows and the warnings of one file. A row is rejected once, for its first fault.

    ``rows`` is the index of all data rows, by file row number.
    """

    def __init__(self, rows: pd.Index) -> None:
        self.rows = rows
        self._rejected: dict[int, tuple[str, str | None, str]] = {}
        self.warnings: list[Warned] = []

    def reject(self, mask: pd.Series, *, column: str, values: pd.Series, reason: str) -> None:
        """Reject the rows where ``mask`` holds. ``column`` is the header as the file has it."""
        for row in mask.index[mask.to_numpy(dtype=bool)]:
            if row not in self._rejected:
                self._rejected[int(row)] = (column, shown(values.at[row]) or None, reason)

    def warn(
        self, code: str, mask: pd.Series, *, column: str, message: str, values: pd.Series
    ) -> None:
        """Note the kept rows where ``mask`` holds."""
        marked = mask.index[mask.to_numpy(dtype=bool)]
        odd = [int(row) for row in marked if int(row) not in self._rejected]
        if odd:
            examples = [(row, shown(values.at[row])) for row in odd[:_EXAMPLES]]
            self.warnings.append(Warned(code, column, message, len(odd), examples))

    @property
    def is_kept(self) -> pd.Series:
        """Whether each row is still in."""
        return pd.Series(~self.rows.isin(list(self._rejected)), index=self.rows)

    def kept(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return those of ``rows`` that are still in; themselves, not a copy, where all are."""
        return rows[self.is_kept] if self._rejected else rows

    @property
    def rejects(self) -> pd.DataFrame:
        """One row per rejected row, in file order."""
        return reject_frame(self._rejected)


def reject_frame(rejected: Mapping[int, tuple[str, str | None, str]]) -> pd.DataFrame:
    """Return the frame of rejected rows: row → column, value and reason; none of none."""
    rows = sorted(rejected.items())
    return pd.DataFrame(
        {
            "row": [row for row, _ in rows],
            "column": [column for _, (column, _, _) in rows],
            # A blank cell has no value to show, and stays None among texts.
            "value": pd.Series([value for _, (_, value, _) in rows], dtype=object),
            "reason": [reason for _, (_, _, reason) in rows],
        }
    )
