"""Root does not work among the data of the service's account."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.services.commands import run_here

NOBODY = 65534


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such owner there")
def test_root_is_sent_to_the_account_that_has_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, NOBODY, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    place = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/kho.db"}
    done = run_here("etl", "batches", **place)
    assert done.returncode == 2
    assert "chạy lại lệnh bằng tài khoản ấy: sudo -u " in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such owner there")
def test_whoever_has_the_data_works_among_them(tmp_path: Path) -> None:
    place = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/kho.db"}
    assert run_here("etl", "batches", **place).returncode == 0
