"""What a task is judged by is said in words, with the thresholds of its seed."""

from __future__ import annotations

from dashboard.components.tasks import task_matrix
from dashboard.metrics import find_metric
from dashboard.model import Section
from dashboard.reports.yardsticks import judged_by, yardsticks
from etl.catalogue.tasks import load_tasks
from tests.components.helpers import words


def test_a_threshold_reads_as_the_seed_says() -> None:
    tasks = load_tasks()
    assert yardsticks(tasks["V.3"]) == [("Tỷ lệ trễ hạn", "đạt: không quá 0\u00a0%")]
    assert yardsticks(tasks["II.1"]) == [
        ("Chỉ số hài lòng, tiêu chí II", "đạt: từ 85\u00a0%; một phần: từ 70\u00a0%")
    ]
    assert yardsticks(tasks["I.1"]) == [
        ("Số thực hiện trong báo cáo", "đạt: từ 20 mỗi năm, chia đều cho các tháng"),
        ("Số mục đạt trong báo cáo", "đạt: từ 7"),
    ]
    assert judged_by(tasks["I.1"]) == (
        "Theo báo cáo của đơn vị; mọi số đo đạt là đạt, có số đo đạt là đạt một phần"
    )


def test_a_task_opens_to_every_metric_that_measures_it() -> None:
    for task in load_tasks().values():
        row = {
            "code": task.code,
            "criterion": task.criterion,
            "title": task.title,
            "owner": task.owner,
            "duty": task.duty,
            "evidence": task.evidence,
            "yardsticks": yardsticks(task),
            "judged_by": judged_by(task),
            "met": 1,
            "counted": 1,
            "states": ["met"],
            "details": ["Đạt"],
        }
        data = {"months": ["2024-06"], "current": "2024-06", "tasks": [row]}
        shown = words(task_matrix(Section("matrix", "Nhiệm vụ", (), data=data)))
        for said in (task.duty, task.evidence):
            assert said in shown
        for measure in task.measures:
            if not measure.is_reported:
                assert find_metric(measure.what).label in shown
