"""Codes, their labels and the words files use for them stand in one list."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from etl.catalogue.values import code_of, known_words, labels
from etl.normalise import fold
from etl.settings import SQL_DIR

DOMAINS = {
    "dossier_status": "new accepted refused in_progress awaiting_supplement awaiting_payment "
    "suspended withdrawn stopped done returned other",
    "dossier_channel": "online direct post other",
    "feedback_channel": "portal hotline box book other",
    "feedback_category": "rules conduct other",
    "feedback_status": "received in_progress awaiting_sender refused answered published other",
    "feedback_satisfied": "yes no",
    "survey_level": "5 4 3 2 1 unknown",
    "rating3": "very_satisfied satisfied unsatisfied",
    "task_status": "met partly not_met not_reported not_applicable",
}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_code_has_a_label_and_is_known_by_it(domain: str) -> None:
    assert list(labels(domain)) == DOMAINS[domain].split()
    for code, label in labels(domain).items():
        assert code_of(domain, label.upper()) == code


def test_no_word_stands_for_two_codes() -> None:
    with (SQL_DIR / "seed" / "value_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = Counter(
        (row["domain"], word)
        for row in rows
        for word in {fold(w) for w in (row["code"], row["label"], *row["synonyms"].split("|")) if w}
    )
    assert {word for word, count in words.items() if count > 1} == set()
    assert {row["domain"] for row in rows} == set(DOMAINS)


@pytest.mark.parametrize(
    ("domain", "words", "code"),
    [
        ("dossier_status", "Đã trả kết quả", "returned"),
        ("dossier_status", "cong dan yeu cau rut ho so", "withdrawn"),
        ("dossier_channel", "Internet", "online"),
        ("dossier_channel", "DVC trực tuyến", "online"),
        ("dossier_channel", "Desk", "direct"),
        ("dossier_channel", "BCCI", "post"),
        ("rating3", "RẤT HÀI LÒNG", "very_satisfied"),
        ("dossier_status", "Lạ lùng", None),
    ],
)
def test_words_of_files(domain: str, words: str, code: str | None) -> None:
    assert code_of(domain, words) == code


def test_an_unknown_domain_has_no_words() -> None:
    assert known_words("khong_co") == {}
