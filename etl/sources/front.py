"""The front door: one file → its source, its table, its clean rows, and what it speaks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from etl import formats
from etl.catalogue.sources import SOURCES, Source
from etl.errors import RefusedFile, UserError
from etl.mapping import Mapping
from etl.privacy import redact
from etl.reading import Limits, Note, RawTable, content_hash, read_file
from etl.sources import dossier, feedback, ranking, survey, task_report
from etl.sources.choosing import choose
from etl.sources.columns import Resolved
from etl.sources.coverage import Stated, read_titles
from etl.sources.draft import Draft, unit_word, unit_words
from etl.sources.model import Cleaned, KnownUnit, Warned
from etl.sources.returning import cells_of_rejects

Clean = Callable[[Draft], tuple[pd.DataFrame, int]]

_CLEAN: dict[str, Clean] = {
    "dossier": dossier.clean,
    "feedback": feedback.clean,
    "survey": survey.clean,
    "ranking": ranking.clean,
    "task_report": task_report.clean,
}


class EveryRowRejected(RefusedFile):
    """A table of which no row can be loaded; ``rejects`` as in :class:`Cleaned`."""

    def __init__(self, table: RawTable, rejects: pd.DataFrame) -> None:
        self.rejects = rejects
        first = rejects.iloc[0]
        super().__init__(
            table.file,
            sheet=table.sheet or None,
            row=int(first["row"]),
            column=first["column"],
            value=first["value"],
            reason=f"mọi dòng ({len(rejects)}) đều bị loại; dòng đầu: {first['reason']}",
            next_step="Hãy sửa tệp hoặc dùng tệp ánh xạ rồi nạp lại.",
        )


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
    limits: Limits | None = None,
) -> list[Cleaned]:
    """Read and clean one file, a result per sheet that is loaded; nothing is written anywhere.

    Args:
        source: which source it is; None to tell from its headers.
        unit: the unit of rows that name none.
        as_of: up to which day it speaks; None for what its titles say, else its latest event.
        covers: first and last day it speaks for; None for its titles, else its events.
        today: what lies after it cannot have happened; None for the clock.
        limits: how much is read at most.

    Raises:
        RefusedFile: nothing of it can be loaded, with place, reason and next step.
        UserError: ``unit`` is not a unit.
    """
    if mapping is not None and source is None:
        source = mapping.source
    hold_unit(unit, known_units)
    chosen = choose(path.name, read_file(path, limits=limits), source=source, mapping=mapping)
    sha256 = content_hash(path)
    cleaned = [
        clean_table(
            table,
            found,
            mapping=mapping,
            unit=unit,
            known_units=known_units,
            as_of=as_of,
            covers=covers,
            today=today or formats.today(),
            sha256=sha256,
        )
        for table, found in chosen.tables
    ]
    cleaned[0].warnings.extend(chosen.notes)
    _hold_apart(cleaned)
    return cleaned


def hold_unit(unit: str, known_units: list[KnownUnit]) -> None:
    """Refuse an own unit that is not among the units."""
    if unit_words(known_units).get(unit_word(unit)) is None:
        raise UserError(
            f"Mã đơn vị «{unit}» không có trong danh mục đơn vị. "
            "Hãy kiểm tra --unit, cấu hình UNIT hoặc danh sách đơn vị (units.csv)."
        )


def _hold_apart(cleaned: list[Cleaned]) -> None:
    """Refuse sheets of which one would replace what another has just loaded."""
    seen: dict[tuple[object, ...], Cleaned] = {}
    for one in cleaned:
        if not one.replaces:
            continue
        scopes = one.rows[["unit", "survey", "month"]].drop_duplicates()
        for scope in scopes.itertuples(index=False, name=None):
            other = seen.setdefault(scope, one)
            if other is not one:
                raise RefusedFile(
                    one.file,
                    reason=f"hai trang tính «{other.sheet}» và «{one.sheet}» cùng ghi số phiếu "
                    f"của tháng {scope[2]}, mà phiếu không có mã nên trang sau sẽ thay trang "
                    "trước.",
                    next_step="Hãy gộp hai trang thành một bảng, hoặc nêu [options] sheet trong "
                    "tệp ánh xạ để chọn một trang.",
                )


def clean_table(
    table: RawTable,
    found: Resolved,
    *,
    mapping: Mapping | None,
    unit: str,
    known_units: list[KnownUnit],
    as_of: date | None,
    covers: tuple[date, date] | None,
    today: date,
    sha256: str,
) -> Cleaned:
    """Clean one table whose columns are known.

    Raises:
        EveryRowRejected: no row of it can be loaded.
        RefusedFile: nothing tells which days it speaks for, or constants leave nothing to read.
    """
    table = _only_known_columns(table, found)
    if table.frame.columns.empty:
        raise RefusedFile(
            table.file,
            sheet=table.sheet or None,
            reason="không cột nào của tệp được dùng: tệp ánh xạ đặt giá trị cố định cho mọi cột.",
            next_step="Hãy gán các cột của tệp ở mục [columns] của tệp ánh xạ.",
        )
    draft = Draft(
        source=SOURCES[found.source],
        table=table,
        found=found,
        mapping=mapping,
        unit=unit,
        known_units=known_units,
        today=today,
    )
    rows, repeated = _CLEAN[found.source](draft)
    rejects = draft.ledger.rejects
    if rows.empty:
        raise EveryRowRejected(table, rejects)
    is_month_first = mapping is not None and mapping.order == "mdy"
    stated = read_titles(table.titles, is_month_first=is_month_first)
    if covers is None and stated.first and stated.last:
        covers = stated.first, stated.last
    days = _event_days(draft, rows)
    first_day, last_day, until = _days(
        table.file, draft.source, days, stated, as_of=as_of, covers=covers
    )
    replaces = found.source == "survey" and survey.numbers_its_rows(draft)
    return Cleaned(
        source=found.source,
        # Names of files and sheets are kept, and hands write numbers there, too.
        file=redact(table.file),
        sha256=sha256,
        sheet=redact(table.sheet),
        rows_read=len(table.frame),
        rows=rows.reset_index(drop=True),
        rejects=rejects,
        reject_cells=[] if replaces else cells_of_rejects(draft),
        repeated=repeated,
        warnings=[
            *draft.ledger.warnings,
            *_ahead(draft.source, as_of or stated.as_of, today=today),
            *_late_events(draft, rows, until),
            *_outside(draft, rows, first_day, last_day),
            *([] if covers else _empty_months(draft.source, days)),
            *map(as_warned, table.notes),
        ],
        present=_present(draft),
        headers=tuple(map(redact, table.frame.columns)),
        covered_from=first_day,
        covered_to=last_day,
        as_of=until,
        replaces=replaces,
        is_demo=stated.is_demo,
    )


def as_warned(note: Note) -> Warned:
    """Return what reading noted as a warning of the whole file."""
    return Warned(note.code, "", note.message, note.count)


def _only_known_columns(table: RawTable, found: Resolved) -> RawTable:
    """Return ``table`` without the columns that nobody asked for: what is dropped cannot leak."""
    used = {*found.columns.values(), *found.questions, *found.levels, found.counts}
    return replace(table, frame=table.frame[[name for name in table.frame if name in used]])


def _present(draft: Draft) -> frozenset[str]:
    if draft.source.code == "survey":
        return draft.present | {"score", "answered_on"}
    return draft.present


# What the file speaks for -----------------------------------------------------------------------


def _event_days(draft: Draft, rows: pd.DataFrame) -> pd.Series:
    """Return the days on which something happened, of all rows together.

    What is dated by its month alone speaks for the whole of it: to its last day, not to the first.
    """
    source = draft.source
    if source.code == "task_report":
        months = pd.PeriodIndex(rows["month"].unique(), freq="M")
        return pd.Series([*months.start_time.normalize(), *months.end_time.normalize()])
    if source.code == "ranking":
        years = pd.PeriodIndex(rows["year"].astype(str).unique(), freq="Y")
        return pd.Series([*years.start_time.normalize(), *years.end_time.normalize()])
    names = [name for name in source.event_columns if name in rows]
    days = [rows[name].dropna().dt.normalize() for name in names]
    if source.code == "survey":
        by_month = draft.parsed["answered_on"].reindex(rows["row"]).isna().to_numpy()
        days.append(days[0][by_month] + pd.offsets.MonthEnd(0))
    return pd.concat(days)


def _days(
    file: str,
    source: Source,
    days: pd.Series,
    stated: Stated,
    *,
    as_of: date | None,
    covers: tuple[date, date] | None,
) -> tuple[date, date, date]:
    """Return the first and last day covered and the as-of day.

    ``covers`` where the loader or the titles state it, else from the first of the event ``days`` to
    the last, or to the as-of day where that is later: whoever says "up to 05/07" also speaks for
    the days without events before it.

    Raises:
        RefusedFile: neither the loader, nor the titles, nor any event tells, or the as-of day
            that was told lies before the first day.
    """
    if days.empty and covers is None:
        raise RefusedFile(
            file,
            reason="không dòng nào có ngày, nên không biết số liệu thuộc kỳ nào.",
            next_step="Hãy bổ sung các cột ngày, hoặc nêu --covers-from, --covers-to.",
        )
    latest = covers[1] if covers and days.empty else days.max().date()
    until = as_of or stated.as_of or latest
    earliest = covers[0] if covers else days.min().date()
    # A ranking is of a year, and its day is the decision's; else only a day that was told is wrong.
    told = as_of or stated.as_of
    if told and told < earliest and source.code != "ranking":
        raise RefusedFile(
            file,
            reason=f"ngày chốt số liệu {told:%d/%m/%Y} trước ngày đầu tiên {earliest:%d/%m/%Y}.",
            next_step="Hãy sửa ngày «tính đến» cho đúng với tệp.",
        )
    first, last = covers or (earliest, max(latest, until))
    if source.code == "ranking" and as_of is None:
        until = max(until, last)
    return first, last, until


def _ahead(source: Source, told: date | None, *, today: date) -> list[Warned]:
    """Warn of an as-of day that is yet to come.

    An export of a year that has just begun names the last day that was asked for, and until then
    what was not loaded counts as zero. A report on tasks may tell of its month before the month's
    end, a ranking of its year.
    """
    whole = {"task_report": "M", "ranking": "Y"}.get(source.code)
    known = pd.Period(today, freq=whole).end_time.date() if whole else today
    if told is None or told <= known:
        return []
    message = (
        f"số liệu được tính đến {told:%d/%m/%Y}, là ngày chưa tới: từ nay đến ngày ấy tháng không "
        "có dòng nào được coi là 0, hồ sơ tới hẹn được coi là quá hạn. Nếu tệp xuất trước ngày ấy, "
        "hãy lấy ngày xuất làm ngày «tính đến»."
    )
    return [Warned("as_of_ahead", "", message, 1)]


def _late_events(draft: Draft, rows: pd.DataFrame, as_of: date) -> list[Warned]:
    """Warn of events dated after the as-of day: they are kept, and count once it is reached."""
    if draft.source.code in ("task_report", "ranking"):
        return []
    warned = []
    for name in draft.source.event_columns:
        if name not in rows:
            continue
        late = rows[rows[name].dt.normalize() > pd.Timestamp(as_of)].drop_duplicates("row")
        header = draft.header(name)
        message = f"«{header}» sau ngày chốt số liệu {as_of:%d/%m/%Y}; chưa được tính vào kỳ này."
        warned += _warned_of("after_as_of", header, message, late, late[name])
    return warned


def _outside(draft: Draft, rows: pd.DataFrame, first: date, last: date) -> list[Warned]:
    """Warn of rows that have no day in what the file is said to cover: is it said rightly?

    What was sent or received before may be carried over; an answer to a survey is not.
    """
    if draft.source.code == "ranking":
        return []
    if draft.source.code == "task_report":
        days = pd.to_datetime(rows["month"], format="%Y-%m").to_frame()
    else:
        days = rows[[name for name in draft.source.event_columns if name in rows]]
    earliest = days.min(axis=1)
    outside = earliest >= pd.Timestamp(last) + pd.Timedelta(days=1)
    if draft.source.code in ("survey", "task_report"):
        outside |= days.max(axis=1) < pd.Timestamp(first)
    odd = rows[outside].drop_duplicates("row")
    message = (
        f"không có ngày nào trong kỳ {first:%d/%m/%Y}–{last:%d/%m/%Y} mà tệp nêu; tháng ngoài kỳ "
        "vẫn là «chưa có số liệu». Hãy kiểm tra kỳ ghi ở đầu tệp."
    )
    return _warned_of("outside_covered", "", message, odd, earliest)


def _empty_months(source: Source, days: pd.Series) -> list[Warned]:
    """Warn of months without an event between the first day and the last: a stray date makes many.

    Only where nobody has said which days the file speaks for. A ranking is of whole years.
    """
    if source.code == "ranking":
        return []
    months = pd.PeriodIndex(days.unique(), freq="M").unique().sort_values()
    empty = pd.period_range(months[0], months[-1], freq="M").difference(months)
    if empty.empty:
        return []
    message = (
        f"từ {months[0]:%m/%Y} đến {months[-1]:%m/%Y} có {len(empty)} tháng không có dòng nào, nên "
        "các tháng ấy được tính là 0. Nếu không phải vậy, hãy tìm ngày ghi nhầm ở đầu hoặc cuối "
        "quãng này, hoặc nêu kỳ của tệp."
    )
    return [Warned("empty_months", "", message, 1)]


def _warned_of(
    code: str, column: str, message: str, rows: pd.DataFrame, days: pd.Series
) -> list[Warned]:
    if rows.empty:
        return []
    examples = [
        (int(row), f"{day:%d/%m/%Y}")
        for row, day in zip(rows["row"].head(5), days[rows.index].head(5), strict=True)
    ]
    return [Warned(code, column, message, len(rows), examples)]
