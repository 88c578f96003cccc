"""Which units there are to look at: what each is called, and which of them a reader may choose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, exists, select
from sqlalchemy.sql.elements import ColumnElement

from dashboard import formatting as fmt
from dashboard.filters import ALL_UNITS
from etl.tables import dim_unit, mart_coverage

KIND_SHORT = {"xã": "X.", "phường": "P.", "thị trấn": "TT."}


@dataclass(frozen=True)
class Unit:
    """A unit as it is called on a day; of several together, without a code."""

    code: str
    name: str
    kind: str
    parent: str

    @property
    def full_name(self) -> str:
        """The name with its kind: "Xã Hoài Châu Bắc"."""
        return f"{fmt.capital(self.kind)} {self.name}".strip()

    @property
    def short_name(self) -> str:
        """The name with its kind in short: "X. Hoài Châu Bắc"."""
        return f"{KIND_SHORT.get(self.kind, '')} {self.name}".strip()

    @property
    def together(self) -> str:
        """What its parts are together: "Toàn xã"; of several units "Chung 3 đơn vị"."""
        return f"Toàn {self.kind or 'đơn vị'}" if self.code else f"Chung {self.name}"

    @property
    def office(self) -> str:
        """Whose pages they are: "UBND xã Hoài Châu Bắc"; several together have their own words."""
        if not self.code:
            return f"{self.name}, {self.parent}"
        return f"{self.agency} {self.name}"

    @property
    def agency(self) -> str:
        """What the office is, without its name: "UBND xã"."""
        return f"UBND {self.kind}".strip()

    def __str__(self) -> str:
        """Return the name inside a sentence: "xã Hoài Châu Bắc"."""
        return f"{self.kind} {self.name}".strip() if self.code else self.name


def find_unit(connection: Connection, code: str, *, day: date | None) -> Unit:
    """Return what the unit ``code`` is called on ``day``; its code when the seeds lack it."""
    found = _named(connection, dim_unit.c.unit == code, day=day)
    return found[0] if found else Unit(code, code, "", "")


def find_peers(connection: Connection, *, units: Iterable[str] | None) -> tuple[Unit, ...]:
    """Return the units that figures are loaded of, among those the reader may see (None: all).

    A published ranking names every unit; that is no figure of theirs.
    """
    c = mart_coverage.c
    is_loaded: ColumnElement[bool] = exists().where(
        c.unit == dim_unit.c.unit, c.source != "ranking"
    )
    if units is not None:
        is_loaded = and_(is_loaded, dim_unit.c.unit.in_(list(units)))
    return tuple(_named(connection, is_loaded, day=None))


def home_unit(peers: tuple[Unit, ...], *, units: tuple[str, ...] | None, own: str) -> str:
    """Return the unit that a reader's pages open on: the own one, for whoever may not see it the
    first of theirs that figures are loaded of, else the first of theirs.
    """
    if units is None or not units or own in units:
        return own
    return next((one.code for one in peers), units[0])


def choose_units(peers: tuple[Unit, ...], wanted: str | None, *, own: str) -> tuple[str, ...]:
    """Return the codes that a choice stands for: all, those of one parent, one; else ``own``.

    What is not understood, or not this reader's to see, is left out as in every link.
    """
    if wanted is None:
        return (own,)
    return tuple(one.code for one in peers if wanted in (ALL_UNITS, one.code, one.parent)) or (own,)


def together(units: tuple[Unit, ...]) -> Unit:
    """Return what several units are called: "3 đơn vị, Thị xã Hoài Nhơn"; one is itself."""
    if len(units) == 1:
        return units[0]
    parents = {one.parent for one in units}
    place = parents.pop() if len(parents) == 1 else f"{len(parents)} nơi"
    return Unit("", f"{len(units)} đơn vị", "đơn vị", place)


def _named(
    connection: Connection, condition: ColumnElement[bool], *, day: date | None
) -> list[Unit]:
    """Return the units of a condition, by code, each under the last name that ``day`` knows."""
    c = dim_unit.c
    rows = connection.execute(
        select(c.unit, c.name, c.kind, c.parent, c.valid_from)
        .where(condition)
        .order_by(c.unit, c.valid_from)
    )
    found = {
        row.unit: Unit(row.unit, row.name, row.kind, row.parent)
        for row in rows
        if day is None or row.valid_from <= day
    }
    return list(found.values())
