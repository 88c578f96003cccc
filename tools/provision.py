"""Make sure that what the tests drive is installed: a Chromium, a PostgreSQL server, a
reader of PDF and OpenSSL.

Run by `make test`. On a Debian-like system, as root, missing packages are installed; elsewhere
one sentence names what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.snapshots.charts import WINDOWED, WINDOWLESS

NEEDED = {
    "chromium": lambda: any(map(shutil.which, WINDOWED)),
    "postgresql": lambda: (
        shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    ),
    "poppler-utils": lambda: shutil.which("pdftotext") is not None,
    "openssl": lambda: shutil.which("openssl") is not None,
}
WELCOME = {WINDOWLESS: lambda: shutil.which(WINDOWLESS) is not None}
"""What the tests are quicker with: installed along with the rest where the system has it."""


def main() -> int:
    """Return 0 when everything is there, after installing it where that is possible."""
    missing = _missing(NEEDED)
    if not missing:
        return 0
    can_install = shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0
    if not can_install:
        words = " ".join(missing)
        print(
            f"Cần cài thêm để chạy kiểm thử / needed by the tests: {words}. "
            f"Trên Debian, Ubuntu / on Debian, Ubuntu: sudo apt-get install {words}",
            file=sys.stderr,
        )
        return 1
    _apt_get("update", "-qq")
    missing += filter(_is_offered, _missing(WELCOME))
    _apt_get("install", "-y", "-qq", "--no-install-recommends", *missing)
    return 0


def _missing(packages: Mapping[str, Callable[[], bool]]) -> list[str]:
    return [package for package, is_there in packages.items() if not is_there()]


def _is_offered(package: str) -> bool:
    found = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return found.returncode == 0


def _apt_get(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", *words], check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    raise SystemExit(main())
