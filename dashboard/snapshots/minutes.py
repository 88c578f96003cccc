"""The meeting's conclusions as a document: what was said, decided, and is still open."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Report, Section, Span, Table, TableColumn
from dashboard.snapshots.blocks import (
    Block,
    Document,
    Paragraph,
    TableBlock,
    make_letterhead,
    number_parts,
)
from dashboard.snapshots.freezing import MEETING, Frozen
from etl.frames import plain_records


def build_minutes(frozen: Frozen, *, fingerprint: str = "") -> Document | None:
    """Lay the record of the period's meeting out; None where nothing was written in it."""
    report = frozen.reports.get(MEETING)
    if report is None or not is_written(report):
        return None
    held = report.section("conclusion").data["held_on"]
    month = str(report.section("conclusion").data["month"])
    day = f", họp ngày {fmt.day(held)}" if held else ""
    return Document(
        letterhead=make_letterhead(frozen, fingerprint=fingerprint),
        kind=("THÔNG BÁO", "TB-UBND"),
        title=(
            "Kết luận cuộc họp về chỉ số hài lòng của người dân",
            f"tháng {int(month[5:])} năm {month[:4]}{day}",
        ),
        opening=report.sentence,
        body=tuple(_body(report)),
    )


def _body(report: Report) -> Iterator[Block]:
    parts: list[tuple[str, list[Block]]] = []
    late = report.section("late")
    if _has_rows(late):
        parts.append(("HỒ SƠ PHẢI GIẢI TRÌNH", [explained_block(late)]))
    departments = report.section("departments")
    spoken = _spoken_departments(report)
    if len(spoken):
        assert departments.table is not None
        table = Table(departments.table.columns, spoken)
        parts.append(("KHÓ KHĂN CỦA CÁC BỘ PHẬN", [TableBlock(departments.title, table)]))
    said = str(report.section("conclusion").data["conclusion"])
    if said:
        lines = [line for line in said.splitlines() if line.strip()]
        parts.append(("KẾT LUẬN", [Paragraph((Span(line),)) for line in lines]))
    for code, title in (
        ("decisions", "VIỆC PHẢI LÀM"),
        ("open_decisions", "VIỆC CÁC KỲ TRƯỚC CHƯA XONG"),
    ):
        section = report.section(code)
        if _has_rows(section):
            assert section.table is not None
            parts.append((title, [TableBlock(section.title, section.table)]))
    return number_parts(parts)


def _has_rows(section: Section) -> bool:
    return section.table is not None and not section.table.rows.empty


_EXPLAINED_WIDTHS = (2.3, 4.5, 2.3, 3.0, 1.8)
"""So that on a page in portrait the code of a dossier and a day stand on one line."""


def explained_block(section: Section) -> TableBlock:
    """Bring what is said of each late dossier together: a page in portrait has five columns.

    Outside the office dossiers are counted, not named, and the table stands as it is.
    """
    assert section.table is not None
    if "dossier_code" not in section.table.rows:
        return TableBlock(section.title, section.table)
    rows = [
        {
            "department": row["department"],
            "dossier": f"{row['procedure']}\n{row['dossier_code']}",
            "state": (
                f"{row['state']} {fmt.count_noun(int(row['days']), 'ngày làm việc')}, "
                f"hẹn {fmt.day(row['due_on'])}"
            ),
            "said": "\n".join(filter(None, (row["cause"], row["explanation"]))),
            "apology_on": row["apology_on"],
        }
        for row in plain_records(section.table.rows)
    ]
    columns = (
        TableColumn("department", "Bộ phận"),
        TableColumn("dossier", "Hồ sơ"),
        TableColumn("state", "Tình trạng"),
        TableColumn("said", "Nguyên nhân, giải trình"),
        TableColumn("apology_on", "Xin lỗi", "date"),
    )
    frame = pd.DataFrame(rows, columns=[column.key for column in columns])
    return TableBlock(section.title, Table(columns, frame), widths=_EXPLAINED_WIDTHS)


def is_written(report: Report) -> bool:
    """Whether anything was written in the record of the period's meeting."""
    conclusion = report.section("conclusion").data
    decisions = report.section("decisions").table
    return bool(
        conclusion["held_on"]
        or conclusion["conclusion"]
        or (decisions is not None and len(decisions.rows))
        or len(_spoken_departments(report))
    )


def _spoken_departments(report: Report) -> pd.DataFrame:
    """Return the departments of a meeting of which something was written."""
    table = report.section("departments").table
    assert table is not None
    words = [name for name in ("difficulties", "assessment") if name in table.rows]
    return table.rows[(table.rows[words] != "").any(axis=1)].reset_index(drop=True)
