"""Monthly satisfaction forms: one workbook a month, a row per form, a column per question.

The answers of one form hang together, as a content person likes most things: each form has a
mood, and each question asks for a better or worse one.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from etl.demo.dossiers import MONTHS
from etl.demo.procedures import PROCEDURES
from etl.demo.stories import DRAGGING_CRITERION, MISSING_SURVEY, QUIET_MONTH
from etl.demo.workbook import Export, date_text, period_title
from etl.working_time import WorkingCalendar

TITLE = "TỔNG HỢP PHIẾU KHẢO SÁT MỨC ĐỘ HÀI LÒNG CỦA NGƯỜI DÂN, TỔ CHỨC"
QUESTIONS = {
    "I.1. Thông tin thủ tục đầy đủ, dễ tìm": "I",
    "I.2. Được giải đáp khi hỏi về thủ tục": "I",
    "II.1. Chỗ ngồi chờ, trang thiết bị": "II",
    "II.2. Thời gian chờ đến lượt": "II",
    "III.1. Thủ tục được công khai, chính xác": "III",
    "III.2. Biểu mẫu dễ hiểu, dễ điền": "III",
    "III.3. Nộp hồ sơ trực tuyến thuận tiện": "III",
    "IV.1. Công chức lịch sự, đúng mực": "IV",
    "IV.2. Công chức hướng dẫn dễ hiểu": "IV",
    "IV.3. Công chức thành thạo công việc": "IV",
    "V.1. Kết quả đúng hẹn": "V",
    "V.2. Kết quả đúng, đủ thông tin": "V",
    "V.3. Được báo khi hồ sơ chậm": "V",
    "VI.1. Dễ gửi phản ánh, góp ý": "VI",
    "VI.2. Phản ánh được trả lời": "VI",
}
SATISFIED_SHARE = {"I": 0.932, "II": 0.922, "III": 0.924, "IV": 0.934, "V": 0.92, "VI": 0.92}
DRAGGED_SHARE = 0.86
MOOD_WEIGHT = 0.25
"""Share of an answer's variance that is the form's own."""
BLANK = 0.015
LEVELS = {
    5: "Rất hài lòng",
    4: "Hài lòng",
    3: "Bình thường",
    2: "Không hài lòng",
    1: "Rất không hài lòng",
}
# Shares of the levels among the answers that are, and are not, satisfied.
VERY_SATISFIED = 0.42
INDIFFERENT, DISSATISFIED = 0.72, 0.95
WORDED_UNTIL = "2023-06"
"""Until then the levels were written out; later files hold 1 to 5."""


def survey_exports(rng: np.random.Generator, *, calendar: WorkingCalendar) -> list[Export]:
    """Return one export per month that was surveyed."""
    exports = []
    for month in MONTHS:
        forms = _forms(rng, month, calendar=calendar)
        if str(month) in MISSING_SURVEY.months:
            continue
        days = month.start_time.date(), month.end_time.date()
        exports.append(
            Export(
                name=f"03_khao_sat_{month.year}_{month.month:02}",
                sheet="Phiếu khảo sát",
                titles=[TITLE, period_title(*days)],
                frame=forms,
                widths={"STT": 6},
            )
        )
    return exports


def _forms(
    rng: np.random.Generator, month: pd.Period, *, calendar: WorkingCalendar
) -> pd.DataFrame:
    count = int(rng.integers(32, 49))
    if str(month) in QUIET_MONTH.months:
        count = 11
    days = pd.Series(pd.date_range(month.start_time, periods=month.days_in_month, unit="s"))
    worked = days[calendar.is_working(days)]
    answered = pd.Series(np.sort(rng.choice(worked.to_numpy(), size=count)))
    weights = np.array([procedure.monthly for procedure in PROCEDURES])
    chosen = rng.choice(len(PROCEDURES), size=count, p=weights / weights.sum())
    channel = rng.choice(["Trực tuyến", "Trực tiếp"], size=count, p=[0.4, 0.6])
    scores = _scores(rng, count)
    if str(month) <= WORDED_UNTIL:
        scores = scores.apply(lambda column: column.map(LEVELS))
    frame = pd.DataFrame(
        {
            "STT": range(1, count + 1),
            "Mã phiếu": [f"KS{month:%y%m}-{number:03}" for number in range(1, count + 1)],
            "Ngày khảo sát": answered if month.month % 3 == 0 else date_text(answered),
            "Hình thức nộp": channel,
            "Lĩnh vực": [PROCEDURES[number].field for number in chosen],
            "Bộ phận giải quyết": [PROCEDURES[number].department for number in chosen],
        }
    )
    return frame.join(scores)


def _scores(rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Return a score of 1–5, or a blank, for each form and question."""
    mood = np.sqrt(MOOD_WEIGHT) * rng.standard_normal((count, 1))
    own = np.sqrt(1 - MOOD_WEIGHT) * rng.standard_normal((count, len(QUESTIONS)))
    normal = NormalDist()
    cuts = []
    for criterion in QUESTIONS.values():
        is_dragging = criterion in DRAGGING_CRITERION.where
        satisfied = DRAGGED_SHARE if is_dragging else SATISFIED_SHARE[criterion]
        rest = 1 - satisfied
        shares = (
            satisfied * VERY_SATISFIED,
            satisfied,
            satisfied + rest * INDIFFERENT,
            satisfied + rest * DISSATISFIED,
        )
        cuts.append([normal.inv_cdf(share) for share in shares])
    # The lower the sum, the better: the cuts are shares counted from the top.
    below = (mood + own)[:, :, None] > np.array(cuts)[None, :, :]
    scores = pd.DataFrame(5 - below.sum(axis=2), columns=list(QUESTIONS)).astype("Int64")
    return scores.mask(rng.random((count, len(QUESTIONS))) < BLANK)
