"""The eighteen tasks, as the owners reported them month by month in 2024."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.catalogue.tasks import Task, load_tasks
from etl.demo.stories import MISSING_SURVEY, UNREPORTED_INSPECTIONS, UNREPORTED_SAMPLES
from etl.demo.workbook import Export, period_title

TITLE = "BÁO CÁO KẾT QUẢ THỰC HIỆN 18 NHIỆM VỤ NÂNG CAO CHỈ SỐ HÀI LÒNG"
YEAR = 2024
PROCEDURES_IN_AUTHORITY = 118
CHECKLIST_ITEMS = 7
POSTS_A_YEAR = 20
MET, PARTLY, NOT_MET = "Đạt", "Đạt một phần", "Chưa đạt"
NOT_APPLICABLE = "Không phát sinh"
UNREPORTED = {
    (task, month)
    for story in (UNREPORTED_SAMPLES, UNREPORTED_INSPECTIONS)
    for task in story.where
    for month in story.months
}
EVIDENCE = {
    "I.1": "Danh mục tin đã đăng và ảnh chụp bảng công khai",
    "I.2": "Sổ giải đáp thắc mắc tại bộ phận một cửa",
    "II.1": "Bảng kiểm trang thiết bị tại bộ phận một cửa",
    "III.1": "Bảng đối chiếu thủ tục đã công khai",
    "III.2": "Danh mục hồ sơ mẫu tại bàn viết",
    "III.3": "Văn bản đề xuất rà soát, đơn giản hóa thủ tục",
    "IV.1": "Biên bản nhận xét công chức trong tháng",
    "IV.2": "Thống kê phiếu bổ sung và phiếu xin lỗi",
    "IV.3": "Sổ theo dõi thông báo cho người nộp",
    "IV.4": "Biên bản kiểm tra nội bộ",
    "IV.5": "Bảng phân công trực bộ phận một cửa",
    "V.1": "Bản in thống kê hồ sơ trên phần mềm",
    "V.2": "Bản in thời gian tiếp nhận hồ sơ trực tuyến",
    "V.3": "Bản in hồ sơ trước hạn, trễ hạn",
    "V.4": "Sổ trả kết quả đối chiếu phần mềm",
    "V.5": "Biên bản họp kiểm điểm cuối tháng",
    "VI.1": "Bảng tổng hợp phiếu khảo sát đã niêm yết",
    "VI.2": "Danh sách phản ánh đã trả lời, công khai",
}


@dataclass(frozen=True)
class _Report:
    """What one task's owner wrote for one month."""

    status: str
    value: float | None = None
    of: float | None = None
    checklist: int | None = None
    note: str | None = None


def task_report_exports(rng: np.random.Generator) -> list[Export]:
    """Return one export per quarter of the plan's year, with a row per task and month."""
    reports = _reports(rng)
    exports = []
    for quarter in pd.period_range(f"{YEAR}Q1", f"{YEAR}Q4", freq="Q"):
        rows = reports[reports["month"].dt.quarter == quarter.quarter]
        exports.append(
            Export(
                name=f"05_nhiem_vu_{YEAR}_q{quarter.quarter}",
                sheet="Nhiệm vụ",
                titles=[TITLE, period_title(quarter.start_time.date(), quarter.end_time.date())],
                frame=_worded(rows),
                widths={"STT": 6, "Nội dung": 44, "Minh chứng": 44, "Ghi chú": 36},
            )
        )
    return exports


def _reports(rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per task and month that was reported."""
    posts = np.cumsum(rng.poisson(1.9, 12))
    published = np.minimum(110 + np.cumsum(rng.integers(1, 4, 12)), PROCEDURES_IN_AUTHORITY)
    samples = 48 + np.cumsum(rng.integers(2, 7, 12))
    rows = []
    for number in range(1, 13):
        month = pd.Period(year=YEAR, month=number, freq="M")
        for task in load_tasks().values():
            if (task.code, str(month)) in UNREPORTED:
                continue
            if task.code == "I.1":
                report = _publicity(rng, number, posts=int(posts[number - 1]))
            elif task.code == "III.1":
                report = _share(int(published[number - 1]), partly=0.8)
            elif task.code == "III.2":
                report = _share(int(samples[number - 1]), partly=0.5)
            elif task.code == "IV.4":
                report = _inspections(int(rng.choice([0, 1, 2], p=[0.1, 0.65, 0.25])))
            elif task.code == "VI.1" and str(month) in MISSING_SURVEY.months:
                report = _Report(NOT_MET, note="Chưa tổ chức khảo sát trong tháng")
            else:
                report = _judged(rng, task)
            rows.append({"month": month, "task": task, "report": report})
    return pd.DataFrame(rows)


def _publicity(rng: np.random.Generator, month: int, *, posts: int) -> _Report:
    """Posts since January against their share of the year, and the seven things made public."""
    checklist = int(rng.choice([CHECKLIST_ITEMS, CHECKLIST_ITEMS - 1], p=[0.75, 0.25]))
    held = (posts >= -(-POSTS_A_YEAR * month // 12)) + (checklist == CHECKLIST_ITEMS)
    note = None if checklist == CHECKLIST_ITEMS else "Chưa có phim hướng dẫn nộp trực tuyến"
    return _Report((NOT_MET, PARTLY, MET)[held], value=posts, checklist=checklist, note=note)


def _share(done: int, *, partly: float) -> _Report:
    share = done / PROCEDURES_IN_AUTHORITY
    status = MET if share == 1 else PARTLY if share >= partly else NOT_MET
    return _Report(status, value=done, of=PROCEDURES_IN_AUTHORITY)


def _inspections(held: int) -> _Report:
    return _Report(MET if held else NOT_MET, value=held)


def _judged(rng: np.random.Generator, task: Task) -> _Report:
    """The owner's own word, kind as such words are."""
    if task.code == "IV.3" and rng.random() < 0.15:
        return _Report(NOT_APPLICABLE)
    status = str(rng.choice([MET, PARTLY, NOT_MET], p=[0.87, 0.11, 0.02]))
    return _Report(status, note=None if status == MET else "Sẽ bổ sung trong tháng sau")


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    reports = rows["report"].tolist()
    with_evidence = [report.status in (MET, PARTLY) for report in reports]
    codes = [task.code for task in rows["task"]]
    months = [f"{month.month:02}/{month.year}" for month in rows["month"]]
    return pd.DataFrame(
        {
            "STT": range(1, len(rows) + 1),
            "Tháng": months,
            "Mã nhiệm vụ": codes,
            "Nội dung": [task.title for task in rows["task"]],
            "Kết quả": [report.status for report in reports],
            "Số thực hiện": pd.array([report.value for report in reports], dtype="Float64"),
            "Trên tổng số": pd.array([report.of for report in reports], dtype="Float64"),
            "Số mục đạt": pd.array([report.checklist for report in reports], dtype="Int64"),
            "Minh chứng": [
                f"{EVIDENCE[code]}, tháng {month}" if has else None
                for code, month, has in zip(codes, months, with_evidence, strict=True)
            ],
            "Ghi chú": [report.note for report in reports],
        }
    )
