"""A table on its way to clean rows: its columns as canonical series, and the ledger of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from etl.catalogue.sources import Source
from etl.catalogue.values import code_of, labels
from etl.mapping import LOCAL_ZONE, Mapping
from etl.normalise import fold
from etl.privacy import names_a_person, redact_series
from etl.reading.cells import cell_text, map_distinct
from etl.reading.sheets import ERROR_TEXTS, NOT_COMPUTED
from etl.reading.table import RawTable
from etl.sources.cells import numbers_between, texts, without_decimals
from etl.sources.columns import Resolved
from etl.sources.dates import FIRST_YEAR, LAST_YEAR, DateCells, Dates, Order, read_dates
from etl.sources.ledger import Ledger, as_in_a_sheet
from etl.sources.model import KnownUnit

_WITH_DECIMALS = re.compile(r"([+-]?\d+)[.,]00?")
_PREFIXES = ("ubnd ", "uy ban nhan dan ")
_FEWEST_MONTH_FIRST = 0.05
_SAME_DAYS = pd.Timedelta(days=3)
"""A dossier is submitted and received within days of the date in its code."""
_KIND_SHORT = {"xã": ("x.", "x "), "phường": ("p.", "p "), "thị trấn": ("tt.", "tt ")}


@dataclass
class Draft:
    """What a source's ``clean`` works on."""

    source: Source
    table: RawTable
    found: Resolved
    mapping: Mapping | None
    unit: str
    known_units: list[KnownUnit]
    today: date
    ledger: Ledger = field(init=False)
    frame: pd.DataFrame = field(init=False)
    parsed: dict[str, pd.Series] = field(init=False, default_factory=dict)
    """The moments of the date columns that were read, by canonical name."""

    def __post_init__(self) -> None:
        self.frame = self.table.frame
        self.ledger = Ledger(self.frame.index)
        self._reject_spilled()
        self._reject_errors()

    def _reject_spilled(self) -> None:
        last = self.frame.columns[-1]
        self.ledger.reject(
            pd.Series(self.frame.index.isin(self.table.spilled), index=self.frame.index),
            column=last,
            values=self.frame[last],
            reason="dòng này có nhiều ô hơn dòng tiêu đề, nên các ô có thể lệch cột; hãy đặt ô "
            'có chứa dấu phân cách trong dấu ngoặc kép (").',
        )

    def _reject_errors(self) -> None:
        """A cell whose formula failed is no blank: its row waits until it is put right.

        Where the mapping says what such a cell means, it means that.
        """
        for header in self.frame.columns:
            cells = self.frame[header]
            self.ledger.reject(
                cells.isin([error for error in ERROR_TEXTS if not self._is_named(header, error)]),
                column=header,
                values=cells,
                reason="ô này báo lỗi công thức trong bảng tính; hãy ghi giá trị đúng, hoặc để "
                "trống nếu không có.",
            )
            self.ledger.reject(
                cells.isin([NOT_COMPUTED]),
                column=header,
                values=cells,
                reason="ô này là công thức mà chương trình ghi tệp chưa tính ra; hãy mở tệp bằng "
                "Excel hoặc LibreOffice, lưu lại rồi nạp lại.",
            )

    def _is_named(self, header: str, error: str) -> bool:
        """Whether the mapping says what ``error`` means wherever the column is read."""
        uses = [name for name, theirs in self.found.columns.items() if theirs == header]
        if header in self.found.questions:
            uses.append("score")
        mapping, ways = self.mapping, ways_to_write(error)
        if mapping is None or not uses:
            return False
        is_code = mapping.is_missing(ways)
        return all(
            mapping.named(use, ways) is not None or (use == "score" and is_code) for use in uses
        )

    # Cells ------------------------------------------------------------------------------------

    def header(self, name: str) -> str:
        """Return the file's header of a canonical column, for messages."""
        return self.found.columns.get(name, self.source.column(name).label)

    def has(self, name: str) -> bool:
        """Whether the file, or a constant of the mapping, gives the column."""
        return name in self.found.columns or (
            self.mapping is not None and name in self.mapping.defaults
        )

    @property
    def present(self) -> frozenset[str]:
        """The canonical columns that are given."""
        return frozenset(name for name in self.source.names if self.has(name))

    def raw(self, name: str) -> pd.Series:
        """Return the raw cells of a canonical column: mapped values, constants where blank."""
        header = self.found.columns.get(name)
        cells = (
            self.frame[header]
            if header is not None
            else pd.Series(None, index=self.frame.index, dtype=object)
        )
        return self.translate(name, cells)

    def translate(self, name: str, cells: pd.Series) -> pd.Series:
        """Apply the mapping's values and constant of ``name`` to cells."""
        mapping = self.mapping
        if mapping is None:
            return cells
        if name in mapping.values:

            def ours(value: object) -> object:
                named = mapping.named(name, ways_to_write(value))
                return value if named is None else named

            cells = map_distinct(cells, ours)
        if name in mapping.defaults:
            blank = texts(cells).isna()
            cells = cells.astype(object).where(~blank, mapping.defaults[name])
        return cells

    def text(self, name: str) -> pd.Series:
        """Return a column as tidy text, redacted, None where blank.

        Names of departments and procedures are typed by hand, too.
        """
        values = texts(self.raw(name))
        filled = values[values.notna()]
        result = values.copy()
        if not filled.empty:
            result.loc[filled.index] = redact_series(filled).astype(object)
        return result

    def key(self, name: str) -> pd.Series:
        """Return a text column that every row must have; rows without it are rejected.

        A number that names a person names no row: such rows are rejected, too. The decimals of a
        column of whole numbers go: the next export, without them, would name other rows.
        """
        values = without_decimals(texts(self.raw(name)))
        self.ledger.reject(
            values.isna(),
            column=self.header(name),
            values=values,
            reason="ô này để trống nên không biết dòng thuộc về đâu; hãy điền rồi nạp lại.",
        )
        personal = names_a_person(values)
        self.ledger.reject(
            personal,
            column=self.header(name),
            values=values,
            reason="ô này ghi số điện thoại, số giấy tờ hoặc thư điện tử của một người, không "
            "được giữ lại; hãy ghi mã của hồ sơ, phiếu hoặc kiến nghị.",
        )
        return values.where(~personal, None)

    def coded(self, name: str) -> pd.Series:
        """Return codes of a column with a value list; words that it lacks are warned.

        They become ``other``, and blank where the list has none.
        """
        values, codes, known = self._codes(name)
        unknown = values.notna() & codes.isna()
        kept = f"giữ lại là «{known['other']}»" if "other" in known else "coi như để trống"
        self.ledger.warn(
            f"unknown_{name}",
            unknown,
            column=self.header(name),
            message=f"cột «{self.header(name)}» có giá trị ngoài danh mục, được {kept}.",
            values=values,
        )
        return codes.where(~unknown, "other") if "other" in known else codes

    def strict_coded(self, name: str) -> pd.Series:
        """Return codes of a column whose unknown words cannot be kept; such rows are rejected."""
        values, codes, known = self._codes(name)
        words = ", ".join(known.values())
        for mask, reason in (
            (values.isna(), f"thiếu giá trị; hãy ghi một trong: {words}."),
            (codes.isna(), f"giá trị không có trong danh mục ({words})."),
        ):
            self.ledger.reject(mask, column=self.header(name), values=values, reason=reason)
        return codes

    def _codes(self, name: str) -> tuple[pd.Series, pd.Series, dict[str, str]]:
        """Return a column's words, their codes, None where unknown, and the labels of codes."""
        domain = self.source.column(name).domain
        values = self.text(name)
        return (
            values,
            map_distinct(values, lambda value: code_of(domain, str(value))),
            labels(domain),
        )

    def number(self, name: str, *, whole: bool, low: int, high: int) -> pd.Series:
        """Return a number column; rows with text or a value out of range are rejected."""
        raw = self.raw(name)
        values, bad, reason = numbers_between(raw, whole=whole, low=low, high=high)
        self.ledger.reject(bad, column=self.header(name), values=raw, reason=reason)
        return values

    # Dates ------------------------------------------------------------------------------------

    def dates(
        self,
        names: Iterable[str],
        *,
        codes: pd.Series | None = None,
        months: bool = False,
        quarters: bool = False,
    ) -> dict[str, Dates]:
        """Read date columns; rows with an unreadable or impossible date are rejected.

        Without an order in the mapping, the dates written in dossier ``codes`` (yyMMdd) decide
        between day/month and month/day; else each column does by its parts above 12, else the
        columns that could; else the day comes first. With ``months``, a cell may name a month;
        with ``quarters``, a quarter, too, which then stands for its last month.
        """
        zone = self.mapping.timezone if self.mapping else LOCAL_ZONE
        raws = {name: self.raw(name) for name in names}
        columns = read_dates(
            raws,
            zone=zone,
            is_1904=self.table.is_1904,
            is_mapped=self.mapping is not None,
            told_order=self.mapping.order if self.mapping else None,
        )
        orders = self._orders(columns, codes)
        parsed = {name: column.read(orders[name]) for name, column in columns.items()}
        for name, dates in parsed.items():
            has_months = dates.month_only.any()
            self.parsed[name] = (
                dates.values.where(~dates.month_only) if has_months else dates.values
            )
            unfit = dates.bad
            unfit = unfit if months else unfit | dates.month_only
            unfit = unfit if quarters else unfit | dates.quarter
            self.ledger.warn(
                "by_quarter",
                dates.quarter & ~unfit,
                column=self.header(name),
                message=f"cột «{self.header(name)}» ghi theo quý; tính vào tháng cuối của quý.",
                values=raws[name],
            )
            self.ledger.reject(
                unfit,
                column=self.header(name),
                values=raws[name],
                reason="không đọc được ngày: cần ngày có thật, năm đủ bốn chữ số từ "
                f"{FIRST_YEAR} đến {LAST_YEAR}, dạng "
                + ("15/06/2024 hoặc 06/2024." if months else "30/06/2024 hoặc 30/06/2024 08:15."),
            )
            if self.source.column(name).is_event:
                self.ledger.reject(
                    dates.values >= pd.Timestamp(self.today + timedelta(days=2)),
                    column=self.header(name),
                    values=raws[name],
                    reason="ngày ở tương lai; hãy kiểm tra lại năm, tháng.",
                )
            if orders[name] == "mdy" and not (self.mapping and self.mapping.order):
                self.ledger.warn(
                    "month_first",
                    columns[name].is_undecided,
                    column=self.header(name),
                    message=f"cột «{self.header(name)}» được đọc theo thứ tự tháng/ngày/năm; "
                    'nếu không đúng, hãy nêu [dates] order = "dmy" trong tệp ánh xạ.',
                    values=raws[name],
                )
        return parsed

    def _orders(self, columns: dict[str, DateCells], codes: pd.Series | None) -> dict[str, Order]:
        given = self.mapping.order if self.mapping else None
        # "ymd" says nothing about dates that end in the year.
        told: Order | None = "dmy" if given == "dmy" else "mdy" if given == "mdy" else None
        told = told or _told_by_codes(columns, codes)
        if told:
            return dict.fromkeys(columns, told)
        own = {name: _own_order(column) for name, column in columns.items()}
        others: Order = "mdy" if set(own.values()) - {None} == {"mdy"} else "dmy"
        return {name: order or others for name, order in own.items()}

    # Units ------------------------------------------------------------------------------------

    def units(self) -> pd.Series:
        """Return the unit code of each row; a row that names an unknown unit is rejected.

        A row that names none belongs to the own unit, unless the source must name it.
        """
        if self.source.column("unit").required:
            values = self.key("unit")
        else:
            values = self.text("unit")
            values = values.where(values.notna(), self.unit)
        words = unit_words(self.known_units)
        codes = map_distinct(values, lambda value: words.get(unit_word(str(value))))
        self.ledger.reject(
            codes.isna(),
            column=self.header("unit"),
            values=values,
            reason="đơn vị không có trong danh mục; hãy ghi mã hoặc tên đúng của đơn vị.",
        )
        return codes


def ways_to_write(value: object) -> tuple[str, ...]:
    """Return the ways in which a mapping may name a cell, the nearest first.

    Exactly; alike; a whole number without the decimals that some programs add; as messages show it.
    """
    text = cell_text(value)
    whole = _WITH_DECIMALS.fullmatch(text)
    return text, fold(text), whole[1] if whole else text, as_in_a_sheet(value)


def unit_word(text: str) -> str:
    """Return the form in which a unit's name or code is looked up."""
    word = fold(text)
    for prefix in _PREFIXES:
        word = word.removeprefix(prefix)
    return word


def unit_words(units: list[KnownUnit]) -> dict[str, str]:
    """Return the code of each way to write a unit: code, name, with kind, with short kind."""
    words: dict[str, str] = {}
    for unit in sorted(units, key=lambda unit: unit.valid_from):
        name = fold(unit.name)
        words[fold(unit.code)] = unit.code
        words[name] = unit.code
        words[f"{fold(unit.kind)} {name}"] = unit.code
        for short in _KIND_SHORT.get(unit.kind, ()):
            words[f"{short}{name}"] = words[f"{short} {name}"] = unit.code
    return words


def _own_order(column: DateCells) -> Order | None:
    """Return the order that a column's parts above 12 show, None where they show none.

    Here the day comes first. Dates of a whole month with the month first have a second part
    above 12 in more than half of the cells; one among many is a slip of the hand.
    """
    day_first, month_first = column.only_day_first.sum(), column.only_month_first.sum()
    if day_first == month_first:
        return None
    if day_first > month_first:
        return "dmy"
    return "mdy" if month_first >= _FEWEST_MONTH_FIRST * column.is_undecided.sum() else "dmy"


def _told_by_codes(columns: dict[str, DateCells], codes: pd.Series | None) -> Order | None:
    """Return the order in which most dossiers were submitted or received on their code's date."""
    compared_columns = [name for name in ("submitted_at", "received_at") if name in columns]
    if codes is None or not any(columns[n].is_undecided.any() for n in compared_columns):
        return None
    written = pd.to_datetime(map_distinct(codes, _stamp), format="%y%m%d", errors="coerce")
    near: dict[Order, int] = {"dmy": 0, "mdy": 0}
    compared = 0
    for name in compared_columns:
        told = written.notna() & columns[name].is_undecided
        compared += int(told.sum())
        for order in near:
            days = columns[name].read(order).values.dt.normalize()
            near[order] += int(((days - written).abs() <= _SAME_DAYS)[told].sum())
    best: Order = "dmy" if near["dmy"] >= near["mdy"] else "mdy"
    is_clear = near["dmy"] != near["mdy"] and near[best] * 2 > compared
    return best if is_clear else None


def _stamp(code: object) -> str | None:
    """Return the day (yyMMdd) that a dossier's code ends in before its serial number."""
    parts = str(code).rsplit("-", 2)
    if len(parts) < 3:
        return None
    _, stamp, serial = parts
    is_day = len(stamp) == 6 and stamp.isdecimal() and stamp.isascii()
    return stamp if is_day and 3 <= len(serial) <= 6 and serial.isdecimal() else None


def last_of_each(draft: Draft, rows: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, int]:
    """Keep the last row of each key; return how many file rows were superseded whole.

    Those that say something else than the row after them are warned of.
    """
    superseded = rows.duplicated(key, keep="last")
    if not superseded.any():
        return rows, 0
    draft.ledger.warn(
        "differing_repeat",
        superseded & ~rows.duplicated([name for name in rows if name != "row"], keep="last"),
        column=draft.header(key[-1]),
        message="mã này còn ở dòng sau với nội dung khác; lấy dòng sau cùng, hãy kiểm tra lại.",
        values=rows[key[-1]],
    )
    kept = rows[~superseded]
    return kept, rows["row"].nunique() - kept["row"].nunique()
