"""The worker: it loads what is put into the inbox, makes the monthly snapshot, sends what waits."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from dashboard.snapshots.delivery import send_due
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.office import make_monthly
from etl import inbox
from etl.audit import now
from etl.console import out
from etl.errors import DatabaseFault
from etl.formats import today
from etl.settings import Settings
from etl.staging import sweep

log = logging.getLogger(__name__)

RETRY = timedelta(hours=1)
"""How long to wait after a monthly snapshot that could not be made."""

_OUTCOMES = {"loaded": "đã nạp", "refused": "bị từ chối", "waiting": "chờ nạp lại"}


class Worker:
    """What goes on without anybody at it, round by round.

    A failure is on record and shown on the pages until it is put right; it holds up nothing else.
    """

    def __init__(self, engine: Engine, root: Path, *, settings: Settings) -> None:
        inbox.prepare(root)
        self.engine, self.root, self.settings = engine, root, settings
        self._sizes = inbox.sizes(root)
        self._make_from = now()

    def run(self, stopped: Event, *, seconds: float) -> None:
        """Make a round every so many seconds until ``stopped``.

        A database that does not answer ends a round, not the worker: the next one goes on.
        """
        while not stopped.wait(seconds):
            try:
                self.make_round()
            except (DatabaseFault, OperationalError) as error:
                log.error("the database does not answer: %s", error)

    def make_round(self) -> None:
        """Do once whatever is due."""
        self._load()
        # What somebody left waiting on the page goes even if nobody comes back to it.
        sweep(self.settings.data_dir)
        if now() >= self._make_from:
            self._make_monthly()
        self._send()

    def _load(self) -> None:
        taken = inbox.take(self.engine, self.root, settings=self.settings, before=self._sizes)
        for one in taken:
            out.print(f"«{one.name}» {_OUTCOMES[one.outcome]}: {one.words}")
        self._sizes = inbox.sizes(self.root)

    def _make_monthly(self) -> None:
        try:
            number = make_monthly(self.engine, settings=self.settings, today=today(), at=now())
        except SnapshotError as error:
            self._make_from = now() + RETRY
            out.print(f"Báo cáo tháng: {error}")
        else:
            if number is not None:
                out.print("Đã lập báo cáo tháng.")

    def _send(self) -> None:
        for one in send_due(self.engine, settings=self.settings, at=now()):
            words = "đã gửi" if one.status == "sent" else one.reply
            out.print(f"{one.recipient}: {words}")
