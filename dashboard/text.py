"""The Vietnamese words on the screen that more than one module needs: one home, one spelling."""

from __future__ import annotations

import re

PRODUCT = "Bảng điều hành chỉ số hài lòng"

STATE_LABELS = {
    "met": "Đạt",
    "partly": "Đạt một phần",
    "not_met": "Chưa đạt",
    "not_reported": "Chưa báo cáo",
    "not_applicable": "Không phát sinh",
}
"""The five states of a task's month, in the order in which they are listed."""

OUTCOME_LABELS = {
    "late": "Trễ hạn",
    "on_time": "Đúng hạn",
    "early": "Trước hạn",
    "no_due": "Không có hạn",
}
"""How a resolved dossier stands to its due date, from the base of a stacked bar upwards."""

SMALL_N = 20
"""Under this many cases one of them moves a share by more than five points: readers are told."""

DEMO_WORDS = "DỮ LIỆU MINH HỌA"
"""On whatever is made from demonstration data."""
NO_DATA = "chưa có số liệu"
NONE = "không"
"""A list without anything in it."""
NOT_ZERO = "Đây không phải 0 %"
INTERVAL = "Khoảng 95 %"
LOWEST, HIGHEST = "Thấp nhất (95\u00a0%)", "Cao nhất (95\u00a0%)"
"""The heads of its two ends."""
PARTIAL_MONTH = "chưa trọn tháng"
ANSWERS = "câu trả lời"
HIDDEN_WORD = "ẩn"
"""Stands where a number is about too few people to leave the office."""


def small_note(noun: str) -> str:
    """Say what a hollow point means: "Vòng rỗng: dưới 20 phiếu"."""
    return f"Vòng rỗng: dưới {SMALL_N} {noun}"


_SHORT_NAMES = {
    "Ban Chỉ huy Quân sự xã": "Ban CHQS",
    "Ban CHQS xã": "Ban CHQS",
    "Bộ phận Tiếp nhận và Trả kết quả": "Một cửa",
    "Trung tâm Phục vụ hành chính công": "TT PVHCC",
    "Văn phòng – Thống kê": "VP – Thống kê",
}
"""Names whose usual short form no rule gives."""

_SHORT_WORDS = (
    ("Ủy ban nhân dân", "UBND"),
    ("Hội đồng nhân dân", "HĐND"),
    ("Tài nguyên và Môi trường", "TNMT"),
    ("Nông nghiệp và Môi trường", "NNMT"),
    ("Lao động – Thương binh và Xã hội", "LĐTBXH"),
    ("Lao động – Thương binh – Xã hội", "LĐTBXH"),
    ("Trung tâm", "TT"),
    ("Văn phòng", "VP"),
    ("Bộ phận", "BP"),
    ("Phòng", "P."),
    ("Nông nghiệp", "NN"),
    ("Môi trường", "MT"),
    ("Hành chính", "HC"),
    ("Kinh tế", "KT"),
    ("Hạ tầng", "HT"),
    ("Đô thị", "ĐT"),
)
"""Usual abbreviations inside a long name, the longer phrase first."""

_SHORT_ENOUGH = 14
"""Characters that a name may have on a narrow screen before it is shortened."""


def short_name(name: str) -> str:
    """Return a department's usual short name: "Địa chính – Xây dựng" → "Địa chính – XD".

    Declared names first; else, of a name in two parts the second becomes initials; else usual
    phrases are abbreviated. A name that is short already, or that no rule fits, stays as it is.
    """
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name]
    first, dash, second = name.partition(" – ")
    if dash and " – " not in second and 1 < len(second.split()) <= 3:
        return f"{_abbreviate(first)} – {_initials(second)}"
    return _abbreviate(name)


def brief(name: str, *, most: int = 60) -> str:
    """Return a name for a line of words: its last words give way to "…" beyond ``most`` letters."""
    if len(name) <= most:
        return name
    return name[:most].rsplit(" ", 1)[0].rstrip(" ,;–-") + " …"


def _initials(words: str) -> str:
    return "".join(word[0].upper() for word in words.split())


def _abbreviate(name: str) -> str:
    if len(name) <= _SHORT_ENOUGH:
        return name
    for phrase, short in _SHORT_WORDS:
        name = re.sub(rf"\b{phrase}\b", short, name, flags=re.IGNORECASE)
    return name


HOW_TO_READ = {
    "bars": (
        "Thanh dài là tỷ lệ cao; số cuối thanh là tỷ lệ và số trường hợp. Thanh của nhóm ít trường "
        "hợp dễ dài ngắn do tình cờ."
    ),
    "columns": "Mỗi cột một tháng, cột cao là nhiều; tháng không có cột là tháng chưa có số liệu.",
    "counts": "Thanh dài là nhiều; số cuối thanh là số trường hợp đếm được.",
    "dots": (
        "Chấm là kết quả, thanh nhạt quanh chấm là khoảng 95 %: hai thanh chồng lên nhau thì chưa "
        "biết bên nào hơn. Vòng xanh rỗng là số ít, đọc dè dặt. Mũi tên ở đầu thanh là khoảng còn "
        "dài ra ngoài trục."
    ),
    "funnel": (
        "Càng sang phải càng nhiều hồ sơ, càng lên cao tỷ lệ càng lớn; điểm trong vùng xám là mức "
        "chung, chênh lệch ở đó có thể do tình cờ."
    ),
    "ladder": "Mỗi bậc một đơn vị, hạng cao ở trên; chấm là chỉ số, vạch ngang là khoảng 95 %.",
    "outcomes": (
        "Mỗi cột là hồ sơ giải quyết xong trong tháng, chia theo kết quả; phần trễ được vẽ lại ở "
        "dải trên theo thang riêng để nhìn thấy khi nó nhỏ."
    ),
    "pareto": (
        "Các nguyên nhân xếp từ nhiều đến ít; các thanh đậm cộng lại là quá nửa, nên xử lý trước."
    ),
    "slope": "Mỗi đường nối hạng của một đơn vị ở hai năm: dốc lên là lên hạng.",
    "spark": "Đường nhỏ là các tháng gần đây, chấm cuối là kỳ đang xem.",
    "stacked": (
        "Mỗi thanh là tổng số, chia theo phần; số của từng phần viết bên phải theo đúng thứ tự."
    ),
    "trend": (
        "Đường là kết quả từng tháng, chỗ đứt là tháng không có số liệu. Một tháng cao thấp hơn "
        "tháng trước thường chỉ là dao động; chỉ điểm vuông mới là tín hiệu."
    ),
}
"""How to read each form of a chart (the figures, and the ranking's ladder): the first words under
Cách đọc."""

FUNNEL_VERDICTS = {
    "different_high": "Cao hơn hẳn mức chung",
    "different_low": "Thấp hơn hẳn mức chung",
    "common": "Trong mức dao động thường",
    "too_small": "Quá ít hồ sơ để so sánh",
}
"""What a point of the funnel means."""
