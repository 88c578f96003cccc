"""What the bulk path writes comes back as it was, on both engines."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from sqlalchemy import Boolean, Column, Date, DateTime, Engine, Integer, Text, select

from etl.warehouse import bulk_insert, day_number, temporary_table

TEXTS = [r"\N", "\\", "a\tb", "a\nb", "a\r\nb", r"C:\new\table", "", "Hồ sơ «α»", None, "NULL"]


def test_values_come_back_as_they_were(engine: Engine) -> None:
    table = temporary_table(
        "bulk",
        [
            Column("place", Integer),
            Column("words", Text),
            Column("is_it", Boolean),
            Column("count", Integer),
            Column("on_day", Date),
            Column("at", DateTime),
        ],
    )
    size = len(TEXTS)
    moments = [pd.Timestamp(2024, 2, 29, 23, 59, 58), pd.NaT] * (size // 2)
    frame = pd.DataFrame(
        {
            "place": range(size),
            "words": pd.Series(TEXTS, dtype=object),
            "is_it": [True, False] * (size // 2),
            "count": pd.array([7, None] * (size // 2), dtype="Int64"),
            "on_day": moments,
            "at": moments,
        }
    )
    with engine.begin() as connection:
        table.create(connection)
        bulk_insert(connection, table, frame)
        rows = connection.execute(select(table).order_by(table.c.place)).all()
        days = connection.scalars(select(day_number(table.c.on_day)).order_by(table.c.place)).all()
    assert [row.words for row in rows] == TEXTS
    assert [row.is_it for row in rows] == [True, False] * (size // 2)
    assert [row.count for row in rows] == [7, None] * (size // 2)
    assert {row.on_day for row in rows} == {date(2024, 2, 29), None}
    assert {row.at for row in rows} == {datetime(2024, 2, 29, 23, 59, 58), None}
    assert set(days) == {(date(2024, 2, 29) - date(1970, 1, 1)).days, None}


def test_repeated_words_are_written_out(engine: Engine) -> None:
    table = temporary_table("bulk", [Column("words", Text)])
    words = pd.Series(["b", None, "a", "b"], dtype="category")
    with engine.begin() as connection:
        table.create(connection)
        bulk_insert(connection, table, pd.DataFrame({"words": words}))
        found = connection.scalars(select(table.c.words)).all()
    assert sorted(map(str, found)) == ["None", "a", "b", "b"]
