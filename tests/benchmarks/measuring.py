"""What all benchmarks share: medians with their spread, ratios, the machine, the document."""

from __future__ import annotations

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import make_url, text

from etl.migration import migrate
from etl.warehouse import open_engine
from tests.services.postgres import find_binaries, postgres_server
from tests.services.server import PROJECT

DOCUMENT = PROJECT / "docs" / "benchmarks.md"
PACKAGES = ("pandas", "numpy", "sqlalchemy", "psycopg", "python-calamine", "dash", "plotly")


class Times:
    """Repeated measurements of one thing, in seconds."""

    def __init__(self, seconds: Iterable[float]) -> None:
        self.seconds = sorted(seconds)

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.seconds)

    def within(self, share: float) -> float:
        """Return the time that ``share`` of the measurements did not exceed."""
        return self.seconds[round(share * (len(self.seconds) - 1))]

    def words(self) -> str:
        """The median and, of several, the shortest and longest: "12.3 s (11.9–14.0)"."""
        if len(self.seconds) == 1:
            return f"{_short(self.median)} s"
        return f"{_short(self.median)} s ({_short(self.seconds[0])}–{_short(self.seconds[-1])})"

    def milliseconds(self) -> str:
        """The median and the 95 % bound: "12 ms, p95 31 ms"."""
        return f"{self.median * 1000:.0f} ms, p95 {self.within(0.95) * 1000:.0f} ms"


def _short(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:.1f}"


def verdict(is_met: bool) -> str:
    """Whether an aim is met, in one word."""
    return "met" if is_met else "**missed**"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Return what was measured on, without naming the machine itself."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    cpu = found.group(1).strip() if found else platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    binaries = find_binaries()
    server = "no PostgreSQL"
    if binaries:
        said = subprocess.run(
            [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        server = " ".join(said.stdout.split()[::2][:2]).replace("postgres", "PostgreSQL")
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{date.today():%Y-%m-%d}; {os.cpu_count()} cores ({cpu}), {memory:.0f} GB; "
        f"{platform.system()}, Python {platform.python_version()}, {server} (fsync off); "
        f"{packages}. "
        f"Load of the machine at the start: {os.getloadavg()[0]:.1f}."
    )


def write_part(name: str, words: str) -> None:
    """Print a part and put it into the document, between its two marks."""
    print(words, flush=True)
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    whole = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = whole.partition(begin)
    _, mark, after = rest.partition(end)
    assert mark, f"{DOCUMENT} has no marks «{begin}» … «{end}»"
    DOCUMENT.write_text(f"{before}{begin}\n{words}\n{end}{after}", encoding="utf-8")


@contextmanager
def databases(folder: Path, engines: Sequence[str]) -> Iterator[Databases]:
    """Give empty, migrated databases of each engine, as many as are asked for."""
    with ExitStack() as stack:
        server = ""
        if "postgresql" in engines:
            binaries = find_binaries()
            assert binaries is not None, "PostgreSQL is not installed: run `make test`"
            server = stack.enter_context(postgres_server(binaries))
        yield Databases(folder, server)


class Databases:
    """Makes databases in a folder and in a server."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = server
        self._count = 0

    def new(self, engine: str) -> str:
        """Return the address of a new migrated database."""
        self._count += 1
        url = f"sqlite:///{self.folder / f'warehouse{self._count}.db'}"
        if engine == "postgresql":
            self._administer(f"create database bench{self._count}")
            url = make_url(self.server).set(database=f"bench{self._count}")
            url = url.render_as_string(hide_password=False)
        opened = open_engine(url)
        migrate(opened)
        opened.dispose()
        return url

    def drop(self, url: str) -> None:
        """Give up a database."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            for path in self.folder.glob(f"{Path(str(parsed.database)).name}*"):
                path.unlink()
        else:
            self._administer(f"drop database {parsed.database} with (force)")

    def _administer(self, statement: str) -> None:
        engine = open_engine(self.server)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()
