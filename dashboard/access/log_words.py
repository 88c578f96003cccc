"""The audit log in words: what was done, and what is told of it. Kept as codes, read as words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from dashboard.access.roles import ROLES
from etl.catalogue.metrics import METRICS
from etl.catalogue.sources import SOURCES
from etl.dimensions import MEMBERS, dimension_words
from etl.entering import PLAN_FIGURES

ACTIONS = {
    "sign_in": "Đăng nhập",
    "sign_in_failed": "Đăng nhập sai",
    "sign_in_by_link": "Vào bằng liên kết một lần",
    "sign_out": "Đăng xuất",
    "sign_out_everywhere": "Đăng xuất mọi thiết bị",
    "password_set": "Đặt mật khẩu",
    "user_add": "Thêm người dùng",
    "user_change": "Đổi vai trò, đơn vị",
    "user_disable": "Khóa người dùng",
    "user_enable": "Mở khóa người dùng",
    "load": "Nạp tệp",
    "undo": "Hoàn tác lần nạp",
    "backup": "Sao lưu",
    "restore": "Khôi phục từ bản sao",
    "plan": "Sửa số kế hoạch",
    "alias": "Gộp cách viết",
    "snapshot_made": "Lập báo cáo",
    "snapshot_failed": "Lập báo cáo không thành",
    "export": "Xuất tài liệu",
    "send": "Gửi báo cáo",
    "record": "Ghi biên bản",
}
"""Words of the actions; one without words shows its code."""

_NAMES = {
    **{name: figure.label for name, figure in PLAN_FIGURES.items()},
    "address": "địa chỉ",
    "batch": "lần nạp",
    "canonical": "tính là",
    "channel": "kênh",
    "deleted": "xóa",
    "department": "bộ phận",
    "dimension": "loại",
    "edition": "bản",
    "field": "mục",
    "first": "từ dòng",
    "form": "dạng",
    "inserted": "thêm mới",
    "kind": "về",
    "last": "đến dòng",
    "list": "danh sách",
    "lost": "dòng nhật ký bị bỏ",
    "number": "báo cáo số",
    "recipients": "nơi nhận",
    "rejected": "bị loại",
    "restored": "khôi phục",
    "role": "vai trò",
    "rows": "số dòng",
    "source": "nguồn",
    "unit": "đơn vị",
    "units": "đơn vị",
    "updated": "cập nhật",
    "version": "lần sửa",
}

_VALUES: dict[str, Mapping[str, str]] = {
    "list": {code: metric.label for code, metric in METRICS.items()},
    "source": {code: source.label for code, source in SOURCES.items()},
    "role": ROLES,
    "dimension": {name: dimension_words(name) for name in MEMBERS},
    "edition": {"external": "gửi ra ngoài", "internal": "nội bộ"},
    "kind": {
        "dossier": "hồ sơ",
        "department": "bộ phận",
        "decision": "kết luận",
        "meeting": "cuộc họp",
    },
    "field": {
        "cause": "nguyên nhân",
        "explanation": "giải trình",
        "apology_on": "ngày xin lỗi",
        "difficulties": "khó khăn",
        "assessment": "đánh giá",
        "what": "việc",
        "who": "người làm",
        "due_on": "hạn",
        "state": "tình trạng",
        "held_on": "ngày họp",
        "conclusion": "kết luận chung",
    },
    "form": {
        "rejects.xlsx": "dòng bị loại, Excel",
        "dossiers.xlsx": "danh sách hồ sơ, Excel",
        "minutes.pdf": "kết luận cuộc họp, PDF",
        "minutes.docx": "kết luận cuộc họp, Word",
        "deck.html": "trình chiếu",
        "html": "trang HTML",
        "pdf": "PDF",
        "docx": "Word",
        "xlsx": "Excel",
        "zip": "cả gói",
    },
}


def action_words(action: str) -> str:
    """Return what an action is called."""
    return ACTIONS.get(action, action)


def detail_words(text: str) -> str:
    """Return the detail of an entry as "nguồn: Hồ sơ một cửa, thêm mới: 12"; blanks left out."""
    found: dict[str, Any] = orjson.loads(text)
    return ", ".join(
        f"{_NAMES.get(name, name)}: {_value(name, value)}"
        for name, value in found.items()
        if value not in ("", None, [])
    )


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    return _VALUES.get(name, {}).get(str(value), str(value))
