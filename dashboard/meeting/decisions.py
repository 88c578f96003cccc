"""What was decided, what is still open, what needs a decision now."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.meeting.slide import LeftOut, Made, Point, Points, Slide, printed_records, words
from dashboard.model import Report, Section, Span, Table, TableColumn, Tone
from dashboard.reports.directive import LEVELS
from dashboard.reports.meeting import DONE
from dashboard.snapshots.freezing import MEETING

OPEN, NEEDED, TAKEN = "Kết luận trước chưa xong", "Việc cần chỉ đạo", "Kết luận kỳ này"
_NO_RECORD = "Số liệu đã chụp không kèm biên bản họp."


def decision_slides(reports: Mapping[str, Report]) -> list[Made]:
    """Return the slides that a meeting ends with."""
    meeting = reports.get(MEETING)
    return [open_decisions(meeting), needed(reports["overview"], meeting), taken(meeting)]


def open_decisions(meeting: Report | None) -> Made:
    """Conclusions of earlier meetings that were open when the month began."""
    if meeting is None:
        return LeftOut("open_decisions", OPEN, _NO_RECORD)
    section = meeting.section("open_decisions")
    points = _decision_points(section)
    if not points:
        return LeftOut("open_decisions", OPEN, "Các kỳ trước không còn kết luận nào chưa xong.")
    overdue = [point for point in points if point.tone == "concern"]
    # One that was closed since the month began is told as done.
    done = sum(point.aside.endswith(DONE) for point in points)
    still, every = fmt.count(len(points) - done), fmt.count(len(points))
    words = f"{every} kết luận của các kỳ trước "
    words += "đã xong" if done == len(points) else "chưa xong"
    spans = [Span(f"{still} trên {words}" if 0 < done < len(points) else words)]
    if overdue:
        late = f"{fmt.count(len(overdue))} đã quá hạn"
        spans += [Span(", "), Span(late, strong=True, tone="concern")]
    return Slide(
        "open_decisions",
        OPEN,
        tuple(spans),
        Points(tuple(points)),
        subtitle="Việc, ai làm, hạn",
        table=section.table,
    )


def needed(overview: Report, meeting: Report | None) -> Made:
    """What the figures ask a leader to decide, and what is missing before the meeting."""
    found = overview.section("directives")
    items = list(found.data.get("items", ()))
    if meeting is not None:
        seen = {plain_text(item["text"]) for item in items}
        # The edition that leaves the office has no checklist.
        for section in (one for one in meeting.sections if one.code == "preparation"):
            missing = section.data.get("items", ())
            items += [item for item in missing if plain_text(item["text"]) not in seen]
    if not items:
        reason = "Số liệu trong kỳ không có việc nào cần chỉ đạo."
        return LeftOut("needed", NEEDED, found.missing.reason if found.missing else reason)
    points = [Point(plain_text(item["text"]), "", item["detail"], item["tone"]) for item in items]
    urgent = [point for point in points if point.tone == "concern"]
    spans = [Span(f"{fmt.count(len(points))} việc cần chỉ đạo")]
    if urgent:
        spans += [Span(", "), Span(f"{fmt.count(len(urgent))} gấp", strong=True, tone="concern")]
    return Slide(
        "needed",
        NEEDED,
        tuple(spans),
        Points(tuple(points)),
        subtitle="Việc, mức, chủ trì, từ khi",
        table=_items_table(points),
    )


def _items_table(points: list[Point]) -> Table:
    rows = [
        {
            "level": LEVELS[point.tone],
            "text": point.head,
            "detail": point.aside.removeprefix(f"{LEVELS[point.tone]} · "),
        }
        for point in points
    ]
    columns = (
        TableColumn("text", "Việc"),
        TableColumn("level", "Mức"),
        TableColumn("detail", "Chủ trì, từ khi"),
    )
    return Table(columns, pd.DataFrame(rows, columns=["text", "level", "detail"]))


def taken(meeting: Report | None) -> Made:
    """What this meeting decided, and its leader's conclusion."""
    if meeting is None:
        return LeftOut("taken", TAKEN, _NO_RECORD)
    section = meeting.section("decisions")
    points = _decision_points(section)
    said = str(meeting.section("conclusion").data.get("conclusion") or "").strip()
    if said:
        text = " · ".join(line.strip() for line in said.splitlines() if line.strip())
        points.insert(0, Point("Kết luận chung", text, is_whole=True))
    if not points:
        return LeftOut("taken", TAKEN, "Biên bản chưa ghi kết luận nào.")
    held = plain_text(meeting.section("conclusion").sentence)
    count = len(points) - bool(said)
    return Slide(
        "taken",
        TAKEN,
        words(f"{fmt.count(count)} việc đã quyết" if count else "Kết luận chung của cuộc họp"),
        Points(tuple(points)),
        subtitle=f"Việc, ai làm, hạn. {held}",
        table=section.table,
    )


def _decision_points(section: Section) -> list[Point]:
    if section.table is None:
        return []
    points = []
    for row in printed_records(section.table):
        parts = [
            row["who"] if row["who"] not in ("", fmt.NOTHING) else "chưa giao ai",
            f"hạn {row['due_on']}" if row["due_on"] != fmt.NOTHING else "chưa đặt hạn",
            row["state"],
        ]
        tone: Tone = "concern" if row["state"].startswith("Quá hạn") else "plain"
        points.append(Point(row["what"], "", " · ".join(parts), tone))
    return points
