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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.snapshots.charts import BROWSERS

NEEDED = {
    "chromium": lambda: any(map(shutil.which, BROWSERS)),
    "postgresql": lambda: (
        shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    ),
    "poppler-utils": lambda: shutil.which("pdftotext") is not None,
    "openssl": lambda: shutil.which("openssl") is not None,
}


def main() -> int:
    """Return 0 when everything is there, after installing it where that is possible."""
    missing = [package for package, is_there in NEEDED.items() if not is_there()]
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
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
