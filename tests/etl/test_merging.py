"""Merging: what is inserted, updated, unchanged; what was before is kept."""

from __future__ import annotations

from pathlib import Path

import orjson
import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, event, select

from etl.merging import FACTS, Merged, merge
from etl.tables import before_image, fact_ranking, fact_survey_answer
from etl.warehouse import insert_returning_id, write_transaction
from tests.conftest import ON_SQLITE
from tests.etl.loaders import load_text

EVERY = frozenset(("index_pct", "rank", "respondents", "total_units", "decision_no")) | {
    "decision_date"
}


def ranking_rows(*rows: tuple[str, float, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit", "index_pct", "respondents"])
    return frame.assign(
        row=range(2, len(rows) + 2),
        year=2023,
        rank=pd.array([None] * len(rows), dtype="Int64"),
        respondents=frame["respondents"].astype("Int64"),
        total_units=17,
        decision_no=None,
        decision_date=pd.NaT,
    )


def new_batch(connection) -> int:  # type: ignore[no-untyped-def]
    from datetime import date, datetime

    from etl.tables import load_batch

    day = date(2024, 1, 31)
    return insert_returning_id(
        connection,
        load_batch,
        {
            **dict.fromkeys(
                ("source", "file", "sheet", "sha256", "mapping_sha256", "unit"), "ranking"
            ),
            **dict.fromkeys(("as_of", "covered_from", "covered_to"), day),
            **dict.fromkeys(
                ("rows_read", "inserted", "updated", "unchanged", "rejected", "repeated"), 0
            ),
            "removed": 0,
            "status": "accepted",
            "is_demo": False,
            "has_changed": True,
            "warnings": "[]",
            "new_members": "[]",
            "loaded_at": datetime(2024, 1, 31),
        },
    )


def load(
    engine: Engine,
    rows: pd.DataFrame,
    *,
    source: str = "ranking",
    present: frozenset[str] = EVERY,
    **options: object,
) -> Merged:
    with write_transaction(engine) as connection:
        return merge(
            connection,
            FACTS[source],
            rows,
            source=source,
            batch_id=new_batch(connection),
            present=present,
            derive=lambda frame: frame,
            **options,  # type: ignore[arg-type]
        )


def test_counts_what_is_new_changed_and_the_same(engine: Engine) -> None:
    first = ranking_rows(("21646", 90.83, 300), ("21649", 88.5, None))
    assert load(engine, first) == Merged(2, 0, 0, 0)
    assert load(engine, first) == Merged(0, 0, 2, 0)
    second = ranking_rows(("21646", 90.83, 300), ("21649", 89.0, None), ("21652", 80.0, 12))
    assert load(engine, second) == Merged(1, 1, 1, 0)
    with engine.connect() as connection:
        found = connection.execute(
            select(fact_ranking.c.unit, fact_ranking.c.index_pct).order_by(fact_ranking.c.unit)
        ).all()
    assert [tuple(row) for row in found] == [("21646", 90.83), ("21649", 89.0), ("21652", 80.0)]


def test_keeps_what_was_before(engine: Engine) -> None:
    load(engine, ranking_rows(("21646", 90.0, 300)))
    load(engine, ranking_rows(("21646", 90.83, 300)))
    with engine.connect() as connection:
        images = connection.execute(select(before_image)).mappings().all()
    assert [(image["unit"], image["action"]) for image in images] == [("21646", "updated")]
    assert orjson.loads(images[0]["image"])["index_pct"] == 90.0


def test_a_column_the_file_lacks_keeps_its_value(engine: Engine) -> None:
    load(engine, ranking_rows(("21646", 90.83, 300)))
    without = ranking_rows(("21646", 90.83, None))
    merged = load(engine, without, present=EVERY - {"respondents"})
    assert merged == Merged(0, 0, 1, 0)
    with engine.connect() as connection:
        assert connection.scalar(select(fact_ranking.c.respondents)) == 300


def test_a_blank_in_a_column_the_file_has_is_a_change(engine: Engine) -> None:
    load(engine, ranking_rows(("21646", 90.83, 300)))
    assert load(engine, ranking_rows(("21646", 90.83, None))) == Merged(0, 1, 0, 0)


def survey_rows(*rows: tuple[str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["response_id", "score"])
    return frame.assign(
        row=range(2, len(rows) + 2),
        unit="21646",
        survey="s",
        month="2024-06",
        question_id=1,
        answered_on=pd.Timestamp("2024-06-03"),
        channel=None,
        department_id=0,
        field_id=0,
    )


def test_a_file_that_numbers_its_rows_replaces_its_month(engine: Engine) -> None:
    options = {"source": "survey", "replace_scope": ("unit", "survey", "month")}
    load(engine, survey_rows(("1", 5), ("2", 4), ("3", 1)), present=frozenset(), **options)
    merged = load(engine, survey_rows(("1", 5), ("2", 3)), present=frozenset({"score"}), **options)
    assert merged == Merged(0, 1, 1, 1)
    with engine.connect() as connection:
        scores = connection.execute(
            select(fact_survey_answer.c.response_id, fact_survey_answer.c.score).order_by(
                fact_survey_answer.c.response_id
            )
        ).all()
    assert [tuple(row) for row in scores] == [("1", 5), ("2", 3)]


@pytest.mark.parametrize("cells", [2, 3])
def test_a_row_of_several_facts_counts_once(engine: Engine, cells: int) -> None:
    rows = pd.concat(
        [survey_rows(("1", 5), ("2", 4)).assign(question_id=q) for q in range(1, cells + 1)]
    )
    present = frozenset({"score"})
    assert load(engine, rows, source="survey", present=present) == Merged(2, 0, 0, 0)
    rows.loc[(rows["response_id"] == "2") & (rows["question_id"] == 1), "score"] = 1
    assert load(engine, rows, source="survey", present=present) == Merged(0, 1, 1, 0)


@ON_SQLITE
def test_replacing_twice_as_many_answers_takes_twice_as_long(
    engine: Engine, tmp_path: Path
) -> None:
    """Counted in steps of the database, which are the same on every machine."""

    def steps(answers: int) -> int:
        taken = 0

        def count() -> None:
            nonlocal taken
            taken += 1

        def watch(connection: Connection) -> None:
            connection.connection.driver_connection.set_progress_handler(count, 1_000)

        header = "Kỳ;Tiêu chí;1;2;3;4;5\n"
        load_text(engine, tmp_path, f"{header}06/2024;I;{answers};0;0;0;0\n")
        event.listen(engine, "begin", watch)
        loaded = load_text(engine, tmp_path, f"{header}06/2024;I;0;{answers // 2};0;0;0\n")
        event.remove(engine, "begin", watch)
        assert loaded.removed == answers - answers // 2
        return taken

    assert steps(4_000) < 3 * steps(2_000)
