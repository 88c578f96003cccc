"""A table on its way to clean rows: its columns as canonical series, and the ledger of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from etl.catalogue.sources import Source
from etl.catalogue.values import known_words, labels
from etl.mapping import Mapping
from etl.normalise import fold
from etl.privacy import redact_series
from etl.reading.table import RawTable, cell_text
from etl.sources.cells import Dates, Order, parse_dates, parse_numbers, texts
from etl.sources.columns import Resolved
from etl.sources.ledger import Ledger
from etl.sources.model import KnownUnit

_PREFIXES = ("ubnd ", "uy ban nhan dan ")
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
    _order: Order | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.frame = self.table.frame
        self.ledger = Ledger(self.frame.index)

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
            self.frame[header].astype(object)
            if header is not None
            else pd.Series(None, index=self.frame.index, dtype=object)
        )
        return self.translate(name, cells)

    def translate(self, name: str, cells: pd.Series) -> pd.Series:
        """Apply the mapping's values and constant of ``name`` to cells."""
        if self.mapping is None:
            return cells
        if pairs := self.mapping.values.get(name):
            ours = cells.map(lambda v: pairs.get(fold(cell_text(v))))
            cells = cells.where(ours.isna(), ours)
        if name in self.mapping.defaults:
            blank = cells.map(cell_text) == ""
            cells = cells.where(~blank, self.mapping.defaults[name])
        return cells

    def text(self, name: str) -> pd.Series:
        """Return a column as tidy text, None where blank."""
        return texts(self.raw(name))

    def note(self, name: str) -> pd.Series:
        """Return a free-text column, redacted."""
        values = self.text(name)
        filled = values[values.notna()]
        result = values.copy()
        if not filled.empty:
            result.loc[filled.index] = redact_series(filled).astype(object)
        return result

    def key(self, name: str) -> pd.Series:
        """Return a text column that every row must have; rows without it are rejected."""
        values = self.text(name)
        self.ledger.reject(
            values.isna(),
            column=self.header(name),
            values=values,
            reason="ô này để trống nên không biết dòng thuộc về đâu; hãy điền rồi nạp lại.",
        )
        return values

    def coded(self, name: str, domain: str) -> pd.Series:
        """Return codes of a column with a value list; unknown words become ``other``, warned."""
        values = self.text(name)
        words = known_words(domain)
        codes = values.map(lambda v: None if v is None else words.get(fold(v)))
        unknown = values.notna() & codes.isna()
        self.ledger.warn(
            f"unknown_{name}",
            unknown,
            column=self.header(name),
            message=f"cột «{self.header(name)}» có giá trị ngoài danh mục, được giữ lại là «Khác».",
            values=values,
        )
        return codes.astype(object).where(~unknown, "other").where(values.notna(), None)

    def strict_coded(self, name: str, domain: str) -> pd.Series:
        """Return codes of a column whose unknown words cannot be kept; such rows are rejected."""
        values = self.key(name)
        words = known_words(domain)
        codes = values.map(lambda v: None if v is None else words.get(fold(v)))
        self.ledger.reject(
            values.notna() & codes.isna(),
            column=self.header(name),
            values=values,
            reason=f"giá trị không có trong danh mục ({', '.join(labels(domain).values())}).",
        )
        return codes

    def number(self, name: str, *, whole: bool, low: float, high: float) -> pd.Series:
        """Return a number column; rows with text or a value out of range are rejected."""
        raw = self.raw(name)
        values, bad = parse_numbers(raw, whole=whole)
        bad |= values.notna() & ~values.between(low, high).fillna(False).astype(bool)
        kind = "số nguyên" if whole else "số"
        self.ledger.reject(
            bad,
            column=self.header(name),
            values=raw,
            reason=f"cần một {kind} từ {low:g} đến {high:g}; hãy sửa ô này.",
        )
        return values.where(~bad)

    # Dates ------------------------------------------------------------------------------------

    def dates(self, names: Iterable[str], *, codes: pd.Series | None = None) -> dict[str, Dates]:
        """Parse date columns together: what one column settles about day/month holds for all.

        Where none settles it, the date written in the dossier code (yyMMdd) does.
        """
        order = self.mapping.order if self.mapping else None
        zone = self.mapping.timezone if self.mapping else "Asia/Ho_Chi_Minh"
        raws = {name: self.raw(name) for name in names}
        parsed = {
            name: parse_dates(raw, order=order, zone=zone)  # type: ignore[arg-type]
            for name, raw in raws.items()
        }
        settled = {dates.order for dates in parsed.values() if dates.order}
        if order is None and settled != {"dmy"}:
            swapped = {
                name: parse_dates(raw, order=None, zone=zone, fallback="mdy")
                for name, raw in raws.items()
            }
            if settled == {"mdy"} or (not settled and _codes_say_mdy(codes, parsed, swapped)):
                parsed = swapped
        for name, dates in parsed.items():
            self.ledger.reject(
                dates.bad,
                column=self.header(name),
                values=raws[name],
                reason="không đọc được ngày; hãy ghi dạng 30/06/2024 hoặc 30/06/2024 08:15.",
            )
            if self.source.column(name).is_event:
                self.ledger.reject(
                    dates.values > pd.Timestamp(self.today + timedelta(days=2)),
                    column=self.header(name),
                    values=raws[name],
                    reason="ngày ở tương lai; hãy kiểm tra lại năm, tháng.",
                )
        return parsed

    # Units ------------------------------------------------------------------------------------

    def units(self) -> pd.Series:
        """Return the unit code of each row; a row that names an unknown unit is rejected."""
        values = self.text("unit")
        values = values.where(values.notna(), self.unit)
        words = unit_words(self.known_units)
        distinct = {value: words.get(unit_word(value)) for value in values.unique()}
        codes = values.map(distinct)
        self.ledger.reject(
            codes.isna(),
            column=self.header("unit"),
            values=values,
            reason="đơn vị không có trong danh mục; hãy ghi mã hoặc tên đúng của đơn vị.",
        )
        return codes


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


def _codes_say_mdy(
    codes: pd.Series | None, as_dmy: dict[str, Dates], as_mdy: dict[str, Dates]
) -> bool:
    if codes is None:
        return False
    stamp = codes.astype(object).str.extract(r"-(\d{6})-\d{3,6}$")[0]
    written = pd.to_datetime(stamp, format="%y%m%d", errors="coerce")

    def hits(parsed: dict[str, Dates]) -> int:
        named = [name for name in ("submitted_at", "received_at") if name in parsed]
        return sum(int((parsed[n].values.dt.normalize() == written).sum()) for n in named)

    return hits(as_mdy) > hits(as_dmy)


def last_of_each(rows: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, int]:
    """Keep the last row of each key; return how many file rows were superseded whole."""
    kept = rows[~rows.duplicated(key, keep="last")]
    return kept, rows["row"].nunique() - kept["row"].nunique()
