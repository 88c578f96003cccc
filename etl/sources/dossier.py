"""Dossiers of the one-stop desk: cleaning their rows, deriving what the marts count."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from etl.catalogue.sources import DOSSIER
from etl.sources.draft import Draft, last_of_each
from etl.working_time import WorkingCalendar

WITHDRAWN = ("withdrawn", "stopped")
WAITING = ("suspended", "awaiting_supplement", "awaiting_payment")
_CODE = re.compile(r"[0-9A-Z]+(?:\.[0-9A-Z]+)*-\d{6}-\d{3,6}")
_MOST_SUPPLEMENTS = 99


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return the accepted dossiers, one per code, and how many rows were repeated.

    Oddities are kept and warned: closed before received, due before received, no finish date but
    a return date, a code of another shape. A blank reception date is kept only for dossiers that
    are new or were refused.
    """
    unit = draft.units()
    code = draft.key("dossier_code")
    parsed = draft.dates(DOSSIER.moments, codes=code)
    rows = pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": unit,
            "dossier_code": code,
            "procedure_code": draft.text("procedure_code"),
            "procedure_name": draft.text("procedure_name"),
            "field": draft.text("field"),
            "department": draft.text("department"),
            "channel": draft.coded("channel"),
            **{name: parsed[name].values for name in DOSSIER.moments},
            "supplement_count": draft.number(
                "supplement_count", whole=True, low=0, high=_MOST_SUPPLEMENTS
            ),
            "status": draft.coded("status"),
            "late_cause": draft.text("late_cause"),
            "rating3": draft.coded("rating3"),
        },
        index=draft.frame.index,
    )
    _require_reception(draft, rows)
    _warn_oddities(draft, rows)
    return last_of_each(draft, draft.ledger.kept(rows), ["unit", "dossier_code"])


def _require_reception(draft: Draft, rows: pd.DataFrame) -> None:
    status = status_code(rows)
    is_silent = rows["status"].isna() & rows["submitted_at"].isna()
    draft.ledger.reject(
        rows["received_at"].isna() & (~status.isin(["new", "refused"]) | is_silent),
        column=draft.header("received_at"),
        values=draft.raw("received_at"),
        reason="thiếu ngày tiếp nhận, mà hồ sơ không phải mới đăng ký hay không được tiếp nhận; "
        "hãy điền ngày tiếp nhận.",
    )


def _warn_oddities(draft: Draft, rows: pd.DataFrame) -> None:
    received, due = rows["received_at"], rows["due_at"]
    closed = rows["finished_at"].fillna(rows["returned_at"])
    for code, mask, name, message in (
        (
            "closed_before_received",
            _before(closed, received),
            "finished_at",
            "ngày xong trước ngày tiếp nhận; vẫn giữ hồ sơ, hãy kiểm tra lại.",
        ),
        (
            "returned_before_received",
            rows["finished_at"].notna() & _before(rows["returned_at"], received),
            "returned_at",
            "ngày trả trước ngày tiếp nhận; vẫn giữ hồ sơ, hãy kiểm tra lại.",
        ),
        (
            "due_before_received",
            due.dt.normalize() < received.dt.normalize(),
            "due_at",
            "ngày hẹn trước ngày tiếp nhận; hồ sơ được tính là không có hạn hợp lệ.",
        ),
        (
            "returned_without_finish",
            rows["finished_at"].isna() & rows["returned_at"].notna(),
            "returned_at",
            "có ngày trả mà thiếu ngày kết thúc xử lý; lấy ngày trả làm ngày xong.",
        ),
        (
            "done_without_date",
            rows["status"].isin(["done", "returned"]) & closed.isna(),
            "status",
            "trạng thái đã xong mà thiếu ngày xong; hồ sơ được tính là đang xử lý.",
        ),
        (
            "refused_without_date",
            (rows["status"] == "refused")
            & rows[["received_at", "finished_at", "returned_at", "supplement_requested_at"]]
            .isna()
            .all(axis=1),
            "status",
            (
                "hồ sơ không được tiếp nhận mà không ghi ngày từ chối; chỉ tính khi đã quá thời "
                "hạn quy định."
            ),
        ),
        (
            "finished_but_waiting",
            rows["status"].isin(WAITING) & closed.notna(),
            "status",
            "trạng thái còn chờ mà đã có ngày xong; hồ sơ được tính là đang xử lý.",
        ),
    ):
        draft.ledger.warn(
            code, mask, column=draft.header(name), message=message, values=draft.raw(name)
        )
    codes = rows["dossier_code"].tolist()
    shaped = pd.Series([bool(code and _CODE.fullmatch(code)) for code in codes], index=rows.index)
    if shaped.any():
        draft.ledger.warn(
            "odd_code",
            ~shaped & rows["dossier_code"].notna(),
            column=draft.header("dossier_code"),
            message="mã hồ sơ không đúng dạng mã đơn vị-năm tháng ngày-số thứ tự; vẫn giữ.",
            values=rows["dossier_code"],
        )


def status_code(rows: pd.DataFrame) -> pd.Series:
    """Return the status: as given, else what the dates say."""
    waits = rows["supplement_requested_at"].notna() & rows["supplemented_at"].isna()
    derived = np.select(
        [
            rows["returned_at"].notna(),
            rows["finished_at"].notna(),
            rows["received_at"].notna() & waits,
            rows["received_at"].notna(),
        ],
        ["returned", "done", "awaiting_supplement", "in_progress"],
        default="new",
    )
    given = rows["status"].astype(object)
    return given.where(given.notna(), pd.Series(derived, index=rows.index, dtype=object))


def derive(
    rows: pd.DataFrame, *, calendar: WorkingCalendar, intake_limit_hours: int
) -> pd.DataFrame:
    """Return ``rows`` with the columns the marts count; days are midnights.

    A function of the raw columns and the working calendar alone.
    """
    rows = rows.copy()
    day = {name: rows[name].dt.normalize() for name in DOSSIER.moments}
    status = status_code(rows)
    closed_day = day["finished_at"].fillna(day["returned_at"])
    last_event = pd.concat([day[name] for name in DOSSIER.event_columns], axis=1).max(axis=1)
    is_withdrawn = status.isin(WITHDRAWN) & rows["received_at"].notna()
    is_resolved = closed_day.notna() & ~status.isin(WAITING)
    rows["status_code"] = status
    rows["outcome"] = np.select(
        [status == "refused", rows["received_at"].isna(), is_withdrawn, is_resolved],
        ["refused", "unreceived", "withdrawn", "resolved"],
        default="open",
    )
    counts = rows["outcome"].isin(["withdrawn", "resolved", "open"])
    rows["received_on"] = day["received_at"].where(counts)
    rows["closed_on"] = last_event.where(
        rows["outcome"] == "withdrawn", closed_day.where(rows["outcome"] == "resolved")
    )
    rows["entered_on"] = rows[["received_on", "closed_on"]].min(axis=1).where(counts)
    rows["due_on"] = day["due_at"].where(~(day["due_at"] < day["received_at"]))
    rows["returned_on"] = day["returned_at"].where(rows["outcome"] == "resolved")
    rows["apology_on"] = day["apology_sent_at"]
    requested = rows["supplement_requested_at"].notna()
    rows["requests"] = (
        rows["supplement_count"].astype("Int64").fillna(requested.astype("Int64")).astype("int64")
    )
    early = _before(rows["supplement_requested_at"], rows["received_at"])
    rows["requests_after_intake"] = (rows["requests"] - early.astype("int64")).clip(lower=0)
    rows["waiting_from"] = day["supplement_requested_at"]
    rows["waiting_to"] = day["supplemented_at"]
    is_done = status.isin(["done", "returned"])
    rows["is_complete"] = (
        rows[["due_at", "channel", "status"]].notna().all(axis=1)
        & _has_member(rows, "field")
        & (rows["finished_at"].notna() | ~is_done)
    )
    return _derive_intake(rows, calendar=calendar, hours=intake_limit_hours)


def _has_member(rows: pd.DataFrame, dimension: str) -> pd.Series:
    """Whether a dimension is filled: before loading a label, after it a member id."""
    if f"{dimension}_id" in rows:
        return rows[f"{dimension}_id"] > 0
    return rows[dimension].notna()


def _before(first: pd.Series, second: pd.Series) -> pd.Series:
    """Whether ``first`` lies before ``second``: by time when both have one, else by day."""
    timed = has_time(first) & has_time(second)
    return ((first < second) & timed) | ((first.dt.normalize() < second.dt.normalize()) & ~timed)


def has_time(moments: pd.Series) -> pd.Series:
    """Whether a time of day is given; midnight means that none was."""
    return moments.notna() & (moments != moments.dt.normalize())


def _derive_intake(rows: pd.DataFrame, *, calendar: WorkingCalendar, hours: int) -> pd.DataFrame:
    """Add when and how the intake of online dossiers was decided.

    The decision is the earliest of acceptance, request for supplements and, for refused ones, the
    end of their handling. A dossier counts from the day it is decided or past its limit.
    """
    is_online = (rows["channel"] == "online") & rows["submitted_at"].notna()
    is_refused = rows["status_code"] == "refused"
    moments = rows[["received_at", "supplement_requested_at"]].copy()
    for name in ("finished_at", "returned_at"):
        moments[name] = rows[name].where(is_refused)
    decision = moments.min(axis=1)
    is_timed = has_time(rows["submitted_at"]) & (decision.isna() | has_time(decision))
    limit = calendar.add_working_hours(rows["submitted_at"].where(is_online & is_timed), hours)
    rows["intake_on"] = rows["submitted_at"].dt.normalize().where(is_online)
    rows["intake_no_time"] = is_online & ~is_timed
    rows["intake_within"] = (decision <= limit) & is_online & is_timed
    counted = pd.concat([decision, limit], axis=1).min(axis=1).dt.normalize()
    counted = counted.where(counted > rows["intake_on"], rows["intake_on"])
    rows["intake_counted_on"] = counted.where(is_timed, rows["intake_on"]).where(is_online)
    return rows
