"""Looking at a file without loading it: what it is, what its columns may be, what is wrong.

Nothing is written and no database is asked. What is shown of the cells is what loading would
keep: columns that were asked for, redacted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from etl.catalogue.sources import SOURCES, Source
from etl.errors import RefusedFile, UserError
from etl.formats import today
from etl.frames import records
from etl.mapping import Mapping
from etl.privacy import redact
from etl.reading import Limits, RawTable, Sheet, read_file
from etl.reading.sheets import sheets_called
from etl.reading.table import raw_frame
from etl.seeds import seed_rows
from etl.settings import Settings
from etl.sources.choosing import find_tables, fits, known_headers
from etl.sources.columns import Resolved, level_words, missing_columns, resolve
from etl.sources.front import as_warned, clean_table
from etl.sources.ledger import shown
from etl.sources.model import Cleaned, KnownUnit
from etl.sources.proposing import Proposal, nearest_source, propose

_NO_SOURCE = Source("", "", ())
"""What a table is compared with that is like none."""
_HEAD_ROWS = 5
_BLOCK_ROWS = 2000
_MOST_REASONS = 10


@dataclass(frozen=True)
class InspectedSheet:
    """One sheet: ``source`` is what it would be loaded as, "" where it would not.

    ``nearest`` is the source that its columns are compared with, "" where none is near. ``head``
    has the first rows of the columns that are loaded, redacted. ``problems`` are whole sentences.
    """

    name: str
    is_hidden: bool
    header_row: int
    rows: int
    source: str
    nearest: str
    proposals: tuple[Proposal, ...]
    missing: tuple[str, ...]
    covered_from: dt.date | None
    covered_to: dt.date | None
    as_of: dt.date | None
    is_demo: bool
    head: pd.DataFrame
    accepted: int
    rejected: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Inspection:
    """One file: its kind in Vietnamese words, its size in bytes, its sheets that hold anything."""

    file: str
    kind: str
    size: int
    sheets: tuple[InspectedSheet, ...]

    @property
    def is_recognised(self) -> bool:
        """Whether some sheet would be loaded."""
        return any(sheet.source for sheet in self.sheets)


def inspect_file(
    path: Path,
    *,
    settings: Settings,
    source: str | None = None,
    mapping: Mapping | None = None,
    sheet: str | None = None,
) -> Inspection:
    """Look at ``path``; ``sheet`` restricts to one of its sheets.

    Raises:
        RefusedFile: it cannot be read.
        UserError: there is no sheet of that name.
    """
    sheets = _read(path, settings, sheet or (mapping.sheet if mapping else None))
    source = source or (mapping.source if mapping else None)
    tables = find_tables(sheets, mapping=mapping)
    inspected = []
    for table in tables:
        adapt = mapping
        unread = None
        try:
            _resolved(table, source=source, mapping=mapping)
        except RefusedFile as refused:
            if len(tables) == 1:
                raise
            # Loading passes such a sheet over, too; what it may be is told without the mapping.
            adapt, unread = None, refused
        inspected.append(
            _inspect(table, source=source, mapping=adapt, unit=settings.unit, unread=unread)
        )
    return Inspection(path.name, sheets[0].kind, path.stat().st_size, tuple(inspected))


def frame_json(path: Path, *, settings: Settings, sheet: str | None = None) -> bytes:
    """Return the raw table of a sheet as a JSON list, an object by header for each row.

    The sheet is the one named, else the first that is recognised, else the first with a table.
    Cells are as the file holds them: text untouched, numbers (whole ones without decimals),
    truths, days and moments as ISO text; a blank is "". Nothing is redacted: it is the file.
    """
    sheets = [one for one in _read(path, settings, sheet) if not one.cells.empty]
    if not sheets:
        return b"[]\n"
    best = next(
        (
            one
            for one in sheets
            if any(
                fits(table, source=None, mapping=None) for table in find_tables([one], mapping=None)
            )
        ),
        sheets[0],
    )
    frame = raw_frame(best, known=known_headers(None), parts=level_words(None))
    blocks = []
    for start in range(0, len(frame), _BLOCK_ROWS):
        rows = [
            {name: _plain(value) for name, value in row.items()}
            for row in records(frame.iloc[start : start + _BLOCK_ROWS])
        ]
        # Without the brackets of a list of its own.
        blocks.append(orjson.dumps(rows, option=orjson.OPT_INDENT_2)[1:-2])
    return b"[" + b",".join(blocks) + (b"\n]\n" if blocks else b"]\n")


def _plain(value: object) -> Any:
    if isinstance(value, str):
        # A lone half of a pair is no text that JSON could hold.
        return value.encode("utf-8", "replace").decode()
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (bool, int, float)):
        return value
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _read(path: Path, settings: Settings, name: str | None) -> list[Sheet]:
    sheets = read_file(path, limits=Limits.from_settings(settings))
    if name is None:
        return sheets
    named = sheets_called(sheets, name)
    if not named:
        names = ", ".join(f"«{sheet.name}»" for sheet in sheets)
        raise UserError(f"Tệp «{path.name}» không có trang tính «{name}». Các trang tính: {names}.")
    return named


def seed_units() -> list[KnownUnit]:
    """Return the units that every database starts with."""
    return [
        KnownUnit(
            row["code"],
            row["name"],
            row["kind"],
            row.day("valid_from"),
            row.optional(row.day, "valid_to"),
        )
        for name in ("units", "demo_units")
        for row in seed_rows(name)
    ]


def _resolved(
    table: RawTable, *, source: str | None, mapping: Mapping | None
) -> dict[str, Resolved]:
    """Return the columns of ``table`` as each source would have them.

    Raises:
        RefusedFile: the mapping names a column that the table does not have.
    """
    return {
        code: resolve(
            SOURCES[code],
            table.frame.columns,
            mapping=mapping,
            file=table.file,
            sheet=table.sheet,
        )
        for code in ([source] if source else SOURCES)
    }


def _inspect(
    table: RawTable,
    *,
    source: str | None,
    mapping: Mapping | None,
    unit: str,
    unread: RefusedFile | None,
) -> InspectedSheet:
    """Inspect one table; ``unread`` says why it would be passed over."""
    resolved = _resolved(table, source=source, mapping=mapping)
    candidates = [] if unread else fits(table, source=source, mapping=mapping)
    problems: list[str] = []
    if len(candidates) > 1:
        found_in = [found.source for _, found in candidates]
        names = ", ".join(f"{code} ({SOURCES[code].label})" for code in found_in)
        problems.append(f"Có thể là nhiều loại số liệu: {names}. Hãy nêu --source.")
    nearest = candidates[0][1].source if candidates else source or nearest_source(table, resolved)
    kind = SOURCES.get(nearest, _NO_SOURCE)
    found = resolved.get(nearest, Resolved("", {}, {}, {}))
    missing = tuple(missing_columns(kind, found, mapping=mapping))
    cleaned: Cleaned | None = None
    if len(candidates) == 1 and not table.frame.empty:
        try:
            cleaned = clean_table(
                table,
                found,
                mapping=mapping,
                unit=unit,
                known_units=seed_units(),
                as_of=None,
                covers=None,
                today=today(),
                sha256="",
            )
        except RefusedFile as refused:
            problems.append(str(refused))
    elif unread:
        problems.append(f"Trang này không đọc: {unread.reason}")
    elif not candidates:
        problems.append(_unrecognised(kind, missing))
    if table.frame.empty:
        problems.append("Chỉ có dòng tiêu đề, không có dòng số liệu nào.")
    if cleaned is not None:
        problems += _rejected(cleaned)
    return InspectedSheet(
        name=redact(table.sheet),
        is_hidden=table.is_hidden,
        header_row=table.header_row,
        rows=len(table.frame),
        source=nearest if len(candidates) == 1 else "",
        nearest=nearest,
        proposals=tuple(propose(table, kind, found)),
        missing=missing,
        covered_from=cleaned.covered_from if cleaned else None,
        covered_to=cleaned.covered_to if cleaned else None,
        as_of=cleaned.as_of if cleaned else None,
        is_demo=bool(cleaned and cleaned.is_demo),
        head=_head(table, found),
        accepted=len(table.frame) - len(cleaned.rejects) if cleaned else 0,
        rejected=len(cleaned.rejects) if cleaned else 0,
        problems=tuple(problems),
        notes=_notes(table, cleaned),
    )


def _unrecognised(source: Source, missing: tuple[str, ...]) -> str:
    if source is _NO_SOURCE:
        return (
            "Chưa nhận ra loại số liệu: không có cột nào mang tên của một loại đã biết. Hãy sửa "
            "tên cột, hoặc nêu loại bằng --source."
        )
    wanted = ", ".join(f"«{source.column(name).label}»" for name in missing)
    return (
        f"Chưa nhận ra loại số liệu; gần nhất là «{source.label}», còn thiếu cột "
        f"{wanted}. Hãy sửa tên cột, hoặc viết tệp ánh xạ bằng --write-mapping."
    )


def _rejected(cleaned: Cleaned) -> list[str]:
    """Return a sentence per reason for which rows would be rejected, the most frequent first."""
    grouped = cleaned.rejects.groupby(["column", "reason"], sort=False)
    found = sorted(
        ((len(rows), column, reason, rows["row"].min()) for (column, reason), rows in grouped),
        key=lambda item: (-item[0], item[3]),
    )
    return [
        f"{count} dòng sẽ bị loại (dòng đầu: {row}), cột «{column}»: {reason}"
        for count, column, reason, row in found[:_MOST_REASONS]
    ]


def _notes(table: RawTable, cleaned: Cleaned | None) -> tuple[str, ...]:
    warnings = map(as_warned, table.notes) if cleaned is None else cleaned.warnings
    return tuple(warned.words() for warned in warnings)


def _head(table: RawTable, found: Resolved) -> pd.DataFrame:
    """Return the first rows of the columns that are loaded, as a person may see them."""
    used = {*found.columns.values(), *found.questions, *found.levels}
    names = [name for name in table.frame.columns if name in used]
    rows = table.frame.loc[~table.frame.index.isin(table.spilled), names].head(_HEAD_ROWS)
    head = rows.map(shown)
    head.columns = pd.Index([shown(name) for name in names])
    return head
