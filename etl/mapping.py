"""Mapping files: a foreign export is adapted by a TOML file, never by code."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl.catalogue.sources import SOURCES
from etl.errors import UserError
from etl.normalise import fold, tidy

LOCAL_ZONE = "Asia/Ho_Chi_Minh"
ORDERS = ("dmy", "mdy", "ymd")
CRITERIA = ("I", "II", "III", "IV", "V", "VI", "overall")
_OPTIONS = ("missing_scores", "response_id", "survey", "sheet")


@dataclass(frozen=True)
class Mapping:
    """How one kind of foreign file is read.

    ``columns`` canonical → their header; ``defaults`` canonical → a constant for the whole file;
    ``values`` canonical → {their value, folded → ours}; ``questions`` their column → criterion.
    """

    name: str
    sha256: str
    source: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    order: str | None = None
    timezone: str = LOCAL_ZONE
    questions: dict[str, str] = field(default_factory=dict)
    missing_scores: frozenset[str] = frozenset()
    numbers_rows: bool = False
    survey: str | None = None
    sheet: str | None = None


def _text(value: Any) -> str:
    return tidy(value.isoformat() if hasattr(value, "isoformat") else str(value))


def read_mapping(path: Path) -> Mapping:
    """Return the mapping of a TOML file.

    Raises:
        UserError: it cannot be read, or names something that does not exist.
    """
    try:
        content = path.read_bytes()
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            f"Tệp ánh xạ «{path.name}» không đọc được ({error}). "
            "Hãy kiểm tra lại đường dẫn và cú pháp TOML, lưu với bảng mã UTF-8."
        ) from error
    return _checked(path.name, content, data)


def _checked(name: str, content: bytes, data: dict[str, Any]) -> Mapping:
    def refuse(words: str) -> UserError:
        return UserError(f"Tệp ánh xạ «{name}»: {words}")

    sections = ("source", "columns", "defaults", "values", "dates", "questions", "options")
    for key in data:
        if key not in sections:
            raise refuse(f"không có mục «{key}». Các mục: {', '.join(sections)}.")
    source = data.get("source")
    if source is not None and source not in SOURCES:
        raise refuse(f"không có loại số liệu «{source}». Các loại: {', '.join(SOURCES)}.")
    known = (
        set(SOURCES[source].names)
        if source
        else {column for one in SOURCES.values() for column in one.names}
    )
    for section in ("columns", "defaults", "values"):
        for canonical in data.get(section, {}):
            if canonical not in known:
                raise refuse(
                    f"mục [{section}] có cột «{canonical}» mà chương trình không biết. "
                    f"Các cột: {', '.join(sorted(known))}."
                )
    dates, options = data.get("dates", {}), data.get("options", {})
    for key in dates:
        if key not in ("order", "timezone"):
            raise refuse(f"mục [dates] không có «{key}». Các khóa: order, timezone.")
    for key in options:
        if key not in _OPTIONS:
            raise refuse(f"mục [options] không có «{key}». Các khóa: {', '.join(_OPTIONS)}.")
    order = dates.get("order")
    if order is not None and order not in ORDERS:
        raise refuse(f"[dates] order = «{order}» phải là một trong {', '.join(ORDERS)}.")
    zone = dates.get("timezone", LOCAL_ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise refuse(f"không có múi giờ «{zone}», ví dụ đúng: {LOCAL_ZONE}.") from error
    questions = {tidy(str(k)): str(v) for k, v in data.get("questions", {}).items()}
    for question, criterion in questions.items():
        if criterion not in CRITERIA:
            raise refuse(
                f"câu hỏi «{question}» thuộc tiêu chí «{criterion}» không có. "
                f"Các tiêu chí: {', '.join(CRITERIA)}."
            )
    return Mapping(
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        source=source,
        columns={k: tidy(str(v)) for k, v in data.get("columns", {}).items()},
        defaults={k: _text(v) for k, v in data.get("defaults", {}).items()},
        values={
            canonical: {fold(str(theirs)): _text(ours) for theirs, ours in pairs.items()}
            for canonical, pairs in data.get("values", {}).items()
        },
        order=order,
        timezone=zone,
        questions=questions,
        missing_scores=frozenset(_text(code) for code in options.get("missing_scores", [])),
        numbers_rows=options.get("response_id") == "row",
        survey=options.get("survey"),
        sheet=options.get("sheet"),
    )
