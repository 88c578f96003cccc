"""The front door: one file → its source, its table, its clean rows, and what it speaks for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from etl.catalogue.sources import SOURCES, Source
from etl.errors import RefusedFile, UserError
from etl.mapping import Mapping
from etl.normalise import fold
from etl.reading import RawTable, Sheet, find_table, read_file
from etl.reading.table import empty_file
from etl.sources import dossier, feedback, ranking, survey, task_report
from etl.sources.columns import Resolved, header_words, missing_columns, resolve
from etl.sources.coverage import Stated, read_titles
from etl.sources.draft import Draft, unit_word, unit_words
from etl.sources.ledger import shown_headers
from etl.sources.model import Cleaned, KnownUnit, Warned

Clean = Callable[[Draft], tuple[pd.DataFrame, int]]

_CLEAN: dict[str, Clean] = {
    "dossier": dossier.clean,
    "feedback": feedback.clean,
    "survey": survey.clean,
    "ranking": ranking.clean,
    "task_report": task_report.clean,
}


def clean_file(
    path: Path,
    *,
    source: str | None = None,
    mapping: Mapping | None = None,
    unit: str,
    known_units: list[KnownUnit],
    as_of: date | None = None,
    covers: tuple[date, date] | None = None,
    today: date | None = None,
) -> Cleaned:
    """Read and clean one file; nothing is written anywhere.

    Args:
        source: which source it is; None to tell from its headers.
        unit: the unit of rows that name none.
        as_of: up to which day it speaks; None for what its titles say, else its latest event.
        covers: first and last day it speaks for; None for its titles, else its events.
        today: what lies after it cannot have happened; None for the clock.

    Raises:
        RefusedFile: nothing of it can be loaded, with place, reason and next step.
        UserError: ``unit`` is not a unit.
    """
    if unit_words(known_units).get(unit_word(unit)) is None:
        raise UserError(
            f"Mã đơn vị «{unit}» không có trong danh mục đơn vị. "
            "Hãy kiểm tra --unit, biến UNIT hoặc tệp sql/seed/units.csv."
        )
    if mapping is not None and source is None:
        source = mapping.source
    table, found = _choose(path, read_file(path), source=source, mapping=mapping)
    if table.frame.empty:
        raise RefusedFile(
            path.name,
            sheet=table.sheet or None,
            reason="chỉ có dòng tiêu đề, không có dòng số liệu nào.",
            next_step="Hãy kiểm tra lại kỳ và bộ lọc khi xuất tệp.",
        )
    table = _only_known_columns(table, found)
    draft = Draft(
        source=SOURCES[found.source],
        table=table,
        found=found,
        mapping=mapping,
        unit=unit,
        known_units=known_units,
        today=today or date.today(),
    )
    rows, repeated = _CLEAN[found.source](draft)
    rejects = draft.ledger.rejects
    if rows.empty:
        first = rejects.iloc[0]
        raise RefusedFile(
            path.name,
            sheet=table.sheet or None,
            row=int(first["row"]),
            column=first["column"],
            value=first["value"],
            reason=f"mọi dòng ({len(rejects)}) đều bị loại; dòng đầu: {first['reason']}",
            next_step="Hãy sửa tệp hoặc dùng tệp ánh xạ rồi nạp lại.",
        )
    stated = read_titles(table.titles)
    first_day, last_day, until = _days(
        path.name, draft.source, rows, stated, as_of=as_of, covers=covers
    )
    return Cleaned(
        source=found.source,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        sheet=table.sheet,
        rows_read=len(table.frame),
        rows=rows.reset_index(drop=True),
        rejects=rejects,
        repeated=repeated,
        warnings=[*draft.ledger.warnings, *_late_events(draft.source, rows, until)],
        present=_present(draft),
        covered_from=first_day,
        covered_to=last_day,
        as_of=until,
        replaces=found.source == "survey" and survey.numbers_its_rows(draft),
        is_demo=stated.is_demo,
    )


def _only_known_columns(table: RawTable, found: Resolved) -> RawTable:
    """Return ``table`` without the columns that nobody asked for: what is dropped cannot leak."""
    used = {*found.columns.values(), *found.questions, *found.levels}
    return replace(table, frame=table.frame[[name for name in table.frame if name in used]])


def _present(draft: Draft) -> frozenset[str]:
    if draft.source.code == "survey":
        return draft.present | {"score", "answered_on"}
    return draft.present


# Choosing the sheet and the source --------------------------------------------------------------


def _choose(
    path: Path, sheets: list[Sheet], *, source: str | None, mapping: Mapping | None
) -> tuple[RawTable, Resolved]:
    if mapping is not None and mapping.sheet is not None:
        names = [sheet.name for sheet in sheets]
        sheets = [sheet for sheet in sheets if fold(sheet.name) == fold(mapping.sheet)]
        if not sheets:
            raise RefusedFile(
                path.name,
                reason=f"không có trang tính «{mapping.sheet}».",
                next_step=f"Các trang tính: {', '.join(names)}. Hãy sửa [options] sheet.",
            )
    known = set(header_words())
    if mapping is not None:
        known |= {fold(header) for header in mapping.columns.values()}
        known |= {fold(header) for header in mapping.questions}
    tables = [table for sheet in sheets if (table := find_table(sheet, known=known))]
    if not tables:
        raise empty_file(path.name)
    fitting: list[tuple[RawTable, Resolved]] = []
    for table in tables:
        fitting += _fits(table, source=source, mapping=mapping, alone=len(tables) == 1)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise _unrecognised(path, tables, source=source, mapping=mapping)
    raise _doubtful(path, fitting)


def _fits(
    table: RawTable, *, source: str | None, mapping: Mapping | None, alone: bool
) -> list[tuple[RawTable, Resolved]]:
    """Return the sources that ``table`` may be: those with every required column, best match."""
    sources = [SOURCES[source]] if source else list(SOURCES.values())
    fits = []
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
            fits.append((len(found.columns), (table, found)))
    best = max((count for count, _ in fits), default=0)
    return [fit for count, fit in fits if count == best]


def _unrecognised(
    path: Path, tables: list[RawTable], *, source: str | None, mapping: Mapping | None
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
                path.name,
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
    return RefusedFile(
        path.name,
        sheet=_sheet_words(tables, table),
        row=table.header_row,
        reason=f"thiếu cột bắt buộc của «{nearest.label}»: {wanted}.",
        next_step=f"Các cột thấy được: {shown_headers(headers)}. "
        "Hãy sửa tên cột, chọn đúng trang tính, hoặc dùng tệp ánh xạ --mapping.",
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


def _doubtful(path: Path, fitting: list[tuple[RawTable, Resolved]]) -> RefusedFile:
    if len({table.sheet for table, _ in fitting}) > 1:
        names = ", ".join(
            f"«{table.sheet}» ({SOURCES[found.source].label})" for table, found in fitting
        )
        return RefusedFile(
            path.name,
            reason=f"có nhiều trang tính đều nạp được: {names}.",
            next_step="Hãy tách mỗi trang tính thành một tệp, hoặc nêu [options] sheet "
            "trong tệp ánh xạ.",
        )
    names = ", ".join(f"{found.source} ({SOURCES[found.source].label})" for _, found in fitting)
    return RefusedFile(
        path.name,
        reason=f"có thể là nhiều loại số liệu: {names}.",
        next_step="Hãy nêu loại bằng --source.",
    )


# What the file speaks for -----------------------------------------------------------------------


def _event_days(source: Source, rows: pd.DataFrame) -> pd.Series:
    """Return the days on which something happened, of all rows together."""
    if source.code == "task_report":
        months = pd.PeriodIndex(rows["month"].unique(), freq="M")
        return pd.Series([*months.start_time.normalize(), *months.end_time.normalize()])
    if source.code == "ranking":
        years = pd.PeriodIndex(rows["year"].astype(str).unique(), freq="Y")
        return pd.Series([*years.start_time.normalize(), *years.end_time.normalize()])
    names = [name for name in source.event_columns if name in rows]
    return pd.concat([rows[name].dropna().dt.normalize() for name in names])


def _days(
    file: str,
    source: Source,
    rows: pd.DataFrame,
    stated: Stated,
    *,
    as_of: date | None,
    covers: tuple[date, date] | None,
) -> tuple[date, date, date]:
    """Return the first and last day covered and the as-of day.

    Stated by the loader, else by the titles, else from the first event to the last, or to the
    as-of day where that is later: whoever says "up to 05/07" also speaks for the days without
    events before it.

    Raises:
        RefusedFile: neither the loader, nor the titles, nor any event tells.
    """
    if covers is None and stated.first and stated.last:
        covers = stated.first, stated.last
    days = _event_days(source, rows)
    if days.empty and covers is None:
        raise RefusedFile(
            file,
            reason="không dòng nào có ngày, nên không biết số liệu thuộc kỳ nào.",
            next_step="Hãy bổ sung các cột ngày, hoặc nêu --covers-from, --covers-to.",
        )
    latest = covers[1] if covers and days.empty else days.max().date()
    until = as_of or stated.as_of or latest
    first, last = covers or (days.min().date(), max(latest, until))
    if source.code == "ranking" and as_of is None:
        until = max(until, last)
    return first, last, until


def _late_events(source: Source, rows: pd.DataFrame, as_of: date) -> list[Warned]:
    """Warn of events dated after the as-of day: they are kept, and count once it is reached."""
    if source.code in ("task_report", "ranking"):
        return []
    warned = []
    for name in source.event_columns:
        if name not in rows:
            continue
        late = rows[rows[name].dt.normalize() > pd.Timestamp(as_of)].drop_duplicates("row")
        if not late.empty:
            column = source.column(name)
            examples = [
                (int(row), f"{day:%d/%m/%Y}")
                for row, day in zip(late["row"].head(5), late[name].head(5), strict=True)
            ]
            warned.append(
                Warned(
                    "after_as_of",
                    column.label,
                    f"«{column.label}» sau ngày chốt số liệu {as_of:%d/%m/%Y}; "
                    "chưa được tính vào kỳ này.",
                    len(late),
                    examples,
                )
            )
    return warned
