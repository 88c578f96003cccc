"""What follows from what is loaded: derived columns, marts, and the checks that hold them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from sqlalchemy import Connection, Engine, delete, select

from etl.checking import run_checks
from etl.dimensions import apply_aliases
from etl.marts import loaded_units, refresh
from etl.merging import FACTS, Derive
from etl.seeding import working_calendar, write_calendars
from etl.settings import Settings
from etl.sources import dossier as dossier_source
from etl.sources import feedback as feedback_source
from etl.tables import fact_dossier, fact_feedback
from etl.warehouse import bulk_insert, write_transaction


def derivation(source: str, *, settings: Settings) -> Derive:
    """Return what computes the derived columns of a source's rows."""
    calendar = working_calendar(settings)
    if source == "dossier":
        return lambda rows: dossier_source.derive(
            rows, calendar=calendar, intake_limit_hours=settings.intake_limit_hours
        )
    if source == "feedback":
        return lambda rows: feedback_source.derive(
            rows, calendar=calendar, answer_days=settings.feedback_answer_days
        )
    return lambda rows: rows


def hold_checks(connection: Connection, *, units: Iterable[str]) -> None:
    """Raise when a mart breaks one of its identities: a fault of ours, never of a file."""
    broken = run_checks(connection, units=units)
    if broken:
        first = broken[0]
        raise AssertionError(f"check {first.check} fails for unit {first.unit}: {first.rows}")


def rebuild(engine: Engine, *, settings: Settings) -> list[str]:
    """Recompute calendars, derived columns and marts of every loaded unit; return the units.

    Needed after the working calendar, an alias or a limit was changed; no file is read again.
    """
    with write_transaction(engine) as connection:
        write_calendars(connection, settings=settings)
        apply_aliases(connection)
        units = loaded_units(connection)
        for source, table in (("dossier", fact_dossier), ("feedback", fact_feedback)):
            fact = FACTS[source]
            derive = derivation(source, settings=settings)
            for unit in units:
                result = connection.execute(select(table).where(table.c.unit == unit))
                frame = pd.DataFrame(result.all(), columns=list(result.keys()))
                if frame.empty:
                    continue
                rows = derive(_typed(frame, fact_columns=fact.values))
                connection.execute(delete(table).where(table.c.unit == unit))
                bulk_insert(connection, table, rows)
        refresh(connection, units=units)
        hold_checks(connection, units=units)
    return units


def _typed(frame: pd.DataFrame, *, fact_columns: tuple[str, ...]) -> pd.DataFrame:
    """Give a frame read from the database the types that cleaning gives."""
    for name in fact_columns:
        if name.endswith("_at"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
        elif name == "supplement_count":
            frame[name] = frame[name].astype("Int64")
    return frame
