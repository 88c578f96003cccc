"""The terminal: Vietnamese out, whatever code page a Windows console or pipe stands at."""

from __future__ import annotations

import sys
from typing import TextIO

import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError

from etl.errors import DatabaseFault, FileFault, UserError

REFUSED = 2


def _utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8")


_utf8(sys.stdout)
_utf8(sys.stderr)

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def run(app: typer.Typer) -> None:
    """Run a command line; what the user can put right is one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        err.print(str(error), markup=False)
        raise SystemExit(REFUSED) from None
    except OSError as error:
        if error.filename is None:
            raise
        err.print(str(FileFault(error)), markup=False)
        raise SystemExit(REFUSED) from None
    except OperationalError:
        err.print(str(DatabaseFault()), markup=False)
        raise SystemExit(REFUSED) from None
