"""Reports → slides: which message each slide has. Pure; nothing is computed that is not there.

Every function takes what a Report says and returns a slide, or why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.meeting.decisions import decision_slides
from dashboard.meeting.departments import department_slides, shared_task_words
from dashboard.meeting.slide import (
    Ladder,
    LeftOut,
    Made,
    Number,
    Slide,
    Slides,
    TaskBoard,
    Tiles,
    cell,
    find_kpi,
    headline,
    left_out,
    verdict_tone,
    words,
)
from dashboard.model import Kpi, Report, Section, Sentence, Span, Tone
from dashboard.snapshots.figures import find_figure
from dashboard.snapshots.summary import SUMMARY
from dashboard.text import NONE
from etl.frames import records

GLANCE, SATISFACTION, CRITERIA = "Toàn cảnh tháng", "Hài lòng so với mốc", "Sáu tiêu chí"
RANKING, LATE = "Xếp hạng", "Trễ hạn theo bộ phận"
INTAKE, SUPPLEMENTS = "Tiếp nhận, bổ sung, xin lỗi", "Bổ sung theo bộ phận"
FEEDBACK, TASKS = "Phản ánh, kiến nghị", "Nhiệm vụ theo tiêu chí"

_AROUND = 3
"""Rungs of the ranking shown above and below our own."""


def build_slides(reports: Mapping[str, Report]) -> Slides:
    """Return the deck of a period's Reports, by their codes.

    ``reports`` holds what a snapshot freezes: overview, satisfaction, ranking, dossiers, feedback,
    tasks and summary; with ``meeting`` the deck also speaks of causes, difficulties and decisions.
    """
    overview, dossiers, summary = (reports[code] for code in ("overview", "dossiers", SUMMARY))
    made: list[Made] = [
        glance(overview, summary),
        satisfaction(reports["satisfaction"]),
        criteria(reports["satisfaction"]),
        ranking(reports["ranking"]),
        late(dossiers, summary.kpis),
        *department_slides(reports),
        intake(dossiers, summary),
        supplements(dossiers),
        feedback(reports["feedback"]),
        tasks(overview, shared=shared_task_words(reports)),
        *decision_slides(reports),
    ]
    return Slides(
        tuple(one for one in made if isinstance(one, Slide)),
        tuple(one for one in made if isinstance(one, LeftOut)),
    )


def glance(overview: Report, summary: Report) -> Made:
    """The month in one sentence and the four cards of the overview."""
    if not any(kpi.missing is None for kpi in overview.kpis):
        reason = next((kpi.missing.reason for kpi in overview.kpis if kpi.missing), "")
        return LeftOut(
            "glance", GLANCE, reason or f"Chưa có số liệu {fmt.lower_first(overview.period)}."
        )
    return Slide(
        "glance",
        GLANCE,
        headline(overview.sentence),
        Tiles(tuple(_tile(kpi, overview.period) for kpi in overview.kpis)),
        subtitle=overview.period,
        table=summary.section("kpis").table,
    )


def _tile(kpi: Kpi, period: str) -> Number:
    if kpi.missing is not None:
        reason = (Span(kpi.missing.reason, strong=True, tone="notice"),)
        return Number(fmt.NOTHING, kpi.label, "notice", reason)
    window = "" if kpi.window == period else f", {fmt.lower_first(kpi.window)}"
    return Number(_value(kpi), f"{kpi.label}{window}", _mark(kpi), _judgements(kpi))


def _value(kpi: Kpi) -> str:
    return f"{kpi.value}{kpi.suffix}"


def _judgements(kpi: Kpi) -> Sentence:
    """The foot of a card on one line, each judgement in its own tone: "Dao động thường; chưa đạt".

    One colour for the line would say of what is ordinary that it is wrong.
    """
    spans: list[Span] = []
    for one in kpi.verdicts:
        tone: Tone = one.tone if one.tone in _STANDS_OUT else "plain"
        text = fmt.lower_first(one.text) if spans else one.text
        spans += [Span("; ")] if spans else []
        spans.append(Span(text, strong=True, tone=tone))
    return tuple(spans)


_STANDS_OUT: tuple[Tone, ...] = ("concern", "notice")
"""The tones that a slide colours: only what is wrong, or not known."""


def _mark(kpi: Kpi) -> Tone:
    """The tone of a number: only what is wrong stands out."""
    tone = verdict_tone(kpi)
    return tone if tone in _STANDS_OUT else "plain"


def _cell_tone(found: Mapping[str, Any]) -> Tone:
    return "concern" if found["is_concern"] else "plain"


def satisfaction(report: Report) -> Made:
    """Twelve months of satisfaction against the baseline."""
    section = report.section("satisfaction_trend")
    nothing = left_out("satisfaction", SATISFACTION, section)
    if nothing is not None:
        return nothing
    numbers = []
    year = find_kpi(report.kpis, "satisfaction_index")
    if year is not None:
        change = year.row("change")
        numbers = [
            Number(_value(year), f"{year.window}, khoảng {year.row('interval').value}"),
            Number(change.value, fmt.lower_first(change.label)),
            Number(year.row("size").value, "đã trả lời"),
        ]
    return _chart_slide("satisfaction", SATISFACTION, section, numbers, said=report)


def criteria(report: Report) -> Made:
    """The six criteria, the weakest named."""
    section = report.section("criteria_index")
    nothing = left_out("criteria", CRITERIA, section)
    if nothing is not None:
        return nothing
    numbers = []
    known = section.chart.frame.dropna(subset=["value"]) if section.chart else None
    if known is not None and len(known):
        ordered = records(known.sort_values("value", kind="stable"))
        weakest, strongest = ordered[0], ordered[-1]
        numbers = [
            Number(fmt.percent(weakest["value"]), f"thấp nhất: {weakest['label']}"),
            Number(fmt.percent(strongest["value"]), f"cao nhất: {strongest['label']}"),
        ]
        before = fmt.percent(weakest.get("previous"))
        if before != fmt.NOTHING:
            numbers.insert(1, Number(before, "cũng tiêu chí ấy, 12 tháng trước đó"))
    return _chart_slide("criteria", CRITERIA, section, numbers)


def ranking(report: Report) -> Made:
    """Our own rung and those around it: ranks are said with the range they may lie in."""
    section = next((one for one in report.sections if one.code == "ladder"), None)
    if section is None or section.missing is not None:
        reason = section.missing.reason if section and section.missing else ""
        return LeftOut("ranking", RANKING, reason or plain_text(report.sentence))
    rungs = [dict(rung) for rung in section.data.get("rungs", ()) if rung.get("is_known")]
    own = next((place for place, rung in enumerate(rungs) if rung.get("is_own")), None)
    if not rungs:
        return LeftOut("ranking", RANKING, "Chưa có số công bố của đơn vị nào.")
    middle = own if own is not None else 0
    last = min(len(rungs), max(middle + _AROUND + 1, 2 * _AROUND + 1))
    shown = rungs[max(0, last - 2 * _AROUND - 1) : last]
    numbers = []
    if own is not None:
        mine = rungs[own]
        # A rank among the known alone stands in brackets.
        word = "hạng" if mine["rank_words"] == str(mine["rank"]) else "hạng tạm"
        numbers.append(Number(fmt.percent_points(mine["value"], 2), f"{word} {mine['rank']}"))
        if mine.get("reach"):
            numbers.append(Number(str(mine["reach"]), "hạng có thể ở, theo số phiếu"))
    gaps = report.section("gaps").data.get("gaps", ()) if own is not None else ()
    for gap in list(gaps)[: 3 - len(numbers)]:
        numbers.append(Number(fmt.number(gap["value"], 2), str(gap["words"])))
    return Slide(
        "ranking",
        RANKING,
        headline(report.sentence),
        Ladder(tuple(shown)),
        subtitle=f"Chỉ số hài lòng được công bố, {fmt.lower_first(report.period)}",
        numbers=tuple(numbers),
        table=section.table,
        note=plain_text(section.sentence),
    )


def late(report: Report, kpis: tuple[Kpi, ...]) -> Made:
    """Late dossiers by department."""
    section = report.section("late_by_department")
    nothing = left_out("late", LATE, section, otherwise="Không có hồ sơ nào có hạn trong kỳ.")
    if nothing is not None:
        return nothing
    numbers = []
    rate = find_kpi(kpis, "late_rate")
    if rate is not None:
        tone = _mark(rate)
        goal = rate.row("goal").value
        numbers.append(Number(_value(rate), f"trễ hạn, mục tiêu {goal}", tone))
        numbers.append(Number(rate.row("size").value, "đã xong trễ"))
    overdue = cell(report.section("strip"), "open_overdue")
    if overdue is not None:
        numbers.append(Number(overdue["value"], "hồ sơ quá hạn chưa xong", _cell_tone(overdue)))
    return _chart_slide("late", LATE, section, numbers)


def intake(report: Report, summary: Report) -> Made:
    """Intake within eight working hours, supplements asked for, apologies given."""
    section = report.section("intake_trend")
    nothing = left_out("intake", INTAKE, section)
    if nothing is not None:
        return nothing
    numbers = []
    rate = find_kpi(summary.kpis, "intake_within_8h_rate")
    if rate is not None:
        counts = rate.row("size").value.replace("hồ sơ", "trực tuyến")
        numbers.append(Number(_value(rate), f"tiếp nhận trong 8 giờ, {counts}", _mark(rate)))
    asked = find_figure(summary, "supplemented_rate")
    if asked is not None and asked["denominator"]:
        counts = fmt.count_of(asked["numerator"], asked["denominator"], "hồ sơ")
        numbers.append(Number(str(asked["value"]), f"phải bổ sung, {counts}"))
    apology = cell(report.section("strip"), "apology_rate")
    if apology is not None and fmt.NOTHING not in str(apology["value"]):
        said = "hồ sơ trễ có phiếu xin lỗi"
        numbers.append(Number(str(apology["value"]), said, _cell_tone(apology)))
    return _chart_slide("intake", INTAKE, section, numbers)


def supplements(report: Report) -> Made:
    """Supplements asked for after intake, by department."""
    section = report.section("supplements")
    nothing = left_out("supplements", SUPPLEMENTS, section)
    if nothing is not None:
        return nothing
    return _chart_slide("supplements", SUPPLEMENTS, section, [])


def feedback(report: Report) -> Made:
    """What citizens wrote and whether they were answered in time."""
    section, strip = report.section("received"), report.section("strip")
    nothing = left_out("feedback", FEEDBACK, section)
    if nothing is not None:
        return nothing
    numbers = []
    for metric, said in (
        ("feedback_on_time_rate", "trả lời đúng hạn"),
        ("feedback_open_overdue", "quá hạn chưa trả lời"),
        ("conduct_complaints", "về hành vi công chức"),
    ):
        found = cell(strip, metric)
        if found is not None and fmt.NOTHING not in str(found["value"]):
            is_share = metric.endswith("_rate")
            about = f"{said}, {found['detail']}" if is_share else said
            numbers.append(Number(str(found["value"]), about, _cell_tone(found)))
    return _chart_slide("feedback", FEEDBACK, section, numbers, said=report)


def tasks(overview: Report, *, shared: str) -> Made:
    """The month's eighteen tasks by criterion; ``shared`` says which unmet ones are of all."""
    section = overview.section("task_strip")
    nothing = left_out("tasks", TASKS, section)
    groups = tuple(section.data.get("criteria", ()))
    if nothing is not None or not groups:
        return nothing or LeftOut("tasks", TASKS, "Chưa có báo cáo nhiệm vụ nào.")
    numbers = []
    kpi = find_kpi(overview.kpis, "task_completion_rate")
    if kpi is not None:
        numbers = [
            Number(_value(kpi), "nhiệm vụ đạt"),
            Number(kpi.row("split").value, "đạt một phần và chưa đạt"),
            Number(kpi.row("change").value, "so với tháng trước"),
        ]
        silent = kpi.row("silent").value
        if silent not in ("", NONE):
            numbers[2] = Number(silent, "chưa báo cáo", "notice")
    return Slide(
        "tasks",
        TASKS,
        headline(section.sentence),
        TaskBoard(groups),
        subtitle="Mỗi ô một nhiệm vụ, xếp theo sáu tiêu chí",
        numbers=tuple(number for number in numbers if number.value),
        table=section.table,
        note=f"Nhiệm vụ làm chung: {shared}" if shared else "",
    )


def _chart_slide(
    code: str,
    title: str,
    section: Section,
    numbers: list[Number],
    *,
    said: Report | None = None,
) -> Slide:
    """Return a slide of a section's chart, with its own sentence or the whole report's."""
    assert section.chart is not None
    sentence = section.sentence if said is None else said.sentence
    return Slide(
        code,
        title,
        headline(sentence) or words(section.title),
        section.chart,
        subtitle=str(section.data.get("subtitle", "")) or section.title,
        numbers=tuple(number for number in numbers if number.value),
        table=section.table,
        note=section.note,
    )
