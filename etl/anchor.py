"""The anchor of the audit log: the hash of every entry, kept outside the database.

A chain alone does not notice that its newest entries were taken away. So each entry's number and
hash are also added to a file, and told to the log of the process, once the entry is in the
database: an anchored entry that the database no longer has is missing. The file is only ever added
to, one short line an entry, by any number of processes at once.
"""

from __future__ import annotations

import logging
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine

from etl.errors import UserError, refusal_words
from etl.owner import refuse_root
from etl.settings import Settings
from etl.warehouse import OWNER_ONLY, after_commit, open_engine

log = logging.getLogger(__name__)

FILE_NAME = "audit.anchor"
SHORT = 16
"""Signs of a hash that are shown to people, and asked of them."""

_OPTION = "audit_anchor"
_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) (?P<database>\S+) (?P<number>\d+) "
    r"(?P<hash>[0-9a-f]{64})$"
)
_turn = Lock()


@dataclass(frozen=True)
class Mark:
    """One anchored entry: its number, its hash and when it was written."""

    number: int
    entry_hash: str
    at: datetime

    def __str__(self) -> str:
        """Return "123:0f3c…", short enough to be copied by hand."""
        return f"{self.number}:{self.entry_hash[:SHORT]}"


@dataclass(frozen=True)
class Anchor:
    """The file, and the name under which it knows the database: several may share a folder."""

    path: Path
    database: str

    def add(self, mark: Mark) -> None:
        """Add a line in one act; a disk that refuses undoes nothing, but the log says so."""
        line = f"{mark.at.isoformat()} {self.database} {mark.number} {mark.entry_hash}\n"
        log.info("audit entry %d %s", mark.number, mark.entry_hash)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with _turn:
                descriptor = os.open(self.path, flags, OWNER_ONLY)
                try:
                    os.write(descriptor, line.encode("ascii"))
                finally:
                    os.close(descriptor)
        except OSError as error:
            log.error("the audit anchor %s cannot be written: %s", self.path, error)

    def read(self) -> list[Mark] | None:
        """Return this database's marks in the order of the file; None where there is no file.

        What a killed process or a full disk left of a line is passed over.

        Raises:
            UserError: the file is there and cannot be read.
        """
        try:
            lines = self.path.read_text(encoding="ascii", errors="replace").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise UserError(
                f"Không đọc được tệp neo «{self.path}» ({refusal_words(error)}) nên chưa kiểm tra "
                "được nhật ký. Hãy sửa quyền đọc của tệp rồi kiểm tra lại."
            ) from error
        found = [match for line in lines if (match := _LINE.search(line))]
        return [
            Mark(int(match["number"]), match["hash"], datetime.fromisoformat(match["at"]))
            for match in found
            if match["database"] == self.database
        ]


def open_warehouse(settings: Settings) -> Engine:
    """Return an engine for the office's database, whose audit log is anchored.

    Raises:
        UserError: the address is not one of SQLite or PostgreSQL, or root is at work among data
            that are another account's.
    """
    refuse_root(settings.data_dir)
    engine = open_engine(settings.database_url)
    hold_anchor(engine, settings)
    return engine


def hold_anchor(engine: Engine, settings: Settings) -> None:
    """Let what is written to the audit log through ``engine`` be anchored."""
    path = settings.audit_anchor or settings.data_dir / FILE_NAME
    engine.update_execution_options(**{_OPTION: Anchor(path, _name(engine.url))})


def anchor_of(connection: Connection) -> Anchor | None:
    """Return the anchor of a connection's database; None where none is held."""
    found: Any = connection.get_execution_options().get(_OPTION)
    return found if isinstance(found, Anchor) else None


def add_after_commit(connection: Connection, mark: Mark) -> None:
    """Anchor an entry as soon as its transaction has ended well.

    Before, it may still come to nothing. Who is killed in between leaves the entry to the next
    one's mark: the chain covers what lies before it.
    """
    anchor, acts = anchor_of(connection), after_commit(connection)
    if anchor is not None and acts is not None:
        acts.append(lambda: anchor.add(mark))


def _name(url: URL) -> str:
    """Return a database's name without spaces: the folder of a file may move, its name stays."""
    name = Path(url.database or "").name if url.get_backend_name() == "sqlite" else url.database
    return f"{url.get_backend_name()}/{quote(name or '', safe='')}"
