"""Raw cells → text and numbers, whole columns at a time.

Every parser returns the values and a mask of the cells that hold something unreadable.
"""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from etl.reading.cells import cell_text, map_distinct

_WITH_DECIMAL = r"\d+\.0"
_LARGEST_WHOLE = 2**53
"""Above it a number from a spreadsheet no longer stands for itself alone."""


def texts(values: pd.Series) -> pd.Series:
    """Return cells as tidy text; None for blanks."""
    return map_distinct(values, lambda value: cell_text(value) or None)


def without_decimals(values: pd.Series) -> pd.Series:
    """Return texts without the decimal that a program adds to a column of numbers with blanks.

    It goes where all are whole numbers that have it: the next export, without a blank, has none.
    """
    if values.str.fullmatch(_WITH_DECIMAL, na=True).all():
        return values.str.removesuffix(".0").astype(object)
    return values


# Numbers ----------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?\d+,\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}((?:\.\d{3})+)(,\d+)?")
_ENGLISH = re.compile(r"[+-]?[1-9]\d{0,2}((?:,\d{3})+)(\.\d+)?")


def parse_numbers(values: pd.Series, *, whole: bool) -> tuple[pd.Series, pd.Series]:
    """Return numbers and a mask of unreadable cells; text may have a decimal comma and a %.

    A share is no count: where the column is ``whole``, a % is unreadable.

    Dots between groups of three are thousands where there are several, or a comma after them, or
    the column is ``whole``; a single one is otherwise a decimal point. The same holds for commas
    and points the other way round, as English writes them.
    """

    def number(value: Any) -> float | None:
        if isinstance(value, (int, float)):
            found: float | None = float(value)
        else:
            found = _written_number(cell_text(value), whole=whole)
        if found is None or not math.isfinite(found):
            return None
        return None if whole and (found != round(found) or abs(found) > _LARGEST_WHOLE) else found

    found = map_distinct(values, number)
    bad = found.isna() & texts(values).notna()
    return found.astype("Float64").astype("Int64" if whole else "Float64"), bad


def numbers_between(
    values: pd.Series, *, whole: bool, low: int, high: int
) -> tuple[pd.Series, pd.Series, str]:
    """Return numbers, NA where blank or unfit, a mask of the unfit cells, and what to say of them.

    Unfit is what is no number, or lies outside ``low`` to ``high``.
    """
    found, bad = parse_numbers(values, whole=whole)
    bad |= found.notna() & ~found.between(low, high).fillna(False).astype(bool)
    kind = "số nguyên" if whole else "số"
    reason = f"cần một {kind} từ {in_groups(low)} đến {in_groups(high)}; hãy sửa ô này."
    return found.where(~bad), bad, reason


def in_groups(number: int) -> str:
    """Return a whole number in groups of three; four digits, as of a year, stay together."""
    return f"{number:,}".replace(",", ".") if number >= 10_000 else str(number)


def _written_number(text: str, *, whole: bool) -> float | None:
    if whole and "%" in text:
        return None
    plain = re.sub(r"[\s%]", "", text)
    grouped = _GROUPED.fullmatch(plain)
    if grouped and (whole or grouped[2] or len(grouped[1]) > 4):
        return float(plain.replace(".", "").replace(",", "."))
    english = _ENGLISH.fullmatch(plain)
    if english and (whole or english[2] or len(english[1]) > 4):
        return float(plain.replace(",", ""))
    if _COMMA.fullmatch(plain):
        return float(plain.replace(",", "."))
    return float(plain) if _PLAIN.fullmatch(plain) else None
