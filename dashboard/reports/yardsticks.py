"""By what a task is judged, in words: its metrics, their thresholds, and how they combine."""

from __future__ import annotations

from decimal import Decimal

from dashboard import formatting as fmt
from dashboard.metrics import find_metric
from etl.catalogue.tasks import Measure, Task

_REPORTED = {
    "reported_value": "Số thực hiện trong báo cáo",
    "reported_share": "Số thực hiện trên tổng số trong báo cáo",
    "checklist": "Số mục đạt trong báo cáo",
}
_FROM = {
    "metric": "Theo số đo",
    "report": "Theo báo cáo của đơn vị",
    "both": "Theo cả báo cáo và số đo, lấy kết quả kém hơn",
}
_COMBINED = {
    "worst": "số đo kém nhất quyết định",
    "count": "mọi số đo đạt là đạt, có số đo đạt là đạt một phần",
}


def yardsticks(task: Task) -> list[tuple[str, str]]:
    """Return each measure of a task with its thresholds: "đạt: không quá 0 %; một phần: …"."""
    return [(_name(measure), _thresholds(measure)) for measure in task.measures]


def judged_by(task: Task) -> str:
    """Say what decides a month's state: the report, the measures, and which of them."""
    words = _FROM[task.state_from]
    return f"{words}; {_COMBINED[task.combine]}" if len(task.measures) > 1 else words


def _name(measure: Measure) -> str:
    name = _REPORTED.get(measure.what) or find_metric(measure.what).label
    return f"{name}, tiêu chí {measure.criterion}" if measure.criterion else name


def _thresholds(measure: Measure) -> str:
    words = f"đạt: {_limit(measure, measure.met)}"
    if measure.partly is not None:
        words += f"; một phần: {_limit(measure, measure.partly)}"
    return words


def _limit(measure: Measure, limit: Decimal) -> str:
    value = _value(measure, limit)
    words = f"từ {value}" if measure.comparison == "at_least" else f"không quá {value}"
    return f"{words} mỗi năm, chia đều cho các tháng" if measure.per_year else words


def _value(measure: Measure, limit: Decimal) -> str:
    is_share = measure.what == "reported_share" or (
        not measure.is_reported and find_metric(measure.what).is_fraction
    )
    if not is_share:
        return fmt.plain(float(limit))
    return fmt.percent(float(limit), 0 if limit * 100 == int(limit * 100) else 1)
