"""Each department's own slide: its dossiers, feedback and tasks, and what it has to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from dashboard import formatting as fmt
from dashboard.meeting.slide import (
    LeftOut,
    Made,
    Number,
    Point,
    Points,
    Slide,
    printed_records,
)
from dashboard.model import Report, Sentence, Span, Table, Tone
from dashboard.reports.dossier_lists import NO_CAUSE, OVERDUE
from dashboard.snapshots.figures import Figure, figures_by
from dashboard.snapshots.freezing import MEETING
from dashboard.snapshots.summary import SUMMARY

TITLE = "Từng bộ phận"
MOST_DOSSIERS = 5
"""Late dossiers told one by one; the others stand in the table."""

_SHARED = ("chuyên môn", "các bộ phận", "toàn thể công chức")
"""Owners of a task that are every department."""

_TABLE = ("procedure", "state", "days", "count", "longest", "cause", "explanation",
          "apology_on", "apologised")  # fmt: skip


def department_slides(reports: Mapping[str, Report]) -> list[Made]:
    """Return a slide for each department that resolved, owes or says something."""
    figures = figures_by(reports[SUMMARY], "department")
    said = _record(reports.get(MEETING))
    names = list(dict.fromkeys([*said, *_ordered(reports["dossiers"], figures)]))
    if not names:
        reason = "Trong kỳ không bộ phận nào có hồ sơ hoặc phản ánh."
        return [LeftOut("departments", TITLE, reason)]
    return [
        _slide(number, name, reports, figures.get(name, {}), said.get(name, {}))
        for number, name in enumerate(names, start=1)
    ]


def _ordered(dossiers: Report, figures: Mapping[str, Any]) -> list[str]:
    """Name the departments as the slide of late dossiers does, those of feedback alone after."""
    section = dossiers.section("late_by_department")
    first = [] if section.table is None else [str(name) for name in section.table.rows.department]
    return [*first, *sorted(set(figures) - set(first))]


def _record(meeting: Report | None) -> dict[str, dict[str, str]]:
    """Return what the record says of each department."""
    table = meeting.section("departments").table if meeting is not None else None
    rows = printed_records(table) if table is not None else []
    return {row["department"]: row for row in rows}


def _slide(
    number: int,
    name: str,
    reports: Mapping[str, Report],
    figures: Mapping[str, Figure],
    said: Mapping[str, str],
) -> Slide:
    late, without = _late_rows(name, reports), _no_dossiers(reports, figures)
    points = [*_late_points(late, without), *_task_points(name, reports), *_spoken(said)]
    return Slide(
        f"department-{number}",
        name,
        _sentence(name, figures, without),
        Points(tuple(points)),
        subtitle=f"Hồ sơ, phản ánh, nhiệm vụ, {fmt.lower_first(reports['overview'].period)}",
        numbers=tuple(_numbers(reports, figures)),
        table=late,
    )


def _known(figures: Mapping[str, Figure], metric: str, column: str) -> Any:
    """Return a count, None where it is hidden or not there."""
    value = figures.get(metric, {}).get(column)
    return None if fmt.is_nothing(value) else value


def _no_dossiers(reports: Mapping[str, Report], figures: Mapping[str, Figure]) -> Point | None:
    """Say why a department has no dossiers: none are loaded, or it had none; None where it has.

    Nothing to explain is praise for who had something to do.
    """
    missing = reports["dossiers"].section("strip").missing
    if missing is not None:
        return Point("Chưa có số liệu hồ sơ của kỳ này", missing.reason, tone="notice")
    # Whoever had any, received before or not, is counted, if only with zeros.
    has_any = _known(figures, "dossiers_received", "numerator") is not None
    return None if has_any else Point("Không có hồ sơ nào trong kỳ")


def _sentence(name: str, figures: Mapping[str, Figure], without: Point | None) -> Sentence:
    if without is not None:
        return (Span(f"{name}: {fmt.lower_first(without.head)}"),)
    count, whole = (_known(figures, "late_rate", part) for part in ("numerator", "denominator"))
    overdue = _known(figures, "open_overdue", "numerator")
    spans = [Span(f"{name}: ")]
    if overdue:
        words = f"{fmt.count_noun(overdue, 'hồ sơ')} quá hạn chưa xong"
        spans += [Span(words, strong=True, tone="concern"), Span("; ")]
    if count is None or not whole:
        spans.append(Span("không có hồ sơ có hạn nào xong trong kỳ"))
    elif count:
        late = f"{fmt.count(count)} trên {fmt.count_noun(whole, 'hồ sơ')} đã xong bị trễ"
        spans.append(Span(late, strong=True, tone="concern"))
    else:
        spans.append(Span(f"{fmt.count_noun(whole, 'hồ sơ')} đã xong đều không trễ"))
    return tuple(spans)


def _numbers(reports: Mapping[str, Report], figures: Mapping[str, Figure]) -> Iterator[Number]:
    received = _known(figures, "dossiers_received", "numerator")
    resolved = _known(figures, "dossiers_resolved", "numerator")
    if resolved is not None:
        # Those that the sentence does not count are named: two numbers of one thing raise doubts.
        dated = _known(figures, "late_rate", "denominator")
        undated = resolved - dated if dated is not None else 0
        more = f", {fmt.count(undated)} không có hạn" if undated else ""
        more += f", nhận mới {fmt.count(received)}" if received is not None else ""
        yield Number(fmt.count(resolved), f"hồ sơ đã giải quyết{more}")
    supplemented = figures.get("supplemented_rate", {})
    if _known(figures, "supplemented_rate", "denominator"):
        counts = fmt.fraction_of(supplemented["numerator"], supplemented["denominator"])
        yield Number(counts, "hồ sơ phải bổ sung")
    # What is not loaded is no zero.
    if reports["feedback"].section("strip").missing is None:
        yield _feedback(figures)


def _feedback(figures: Mapping[str, Figure]) -> Number:
    received = _known(figures, "feedback_received", "numerator")
    overdue = _known(figures, "feedback_open_overdue", "numerator")
    answered = figures.get("feedback_on_time_rate", {})
    tone: Tone = "concern" if overdue else "plain"
    words = "phản ánh nhận được"
    if _known(figures, "feedback_on_time_rate", "denominator"):
        counts = fmt.fraction_of(answered["numerator"], answered["denominator"])
        words += f", trả lời đúng hạn {counts}"
    if overdue:
        words += f", {fmt.count(overdue)} quá hạn"
    return Number(fmt.count(received or 0), words, tone)


# What is said -------------------------------------------------------------------------------------


def _late_rows(name: str, reports: Mapping[str, Report]) -> Table | None:
    """Return the department's rows of what must be explained: one by one, or counted.

    A record that leaves the office has counts without causes; those of the summary have both, but
    nothing of what is still open.
    """
    meeting = reports.get(MEETING)
    own = _rows_of(name, meeting.section("late").table if meeting is not None else None)
    if own is not None and "cause" in own.rows:
        return own
    return _rows_of(name, reports[SUMMARY].section("late").table) or own


def _rows_of(name: str, table: Table | None) -> Table | None:
    if table is None:
        return None
    rows = table.rows[table.rows["department"] == name].reset_index(drop=True)
    by_key = {column.key: column for column in table.columns}
    columns = tuple(by_key[key] for key in _TABLE if key in by_key)
    return Table(columns, rows) if len(rows) else None


def _late_points(late: Table | None, without: Point | None) -> Iterator[Point]:
    if late is None:
        yield without or Point("Không có hồ sơ nào phải giải trình")
        return
    rows = printed_records(late)
    for row in rows[:MOST_DOSSIERS]:
        cause = row.get("cause", "").strip()
        is_known = cause not in ("", fmt.NOTHING, NO_CAUSE)
        parts = [_how_late(row)]
        if "cause" in row:
            parts.append(cause if is_known else "Chưa ghi nguyên nhân")
        explanation = row.get("explanation", "").strip()
        if explanation not in ("", fmt.NOTHING):
            parts.append(explanation)
        words = ". ".join(part.rstrip(".") for part in parts)
        tone: Tone = "notice" if "cause" in row and not is_known else "plain"
        if row.get("state") == OVERDUE:
            tone = "concern"
        yield Point(row["procedure"], words, tone=tone)
    if len(rows) > MOST_DOSSIERS:
        yield Point(f"Và {fmt.count(len(rows) - MOST_DOSSIERS)} dòng nữa trong bảng (phím T)")


def _how_late(row: Mapping[str, str]) -> str:
    if "longest" in row:
        return f"{row['count']} hồ sơ, lâu nhất {row['longest']} ngày làm việc"
    if "count" in row:
        state = fmt.lower_first(row["state"])
        return f"{row['count']} hồ sơ {state}, lâu nhất {row['days']} ngày làm việc"
    return f"{row['state']}, {row['days']} ngày làm việc"


def _spoken(said: Mapping[str, str]) -> Iterator[Point]:
    for field, title in (("difficulties", "Khó khăn nêu ra"), ("assessment", "Lãnh đạo đánh giá")):
        text = said.get(field, "").strip()
        if text not in ("", fmt.NOTHING):
            lines = (line.strip() for line in text.splitlines())
            yield Point(title, " · ".join(line for line in lines if line), is_whole=True)


# Tasks --------------------------------------------------------------------------------------------

_TASK_WORDS = {
    "not_met": "chưa đạt",
    "not_reported": "chưa báo cáo",
    "partly": "đạt một phần",
}
"""What a task's month lacks, the gravest first."""


def _task_points(name: str, reports: Mapping[str, Report]) -> Iterator[Point]:
    """Name the month's tasks that are not met and that the department answers for by itself."""
    words = _unmet(reports, partial(_is_own, name))
    if words:
        yield Point("Nhiệm vụ chủ trì chưa trọn", words)


def shared_task_words(reports: Mapping[str, Report]) -> str:
    """Name the month's tasks that are not met and that all departments have together."""
    return _unmet(reports, _is_shared)


def _unmet(reports: Mapping[str, Report], is_meant: Callable[[str], bool]) -> str:
    """Name the month's tasks of the owners that are meant by what they lack, "" for none."""
    section = next((one for one in reports["tasks"].sections if one.code == "matrix"), None)
    strip = reports["overview"].section("task_strip")
    if section is None or section.missing is not None or strip.missing is not None:
        return ""
    months = list(section.data.get("months", ()))
    if strip.data.get("month") not in months:
        return ""
    place = months.index(strip.data["month"])
    tasks = [task for task in section.data["tasks"] if is_meant(task["owner"])]
    return "; ".join(
        f"{fmt.join_words(codes)} {words}"
        for state, words in _TASK_WORDS.items()
        if (codes := [task["code"] for task in tasks if task["states"][place] == state])
    )


def _is_own(name: str, owner: str) -> bool:
    """Whether a department is named among a task's owners."""
    owners = owner.lower().split(", ")
    return _initials(name).lower() in owners or name.lower() in owners


def _is_shared(owner: str) -> bool:
    return any(one in _SHARED for one in owner.lower().split(", "))


def _initials(name: str) -> str:
    """Return "Văn phòng – Thống kê" as the plan writes owners: "VP – TK"."""
    parts = name.split(" – ")
    return " – ".join("".join(word[0].upper() for word in part.split()) for part in parts)
