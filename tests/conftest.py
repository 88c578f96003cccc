"""Shared fixtures: databases on both engines, the served demonstration, a quiet browser page."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from argon2 import PasswordHasher
from filelock import FileLock
from playwright.sync_api import expect
from sqlalchemy import Engine, make_url, text

from dashboard.__main__ import prepare
from dashboard.access import passwords
from dashboard.app import spare_collector
from dashboard.snapshots.charts import find_browser
from etl.demo import write_demo
from etl.migration import migrate
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.examples import register_profiles
from tests.services.commands import run
from tests.services.postgres import find_binaries, shared_postgres_server
from tests.services.server import PROJECT, SESSIONS, served

ENGINES = [
    pytest.param("sqlite"),
    pytest.param("postgresql", marks=pytest.mark.postgresql),
]
REFERENCE = PROJECT.parent / "shared" / "reference"
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what an engine has no part in: where it has, there is a test on both."""
PATIENCE_MS = 90_000
"""How long a browser is waited for: what does not come at all fails, what comes late does not."""
expect.set_options(timeout=PATIENCE_MS)
_DATA = tempfile.TemporaryDirectory(prefix="data-")
# No test writes beside the project, whatever settings it makes.
Settings.model_fields["data_dir"].default = Path(_DATA.name)
register_profiles()
_AS_SHIPPED = passwords._hasher
QUIET_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Without windows letters would stand on whole pixels, unlike a reader's.
    "--font-render-hinting=none",
)


def pytest_collection_finish() -> None:
    """Search for garbage as seldom as a server does: a tenth of the time of most tests."""
    spare_collector()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords in no time: the real way takes a sixth of a second of processor by design."""
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield


@pytest.fixture
def slow_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords as the product does."""
    monkeypatch.setattr(passwords, "_hasher", _AS_SHIPPED)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of public reference files beside the project; skips where it is absent."""
    if not REFERENCE.is_dir():
        pytest.skip("no reference files beside the project")
    return REFERENCE


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The default settings, whatever the environment says."""
    return Settings.model_construct()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(path: Path, make: Callable[[Path], None]) -> Path:
    """Return ``path``, which the first process that asks for it has made.

    The others wait until it is whole. Nobody may change it: copy it.
    """
    with FileLock(f"{path}.lock"):
        if not path.exists():
            draft = path.with_name(f"{path.name}.draft")
            make(draft)
            draft.rename(path)
    return path


# Databases ----------------------------------------------------------------------------------------


def close_whole(engine: Engine) -> None:
    """Leave everything in the SQLite database's one file, so that it can be copied."""
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A migrated, empty SQLite database, to be copied."""

    def make(path: Path) -> None:
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        close_whole(engine)

    return made_once(shared_folder / "template.db", make)


@pytest.fixture(scope="session")
def postgres_url(shared_folder: Path) -> Iterator[str]:
    """The maintenance database of a real server, with a migrated template beside it."""
    binaries = find_binaries()
    assert binaries is not None, "PostgreSQL is not installed: run `make test`"

    def prepare_template(url: str) -> None:
        _administer(url, "create database template_warehouse")
        template = open_engine(_database(url, "template_warehouse"))
        migrate(template)
        template.dispose()

    note = shared_folder / "postgres.json"
    with shared_postgres_server(binaries, note, prepare=prepare_template) as url:
        yield url


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    engine = open_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@contextmanager
def _new_postgres_database(maintenance: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    # Copied as files it is there in half the time that a log of its pages takes.
    _administer(
        maintenance, f"create database {name} template template_warehouse strategy file_copy"
    )
    yield _database(maintenance, name)
    _administer(maintenance, f"drop database {name} with (force)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "warehouse.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    with _new_postgres_database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def empty_database(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], AbstractContextManager[str]]:
    """A migrated, empty database on a named engine, for fixtures that outlive a test."""

    def new(engine: str) -> AbstractContextManager[str]:
        if engine == "postgresql":
            return _new_postgres_database(request.getfixturevalue("postgres_url"))
        path = tmp_path_factory.mktemp("database") / "warehouse.db"
        shutil.copy(sqlite_template, path)
        return nullcontext(f"sqlite:///{path}")

    return new


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database, on each engine in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "fresh_postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database, on each engine in turn."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo_files(shared_folder: Path) -> list[Path]:
    def make(folder: Path) -> None:
        folder.mkdir()
        write_demo(folder)

    return sorted(made_once(shared_folder / "demo_files", make).iterdir())


@pytest.fixture(scope="session")
def demo_database(shared_folder: Path, settings: Settings) -> Path:
    """A SQLite database as the first start leaves it: the demonstration, loaded; to be copied."""

    def make(path: Path) -> None:
        close_whole(
            prepare(settings.model_copy(update={"database_url": f"sqlite:///{path}", "demo": True}))
        )

    return made_once(shared_folder / "demonstration.db", make)


@pytest.fixture(scope="session")
def demo_postgres_url(postgres_url: str, shared_folder: Path, demo_files: list[Path]) -> str:
    """The demonstration in PostgreSQL, loaded by the command that an office would type.

    Made once for all processes of a run; nobody may write to it.
    """
    url = _database(postgres_url, "demonstration")

    def make(note: Path) -> None:
        _administer(postgres_url, "create database demonstration")
        done = run("etl", "load", *map(str, demo_files), DATABASE_URL=url)
        assert done.returncode == 0, done.stdout + done.stderr
        note.touch()

    made_once(shared_folder / f"{make_url(url).port}.loaded", make)
    return url


# Pages --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def served_demo(tmp_path_factory: pytest.TempPathFactory, demo_database: Path) -> Iterator[str]:
    """The address of the product serving its demonstration, as ``make run`` does."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(demo_database, folder / "warehouse.db")
    with served(folder, DEMO="1") as address:
        yield address


@pytest.fixture(scope="session")
def served_empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the product serving an empty database."""
    with served(tmp_path_factory.mktemp("empty"), DEMO="0") as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {
        **browser_type_launch_args,
        "executable_path": find_browser(),
        "args": [
            *QUIET_FLAGS,
            # A page's scripts fill the young heap in no time: with a larger one there is less to
            # sweep, an eighth of what the browser takes.
            "--js-flags=--min-semi-space-size=64",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "locale": "vi-VN", "viewport": {"width": 1366, "height": 768}}


@pytest.fixture
def context(context):  # type: ignore[no-untyped-def]
    """A browser's own room, as patient as a machine that does much else at the time needs it."""
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture(scope="session")
def kept_page(browser, browser_context_args: dict) -> Iterator:  # type: ignore[no-untyped-def]
    context = browser.new_context(**browser_context_args)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def warm_page(kept_page, browser_context_args: dict) -> Iterator:  # type: ignore[no-untyped-def]
    """A page of a browser that has read the scripts before and need not translate them anew.

    Nothing else is left of the tests before: no cookie, no store, no file kept, no size or taste.
    For tests of a server's pages that leave no handler, route or clock on it. A module has it in
    the place of ``page`` by a fixture of that name.
    """
    page = kept_page
    page.set_viewport_size(browser_context_args["viewport"])
    page.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
    yield page
    if page.url.startswith("http"):
        # Of the same server, which may be gone by now: here no script runs on, and the browser
        # stays in the process that knows the scripts.
        page.route("**/blank", lambda route: route.fulfill())
        page.goto(urljoin(page.url, "/blank"))
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.unroute("**/blank")
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()


@pytest.fixture
def quiet_page(request: pytest.FixtureRequest, page) -> Iterator:  # type: ignore[no-untyped-def]
    """A browser page that fails the test on console errors and on requests to another host.

    It is signed in to the one server that its test asks for: a browser sends its cookies to
    every port of a host, so the session of another server would take the place of this one's.
    """
    faults: list[str] = []

    def on_console(message) -> None:  # type: ignore[no-untyped-def]
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def on_request(request) -> None:  # type: ignore[no-untyped-def]
        host = urlsplit(request.url).hostname
        if host not in (None, "127.0.0.1"):
            faults.append(f"request to {request.url}")

    for name in request.fixturenames:
        if name.startswith("served_"):
            page.context.add_cookies(SESSIONS[request.getfixturevalue(name)])

    def on_error(error) -> None:  # type: ignore[no-untyped-def]
        faults.append(f"error: {error}")

    listeners = {"console": on_console, "pageerror": on_error, "request": on_request}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert not faults, "\n".join(faults)
