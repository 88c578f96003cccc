"""What dossiers count for: what happened to them and in which month, what they were at its ends.

The one definition behind the mart, and behind the list of dossiers that a number counts. What each
of the counts means stands in words in the catalogue of metrics.

A thing counts in the month it happened in, from the month on in which it is known: an apology sent
in July for a dossier late in June counts for June once the cut-off lies in July or later. A dossier
closed before it was received enters with its closing day, so that what came in plus what was open
always equals what was closed plus what is open. The meeting's record wins over the file: a cause
or an apology typed there comes first.

Days are whole numbers (days since 1970-01-01), :data:`NEVER` where there is none. That is what
makes a million of them countable in seconds: sums over columns instead of a row per event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from etl.catalogue.values import labels
from etl.dimensions import MEMBERS
from etl.record_tables import record_entry
from etl.tables import ACCEPTED, before_image, dim_month, fact_dossier, load_batch
from etl.warehouse import day_number, stream

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

OUTCOMES = ("refused", "unreceived", "withdrawn", "resolved", "open")
WITHDRAWN, RESOLVED = OUTCOMES.index("withdrawn"), OUTCOMES.index("resolved")
RATINGS = ("very_satisfied", "satisfied", "unsatisfied")
_SATISFIED = [RATINGS.index(word) for word in ("very_satisfied", "satisfied")]
_NONE = -1
"""The place of a text that is not there."""
_HAPPENS = ("received_on", "entered_on", "closed_on", "returned_on", "intake_counted_on")
_DAYS = (*_HAPPENS, "apology_on", "due_on", "waiting_from", "waiting_to", "intake_on")
_NUMBERS = ("requests", "requests_after_intake", "is_complete", "intake_within", "intake_no_time")
NEVER = 10_000_000
"""The number of a day that never comes: later than all."""
_EPOCH = date(1970, 1, 1).toordinal()


def channels() -> tuple[str, ...]:
    """Return the codes of the channels, in order."""
    return tuple(labels("dossier_channel"))


def as_day(number: int) -> date | None:
    """Return the day that a number stands for."""
    return None if number == NEVER else date.fromordinal(_EPOCH + int(number))


def as_number(day: date) -> int:
    """Return the number that stands for a day."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True)
class Dossiers:
    """Some dossiers of a unit, an array of whole numbers per column.

    Columns: ``department_id``, ``field_id``, ``procedure_id`` as aliases make them count;
    ``channel``, ``outcome``, ``rating3`` as places in :func:`channels`, :data:`OUTCOMES` and
    :data:`RATINGS`; days; ``requests`` and flags. ``codes`` and ``causes`` hold texts where they
    were asked for, a blank cause is None.
    """

    numbers: dict[str, Ints]
    codes: npt.NDArray[np.object_] | None = None
    causes: npt.NDArray[np.object_] | None = None

    def __getitem__(self, name: str) -> Ints:
        return self.numbers[name]

    def __len__(self) -> int:
        return len(self.numbers["outcome"])


@dataclass(frozen=True)
class Months:
    """The months of a calendar up to an as-of day: first day, and last day that counts."""

    labels: npt.NDArray[np.object_]
    starts: Ints
    cutoffs: Ints
    as_of: int

    @classmethod
    def read(cls, connection: Connection, *, calendar: str, as_of: date) -> Months:
        """Return the months that have begun by ``as_of``."""
        m = dim_month.c
        rows = connection.execute(
            select(m.month, m.start_on, m.end_on)
            .where(m.calendar == calendar, m.start_on <= as_of)
            .order_by(m.start_on)
        ).all()
        return cls(
            labels=np.array([month for month, *_ in rows], dtype=object),
            starts=np.array([as_number(start) for _, start, _ in rows], dtype=np.int64),
            cutoffs=np.array([as_number(min(end, as_of)) for *_, end in rows], dtype=np.int64),
            as_of=as_number(as_of),
        )

    def of(self, days: Ints) -> Ints:
        """Return the place of the month that each day lies in, −1 before the first."""
        return np.searchsorted(self.starts, days, side="right") - 1


@dataclass(frozen=True)
class Happening:
    """A kind of thing that counts: for which dossiers (``rows``), in which month, known from which.

    Months are places in :class:`Months`; ``counts`` says by column which of the rows count.
    ``sign`` is −1 for what is counted already in a span that holds both of its months.
    """

    rows: Ints
    month: Ints
    seen: Ints
    counts: dict[str, Marks]
    sign: int = 1


def read_dossiers(
    connection: Connection, *, unit: str, since: date | None = None, has_texts: bool = False
) -> Iterator[Dossiers]:
    """Give the dossiers of a unit in blocks; with ``since``, those that count in some way from it.

    ``codes`` and ``causes`` are read with ``has_texts``, and where the meeting's record speaks of
    a dossier of the unit.
    """
    said = _Said.read(connection, unit=unit)
    names, statement = _statement(unit=unit, since=since, said=said, has_texts=has_texts or said)
    canonical = {name: _canonical(connection, name) for name in MEMBERS}
    for block in stream(connection, statement):
        width = len(names)
        flat = chain.from_iterable(row[:width] for row in block)
        table = np.fromiter(flat, dtype=np.int64, count=width * len(block)).reshape(-1, width)
        numbers = dict(zip(names, table.T.copy(), strict=True))
        for name, ids in canonical.items():
            numbers[f"{name}_id"] = ids[numbers[f"{name}_id"]]
        if len(block[0]) == width:
            yield Dossiers(numbers)
            continue
        codes, causes = (
            np.array([row[place] for row in block], dtype=object) for place in (width, width + 1)
        )
        said.apply(codes, numbers, causes)
        yield Dossiers(numbers, codes, causes)


@dataclass(frozen=True)
class _Said:
    """What the meeting's record says of dossiers of a unit, by code: it wins over the file."""

    causes: dict[str, str]
    apologies: dict[str, int]

    @classmethod
    def read(cls, connection: Connection, *, unit: str) -> _Said:
        e = record_entry.c
        query = select(e.subject, e.field, e.value, e.day).where(
            e.unit == unit, e.kind == "dossier", e.month == ""
        )
        causes, apologies = {}, {}
        for code, field, value, day in connection.execute(query):
            if field == "cause" and value:
                causes[code] = value
            if field == "apology_on" and day is not None:
                apologies[code] = as_number(day)
        return cls(causes, apologies)

    def __bool__(self) -> bool:
        return bool(self.causes or self.apologies)

    @property
    def codes(self) -> list[str]:
        """The dossiers that it speaks of."""
        return sorted({*self.causes, *self.apologies})

    def apply(
        self, codes: npt.NDArray[np.object_], numbers: dict[str, Ints], causes: npt.NDArray[Any]
    ) -> None:
        """Put what was said in the place of what the file says."""
        if not self:
            return
        for row in np.flatnonzero(np.isin(codes.astype(str), self.codes)).tolist():
            code = codes[row]
            if code in self.apologies:
                numbers["apology_on"][row] = self.apologies[code]
            if code in self.causes:
                causes[row] = self.causes[code]
                numbers["has_cause"][row] = 1


def _statement(
    *, unit: str, since: date | None, said: _Said, has_texts: bool | _Said
) -> tuple[list[str], Select[Any]]:
    f = fact_dossier.c
    columns: dict[str, ColumnElement[Any]] = {
        **{f"{name}_id": f[f"{name}_id"] for name in MEMBERS},
        "channel": _place(f.channel, channels(), others=channels().index("other")),
        "outcome": _place(f.outcome, OUTCOMES, others=_NONE),
        "rating3": case(
            (f.rating3.is_(None), _NONE), else_=_place(f.rating3, RATINGS, others=len(RATINGS))
        ),
        "has_cause": case((f.late_cause.is_(None), 0), else_=1),
        **{name: func.coalesce(day_number(f[name]), NEVER) for name in _DAYS},
        **{name: _whole(f[name]) for name in _NUMBERS},
    }
    texts = (f.dossier_code, f.late_cause) if has_texts else ()
    statement = select(*columns.values(), *texts).where(f.unit == unit)
    if since is not None:
        i = before_image.c
        moved = select(i.key).where(i.unit == unit, i.source == "dossier", i.has_deadline_change)
        statement = statement.where(
            or_(
                f.closed_on.is_(None),
                *(f[name] >= since for name in (*_HAPPENS, "apology_on")),
                f.dossier_code.in_(moved),
                f.dossier_code.in_(said.codes),
            )
        )
    return list(columns), statement


def _place(column: Any, words: tuple[str, ...], *, others: int) -> ColumnElement[int]:
    """Return the place of a text among ``words``; ``others`` where it is another."""
    return case({word: place for place, word in enumerate(words)}, value=column, else_=others)


def _whole(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((column, 1), else_=0) if column.type.python_type is bool else column


def _canonical(connection: Connection, name: str) -> Ints:
    """Return the id of the member that each member counts as, by id."""
    c = MEMBERS[name].c
    pairs = connection.execute(select(c[f"{name}_id"], c.canonical_id)).all()
    ids = np.zeros(max((i for i, _ in pairs), default=0) + 1, dtype=np.int64)
    for i, canonical in pairs:
        ids[i] = canonical
    return ids


def read_changes(connection: Connection, *, unit: str, as_of: date) -> dict[str, set[date]]:
    """Return by dossier the as-of days of the live loads that moved its due or finish date."""
    i, b = before_image.c, load_batch.c
    query = (
        select(i.key, b.as_of)
        .join(load_batch, and_(b.batch_id == i.batch_id, b.status == ACCEPTED))
        .where(i.unit == unit, i.source == "dossier", i.has_deadline_change, b.as_of <= as_of)
    )
    found: dict[str, set[date]] = {}
    for code, day in connection.execute(query):
        found.setdefault(code, set()).add(day)
    return found


def happenings(
    dossiers: Dossiers, months: Months, *, changes: dict[str, set[date]]
) -> Iterator[Happening]:
    """Give everything that ``dossiers`` count for, kind by kind."""
    yield from _events(dossiers, months)
    yield _opening(dossiers, months)
    yield _pending(dossiers, months)
    if changes:
        yield from _changed(dossiers, months, changes)


def _events(d: Dossiers, months: Months) -> Iterator[Happening]:
    due, closed = d["due_on"], d["closed_on"]
    received, entered, returned = d["received_on"], d["entered_on"], d["returned_on"]
    has_due, is_there = due != NEVER, np.ones(len(d), dtype=bool)
    is_resolved, is_withdrawn = d["outcome"] == RESOLVED, d["outcome"] == WITHDRAWN
    is_late = is_resolved & has_due & (closed > due) & (closed != NEVER)
    apology = d["apology_on"]

    yield _event(
        months,
        on=received,
        counts={
            "received": is_there,
            "received_online": d["channel"] == channels().index("online"),
            "received_no_due": ~has_due,
            "complete": d["is_complete"] == 1,
        },
    )
    yield _event(
        months,
        on=entered,
        counts={
            "entered_due": has_due,
            "entered_no_due": ~has_due,
            "received_766": has_due & ~is_withdrawn,
        },
    )
    is_rated = is_resolved & (d["rating3"] != _NONE)
    yield _event(
        months,
        on=closed,
        counts={
            **_by_due("resolved", is_resolved, closed=closed, due=due),
            "resolved_766": is_resolved & has_due & (closed <= due) & (d["requests"] <= 1),
            **_by_due("withdrawn", is_withdrawn, closed=closed, due=due),
            "supplemented": is_resolved & (d["requests_after_intake"] >= 1),
            "repeat_supplemented": is_resolved & (d["requests"] >= 2),
            "explained": is_late & (d["has_cause"] == 1),
            "rated": is_rated,
            "rated_satisfied": is_rated & np.isin(d["rating3"], _SATISFIED),
        },
    )
    yield _event(
        months,
        on=np.where(is_late & (apology != NEVER), closed, NEVER),
        seen=np.maximum(closed, apology),
        counts={"apologised": is_there},
    )
    yield _event(
        months,
        on=np.where(is_resolved & has_due, returned, NEVER),
        seen=np.maximum(closed, returned),
        counts={"returned_due": is_there, "returned_ready": closed <= due},
    )
    has_time = d["intake_no_time"] == 0
    yield _event(
        months,
        on=d["intake_on"],
        seen=d["intake_counted_on"],
        counts={
            "intake_counted": has_time,
            "intake_within": has_time & (d["intake_within"] == 1),
            "intake_no_time": ~has_time,
        },
    )


def _by_due(name: str, marks: Marks, *, closed: Ints, due: Ints) -> dict[str, Marks]:
    has_due = due != NEVER
    return {
        f"{name}_early": marks & has_due & (closed < due),
        f"{name}_on_time": marks & has_due & (closed == due),
        f"{name}_late": marks & has_due & (closed > due),
        f"{name}_no_due": marks & ~has_due,
    }


def _event(
    months: Months, *, on: Ints, counts: dict[str, Marks], seen: Ints | None = None
) -> Happening:
    """Return what happened by the as-of day and was known by then."""
    seen = on if seen is None else seen
    rows = np.flatnonzero((on <= months.as_of) & (seen <= months.as_of))
    month = months.of(on[rows])
    return Happening(
        rows,
        month,
        month if seen is on else months.of(seen[rows]),
        {name: marks[rows] for name, marks in counts.items()},
    )


def _over_months(first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return rows and places of months, one each from ``first`` up to, not including, ``end``."""
    lengths = np.maximum(end - first, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    steps = np.arange(len(rows)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, np.repeat(first, lengths) + steps


def _opening(d: Dossiers, months: Months) -> Happening:
    """What had entered before a month and was not closed before it."""
    rows, month = _over_months(
        np.searchsorted(months.starts, d["entered_on"], side="right"),
        np.searchsorted(months.starts, d["closed_on"], side="right"),
    )
    has_due = (d["due_on"] != NEVER)[rows]
    return Happening(
        rows,
        month,
        month,
        {
            "opening_due": has_due,
            "opening_no_due": ~has_due,
            "opening_766": has_due & (d["outcome"] != WITHDRAWN)[rows],
        },
    )


def _pending(d: Dossiers, months: Months) -> Happening:
    """What had entered by a month's cut-off and was not closed by it."""
    rows, month = _over_months(
        np.searchsorted(months.cutoffs, d["entered_on"], side="left"),
        np.searchsorted(months.cutoffs, d["closed_on"], side="left"),
    )
    cutoff, due = months.cutoffs[month], d["due_on"][rows]
    asked, answered = d["waiting_from"][rows], d["waiting_to"][rows]
    # A dossier that waits for its citizen is held to the day of the request.
    held = np.where((asked <= cutoff) & (answered > cutoff), asked, cutoff)
    has_due = due != NEVER
    return Happening(
        rows,
        month,
        month,
        {
            "pending_in_time": has_due & (due >= cutoff),
            "pending_overdue": has_due & (due < cutoff),
            "pending_no_due": ~has_due,
            "pending_766": has_due
            & (due >= held)
            & (d["outcome"] != WITHDRAWN)[rows]
            & (d["requests"] <= 1)[rows],
        },
    )


def _changed(d: Dossiers, months: Months, changes: dict[str, set[date]]) -> Iterator[Happening]:
    """Dossiers whose due or finish date a load moved: once, however often in a span of months.

    They count in each month of such loads; from the next such month on the one before is taken
    off again, so that a span that holds both counts the dossier once.
    """
    codes = [] if d.codes is None else d.codes.tolist()
    moved, again = [], []
    for row, code in enumerate(codes):
        if code not in changes:
            continue
        days = np.array([as_number(day) for day in changes[code]], dtype=np.int64)
        places = np.unique(months.of(days)).tolist()
        moved += [(row, month, month) for month in places]
        again += [(row, *pair) for pair in pairwise(places)]
    for found, sign in ((moved, 1), (again, -1)):
        rows, month, seen = np.array(found, dtype=np.int64).reshape(-1, 3).T
        counts = {"deadline_changed": np.ones(len(rows), dtype=bool)}
        yield Happening(rows, month, seen, counts, sign)
