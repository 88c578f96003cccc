"""The stories told by the demonstration files: declared here, read by what writes the files.

Whoever tests a chart or a signal looks here for what there is to be found, whatever the seed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """Something that happens in the demonstration data.

    In ``months`` (YYYY-MM, calendar) and for the departments, channels, criteria, months or tasks
    ``where``, the share or the count that it is about lies within ``between``; None means that
    there is no value at all.
    """

    code: str
    description: str
    where: tuple[str, ...]
    months: tuple[str, ...]
    between: tuple[float, float] | None


SLIPPING_DEPARTMENT = Story(
    "slipping_department",
    "Địa chính – Xây dựng trễ hạn nhiều trong ba tháng 7–9/2024, sau đó phục hồi.",
    where=("Địa chính – Xây dựng",),
    months=("2024-07", "2024-08", "2024-09"),
    between=(0.08, 0.15),
)
INTAKE_BOTTLENECK = Story(
    "intake_bottleneck",
    "Tháng 5–6/2024 hồ sơ trực tuyến ứ ở khâu tiếp nhận, chỉ khoảng 60 % trong 8 giờ làm việc.",
    where=("online",),
    months=("2024-05", "2024-06"),
    between=(0.48, 0.72),
)
DRAGGING_CRITERION = Story(
    "dragging_criterion",
    "Tiêu chí V (kết quả, tiến độ) kéo chỉ số hài lòng xuống, khoảng 86 % cả năm 2024.",
    where=("V",),
    months=tuple(f"2024-{month:02}" for month in range(1, 13) if month != 8),
    between=(0.82, 0.89),
)
QUIET_MONTH = Story(
    "quiet_month",
    "Tháng 2/2024 (Tết) chỉ thu được khoảng 11 phiếu khảo sát.",
    where=("2024-02",),
    months=("2024-02",),
    between=(10, 12),
)
MISSING_SURVEY = Story(
    "missing_survey",
    "Tháng 8/2024 không khảo sát: không có tệp nào.",
    where=("2024-08",),
    months=("2024-08",),
    between=None,
)
UNREPORTED_SAMPLES = Story(
    "unreported_samples",
    "Nhiệm vụ III.2 (hồ sơ mẫu) không được báo cáo trong năm tháng, gồm ba tháng cuối năm.",
    where=("III.2",),
    months=("2024-04", "2024-05", "2024-10", "2024-11", "2024-12"),
    between=(0, 0),
)
UNREPORTED_INSPECTIONS = Story(
    "unreported_inspections",
    "Nhiệm vụ IV.4 (kiểm tra nội bộ) không được báo cáo trong bốn tháng.",
    where=("IV.4",),
    months=("2024-02", "2024-08", "2024-11", "2024-12"),
    between=(0, 0),
)
RESET_DEADLINES = Story(
    "reset_deadlines",
    "Bản xuất lại quý IV/2024 có tám hồ sơ trễ được dời hạn trả về sau ngày xong.",
    where=("2024-12",),
    months=("2024-12",),
    between=(8, 8),
)

STORIES: dict[str, Story] = {
    story.code: story
    for story in (
        SLIPPING_DEPARTMENT,
        INTAKE_BOTTLENECK,
        DRAGGING_CRITERION,
        QUIET_MONTH,
        MISSING_SURVEY,
        UNREPORTED_SAMPLES,
        UNREPORTED_INSPECTIONS,
        RESET_DEADLINES,
    )
}
