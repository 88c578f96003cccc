"""The terminal: Vietnamese out, whatever code page a Windows console or pipe stands at."""

from __future__ import annotations

import sys
from typing import TextIO

from rich.console import Console


def _utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")


_utf8(sys.stdout)
_utf8(sys.stderr)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
