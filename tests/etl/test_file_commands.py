"""Files at the command line: looked at, tried, loaded, taken back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from etl.mapping import read_mapping
from tests.etl.loaders import dossiers, write
from tests.services.commands import run, run_here

GOOD = {"Ngày tiếp nhận": "13/06/2024", "Ngày hẹn trả": "20/06/2024"}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'warehouse.db'}"


def said(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, done.stdout + done.stderr


def test_inspect_ends_with_nought_or_two_and_makes_no_database(url: str, tmp_path: Path) -> None:
    good = write(tmp_path, dossiers(GOOD))
    code, words = said(run("etl", "inspect", str(good), DATABASE_URL=url))
    assert (code, "nhận ra là dossier" in words) == (0, True)
    strange = write(tmp_path, "a,b\n1,2\n", name="la.csv")
    code, words = said(run_here("etl", "inspect", str(strange), DATABASE_URL=url))
    assert (code, "Chưa nhận ra loại số liệu" in words) == (0, True)
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    for path in (broken, tmp_path / "khong_co.csv"):
        done = run_here("etl", "inspect", str(path), DATABASE_URL=url)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert path.name in done.stderr
    code, words = said(run_here("etl", "inspect", str(good), "--frame", "xml", DATABASE_URL=url))
    assert (code, "json" in words) == (2, True)
    assert not (tmp_path / "new").exists()


def test_a_mapping_is_written_once(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(GOOD))
    words = ["inspect", str(path), "--write-mapping", str(tmp_path / "m.toml")]
    assert run_here("etl", *words, DATABASE_URL=url).returncode == 0
    assert read_mapping(tmp_path / "m.toml").columns["dossier_code"] == "Mã hồ sơ"
    code, said_again = said(run_here("etl", *words, DATABASE_URL=url))
    assert (code, "không ghi đè" in said_again) == (2, True)


def test_columns_that_are_read_as_one_are_written_as_one(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, "Mã hồ sơ;Thủ tục;Bộ phận;Ngày;Giờ\nH1;a;b;03/06/2024;10:20\n")
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text('[columns]\nreceived_at = ["Ngày", "Giờ"]\n', encoding="utf-8")
    words = ["inspect", str(path), "--mapping", str(first), "--write-mapping", str(second)]
    assert run_here("etl", *words, DATABASE_URL=url).returncode == 0
    written = read_mapping(second)
    assert written.joined == read_mapping(first).joined
    assert "submitted_at" not in written.columns, "a part of it is no other column by a guess"


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "{file}", "--write-mapping", "{file}/m.toml"],
        ["template", "--out", "{file}/mau"],
        ["rejects", "1", "--out", "{file}/loai.xlsx"],
        ["demo", "{file}/minh-hoa"],
        ["backup", "{file}/sao-luu.db"],
    ],
)
def test_where_nothing_can_be_written_one_sentence_says_so(
    url: str, tmp_path: Path, words: list[str]
) -> None:
    path = write(tmp_path, dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "x"}))
    run_here("etl", "load", str(path), DATABASE_URL=url)
    done = run_here("etl", *(word.format(file=path) for word in words), DATABASE_URL=url)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Không ghi được" in done.stderr


def test_load_dry_run_rejects_and_undo_from_the_command_line(url: str, tmp_path: Path) -> None:
    path = write(tmp_path, dossiers(GOOD, {**GOOD, "Ngày hẹn trả": "x"}))
    code, words = said(run_here("etl", "load", str(path), "--dry-run", DATABASE_URL=url))
    assert (code, "Chạy thử, chưa nạp" in words) == (0, True)
    done = run_here("etl", "load", str(path), "--dry-run", "--json", DATABASE_URL=url)
    (told,) = json.loads(done.stdout)
    assert (told["status"], told["inserted"], told["rejected"]) == ("would_load", 1, 1)
    done = run_here("etl", "load", str(path), "--json", DATABASE_URL=url)
    (loaded,) = json.loads(done.stdout)
    assert (loaded["status"], loaded["inserted"]) == ("loaded", 1)
    batch = str(loaded["batch_id"])
    target = tmp_path / "loai.xlsx"
    assert run("etl", "rejects", batch, "--out", str(target), DATABASE_URL=url).returncode == 0
    assert openpyxl.load_workbook(target).sheetnames == ["Dòng bị loại"]
    code, words = said(run("etl", "undo", batch, DATABASE_URL=url))
    assert (code, "xóa 1" in words) == (0, True)
    code, words = said(run_here("etl", "undo", batch, DATABASE_URL=url))
    assert (code, "từ trước" in words) == (0, True)
    code, words = said(run_here("etl", "undo", "99", DATABASE_URL=url))
    assert (code, "Không có lần nạp số 99" in words) == (2, True)
