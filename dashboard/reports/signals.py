"""What the months of a metric show, in words: one rule for cards, charts, sentences and the list.

Nothing here decides: :mod:`dashboard.statistics` does, and speaks in codes.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from dashboard.model import Verdict
from dashboard.reports.context import TREND_MONTHS, Context
from dashboard.reports.starts import words_of
from dashboard.statistics.readings import EXACT, Reading, read_series, shown_limits
from etl.rebasing import Rebase

UNUSUAL_UP, UNUSUAL_DOWN = "Tăng bất thường", "Giảm bất thường"
BETTER_UP, BETTER_DOWN = "Tăng rõ rệt", "Giảm rõ rệt"
ORDINARY = "Dao động thường"
NOT_ENOUGH = "chưa đủ cơ sở nói là khác 12 tháng trước"
TRIAL = "chưa đủ 12 tháng để so sánh"


def read_metric(context: Context, code: str, frame: pd.DataFrame) -> Reading:
    """Read a metric's months, ``frame`` as ``measure`` gives them by month."""
    metric = find_metric(code)
    return read_series(
        frame,
        kind=metric.kind,
        direction=metric.direction,
        target=metric.target,
        rebase_at=[one.month for one in context.rebases_of(code)],
    )


def last_reading(context: Context, code: str) -> Reading | None:
    """Return the reading of the period's month; None for longer periods and months cut short.

    Limits are those of single months: a quarter is not held against them.
    """
    return context.once(("last reading", code), lambda: _last_reading(context, code))


def _last_reading(context: Context, code: str) -> Reading | None:
    if context.period.kind != "month":
        return None
    months = context.months_to_end(TREND_MONTHS)
    reading = read_metric(context, code, context.measure(code, by=("month",), months=months))
    is_there = reading.last is not None and reading.frame["month"].iloc[reading.last] == months[1]
    return reading if is_there else None


def variation(reading: Reading | None) -> tuple[Verdict, ...]:
    """Return the verdict on the last month's movement: a signal or ordinary variation."""
    if reading is None or not reading.last_signal:
        return ()
    signal, move = reading.last_signal, reading.last_move
    if signal == "common":
        return () if reading.is_trial else (Verdict("wave", ORDINARY),)
    tone = {"concern": "concern", "improvement": "good"}.get(signal, "plain")
    return (Verdict("signal", movement(signal, move), tone),)  # type: ignore[arg-type]


def movement(signal: str, move: int) -> str:
    """Return the two or three words of a signal."""
    if signal == "improvement":
        return BETTER_UP if move > 0 else BETTER_DOWN
    return UNUSUAL_UP if move > 0 else UNUSUAL_DOWN


def movement_words(reading: Reading | None) -> str:
    """Return what a sentence may add about the last month, "" where nothing can be said."""
    if reading is None or not reading.last_signal:
        return ""
    if reading.last_signal != "common":
        return movement(reading.last_signal, reading.last_move).lower()
    if reading.is_trial:
        return TRIAL
    assert reading.last is not None
    has_limits = not pd.isna(reading.frame["low_limit"].iloc[reading.last])
    return ORDINARY.lower() if has_limits else NOT_ENOUGH


def with_signals(
    frame: pd.DataFrame, reading: Reading, *, rebases: Iterable[Rebase] = ()
) -> pd.DataFrame:
    """Return a trend's frame with each month's ``signal``, ``verdict`` and limits for display.

    ``change`` says what starts with a month of ``rebases``, "" for the others: the line before it
    is another one. The first month shown has none.
    """
    starts, months = words_of(rebases), frame["month"].tolist()
    read = reading.frame.set_index("month").reindex(frame["month"])
    shown = shown_limits(reading).set_index(reading.frame["month"]).reindex(frame["month"])
    signals = read["signal"].fillna("").where(~read["value"].isna(), "")
    verdicts = [
        "" if signal in ("", "common") else movement(signal, int(move))
        for signal, move in zip(signals, read["move"].fillna(0), strict=True)
    ]
    return frame.assign(
        signal=signals.replace("", "common").to_numpy(),
        verdict=verdicts,
        change=[starts.get(month, "") if place else "" for place, month in enumerate(months)],
        low_limit=shown["low_limit"].to_numpy(),
        high_limit=shown["high_limit"].to_numpy(),
    )


def changes_shown(frame: pd.DataFrame) -> list[str]:
    """Return what starts within a frame of :func:`with_signals`, as its note goes on to say."""
    return [fmt.lower_first(words) for words in frame["change"] if words]


def reading_hint(reading: Reading, *, rebases: Iterable[Rebase] = ()) -> list[str]:
    """Return how to read a chart with signals, the only place where statistics is spoken of."""
    hint = [
        "Dải màu là khoảng tin cậy 95 % của từng tháng (Wilson): càng ít số liệu, dải càng rộng.",
        (
            "Điểm vuông là tháng có tín hiệu: nằm ngoài giới hạn, bảy tháng liền cùng phía, bảy "
            "tháng liền cùng chiều, hoặc hai trong ba tháng sát giới hạn. Điểm tròn là dao động "
            "thường."
        ),
    ]
    has_limits = reading.frame["low_limit"].notna().any()
    if has_limits:
        hint.append(
            "Hai đường đứt là giới hạn dao động thường của tháng (biểu đồ p, ba độ lệch chuẩn)."
        )
    if reading.frame["rule"].eq(EXACT).any() or not has_limits:
        hint.append(
            "Tháng có quá ít trường hợp chỉ được so bằng phép thử chính xác với 12 tháng trước đó."
        )
    if reading.is_trial:
        hint.append("Chưa đủ 12 tháng số liệu, nên giới hạn chỉ là tạm thời.")
    shown = set(reading.frame["month"])
    hint += [
        f"Từ {fmt.month_label(one.month).lower()} tính lại từ đầu: {one.reason}."
        for one in rebases
        if one.month in shown
    ]
    return hint
