"""Which source a table is, and which of its headers is which canonical column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from etl.catalogue.sources import SOURCES, Source
from etl.catalogue.values import OVERALL, known_words
from etl.errors import RefusedFile
from etl.mapping import Mapping
from etl.normalise import bare_header, fold, tidy
from etl.sources.ledger import shown_headers

_QUESTION = re.compile(
    r"(?:(?i:c[âa]u(?:\s+h[ỏo]i)?|c|ti[êe]u\s+ch[íi]|tc)\s*)?(?P<criterion>I{1,3}|IV|VI?)(?:[.\s:)–-].*)?",
)
"""Numerals are capitals: "Vị trí" is no question of criterion VI."""
LEVELS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Resolved:
    """A table's columns: canonical → header, survey questions, and level-count columns.

    ``counts`` is the header of how many people gave the answer of a row; "" where each row is one.
    """

    source: str
    columns: dict[str, str]
    questions: dict[str, str]
    levels: dict[str, int]
    counts: str = ""


@cache
def header_words() -> frozenset[str]:
    """Return every header that some source knows, folded."""
    words = {
        fold(word)
        for source in SOURCES.values()
        for column in source.columns
        for word in (column.name, *column.synonyms)
    }
    return frozenset(words)


def header_finder(headers: Sequence[str]) -> Callable[[str], str | None]:
    """Return a function that finds a header by how it, or what is bare of it, is written.

    A header's own words win over those that are left when additions are taken off.
    """
    by_word = {bare_header(header): header for header in reversed(headers)}
    by_word |= {fold(header): header for header in reversed(headers)}
    return lambda word: word if word in headers else by_word.get(fold(word))


def resolve(
    source: Source, headers: Iterable[str], *, mapping: Mapping | None, file: str, sheet: str
) -> Resolved:
    """Match headers to the canonical columns of ``source``.

    Raises:
        RefusedFile: the mapping names a header that the file does not have, or counts of answers
            in a table that has none.
    """
    headers = list(headers)
    find = header_finder(headers)

    def named(theirs: str, section: str, words: str) -> str:
        header = find(theirs)
        if header is None:
            parts = mapping.joined.get(theirs, ()) if mapping else ()
            missing = next((part for part in parts if find(part) is None), theirs)
            raise RefusedFile(
                file,
                sheet=sheet or None,
                reason=words.format(missing),
                next_step=f"Các cột trong tệp: {shown_headers(headers)}. "
                f"Hãy sửa mục [{section}] của tệp ánh xạ.",
            )
        return header

    mapped = {
        canonical: named(
            theirs, "columns", f"không có cột «{{}}» mà tệp ánh xạ gán cho «{canonical}»."
        )
        for canonical, theirs in (mapping.columns if mapping else {}).items()
    }
    columns = {
        canonical: header for canonical, header in mapped.items() if canonical in source.names
    }
    questions = {
        named(theirs, "questions", "không có cột câu hỏi «{}» mà tệp ánh xạ nêu."): criterion
        for theirs, criterion in (mapping.questions if mapping else {}).items()
    }
    counts = ""
    if source.code == "survey" and mapping and mapping.counts:
        words = "không có cột số người trả lời «{}» mà tệp ánh xạ nêu ở counts."
        counts = named(mapping.counts, "options", words)
    taken = {*columns.values(), *questions, counts}
    defaults = set(mapping.defaults) if mapping else set()
    for column in source.columns:
        if column.name in columns or column.name in defaults:
            continue
        for word in (*column.synonyms, column.name):
            header = find(word)
            if header is not None and header not in taken:
                columns[column.name] = header
                taken.add(header)
                break
    levels: dict[str, int] = {}
    if source.code == "survey":
        levels = _level_columns([h for h in headers if h not in taken], mapping)
        if not questions and not levels and "score" not in columns:
            questions = _named_questions([h for h in headers if h not in taken])
    if counts and (questions or levels or "score" not in columns):
        raise RefusedFile(
            file,
            sheet=sheet or None,
            reason="counts chỉ dùng cho bảng mà mỗi dòng là một câu trả lời kèm số người chọn.",
            next_step="Hãy gán cột ghi câu trả lời cho «score» ở mục [columns], hoặc bỏ counts ở "
            "mục [options] của tệp ánh xạ.",
        )
    return Resolved(source.code, columns, questions, levels, counts)


def _named_questions(headers: list[str]) -> dict[str, str]:
    """Return the headers that begin with a criterion's numeral, and "chung" for the whole."""
    questions: dict[str, str] = {}
    for header in headers:
        if criterion := leading_criterion(header):
            questions[header] = criterion
        elif fold(header).startswith(("danh gia chung", "hai long chung", "muc do hai long chung")):
            questions[header] = OVERALL
    return questions


def leading_criterion(text: str) -> str | None:
    """Return the criterion whose numeral ``text`` begins with ("Câu I.2 …", "Tiêu chí V")."""
    found = _QUESTION.fullmatch(tidy(text))
    return found["criterion"] if found else None


def _level_columns(headers: list[str], mapping: Mapping | None) -> dict[str, int]:
    """Return the columns that hold counts per level; all five or none.

    A mapping's words for levels name such columns, too.
    """
    words = known_words("survey_level")
    theirs = mapping.values.get("score", {}) if mapping else {}
    levels = {}
    for header in headers:
        word = theirs.get(tidy(header), theirs.get(fold(header)))
        code = word if word in LEVELS else words.get(fold(word or header))
        if code in LEVELS:
            levels[header] = int(code)
    return levels if sorted(map(str, levels.values())) == list(LEVELS) else {}


def level_words(mapping: Mapping | None) -> frozenset[str]:
    """Return the folded words that name columns of counts: a mapping's for levels are such, too."""
    named = known_words("survey_level") | (mapping.values.get("score", {}) if mapping else {})
    return frozenset(fold(word) for word, level in named.items() if level in LEVELS)


def missing_columns(source: Source, found: Resolved, *, mapping: Mapping | None) -> list[str]:
    """Return the required canonical columns that neither the file nor the mapping gives."""
    given = set(found.columns) | (set(mapping.defaults) if mapping else set())
    missing = [c.name for c in source.columns if c.required and c.name not in given]
    if source.code == "survey":
        if found.questions or found.levels:
            missing = [name for name in missing if name != "score"]
        elif "score" in given and not given & {"criterion", "question"}:
            missing.append("criterion")
        if found.levels or found.counts or (mapping and mapping.numbers_rows):
            missing = [name for name in missing if name != "response_id"]
    if source.code == "ranking" and not given & {"index_pct", "rank"}:
        missing.append("index_pct")
    return missing
