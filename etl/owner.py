"""Whose the data are: what another account makes among them shuts out the service they serve."""

from __future__ import annotations

import sys
from pathlib import Path

from etl.errors import UserError


def refuse_root(folder: Path) -> None:
    """Refuse to work as root among data that are another account's.

    That account could neither read nor write what root makes there: the audit anchor, the signing
    key. Windows gives files the rights of their folder, so nothing is asked there.

    Raises:
        UserError: the folder is there, is not root's, and root is at work.
    """
    if sys.platform == "win32":
        return
    import os
    import pwd

    if os.geteuid() != 0 or not folder.exists():
        return
    owner = folder.stat().st_uid
    if owner == 0:
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise UserError(
        f"Thư mục dữ liệu «{folder}» thuộc tài khoản «{name}», còn lệnh này chạy bằng root: tệp do "
        "root tạo ra ở đó thì tài khoản ấy không đọc, không ghi được. Chưa có gì thay đổi. Hãy "
        f"chạy lại lệnh bằng tài khoản ấy: sudo -u '{name}' …"
    )
