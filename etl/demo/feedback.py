"""Invented feedback: half-yearly lists of what was sent, and of what was still unfinished."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.demo.dossiers import MONTHS
from etl.demo.procedures import CIVIL_STATUS, FINANCE, LAND, MILITARY, OFFICE, SOCIAL
from etl.demo.workbook import Export, date_text, period_title
from etl.working_time import WorkingCalendar

TITLE = "DANH SÁCH PHẢN ÁNH, KIẾN NGHỊ CỦA NGƯỜI DÂN, TỔ CHỨC"
CHANNELS = {"Cổng thông tin": 0.4, "Đường dây nóng": 0.3, "Hòm thư góp ý": 0.2, "Sổ góp ý": 0.1}
CATEGORIES = {"Quy định hành chính": 0.95, "Hành vi hành chính": 0.05}
DEPARTMENTS = {
    CIVIL_STATUS: 0.28,
    LAND: 0.34,
    SOCIAL: 0.2,
    OFFICE: 0.1,
    MILITARY: 0.03,
    FINANCE: 0.05,
}
HALF_YEARS = (
    ("2023_1", "2023-01-01", "2023-06-30"),
    ("2023_2", "2023-07-01", "2023-12-31"),
    ("2024_1", "2024-01-01", "2024-06-30"),
    ("2024_2", "2024-07-01", "2024-12-31"),
)
LATE = 0.06
UNPUBLISHED = 0.1


def feedback_exports(rng: np.random.Generator, *, calendar: WorkingCalendar) -> list[Export]:
    """Return one export per half-year, as things stood at its end."""
    items = _items(rng, calendar=calendar)
    exports = []
    for name, first, last in HALF_YEARS:
        start, end = pd.Timestamp(first), pd.Timestamp(last)
        exports.append(
            Export(
                name=f"02_phan_anh_{name}",
                sheet="Phản ánh",
                titles=[TITLE, period_title(start.date(), end.date())],
                frame=_seen(items, start=start, end=end),
                suffix=".csv",
            )
        )
    return exports


def _items(rng: np.random.Generator, *, calendar: WorkingCalendar) -> pd.DataFrame:
    """Return one row per item with all its dates, known yet or not: 8 to 14 a month."""
    sizes = rng.integers(8, 15, len(MONTHS))
    size = int(sizes.sum())
    starts = pd.Series(MONTHS.to_timestamp().repeat(sizes))
    lengths = np.repeat(MONTHS.days_in_month.to_numpy(), sizes)
    hours = rng.integers(0, lengths) * 24 + rng.integers(6, 22, size)
    minutes = pd.Series(hours * 60 + rng.integers(0, 60, size))
    sent = (starts + minutes * pd.Timedelta(minutes=1)).sort_values(ignore_index=True)
    moved = rng.random(size) < 0.3
    transferred = calendar.add_working_days(sent, pd.Series(rng.integers(1, 4, size))).where(moved)
    begins = transferred.fillna(sent.dt.normalize())
    days = np.where(rng.random(size) < LATE, rng.integers(16, 26, size), rng.integers(2, 15, size))
    answered = calendar.add_working_days(begins, pd.Series(days))
    published = calendar.add_working_days(answered, pd.Series(rng.integers(0, 3, size)))
    fate = rng.choice(["plain", "refused", "awaiting"], size, p=[0.94, 0.035, 0.025])
    is_plain = fate == "plain"
    return pd.DataFrame(
        {
            "channel": _pick(rng, CHANNELS, size),
            "category": _pick(rng, CATEGORIES, size),
            "department": _pick(rng, DEPARTMENTS, size),
            "sent_at": sent,
            "transferred_at": transferred,
            "answered_at": answered.where(is_plain),
            "published_at": published.where(is_plain & (rng.random(size) >= UNPUBLISHED)),
            "satisfied": pd.Series(_pick(rng, {"Có": 0.85, "Không": 0.15}, size)).where(
                rng.random(size) < 0.5
            ),
            "fate": fate,
        }
    ).assign(code=lambda items: _codes(items["sent_at"]))


def _pick(rng: np.random.Generator, shares: dict[str, float], size: int) -> Any:
    return rng.choice(list(shares), size, p=list(shares.values()))


def _codes(sent: pd.Series[Any]) -> pd.Series[Any]:
    day = sent.dt.strftime("%y%m%d")
    return "PA-" + day + "-" + (sent.groupby(day).cumcount() + 1).astype(str).str.zfill(2)


def _seen(items: pd.DataFrame, *, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return what a list of ``start`` to ``end`` shows, in the words of the list."""
    seen = items[items["sent_at"].dt.normalize() <= end].copy()
    dates = ["sent_at", "transferred_at", "answered_at", "published_at"]
    for column in dates[1:]:
        seen[column] = seen[column].where(seen[column] <= end)
    seen = seen[
        seen[dates].max(axis=1).ge(start) | (seen["answered_at"].isna() & seen["fate"].eq("plain"))
    ]
    status = pd.Series("Mới tiếp nhận", index=seen.index, dtype=object)
    for fits, label in (
        (seen["transferred_at"].notna(), "Đang xử lý"),
        (seen["answered_at"].notna(), "Đã trả lời"),
        (seen["published_at"].notna(), "Đã công khai"),
        (seen["fate"].eq("refused"), "Từ chối"),
        (seen["fate"].eq("awaiting"), "Chờ người gửi bổ sung"),
    ):
        status = status.mask(fits, label)
    return pd.DataFrame(
        {
            "STT": range(1, len(seen) + 1),
            "Mã PAKN": seen["code"],
            "Nguồn": seen["channel"],
            "Phân loại": seen["category"],
            "Đơn vị xử lý": seen["department"],
            "Ngày gửi": date_text(seen["sent_at"]),
            "Ngày chuyển": date_text(seen["transferred_at"]),
            "Ngày trả lời": date_text(seen["answered_at"]),
            "Ngày công khai": date_text(seen["published_at"]),
            "Trạng thái": status,
            "Hài lòng": seen["satisfied"].where(seen["answered_at"].notna()),
        }
    )
