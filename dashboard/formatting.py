"""Numbers and dates as Vietnamese readers write them; the one home of display formats.

Plain code instead of Babel: Babel's ``vi`` puts no blank before the percent sign and has none of
the forms for points, ranges and periods. Rounding is half-up on decimals, never on binary floats,
so that 1/8 reads 12,5 % and 0,345 reads 34,5 % in every place. A value that is not there prints
"–"; zero prints "0 %", never "0,0 %", and only a true 100 % prints without decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from unicodedata import normalize

import pandas as pd

from dashboard.filters import Period
from etl.formats import local

NOTHING = "–"
NBSP = "\u00a0"
MINUS = "\u2212"

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_QUARTERS = {"Q1": "Quý I", "Q2": "Quý II", "Q3": "Quý III", "Q4": "Quý IV"}
_HALVES = {"H1": "6 tháng đầu năm", "H2": "6 tháng cuối năm"}
_NOISE = Decimal("1e-9")
"""Differences of equal fractions come out of binary subtraction about this far from zero."""


def is_nothing(value: Any) -> bool:
    """Whether ``value`` is None, NaN, NaT or NA."""
    return not isinstance(value, str) and bool(pd.isna(value))


def decimal(value: Any) -> Decimal:
    """Return a number as the decimal that it prints as: 0.345 is 0.345, not 0.34499…"""
    if isinstance(value, Decimal):
        return value
    return Decimal(str(value.item() if hasattr(value, "item") else value))


def number(value: Any, decimals: int = 0) -> str:
    """Return 1234.5 as "1.234,5"."""
    if is_nothing(value):
        return NOTHING
    rounded = decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else ""
    return sign + f"{abs(rounded):,f}".translate(str.maketrans(",.", ".,"))


def plain(value: Any) -> str:
    """Return a number with the decimals it has: 3.0 as "3", 2.5 as "2,5"."""
    if is_nothing(value):
        return NOTHING
    exact = decimal(value).normalize()
    return number(exact, max(0, -int(exact.as_tuple().exponent)))


def count(value: Any) -> str:
    """Return a count: "1.234"."""
    return number(value, 0)


def late_days(days: int) -> str:
    """Return days past a due date as "3", days that are left as "còn 3"."""
    return count(days) if days >= 0 else f"còn {count(-days)}"


def count_noun(value: Any, noun: str) -> str:
    """Return "443 phiếu"."""
    return NOTHING if is_nothing(value) else f"{count(value)} {noun}".rstrip()


def fraction_of(numerator: Any, denominator: Any) -> str:
    """Return "13/326"."""
    return f"{count(numerator)}/{count(denominator)}"


def count_of(numerator: Any, denominator: Any, noun: str) -> str:
    """Return "13/326 hồ sơ"."""
    return f"{fraction_of(numerator, denominator)} {noun}".rstrip()


def signed(value: Any, noun: str = "") -> str:
    """Return a change of a count: "+3 phiếu", "−1 nhiệm vụ"; "không đổi" at zero."""
    if is_nothing(value):
        return NOTHING
    if value == 0:
        return "không đổi"
    return f"{'+' if value > 0 else ''}{count(value)} {noun}".rstrip()


def percent(value: Any, decimals: int = 1) -> str:
    """Return a fraction 0–1 as "90,8 %"; 0 and 1 themselves as "0 %" and "100 %"."""
    return percent_points(None if is_nothing(value) else decimal(value) * 100, decimals)


def percent_of(numerator: Any, denominator: Any, decimals: int = 1) -> str:
    """Return a share of counts as "4,0 %", exactly half-up; "–" where there is none."""
    if is_nothing(numerator) or is_nothing(denominator) or denominator == 0:
        return NOTHING
    return percent_points(decimal(numerator) * 100 / decimal(denominator), decimals)


def percent_points(value: Any, decimals: int = 1) -> str:
    """Return a percentage 0–100 as "90,8 %"."""
    if is_nothing(value):
        return NOTHING
    return f"{_bare(decimal(value), decimals)}{NBSP}%"


def percent_range(low: Any, high: Any, decimals: int = 1) -> str:
    """Return an interval of fractions as "2,3–6,7 %"."""
    if is_nothing(low) or is_nothing(high):
        return NOTHING
    ends = (_bare(decimal(end) * 100, decimals) for end in (low, high))
    return f"{'–'.join(ends)}{NBSP}%"


def points(change: Any, decimals: int = 1) -> str:
    """Return a difference of fractions as "+1,3 điểm"; "không đổi" at zero."""
    if is_nothing(change):
        return NOTHING
    exact = decimal(change) * 100
    if abs(exact) < _NOISE:
        return "không đổi"
    words = number(exact, decimals)
    if not words.strip("0,\u2212"):
        return f"dưới {number(Decimal(1).scaleb(-decimals), decimals)} điểm"
    return f"{'+' if exact > 0 else ''}{words} điểm"


def _bare(points_: Decimal, decimals: int) -> str:
    return number(points_, 0 if points_ in (0, 100) else decimals)


def moment(at: datetime, *, seconds: bool = False) -> str:
    """Return a recorded time by the office's clock: 13:45 UTC as "25/11/2026 20:45"."""
    return f"{local(at):{'%d/%m/%Y %H:%M:%S' if seconds else '%d/%m/%Y %H:%M'}}"


def day(value: date | datetime | None) -> str:
    """Return "30/06/2024"."""
    return NOTHING if is_nothing(value) else f"{value:%d/%m/%Y}"


def day_short(value: date | datetime | None) -> str:
    """Return "18/12"."""
    return NOTHING if is_nothing(value) else f"{value:%d/%m}"


def weekday(value: date) -> str:
    """Return "Thứ Năm 02/01"."""
    return f"{_WEEKDAYS[value.weekday()]} {day_short(value)}"


def month_label(month: str) -> str:
    """Return 2024-06 as "Tháng 6/2024"."""
    return f"Tháng {month_short(month)}"


def month_words(month: str) -> str:
    """Return 2024-06 as "tháng 6", for sentences in which the year is plain."""
    return f"tháng {int(month[5:7])}"


def month_short(month: str) -> str:
    """Return 2024-06 as "6/2024"."""
    return f"{int(month[5:7])}/{month[:4]}"


def month_tick(month: str) -> str:
    """Return 2024-06 as "T6"."""
    return f"T{int(month[5:7])}"


def report_month_label(first_day: int) -> str:
    """Return what months that begin on a day of the month before are called: "… 15–14"."""
    return f"Tháng báo cáo {first_day}–{first_day - 1}"


def calendar_words(calendar: str) -> str:
    """Return what follows a period of report months: ", theo tháng báo cáo"; "" for others."""
    return ", theo tháng báo cáo" if calendar == "report" else ""


def period_label(period: Period) -> str:
    """Return "Tháng 6/2024", "Quý II/2024", "6 tháng đầu năm 2024", "Năm 2024" and the like."""
    if period.kind == "month":
        return month_label(period.code)
    if period.kind == "quarter":
        return f"{_QUARTERS[period.part]}/{period.year}"
    if period.kind == "half":
        return f"{_HALVES[period.part]} {period.year}"
    if period.kind == "nine_months":
        return f"9 tháng năm {period.year}"
    return f"Năm {period.year}"


def period_words(period: Period) -> str:
    """Return the period inside a sentence: "tháng 6/2024", "quý II/2024"."""
    return lower_first(period_label(period))


def capital(words: str) -> str:
    """Return words that begin a sentence or a label."""
    return f"{words[:1].upper()}{words[1:]}"


def lower_first(words: str) -> str:
    """Return words as they stand inside a sentence; what follows the first letter is kept."""
    return f"{words[:1].lower()}{words[1:]}"


_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")


def alphabetical(label: str) -> tuple[bool, list[tuple[int, str]], str]:
    """Return the key that sorts labels as a Vietnamese dictionary does: đ after d, tones last.

    What stands in brackets is no name, "(chưa ghi)", and comes after the names.
    """
    toneless = normalize("NFC", normalize("NFD", label.casefold()).translate(_TONES))
    letters = [(_LETTERS.get(letter, -1), letter) for letter in toneless]
    return label.startswith("("), letters, label


def join_words(words: Iterable[str]) -> str:
    """Return "I.1, II.1 và V.3"."""
    parts = list(words)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} và {parts[-1]}"


def short_list(words: Iterable[str], *, most: int = 3) -> str:
    """Return the first few of a list and how many more there are: "I.1, I.2, V.3 và 2 nữa"."""
    parts = list(words)
    if len(parts) <= most:
        return ", ".join(parts)
    return f"{', '.join(parts[:most])} và {len(parts) - most} nữa"


def version(code: str) -> str:
    """Return a data version in two readable halves: "7f3ac21e" as "7f3a·c21e"."""
    return f"{code[:4]}·{code[4:8]}" if len(code) >= 8 and "·" not in code else code
