"""One command makes a whole snapshot or leaves nothing; another says whether it is intact."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard.reports.snapshot_list import FAILED
from dashboard.snapshots.archive import MANIFEST, SIGNATURE
from dashboard.snapshots.charts import ChartServer
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.making import make_snapshot, read_formats, store
from dashboard.snapshots.signing import open_signing_key
from etl.audit import read_audit
from etl.settings import Settings
from tests.services.commands import run, run_here
from tests.services.server import PROJECT
from tests.snapshots.reading import Made

KILLS = 3


@pytest.fixture(scope="module")
def environment(
    demo_engine: Engine, snapshot_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    return {
        "DATABASE_URL": demo_engine.url.render_as_string(hide_password=False),
        "SIGNING_KEY": str(snapshot_settings.signing_key),
        "TRUSTED_KEYS": str(tmp_path_factory.mktemp("trusted")),
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DEMO": "0",
    }


ONLY_JSON = ("snapshot", "--period", "2024-06", "--formats", "json")


def test_a_snapshot_is_made_checked_and_found_altered(
    environment: dict[str, str], snapshot_settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    made = run("dashboard", "snapshot", "--period", "2024-06", "--out", str(out), **environment)
    assert made.returncode == 0, made.stderr
    (path,) = out.iterdir()
    assert str(path) in made.stdout
    assert path.name.startswith("bao-cao-21646-2024-06-")
    intact = run("dashboard", "verify", str(path), **environment)
    assert intact.returncode == 0, intact.stderr
    assert "Nguyên vẹn" in intact.stdout

    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.infolist():
            data = source.read(entry)
            target.writestr(entry, data[:-1] + b"?" if entry.filename.endswith(".pdf") else data)
    altered = run("dashboard", "verify", str(changed), **environment)
    assert altered.returncode == 1
    assert ".pdf: nội dung đã bị sửa" in altered.stderr

    stranger = {**environment, "SIGNING_KEY": str(tmp_path / "other.pem")}
    assert run_here("dashboard", "verify", str(path), **stranger).returncode == 3
    public = tmp_path / "key.pem"
    public.write_bytes(open_signing_key(snapshot_settings.signing_key).public.pem)
    given = run_here("dashboard", "verify", str(path), "--key", str(public), **stranger)
    assert given.returncode == 0, given.stderr
    assert not (tmp_path / "other.pem").exists(), "to verify makes no key"

    broken = tmp_path / "broken.zip"
    broken.write_bytes(path.read_bytes()[:1000])
    for path in (broken, tmp_path / "none.zip"):
        assert run_here("dashboard", "verify", str(path), **environment).returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--period", "2024-13"), "Kỳ «2024-13» không đọc được"),
        (("--period", "2024-06", "--formats", "pdf,odt"), "Không có dạng «odt»"),
        (("--period", "2024-06", "--unit", "1"), "Chưa nạp số liệu nào của đơn vị 1"),
        (("--period", "2024-06", "--calendar", "x"), "Không có lịch «x»"),
    ],
)
def test_what_cannot_be_made_is_said_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "out"
    done = run_here("dashboard", "snapshot", *words, "--out", str(out), **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert not out.exists()


def test_without_a_browser_nothing_is_made(
    environment: dict[str, str], demo_engine: Engine, tmp_path: Path
) -> None:
    blind = {**environment, "CHART_BROWSER": str(tmp_path / "no-browser")}
    words = ("snapshot", "--period", "2024-06", "--out", str(tmp_path / "out"))
    done = run("dashboard", *words, **blind)
    assert done.returncode == 2
    assert "trình duyệt" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    with demo_engine.connect() as connection:
        assert read_audit(connection, limit=1)[0].action == FAILED
    assert not (tmp_path / "out").exists()
    undrawn = run_here("dashboard", *words, "--formats", "xlsx,html", **blind)
    assert undrawn.returncode == 0, undrawn.stderr


def test_a_full_disk_is_said_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    def no_large_file() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))

    words = ("snapshot", "--period", "2024-06", "--formats", "html", "--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", *words],
        cwd=PROJECT,
        env={**os.environ, **environment, "DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        preexec_fn=no_large_file,
    )
    assert done.returncode == 2
    assert "Không ghi được" in done.stderr
    assert not (tmp_path / "out").exists()
    kept = (tmp_path / "data" / "snapshots").rglob("*")
    assert not [path for path in kept if path.is_file()]


def test_only_what_was_queued_is_written_down_as_sent(
    environment: dict[str, str], demo_engine: Engine
) -> None:
    done = run_here("dashboard", *ONLY_JSON, "--send", **environment)
    assert done.returncode == 2
    assert "không gửi đi được" in done.stderr
    with demo_engine.connect() as connection:
        (last,) = read_audit(connection, limit=1)
    assert last.action == "snapshot_made"


def test_a_folder_that_is_a_file_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    done = run_here("dashboard", *ONLY_JSON, "--out", str(tmp_path / "out"), **environment)
    assert done.returncode == 2
    assert "Không ghi được" in done.stderr


def test_killed_at_any_moment_there_is_a_whole_archive_or_none(
    environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    chance = random.Random(7)
    # The first is killed before it can have begun, the last is let be; chance has the others.
    moments = [0.05, *(chance.uniform(0.5, 6) for _ in range(KILLS - 1)), None]
    words = ("snapshot", "--period", "2024-06", "--formats", "json,html", "--out", str(out))
    ended = set()
    for moment in moments:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard", *words],
            cwd=PROJECT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        ended.add(process.returncode)
        for path in out.iterdir() if out.exists() else ():
            assert path.suffix == ".zip", path
            assert run_here("dashboard", "verify", str(path), **environment).returncode == 0
    assert ended == {0, -signal.SIGKILL}
    assert len(list(out.iterdir())) == 1


def test_made_again_it_is_the_same_to_the_byte(
    demo_engine: Engine, snapshot_settings: Settings, made, charts: ChartServer
) -> None:
    first: Made = made("2024-06")
    again = make_snapshot(
        demo_engine, settings=snapshot_settings, period=first.snapshot.frozen.period, charts=charts
    )
    files = Made(again).files
    assert set(files) == set(first.files)
    manifests = [json.loads(one.pop(MANIFEST)) for one in (files, dict(first.files))]
    # The newest entry of the audit log may be another by now, and is signed with the rest.
    for one in manifests:
        del one["audit"]
    assert manifests[0] == manifests[1]
    for name in set(files) - {SIGNATURE}:
        assert files[name] == first.files[name], name


def test_a_snapshot_kept_twice_is_one_file(made, tmp_path: Path) -> None:
    snapshot = made("2024-06").snapshot
    for _ in range(2):
        path = store(snapshot, tmp_path)
        assert path.read_bytes() == snapshot.archive
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("text", "formats"), [("json, PDF", ("pdf", "json")), ("xlsx", ("xlsx",))])
def test_formats_are_read_in_our_order(text: str, formats: tuple[str, ...]) -> None:
    assert read_formats(text) == formats


@pytest.mark.parametrize("text", ["", ",", "doc"])
def test_unknown_formats_are_refused(text: str) -> None:
    with pytest.raises(SnapshotError, match="Các dạng"):
        read_formats(text)
