"""Settings: the one place that reads the environment."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Literal, get_args

from annotated_types import Ge, Le
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from etl.errors import UserError

PROJECT_DIR = Path(__file__).resolve().parents[1]
SQL_DIR = PROJECT_DIR / "sql"
ASSETS_DIR = PROJECT_DIR / "assets"
_SQLITE = "sqlite:///"


class Settings(BaseSettings):
    """What an office may set, from the environment or a ``.env`` file in the project.

    A relative path is one of the project, wherever a command is run.
    """

    model_config = SettingsConfigDict(
        env_file=PROJECT_DIR / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: str = f"{_SQLITE}{PROJECT_DIR / 'data' / 'warehouse.db'}"
    data_dir: Path = PROJECT_DIR / "data"
    """Where the worker finds inbox/ and leaves archive/ and refused/."""
    host: str = "127.0.0.1"
    port: int = Field(default=8050, ge=1, le=65535)
    demo: bool = True
    """Whether an empty database is filled with demonstration data at the first start."""

    session_idle_minutes: int = Field(default=120, ge=1)
    session_hours: int = Field(default=12, ge=1)
    """How long a session may sleep, and how long it may last at all."""
    trusted_proxies: int = Field(default=0, ge=0)
    """How many reverse proxies stand before the server, whose forwarding headers are believed."""
    log_format: Literal["text", "json"] = "text"

    audit_anchor: Path | None = None
    """The file that keeps the hashes of the audit log; empty for audit.anchor in the data folder.
    On another machine's disk it is out of reach of whoever rules this one's database."""
    signing_key: Path = PROJECT_DIR / "data" / "signing.pem"
    """The key that snapshots are signed with; made at the first one, readable by its owner only."""
    trusted_keys: Path = PROJECT_DIR / "data" / "trusted"
    """Folder of the public keys (.pem) that ``verify`` believes, beside our own."""
    chart_browser: Path | None = None
    """The browser that draws charts for documents; empty for the first one installed."""

    smtp_host: str = ""
    """The mail server; empty for none."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = ""
    snapshot_day: int = Field(default=0, ge=0, le=28)
    """Day of the month on which the worker makes and sends last month's snapshot; 0 for never."""
    recipients: Path = PROJECT_DIR / "data" / "recipients.csv"
    """Who receives the snapshots of which unit: unit, address, valid_from, valid_to."""

    unit: str = "21646"
    """GSO code of the own unit; rows that name no unit belong to it."""
    seed_dir: Path = PROJECT_DIR / "data" / "seed"
    """Folder of the office's own seed files; each stands for the shipped one of its name."""

    reading_766: bool = False
    """Whether the reading after Decision 766 is shown beside form II.06a."""

    saturday_working: bool = False
    morning_start: time = time(7, 0)
    morning_end: time = time(11, 30)
    afternoon_start: time = time(13, 30)
    afternoon_end: time = time(17, 0)

    max_file_mb: int = Field(default=100, ge=1)
    max_expanded_mb: int = Field(default=400, ge=1)
    """What a packed file (.xlsx, .ods) may become when unpacked."""
    max_rows: int = Field(default=1_048_576, ge=1)
    max_columns: int = Field(default=1_000, ge=1, le=16_384)
    max_cells: int = Field(default=16_000_000, ge=1)
    """Cells of a sheet from the first to the last, filled or not: what reading it may take."""

    intake_limit_hours: int = Field(default=8, ge=1)
    feedback_answer_days: int = Field(default=15, ge=1)
    load_day: int = Field(default=5, ge=1, le=28)
    """Day of the month by which the month before is loaded; later, the pages say so."""
    report_month_first_day: int = Field(default=15, ge=2, le=28)
    """First day of a report month, in the month before; 15 means June = 15/05 to 14/06."""

    @field_validator("database_url")
    @classmethod
    def _file_of_the_project(cls, url: str) -> str:
        file = url.removeprefix(_SQLITE)
        is_file = file and file != url and not file.startswith((":memory:", "file:"))
        return f"{_SQLITE}{PROJECT_DIR / file}" if is_file else url

    @field_validator(
        "data_dir", "audit_anchor", "signing_key", "trusted_keys", "recipients", "seed_dir"
    )
    @classmethod
    def _of_the_project(cls, path: Path | None) -> Path | None:
        return path and PROJECT_DIR / path


def load_settings() -> Settings:
    """Return the settings in force now.

    Raises:
        UserError: one of them is not what it may be.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise UserError(
            f"Cấu hình {name.upper()} đang là «{first['input']}», không dùng được. Hãy ghi "
            f"{_allowed(name)}, trong biến môi trường hoặc tệp .env."
        ) from error


def _allowed(name: str) -> str:
    """Return in words what a setting may be."""
    field = Settings.model_fields[name]
    if words := get_args(field.annotation):
        return f"một trong: {', '.join(map(str, words))}"
    if field.annotation is bool:
        return "1 (có) hoặc 0 (không)"
    if field.annotation is time:
        return "giờ và phút, ví dụ 07:30"
    least = next(iter(bound.ge for bound in field.metadata if isinstance(bound, Ge)), None)
    most = next(iter(bound.le for bound in field.metadata if isinstance(bound, Le)), None)
    return "một số nguyên" + (f" từ {least} trở lên" if most is None else f" từ {least} đến {most}")
