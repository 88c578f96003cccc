"""Logs: plain lines for people, or one JSON object a line for machines."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import orjson

from etl.settings import Settings


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the traceback of a failure."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return orjson.dumps(told).decode()


def set_up_logging(settings: Settings) -> None:
    """Send logs to standard error in the form that the settings ask for."""
    handler = logging.StreamHandler()
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Alembic tells at every start that it has nothing to do.
    # Neither does anybody need to hear of every tab that a chart is drawn in.
    quiet = ["alembic", "kaleido", "choreographer"]
    if handler.stream.isatty():
        # Hashes of the audit log are for whoever keeps a server's log, not for a screen.
        quiet.append("etl.anchor")
    for name in quiet:
        logging.getLogger(name).setLevel(logging.WARNING)
