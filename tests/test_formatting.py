from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formatting as fmt
from dashboard.filters import Period
from etl import formats

NOTHINGS = [None, float("nan"), np.nan, pd.NA, pd.NaT]


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (1234.5, 1, "1.234,5"),
        (1234567, 0, "1.234.567"),
        (0.25, 1, "0,3"),
        (2.675, 2, "2,68"),
        (-3, 0, "−3"),
        (-0.04, 1, "0,0"),
        (np.int64(1000), 0, "1.000"),
        (np.float64(1.25), 1, "1,3"),
        (Decimal("9999.95"), 1, "10.000,0"),
    ],
)
def test_numbers(value, decimals, words):
    assert fmt.number(value, decimals) == words


@pytest.mark.parametrize(
    ("value", "words"), [(3.0, "3"), (2.5, "2,5"), (100, "100"), (1200.25, "1.200,25"), (0, "0")]
)
def test_plain_numbers_have_the_decimals_they_have(value, words):
    assert fmt.plain(value) == words


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [
        (0.9083, 2, "90,83\u00a0%"),
        (0.921, 1, "92,1\u00a0%"),
        (0.345, 0, "35\u00a0%"),
        (0, 1, "0\u00a0%"),
        (0.0, 2, "0\u00a0%"),
        (1, 1, "100\u00a0%"),
        (0.9999, 1, "100,0\u00a0%"),
        (0.0001, 1, "0,0\u00a0%"),
    ],
)
def test_percent(value, decimals, words):
    assert fmt.percent(value, decimals) == words


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "words"),
    [
        (13, 326, 1, "4,0\u00a0%"),
        (1, 8, 0, "13\u00a0%"),
        (1, 8, 2, "12,50\u00a0%"),
        (1, 16, 1, "6,3\u00a0%"),
        (1, 400, 1, "0,3\u00a0%"),
        (0, 16, 1, "0\u00a0%"),
        (16, 16, 1, "100\u00a0%"),
        (np.int64(309), np.int64(1329), 1, "23,3\u00a0%"),
    ],
)
def test_percent_of_counts_is_exact(numerator, denominator, decimals, words):
    assert fmt.percent_of(numerator, denominator, decimals) == words


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3))
def test_percent_of_counts_rounds_half_up(numerator, denominator, decimals):
    scaled = (2 * numerator * 100 * 10**decimals + denominator) // (2 * denominator)
    words = fmt.percent_of(numerator, denominator, decimals).removesuffix("\u00a0%")
    printed = Decimal(words.replace(".", "").replace(",", "."))

    assert printed * 10**decimals == scaled


def test_share_of_nothing_is_no_zero():
    assert fmt.percent_of(0, 0) == "–"


@pytest.mark.parametrize("nothing", NOTHINGS)
def test_nothing_is_a_dash_everywhere(nothing):
    assert fmt.is_nothing(nothing)
    assert {
        fmt.number(nothing, 1),
        fmt.plain(nothing),
        fmt.count(nothing),
        fmt.count_noun(nothing, "phiếu"),
        fmt.signed(nothing),
        fmt.percent(nothing),
        fmt.percent_of(nothing, 3),
        fmt.percent_of(3, nothing),
        fmt.percent_points(nothing),
        fmt.percent_range(nothing, 0.3),
        fmt.percent_range(0.1, nothing),
        fmt.points(nothing),
        fmt.day(nothing),
        fmt.day_short(nothing),
    } == {"–"}


def test_published_percentages_stay_percentages():
    assert fmt.percent_points(90.83, 2) == "90,83\u00a0%"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.023, 0.067, "2,3–6,7\u00a0%"), (0, 0.194, "0–19,4\u00a0%"), (0.839, 1, "83,9–100\u00a0%")],
)
def test_ranges(low, high, words):
    assert fmt.percent_range(low, high) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (0.013, "+1,3 điểm"),
        (-0.016, "−1,6 điểm"),
        (0.0, "không đổi"),
        (0.3 - 0.1 - 0.2, "không đổi"),
        (0.0004, "dưới 0,1 điểm"),
        (-0.0004, "dưới 0,1 điểm"),
        (0.0052, "+0,5 điểm"),
    ],
)
def test_changes_of_shares_are_points(change, words):
    assert fmt.points(change) == words


def test_changes_of_published_figures_have_two_decimals():
    assert fmt.points(0.0073, 2) == "+0,73 điểm"


@pytest.mark.parametrize(
    ("change", "noun", "words"),
    [(-1, "nhiệm vụ", "−1 nhiệm vụ"), (3, "phiếu", "+3 phiếu"), (0, "phiếu", "không đổi")],
)
def test_changes_of_counts(change, noun, words):
    assert fmt.signed(change, noun) == words


def test_counts():
    assert fmt.count(1234) == "1.234"
    assert fmt.count_noun(443, "phiếu") == "443 phiếu"
    assert fmt.count_of(13, 326, "hồ sơ") == "13/326 hồ sơ"
    assert fmt.fraction_of(1, 1250) == "1/1.250"


def test_days():
    assert fmt.day(date(2024, 6, 30)) == "30/06/2024"
    assert fmt.day(datetime(2024, 12, 31, 8, 42)) == "31/12/2024"
    assert fmt.day(pd.Timestamp("2024-02-01")) == "01/02/2024"
    assert fmt.day_short(date(2024, 12, 18)) == "18/12"
    assert fmt.weekday(date(2025, 1, 2)) == "Thứ Năm 02/01"
    assert fmt.weekday(date(2025, 1, 5)) == "Chủ Nhật 05/01"


def test_months():
    assert fmt.month_label("2024-06") == "Tháng 6/2024"
    assert fmt.month_words("2024-11") == "tháng 11"
    assert fmt.month_short("2024-12") == "12/2024"
    assert fmt.month_tick("2024-06") == "T6"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2024-06", "Tháng 6/2024"),
        ("2024-Q2", "Quý II/2024"),
        ("2024-Q4", "Quý IV/2024"),
        ("2024-H1", "6 tháng đầu năm 2024"),
        ("2024-H2", "6 tháng cuối năm 2024"),
        ("2024-9M", "9 tháng năm 2024"),
        ("2024", "Năm 2024"),
    ],
)
def test_periods(code, words):
    assert fmt.period_label(Period(code)) == words
    # Inside a sentence only the first letter changes: never "quý ii".
    assert fmt.period_words(Period(code)) == words.replace("T", "t").replace("Q", "q").replace(
        "N", "n"
    )


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ([], ""),
        (["I.1"], "I.1"),
        (["I.1", "V.3"], "I.1 và V.3"),
        (["I.1", "II.1", "V.3"], "I.1, II.1 và V.3"),
    ],
)
def test_joining(words, joined):
    assert fmt.join_words(words) == joined


def test_long_lists_say_how_many_more():
    assert fmt.short_list(["I.1", "I.2", "V.3"]) == "I.1, I.2, V.3"
    assert fmt.short_list(["I.1", "I.2", "V.3", "V.4", "V.5"]) == "I.1, I.2, V.3 và 2 nữa"


def test_data_version_is_read_in_halves():
    assert fmt.version("7f3ac21e") == "7f3a·c21e"
    assert fmt.version("7f3a·c21e") == "7f3a·c21e"
    assert fmt.version("") == ""


def test_labels_are_sorted_as_a_vietnamese_dictionary_does():
    fields = ["(chưa ghi)", "Xây dựng", "Đất đai", "Bảo trợ xã hội", "Hộ tịch", "Dân tộc", "Ô tô"]
    expected = ["Bảo trợ xã hội", "Dân tộc", "Đất đai", "Hộ tịch", "Ô tô", "Xây dựng", "(chưa ghi)"]
    assert sorted(fields, key=fmt.alphabetical) == expected
    assert sorted(["bạn", "bàn", "ban", "băn"], key=fmt.alphabetical)[-1] == "băn"


def test_recorded_times_are_said_by_the_clock_of_the_office():
    late = datetime(2024, 12, 31, 20, 45, 7)  # in UTC, as every record keeps it
    assert fmt.moment(late) == "01/01/2025 03:45"
    assert fmt.moment(late, seconds=True) == "01/01/2025 03:45:07"
    assert fmt.local(late).date() == date(2025, 1, 1)


def test_a_new_day_begins_in_the_office(monkeypatch):
    class Evening(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2024, 12, 31, 20, 45, tzinfo=tz)

    monkeypatch.setattr(formats, "datetime", Evening)
    assert formats.today() == date(2025, 1, 1)
