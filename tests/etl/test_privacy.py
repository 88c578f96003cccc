"""Personal data is hidden, and nothing else is."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.privacy import redact, redact_series

PHONE = "[đã ẩn số điện thoại]"
CCCD = "[đã ẩn số căn cước]"
CMND = "[đã ẩn số CMND]"
EMAIL = "[đã ẩn thư điện tử]"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Đã gọi 0905123456 hai lần", f"Đã gọi {PHONE} hai lần"),
        ("ĐT: 0905 123 456.", f"ĐT: {PHONE}."),
        ("ĐT 0905.123.456, không nghe máy", f"ĐT {PHONE}, không nghe máy"),
        ("1.0905123456", f"1.{PHONE}"),
        ("2.0905.123.456", f"2.{PHONE}"),
        ("1.052085001234", f"1.{CCCD}"),
        ("SĐT0386123456", f"SĐT{PHONE}"),
        ("+84905123456", PHONE),
        ("+84 905 123 456", PHONE),
        ("(+84) 905 123 456", PHONE),
        ("84905123456", PHONE),
        ("09 05 12 34 56", PHONE),
        ("số nhà 12 0905 123 456", f"số nhà 12 {PHONE}"),
        ("0905 123 456 12/6/2024", f"{PHONE} 12/6/2024"),
        ("0905\u00a0123\u00a0456", PHONE),
        ("0905123456/0386123456", f"{PHONE}/{PHONE}"),
        ("0905-123-456", PHONE),
        ("gọi 090-512-3456 nhé", f"gọi {PHONE} nhé"),
        ("+84-905-123-456", PHONE),
        ("0256-3861-234", PHONE),
        ("02563861234", PHONE),
        ("0256 3861 234", PHONE),
        ("(0256) 3861234", PHONE),
        ("0256.3861.234", PHONE),
        ("+84 256 3861234", PHONE),
        ("CCCD 052085001234 sai số", f"CCCD {CCCD} sai số"),
        ("CCCD 052 085 001 234", f"CCCD {CCCD}"),
        ("096204000001", CCCD),
        ("001204000001", CCCD),
        ("CMND 215123456", f"CMND {CMND}"),
        ("CMND số 215 123 456", CMND),
        ("Chứng minh nhân dân: 215.123.456", CMND),
        ("gửi nguyen.van-a@vidu.gov.vn rồi", f"gửi {EMAIL} rồi"),
        ("0905123456@vidu.vn", EMAIL),
        (
            "Hồ sơ 000.00.36.H08-240612-0001, gọi 0905123456",
            f"Hồ sơ 000.00.36.H08-240612-0001, gọi {PHONE}",
        ),
        ("ngày 05.08.2024 gọi 0905.123.456", f"ngày 05.08.2024 gọi {PHONE}"),
    ],
)
def test_personal_data_is_hidden(text: str, hidden: str) -> None:
    assert redact(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "000.00.36.H08-240612-0001",
        "H08-240612-000123",
        "0905123456-240612-0001",
        "Trễ từ 12/06/2024 đến 20/06/2024",
        "ngày 05.08.2024 14 giờ 30",
        "05-08-2024 14:30",
        "2024-06-12 07:30:00",
        "từ 2024-08-12 2024-08-20",
        "2024-0905-123456",
        "08-2024-0001",
        "Phí 150.000 đồng, tổng 1.250.000.000 đồng",
        "1.090.512.345.678 đồng",
        "905.123.456 đồng",
        "Quyết định số 1410/QĐ-UBND ngày 30/01/2024",
        "Thửa 385, tờ bản đồ số 12, 1.204,5 m2",
        "Kỳ 2023–2024, 97/105 thủ tục",
        "12 số 240612000123",
        "097204000001",
        "000204000001",
        "12345678",
        "0123456789",
        "Chờ ý kiến của Phòng Tài nguyên và Môi trường",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert redact(text) == text


@given(
    prefix=st.sampled_from(["0", "84", "+84"]),
    network=st.sampled_from("35789"),
    rest=st.text("0123456789", min_size=8, max_size=8),
    gaps=st.lists(st.sampled_from(["", " ", ".", "-"]), min_size=7, max_size=7),
)
def test_every_mobile_is_hidden(prefix: str, network: str, rest: str, gaps: list[str]) -> None:
    number = prefix + network + "".join(map("".join, zip(["", *gaps], rest, strict=True)))
    assert rest[-4:] not in re.sub(r"[ .-]", "", redact(f"gọi {number} nhé"))


@given(st.text())
def test_redacting_twice_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("blank", [None, np.nan])
def test_a_series_keeps_its_blanks_and_index(blank: float | None) -> None:
    texts = pd.Series(["gọi 0905123456", blank, "gọi 0905123456"], index=[4, 2, 9], dtype=object)
    hidden = redact_series(texts)
    assert hidden.index.tolist() == [4, 2, 9]
    assert hidden[4] == hidden[9] == f"gọi {PHONE}"
    assert hidden[2] is blank or np.isnan(hidden[2])


def test_long_text_is_quick() -> None:
    assert redact("1 " * 50_000 + "0905123456").endswith(PHONE)
    assert redact("0." * 50_000).startswith("0.")
    assert redact("A." * 50_000 + "-1").endswith("-1")
