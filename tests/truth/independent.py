"""Every metric once more, in plain pandas, straight from the definitions.

Nothing of the product is imported, nothing is clever and nothing is fast: where the two differ,
the definitions decide. ``read_demo`` reads the demonstration files as a person would, ``compute``
goes through the periods one by one and asks of every row whether it counts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from tests.truth.working import SEEDS, add_working_days, add_working_hours

Frames = dict[str, Any]
UNIT = "21646"
TIME = ("month", "quarter", "year")
NO_FIELD = "(chưa ghi)"

# What the files call things --------------------------------------------------------------------

DOSSIER_HEADERS = {
    "dossier_code": ("Mã hồ sơ", "Số hồ sơ", "Số biên nhận"),
    "procedure": ("Tên thủ tục hành chính", "Thủ tục", "Nội dung hồ sơ"),
    "field": ("Lĩnh vực",),
    "department": ("Đơn vị xử lý", "Bộ phận giải quyết", "Phòng ban"),
    "channel": ("Kênh thực hiện", "Hình thức nộp", "Kênh"),
    "submitted_at": ("Ngày nộp",),
    "received_at": ("Ngày tiếp nhận", "Ngày nhận"),
    "due_at": ("Ngày hẹn trả", "Hạn xử lý", "Hạn trả"),
    "supplement_requested_at": ("Ngày yêu cầu bổ sung",),
    "supplemented_at": ("Ngày công dân bổ sung",),
    "supplement_count": ("Số lần bổ sung",),
    "finished_at": ("Ngày kết thúc xử lý", "Ngày có kết quả"),
    "returned_at": ("Ngày trả", "Ngày nhận kết quả"),
    "status": ("Trạng thái", "Tình trạng"),
    "apology_sent_at": ("Ngày xin lỗi",),
    "late_cause": ("Nguyên nhân quá hạn",),
    "rating3": ("Đánh giá",),
}
FEEDBACK_HEADERS = {
    "feedback_code": ("Mã PAKN",),
    "channel": ("Nguồn",),
    "category": ("Phân loại",),
    "department": ("Đơn vị xử lý",),
    "sent_at": ("Ngày gửi",),
    "transferred_at": ("Ngày chuyển",),
    "answered_at": ("Ngày trả lời",),
    "published_at": ("Ngày công khai",),
    "status": ("Trạng thái",),
}
SURVEY_HEADERS = {
    "response_id": ("Mã phiếu",),
    "answered_on": ("Ngày khảo sát",),
    "channel": ("Hình thức nộp",),
    "field": ("Lĩnh vực",),
    "department": ("Bộ phận giải quyết",),
}
RANKING_HEADERS = {
    "year": ("Năm",),
    "unit": ("Xã/phường", "Đơn vị"),
    "index_pct": ("Chỉ số hài lòng",),
}
TASK_HEADERS = {
    "month": ("Tháng",),
    "task": ("Mã nhiệm vụ",),
    "status": ("Kết quả",),
    "measured_value": ("Số thực hiện",),
    "measured_of": ("Trên tổng số",),
    "checklist": ("Số mục đạt",),
}
CHANNELS = ("Trực tuyến", "Trực tiếp", "Bưu chính")
CATEGORIES = {
    "Quy định hành chính": "Quy định, thủ tục hành chính",
    "Hành vi hành chính": "Hành vi, thái độ của công chức",
}
CONDUCT = "Hành vi, thái độ của công chức"
LEVELS = {
    "Rất hài lòng": 5,
    "Hài lòng": 4,
    "Bình thường": 3,
    "Không hài lòng": 2,
    "Rất không hài lòng": 1,
}
TASK_STATUSES = {
    "Đạt": "met",
    "Đạt một phần": "partly",
    "Chưa đạt": "not_met",
    "Không phát sinh": "not_applicable",
    "Chưa báo cáo": "not_reported",
}
QUESTION = re.compile(r"(I|II|III|IV|V|VI)\.\d+\. ")


# Reading the files -----------------------------------------------------------------------------


def read_demo(directory: Path) -> Frames:
    """Return the facts of the files by source, and what each file speaks for."""
    sources = {
        "dossier": (DOSSIER_HEADERS, "01_*"),
        "feedback": (FEEDBACK_HEADERS, "02_*"),
        "survey": (SURVEY_HEADERS, "03_*"),
        "ranking": (RANKING_HEADERS, "04_*"),
        "task_report": (TASK_HEADERS, "05_*"),
    }
    frames: Frames = {}
    batches = []
    for source, (headers, pattern) in sources.items():
        parts = []
        for number, path in enumerate(sorted(directory.glob(pattern))):
            lines = _lines(path)
            first, last = _period(lines)
            batches.append({"source": source, "first": first, "last": last})
            parts.append(_table(lines, headers).assign(load=number, as_of=last))
        frames[source] = pd.concat(parts, ignore_index=True)
    loads = _dossiers(frames["dossier"])
    last = loads.drop_duplicates("dossier_code", keep="last")
    return {
        "batches": pd.DataFrame(batches),
        "dossier": last.assign(changed_on=_changes_of(last, loads)),
        "feedback": _feedback(frames["feedback"]).drop_duplicates("feedback_code", keep="last"),
        "survey": _answers(frames["survey"]),
        "ranking": _ranking(frames["ranking"]),
        "task_report": _task_reports(frames["task_report"]),
    }


def _lines(path: Path) -> list[list[Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [[cell or None for cell in row] for row in csv.reader(file, delimiter=";")]
    book = openpyxl.load_workbook(path, read_only=True)
    lines = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    book.close()
    return lines


def _period(lines: list[list[Any]]) -> tuple[date, date]:
    for line in filter(None, lines):
        found = re.fullmatch(r"Từ ngày (\S+) đến ngày (\S+)", str(line[0]))
        if found:
            return _moment(found[1]).date(), _moment(found[2]).date()
    raise AssertionError("no period in the title rows")


def _table(lines: list[list[Any]], headers: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The rows under the header that carry a running number; canonical names where there are."""
    top = next(number for number, line in enumerate(lines) if line and line[0] == "STT")
    rows = [line for line in lines[top + 1 :] if line and str(line[0]).isdigit()]
    frame = pd.DataFrame(rows, columns=lines[top], dtype=object)
    names = {theirs: ours for ours, words in headers.items() for theirs in words}
    frame = frame.rename(columns=names)
    for column in headers:
        if column not in frame:
            frame[column] = None
    return frame.astype(object).where(frame.notna(), None)


def _moment(cell: Any) -> datetime:
    if isinstance(cell, datetime):
        return cell
    form = "%d/%m/%Y %H:%M" if ":" in cell else "%d/%m/%Y"
    return datetime.strptime(cell.strip(), form)


def _moments(cells: pd.Series) -> pd.Series:
    return pd.to_datetime(pd.Series([c and _moment(c) for c in cells], index=cells.index))


def _with_moments(frame: pd.DataFrame) -> pd.DataFrame:
    for column in frame:
        if str(column).endswith("_at") or column == "answered_on":
            frame[column] = _moments(frame[column])
    return frame


def _department(names: pd.Series) -> pd.Series:
    return names.map(lambda name: NO_FIELD if pd.isna(name) else name.replace(" - ", " – "))


def _dossiers(frame: pd.DataFrame) -> pd.DataFrame:
    frame = _with_moments(frame.copy())
    day = {column: frame[column].dt.normalize() for column in frame if str(column).endswith("_at")}
    refused = frame["status"].eq("Không được tiếp nhận")
    withdrawn = frame["status"].isin(["Công dân yêu cầu rút hồ sơ", "Dừng xử lý"])
    waiting = frame["status"].isin(
        ["Yêu cầu bổ sung giấy tờ", "Yêu cầu thực hiện nghĩa vụ tài chính", "Tạm dừng xử lý"]
    )
    # A blank status is read from the dates; a request that nobody answered leaves it waiting.
    without_status = frame["status"].isna()
    ended = frame["finished_at"].notna() | frame["returned_at"].notna()
    waiting |= (
        without_status
        & ~ended
        & frame["supplement_requested_at"].notna()
        & frame["supplemented_at"].isna()
    )
    done = frame["status"].isin(["Đã xử lý xong", "Đã trả kết quả"])
    # Never received: only the intake knows it.
    unreceived = refused | frame["received_at"].isna()
    resolved = ended & ~unreceived & ~withdrawn & ~waiting
    events = (
        "submitted_at",
        "received_at",
        "supplement_requested_at",
        "supplemented_at",
        "finished_at",
        "returned_at",
        "apology_sent_at",
    )
    last_event = pd.concat([day[column] for column in events], axis=1).max(axis=1)
    ready = day["finished_at"].fillna(day["returned_at"])
    received = day["received_at"].mask(refused)
    requests = pd.to_numeric(frame["supplement_count"]).fillna(
        frame["supplement_requested_at"].notna().astype(int)
    )
    asked_before = _is_before(frame["supplement_requested_at"], frame["received_at"])
    given = frame[["field", "channel", "due_at", "status"]].notna().all(axis=1)
    return frame.assign(
        department=_department(frame["department"]),
        field=frame["field"].map(lambda name: name or NO_FIELD),
        channel=frame["channel"].map(lambda name: name if name in CHANNELS else "Khác"),
        received=received,
        resolved=resolved,
        withdrawn=withdrawn,
        closed=ready.where(resolved).fillna(last_event.where(withdrawn)),
        due=day["due_at"].where(day["due_at"] >= day["received_at"]),
        returned=day["returned_at"].where(resolved),
        apology=day["apology_sent_at"],
        requests=requests,
        requests_after=requests - (asked_before & (requests > 0)),
        requested=day["supplement_requested_at"],
        supplemented=day["supplemented_at"],
        complete=given & (~done | frame["finished_at"].notna()),
        refused=refused,
        **_intake(frame, refused),
    )


def _is_before(first: pd.Series, second: pd.Series) -> pd.Series:
    """By the clock where both have a time of day, else by the day."""
    days = first.dt.normalize(), second.dt.normalize()
    timed = (first != days[0]) & (second != days[1])
    return (first < second).where(timed, days[0] < days[1])


def _changes_of(dossiers: pd.DataFrame, loads: pd.DataFrame) -> list[set[pd.Timestamp]]:
    changes = _deadline_changes(loads)
    return [changes.get(code, set()) for code in dossiers["dossier_code"]]


def _deadline_changes(loads: pd.DataFrame) -> dict[str, set[pd.Timestamp]]:
    """The as-of dates of the loads in which a dossier's due or finish date was changed.

    A blank that is filled is not a change, nor is another hour of the day.
    """
    held: dict[tuple[str, str], date | None] = {}
    changed: dict[str, set[pd.Timestamp]] = {}
    for row in loads.sort_values("load", kind="stable").itertuples():
        for column in ("due_at", "finished_at"):
            key, value = (row.dossier_code, column), getattr(row, column)
            day = None if pd.isna(value) else value.date()
            if held.get(key) is not None and held[key] != day:
                changed.setdefault(row.dossier_code, set()).add(pd.Timestamp(row.as_of))
            held[key] = day
    return changed


def _intake(frame: pd.DataFrame, refused: pd.Series) -> dict[str, pd.Series]:
    """The decision on an online submission with a time of day, and the limit it had."""
    decisions = frame[["received_at", "supplement_requested_at"]].copy()
    for column in ("finished_at", "returned_at"):
        decisions[column] = frame[column].where(refused)
    decided = decisions.min(axis=1)
    timed = frame["channel"].eq("Trực tuyến") & frame["submitted_at"].notna()
    for moments in (frame["submitted_at"], decided):
        timed &= moments.isna() | (moments != moments.dt.normalize())
    submitted = frame["submitted_at"].where(timed)
    limit = [None if pd.isna(at) else add_working_hours(at, 8) for at in submitted]
    return {
        "intake_submitted": submitted,
        "intake_decided": decided,
        "intake_limit": pd.to_datetime(pd.Series(limit, index=frame.index)),
    }


def _feedback(frame: pd.DataFrame) -> pd.DataFrame:
    frame = _with_moments(frame.copy())
    begins = frame["transferred_at"].fillna(frame["sent_at"])
    return frame.assign(
        department=_department(frame["department"]),
        category=frame["category"].map(CATEGORIES),
        sent=frame["sent_at"].dt.normalize(),
        answered=frame["answered_at"].dt.normalize(),
        published=frame["published_at"].dt.normalize(),
        limit=pd.to_datetime(begins.map(lambda at: add_working_days(at.date(), 15))),
        refused=frame["status"].eq("Từ chối"),
        awaiting=frame["status"].eq("Chờ người gửi bổ sung"),
    )


def _answers(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per form and question that was answered."""
    frame = _with_moments(frame.copy())
    questions = [column for column in frame if QUESTION.match(str(column))]
    facts = ["response_id", "answered_on", "channel", "field", "department"]
    long = frame.melt(id_vars=facts, value_vars=questions, var_name="question", value_name="score")
    long["score"] = long["score"].map(lambda cell: LEVELS.get(cell, cell))
    long = long[long["score"].notna() & long["score"].ne("Không biết")]
    day = long["answered_on"].dt.normalize()
    return long.assign(
        score=long["score"].astype(int),
        answered_on=day,
        form=day.dt.strftime("%Y-%m/") + long["response_id"],
        criterion=long["question"].str.split(".").str[0],
        channel=long["channel"].map(lambda name: name if name in CHANNELS else "Khác"),
        field=long["field"].map(lambda name: NO_FIELD if pd.isna(name) else name),
        department=_department(long["department"]),
    )


def _ranking(frame: pd.DataFrame) -> pd.DataFrame:
    codes = {}
    for seed in ("units.csv", "demo_units.csv"):
        with (SEEDS / seed).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not row["valid_to"] or row["valid_to"] >= "2024":
                    short = "X." if row["kind"] == "xã" else "P."
                    if row["valid_from"] < "2025":
                        codes[f"{short} {row['name']}"] = row["code"]
    index = frame["index_pct"].map(lambda cell: float(str(cell).replace(",", ".")))
    return frame.assign(
        unit=frame["unit"].map(codes), index_pct=index, year=frame["year"].astype(str)
    )


def _task_reports(frame: pd.DataFrame) -> pd.DataFrame:
    month = frame["month"].map(lambda cell: f"{cell[3:]}-{cell[:2]}")
    numbers = {
        name: pd.to_numeric(frame[name]) for name in ("measured_value", "measured_of", "checklist")
    }
    return frame.assign(month=month, status=frame["status"].map(TASK_STATUSES), **numbers)


# Time ------------------------------------------------------------------------------------------


def month_days(month: str, calendar: str) -> tuple[date, date]:
    """First and last day of ``month``; June of the report calendar is 15/05 to 14/06."""
    year, number = int(month[:4]), int(month[5:])
    before = date(year - (number == 1), 12 if number == 1 else number - 1, 15)
    if calendar == "report":
        return before, date(year, number, 14)
    following = date(year + (number == 12), 1 if number == 12 else number + 1, 1)
    return date(year, number, 1), following - timedelta(days=1)


def months_between(first: str, last: str) -> list[str]:
    return [str(month) for month in pd.period_range(first, last, freq="M")]


def month_of(day: date, calendar: str) -> str:
    nearby = [str(pd.Period(day, freq="M") + step) for step in (0, 1)]
    return next(
        month
        for month in nearby
        if month_days(month, calendar)[0] <= day <= month_days(month, calendar)[1]
    )


def covered_months(frames: Frames, source: str, calendar: str) -> set[str]:
    """The months in which a file of ``source`` speaks for at least a day; worked out once."""
    name = f"covered_months, {source}, {calendar}"
    if name not in frames:
        frames[name] = _covered_months(frames, source, calendar)
    return frames[name]


def _covered_months(frames: Frames, source: str, calendar: str) -> set[str]:
    months: set[str] = set()
    batches = frames["batches"]
    for batch in batches[batches["source"] == source].itertuples():
        months.update(
            months_between(month_of(batch.first, calendar), month_of(batch.last, calendar))
        )
    return months


def as_of(frames: Frames, *sources: str) -> date:
    batches = frames["batches"]
    return batches.loc[batches["source"].isin(sources), "last"].max()


def _label(month: str, dimension: str | None) -> Any:
    """The period of ``dimension`` that a month is part of; None for the only period."""
    if dimension == "month":
        return month
    if dimension == "quarter":
        return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
    return month[:4] if dimension == "year" else None


# The definitions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A period: its first day, its cut-off, and how to ask whether a day lies in it."""

    start: pd.Timestamp
    cut: pd.Timestamp

    def holds(self, days: pd.Series) -> pd.Series:
        return days.between(self.start, self.cut)


Counted = tuple[pd.Series, pd.Series | None]
Rule = Callable[[pd.DataFrame, Span], Counted]


def _received(rows: pd.DataFrame, span: Span) -> pd.Series:
    return span.holds(rows["received"])


def _resolved(rows: pd.DataFrame, span: Span) -> pd.Series:
    return rows["resolved"] & span.holds(rows["closed"])


def _with_due(rows: pd.DataFrame, span: Span) -> pd.Series:
    return _resolved(rows, span) & rows["due"].notna()


def _late(rows: pd.DataFrame, span: Span) -> pd.Series:
    return _with_due(rows, span) & (rows["closed"] > rows["due"])


def _dossiers_received(rows: pd.DataFrame, span: Span) -> Counted:
    return _received(rows, span), None


def _dossiers_resolved(rows: pd.DataFrame, span: Span) -> Counted:
    return _resolved(rows, span), None


def _late_rate(rows: pd.DataFrame, span: Span) -> Counted:
    return _late(rows, span), _with_due(rows, span)


def _early_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _with_due(rows, span)
    return base & (rows["closed"] < rows["due"]), base


def _on_time_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _with_due(rows, span)
    return base & (rows["closed"] <= rows["due"]), base


def _on_time_rate_766(rows: pd.DataFrame, span: Span) -> Counted:
    kept = rows["due"].notna() & ~rows["withdrawn"]
    few = rows["requests"] <= 1
    done = _resolved(rows, span) & (rows["closed"] <= rows["due"])
    is_open = (rows["received"] <= span.cut) & ~(rows["closed"] <= span.cut)
    waits = (rows["requested"] <= span.cut) & ~(rows["supplemented"] <= span.cut)
    effective = rows["requested"].where(waits).fillna(span.cut)
    in_time = is_open & (effective <= rows["due"])
    before = (rows["received"] < span.start) & ~(rows["closed"] < span.start)
    return kept & few & (done | in_time), kept & (_received(rows, span) | before)


def _open_overdue(rows: pd.DataFrame, span: Span) -> Counted:
    is_open = (rows["received"] <= span.cut) & ~(rows["closed"] <= span.cut)
    return is_open & (rows["due"] < span.cut), None


def _no_due_date_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _received(rows, span)
    return base & rows["due"].isna(), base


def _online_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _received(rows, span)
    return base & rows["channel"].eq("Trực tuyến"), base


def _intake_within_8h_rate(rows: pd.DataFrame, span: Span) -> Counted:
    end_of_cut = span.cut + pd.Timedelta(days=1)
    decided = rows["intake_decided"] < end_of_cut
    past = rows["intake_limit"] < end_of_cut
    base = span.holds(rows["intake_submitted"].dt.normalize()) & (decided | past)
    return base & decided & (rows["intake_decided"] <= rows["intake_limit"]), base


def _supplemented_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _resolved(rows, span)
    return base & (rows["requests_after"] >= 1), base


def _repeat_supplement_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _resolved(rows, span)
    return base & (rows["requests"] >= 2), base


def _apology_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _late(rows, span)
    return base & (rows["apology"] <= span.cut), base


def _late_explained_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _late(rows, span)
    return base & rows["late_cause"].notna(), base


def _returned_on_time_rate(rows: pd.DataFrame, span: Span) -> Counted:
    ready = rows["resolved"] & (rows["closed"] <= span.cut)
    base = ready & rows["due"].notna() & span.holds(rows["returned"])
    return base & (rows["closed"] <= rows["due"]), base


def _record_completeness(rows: pd.DataFrame, span: Span) -> Counted:
    base = _received(rows, span)
    return base & rows["complete"], base


def _rating3_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = _resolved(rows, span) & rows["rating3"].notna()
    return base & rows["rating3"].isin(["HÀI LÒNG", "RẤT HÀI LÒNG"]), base


def _due_date_changes(rows: pd.DataFrame, span: Span) -> Counted:
    is_changed = [any(span.start <= day <= span.cut for day in days) for days in rows["changed_on"]]
    return pd.Series(is_changed, index=rows.index), None


def _feedback_received(rows: pd.DataFrame, span: Span) -> Counted:
    return span.holds(rows["sent"]), None


def _conduct_complaints(rows: pd.DataFrame, span: Span) -> Counted:
    return span.holds(rows["sent"]) & rows["category"].eq(CONDUCT), None


def _feedback_on_time_rate(rows: pd.DataFrame, span: Span) -> Counted:
    kept = span.holds(rows["sent"]) & ~rows["refused"] & ~rows["awaiting"]
    answered = rows["answered"] <= span.cut
    base = kept & (answered | (rows["limit"] < span.cut))
    return base & answered & (rows["answered"] <= rows["limit"]), base


def _feedback_published_rate(rows: pd.DataFrame, span: Span) -> Counted:
    base = span.holds(rows["sent"]) & ~rows["refused"] & (rows["answered"] <= span.cut)
    return base & (rows["published"] <= span.cut), base


def _feedback_open_overdue(rows: pd.DataFrame, span: Span) -> Counted:
    kept = (rows["sent"] <= span.cut) & ~rows["refused"] & ~rows["awaiting"]
    return kept & ~(rows["answered"] <= span.cut) & (rows["limit"] < span.cut), None


def _satisfaction_index(rows: pd.DataFrame, span: Span) -> Counted:
    base = span.holds(rows["answered_on"])
    return base & (rows["score"] >= 4), base


def _satisfaction_mean(rows: pd.DataFrame, span: Span) -> Counted:
    base = span.holds(rows["answered_on"])
    return rows["score"].where(base, 0), 5 * base.astype(int)


DOSSIER_RULES: dict[str, Rule] = {
    "dossiers_received": _dossiers_received,
    "dossiers_resolved": _dossiers_resolved,
    "late_rate": _late_rate,
    "early_rate": _early_rate,
    "on_time_rate": _on_time_rate,
    "on_time_rate_766": _on_time_rate_766,
    "open_overdue": _open_overdue,
    "no_due_date_rate": _no_due_date_rate,
    "online_rate": _online_rate,
    "intake_within_8h_rate": _intake_within_8h_rate,
    "supplemented_rate": _supplemented_rate,
    "repeat_supplement_rate": _repeat_supplement_rate,
    "apology_rate": _apology_rate,
    "late_explained_rate": _late_explained_rate,
    "returned_on_time_rate": _returned_on_time_rate,
    "record_completeness": _record_completeness,
    "rating3_rate": _rating3_rate,
    "due_date_changes": _due_date_changes,
}
FEEDBACK_RULES: dict[str, Rule] = {
    "feedback_received": _feedback_received,
    "conduct_complaints": _conduct_complaints,
    "feedback_on_time_rate": _feedback_on_time_rate,
    "feedback_published_rate": _feedback_published_rate,
    "feedback_open_overdue": _feedback_open_overdue,
}
SURVEY_RULES: dict[str, Rule] = {
    "satisfaction_index": _satisfaction_index,
    "satisfaction_mean": _satisfaction_mean,
}
RULES: dict[str, tuple[str, Rule]] = {
    **{code: ("dossier", rule) for code, rule in DOSSIER_RULES.items()},
    **{code: ("feedback", rule) for code, rule in FEEDBACK_RULES.items()},
    **{code: ("survey", rule) for code, rule in SURVEY_RULES.items()},
}


# Computing -------------------------------------------------------------------------------------


def compute(
    frames: Frames,
    code: str,
    by: Iterable[str] = (),
    first_month: str | None = None,
    last_month: str | None = None,
    calendar: str = "calendar",
) -> pd.DataFrame:
    """Return numerator, denominator and value of a metric by dimensions.

    Without months, over everything covered. A period that no file speaks for has one row without
    figures. What nothing happened to has no row, unless time alone divides: then it is zero.
    """
    by = tuple(by)
    if code == "official_index":
        ranking = frames["ranking"].rename(columns={"index_pct": "value"})
        return ranking.assign(numerator=pd.NA, denominator=pd.NA)[
            [*by, "numerator", "denominator", "value"]
        ]
    if code == "task_completion_rate":
        return _task_completion(frames, by, first_month, last_month, calendar)
    source = "survey" if code == "survey_responses" else RULES[code][0]
    covered = covered_months(frames, source, calendar)
    asked = months_between(first_month or min(covered), last_month or max(covered))
    latest = as_of(frames, source)
    when, others = _split(by)
    parts = []
    for label, months in _periods(asked, when).items():
        if not covered.intersection(months):
            parts.append(_nothing(when, label))
            continue
        end = min(month_days(months[-1], calendar)[1], latest)
        span = Span(pd.Timestamp(month_days(months[0], calendar)[0]), pd.Timestamp(end))
        part = _count(frames, code, others, span)
        parts.append(part.assign(**{when: label}) if when else part)
    return _finished(parts, by)


def _split(by: tuple[str, ...]) -> tuple[str | None, list[str]]:
    times = [name for name in by if name in TIME]
    assert len(times) <= 1, "one division of time at a time"
    return (times[0] if times else None), [name for name in by if name not in TIME]


def _periods(months: list[str], when: str | None) -> dict[Any, list[str]]:
    periods: dict[Any, list[str]] = {}
    for month in months:
        periods.setdefault(_label(month, when), []).append(month)
    return periods


def _nothing(when: str | None, label: Any) -> pd.DataFrame:
    row = {"numerator": pd.NA, "denominator": pd.NA}
    return pd.DataFrame([{when: label, **row} if when else row], dtype=object)


def _count(frames: Frames, code: str, others: list[str], span: Span) -> pd.DataFrame:
    if code == "survey_responses":
        rows = frames["survey"].assign(unit=UNIT)
        rows = rows[span.holds(rows["answered_on"])]
        rows = rows.drop_duplicates([*others, "form"])
        return _grouped(rows.assign(numerator=1), others, has_denominator=False)
    source, rule = RULES[code]
    rows = frames[source]
    numerator, denominator = rule(rows, span)
    counted = rows[[name for name in others if name != "unit"]].assign(
        unit=UNIT,
        numerator=numerator.astype(int),
        denominator=0 if denominator is None else denominator.astype(int),
    )
    counted = counted[(counted["numerator"] > 0) | (counted["denominator"] > 0)]
    return _grouped(counted, others, has_denominator=denominator is not None)


def _grouped(rows: pd.DataFrame, others: list[str], *, has_denominator: bool) -> pd.DataFrame:
    sums = ["numerator", "denominator"] if has_denominator else ["numerator"]
    if others:
        frame = rows.groupby(others, as_index=False)[sums].sum()
    else:
        frame = rows[sums].sum().to_frame().T
    if not has_denominator:
        frame["denominator"] = pd.NA
    return frame.astype({"numerator": object, "denominator": object})


def _finished(parts: list[pd.DataFrame], by: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    values = []
    for row in frame.itertuples():
        if pd.isna(row.numerator):
            values.append(float("nan"))
        elif pd.isna(row.denominator):
            values.append(float(row.numerator))
        else:
            values.append(row.numerator / row.denominator if row.denominator else float("nan"))
    return frame.assign(value=values)[[*by, "numerator", "denominator", "value"]]


# Tasks -----------------------------------------------------------------------------------------

WORST_FIRST = ("not_met", "partly", "met")
TASK_SOURCES = ("dossier", "feedback", "survey", "task_report")


def _seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def task_states(frames: Frames, calendar: str) -> pd.DataFrame:
    """Return the state of every task in every month that has ended; worked out once."""
    name = f"task_states, {calendar}"
    if name not in frames:
        frames[name] = _task_states(frames, calendar)
    return frames[name]


def _task_states(frames: Frames, calendar: str) -> pd.DataFrame:
    latest = as_of(frames, *TASK_SOURCES)
    covered = set().union(*(covered_months(frames, name, calendar) for name in TASK_SOURCES))
    months = [
        month
        for month in months_between(min(covered), max(covered))
        if month_days(month, calendar)[1] <= latest
    ]
    measures = _seed("task_measures.csv")
    figures = _figures(frames, measures, months, calendar)
    reports = {(row.task, row.month): row for row in frames["task_report"].itertuples()}
    rows = []
    for task in _seed("tasks.csv"):
        own = [measure for measure in measures if measure["task"] == task["code"]]
        for month in months:
            if month_days(month, calendar)[1].isoformat() < task["valid_from"]:
                continue
            report = reports.get((task["code"], month))
            state = _state(task, own, month, figures, report)
            rows.append(
                {
                    "month": month,
                    "task": task["code"],
                    "criterion": task["criterion"],
                    "state": state,
                }
            )
    return pd.DataFrame(rows)


def _figures(
    frames: Frames, measures: list[dict[str, str]], months: list[str], calendar: str
) -> dict[tuple[str, str, str], pd.Series]:
    """Metric, criterion and month to their row: numerator, denominator, value."""
    figures = {}
    for what, criterion in {(row["what"], row["criterion"]) for row in measures}:
        if what.startswith("reported") or what == "checklist":
            continue
        by = ("criterion", "month") if criterion else ("month",)
        frame = compute(frames, what, by, months[0], months[-1], calendar)
        for _, row in frame.iterrows():
            if row.get("criterion", "") == criterion:
                figures[what, criterion, row["month"]] = row
    return figures


def _state(
    task: dict[str, str],
    measures: list[dict[str, str]],
    month: str,
    figures: dict[tuple[str, str, str], Any],
    report: Any,
) -> str:
    from_metrics = [
        _metric_state(row, figures.get((row["what"], row["criterion"], month)))
        for row in measures
        if not row["what"].startswith("reported") and row["what"] != "checklist"
    ]
    judged = [state for state in from_metrics if state in WORST_FIRST]
    metric = min(judged, key=WORST_FIRST.index) if judged else None
    if metric is None and "not_applicable" in from_metrics:
        metric = "not_applicable"
    said = _reported_state(task, measures, month, report)
    if said is None and task["state_from"] != "metric":
        return "not_met" if metric == "not_met" else "not_reported"
    both = [state for state in (metric, said) if state in WORST_FIRST]
    if both:
        return min(both, key=WORST_FIRST.index)
    return "not_applicable" if "not_applicable" in (metric, said) else "not_reported"


def _metric_state(measure: dict[str, str], figure: Any) -> str | None:
    """None where no file speaks for the month."""
    if figure is None or pd.isna(figure["numerator"]):
        return None
    if not pd.isna(figure["denominator"]) and figure["denominator"] == 0:
        return "not_applicable"
    return _against(measure, figure["value"])


def _against(measure: dict[str, str], value: float) -> str:
    def reaches(threshold: str) -> bool:
        if measure["comparison"] == "at_least":
            return value >= float(threshold)
        return value <= float(threshold)

    if reaches(measure["met"]):
        return "met"
    return "partly" if measure["partly"] and reaches(measure["partly"]) else "not_met"


def _reported_state(
    task: dict[str, str], measures: list[dict[str, str]], month: str, report: Any
) -> str | None:
    """What the report says and its own numbers bear out; None without a report."""
    if report is None or report.status == "not_reported":
        return None
    if report.status == "not_applicable":
        return "not_applicable"
    if task["code"] == "I.1":
        posts = -(-20 * int(month[5:]) // 12)
        held = (report.measured_value >= posts) + (report.checklist >= 7)
        return WORST_FIRST[held]
    states = [report.status]
    for measure in measures:
        if measure["what"] == "reported_value" and not pd.isna(report.measured_value):
            states.append(_against(measure, report.measured_value))
        if measure["what"] == "reported_share" and report.measured_of > 0:
            states.append(_against(measure, report.measured_value / report.measured_of))
    return min(states, key=WORST_FIRST.index)


def _task_completion(
    frames: Frames,
    by: tuple[str, ...],
    first_month: str | None,
    last_month: str | None,
    calendar: str,
) -> pd.DataFrame:
    states = task_states(frames, calendar).assign(unit=UNIT)
    states["numerator"] = states["state"].eq("met").astype(int)
    states["denominator"] = states["state"].ne("not_applicable").astype(int)
    asked = months_between(
        first_month or states["month"].min(), last_month or states["month"].max()
    )
    when, others = _split(by)
    parts = []
    for label, months in _periods(asked, when).items():
        rows = states[states["month"].isin(months)]
        if rows.empty:
            parts.append(_nothing(when, label))
            continue
        part = _grouped(rows, others, has_denominator=True)
        parts.append(part.assign(**{when: label}) if when else part)
    return _finished(parts, by)
