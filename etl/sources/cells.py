"""Raw cells → text, dates and numbers, whole columns at a time.

Every parser returns the values and a mask of the cells that hold something unreadable.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from etl.reading.table import cell_text

Order = Literal["dmy", "mdy", "ymd"]

FIRST_YEAR, LAST_YEAR = 1990, 2100
_SERIAL_MIN, _SERIAL_MAX = 20_000, 80_000
"""Excel day numbers from 1954 to 2119; any other number in a date column is no date."""

_TIME = r"(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})?(?::(?P<second>\d{2}))?(?:[.,]\d+)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:[T ]+{_TIME})?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_NUMERIC = re.compile(
    rf"(?P<first>\d{{1,2}})[-/.](?P<second_part>\d{{1,2}})[-/.](?P<year>\d{{4}})"
    rf"(?:[T, ]+{_TIME})?\s*(?P<half>SA|CH|AM|PM)?",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(
    rf"{_TIME}\s*(?:,|ngày)?\s+(?P<first>\d{{1,2}})[-/.](?P<second_part>\d{{1,2}})[-/.]"
    r"(?P<year>\d{4})",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(?:tháng|kỳ|kì|t)?\s*(?P<month>0?[1-9]|1[0-2])\s*(?:[/.-]|năm)\s*(?P<year>\d{4})",
    re.IGNORECASE,
)
_ISO_MONTH = re.compile(r"(?P<year>\d{4})[-/](?P<month>0?[1-9]|1[0-2])")
_PARTS = ("year", "month", "day", "hour", "minute", "second")


def texts(values: pd.Series) -> pd.Series:
    """Return cells as tidy text; None for blanks."""
    text = values.map(cell_text)
    return text.astype(object).where(text != "", None)


@dataclass(frozen=True)
class Dates:
    """A parsed date column: ``values`` datetime64[s], local and naive; NaT blank or unreadable.

    ``month_only`` marks cells that named a month: their value is the month's first day.
    ``order`` is the day/month order that the column itself settled, None where it did not.
    """

    values: pd.Series
    bad: pd.Series
    month_only: pd.Series
    order: Order | None


def parse_dates(
    values: pd.Series, *, order: Order | None, zone: str, fallback: Order = "dmy"
) -> Dates:
    """Parse a column of typed cells, Excel day numbers and text.

    ISO text is always understood. Other text is read in ``order``; without one the column itself
    decides over all its cells (a part above 12 is the day), else ``fallback``. Times with an
    offset are brought to ``zone`` and then lose it.
    """
    result = pd.Series(pd.NaT, index=values.index, dtype="datetime64[s]")
    month_only = pd.Series(False, index=values.index)
    raw = values.astype(object)
    is_typed = raw.map(lambda v: isinstance(v, (dt.date, dt.datetime)) and v == v).astype(bool)
    if is_typed.any():
        result[is_typed] = _typed_dates(raw[is_typed], zone=zone)
    is_number = raw.map(
        lambda v: isinstance(v, (int, float)) and not isinstance(v, bool) and v == v
    ).astype(bool)
    if is_number.any():
        result[is_number] = _serial_dates(raw[is_number])
    text = texts(raw[~is_typed & ~is_number])
    filled = text[text.notna()].astype(str)
    settled: Order | None = None
    if not filled.empty:
        result.loc[filled.index], settled, named = _text_dates(
            filled, order=order, zone=zone, fallback=fallback
        )
        month_only.loc[named] = True
    year = result.dt.year
    result = result.where(year.between(FIRST_YEAR, LAST_YEAR), pd.NaT)
    is_blank = raw.map(cell_text) == ""
    return Dates(result, result.isna() & ~is_blank, month_only, settled)


def _typed_dates(values: pd.Series, *, zone: str) -> pd.Series:
    def naive(value: dt.date | dt.datetime) -> dt.datetime:
        if not isinstance(value, dt.datetime):
            return dt.datetime(value.year, value.month, value.day)
        if value.tzinfo is not None:
            value = value.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        return value

    return pd.to_datetime(values.map(naive)).dt.round("s").astype("datetime64[s]")


def _serial_dates(values: pd.Series) -> pd.Series:
    """Excel day numbers of the 1900 epoch; the fraction is the time of day."""
    number = pd.to_numeric(values).astype(float)
    number = number.where(number.between(_SERIAL_MIN, _SERIAL_MAX))
    seconds = (number * 86_400).round()
    return (pd.Timestamp("1899-12-30") + pd.to_timedelta(seconds, unit="s")).astype("datetime64[s]")


def _text_dates(
    text: pd.Series, *, order: Order | None, zone: str, fallback: Order
) -> tuple[pd.Series, Order | None, pd.Index]:
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[s]")
    iso = _extract(text, _ISO)
    if not iso.empty:
        result.loc[iso.index] = _from_offset(_assemble(iso), iso["offset"], zone=zone)
    rest = text.drop(iso.index)
    numeric = pd.concat([_extract(rest, _NUMERIC), _extract(rest, _TIME_FIRST)])
    settled = _settle(numeric) if order in (None, "ymd") else order
    if not numeric.empty:
        effective = settled or fallback
        day, month = ("first", "second_part") if effective == "dmy" else ("second_part", "first")
        named = numeric.rename(columns={day: "day", month: "month"})
        result.loc[named.index] = _assemble(named)
    rest = rest.drop(numeric.index)
    months = pd.concat([_extract(rest, _ISO_MONTH), _extract(rest, _MONTH)])
    months = months[~months.index.duplicated()]
    if not months.empty:
        result.loc[months.index] = _assemble(months.assign(day="1"))
    return result, settled, months.index


def _extract(text: pd.Series, pattern: re.Pattern[str]) -> pd.DataFrame:
    """Return the named parts of the cells that match ``pattern`` as a whole."""
    anchored = re.compile(rf"^(?:{pattern.pattern})$", pattern.flags)
    parts = text.astype(object).str.extract(anchored)
    return parts[parts["year"].notna()]


def _settle(numeric: pd.DataFrame) -> Order | None:
    if numeric.empty:
        return None
    first = int((numeric["first"].astype(int) > 12).sum())
    second = int((numeric["second_part"].astype(int) > 12).sum())
    if first == second:
        return None
    return "dmy" if first > second else "mdy"


def _assemble(parts: pd.DataFrame) -> pd.Series:
    """Return the moments that named parts spell; NaT for what no calendar has (31/02)."""
    numbers = pd.DataFrame(
        {
            name: pd.to_numeric(parts[name]).fillna(0)
            if name in parts
            else pd.Series(0, index=parts.index)
            for name in _PARTS
        }
    ).astype("int64")
    if "half" in parts:
        half = parts["half"].astype(object).str.upper()
        afternoon = half.isin(["CH", "PM"]) & (numbers["hour"] < 12)
        midnight = half.isin(["SA", "AM"]) & (numbers["hour"] == 12)
        numbers["hour"] += afternoon * 12 - midnight * 12
    return pd.to_datetime(numbers, errors="coerce").astype("datetime64[s]")


def _from_offset(values: pd.Series, offsets: pd.Series, *, zone: str) -> pd.Series:
    has = offsets.notna()
    if not has.any():
        return values
    offset = offsets[has].astype(str).str.replace("Z", "+00:00").str.replace(":", "")
    sign = np.where(offset.str[0] == "-", -1, 1)
    hours = offset.str[1:3].astype(int)
    minutes = pd.to_numeric(offset.str[3:5], errors="coerce").fillna(0).astype(int)
    utc = values[has] - pd.to_timedelta(sign * (hours * 60 + minutes), unit="min")
    local = utc.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    result = values.copy()
    result[has] = local.astype("datetime64[s]")
    return result


def parse_numbers(values: pd.Series, *, whole: bool) -> tuple[pd.Series, pd.Series]:
    """Return numbers and a mask of unreadable cells; text may have a decimal comma and a %."""
    text = texts(values)
    plain = text.astype(object).str.replace(r"[\s%\u00a0]", "", regex=True)
    is_vietnamese = plain.str.fullmatch(r"-?\d{1,3}(\.\d{3})*(,\d+)?", na=False) & (
        plain.str.contains(",", na=False) | plain.str.fullmatch(r"-?\d{1,3}(\.\d{3}){2,}", na=False)
    )
    plain = plain.where(
        ~is_vietnamese, plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    )
    number = pd.to_numeric(plain, errors="coerce")
    bad = text.notna() & number.isna()
    if whole:
        bad |= number.notna() & (number != number.round())
        return number.where(~bad).round().astype("Int64"), bad
    return number.astype("Float64"), bad
