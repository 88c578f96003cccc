"""Offices to show: the demonstration with a record, and small ones with the longest names."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from dashboard.snapshots.freezing import Frozen, from_json
from etl.record import Key
from etl.recording import save_entry
from tests.etl.loaders import dossiers, load_text

UNIT = "21646"
NOON = datetime(2024, 6, 28, 12, 0)

LONG_NAMES = (
    "Phòng Quản lý Đất đai, Quy hoạch, Xây dựng và Bảo vệ Môi trường nông thôn",
    "Bộ phận Tiếp nhận hồ sơ và Trả kết quả giải quyết thủ tục hành chính của xã",
    "Ban Chỉ đạo Phòng, chống thiên tai, tìm kiếm cứu nạn và Phòng thủ dân sự xã",
    "Tổ Công nghệ số cộng đồng phối hợp Trung tâm Phục vụ hành chính công các thôn",
    "Lao động – Thương binh và Xã hội, Giảm nghèo, Dân số, Gia đình và Trẻ em xã",
    "Văn hóa, Thể thao, Du lịch, Thông tin cơ sở và Quản lý di tích lịch sử địa phương",
    "Tư pháp, Hộ tịch, Chứng thực, Hòa giải cơ sở và Phổ biến, giáo dục pháp luật xã",
    "Tài chính, Kế toán, Quản lý tài sản công và Ngân sách nhà nước cấp xã năm 2024",
    "Nông nghiệp, Lâm nghiệp, Thủy lợi, Thủy sản và Xây dựng nông thôn mới nâng cao",
    "Ban Chỉ huy Quân sự xã và lực lượng dân quân tự vệ thường trực các thôn, xóm",
    "Công an xã và Tổ bảo vệ an ninh, trật tự ở cơ sở thuộc địa bàn các thôn, xóm",
    "Giáo dục, Đào tạo, Khuyến học, Khuyến tài và Trung tâm học tập cộng đồng xã",
)
"""Twelve names of more than sixty characters, as offices have them."""

DEMO_NAMES = (
    "Địa chính – Xây dựng",
    "Tư pháp – Hộ tịch",
    "Văn hóa – Xã hội",
    "Văn phòng – Thống kê",
    "Tài chính – Kế toán",
    "Ban CHQS xã",
)

LONG_TEXT = (
    "Hệ thống phần mềm một cửa nhiều lần gián đoạn vào giờ cao điểm, công chức phải nhập lại hồ sơ "
    "từ đầu; người dân ở các thôn xa phải đi lại nhiều lần, đề nghị cấp trên nâng cấp đường truyền "
    "và bố trí thêm máy quét, đồng thời hướng dẫn thống nhất việc xác minh thực địa. "
) * 4


def say(engine: Engine, kind: str, field: str, value: str, *, month: str = "", subject: str = ""):  # type: ignore[no-untyped-def]
    """Save one field of the record."""
    key = Key(UNIT, kind, field, month, subject)
    save_entry(engine, key, value, base="", saved_by="can_bo", at=NOON)


def decide(engine: Engine, month: str, number: int, what: str, *, who: str, due_on: str) -> None:
    """Take a decision in a month's meeting."""
    for field, value in (("what", what), ("who", who), ("due_on", due_on)):
        say(engine, "decision", field, value, month=month, subject=f"{month}-{number}")


def write_record(engine: Engine) -> None:
    """Write what June's meeting said, long where people write long."""
    say(engine, "department", "difficulties", LONG_TEXT, month="2024-06", subject=DEMO_NAMES[1])
    say(engine, "department", "assessment", "Cần nhanh hơn", month="2024-06", subject=DEMO_NAMES[1])
    long = f"Rà soát toàn bộ hồ sơ quá hạn và báo cáo nguyên nhân từng hồ sơ: {LONG_TEXT[:300]}"
    decide(engine, "2024-05", 1, long, who=DEMO_NAMES[0], due_on="2024-06-10")
    decide(engine, "2024-05", 2, "Niêm yết đường dây nóng", who="Một cửa", due_on="2024-07-30")
    for number in range(1, 8):
        what = f"Việc thứ {number}: {long}"
        decide(engine, "2024-06", number, what, who=LONG_NAMES[number], due_on="2024-07-15")
    say(engine, "meeting", "held_on", "2024-06-28", month="2024-06")
    say(engine, "meeting", "conclusion", LONG_TEXT, month="2024-06")


def with_long_names(frozen: Frozen) -> Frozen:
    """Return the same numbers of an office whose departments have the longest names."""
    text = frozen.json.decode()
    for old, new in zip(DEMO_NAMES, LONG_NAMES, strict=False):
        text = text.replace(old, new)
    return from_json(text.encode())


def load_office(engine: Engine, folder: Path, *, departments: int, each: int = 9) -> None:
    """Load June's dossiers of an office of so many departments, a third of them late."""
    rows = []
    for place in range(departments):
        for number in range(each):
            due = date(2024, 6, 10)
            closed = due + timedelta(days=3 if number % 3 == 0 else -1)
            rows.append(
                {
                    "Mã hồ sơ": f"H{place}-{number}",
                    "Bộ phận": LONG_NAMES[place],
                    "Tên thủ tục": f"Xác nhận nội dung thay đổi của hồ sơ thuộc lĩnh vực {place}",
                    "Kênh": "Trực tuyến" if number % 2 else "Trực tiếp",
                    "Ngày nộp": "03/06/2024 08:00",
                    "Ngày tiếp nhận": "03/06/2024 09:00",
                    "Ngày hẹn trả": f"{due:%d/%m/%Y}",
                    "Ngày kết thúc xử lý": f"{closed:%d/%m/%Y}",
                    "Ngày trả": f"{closed:%d/%m/%Y}",
                    "Trạng thái": "Đã trả kết quả",
                }
            )
    load_text(engine, folder, dossiers(*rows), as_of=date(2024, 6, 30))
    for place in range(departments):
        say(
            engine,
            "department",
            "difficulties",
            LONG_TEXT[:400],
            month="2024-06",
            subject=LONG_NAMES[place],
        )
