"""Which sheets of a file are loaded, and as which source: told from their headers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from etl.catalogue.sources import SOURCES, Source
from etl.errors import RefusedFile
from etl.mapping import Mapping
from etl.normalise import bare_header, fold
from etl.reading import RawTable, Sheet, find_table
from etl.reading.sheets import sheets_called
from etl.reading.table import empty_file
from etl.sources.columns import Resolved, header_words, level_words, missing_columns, resolve
from etl.sources.joining import join_columns
from etl.sources.ledger import shown_headers
from etl.sources.model import Warned

_GUIDES = ("huong dan", "huong dan nhap")
"""Sheets that only explain the others."""


@dataclass(frozen=True)
class Chosen:
    """The tables of a file that are loaded, in the order of its sheets, and what was left out."""

    tables: list[tuple[RawTable, Resolved]]
    notes: list[Warned]


def find_tables(sheets: list[Sheet], *, mapping: Mapping | None) -> list[RawTable]:
    """Return the tables of those sheets that have one, with the columns that a mapping joins."""
    known, parts = known_headers(mapping), level_words(mapping)
    found = [table for sheet in sheets if (table := find_table(sheet, known=known, parts=parts))]
    return [join_columns(table, mapping) for table in found]


def known_headers(mapping: Mapping | None) -> set[str]:
    """Return the folded words by which a header is found: those of the sources and a mapping's."""
    known = set(header_words())
    if mapping is not None:
        parts = chain.from_iterable(mapping.joined.values())
        theirs = (*mapping.columns.values(), *parts, *mapping.questions, mapping.counts or "")
        known |= {word for one in filter(None, theirs) for word in (fold(one), bare_header(one))}
    return known


def choose(
    file: str, sheets: list[Sheet], *, source: str | None, mapping: Mapping | None
) -> Chosen:
    """Return the tables of ``sheets`` that some source takes, each with its columns.

    Every sheet that fits is taken: of one source they are loaded one after the other, of several
    each as its own. Hidden sheets are taken only where no visible one fits.

    Raises:
        RefusedFile: no sheet fits, one fits several sources, or none has a row of data.
    """
    sheets = _asked(file, sheets, mapping)
    tables = find_tables(sheets, mapping=mapping)
    if not tables:
        raise empty_file(file)
    fitting = {
        place: found
        for place, table in enumerate(tables)
        if (found := fits(table, source=source, mapping=mapping, alone=len(tables) == 1))
    }
    if not fitting:
        raise _unrecognised(file, tables, source=source, mapping=mapping)
    visible = {place: found for place, found in fitting.items() if not tables[place].is_hidden}
    taken = visible or fitting
    for place, found in taken.items():
        if len(found) > 1:
            raise _doubtful(file, tables[place], found, alone=len(tables) == 1)
    filled = [found[0] for found in taken.values() if not found[0][0].frame.empty]
    if not filled:
        raise _only_headers(file, tables[next(iter(taken))])
    return Chosen(filled, _left_out(tables, fitting, filled))


def _asked(file: str, sheets: list[Sheet], mapping: Mapping | None) -> list[Sheet]:
    if mapping is None or mapping.sheet is None:
        return sheets
    named = sheets_called(sheets, mapping.sheet)
    if not named:
        names = ", ".join(sheet.name for sheet in sheets)
        raise RefusedFile(
            file,
            reason=f"không có trang tính «{mapping.sheet}».",
            next_step=f"Các trang tính: {names}. Hãy sửa [options] sheet.",
        )
    return named


def _left_out(
    tables: list[RawTable],
    fitting: dict[int, list[tuple[RawTable, Resolved]]],
    filled: list[tuple[RawTable, Resolved]],
) -> list[Warned]:
    """Say which sheets were not read, so that nobody takes them for loaded."""
    read = {table.sheet for table, _ in filled}
    notes = []
    for place, table in enumerate(tables):
        is_hidden = table.is_hidden and place in fitting
        is_apart = fold(table.sheet) in _GUIDES or (table.is_hidden and not is_hidden)
        if table.sheet in read or table.frame.empty or is_apart:
            continue
        why = "đang ẩn" if is_hidden else "không nhận ra là loại số liệu nào"
        notes.append(
            Warned(
                "sheet_left_out",
                "",
                f"trang tính «{table.sheet}» ({len(table.frame)} dòng) {why}, không đọc.",
                len(table.frame),
            )
        )
    return notes


def _only_headers(file: str, table: RawTable) -> RefusedFile:
    return RefusedFile(
        file,
        sheet=table.sheet or None,
        reason="chỉ có dòng tiêu đề, không có dòng số liệu nào.",
        next_step="Hãy kiểm tra lại kỳ và bộ lọc khi xuất tệp.",
    )


def _doubtful(
    file: str, table: RawTable, fits: list[tuple[RawTable, Resolved]], *, alone: bool
) -> RefusedFile:
    names = ", ".join(f"{found.source} ({SOURCES[found.source].label})" for _, found in fits)
    rest = "" if alone else " hoặc tách trang tính này thành một tệp"
    return RefusedFile(
        file,
        sheet=table.sheet or None,
        reason=f"có thể là nhiều loại số liệu: {names}.",
        next_step=f"Hãy nêu loại bằng --source{rest}.",
    )


def fits(
    table: RawTable, *, source: str | None, mapping: Mapping | None, alone: bool = False
) -> list[tuple[RawTable, Resolved]]:
    """Return the sources that ``table`` may be: those with every required column, best match."""
    sources = [SOURCES[source]] if source else list(SOURCES.values())
    found_in = []
    for candidate in sources:
        try:
            found = resolve(
                candidate, table.frame.columns, mapping=mapping, file=table.file, sheet=table.sheet
            )
        except RefusedFile:
            if alone:
                raise
            continue
        if not missing_columns(candidate, found, mapping=mapping):
            found_in.append((len(found.columns), (table, found)))
    best = max((count for count, _ in found_in), default=0)
    return [fit for count, fit in found_in if count == best]


def _unrecognised(
    file: str, tables: list[RawTable], *, source: str | None, mapping: Mapping | None
) -> RefusedFile:
    table = max(tables, key=lambda table: table.known_headers)
    headers = list(table.frame.columns)
    if source is None:
        candidates = [(one, _missing(one, table, mapping)) for one in SOURCES.values()]
        nearest, missing = min(
            candidates, key=lambda pair: (len(pair[1]) / _required(pair[0]), pair[0].code)
        )
        if table.known_headers < 2:
            return RefusedFile(
                file,
                sheet=_sheet_words(tables, table),
                reason="không nhận ra đây là loại số liệu nào.",
                next_step=f"Các cột thấy được: {shown_headers(headers)}. Hãy nêu loại bằng "
                f"--source ({', '.join(SOURCES)}) hoặc dùng tệp ánh xạ --mapping.",
            )
    else:
        nearest = SOURCES[source]
        missing = _missing(nearest, table, mapping)
    wanted = "; ".join(
        f"«{nearest.column(name).label}» (nhận các tên: {', '.join(nearest.column(name).synonyms)})"
        for name in missing
    )
    no_codes = ' Phiếu không có mã thì ghi response_id = "row" ở mục [options] của tệp ấy.'
    return RefusedFile(
        file,
        sheet=_sheet_words(tables, table),
        row=table.header_row,
        reason=f"thiếu cột bắt buộc của «{nearest.label}»: {wanted}.",
        next_step=f"Các cột thấy được: {shown_headers(headers)}. Hãy sửa tên cột, chọn đúng trang "
        f"tính, hoặc dùng tệp ánh xạ --mapping.{no_codes if 'response_id' in missing else ''}",
    )


def _sheet_words(tables: list[RawTable], table: RawTable) -> str | None:
    if len(tables) > 1:
        return ", ".join(one.sheet for one in tables)
    return table.sheet or None


def _required(source: Source) -> int:
    return sum(column.required for column in source.columns)


def _missing(source: Source, table: RawTable, mapping: Mapping | None) -> list[str]:
    found = resolve(
        source, table.frame.columns, mapping=mapping, file=table.file, sheet=table.sheet
    )
    return missing_columns(source, found, mapping=mapping)
