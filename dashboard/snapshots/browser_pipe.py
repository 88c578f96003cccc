"""The pipe from the chart browser, read message by message."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import Any

from choreographer.channels import ChannelClosedError, Pipe

_END = b"\0"
_GOODBYE = b"{bye}\n"
"""What choreographer's wrapper writes once the browser has ended, with no end of a message.

A message of the browser is one line: nothing in it ends like this.
"""
_BLOCK = 1 << 16


class BrowserPipe(Pipe):
    """Choreographer's pipe that hands on each message once it is whole.

    The one it replaces (choreographer 1.4) reads on until what it has ends with a message. Where
    the browser's last answer and the goodbye come in one read they never do: nobody hears the
    answer until time runs out, and the goodbye is told as a message that is no JSON.
    """

    def __init__(self) -> None:
        """Make the pipe."""
        super().__init__()
        self._rest = b""

    def read_jsons(self, *, blocking: bool = True) -> tuple[Sequence[Any], float]:
        """Return the messages that have come whole, none perhaps, and when they were read.

        Args:
            blocking: always so: it waits until something comes.

        Raises:
            ChannelClosedError: the browser has said goodbye, or the pipe is closed.
        """
        if not self.is_ready():
            raise ChannelClosedError("The pipe is not open.")
        if not self._rest.endswith(_GOODBYE):
            try:
                came = os.read(self._read_from_browser, _BLOCK)
            except OSError as error:
                self.close()
                raise ChannelClosedError("The pipe was closed while it was read.") from error
            *whole, self._rest = (self._rest + came).split(_END)
            if whole or (came and not self._rest.endswith(_GOODBYE)):
                return [json.loads(one) for one in whole], time.perf_counter()
        self.close()
        raise ChannelClosedError("The browser has ended.")
