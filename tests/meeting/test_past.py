"""A deck of a kept snapshot shows its numbers after the data have changed, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.filters import Period
from dashboard.meeting.deck import write_deck
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.kept import current_version, read_signed
from dashboard.snapshots.making import make_snapshot
from dashboard.snapshots.signing import open_signing_key
from etl.settings import Settings
from etl.warehouse import open_engine
from tests.etl.loaders import dossiers, load_text
from tests.meeting.conftest import frozen_at
from tests.meeting.looking import open_deck
from tests.meeting.offices import load_office
from tests.services.commands import run, run_here

CHANGED = "Số liệu đã thay đổi sau khi chụp"


@pytest.fixture(scope="module")
def signed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("keys")
    return settings.model_copy(
        update={"signing_key": folder / "signing.pem", "trusted_keys": folder / "trusted"}
    )


@pytest.fixture(scope="module")
def kept(
    empty_database: Callable[[str], AbstractContextManager[str]],
    signed: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Engine, bytes, str]]:
    """An office whose data changed after its snapshot: engine, archive, the sentence then."""
    folder = tmp_path_factory.mktemp("kept")
    with empty_database("sqlite") as url:
        engine = open_engine(url)
        load_office(engine, folder, departments=2)
        made = make_snapshot(
            engine,
            settings=signed,
            period=Period("2024-06"),
            edition="internal",
            formats=("json",),
        )
        on_time = {"Ngày tiếp nhận": "03/06/2024 09:00", "Ngày hẹn trả": "10/06/2024"}
        more = [
            {**on_time, "Mã hồ sơ": f"M{number}", "Ngày kết thúc xử lý": "07/06/2024"}
            for number in range(82)
        ]
        load_text(engine, folder, dossiers(*more), name="them.csv", as_of=date(2024, 6, 30))
        yield engine, made.archive, plain_text(made.frozen.reports["overview"].sentence)
        engine.dispose()


def now(engine: Engine, settings: Settings) -> tuple[Frozen, str]:
    with engine.connect() as connection:
        version = current_version(connection, settings=settings)
    frozen = frozen_at(engine, settings, "2024-06")
    assert version is not None
    return frozen, version


@pytest.mark.browser
def test_the_numbers_of_then_are_shown_and_the_change_is_told(
    quiet_page, kept: tuple[Engine, bytes, str], signed: Settings, tmp_path: Path
) -> None:
    engine, archive, then = kept
    fresh, version = now(engine, signed)
    frozen, is_trusted = read_signed(archive, trusted=[open_signing_key(signed.signing_key).public])
    assert is_trusted
    assert version not in ("", frozen.data_version)
    assert "6/18" in then
    assert "6/100" in plain_text(fresh.reports["overview"].sentence)
    open_deck(quiet_page, frozen, tmp_path, current_version=version)
    shown = quiet_page.locator(".slide:not([hidden])")
    assert "6/18 hồ sơ trễ hạn" in shown.locator("h2").inner_text().replace("\u00a0", " ")
    told = shown.locator(".strip").inner_text()
    assert told.startswith(CHANGED)
    assert fmt.version(frozen.data_version) in told
    assert fmt.version(version) in told
    slides, strips = (quiet_page.locator(name).count() for name in (".slide", ".slide .strip"))
    assert slides == strips
    assert "6/100" not in quiet_page.content()


def test_a_deck_of_the_same_data_says_nothing_of_a_change(
    kept: tuple[Engine, bytes, str], signed: Settings
) -> None:
    fresh, version = now(kept[0], signed)
    assert CHANGED not in write_deck(fresh, current_version=version).decode()
    assert CHANGED not in write_deck(fresh).decode()
    assert CHANGED in write_deck(fresh, current_version="0123abcd").decode()


def test_the_same_numbers_give_the_same_bytes(june: Frozen) -> None:
    assert write_deck(june) == write_deck(june)


def test_an_altered_snapshot_is_not_shown(
    kept: tuple[Engine, bytes, str], signed: Settings
) -> None:
    key = open_signing_key(signed.signing_key).public
    archive = bytearray(kept[1])
    archive[len(archive) // 2] ^= 0xFF
    with pytest.raises(SnapshotError, match="không còn nguyên vẹn"):
        read_signed(bytes(archive), trusted=[key])
    with pytest.raises(SnapshotError, match="không còn nguyên vẹn"):
        read_signed(b"no zip", trusted=[key])
    assert read_signed(kept[1], trusted=[])[1] is False


def test_nothing_loaded_is_nothing_to_compare_with(sqlite_url: str, settings: Settings) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        assert current_version(connection, settings=settings) is None
    engine.dispose()


# The command line ---------------------------------------------------------------------------------


@pytest.fixture
def environment(
    kept: tuple[Engine, bytes, str], signed: Settings, tmp_path: Path
) -> dict[str, str]:
    return {
        "DATABASE_URL": kept[0].url.render_as_string(hide_password=False),
        "DATA_DIR": str(tmp_path / "data"),
        "SIGNING_KEY": str(signed.signing_key),
        "TRUSTED_KEYS": str(signed.trusted_keys),
        "DEMO": "0",
    }


def test_the_command_makes_the_deck_of_a_period(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = run("dashboard", "deck", "--period", "2024-06", **environment)
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "data" / "decks").iterdir()
    assert str(path) in done.stdout
    assert path.name.startswith("trinh-chieu-21646-2024-06-")
    page = path.read_text(encoding="utf-8")
    assert "NỘI BỘ" in page
    assert CHANGED not in page


def test_the_deck_counts_by_the_calendar_that_is_asked_for(
    environment: dict[str, str], tmp_path: Path
) -> None:
    out = tmp_path / "deck.html"
    words = ("deck", "--period", "2024-06", "--calendar", "report", "--out", str(out))
    assert run_here("dashboard", *words, **environment).returncode == 0
    assert "theo tháng báo cáo" in out.read_text(encoding="utf-8")


def test_the_command_makes_the_deck_of_a_kept_snapshot(
    environment: dict[str, str], kept: tuple[Engine, bytes, str], tmp_path: Path
) -> None:
    archive, out = tmp_path / "snapshot.zip", tmp_path / "deck.html"
    archive.write_bytes(kept[1])
    words = ("deck", "--from", str(archive), "--out", str(out))
    done = run_here("dashboard", *words, **environment)
    assert done.returncode == 0, done.stderr
    assert "khóa tin cậy" not in done.stderr
    page = out.read_text(encoding="utf-8")
    assert CHANGED in page
    assert "6/18" in page
    strange = {**environment, "SIGNING_KEY": str(tmp_path / "none.pem")}
    done = run_here("dashboard", *words, **strange)
    assert done.returncode == 0
    assert "Không có khóa tin cậy nào" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Hãy chọn một trong hai"),
        (("--period", "2024-06", "--from", "x.zip"), "Hãy chọn một trong hai"),
        (("--from", "khong-co.zip"), "Không có tệp"),
        (("--from", "x.zip", "--external"), "bỏ --unit, --external, --calendar"),
        (("--from", "x.zip", "--calendar", "report"), "bỏ --unit, --external, --calendar"),
        (("--period", "2024-06", "--calendar", "x"), "Không có lịch «x»"),
        (("--period", "2024-06", "--unit", "99999"), "Chưa nạp số liệu nào của đơn vị 99999"),
        (("--period", "thang-6"), "không đọc được"),
    ],
)
def test_what_cannot_be_made_is_said(
    environment: dict[str, str], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run_here("dashboard", "deck", *words, **environment)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "data" / "decks").exists()
