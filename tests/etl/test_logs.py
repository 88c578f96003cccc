"""What a log tells a person at a terminal, and what it keeps for a server's log."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator

import orjson
import pytest

from etl.logs import set_up_logging
from etl.settings import Settings


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def loggers() -> Iterator[None]:
    """Everything of logging as it was before, afterwards."""
    root, anchor = logging.getLogger(), logging.getLogger("etl.anchor")
    before = (root.handlers[:], root.level, anchor.level)
    yield
    root.handlers[:], root.level = before[0], before[1]
    anchor.setLevel(before[2])


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize(("stream", "told"), [(Terminal, False), (io.StringIO, True)])
def test_hashes_go_to_a_server_s_log_not_to_a_screen(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], told: bool
) -> None:
    shown = stream()
    monkeypatch.setattr(sys, "stderr", shown)
    logging.getLogger("etl.anchor").setLevel(logging.NOTSET)
    set_up_logging(Settings.model_construct(log_format="json"))
    logging.getLogger("etl.anchor").info("audit entry 1 abc")
    logging.getLogger("etl.anchor").error("the audit anchor cannot be written")
    lines = [orjson.loads(line)["message"] for line in shown.getvalue().splitlines()]
    assert ("audit entry 1 abc" in lines) is told
    assert "the audit anchor cannot be written" in lines
