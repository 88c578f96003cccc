"""Real public files give the figures that were worked out for them elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.metrics import measure
from etl.loading import load_file
from etl.settings import Settings
from tests.etl.cleaning import BOSTON, RECEIPT, SOMERVILLE, mapping_of

SETTINGS = Settings.model_construct()


def late(engine: Engine) -> dict[str, tuple[int, int]]:
    with engine.connect() as connection:
        frame = measure(connection, "late_rate", by=("department",))
        whole = measure(connection, "late_rate").iloc[0]
    found = {
        row.department: (int(row.numerator), int(row.denominator))
        for row in frame.itertuples(index=False)
    }
    return {"": (int(whole["numerator"]), int(whole["denominator"])), **found}


@pytest.mark.parametrize("name", ["dossiers_ddmmyyyy_local.csv", "dossiers.csv"])
def test_receipt_dossiers(engine: Engine, reference: Path, tmp_path: Path, name: str) -> None:
    adapt = mapping_of(tmp_path, RECEIPT) if name == "dossiers.csv" else None
    path = reference / "dossiers_receipt" / name
    for expected in ((1434, 0), (0, 1434)):
        loaded = load_file(engine, path, settings=SETTINGS, source="dossier", mapping=adapt).only
        assert (loaded.inserted, loaded.unchanged) == expected
        fates = (loaded.inserted, loaded.updated, loaded.unchanged, loaded.rejected)
        assert loaded.rows_read == 1434 == sum(fates) + loaded.repeated
        assert late(engine) == {
            "": (309, 1329),
            "General": (305, 1285),
            "Customer contact": (1, 29),
            "Experts": (3, 15),
        }


@pytest.mark.parametrize("name", ["boston311-100.csv", "boston311-dmy-100.csv"])
def test_boston_dossiers(engine: Engine, reference: Path, tmp_path: Path, name: str) -> None:
    path = reference / "dossiers_boston" / name
    load_file(engine, path, settings=SETTINGS, mapping=mapping_of(tmp_path, BOSTON))
    assert late(engine)[""] == (4, 77)


def test_somerville_survey(engine: Engine, reference: Path, tmp_path: Path) -> None:
    folder = reference / "survey_somerville"
    adapt = mapping_of(tmp_path, SOMERVILLE)
    for name in ("SomervilleHappinessSurvey2015.csv", "SomervilleHappinessSurvey2015_utf8bom.csv"):
        load_file(engine, folder / name, settings=SETTINGS, mapping=adapt)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    with engine.connect() as connection:
        whole = measure(connection, "satisfaction_index").iloc[0]
        index = measure(connection, "satisfaction_index", by=("question",))
        mean = measure(connection, "satisfaction_mean", by=("question",))
    assert (whole["numerator"], whole["denominator"], whole["n"]) == (490, 858, 143)
    assert round(100 * whole["value"], 4) == 57.1096
    assert (round(100 * whole["low"], 1), round(100 * whole["high"], 1)) == (48.9, 64.9)
    for row in index.itertuples(index=False):
        assert row.denominator == truth[row.question]["n"]
        assert round(100 * row.value, 4) == truth[row.question]["pct45"]
    for row in mean.itertuples(index=False):
        assert round(5 * row.value, 5) == truth[row.question]["mean"]
