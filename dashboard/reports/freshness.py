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

    Each month's data is due on the ``load_day`` of the month after it.
    """
    as_of = context.as_of.get("dossier")
    if as_of is None or context.is_demo:
        return None
    due_on = today.replace(day=context.settings.load_day)
    if due_on > today:
        due_on = (today.replace(day=1) - timedelta(days=1)).replace(day=due_on.day)
    expected = due_on.replace(day=1) - timedelta(days=1)
    if as_of >= expected:
        return None
    return Stale(
        (today - due_on).days,
        f"Kỳ nạp ngày {due_on.day:02d} chưa có đủ hồ sơ "
        f"{fmt.month_words(expected.isoformat()[:7])}; các con số dưới đây đến {fmt.day(as_of)}.",
    )
