"""Real public files, cleaned without a database: the same facts whatever the dates look like."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.etl.cleaning import BOSTON, RECEIPT, SOMERVILLE, clean, mapping_of


def by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per dossier, in order of code: its label columns and its days."""
    days = {name: rows[name].dt.normalize() for name in ("received_at", "due_at", "finished_at")}
    return (
        rows[["dossier_code", "procedure_name", "department", "channel"]]
        .assign(**days)
        .sort_values("dossier_code", ignore_index=True)
    )


def lateness(rows: pd.DataFrame) -> tuple[int, int, int]:
    """Return how many are resolved, how many of them have a due date, and how many are late."""
    facts = by_day(rows)
    resolved = facts[facts["finished_at"].notna()]
    due = resolved[resolved["due_at"].notna()]
    return len(resolved), len(due), int((due["finished_at"] > due["due_at"]).sum())


def test_receipt_dossiers_are_the_same_in_both_dresses(reference: Path, tmp_path: Path) -> None:
    folder = reference / "dossiers_receipt"
    local = clean(folder / "dossiers_ddmmyyyy_local.csv", source="dossier")
    iso = clean(folder / "dossiers.csv", mapping=mapping_of(tmp_path, RECEIPT))
    assert (len(local.rows), len(local.rejects), local.repeated) == (1434, 0, 0)
    assert lateness(local.rows) == lateness(iso.rows) == (1329, 1329, 309)
    pd.testing.assert_frame_equal(by_day(local.rows), by_day(iso.rows))


def test_boston_dossiers_are_the_same_in_both_orders(reference: Path, tmp_path: Path) -> None:
    folder, adapt = reference / "dossiers_boston", mapping_of(tmp_path, BOSTON)
    iso = clean(folder / "boston311-100.csv", mapping=adapt)
    dmy = clean(folder / "boston311-dmy-100.csv", mapping=adapt)
    assert lateness(iso.rows)[1:] == lateness(dmy.rows)[1:] == (77, 4)
    pd.testing.assert_frame_equal(by_day(iso.rows), by_day(dmy.rows))


def test_somerville_is_one_form_a_row(reference: Path, tmp_path: Path) -> None:
    path = reference / "survey_somerville" / "SomervilleHappinessSurvey2015.csv"
    cleaned = clean(path, mapping=mapping_of(tmp_path, SOMERVILLE))
    assert (cleaned.rows_read, cleaned.rows["response_id"].nunique()) == (143, 143)
    assert (len(cleaned.rows), int((cleaned.rows["score"] >= 4).sum())) == (858, 490)
    assert cleaned.replaces
