"""The command line as people type it: in a process of its own, or in this one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from unittest.mock import patch

from etl import console
from tests.services.server import PROJECT

_ROOM = tempfile.TemporaryDirectory(prefix="commands-")
"""Where commands keep what stands beside a database: never among the files of the project."""


def run(
    package: str, *words: str, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m package words`` and give how it ended and what it said.

    Each command is run so at least once; the other ways in which it ends need no new process.
    """
    done = subprocess.run(
        [sys.executable, "-m", package, *words],
        cwd=PROJECT,
        env={**os.environ, "DATA_DIR": _ROOM.name, **environment},
        input=typed,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return _told(done)


def run_here(package: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Do the same in this process, which has everything imported already.

    The console writes to whatever ``sys.stdout`` is at the time, and so is heard here.
    """
    app = import_module(f"{package}.__main__").app
    said, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    code = 0
    with (
        patch.dict(os.environ, {"DATA_DIR": _ROOM.name, **environment}),
        patch.object(sys, "argv", [package, *words]),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        try:
            console.run(app)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    texts = []
    for stream in (said, complained):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
    return _told(subprocess.CompletedProcess([package, *words], code, *texts))


def _told(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done
