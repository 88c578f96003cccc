"""Feedback of citizens: dates, class and status only; its text never enters."""

from __future__ import annotations

import pandas as pd

from etl.catalogue.sources import FEEDBACK
from etl.sources.draft import Draft, last_of_each
from etl.working_time import WorkingCalendar


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return the accepted items, one per code, and how many rows were repeated."""
    unit = draft.units()
    code = draft.key("feedback_code")
    parsed = draft.dates(FEEDBACK.moments)
    draft.ledger.reject(
        parsed["sent_at"].values.isna(),
        column=draft.header("sent_at"),
        values=draft.raw("sent_at"),
        reason="thiếu ngày gửi; hãy điền ngày gửi.",
    )
    satisfied = draft.coded("satisfied")
    rows = pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": unit,
            "feedback_code": code,
            "channel": draft.coded("channel"),
            "category": draft.coded("category").fillna("other"),
            "department": draft.text("department"),
            **{name: parsed[name].values for name in FEEDBACK.moments},
            "status": draft.coded("status"),
            "satisfied": satisfied.map({"yes": 1, "no": 0}).astype("Int64"),
        },
        index=draft.frame.index,
    )
    rows["status"] = rows["status"].where(rows["status"].notna(), _status_from_dates(rows))
    answered = rows["status"].isin(["answered", "published"])
    draft.ledger.warn(
        "answered_without_date",
        answered & rows["answered_at"].isna(),
        column=draft.header("answered_at"),
        message="trạng thái đã trả lời mà thiếu ngày trả lời; được tính là chưa trả lời.",
        values=draft.raw("answered_at"),
    )
    draft.ledger.warn(
        "answered_before_sent",
        rows["answered_at"].dt.normalize() < rows["sent_at"].dt.normalize(),
        column=draft.header("answered_at"),
        message="ngày trả lời trước ngày gửi; vẫn giữ, hãy kiểm tra lại.",
        values=draft.raw("answered_at"),
    )
    return last_of_each(draft, draft.ledger.kept(rows), ["unit", "feedback_code"])


def _status_from_dates(rows: pd.DataFrame) -> pd.Series:
    status = pd.Series("received", index=rows.index, dtype=object)
    for name, code in (
        ("transferred_at", "in_progress"),
        ("answered_at", "answered"),
        ("published_at", "published"),
    ):
        status = status.where(rows[name].isna(), code)
    return status


def derive(rows: pd.DataFrame, *, calendar: WorkingCalendar, answer_days: int) -> pd.DataFrame:
    """Return ``rows`` with days, the answer limit and from when an item counts.

    The limit is the ``answer_days``-th working day after the transfer, else after sending. An
    item counts from its answer, or from the day after its limit, whichever is first.
    """
    rows = rows.copy()
    start = rows["transferred_at"].fillna(rows["sent_at"]).dt.normalize()
    rows["sent_on"] = rows["sent_at"].dt.normalize()
    rows["answered_on"] = rows["answered_at"].dt.normalize()
    rows["published_on"] = rows["published_at"].dt.normalize()
    rows["limit_on"] = calendar.add_working_days(start, answer_days)
    past = rows["limit_on"] + pd.Timedelta(days=1)
    rows["counted_on"] = rows["answered_on"].where(rows["answered_on"] < past, past)
    rows["is_on_time"] = rows["answered_on"] <= rows["limit_on"]
    rows["is_refused"] = rows["status"] == "refused"
    rows["is_excluded"] = rows["status"].isin(["refused", "awaiting_sender"])
    return rows
