"""What is typed into a grid instead of a file: task reports, ranking, aliases, plan figures.

Rows of task reports and rankings become an ordinary batch, cleaned, merged and undone like any
other. Faults come back as data, a row and a column each, and then nothing at all is saved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import orjson
import pandas as pd
from sqlalchemy import Connection, Engine, delete

from etl.audit import COMMAND_LINE, Detail, write_audit
from etl.catalogue.sources import SOURCES
from etl.dimensions import MEMBERS, add_alias, apply_aliases, is_circle
from etl.errors import UserError
from etl.formats import today
from etl.frames import plain_records
from etl.loading import Loaded, known_units, load_cleaned
from etl.marts import loaded_units, refresh
from etl.normalise import label_key
from etl.offices import own_unit
from etl.reading import RawTable
from etl.reading.cells import cell_text
from etl.rebuilding import hold_checks
from etl.settings import Settings
from etl.sources.cells import numbers_between
from etl.sources.columns import missing_columns, resolve
from etl.sources.dates import FIRST_YEAR, LAST_YEAR
from etl.sources.draft import unit_word, unit_words
from etl.sources.front import EveryRowRejected, clean_table, hold_unit
from etl.tables import dim_alias, plan
from etl.warehouse import upsert, write_transaction

TYPED_SOURCES = {"task_report": ("task_code", "month"), "ranking": ("unit", "year")}
"""The sources whose rows may be typed, and the columns that say what a row is of."""


class PlanFigure(NamedTuple):
    """One figure of the plan: what people call it, whether it is whole, and its bounds."""

    label: str
    whole: bool
    low: int
    high: int


PLAN_FIGURES = {
    "baseline_year": PlanFigure("Năm gốc", whole=True, low=FIRST_YEAR, high=LAST_YEAR),
    "baseline_pct": PlanFigure("Chỉ số năm gốc (%)", whole=False, low=0, high=100),
    "target_pct": PlanFigure("Mục tiêu (%)", whole=False, low=0, high=100),
    "ranked_units": PlanFigure("Số đơn vị xếp hạng", whole=True, low=1, high=10_000),
}
"""What a unit plans for a year, by column."""
ALIAS_LABELS = {
    "dimension": "Loại",
    "spelling": "Cách viết trong tệp",
    "canonical": "Được tính là",
}
"""What is said of another spelling."""

_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be saved: ``row`` counts from 1 as the grid shows it, 0 for them all.

    ``column`` is its canonical name, ``label`` what people call it; both "" where it is none.
    """

    row: int
    column: str
    value: str
    reason: str
    label: str = ""

    def __str__(self) -> str:
        """Name the cell, its value and what to do."""
        place = f"dòng {self.row}, {self.label}" if self.row else self.label
        value = f" «{self.value}»" if self.value else ""
        return f"{place}{value}: {self.reason}".removeprefix(": ")


NOTHING_TYPED = Fault(0, "", "", "Chưa có ô nào được nhập.")


@dataclass(frozen=True)
class Entered:
    """What became of what was typed: of rows a batch, or the faults for which nothing was saved."""

    loaded: Loaded | None
    faults: tuple[Fault, ...] = ()


def enter_rows(
    engine: Engine,
    source: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    settings: Settings,
    actor: str = COMMAND_LINE,
) -> Entered:
    """Load typed ``rows``, dicts of canonical column → cell; rows without any cell are passed over.

    Raises:
        UserError: rows of ``source`` are not typed, or they would mix with a demonstration.
    """
    if source not in TYPED_SOURCES:
        raise UserError(f"«{source}» không nhập tay được; các loại: {', '.join(TYPED_SOURCES)}.")
    with engine.connect() as connection:
        units = known_units(connection)
    own = own_unit(settings, _last_month(rows))
    hold_unit(own, units)
    table = _table(source, rows)
    if table.frame.empty:
        return Entered(None, (NOTHING_TYPED,))
    found = resolve(SOURCES[source], table.frame.columns, mapping=None, file=table.file, sheet="")
    if missing := missing_columns(SOURCES[source], found, mapping=None):
        told = [(name, SOURCES[source].column(name).label) for name in missing]
        return Entered(
            None, tuple(Fault(0, name, "", "thiếu cột này.", said) for name, said in told)
        )
    if emptied := _emptied(source, rows):
        return Entered(None, emptied)
    try:
        cleaned = clean_table(
            table,
            found,
            mapping=None,
            unit=own,
            known_units=units,
            as_of=None,
            covers=None,
            today=today(),
            sha256=_digest(source, table.frame),
        )
    except EveryRowRejected as refused:
        return Entered(None, _faults(source, refused.rejects))
    if len(cleaned.rejects):
        return Entered(None, _faults(source, cleaned.rejects))
    loaded = load_cleaned(engine, [cleaned], settings=settings, unit=own, actor=actor)
    return Entered(loaded.only)


def _faults(source: str, rejects: pd.DataFrame) -> tuple[Fault, ...]:
    names = {column.label: column.name for column in SOURCES[source].columns}
    return tuple(
        Fault(
            row["row"],
            names.get(row["column"], ""),
            row["value"] or "",
            row["reason"],
            row["column"],
        )
        for row in plain_records(rejects)
    )


def _last_month(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the last month that typed rows speak of, "" where they name none."""
    months = (str(row.get("month", "")) for row in rows)
    return max((month for month in months if _MONTH.fullmatch(month)), default="")


def _emptied(source: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Return a fault for each row that says what it is of and nothing else.

    Loading adds and corrects: a row that is left out of a file, or blank, takes nothing away.
    """
    reason = "để trống cả dòng không xóa được số đã nạp; hãy điền lại, hoặc hoàn tác lần nạp đó."
    faults = []
    for number, row in enumerate(rows, start=1):
        filled = {name for name, value in row.items() if cell_text(value)}
        free = [column for column in SOURCES[source].columns if column.name in row.keys() - filled]
        if filled and filled <= set(TYPED_SOURCES[source]) and free:
            faults.append(Fault(number, free[0].name, "", reason, free[0].label))
    return tuple(faults)


def _table(source: str, rows: Sequence[Mapping[str, Any]]) -> RawTable:
    """Return typed rows as reading would give them, under the labels that people see."""
    columns = SOURCES[source].columns
    given = [column for column in columns if any(column.name in row for row in rows)]
    cells = {
        number: ["" if row.get(column.name) is None else row[column.name] for column in given]
        for number, row in enumerate(rows, start=1)
        if any(cell_text(value) for value in row.values())
    }
    frame = pd.DataFrame(
        list(cells.values()),
        index=pd.Index(list(cells), dtype="int64"),
        columns=[column.label for column in given],
        dtype=object,
    )
    return RawTable(
        file=f"Nhập tay: {SOURCES[source].label}",
        sheet="",
        titles=(),
        header_row=0,
        frame=frame,
        totals_dropped=0,
        known_headers=len(given),
    )


def _digest(source: str, frame: pd.DataFrame) -> str:
    rows = [[cell_text(value) for value in row] for row in frame.to_numpy().tolist()]
    return hashlib.sha256(orjson.dumps([source, list(frame.columns), rows])).hexdigest()


# Plan figures -----------------------------------------------------------------------------------


def save_plan(
    engine: Engine,
    *,
    unit: str,
    year: int,
    figures: Mapping[str, Any],
    actor: str = COMMAND_LINE,
) -> tuple[Fault, ...]:
    """Save the plan figures of a unit and year; columns that are not given stay as they are.

    A figure may be a number or text with a decimal comma; blank takes it away. Returns the
    faults, and then nothing is saved.

    Raises:
        UserError: there is no such unit.
    """
    with engine.connect() as connection:
        units = known_units(connection)
    code = unit_words(units).get(unit_word(unit))
    if code is None:
        raise UserError(f"Không có đơn vị «{unit}» trong danh mục. Hãy chọn lại đơn vị.")
    faults: list[Fault] = []
    values: dict[str, float | int | None] = {}
    if not FIRST_YEAR <= year <= LAST_YEAR:
        reason = f"cần một năm từ {FIRST_YEAR} đến {LAST_YEAR}."
        faults.append(Fault(1, "year", str(year), reason, "Năm"))
    for name, value in figures.items():
        figure = PLAN_FIGURES[name]
        cell = pd.Series([value], dtype=object)
        number, bad, reason = numbers_between(
            cell, whole=figure.whole, low=figure.low, high=figure.high
        )
        if bad[0]:
            faults.append(Fault(1, name, cell_text(value), reason, figure.label))
        elif pd.isna(number[0]):
            values[name] = None
        else:
            values[name] = int(number[0]) if figure.whole else float(number[0])
    baseline_year = values.get("baseline_year")
    if baseline_year is not None and baseline_year > year:
        reason = f"năm gốc phải trước hoặc bằng năm {year}; hãy sửa ô này."
        told = PLAN_FIGURES["baseline_year"].label
        faults.append(Fault(1, "baseline_year", str(baseline_year), reason, told))
    if faults:
        return tuple(faults)
    with write_transaction(engine) as connection:
        upsert(connection, plan, [{"unit": code, "year": year, **values}])
        write_audit(
            connection, "plan", actor=actor, subject=f"{code} {year}", detail=cast(Detail, values)
        )
    return ()


# Aliases ----------------------------------------------------------------------------------------


def save_alias(
    engine: Engine,
    dimension: str,
    *,
    spelling: str,
    canonical: str,
    actor: str = COMMAND_LINE,
) -> tuple[Fault, ...]:
    """Let ``spelling`` count as ``canonical`` from now on, and recompute what rests on it.

    Returns the faults, and then nothing is saved.
    """
    faults = _alias_faults(dimension, spelling, canonical)
    if faults:
        return faults
    with write_transaction(engine) as connection:
        if is_circle(connection, dimension, alias=spelling, canonical=canonical):
            reason = f"tên này đang được tính là «{spelling}»; hãy bỏ cách viết đó trước."
            return (Fault(1, "canonical", canonical, reason, ALIAS_LABELS["canonical"]),)
        add_alias(connection, dimension, alias=spelling, canonical=canonical)
        write_audit(
            connection,
            "alias",
            actor=actor,
            subject=spelling,
            detail={"dimension": dimension, "canonical": canonical},
        )
        _count_anew(connection)
    return ()


def delete_alias(
    engine: Engine,
    dimension: str,
    *,
    spelling: str,
    actor: str = COMMAND_LINE,
) -> bool:
    """Let ``spelling`` stand for itself again; return whether it had been an alias."""
    a = dim_alias.c
    with write_transaction(engine) as connection:
        gone = connection.execute(
            delete(dim_alias).where(a.dimension == dimension, a.alias_key == label_key(spelling))
        ).rowcount
        if gone:
            apply_aliases(connection)
            write_audit(
                connection,
                "alias",
                actor=actor,
                subject=spelling,
                detail={"dimension": dimension, "canonical": None},
            )
            _count_anew(connection)
    return bool(gone)


def _count_anew(connection: Connection) -> None:
    """Count every unit's marts by the members that now stand: with the alias, or not at all."""
    units = loaded_units(connection)
    refresh(connection, units=units)
    hold_checks(connection, units=units)


def _alias_faults(dimension: str, spelling: str, canonical: str) -> tuple[Fault, ...]:
    def fault(name: str, value: str, reason: str) -> Fault:
        return Fault(1, name, value, reason, ALIAS_LABELS[name])

    if dimension not in MEMBERS:
        return (fault("dimension", dimension, f"cần một trong: {', '.join(MEMBERS)}."),)
    typed = (("spelling", spelling), ("canonical", canonical))
    blank = [fault(name, "", "hãy điền ô này.") for name, text in typed if not text.strip()]
    if not blank and label_key(spelling) == label_key(canonical):
        return (fault("spelling", spelling, "hai cách viết này đã được coi là một."),)
    return tuple(blank)
