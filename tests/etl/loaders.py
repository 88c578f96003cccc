"""Small files typed in a test, loaded the ordinary way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from dashboard.metrics import measure
from etl.loading import Loaded, load_file
from etl.mapping import Mapping
from etl.settings import Settings

DOSSIER_HEADER = (
    "Mã hồ sơ;Tên thủ tục;Bộ phận;Lĩnh vực;Kênh;Ngày nộp;Ngày tiếp nhận;Ngày hẹn trả;"
    "Ngày kết thúc xử lý;Ngày trả;Ngày yêu cầu bổ sung;Số lần bổ sung;Trạng thái"
)


def write(folder: Path, text: str, *, name: str = "tep.csv") -> Path:
    """Write ``text`` as a UTF-8 file with a byte-order mark, as Excel does."""
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def load_text(
    engine: Engine,
    folder: Path,
    text: str,
    *,
    name: str = "tep.csv",
    source: str | None = None,
    as_of: date | None = None,
    mapping: Mapping | None = None,
    **options: Any,
) -> Loaded:
    """Write and load a file."""
    return load_file(
        engine,
        write(folder, text, name=name),
        settings=Settings.model_construct(),
        source=source,
        as_of=as_of,
        mapping=mapping,
        **options,
    ).only


def dossiers(*rows: dict[str, str]) -> str:
    """Return a dossier file: one line per dict of header → cell; what is not named is blank."""
    headers = DOSSIER_HEADER.split(";")
    usual = {"Tên thủ tục": "Chứng thực", "Bộ phận": "Tư pháp", "Lĩnh vực": "Chứng thực"}
    lines = [DOSSIER_HEADER]
    for number, row in enumerate(rows, start=1):
        cells = {**usual, "Mã hồ sơ": f"H{number}", **row}
        assert set(cells) <= set(headers)
        lines.append(";".join(cells.get(header, "") for header in headers))
    return "\n".join(lines) + "\n"


def counts(engine: Engine, code: str, **options: Any) -> tuple[int | None, int | None]:
    """Return the numerator and denominator of a metric's only row, None where there is none."""
    with engine.connect() as connection:
        row = measure(connection, code, **options).astype(object).iloc[0]
    numerator, denominator = row["numerator"], row["denominator"]
    return (
        None if pd.isna(numerator) else int(numerator),
        None if pd.isna(denominator) else int(denominator),
    )
