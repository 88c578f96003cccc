"""How often rules speak where nothing changed: ``python -m tests.statistics.false_alarms``.

Prints the shares that docs/statistics.md quotes; the seed is fixed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.statistics.claims import find_claims
from dashboard.statistics.readings import EXACT, read_series
from dashboard.statistics.rules import RULES
from tests.statistics.offices import MONTHS, stable_offices

SEED, SERIES, OFFICES = 2024, 4000, 500


def rule_alarms(frames: list[pd.DataFrame], *, kind: str) -> pd.Series:
    """Return the share of months that each rule marks, and that any rule marks."""
    rules = [
        read_series(frame, kind=kind, direction="none").frame["rule"]  # type: ignore[arg-type]
        for frame in frames
    ]
    marked = pd.concat(rules, ignore_index=True)
    shares = {name: float((marked == name).mean()) for name in (*RULES, EXACT)}
    return pd.Series({**shares, "any": float((marked != "").mean())})


def normal_series(chance: np.random.Generator) -> pd.DataFrame:
    value = chance.normal(100, 10, len(MONTHS))
    return pd.DataFrame({"month": MONTHS, "value": value, "is_whole": True}).assign(
        numerator=value, denominator=np.nan, n=np.nan
    )


def share_series(chance: np.random.Generator, *, share: float, cases: int) -> pd.DataFrame:
    n = np.maximum(chance.poisson(cases, len(MONTHS)), 1)
    x = chance.binomial(n, share)
    return pd.DataFrame(
        {
            "month": MONTHS,
            "numerator": x,
            "denominator": n,
            "value": x / n,
            "n": n,
            "is_whole": True,
        }
    )


def main() -> None:
    chance = np.random.default_rng(SEED)
    table = {
        "normal, XmR": rule_alarms([normal_series(chance) for _ in range(SERIES)], kind="mean"),
        "share 20 % of 200, p": rule_alarms(
            [share_series(chance, share=0.2, cases=200) for _ in range(SERIES)], kind="ratio"
        ),
        "share 1 % of 300, exact": rule_alarms(
            [share_series(chance, share=0.01, cases=300) for _ in range(SERIES)], kind="ratio"
        ),
    }
    print(f"{SERIES} stable series of {len(MONTHS)} months: share of months marked, in percent")
    print((pd.DataFrame(table).T * 100).round(2).to_string())
    months = MONTHS[12:]
    alarms = [
        bool(find_claims(office, month=month))
        for office in stable_offices(OFFICES, seed=SEED)
        for month in months
    ]
    share = float(np.mean(alarms)) * 100
    print(f"{OFFICES} stable offices, {len(months)} months each: {share:.2f} % hold a claim")


if __name__ == "__main__":
    main()
