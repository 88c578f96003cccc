"""Date cells → moments: every way in which a file writes a day, a month or a quarter.

The date columns of a file name the same minutes over and over, each other's too: what they hold is
read once for all of them.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.reading.cells import cell_text
from etl.reading.words import distinct_cells_of
from etl.working_time import FIRST_DAY, LAST_DAY

Order = Literal["dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = FIRST_DAY.year, LAST_DAY.year
_SERIAL_MIN, _SERIAL_MAX = 20_000, 80_000
"""Excel day numbers from 1954 to 2119; any other number in a date column is no date."""
_SERIAL_EPOCH = np.datetime64("1899-12-30", "s")
_DAYS_TO_1904 = 1462
_DAY_SECONDS = 86_400

_ISO, _NUMERIC = 1, 2
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2}),?")
_NUMERIC_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}),?")
_CLOCK = re.compile(
    r"(?:[-–,] ?|lúc )?(\d{1,2})[:hg](\d{2})?(?::(\d{2}))?(?:[.,]\d+)?"
    r" ?(SA|CH|[AP]\.?M\.?)? ?(Z|[+-]\d{2}(?::?\d{2})?)?(?:,| ?ngày)?",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(?:tháng|kỳ|kì|t)?\s*(0?[1-9]|1[0-2])(?:\s*(?:[/.-]|năm)\s*|\s+)(\d{4})", re.IGNORECASE
)
_ISO_MONTH = re.compile(r"(\d{4})[-/ ](0?[1-9]|1[0-2])")
_QUARTER = re.compile(
    r"(?:quý|quarter|qtr|q)\s*(?P<a>[1-4]|i{1,3}|iv)\s*(?:[/.,-]|năm)?\s*(?P<b>\d{4})"
    r"|(?P<d>\d{4})\s*[/.-]?\s*(?:quý|quarter|qtr|q)\s*(?P<c>[1-4]|i{1,3}|iv)"
    r"|(?P<e>[1-4])(?:st|nd|rd|th)?\s*(?:quarter|qtr|q)\s*[/.,-]?\s*(?P<f>\d{4})",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_MONTH = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_NAMED_DAY = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ /.-]?{_NAMED_MONTH}[ /.,-]{{0,2}}"
    rf"|{_NAMED_MONTH}[ -](?P<second>\d{{1,2}})(?:st|nd|rd|th)?(?:,? |-))(?P<year>\d{{4}})"
    r"(?P<clock>,? .*)?",
    re.IGNORECASE,
)
"""03-Jun-2024, 3 June 2024, June 3, 2024, each with a weekday before it and a time after it."""
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[ /.-]?{_NAMED_MONTH}[ /.-](?P<day>\d{{1,2}})(?P<clock>,? .*)?",
    re.IGNORECASE,
)
_MONTH_OF_YEAR = re.compile(
    rf"{_NAMED_MONTH}[ /.,-]{{0,2}}(?P<year>\d{{4}})"
    rf"|(?P<first>\d{{4}})[ /.,-]{{0,2}}{_NAMED_MONTH}",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\.0|[T ]?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z?))?")
_SHORT_YEARS = {
    "dmy": re.compile(
        r"(?<!\d)(?P<before>\d{1,2}[-/.]\d{1,2}[-/.]"
        rf"|\d{{1,2}}[ /.-]?{_NAMED_MONTH}[ /.,-]{{0,2}}|{_NAMED_MONTH}[ -]\d{{1,2}}(?:,? |-)"
        rf"|^{_NAMED_MONTH}[ /.,-]{{1,2}}(?=\d\d$))"
        r"(?P<year>\d\d)(?![\d:])",
        re.IGNORECASE,
    ),
    "ymd": re.compile(r"(?<!\d)(?P<before>)(?P<year>\d\d)(?=[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))"),
}
_SHORT_YEARS["mdy"] = _SHORT_YEARS["dmy"]
_SPACED = re.compile(r"(\d{4} \d{1,2} \d{1,2}|\d{1,2} \d{1,2} \d{4})(?![\d:])")
"""Year, month and day that stood in columns of their own."""
_UTC = re.compile(r" ?(?:UTC|GMT)$", re.IGNORECASE)
_ODD = re.compile(r"\d{8}|.*[A-Za-z]{3}")
_EPOCH = re.compile(r"(?:[1-9]\d{8,9}|[1-9]\d{11,12})(?:\.\d+)?")
_MILLISECONDS = 10**11
_SERIAL_TEXT = re.compile(r"\d{5}(?:[.,]\d+)?")
_NO_OFFSET = 10_000
_BLOCK_TEXTS = 50_000

Numbers = npt.NDArray[np.int64]
Moments = npt.NDArray[np.datetime64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dates:
    """A date column read in one order: ``values`` datetime64[s], local and naive.

    NaT where the cell is blank or, marked ``bad``, unreadable. ``month_only`` marks cells that
    named a month: their value is the month's first day. ``quarter`` marks those of them that
    named a quarter: their month is its last.
    """

    values: pd.Series
    bad: pd.Series
    month_only: pd.Series
    quarter: pd.Series


@dataclass(frozen=True, eq=False)
class DateWords:
    """The distinct date cells of a file taken apart, each once and one more for none at the end.

    ``moments`` holds what has one reading: typed cells, Excel day numbers, ISO, months.
    ``undecided`` are the others, "a/b/year", whose parts stand in ``parts`` (first, second, year,
    seconds of the day, offset in minutes), a row each.
    """

    moments: Moments
    filled: Marks
    month_only: Marks
    quarter: Marks
    undecided: Marks
    parts: Numbers
    zone: str

    @cached_property
    def day_first(self) -> Moments:
        """The moments with the day first in what is undecided; NaT for what is no date."""
        return self._decided(day=self.parts[0], month=self.parts[1])

    @cached_property
    def month_first(self) -> Moments:
        """The moments with the month first in what is undecided; NaT for what is no date."""
        return self._decided(day=self.parts[1], month=self.parts[0])

    def _decided(self, *, day: Numbers, month: Numbers) -> Moments:
        year, seconds, offset = self.parts[2:]
        decided = _assemble(year, month, day, seconds, offset, zone=self.zone)
        moments = np.where(self.undecided, decided, self.moments)
        years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
        moments[(years < FIRST_YEAR) | (years > LAST_YEAR)] = np.datetime64("NaT")
        return moments


@dataclass(frozen=True, eq=False)
class DateCells:
    """A date column taken apart, before it is decided which of two numbers is the day.

    ``places`` says which of ``words`` each row holds, the last for none.
    """

    index: pd.Index
    places: npt.NDArray[np.integer]
    words: DateWords

    @property
    def is_undecided(self) -> pd.Series:
        """Which rows have two readings."""
        return self._of_rows(self.words.undecided)

    @property
    def only_day_first(self) -> Marks:
        """Which rows can only be day/month."""
        words = self.words
        marks = words.undecided & (words.parts[0] > 12) & (words.parts[1] <= 12)
        return marks[self.places]

    @property
    def only_month_first(self) -> Marks:
        """Which rows can only be month/day."""
        words = self.words
        marks = words.undecided & (words.parts[0] <= 12) & (words.parts[1] > 12)
        return marks[self.places]

    def read(self, order: Order) -> Dates:
        """Return the column with ``order`` for the undecided cells."""
        words = self.words
        moments = words.day_first if order == "dmy" else words.month_first
        return Dates(
            values=self._of_rows(moments),
            bad=self._of_rows(np.isnat(moments) & words.filled),
            month_only=self._of_rows(words.month_only),
            quarter=self._of_rows(words.quarter),
        )

    def _of_rows(self, values: npt.NDArray[Any]) -> pd.Series:
        return pd.Series(values[self.places], index=self.index)


def read_dates(
    columns: Mapping[str, pd.Series],
    *,
    zone: str,
    is_1904: bool = False,
    is_mapped: bool = False,
    told_order: str | None = None,
) -> dict[str, DateCells]:
    """Take apart columns of typed cells, Excel day numbers and text, all in one go.

    With ``is_1904``, day numbers in number cells count from 1904, as old Macintosh files do.
    With ``is_mapped``, someone has said that the columns hold moments: large numbers are seconds
    or milliseconds since 1970 and no telephone numbers. With ``told_order`` ("dmy", "mdy" or
    "ymd"), a year may have two digits.

    Text: ISO, day/month/year with / - . or blanks in either order, 20240630, 30-Jun-2024 or
    June 30, 2024, with a time before or after it; a month, or a quarter. Moments with an offset
    are brought to ``zone`` and then lose it; others are local.
    """
    distinct, places = distinct_cells_of(list(columns.values()))
    words = _taken_apart(
        np.append(distinct, np.array([None], dtype=object)),
        zone=zone,
        is_1904=is_1904,
        is_mapped=is_mapped,
        short_year=_SHORT_YEARS[told_order] if told_order else None,
    )
    return {
        name: DateCells(cells.index, at, words)
        for (name, cells), at in zip(columns.items(), places, strict=True)
    }


def _taken_apart(
    raw: npt.NDArray[np.object_],
    *,
    zone: str,
    is_1904: bool,
    is_mapped: bool,
    short_year: re.Pattern[str] | None,
) -> DateWords:
    moments = np.full(len(raw), np.datetime64("NaT"), dtype="datetime64[s]")
    written = np.full(len(raw), "", dtype=object)
    filled = np.ones(len(raw), dtype=bool)
    typed: list[int] = []
    plain, parts, is_iso, is_numeric = _plain_texts(raw)
    for place in np.flatnonzero(~plain).tolist():
        value = raw[place]
        if isinstance(value, str):
            # Splitting is much faster than tidying, and most dates are plain ASCII.
            text = " ".join(value.split()) if value.isascii() else cell_text(value)
            filled[place] = text != ""
            # Twelve digits from 19 or 20 on are a minute: so many milliseconds would be in 1976.
            if is_mapped and _EPOCH.fullmatch(text) and not _COMPACT.fullmatch(text):
                moments[place] = _epoch_moment(float(text), zone)
                continue
            if found := _SPACED.match(text):
                text = found[0].replace(" ", "-") + text[found.end() :]
            if short_year:
                text = short_year.sub(r"\g<before>20\g<year>", text, count=1)
            written[place] = _in_iso(text) if _ODD.match(text) else text
        elif isinstance(value, dt.date) and value == value:
            typed.append(place)
        elif (
            isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        ):
            if value == int(value) and _COMPACT.fullmatch(str(int(value))):
                written[place] = _in_iso(str(int(value)))
            elif is_mapped and _EPOCH.fullmatch(str(int(value))):
                moments[place] = _epoch_moment(value, zone)
            else:
                moments[place] = _serial_moment(value + (_DAYS_TO_1904 if is_1904 else 0))
        else:
            filled[place] = cell_text(value) != ""
    moments[typed] = _typed_moments([raw[place] for place in typed])
    others = np.flatnonzero(written != "")
    parts[:, others], is_iso[others], is_numeric[others] = _split_texts(written[others])
    first, second, year, seconds, offset = parts
    iso = _assemble(year, second, first, seconds, offset, zone=zone)
    moments = np.where(is_iso, iso, moments)
    rest = (written != "") & ~is_iso & ~is_numeric
    named = {text: _month_or_serial(text) for text in set(written[rest])}
    moments[rest] = np.array([named[text][0] for text in written[rest]], dtype="datetime64[s]")
    month_only, quarter = rest.copy(), rest.copy()
    month_only[rest] = [named[text][1] for text in written[rest]]
    quarter[rest] = [_QUARTER.fullmatch(text) is not None for text in written[rest]]
    return DateWords(moments, filled, month_only, quarter, is_numeric, parts, zone)


def _typed_moments(values: list[dt.date]) -> Moments:
    """Return date cells to the second: 08:15 may be stored as 08:14:59.999."""
    moments = np.array(values, dtype="datetime64[us]")
    return (moments + np.timedelta64(500, "ms")).astype("datetime64[s]")


def _serial_moment(value: float) -> np.datetime64:
    """Excel day numbers of the 1900 epoch; the fraction is the time of day."""
    if not _SERIAL_MIN <= value <= _SERIAL_MAX:
        return np.datetime64("NaT", "s")
    return _SERIAL_EPOCH + np.timedelta64(round(value * _DAY_SECONDS), "s")


def _epoch_moment(value: float, zone: str) -> np.datetime64:
    """Return the local moment that lies so many seconds, or milliseconds, after 1970 began."""
    seconds = value / 1000 if value >= _MILLISECONDS else value
    utc = pd.Timestamp(round(seconds), unit="s", tz="UTC")
    return utc.tz_convert(zone).tz_localize(None).to_datetime64().astype("datetime64[s]")


def _in_iso(text: str) -> str:
    """Return a day or month that is written without marks, or by the month's name, as ISO.

    What is neither comes back as it is.
    """
    text = _UTC.sub("Z", text)
    if found := _MONTH_OF_YEAR.fullmatch(text):
        month = _MONTHS.index((found[1] or found[4]).lower()) + 1
        return f"{found['year'] or found['first']}-{month:02d}"
    if found := _NAMED_DAY.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        month = _MONTHS.index((found[2] or found[3]).lower()) + 1
        day = int(found["day"] or found["second"])
        return (
            f"{found['year']}-{month:02d}-{day:02d} {(found['clock'] or '').lstrip(', ')}".strip()
        )
    if found := _COMPACT.fullmatch(text):
        clock = f" {found[4]}:{found[5]}:{found[6] or '00'}{found[7]}" if found[4] else ""
        return f"{found[1]}-{found[2]}-{found[3]}{clock}"
    return text


def _month_or_serial(text: str) -> tuple[np.datetime64, bool]:
    """Return the moment that a whole cell names, and whether it names a month or quarter only."""
    if found := _MONTH.fullmatch(text):
        return np.datetime64(f"{found[2]}-{int(found[1]):02d}-01", "s"), True
    if found := _ISO_MONTH.fullmatch(text):
        return np.datetime64(f"{found[1]}-{int(found[2]):02d}-01", "s"), True
    if found := _QUARTER.fullmatch(text):
        word = (found["a"] or found["c"] or found["e"]).lower()
        month = 3 * (_ROMAN.get(word) or int(word))
        year = found["b"] or found["d"] or found["f"]
        return np.datetime64(f"{year}-{month:02d}-01", "s"), True
    if _SERIAL_TEXT.fullmatch(text):
        return _serial_moment(float(text.replace(",", "."))), False
    return np.datetime64("NaT", "s"), False


def _plain_texts(raw: npt.NDArray[np.object_]) -> tuple[Marks, Numbers, Marks, Marks]:
    """Read what nearly every date cell is: 30/06/2024 or 2024-06-30, or with 08:15, 08:15:00.

    Returns which cells are so written, their parts as :func:`_split_texts` does, and which of
    them are ISO and a/b/year. Digits are read as columns of bytes, a hundred times as fast as a
    pattern is matched.
    """
    size = len(raw)
    parts = np.zeros((5, size), dtype=np.int64)
    parts[4] = _NO_OFFSET
    lengths = np.fromiter(
        (len(v) if isinstance(v, str) and v.isascii() else 0 for v in raw), np.int64, count=size
    )
    plain, iso, numeric = np.zeros((3, size), dtype=bool)
    places = np.flatnonzero(np.isin(lengths, (10, 16, 19)))
    # Block by block: spread out into digits, texts take ten times their room.
    for start in range(0, len(places), _BLOCK_TEXTS):
        at = places[start : start + _BLOCK_TEXTS]
        cells = np.array(raw[at].tolist(), dtype="S19").view(np.uint8).reshape(-1, 19)
        for is_iso, marks in ((False, numeric), (True, iso)):
            found, told = _plain_parts(cells, lengths[at], is_iso=is_iso)
            parts[:4, at[found]] = told
            plain[at[found]] = marks[at[found]] = True
    return plain, parts, iso, numeric


def _plain_parts(
    cells: npt.NDArray[np.uint8], lengths: Numbers, *, is_iso: bool
) -> tuple[npt.NDArray[np.integer], Numbers]:
    """Return which of ``cells``, 19 bytes each, are such dates, and the first four parts of those.

    What stands right of a shorter cell is nothing.
    """
    pattern = b"0000-00-00 00:00:00" if is_iso else b"00/00/0000 00:00:00"
    wanted = np.frombuffer(pattern, dtype=np.uint8)
    is_digit = wanted == ord("0")
    right = np.where(is_digit, (cells >= ord("0")) & (cells <= ord("9")), cells == wanted)
    if is_iso:
        right[:, 10] |= cells[:, 10] == ord("T")
    right |= np.arange(19) >= lengths[:, None]
    found = np.flatnonzero(right.all(axis=1))
    shown = cells[found]
    digits = np.where(is_digit & (shown != 0), shown - ord("0"), 0).astype(np.int64)

    def number(first: int, last: int) -> Numbers:
        return digits[:, first:last] @ 10 ** np.arange(last - first - 1, -1, -1)

    hour, minute, second = number(11, 13), number(14, 16), number(17, 19)
    is_clock = (hour < 24) & (minute < 60) & (second < 60)
    days = ((8, 10), (5, 7), (0, 4)) if is_iso else ((0, 2), (3, 5), (6, 10))
    told = np.stack([*(number(*span) for span in days), hour * 3600 + minute * 60 + second])
    return found[is_clock], told[:, is_clock]


def _split_texts(written: npt.NDArray[np.object_]) -> tuple[Numbers, Marks, Marks]:
    """Return parts (first, second, year, seconds, offset), and which texts are ISO or a/b/year.

    Days and times repeat much more than moments do: each is matched once.
    """
    heads = np.full(len(written), "", dtype=object)
    tails = np.full(len(written), "", dtype=object)
    for place, text in enumerate(written):
        if text[10:11] == "T":
            heads[place], tails[place] = text[:10], text[11:]
        else:
            heads[place], _, tails[place] = text.partition(" ")
    days, clocks = _each(heads, _day_parts, 4), _each(tails, _clock_parts, 2)
    is_read = (days[3] > 0) & (clocks[0] >= 0)
    # What is left may have its time before its day.
    turned = np.flatnonzero(~is_read & (written != ""))
    for place in turned.tolist():
        heads[place], _, tails[place] = written[place].rpartition(" ")
    if len(turned):
        days[:, turned] = _each(tails[turned], _day_parts, 4)
        clocks[:, turned] = _each(heads[turned], _clock_parts, 2)
        is_read = (days[3] > 0) & (clocks[0] >= 0)
    parts = np.concatenate([days[:3], clocks])
    return parts, is_read & (days[3] == _ISO), is_read & (days[3] == _NUMERIC)


def _each(
    words: npt.NDArray[np.object_], function: Callable[[str], tuple[int, ...]], width: int
) -> Numbers:
    """Return the numbers that ``function`` finds in each word, a row of the result per number."""
    codes, distinct = pd.factorize(words)
    found = np.array([function(word) for word in distinct], dtype=np.int64)
    return found.reshape(len(distinct), width)[codes].T


def _day_parts(word: str) -> tuple[int, int, int, int]:
    """Return first and second number, year, and which way it is written, 0 for none."""
    if found := _NUMERIC_DAY.fullmatch(word):
        return int(found[1]), int(found[2]), int(found[3]), _NUMERIC
    if found := _ISO_DAY.fullmatch(word):
        return int(found[3]), int(found[2]), int(found[1]), _ISO
    return 0, 0, 0, 0


def _clock_parts(word: str) -> tuple[int, int]:
    """Return seconds of the day, −1 for no time of day, and the offset from UTC in minutes."""
    if not word:
        return 0, _NO_OFFSET
    found = _CLOCK.fullmatch(word)
    if not found:
        return -1, _NO_OFFSET
    hour, minute, second = (int(found[part] or 0) for part in (1, 2, 3))
    half = (found[4] or "").upper().replace(".", "")
    if half in ("CH", "PM") and hour < 12:
        hour += 12
    if half in ("SA", "AM") and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return -1, _NO_OFFSET
    return hour * 3600 + minute * 60 + second, _offset_minutes(found[5])


def _offset_minutes(text: str | None) -> int:
    if not text:
        return _NO_OFFSET
    if text.upper() == "Z":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if text[0] == "-" else minutes


def _assemble(
    year: Numbers, month: Numbers, day: Numbers, seconds: Numbers, offset: Numbers, *, zone: str
) -> Moments:
    """Return the moments that parts spell; NaT for what no calendar has (31/02)."""
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    is_real = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    moments = days.astype("datetime64[s]") + seconds.astype("timedelta64[s]")
    has_offset = is_real & (offset != _NO_OFFSET)
    if has_offset.any():
        utc = moments[has_offset] - offset[has_offset].astype("timedelta64[m]")
        local = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(zone).tz_localize(None)
        moments[has_offset] = local.to_numpy().astype("datetime64[s]")
    moments[~is_real] = np.datetime64("NaT")
    return moments
