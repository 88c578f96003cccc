"""Quarterly exports of the one-stop software: what it knew at each quarter's end.

An export lists the dossiers that were open, or had something happen, in its quarter; a dossier
that runs over the quarter's end is in two files, open in the first and closed in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.demo.dossiers import FIRST_DAY, LAST_DAY
from etl.demo.workbook import Export, date_text, period_title

TITLE = "BÁO CÁO TÌNH HÌNH GIẢI QUYẾT HỒ SƠ THỦ TỤC HÀNH CHÍNH"
EVENTS = (
    "received_at",
    "supplement_requested_at",
    "supplemented_at",
    "finished_at",
    "returned_at",
    "apology_sent_at",
    "refused_at",
    "withdrawn_at",
)
RATINGS = {
    "very_satisfied": "RẤT HÀI LÒNG",
    "satisfied": "HÀI LÒNG",
    "unsatisfied": "KHÔNG HÀI LÒNG",
}


@dataclass(frozen=True)
class Style:
    """How one version of the software words its export."""

    headers: dict[str, str]
    has_date_cells: bool = False
    has_hyphens: bool = False
    """Whether departments are written with a plain hyphen."""
    counts_single_requests: bool = True
    """Whether one supplement request is counted; if not, its date alone tells."""
    has_total: bool = False


_SHARED = {
    "procedure_code": "Mã TTHC",
    "field": "Lĩnh vực",
    "submitted_at": "Ngày nộp",
    "intake_due_at": "Hạn tiếp nhận",
    "supplement_requested_at": "Ngày yêu cầu bổ sung",
    "supplemented_at": "Ngày công dân bổ sung",
    "supplement_count": "Số lần bổ sung",
    "apology_sent_at": "Ngày xin lỗi",
    "late_cause": "Nguyên nhân quá hạn",
    "rating3": "Đánh giá",
}
CHANNELS = {"online": "Trực tuyến", "direct": "Trực tiếp", "post": "Bưu chính"}

FULL = Style(
    headers=_SHARED
    | {
        "dossier_code": "Mã hồ sơ",
        "procedure_name": "Tên thủ tục hành chính",
        "department": "Đơn vị xử lý",
        "channel": "Kênh thực hiện",
        "received_at": "Ngày tiếp nhận",
        "due_at": "Ngày hẹn trả",
        "finished_at": "Ngày kết thúc xử lý",
        "returned_at": "Ngày trả",
        "status": "Trạng thái",
    },
    has_total=True,
)
DATE_CELLS = Style(
    headers=_SHARED
    | {
        "dossier_code": "Số hồ sơ",
        "procedure_name": "Thủ tục",
        "department": "Bộ phận giải quyết",
        "channel": "Hình thức nộp",
        "received_at": "Ngày nhận",
        "due_at": "Hạn xử lý",
        "finished_at": "Ngày có kết quả",
        "returned_at": "Ngày nhận kết quả",
        "status": "Tình trạng",
    },
    has_date_cells=True,
    has_hyphens=True,
)
SHORT = Style(
    headers=_SHARED
    | {
        "dossier_code": "Số biên nhận",
        "procedure_name": "Nội dung hồ sơ",
        "department": "Phòng ban",
        "channel": "Kênh",
        "received_at": "Ngày tiếp nhận",
        "due_at": "Hạn trả",
        "finished_at": "Ngày kết thúc xử lý",
        "returned_at": "Ngày trả",
        "status": "Trạng thái",
    },
    counts_single_requests=False,
    has_total=True,
)
COLUMNS = (
    "dossier_code",
    "procedure_code",
    "procedure_name",
    "field",
    "department",
    "channel",
    "submitted_at",
    "intake_due_at",
    "received_at",
    "due_at",
    "supplement_requested_at",
    "supplemented_at",
    "supplement_count",
    "finished_at",
    "returned_at",
    "status",
    "apology_sent_at",
    "late_cause",
    "rating3",
)
STYLES = {
    "2023Q1": FULL,
    "2023Q2": FULL,
    "2023Q3": DATE_CELLS,
    "2023Q4": DATE_CELLS,
    "2024Q1": SHORT,
    "2024Q2": SHORT,
    "2024Q3": FULL,
    "2024Q4": FULL,
}


def dossier_exports(lives: pd.DataFrame) -> list[Export]:
    """Return the quarterly exports, and the second one of the last quarter.

    In the second the due dates that were reset have replaced those the applicants were given.
    """
    exports = []
    for quarter in pd.period_range(FIRST_DAY, LAST_DAY, freq="Q"):
        name = f"01_ho_so_{quarter.year}_q{quarter.quarter}"
        exports.append(_export(lives.assign(due_at=lives["first_due_at"]), quarter, name=name))
    exports.append(_export(lives, quarter, name=f"{name}_cap_nhat"))
    return exports


def _export(lives: pd.DataFrame, quarter: pd.Period, *, name: str) -> Export:
    style = STYLES[str(quarter)]
    seen = as_seen(lives, quarter)
    frame = _worded(seen, style)
    days = quarter.start_time.date(), quarter.end_time.date()
    return Export(
        name=name,
        sheet="Hồ sơ",
        titles=[TITLE, period_title(*days)],
        frame=frame,
        total=f"TỔNG CỘNG: {len(frame)} hồ sơ" if style.has_total else None,
        widths={"STT": 6, style.headers["dossier_code"]: 28, style.headers["procedure_name"]: 38},
    )


def as_seen(lives: pd.DataFrame, quarter: pd.Period) -> pd.DataFrame:
    """Return the dossiers that an export of ``quarter`` lists, as they were at its end.

    What came later is blank, and the status is that of the day.
    """
    end = quarter.end_time.floor("s")
    seen = lives[lives["submitted_at"] <= end].copy()
    for column in EVENTS:
        seen[column] = seen[column].where(seen[column] <= end)
    is_over = seen[["finished_at", "returned_at", "refused_at", "withdrawn_at"]].notna().any(axis=1)
    last_event = seen[["submitted_at", *EVENTS]].max(axis=1)
    seen = seen[~is_over | last_event.ge(quarter.start_time)]
    status = _status(seen, day=quarter.end_time.normalize())
    received, done = seen["received_at"].notna(), seen["finished_at"].notna()
    hides = seen["hides"]
    return seen.assign(
        finished_at=seen["finished_at"].fillna(seen["refused_at"]),
        due_at=seen["due_at"].where(received),
        supplement_count=seen["supplement_count"].where(seen["supplement_requested_at"].notna()),
        late_cause=seen["late_cause"].where(done),
        rating3=seen["rating3"].where(seen["returned_at"].notna()),
        field=seen["field"].mask(hides.eq("field")),
        channel=seen["channel"].mask(hides.eq("channel")),
        status=status.mask(hides.eq("status") & done),
    )


def _status(seen: pd.DataFrame, *, day: pd.Timestamp) -> pd.Series[Any]:
    """The software's label for what was the last thing to happen; the first that fits."""
    status = pd.Series("Mới đăng ký", index=seen.index, dtype=object)
    waiting = seen["supplement_requested_at"].notna() & seen["supplemented_at"].isna()
    for fits, label in (
        (seen["received_at"].notna(), "Đang xử lý"),
        (seen["received_at"] >= day, "Được tiếp nhận"),
        (
            seen["received_at"].notna() & seen["awaits_payment"],
            "Yêu cầu thực hiện nghĩa vụ tài chính",
        ),
        (waiting, "Yêu cầu bổ sung giấy tờ"),
        (seen["finished_at"].notna(), "Đã xử lý xong"),
        (seen["returned_at"].notna(), "Đã trả kết quả"),
        (seen["refused_at"].notna(), "Không được tiếp nhận"),
        (seen["withdrawn_at"].notna(), "Công dân yêu cầu rút hồ sơ"),
        (seen["withdrawn_at"].notna() & seen["outcome"].eq("stopped"), "Dừng xử lý"),
    ):
        status = status.mask(fits, label)
    return status


def _worded(seen: pd.DataFrame, style: Style) -> pd.DataFrame:
    count = seen["supplement_count"]
    if not style.counts_single_requests:
        count = count.where(count > 1)
    department = seen["department"]
    if style.has_hyphens:
        department = department.str.replace("–", "-")
    frame = seen.assign(
        channel=seen["channel"].map(CHANNELS),
        department=department,
        supplement_count=count,
        rating3=seen["rating3"].map(RATINGS),
    )[list(COLUMNS)]
    if not style.has_date_cells:
        times = frame.select_dtypes("datetime")
        frame = frame.assign(**{str(column): date_text(times[column]) for column in times})
    frame = frame.rename(columns=style.headers)
    frame.insert(0, "STT", range(1, len(frame) + 1))
    return frame
