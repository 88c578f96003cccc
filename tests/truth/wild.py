"""Small files in which anything goes: what an office should not write and now and then does.

Statuses that contradict dates, due dates before the reception, requests before it, unknown
labels, blanks everywhere, a second export that moves dates: all of it must still be counted as
the definitions say. The same seed gives the same files.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.truth.working import SEEDS

FIRST, LAST = datetime(2024, 4, 1), datetime(2024, 7, 20)
DOSSIERS = (
    "Mã hồ sơ;Tên thủ tục hành chính;Lĩnh vực;Đơn vị xử lý;Kênh thực hiện;Ngày nộp;Ngày tiếp nhận;"
    "Ngày hẹn trả;Ngày yêu cầu bổ sung;Ngày công dân bổ sung;Số lần bổ sung;Ngày kết thúc xử lý;"
    "Ngày trả;Trạng thái;Ngày xin lỗi;Nguyên nhân quá hạn;Đánh giá"
)
DUE, FINISHED = 7, 11
FEEDBACK = (
    "Mã PAKN;Nguồn;Phân loại;Đơn vị xử lý;Ngày gửi;Ngày chuyển;Ngày trả lời;Ngày công khai;"
    "Trạng thái"
)
SURVEY = (
    "Mã phiếu;Ngày khảo sát;Hình thức nộp;Lĩnh vực;Bộ phận giải quyết;"
    "I.1. Một;II.1. Hai;III.1. Ba;IV.1. Bốn;V.1. Năm;V.2. Năm nữa;VI.1. Sáu"
)
TASKS = "Tháng;Mã nhiệm vụ;Kết quả;Số thực hiện;Trên tổng số;Số mục đạt"
RANKING = "Năm;Xã/phường;Chỉ số hài lòng"
UNRECEIVED = ("Mới đăng ký", "Không được tiếp nhận")
STATUSES = (
    *UNRECEIVED,
    "Được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Tạm dừng xử lý",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã xử lý xong",
    "Đã trả kết quả",
    "Đã trả kết quả",
    "",
    "Lạ lùng",
)
LEVELS = (
    "Rất hài lòng",
    "Hài lòng",
    "Bình thường",
    "Không hài lòng",
    "Rất không hài lòng",
    "Không biết",
    "",
)


def write_wild(folder: Path, *, seed: int) -> list[Path]:
    """Write one set of files, named so that ``read_demo`` reads them; return them in order."""
    random = Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    dossiers = [_dossier(random, f"H{number:04}") for number in range(400)]
    moved = [_moved(random, row) for row in dossiers[:120]]
    again = [_moved(random, row) for row in moved[60:]]
    return [
        _write(folder / "01_a.csv", "01/04/2024", "30/06/2024", DOSSIERS, dossiers),
        _write(folder / "01_b.csv", "01/07/2024", "20/07/2024", DOSSIERS, moved),
        _write(folder / "01_c.csv", "01/07/2024", "14/08/2024", DOSSIERS, again),
        _write(folder / "02_a.csv", "01/04/2024", "20/07/2024", FEEDBACK, _feedback(random)),
        # Nobody was asked in May.
        _write(folder / "03_4.csv", "01/04/2024", "30/04/2024", SURVEY, _forms(random, 4)),
        _write(folder / "03_6.csv", "01/06/2024", "30/06/2024", SURVEY, _forms(random, 6)),
        _write(
            folder / "04_a.csv",
            "01/01/2024",
            "31/12/2024",
            RANKING,
            [["2024", "X. Hoài Châu Bắc", "91,2"]],
        ),
        _write(folder / "05_a.csv", "01/04/2024", "30/06/2024", TASKS, _tasks(random)),
    ]


def _write(path: Path, first: str, last: str, head: str, rows: Iterable[list[str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([f"Từ ngày {first} đến ngày {last}"])
        writer.writerow(["STT", *head.split(";")])
        writer.writerows([number, *row] for number, row in enumerate(rows, start=1))
    return path


def _days(random: Random, base: datetime, *, timed: float) -> Callable[[int, int], str]:
    """A way to write a moment some days from ``base``, most with a time of day."""

    def near(low: int, high: int) -> str:
        day = min(max(base + timedelta(days=random.randint(low, high)), FIRST), LAST)
        if random.random() < timed:
            day = day.replace(hour=random.randint(6, 21), minute=random.randint(0, 59))
            return day.strftime("%d/%m/%Y %H:%M")
        return day.strftime("%d/%m/%Y")

    return near


def _dossier(random: Random, code: str) -> list[str]:
    status = random.choice(STATUSES)
    base = FIRST + timedelta(days=random.randint(0, 80))
    near = _days(random, base, timed=0.8)

    def perhaps(chance: float, low: int, high: int) -> str:
        return near(low, high) if random.random() < chance else ""

    return [
        code,
        random.choice(("Khai sinh", "Khai tử")),
        random.choice(("Hộ tịch", "Đất đai", "")),
        random.choice(("Tư pháp – Hộ tịch", "Địa chính - Xây dựng")),
        random.choice(("Trực tuyến", "Trực tuyến", "Trực tiếp", "Bưu chính", "", "Bồ câu")),
        perhaps(0.9, -2, 1),
        perhaps(0.2 if status in UNRECEIVED else 1, 0, 2),
        perhaps(0.85, -1, 20),
        perhaps(0.35, -1, 8),
        perhaps(0.2, 2, 12),
        random.choice(("", "", "", "0", "1", "2", "3")),
        # Never a day before the reception: in which period such a dossier enters is not defined.
        perhaps(0.6, 2, 30),
        perhaps(0.45, 2, 35),
        status,
        perhaps(0.3, 5, 40),
        random.choice(("", "Nhiều việc")),
        random.choice(("", "", "RẤT HÀI LÒNG", "HÀI LÒNG", "KHÔNG HÀI LÒNG")),
    ]


def _moved(random: Random, row: list[str]) -> list[str]:
    """The same dossier in a later export: some due and finish dates moved, filled or gone."""
    row = list(row)
    late = _days(random, datetime(2024, 7, 5), timed=0.8)
    for column in (DUE, FINISHED):
        chance = random.random()
        if chance < 0.3:
            row[column] = late(-5, 15)
        elif chance < 0.4:
            row[column] = ""
    return row


def _feedback(random: Random) -> Iterable[list[str]]:
    statuses = (
        "Mới tiếp nhận",
        "Đang xử lý",
        "Đã trả lời",
        "Đã công khai",
        "Từ chối",
        "Chờ người gửi bổ sung",
    )
    for number in range(150):
        base = FIRST + timedelta(days=random.randint(0, 105))
        near = _days(random, base, timed=0.3)
        yield [
            f"P{number}",
            random.choice(("Cổng thông tin", "Sổ góp ý")),
            random.choice(("Quy định hành chính", "Hành vi hành chính")),
            "Tư pháp – Hộ tịch",
            near(0, 0),
            near(0, 5) if random.random() < 0.3 else "",
            near(0, 40) if random.random() < 0.6 else "",
            near(5, 45) if random.random() < 0.4 else "",
            random.choice(statuses),
        ]


def _forms(random: Random, month: int) -> Iterable[list[str]]:
    for number in range(30):
        is_empty = random.random() < 0.05
        yield [
            f"K{number}",
            f"{random.randint(1, 30):02}/{month:02}/2024",
            random.choice(("Trực tuyến", "Trực tiếp", "")),
            random.choice(("Hộ tịch", "")),
            random.choice(("Tư pháp – Hộ tịch", "")),
            *("" if is_empty else random.choice(LEVELS) for _ in range(7)),
        ]


def _tasks(random: Random) -> Iterable[list[str]]:
    with (SEEDS / "tasks.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    statuses = ("Đạt", "Đạt một phần", "Chưa đạt", "Không phát sinh", "Chưa báo cáo")
    for month in (4, 5, 6):
        for code in codes:
            if random.random() < 0.2:
                continue
            numbers = {
                "I.1": (random.randint(4, 14), "", random.choice((5, 6, 7, 7))),
                "III.1": (random.randint(12, 20), 20, ""),
                "III.2": (random.randint(5, 20), 20, ""),
                "IV.4": (random.randint(0, 2), "", ""),
            }.get(code, ("", "", ""))
            yield [f"{month:02}/2024", code, random.choice(statuses), *map(str, numbers)]
