"""The terminal: Vietnamese out, whatever code page a Windows console or pipe stands at."""

from __future__ import annotations

import sys
from typing import TextIO

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from etl.errors import DatabaseFault, UserError

REFUSED = 2


def _utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")


_utf8(sys.stdout)
_utf8(sys.stderr)

# What stands in brackets or between colons, in the name of a file say, is no style and no picture.
out = Console(markup=False, emoji=False, highlight=False, soft_wrap=True)
err = Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)


def run(app: typer.Typer) -> None:
    """Run a command line; what the user can put right is one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        err.print(str(error))
        raise SystemExit(REFUSED) from None
    except OperationalError:
        err.print(str(DatabaseFault()))
        raise SystemExit(REFUSED) from None
