"""The servers as offices run them: proxies believed only where asked for, stopped without harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.services.server import PROJECT, START_SECONDS, free_port, web_command

COMMANDS = {"web": web_command(), "serve": [sys.executable, "-m", "dashboard", "serve"]}


def answer(address: str, process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """Return the headers of an answer that came by a proxy with TLS, once the server answers."""
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=30) as found:
                return dict(found.headers)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            # Nothing tells a client that a port will open; asking again is the event.
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "proxies"), [("web", 0), ("web", 1), ("serve", 0), ("serve", 1)])
def test_a_proxy_is_believed_where_the_setting_says_so_alone(
    sqlite_url: str, tmp_path: Path, name: str, proxies: int
) -> None:
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            COMMANDS[name],
            cwd=PROJECT,
            env={
                **os.environ,
                "DATABASE_URL": sqlite_url,
                "DATA_DIR": str(tmp_path),
                "PORT": str(port),
                "WEB_CONCURRENCY": "1",
                "DEMO": "0",
                "LOG_FORMAT": "json",
                "TRUSTED_PROXIES": str(proxies),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            headers = answer(f"http://127.0.0.1:{port}/dang-nhap", process, log)
        finally:
            process.send_signal(signal.SIGTERM)
            stopped = process.wait(timeout=60)
    assert ("Strict-Transport-Security" in headers) == bool(proxies)
    assert stopped == 0
