"""Settings are those of the project, wherever a command is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.settings import PROJECT_DIR, load_settings


def test_the_folder_a_command_is_run_in_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_settings()
    (tmp_path / ".env").write_text("UNIT=99999\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings() == before
    monkeypatch.setenv("SEED_DIR", "data/rieng")
    assert load_settings().seed_dir == PROJECT_DIR / "data" / "rieng"
    monkeypatch.setenv("SEED_DIR", str(tmp_path))
    assert load_settings().seed_dir == tmp_path


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sqlite:///data/x.db", f"sqlite:///{PROJECT_DIR}/data/x.db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://u@h/data", "postgresql://u@h/data"),
    ],
)
def test_a_database_beside_the_project_is_found(
    url: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert load_settings().database_url == meant
