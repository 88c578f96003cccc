"""The meeting's conclusions as a document: what was said, decided, and is still open."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard import formatting as fmt
from dashboard.model import Report, Section, Span, Table
from dashboard.snapshots.document import (
    ROMANS,
    Block,
    Document,
    Heading,
    Paragraph,
    TableBlock,
    build_document,
    explained_block,
    is_written,
    spoken_departments,
)
from dashboard.snapshots.freezing import MEETING, Frozen


def build_minutes(frozen: Frozen, *, fingerprint: str = "") -> Document | None:
    """Lay the record of the period's meeting out; None where nothing was written in it."""
    report = frozen.reports.get(MEETING)
    if report is None or not is_written(report):
        return None
    whole = build_document(frozen, fingerprint=fingerprint)
    held = report.section("conclusion").data["held_on"]
    month = str(report.section("conclusion").data["month"])
    day = f", họp ngày {fmt.day(held)}" if held else ""
    return Document(
        agency=whole.agency,
        place=whole.place,
        title=(
            "Kết luận cuộc họp về chỉ số hài lòng của người dân",
            f"tháng {int(month[5:])} năm {month[:4]}{day}",
        ),
        addressee="",
        is_demo=whole.is_demo,
        is_internal=whole.is_internal,
        opening=report.sentence,
        body=tuple(_body(report)),
        appendices=(),
        footer=whole.footer,
        signer=whole.signer,
        fingerprint=fingerprint,
        kind=("THÔNG BÁO", "TB-UBND"),
    )


def _body(report: Report) -> Iterator[Block]:
    parts: list[tuple[str, list[Block]]] = []
    late = report.section("late")
    if len(_rows(late)):
        parts.append(("HỒ SƠ PHẢI GIẢI TRÌNH", [explained_block(late)]))
    departments = report.section("departments")
    spoken = spoken_departments(report)
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
        if len(_rows(section)):
            assert section.table is not None
            parts.append((title, [TableBlock(section.title, section.table)]))
    for number, (title, blocks) in zip(ROMANS, parts, strict=False):
        yield Heading(f"{number}. {title}")
        yield from blocks


def _rows(section: Section) -> list[object]:
    return [] if section.table is None else list(section.table.rows.index)
