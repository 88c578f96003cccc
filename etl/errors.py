"""Errors that are shown to people. Messages are Vietnamese sentences, built from facts."""

from __future__ import annotations

import errno

_REFUSALS = {
    errno.EACCES: "tài khoản đang chạy không có quyền, hoặc chương trình khác đang mở tệp",
    errno.EPERM: "tài khoản đang chạy không có quyền",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "đĩa hết chỗ",
    errno.ENOENT: "không có tệp hay thư mục ấy",
    errno.EEXIST: "đã có tệp ấy",
    errno.EISDIR: "đó là thư mục",
    errno.ENOTDIR: "một phần đường dẫn không phải thư mục",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.EIO: "ổ đĩa đọc ghi lỗi",
}


class UserError(Exception):
    """Something the reader can put right; the message is a whole Vietnamese sentence."""


def refusal_words(error: OSError) -> str:
    """Return in Vietnamese why the system refuses a file; what is rare, in its own words."""
    return _REFUSALS.get(error.errno or 0) or error.strerror or str(error)


class DatabaseFault(UserError):
    """The database could not do its part: gone, full or too busy. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu không ghi được lúc này: mất kết nối, hết chỗ trên đĩa hoặc đang bận. "
            "Chưa có gì thay đổi. Hãy xem đĩa còn chỗ và máy chủ dữ liệu còn chạy không, rồi làm "
            "lại."
        )


class RefusedFile(UserError):
    """A file of which nothing was loaded, with the place, the reason and the next step."""

    def __init__(
        self,
        file: str,
        *,
        reason: str,
        next_step: str,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.file = file
        self.reason = reason
        self.next_step = next_step
        self.sheet = sheet
        self.row = row
        self.column = column
        self.value = value
        super().__init__(self._message())

    def _message(self) -> str:
        place = [f"Tệp «{self.file}»"]
        if self.sheet:
            place.append(f"trang tính «{self.sheet}»")
        if self.row is not None:
            place.append(f"dòng {self.row}")
        if self.column:
            place.append(f"cột «{self.column}»")
        where = ", ".join(place)
        value = f" Giá trị: «{self.value}»." if self.value is not None else ""
        return f"{where}: {self.reason}{value} {self.next_step} Chưa có dòng nào được nạp."
