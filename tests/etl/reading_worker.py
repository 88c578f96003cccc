"""Reads files in a process of its own, so that its memory and time can be held to limits.

Run as ``python -m tests.etl.reading_worker FILE…``; prints a JSON list of what became of each.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from etl.errors import RefusedFile
from etl.reading import read_file

SECONDS = 30
GIGABYTE = 1_000_000_000


def read_apart(*paths: Path) -> dict[str, Any]:
    """Read files in such a process and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.etl.reading_worker", *map(str, paths)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def outcome(path: Path) -> dict[str, Any]:
    signal.alarm(SECONDS)
    try:
        sheets = read_file(path)
    except RefusedFile as refused:
        return {"file": path.name, "refused": refused.reason, "message": str(refused)}
    finally:
        signal.alarm(0)
    return {
        "file": path.name,
        "kind": sheets[0].kind,
        "shapes": [list(sheet.cells.shape) for sheet in sheets],
        "notes": [note.code for sheet in sheets for note in sheet.notes],
    }


def main() -> None:
    results = [outcome(Path(name)) for name in sys.argv[1:]]
    print(json.dumps({"most_bytes": most_bytes(), "files": results}))


def most_bytes() -> int:
    """Return the most memory that this process has held.

    What ``getrusage`` tells begins with the memory of the process that started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
