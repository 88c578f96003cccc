"""What every database starts with: calendars, units, criteria, tasks, departments, plan figures.

Seeds are configuration in CSV. They are written again at each migration, so an edited seed takes
effect; plan figures and department labels, which people may change in the database, are only
added where they are missing.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from etl.catalogue.tasks import load_tasks
from etl.catalogue.values import criteria
from etl.dimensions import MEMBERS
from etl.normalise import label_key
from etl.seeds import seed_rows
from etl.settings import Settings
from etl.tables import (
    NO_MEMBER,
    dim_criterion,
    dim_date,
    dim_month,
    dim_task,
    dim_unit,
    plan,
)
from etl.warehouse import bulk_insert, take_stock, upsert
from etl.working_time import CALENDAR_END, FIRST_DAY, WorkingCalendar

NO_LABEL = "(chưa ghi)"


def working_calendar(settings: Settings) -> WorkingCalendar:
    """Return the office's working calendar, corrected by the override seed."""
    overrides = {row.day("date"): row.flag("is_working") for row in seed_rows("holiday_overrides")}
    return WorkingCalendar.from_settings(settings, overrides)


def seed(connection: Connection, *, settings: Settings) -> None:
    """Write every seed."""
    if not connection.scalar(select(func.count()).select_from(dim_date)):
        write_calendars(connection, settings=settings)
    _seed_units(connection)
    upsert(
        connection,
        dim_criterion,
        [
            {
                "criterion": code,
                "label": row["label"],
                "short_label": row["short_label"],
                "position": row.whole("position"),
            }
            for code, row in criteria().items()
        ],
    )
    upsert(
        connection,
        dim_task,
        [
            {
                "task": task.code,
                "criterion": task.criterion,
                "position": position,
                "title": task.title,
                "owner": task.owner,
                "valid_from": task.valid_from,
                "valid_to": task.valid_to,
            }
            for position, task in enumerate(load_tasks().values(), start=1)
        ],
    )
    _seed_members(connection)
    upsert(
        connection,
        plan,
        [
            {
                "unit": row["unit"],
                "year": row.whole("year"),
                "baseline_year": row.optional(row.whole, "baseline_year"),
                "baseline_pct": row.optional(row.figure, "baseline_pct"),
                "target_pct": row.optional(row.figure, "target_pct"),
                "ranked_units": row.optional(row.whole, "ranked_units"),
            }
            for row in seed_rows("plan")
        ],
        update=False,
    )


def _seed_units(connection: Connection) -> None:
    upsert(
        connection,
        dim_unit,
        [
            {
                "unit": row["code"],
                "valid_from": row.day("valid_from"),
                "valid_to": row.optional(row.day, "valid_to"),
                "name": row["name"],
                "kind": row["kind"],
                "parent": row["parent"],
                "is_demo": is_demo,
            }
            for name, is_demo in (("units", False), ("demo_units", True))
            for row in seed_rows(name)
        ],
    )


def _seed_members(connection: Connection) -> None:
    for name, table in MEMBERS.items():
        known = dict(connection.execute(select(table.c.key, table.c[f"{name}_id"])).all())
        labels = [row["label"] for row in seed_rows("departments")] if name == "department" else []
        wanted = {"": NO_LABEL} | {label_key(label): label for label in labels}
        first = max(known.values(), default=NO_MEMBER - 1) + 1
        rows = [
            {f"{name}_id": number, "key": key, "label": wanted[key], "canonical_id": number}
            for number, key in enumerate((key for key in wanted if key not in known), start=first)
        ]
        if rows:
            connection.execute(table.insert(), rows)


def calendar_frame(settings: Settings) -> pd.DataFrame:
    """One row per day from FIRST_DAY to CALENDAR_END, with its month in both calendars.

    A report month runs from ``report_month_first_day`` of the month before to the day before it.
    """
    days = pd.Series(pd.date_range(FIRST_DAY, CALENDAR_END, freq="D"))
    calendar_month: Any = days.dt.to_period("M")
    is_next = days.dt.day >= settings.report_month_first_day
    report_month = calendar_month.where(~is_next, calendar_month + 1)
    return pd.DataFrame(
        {
            "date": days,
            "is_working_day": working_calendar(settings).is_working(days),
            "calendar_month": calendar_month.astype(str),
            "report_month": report_month.astype(str),
        }
    )


def write_calendars(connection: Connection, *, settings: Settings) -> None:
    """Write the date and month dimensions anew."""
    days = calendar_frame(settings)
    connection.execute(dim_month.delete())
    connection.execute(dim_date.delete())
    bulk_insert(connection, dim_date, days)
    months = [
        days.groupby(f"{calendar}_month")["date"]
        .agg(start_on="min", end_on="max")
        .rename_axis("month")
        .reset_index()
        .assign(calendar=calendar)
        for calendar in ("calendar", "report")
    ]
    frame = pd.concat(months, ignore_index=True)
    month = frame["month"].str.slice(5, 7).astype("int64")
    frame["year"] = frame["month"].str.slice(0, 4)
    frame["quarter"] = frame["year"] + "-Q" + ((month - 1) // 3 + 1).astype(str)
    bulk_insert(connection, dim_month, frame)
    take_stock(connection, dim_date, written=len(days))
    take_stock(connection, dim_month, written=len(frame))
