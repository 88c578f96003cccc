"""Files of dossiers of any size, for the benchmarks: fictional, the same for the same seed.

``python -m tests.benchmarks.generating FILE --rows 1000000 [--units 17] [--seed 1]``

The shapes are those of an export of the one-stop software: a few dozen procedures, days and times
to the minute, most dossiers closed before their due day, some late, open, withdrawn, supplemented.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, insert, select

from etl.demo.dossier_files import CHANNELS, COLUMNS, FULL, RATINGS
from etl.demo.procedures import PROCEDURES
from etl.tables import dim_unit
from etl.warehouse import write_transaction

FIRST_DAY = date(2023, 1, 2)
YEARS = 2
_OPENING, _CLOSING = 7 * 60 + 15, 16 * 60 + 45
_BLOCK = 250_000
_STATUS = (
    "Công dân yêu cầu rút hồ sơ",
    "Đã trả kết quả",
    "Đã xử lý xong",
    "Yêu cầu bổ sung giấy tờ",
    "Đang xử lý",
)

Texts = npt.NDArray[np.object_]
Minutes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Town:
    """Units whose dossiers are generated: ``codes`` of the reporting schema."""

    codes: tuple[str, ...]

    @classmethod
    def of(cls, units: int) -> Town:
        """Return ``units`` units: the own unit first, fictional ones after it."""
        return cls(("21646", *(f"9{number:04d}" for number in range(1, units))))


def settle(engine: Engine, town: Town) -> None:
    """Make the town's units known to a database, the fictional ones under fictional names."""
    with write_transaction(engine) as connection:
        known = set(connection.scalars(select(dim_unit.c.unit)))
        new = [
            {
                "unit": code,
                "valid_from": date(2000, 1, 1),
                "valid_to": None,
                "name": f"Đơn vị {code}",
                "kind": "xã",
                "parent": f"Nơi {number // 17 + 1}",
                "is_demo": False,
            }
            for number, code in enumerate(town.codes)
            if code not in known
        ]
        if new:
            connection.execute(insert(dim_unit), new)


def write_dossiers(
    path: Path,
    *,
    rows: int,
    town: Town,
    seed: int = 1,
    first: int = 0,
    first_day: date = FIRST_DAY,
    years: float = YEARS,
) -> Path:
    """Write a CSV of ``rows`` dossiers, numbered from ``first``, spread over the units."""
    header = ("Mã đơn vị", *(FULL.headers[name] for name in COLUMNS))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(header) + "\r\n")
        for start in range(first, first + rows, _BLOCK):
            count = min(_BLOCK, first + rows - start)
            rng = np.random.default_rng([seed, start])
            columns = _block(rng, count, start=start, town=town, first_day=first_day, years=years)
            file.write("\r\n".join(map(",".join, zip(*columns, strict=True))) + "\r\n")
    return path


def _block(
    rng: np.random.Generator, count: int, *, start: int, town: Town, first_day: date, years: float
) -> list[list[str]]:
    """Return ``count`` dossiers as columns of text, the unit's code first."""
    days = round(365 * years)
    numbers = np.arange(start, start + count)
    units = numbers % len(town.codes)
    weights = np.array([one.monthly for one in PROCEDURES])
    procedure = rng.choice(len(PROCEDURES), size=count, p=weights / weights.sum())
    allowed = np.array([one.days for one in PROCEDURES])[procedure]
    is_online = rng.random(count) < 0.55

    submitted = np.sort(rng.integers(0, days, count)) * 1440 + _clock(rng, count)
    received = submitted + rng.integers(0, 90, count)
    due_days = received // 1440 + np.ceil(allowed * 1.4).astype(np.int64)
    is_late = rng.random(count) < 0.03
    taken = np.where(is_late, rng.integers(1, 15, count), -rng.integers(0, 9, count))
    finished = np.maximum(due_days + taken, received // 1440) * 1440 + _clock(rng, count)
    finished = np.maximum(finished, received + 15)
    end = days * 1440
    is_open = (finished >= end) | (rng.random(count) < 0.002)
    returned = finished + rng.integers(0, 3 * 1440, count)
    is_returned = ~is_open & (returned < end) & (rng.random(count) < 0.95)
    is_withdrawn = ~is_open & (rng.random(count) < 0.01)
    is_asked = rng.random(count) < 0.06
    asked = received + (finished - received) // 4
    answered = received + (finished - received) // 2
    is_asked &= asked < end
    is_answered = is_asked & ~is_open
    is_overdue = ~is_open & (finished // 1440 > due_days)
    is_sorry = is_overdue & (rng.random(count) < 0.7)

    status = np.select(
        [is_withdrawn, is_returned, ~is_open, is_asked & ~is_answered], [0, 1, 2, 3], default=4
    )
    moments: dict[str, tuple[Minutes, npt.NDArray[np.bool_]]] = {
        "submitted_at": (submitted, np.full(count, True)),
        "intake_due_at": (submitted + 1440, is_online),
        "received_at": (received, np.full(count, True)),
        "due_at": (due_days * 1440 + _CLOSING, rng.random(count) < 0.99),
        "finished_at": (finished, ~is_open),
        "returned_at": (returned, is_returned),
        "supplement_requested_at": (asked, is_asked),
        "supplemented_at": (answered, is_answered),
        "apology_sent_at": (finished + 30, is_sorry),
    }
    dates = _day_texts(first_day, days + 400)
    clocks = np.array([f" {m // 60:02d}:{m % 60:02d}" for m in range(1440)], dtype=object)
    stamps = np.array([f"{text[8:10]}{text[3:5]}{text[:2]}" for text in dates], dtype=object)
    code = (
        np.array([f"{one}-" for one in town.codes], dtype=object)[units]
        + stamps[submitted // 1440]
        + np.array([f"-{number % 1_000_000:06d}" for number in numbers], dtype=object)
    )
    columns: dict[str, Texts] = {
        "dossier_code": code,
        "procedure_code": _words([f"1.{i:06d}" for i in range(len(PROCEDURES))], procedure),
        "procedure_name": _words([one.name for one in PROCEDURES], procedure, quoted=True),
        "field": _words([one.field for one in PROCEDURES], procedure, quoted=True),
        "department": _words([one.department for one in PROCEDURES], procedure, quoted=True),
        "channel": _words(
            [CHANNELS[name] for name in ("online", "direct", "post")],
            np.where(is_online, 0, rng.integers(1, 3, count)),
        ),
        "supplement_count": np.where(is_asked, "1", "").astype(object),
        "status": _words(list(_STATUS), status),
        "late_cause": np.where(is_overdue & is_sorry, "Thiếu nhân sự", "").astype(object),
        "rating3": _words(
            ["", *RATINGS.values()],
            np.where(is_returned, rng.choice(4, size=count, p=[0.7, 0.15, 0.13, 0.02]), 0),
        ),
    }
    for name, (minutes, is_there) in moments.items():
        texts = dates[minutes // 1440] + clocks[minutes % 1440]
        columns[name] = np.where(is_there, texts, "")
    ordered: list[Any] = [np.array(town.codes, dtype=object)[units]]
    ordered += [columns[name] for name in COLUMNS]
    return [column.tolist() for column in ordered]


def _clock(rng: np.random.Generator, count: int) -> Minutes:
    return rng.integers(_OPENING, _CLOSING, count)


def _day_texts(first: date, count: int) -> Texts:
    days = np.datetime64(first) + np.arange(count)
    return np.array([f"{day:%d/%m/%Y}" for day in days.tolist()], dtype=object)


def _words(words: list[str], places: Any, *, quoted: bool = False) -> Texts:
    shown = [f'"{word}"' if quoted and "," in word else word for word in words]
    found: Texts = np.array(shown, dtype=object)[places]
    return found


def main() -> None:
    """Write one file as the arguments ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write_dossiers(given.file, rows=given.rows, town=Town.of(given.units), seed=given.seed)


if __name__ == "__main__":
    main()
