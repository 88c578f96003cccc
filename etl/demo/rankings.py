"""The yearly ranking: our unit among sixteen invented neighbours.

Only what was published is real: our unit's index and rank for 2023. The neighbours' names and
figures are invented, and so is everything of 2024.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.demo.workbook import Export
from etl.seeds import seed_rows

TITLE = "KẾT QUẢ ĐO LƯỜNG SỰ HÀI LÒNG CỦA NGƯỜI DÂN, TỔ CHỨC NĂM {year}"
PERIOD = "Từ ngày 01/01/{year} đến ngày 31/12/{year}"
OWN_UNIT = "X. Hoài Châu Bắc"
RANKED_UNITS = 17
OWN_2023, OWN_RANK_2023 = 90.83, 3
DECISION, DECISION_DATE = "1410/QĐ-UBND", "30/01/2024"
NEIGHBOURS_WARNING = "Tên và số liệu của các đơn vị khác đều là giả định để minh họa"
YEAR_WARNING = "Số liệu năm 2024, kể cả của X. Hoài Châu Bắc, là giả định để minh họa"
UNKNOWN_2023, UNKNOWN_2024 = 3, 2
"""How many neighbours are missing from each file."""


def ranking_exports(rng: np.random.Generator) -> list[Export]:
    """Return the ranking of 2023, as published but for the neighbours, and an invented 2024."""
    better = np.round(rng.uniform(91.3, 93.2, OWN_RANK_2023 - 1), 2)
    worse = np.round(rng.uniform(80.5, 90.4, RANKED_UNITS - OWN_RANK_2023), 2)
    names = rng.permutation(_neighbours())
    before = pd.DataFrame(
        {
            "name": [OWN_UNIT, *names],
            "index_pct": [OWN_2023, *np.sort(better)[::-1], *np.sort(worse)[::-1]],
            "respondents": _respondents(rng, own=None),
        }
    )
    before["rank"] = before["index_pct"].rank(ascending=False, method="min").astype("int64")
    after = before.assign(
        index_pct=np.round(before["index_pct"] + rng.normal(0.3, 1.1, RANKED_UNITS), 2),
        respondents=_respondents(rng, own=int(rng.integers(240, 300))),
    )
    after.loc[0, "index_pct"] = round(OWN_2023 + rng.uniform(0.3, 0.9), 2)
    return [
        Export(
            name="04_xep_hang_2023",
            sheet="Xếp hạng",
            titles=[_title(2023), _period(2023), NEIGHBOURS_WARNING],
            frame=_frame_2023(_with_holes(before, rng, holes=UNKNOWN_2023)),
            widths={"STT": 6, "Xã/phường": 30},
        ),
        Export(
            name="04_xep_hang_2024",
            sheet="Xếp hạng",
            titles=[_title(2024), _period(2024), YEAR_WARNING],
            frame=_frame_2024(_with_holes(after, rng, holes=UNKNOWN_2024)),
            widths={"STT": 6, "Đơn vị": 30},
        ),
    ]


def _title(year: int) -> str:
    return TITLE.format(year=year)


def _period(year: int) -> str:
    return PERIOD.format(year=year)


def _neighbours() -> list[str]:
    return [
        f"{'X.' if row['kind'] == 'xã' else 'P.'} {row['name']}" for row in seed_rows("demo_units")
    ]


def _respondents(rng: np.random.Generator, *, own: int | None) -> pd.Series[Any]:
    """Return how many forms each unit had, ours first; some neighbours do not say."""
    counts = pd.Series(rng.integers(150, 330, RANKED_UNITS), dtype="Int64")
    counts = counts.where(rng.random(RANKED_UNITS) < 0.6)
    counts.iloc[0] = pd.NA if own is None else own
    return counts


def _with_holes(ranking: pd.DataFrame, rng: np.random.Generator, *, holes: int) -> pd.DataFrame:
    """Drop some neighbours, whose result we have not been told; the first row is ours."""
    unknown = rng.choice(np.arange(1, len(ranking)), size=holes, replace=False)
    known = ranking[~ranking.index.isin(unknown)]
    return known.sort_values("index_pct", ascending=False, ignore_index=True)


def _frame_2023(known: pd.DataFrame) -> pd.DataFrame:
    is_own = known["name"].eq(OWN_UNIT)
    return pd.DataFrame(
        {
            "STT": range(1, len(known) + 1),
            "Năm": 2023,
            "Xã/phường": known["name"],
            "Chỉ số hài lòng": known["index_pct"].map(lambda pct: f"{pct:.2f}".replace(".", ",")),
            "Xếp thứ": known["rank"],
            "Số phiếu": known["respondents"],
            "Tổng số đơn vị": RANKED_UNITS,
            "Số quyết định": pd.Series(DECISION, index=known.index).where(is_own),
            "Ngày quyết định": pd.Series(DECISION_DATE, index=known.index).where(is_own),
        }
    )


def _frame_2024(known: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "STT": range(1, len(known) + 1),
            "Năm": 2024,
            "Đơn vị": known["name"],
            "Chỉ số hài lòng": known["index_pct"],
            "Số phiếu": known["respondents"],
            "Tổng số đơn vị": RANKED_UNITS,
        }
    )
