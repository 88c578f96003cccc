"""What a check of the audit log says to people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from etl.anchor import SHORT, Mark
from etl.audit import Checked
from etl.errors import UserError

_MARK = re.compile(rf"(\d{{1,9}}):([0-9a-f]{{{SHORT},64}})")


def check_words(checked: Checked) -> list[str]:
    """Return the sentences that tell what a check has found, the verdict first."""
    if checked.broken_at is not None:
        return [
            (
                f"Nhật ký không khớp từ dòng {checked.broken_at}: đã bị sửa hoặc xóa ngoài chương "
                "trình. Hãy so với bản sao lưu gần nhất."
            )
        ]
    restores = [
        f"Lần khôi phục ở dòng {one.mark.number} ({_when(one.mark)}) đã bỏ {one.lost} dòng ghi sau "
        "bản sao lưu."
        for one in checked.restores
    ]
    if checked.missing:
        return [*_missing_words(checked), *restores]
    head = checked.head
    newest = f", dấu của dòng mới nhất {head}" if head else ""
    return [
        f"Nhật ký nguyên vẹn: {checked.entries} dòng{newest}.",
        *_anchor_words(checked),
        *restores,
    ]


def lost_words(missing: Sequence[Mark]) -> str:
    """Return "13 dòng nhật ký (số 121 đến 133, đến 20:12 25/11/2026 UTC)"."""
    numbers = [one.number for one in missing]
    span = f"số {min(numbers)}" if len(numbers) == 1 else f"số {min(numbers)} đến {max(numbers)}"
    return f"{len(missing)} dòng nhật ký ({span}, đến {_when(missing[-1])})"


def read_mark(text: str) -> tuple[int, str]:
    """Return number and beginning of the hash of a mark as :class:`Mark` prints it.

    Raises:
        UserError: it is no mark, or too short to tell one entry from another.
    """
    found = _MARK.fullmatch(text.strip().lower())
    if found is None:
        raise UserError(
            f"«{text}» không phải dấu nhật ký. Dấu có dạng số:mã, ví dụ 123:{'0f3c' * 4}, do lệnh "
            "verify của báo cáo hoặc audit verify in ra."
        )
    return int(found[1]), found[2]


def mark_words(number: int, beginning: str) -> str:
    """Say that an entry which was told elsewhere is not in the log."""
    return (
        f"Nhật ký không có dòng mang dấu {number}:{beginning}: dòng ấy đã bị xóa hoặc sửa, hoặc "
        "cơ sở dữ liệu đã được khôi phục từ bản sao lưu cũ hơn."
    )


def _missing_words(checked: Checked) -> list[str]:
    assert checked.anchor is not None
    words = [
        (
            f"Thiếu {lost_words(checked.missing)}: tệp neo «{checked.anchor.name}» có ghi nhưng "
            f"cơ sở dữ liệu không còn. Các dòng đang có ({checked.entries}) thì khớp nhau."
        )
    ]
    if len(checked.missing) == checked.marks:
        words.append(
            "Không dòng nào của tệp neo có trong nhật ký này: nếu cơ sở dữ liệu vừa được lập mới, "
            "hãy cất tệp neo cũ đi, tệp mới sẽ tự được tạo."
        )
    words.append(
        "Nếu dữ liệu được chép lại ngoài lệnh restore, hoặc máy vừa mất điện, thì đó là các dòng "
        "ghi sau thời điểm ấy; nếu không, có người đã xóa. Hãy so với bản sao lưu, với nhật ký của "
        "máy chủ và với báo cáo đã gửi đi."
    )
    return words


def _anchor_words(checked: Checked) -> list[str]:
    if checked.anchor is None:
        return []
    if not checked.marks and checked.entries:
        state = "Chưa có" if checked.marks is None else "Chưa có dấu nào trong"
        return [
            (
                f"{state} tệp neo «{checked.anchor.name}» nên chưa biết được có dòng mới nhất nào "
                "bị xóa hay không. Tệp tự được tạo cùng dòng nhật ký kế tiếp; nếu trước đây đã có "
                "thì nó đã bị xóa hoặc chuyển đi."
            )
        ]
    return [f"Khớp tệp neo «{checked.anchor.name}»: {checked.marks} dấu đều còn trong nhật ký."]


def _when(mark: Mark) -> str:
    return f"{mark.at:%H:%M %d/%m/%Y} UTC"
