"""How often rules speak where nothing changed: ``python -m tests.statistics.false_alarms``.

Prints the shares that docs/statistics.md quotes; the seed is fixed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.statistics.claims import find_claims, lies_below
from dashboard.statistics.readings import EXACT, read_series
from dashboard.statistics.rules import RULES
from tests.statistics.offices import (
    BASELINE,
    CRITERIA,
    MONTHS,
    stable_criteria,
    stable_offices,
)

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
    changes = np.array(
        [
            [bool(find_claims(office, month=month)) for month in months]
            for office in stable_offices(OFFICES, seed=SEED)
        ]
    )
    low = np.array(
        [
            lies_below(shares, n[:, None], baseline=BASELINE, among=CRITERIA).any(axis=1)[1:]
            for shares, n in stable_criteria(OFFICES, seed=SEED)
        ]
    )
    print(f"{OFFICES} stable offices, {len(months)} months each; share of months, in percent:")
    for words, found in (
        ("a change is claimed", changes),
        ("a criterion is said to lie under the baseline", low),
        ("the list holds either", changes | low),
    ):
        print(f"{words}: {found.mean() * 100:.2f}")


if __name__ == "__main__":
    main()
