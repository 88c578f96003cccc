"""Mapping files: a foreign export is adapted by a TOML file, never by code."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from etl.catalogue.sources import SOURCES
from etl.catalogue.values import criteria
from etl.errors import UserError, refusal_words
from etl.normalise import fold, tidy
from etl.reading.cells import cell_text

LOCAL_ZONE = "Asia/Ho_Chi_Minh"
ORDERS = ("dmy", "mdy", "ymd")
_SECTIONS = ("columns", "defaults", "values", "dates", "questions", "options")
_DATES = ("order", "timezone")
_PLACE = re.compile(r"line (\d+), column (\d+)")
_OPTIONS = ("missing_scores", "response_id", "counts", "survey", "sheet")


@dataclass(frozen=True)
class Mapping:
    """How one kind of foreign file is read.

    ``columns`` canonical → their header; ``joined`` such a header → those of the columns that are
    read side by side as one; ``defaults`` canonical → a constant for the whole file;
    ``values`` canonical → {their value → ours}, each by its exact and by its folded words, as are
    ``missing_scores``; ``questions`` their column → criterion; ``counts`` their column of how many
    people gave an answer.
    """

    name: str
    sha256: str
    source: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    order: str | None = None
    timezone: str = LOCAL_ZONE
    questions: dict[str, str] = field(default_factory=dict)
    missing_scores: frozenset[str] = frozenset()
    numbers_rows: bool = False
    counts: str | None = None
    survey: str | None = None
    sheet: str | None = None

    def named(self, canonical: str, ways: Sequence[str]) -> str | None:
        """Return ours for a value of ``canonical`` by the first of its ``ways`` that is named."""
        pairs = self.values.get(canonical, {})
        return next((pairs[way] for way in ways if way in pairs), None)

    def is_missing(self, ways: Sequence[str]) -> bool:
        """Whether a score is a code for no answer."""
        return not self.missing_scores.isdisjoint(ways)


def read_mapping(path: Path) -> Mapping:
    """Return the mapping of a TOML file.

    Raises:
        UserError: it cannot be read, or names something that does not exist.
    """
    try:
        content = path.read_bytes()
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"Tệp ánh xạ «{path.name}» không đọc được: {_fault(error)}") from error
    return _Reader(path.name, data).mapping(hashlib.sha256(content).hexdigest())


def _fault(error: OSError | UnicodeDecodeError | tomllib.TOMLDecodeError) -> str:
    """Return what is wrong with a file that is no TOML, and what to do."""
    if isinstance(error, OSError):
        return f"{refusal_words(error)}. Hãy kiểm tra lại tên và đường dẫn."
    if isinstance(error, UnicodeDecodeError):
        return "tệp không theo bảng mã UTF-8. Hãy lưu lại với bảng mã UTF-8."
    found = _PLACE.search(str(error))
    place = f"dòng {found[1]}, cột {found[2]}" if found else "cuối tệp"
    return (
        f"sai cú pháp TOML ở {place}. Hãy kiểm tra dấu ngoặc kép, dấu = và các tên lặp lại; "
        'tên cột có dấu cách hay dấu tiếng Việt phải đặt trong dấu ngoặc kép: "Tên cột".'
    )


@dataclass(frozen=True)
class _Reader:
    """The parsed TOML; every method checks what it returns, or says what is wrong with it."""

    name: str
    data: dict[str, Any]

    def mapping(self, sha256: str) -> Mapping:
        self.only_known("tệp", self.data, ("source", *_SECTIONS))
        source = self.source()
        known = self.canonical_names(source)
        for section in ("columns", "defaults", "values"):
            self.only_known(f"mục [{section}]", self.table(section), known)
        dates, options = self.table("dates"), self.table("options")
        headers = {key: self.headers(key) for key in self.table("columns")}
        columns = {key: " + ".join(theirs) for key, theirs in headers.items()}
        self.only_known("mục [dates]", dates, _DATES)
        self.only_known("mục [options]", options, _OPTIONS)
        return Mapping(
            name=self.name,
            sha256=sha256,
            source=source,
            columns=columns,
            joined={columns[key]: theirs for key, theirs in headers.items() if len(theirs) > 1},
            defaults={key: self.constant("defaults", key) for key in self.table("defaults")},
            values={key: self.values(key) for key in self.table("values")},
            order=self.one_of("dates", "order", ORDERS),
            timezone=self.timezone(),
            questions=self.questions(),
            missing_scores=self.missing_scores(),
            numbers_rows=self.one_of("options", "response_id", ("row",)) is not None,
            counts=self.word("options", "counts") if "counts" in options else None,
            survey=self.word("options", "survey") if "survey" in options else None,
            sheet=self.word("options", "sheet") if "sheet" in options else None,
        )

    def refuse(self, words: str) -> NoReturn:
        raise UserError(f"Tệp ánh xạ «{self.name}»: {words}")

    def only_known(self, place: str, found: Iterable[str], known: Sequence[str]) -> None:
        for key in found:
            if key not in known:
                self.refuse(
                    f"{place} có «{key}» mà chương trình không biết. "
                    f"Các tên được nhận: {', '.join(known)}."
                )

    def table(self, section: str) -> dict[str, Any]:
        found = self.data.get(section, {})
        if not isinstance(found, dict):
            self.refuse(f"«{section}» phải là một mục [{section}] gồm các dòng tên = giá trị.")
        return found

    def word(self, section: str, key: str) -> str:
        return self.text(section, key, self.table(section)[key])

    def text(self, section: str, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"mục [{section}], «{key}» phải là một chuỗi trong dấu ngoặc kép.")
        return tidy(value)

    def headers(self, key: str) -> tuple[str, ...]:
        value = self.table("columns")[key]
        if value == []:
            self.refuse(f"mục [columns], «{key}» là danh sách trống; hãy ghi tên cột.")
        several = value if isinstance(value, list) else [value]
        return tuple(self.text("columns", key, header) for header in several)

    def constant(self, section: str, key: str) -> str:
        return self.plain(f"mục [{section}], «{key}»", self.table(section)[key])

    def plain(self, place: str, value: Any) -> str:
        if isinstance(value, (dict, list)):
            self.refuse(f"{place} phải là một giá trị đơn: chuỗi, số hoặc ngày.")
        return tidy(value.isoformat() if isinstance(value, (date, time)) else cell_text(value))

    def one_of(self, section: str, key: str, known: Sequence[str]) -> str | None:
        value = self.table(section).get(key)
        if value is not None and value not in known:
            self.refuse(
                f"mục [{section}], {key} = «{value}» phải là một trong: {', '.join(known)}."
            )
        return value

    def source(self) -> str | None:
        source = self.data.get("source")
        if source is not None and source not in list(SOURCES):
            self.refuse(f"không có loại số liệu «{source}». Các loại: {', '.join(SOURCES)}.")
        return source

    def canonical_names(self, source: str | None) -> tuple[str, ...]:
        if source:
            return SOURCES[source].names
        return tuple(dict.fromkeys(name for one in SOURCES.values() for name in one.names))

    def values(self, canonical: str) -> dict[str, str]:
        pairs = self.table("values")[canonical]
        place = f"mục [values.{canonical}]"
        if not isinstance(pairs, dict):
            self.refuse(f'{place} phải gồm các dòng "giá trị của họ" = "giá trị của ta".')
        ours = {tidy(theirs): self.plain(place, value) for theirs, value in pairs.items()}
        # The exact words win over words that are only alike.
        return {fold(theirs): value for theirs, value in ours.items()} | ours

    def timezone(self) -> str:
        zone = self.table("dates").get("timezone", LOCAL_ZONE)
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self.refuse(f"không có múi giờ «{zone}», ví dụ đúng: {LOCAL_ZONE}.")
        return str(zone)

    def questions(self) -> dict[str, str]:
        for question, criterion in self.table("questions").items():
            if criterion not in criteria():
                self.refuse(
                    f"câu hỏi «{question}» thuộc tiêu chí «{criterion}» không có. "
                    f"Các tiêu chí: {', '.join(criteria())}."
                )
        return {tidy(question): code for question, code in self.table("questions").items()}

    def missing_scores(self) -> frozenset[str]:
        codes = self.table("options").get("missing_scores", [])
        if not isinstance(codes, list):
            self.refuse("mục [options], missing_scores phải là một danh sách, ví dụ [9, 99].")
        words = {self.plain("mục [options], missing_scores", code) for code in codes}
        return frozenset(words | set(map(fold, words)))
