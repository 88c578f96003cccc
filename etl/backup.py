"""Backup and restore: SQLite through its online copy, PostgreSQL through its own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from etl.errors import UserError
from etl.warehouse import OWNER_ONLY


class BackupError(UserError):
    """A backup or restore that could not be done; the message says why and what to do."""


def backup(database_url: str, target: Path) -> None:
    """Copy the database into ``target``, whole, while others go on working.

    Raises:
        BackupError: the target exists, or the copy could not be made.
    """
    url = make_url(database_url)
    if target.exists():
        raise BackupError(f"Đã có tệp «{target}». Hãy chọn tên khác để không ghi đè bản sao cũ.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    try:
        draft.touch(mode=OWNER_ONLY)
        if url.get_backend_name() == "sqlite":
            _copy(_path(url), draft)
            _close_in_one_file(draft)
            _check(draft, "Bản sao không còn nguyên, nên không được giữ. Hãy sao lưu lại.")
        else:
            _run("pg_dump", url, ["--format=custom", f"--file={draft}"])
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def restore(database_url: str, source: Path) -> None:
    """Put the database back as ``source`` holds it; everything since is gone.

    Raises:
        BackupError: the file is no sound backup of ours, or could not be put back.
    """
    url = make_url(database_url)
    if not source.is_file():
        raise BackupError(f"Không có tệp «{source}». Hãy kiểm tra lại đường dẫn. Chưa thay đổi gì.")
    if url.get_backend_name() == "sqlite":
        _check(
            source,
            f"«{source}» không phải bản sao lưu còn nguyên của bảng điều hành. Chưa thay đổi gì.",
        )
        target = _path(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=OWNER_ONLY)
        _copy(source, target)
        return
    _run(
        "pg_restore",
        url,
        ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(source)],
    )


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise BackupError("Cơ sở dữ liệu chỉ nằm trong bộ nhớ, không sao lưu được.")
    return Path(url.database)


def _copy(source: Path, target: Path) -> None:
    """Copy page by page in one transaction of the target: a reader sees the old or the new."""
    try:
        with (
            closing(_open_to_read(source)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        raise BackupError(
            f"Không sao được «{source}» sang «{target}» ({error}). Hãy kiểm tra dung lượng đĩa và "
            "quyền đọc, ghi."
        ) from error


def _close_in_one_file(copy: Path) -> None:
    """Give up write-ahead logging in the copy: a backup is one file, however it is read."""
    with closing(sqlite3.connect(copy)) as database:
        database.execute("pragma journal_mode=delete")


def _open_to_read(path: Path) -> sqlite3.Connection:
    # As a URI, or a # or ? in a folder's name would cut it off, and the mode with it.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _check(copy: Path, words: str) -> None:
    """Refuse, with ``words``, what is no whole database of ours."""
    try:
        with closing(_open_to_read(copy)) as database:
            sound = database.execute("pragma integrity_check").fetchone()[0] == "ok"
            tables = {row[0] for row in database.execute("select name from sqlite_master")}
    except sqlite3.DatabaseError:
        sound, tables = False, set()
    if not sound or not {"alembic_version", "fact_dossier"} <= tables:
        raise BackupError(words)


def _run(tool: str, url: URL, arguments: list[str]) -> None:
    """Run one of PostgreSQL's own tools; the password goes by the environment, never the line."""
    if shutil.which(tool) is None:
        raise BackupError(
            f"Chưa có {tool}. Hãy cài bộ công cụ PostgreSQL (Debian: postgresql-client)."
        )
    bare = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(
        [tool, f"--dbname={bare}", *arguments],
        # The rest as it is: Windows opens no connection without some of it, and what says where
        # certificates and passwords lie holds for these tools as it does for the pages.
        env=os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(
            f"{tool} không làm xong: {done.stderr.strip()} Hãy kiểm tra máy chủ PostgreSQL còn "
            "chạy, tài khoản trong DATABASE_URL có đủ quyền và đĩa còn chỗ, rồi làm lại."
        )
