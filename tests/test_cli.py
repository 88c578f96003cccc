"""The commands as people type them: what they print and with which exit code they end."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dashboard.access.users import add_user
from etl.__main__ import expand
from etl.audit import now
from etl.catalogue.metrics import METRICS
from etl.errors import UserError
from etl.settings import load_settings
from etl.warehouse import open_engine, write_transaction
from tests.etl.loaders import dossiers, write
from tests.services.commands import run, run_here

RECEIVED = "03/06/2024 08:00"
LATE = {
    "Ngày tiếp nhận": RECEIVED,
    "Ngày hẹn trả": "10/06/2024",
    "Ngày kết thúc xử lý": "11/06/2024",
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that does not exist yet: commands make and migrate it."""
    return f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}"


def test_load_then_ask(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(LATE, {**LATE, "Ngày hẹn trả": "mai"}))
    done = run("etl", "load", str(path), DATABASE_URL=url)
    assert done.returncode == 0
    assert "đọc 2 dòng = 1 thêm mới" in done.stdout
    assert "Dòng 3, cột «Ngày hẹn trả», giá trị «mai»" in done.stdout
    asked = run("dashboard", "metric", "late_rate", "--format", "json", DATABASE_URL=url)
    (row,) = json.loads(asked.stdout)
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 1, 1.0)
    assert list(row) == ["numerator", "denominator", "value", "low", "high"]
    assert 0 < row["low"] < row["high"] == 1.0


def test_by_repeats_and_months_without_events_are_zero(url: str, tmp_path: Path) -> None:
    text = "Từ ngày 01/05/2024 đến ngày 30/06/2024\n" + dossiers(LATE)
    run_here("etl", "load", str(write(tmp_path, text)), DATABASE_URL=url)
    words = ["--by", "department", "--by", "month", "--from", "2024-05", "--to", "2024-07"]
    asked = run_here(
        "dashboard", "metric", "late_rate", *words, "--format", "csv", DATABASE_URL=url
    )
    rows = list(csv.DictReader(io.StringIO(asked.stdout)))
    assert [(r["department"], r["month"], r["numerator"], r["denominator"]) for r in rows] == [
        ("Tư pháp", "2024-05", "0", "0"),
        ("Tư pháp", "2024-06", "1", "1"),
        ("Tư pháp", "2024-07", "", ""),
    ]
    counted = run_here(
        "dashboard", "metric", "dossiers_received", "--format", "json", DATABASE_URL=url
    )
    (row,) = json.loads(counted.stdout)
    assert row == {"numerator": 1, "denominator": None, "value": 1, "low": None, "high": None}


def test_json_of_a_load_is_for_programs(url: str, tmp_path: Path) -> None:
    good, bad = write(tmp_path, dossiers(LATE)), write(tmp_path, "a,b\n1,2\n", name="la.csv")
    done = run("etl", "load", str(good), str(bad), "--json", DATABASE_URL=url)
    assert done.returncode == 2
    first, second = json.loads(done.stdout)
    assert (first["status"], first["inserted"], first["as_of"]) == ("loaded", 1, "2024-06-11")
    assert second["status"] == "refused"
    assert "«la.csv»" in second["error"]


def test_a_folder_or_a_pattern_stands_for_its_files(tmp_path: Path) -> None:
    names = ["b.csv", "a.csv", "~$a.csv", ".c.csv", "d.txt"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in expand([tmp_path])] == ["a.csv", "b.csv", "d.txt"]
    assert [path.name for path in expand([tmp_path / "*.csv"])] == ["a.csv", "b.csv"]
    assert expand([tmp_path / "x.csv"]) == [tmp_path / "x.csv"]
    for nothing in (tmp_path / "*.ods", tmp_path / "trong"):
        (tmp_path / "trong").mkdir(exist_ok=True)
        with pytest.raises(UserError, match="Không có tệp nào trong"):
            expand([nothing])


@pytest.mark.parametrize(
    ("package", "words", "said"),
    [
        ("etl", ["load", "khong_co.csv"], "không mở được tệp"),
        ("etl", ["load", "x.csv", "--source", "hoso"], "Các loại: dossier, feedback"),
        ("etl", ["load", str(Path(__file__).parent / "*.ods")], "Không có tệp nào trong"),
        ("etl", ["load", "x.csv", "--as-of", "hôm nay"], "30/06/2024 hoặc 2024-06-30"),
        ("etl", ["load", "x.csv", "--mapping", "khong_co.toml"], "không có tệp hay thư mục ấy"),
        ("etl", ["backup", f"{__file__}/a.db"], "đã có tệp ấy"),
        ("etl", ["template", "--out", f"{__file__}/mau"], "đã có tệp ấy"),
        ("etl", ["alias", "phong", "a", "b"], "Loại: cần một trong: department"),
        ("dashboard", ["metric", "ty_le_tre"], "Không có chỉ tiêu «ty_le_tre»"),
        ("dashboard", ["metric", "late_rate", "--by", "criterion"], "không chia được theo"),
        ("dashboard", ["metric", "late_rate", "--from", "6/2024"], "Kỳ «6/2024» không đọc được"),
        ("dashboard", ["metric", "late_rate", "--format", "xml"], "Không có dạng «xml»"),
        (
            "dashboard",
            ["metric", "late_rate", "--from", "2024-06", "--to", "2024-01"],
            "sau kỳ cuối",
        ),
    ],
)
def test_what_can_be_put_right_is_one_sentence_and_exit_code_two(
    url: str, package: str, words: list[str], said: str
) -> None:
    done = run_here(package, *words, DATABASE_URL=url)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [["serve"], ["worker"]])
def test_nothing_is_served_for_a_unit_that_nobody_knows(
    url: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The logs of this process are pytest's.
    monkeypatch.setattr("dashboard.__main__.set_up_logging", lambda _settings: None)
    done = run_here("dashboard", *words, DATABASE_URL=url, UNIT="abc", DEMO="0")
    assert done.returncode == 2
    assert "UNIT đang là «abc», không có trong danh sách đơn vị" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "abc", "một số nguyên từ 1 đến 65535"),
        ("SESSION_HOURS", "0", "một số nguyên từ 1 trở lên"),
        ("LOG_FORMAT", "xml", "một trong: text, json"),
        ("DEMO", "có", "1 (có) hoặc 0 (không)"),
        ("MORNING_START", "sáng", "giờ và phút, ví dụ 07:30"),
    ],
)
def test_a_setting_that_is_none_is_named_with_what_it_may_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as said:
        load_settings()
    assert f"{name} đang là «{value}»" in str(said.value)
    assert allowed in str(said.value)


def test_batches_say_when_they_were_loaded_and_whether_they_stand(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(LATE), name="ho so [moi] :100:.csv")
    run_here("etl", "load", str(path), DATABASE_URL=url)
    told = run("etl", "batches", DATABASE_URL=url, COLUMNS="200").stdout
    assert "đã nạp" in told
    assert path.name in told
    assert datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("/%Y ") in told
    run_here("etl", "undo", "1", DATABASE_URL=url)
    assert "đã hoàn tác" in run("etl", "batches", DATABASE_URL=url, COLUMNS="200").stdout


def test_a_metric_of_each_kind_answers_on_an_empty_database(url: str) -> None:
    for kind, code in {metric.kind: code for code, metric in METRICS.items()}.items():
        done = run_here(
            "dashboard", "metric", code, "--by", "year", "--format", "json", DATABASE_URL=url
        )
        assert json.loads(done.stdout) == [], code
        done = run_here("dashboard", "metric", code, "--format", "csv", DATABASE_URL=url)
        # What is published is not measured: before it is, there is no row of it.
        rows = [] if kind == "published" else [",,,,"]
        assert done.stdout.splitlines() == ["numerator,denominator,value,low,high", *rows], code


def test_a_link_is_printed_until_somebody_has_a_password(url: str) -> None:
    done = run("dashboard", "link", "--address", "https://a.example/", DATABASE_URL=url)
    assert "\nhttps://a.example/vao/" in done.stdout
    added = run(
        *("dashboard", "user", "add", "chu_tich", "--password-stdin"),
        typed="bốn từ tiếng Việt\n",
        DATABASE_URL=url,
    )
    assert added.returncode == 0, added.stderr
    assert "/vao/" not in run_here("dashboard", "link", DATABASE_URL=url).stdout


def test_a_user_is_given_another_role_and_units_and_what_is_not_said_stays(url: str) -> None:
    def user(*words: str) -> str:
        return run_here("dashboard", "user", *words, DATABASE_URL=url, COLUMNS="200").stdout

    run_here("dashboard", "link", DATABASE_URL=url)
    with write_transaction(open_engine(url)) as connection:
        add_user(connection, "lan", role="viewer", password=None, at=now())
    assert "«lan»" in user("change", "lan", "--unit", "21646")
    assert "Người xem" in user("list") and "21646" in user("list")
    user("change", "lan", "--role", "editor")
    assert "Nhập liệu" in user("list") and "21646" in user("list")
    user("change", "lan", "--all-units")
    assert "Nhập liệu" in user("list") and "tất cả" in user("list")
    done = run_here("dashboard", "user", "change", "lan", DATABASE_URL=url)
    assert done.returncode == 2 and "Chưa nói đổi gì" in done.stderr
