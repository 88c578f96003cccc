"""Whether the data is late against the loading schedule. The clock is asked here, for no metric."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard import formatting as fmt
from dashboard.reports.context import Context


@dataclass(frozen=True)
class Stale:
    """How many days the data is late, and what that means, in words."""

    days: int
    words: str


def find_stale(context: Context, *, today: date) -> Stale | None:
    """Return how late the dossiers are; None in time, without data and for demonstration data.

    Each month's data is due on the ``load_day`` of the month after it; the days count from the
    first load that was missed, not from the last.
    """
    as_of = context.as_of.get("dossier")
    if as_of is None or context.is_demo:
        return None
    missing = as_of + timedelta(days=1)
    if f"{missing:%Y-%m}" > context.office.last:
        # What the office was until then is complete; of its next months there is nothing to load.
        return None
    month_after = (missing.replace(day=1) + timedelta(days=31)).replace(day=1)
    due_on = month_after.replace(day=context.settings.load_day)
    if today < due_on:
        return None
    return Stale(
        (today - due_on).days,
        f"Kỳ nạp ngày {fmt.day(due_on)} chưa có đủ hồ sơ "
        f"{fmt.month_label(missing.isoformat()[:7]).lower()}; "
        f"các con số dưới đây đến {fmt.day(as_of)}.",
    )
