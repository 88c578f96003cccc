"""The procedures of an invented one-stop desk: who handles them, how long, how often."""

from __future__ import annotations

from dataclasses import dataclass

CIVIL_STATUS = "Tư pháp – Hộ tịch"
LAND = "Địa chính – Xây dựng"
SOCIAL = "Văn hóa – Xã hội"
OFFICE = "Văn phòng – Thống kê"
MILITARY = "Ban CHQS xã"
FINANCE = "Tài chính – Kế toán"


@dataclass(frozen=True)
class Procedure:
    """One procedure: ``days`` working days allowed, ``monthly`` dossiers expected a month.

    ``online`` scales the share that is filed online.
    """

    name: str
    field: str
    department: str
    days: int
    monthly: float
    online: float = 1.0


PROCEDURES = (
    Procedure("Chứng thực bản sao từ bản chính", "Chứng thực", CIVIL_STATUS, 1, 30, 0.95),
    Procedure("Chứng thực chữ ký", "Chứng thực", CIVIL_STATUS, 1, 10, 0.7),
    Procedure("Đăng ký khai sinh", "Hộ tịch", CIVIL_STATUS, 1, 18, 1.2),
    Procedure("Đăng ký khai tử", "Hộ tịch", CIVIL_STATUS, 1, 8, 1.1),
    Procedure("Đăng ký kết hôn", "Hộ tịch", CIVIL_STATUS, 3, 10),
    Procedure("Xác nhận tình trạng hôn nhân", "Hộ tịch", CIVIL_STATUS, 3, 17, 1.2),
    Procedure("Cấp bản sao trích lục hộ tịch", "Hộ tịch", CIVIL_STATUS, 1, 12, 1.2),
    Procedure("Thay đổi, cải chính hộ tịch", "Hộ tịch", CIVIL_STATUS, 6, 6),
    Procedure("Xác nhận tình trạng sử dụng đất", "Đất đai", LAND, 12, 26),
    Procedure("Xác nhận hồ sơ cấp giấy chứng nhận đất", "Đất đai", LAND, 30, 27, 0.9),
    Procedure("Hòa giải tranh chấp đất đai", "Đất đai", LAND, 30, 4, 0.4),
    Procedure("Xác nhận khởi công nhà ở riêng lẻ", "Xây dựng", LAND, 7, 16),
    Procedure("Chuyển đổi cây trồng trên đất lúa", "Nông nghiệp", LAND, 5, 8, 0.8),
    Procedure("Kê khai chăn nuôi tập trung", "Nông nghiệp", LAND, 3, 8, 0.8),
    Procedure("Trợ cấp xã hội hằng tháng", "Bảo trợ xã hội", SOCIAL, 28, 27, 0.9),
    Procedure("Xác định mức độ khuyết tật", "Bảo trợ xã hội", SOCIAL, 25, 14, 0.8),
    Procedure("Hỗ trợ chi phí mai táng", "Bảo trợ xã hội", SOCIAL, 8, 10),
    Procedure("Công nhận hộ nghèo, hộ cận nghèo", "Giảm nghèo", SOCIAL, 15, 12, 0.8),
    Procedure("Xác nhận hồ sơ người có công", "Người có công", SOCIAL, 12, 14, 0.9),
    Procedure("Cấp bản sao từ sổ gốc", "Chứng thực", OFFICE, 1, 13),
    Procedure("Đề nghị khen thưởng cấp xã", "Thi đua, khen thưởng", OFFICE, 15, 7, 1.1),
    Procedure("Đăng ký nghĩa vụ quân sự lần đầu", "Nghĩa vụ quân sự", MILITARY, 5, 10, 0.9),
    Procedure("Đăng ký nghĩa vụ quân sự bổ sung", "Nghĩa vụ quân sự", MILITARY, 2, 8, 0.9),
    Procedure("Xác nhận miễn, giảm thuế đất", "Thuế, tài chính", FINANCE, 5, 8),
    Procedure("Thông báo thành lập tổ hợp tác", "Thuế, tài chính", FINANCE, 5, 4, 1.1),
)
