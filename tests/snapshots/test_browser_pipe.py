"""What the chart browser says is handed on message by message, to its very last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from choreographer.channels import ChannelClosedError

from dashboard.snapshots.browser_pipe import BrowserPipe


@pytest.fixture
def pipe() -> Iterator[BrowserPipe]:
    opened = BrowserPipe()
    opened.open()
    yield opened
    opened.close()


def say(pipe: BrowserPipe, words: bytes) -> None:
    """Write as the browser does."""
    os.write(pipe.from_external_to_choreo, words)


def test_an_answer_that_comes_with_the_goodbye_is_heard(pipe: BrowserPipe) -> None:
    say(pipe, b'{"id":1}\0{"id":2,"result":{}}\0{bye}\n')
    messages, _ = pipe.read_jsons()
    assert messages == [{"id": 1}, {"id": 2, "result": {}}]
    with pytest.raises(ChannelClosedError):
        pipe.read_jsons()
    assert not pipe.is_ready()


def test_a_message_in_pieces_is_one_message(pipe: BrowserPipe) -> None:
    words = '{"svg":"Mốc 90,83 %"}'.encode() + b"\0"
    for place in range(1, len(words)):
        say(pipe, words[:place])
        assert pipe.read_jsons()[0] == []
        say(pipe, words[place:])
        assert pipe.read_jsons()[0] == [{"svg": "Mốc 90,83 %"}]


@pytest.mark.parametrize("last", [b"{bye}\n", b'{"id":3,"res{bye}\n'])
def test_a_goodbye_ends_it_also_in_the_middle_of_a_message(pipe: BrowserPipe, last: bytes) -> None:
    say(pipe, last)
    with pytest.raises(ChannelClosedError):
        pipe.read_jsons()


def test_a_browser_that_is_gone_without_goodbye_ends_it(pipe: BrowserPipe) -> None:
    with Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), pipe.from_external_to_choreo)
    with pytest.raises(ChannelClosedError):
        pipe.read_jsons()


def test_a_closed_pipe_is_not_read(pipe: BrowserPipe) -> None:
    pipe.close()
    with pytest.raises(ChannelClosedError):
        pipe.read_jsons()
