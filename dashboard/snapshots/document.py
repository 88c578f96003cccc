"""The official report of a period: which part says what of the frozen Reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.figures import FORMS
from dashboard.filters import months_between
from dashboard.model import Report, Section, Sentence, Span, Table, TableColumn
from dashboard.snapshots.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Paragraph,
    TableBlock,
    make_letterhead,
    number_parts,
)
from dashboard.snapshots.cells import HIDDEN_MARK, printed_rows
from dashboard.snapshots.freezing import MEETING, Frozen
from dashboard.snapshots.hiding import HIDDEN_NOTE
from dashboard.snapshots.minutes import explained_block, is_written


def build_document(frozen: Frozen, *, fingerprint: str = "") -> Document:
    """Lay the frozen Reports out as an official report."""
    return Document(
        letterhead=make_letterhead(frozen, fingerprint=fingerprint),
        kind=("BÁO CÁO", "BC-UBND"),
        title=(
            "Kết quả thực hiện kế hoạch nâng cao chỉ số hài lòng",
            f"của người dân, {_period_words(frozen)}",
        ),
        opening=frozen.reports["overview"].sentence,
        body=tuple(_body(frozen)),
        addressee=f"Ủy ban nhân dân {fmt.lower_first(frozen.parent)}" if frozen.parent else "",
        closing=_closing(frozen),
        appendices=tuple(_appendices(frozen)),
    )


def _closing(frozen: Frozen) -> Sentence:
    """Return the customary last sentence of a report."""
    to = f" kính báo cáo Ủy ban nhân dân {fmt.lower_first(frozen.parent)}" if frozen.parent else ""
    words = (
        f"Trên đây là kết quả {_period_words(frozen)} của Ủy ban nhân dân {frozen.unit_words},"
        f"{to or ' báo cáo để theo dõi'}./."
    )
    return (Span(words),)


def _period_words(frozen: Frozen) -> str:
    words = fmt.period_words(frozen.period)
    if frozen.period.kind == "month":
        words = f"tháng {int(frozen.period.part)} năm {frozen.period.year}"
    return words.replace("/", " năm ")


# The body -----------------------------------------------------------------------------------------


def _body(frozen: Frozen) -> Iterator[Block]:
    """Number the parts in the order in which they have something to say."""
    parts: list[tuple[str, list[Block]]] = [
        ("KẾT QUẢ CHÍNH", list(_results(frozen))),
        ("CHỈ SỐ HÀI LÒNG", list(_satisfaction(frozen))),
        ("XẾP HẠNG", list(_ranking(frozen))),
        ("GIẢI QUYẾT HỒ SƠ", list(_dossiers(frozen))),
        ("PHẢN ÁNH, KIẾN NGHỊ", list(_feedback(frozen))),
        ("THỰC HIỆN NHIỆM VỤ", list(_tasks(frozen))),
    ]
    meeting = frozen.reports.get(MEETING)
    if meeting is not None and is_written(meeting):
        parts.append(("KẾT LUẬN CUỘC HỌP, KHÓ KHĂN", list(_meeting(meeting))))
    parts.append(("GHI CHÚ SỐ LIỆU", list(_notes(frozen))))
    return number_parts(parts)


def _results(frozen: Frozen) -> Iterator[Block]:
    section = frozen.summary.section("kpis")
    assert section.table is not None
    yield TableBlock(
        "Kết quả các chỉ tiêu chính",
        section.table,
        note=section.note,
        widths=(2.0, 1.95, 1.2, 1.8, 1.2, 2.05),
    )


def _satisfaction(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["satisfaction"]
    yield Paragraph(report.sentence)
    yield from _section(report, "satisfaction_trend", with_table=False)
    yield from _section(report, "criteria_index")
    yield from _section(report, "unsatisfied_by_criterion", with_chart=False)
    yield from _section(report, "by_department", with_chart=False)


def _ranking(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["ranking"]
    yield Paragraph(report.sentence)
    yield from _section(report, "ladder", with_chart=False, widths=_LADDER_WIDTHS)


FORM_GROUPS = (
    ("Số hồ sơ tiếp nhận", 4),
    ("Số hồ sơ đã giải quyết", 4),
    ("Số hồ sơ đang giải quyết", 3),
)
"""The heads over the columns of form II.06a, and how many columns each spans."""

_LADDER_WIDTHS = (0.7, 3.6, 1.1, 1.1, 1.5)
_LATE_WIDTHS = (1.7, 2.6, 0.75, 1.0, 0.85, 2.4)


def _dossiers(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["dossiers"]
    yield Paragraph(report.sentence)
    yield from _section(report, "late_by_department")
    yield from _section(report, "outcomes", with_table=False)
    yield from _section(frozen.summary, "late", with_chart=False, widths=_LATE_WIDTHS)
    yield from _section(report, "comparison", with_chart=False)


def _feedback(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["feedback"]
    yield Paragraph(report.sentence)
    yield from _section(report, "received", with_table=False)
    yield from _section(report, "comparison", with_chart=False)


def _tasks(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["tasks"]
    if report.sections[0].missing is not None:
        yield Paragraph(report.sentence)
        yield from _section(report, report.sections[0].code)
        return
    strip = frozen.reports["overview"].section("task_strip")
    if strip.table is None:
        yield from _section(frozen.reports["overview"], "task_strip")
        return
    yield Paragraph((*strip.sentence, Span(".")))
    criteria = report.section("criteria").table
    assert criteria is not None
    yield TableBlock(
        f"Số lượt nhiệm vụ theo sáu tiêu chí, {report.period.lower()}",
        criteria,
    )
    month = fmt.month_label(strip.data["month"]).lower()
    for group in strip.data["criteria"]:
        codes = [task["code"] for task in group["tasks"]]
        rows = strip.table.rows[strip.table.rows["code"].isin(codes)].reset_index(drop=True)
        if len(rows):
            yield TableBlock(
                f"Tiêu chí {group['code']}. {group['label']}: nhiệm vụ {month}",
                Table(strip.table.columns, rows),
                widths=(0.75, 3.3, 1.5, 4.5),
            )


def _meeting(report: Report) -> Iterator[Block]:
    if report.sentence:
        yield Paragraph(report.sentence)
    for section in report.sections:
        is_empty = section.table is not None and section.table.rows.empty
        if section.code == "preparation" or is_empty:
            continue
        if section.code == "late" and section.table is not None:
            yield explained_block(section)
        else:
            yield from _section(report, section.code)


def _notes(frozen: Frozen) -> Iterator[Block]:
    yield from _section(frozen.summary, "notes")
    rejects = frozen.reports["data"].section("rejects")
    if rejects.table is not None and len(rejects.table.rows):
        yield TableBlock(plain_text(rejects.sentence), rejects.table, note=rejects.note)


def _section(
    report: Report,
    code: str,
    *,
    with_chart: bool = True,
    with_table: bool = True,
    widths: tuple[float, ...] = (),
) -> Iterator[Block]:
    """Give a section's chart and table, or in words why there is neither."""
    section = report.section(code)
    if section.missing is not None:
        yield Paragraph((Span(f"{section.title}: {fmt.lower_first(section.missing.reason)}"),))
        return
    caption = plain_text(section.sentence)
    chart = section.chart
    has_chart = with_chart and chart is not None and chart.form in FORMS
    if has_chart:
        assert chart is not None
        yield Figure(
            name=f"{report.code}-{code}",
            caption=caption,
            alternative=_alternative(section),
            chart=chart,
            note=_figure_note(section),
        )
    if section.table is not None and (with_table or not has_chart):
        yield TableBlock(
            section.title if has_chart else _caption(section.title, caption),
            section.table,
            note="" if has_chart else section.note,
            widths=widths,
        )


def _caption(title: str, sentence: str) -> str:
    """Name a table by its section and say its sentence, each word once."""
    if title.lower() in sentence.lower():
        return sentence
    return f"{title}: {fmt.lower_first(sentence)}"


def _figure_note(section: Section) -> str:
    subtitle = str(section.data.get("subtitle", ""))
    return ". ".join(part.rstrip(".") for part in (subtitle, section.note) if part)


def _alternative(section: Section) -> str:
    """Say what a chart shows to whoever cannot see it: its title and its table's rows."""
    words = [f"Biểu đồ. {section.title}. {plain_text(section.sentence)}."]
    table = section.table
    if table is not None:
        first = Table(table.columns[:2], table.rows.head(24))
        words += [": ".join(cells) + ";" for cells in printed_rows(first)]
    return " ".join(words)


# Appendices ---------------------------------------------------------------------------------------


def _appendices(frozen: Frozen) -> Iterator[Block]:
    """Give the wide tables, on landscape pages."""
    blocks: list[tuple[str, list[Block]]] = [
        ("Biểu II.06a. Tình hình giải quyết hồ sơ", list(_form(frozen))),
    ]
    first, last = frozen.period.months
    if frozen.edition == "internal":
        blocks.append(("Danh sách hồ sơ trễ hạn, quá hạn, sắp đến hạn", list(_lists(frozen))))
    if first != last:
        blocks.append(("Nhiệm vụ từng tháng", list(_matrix(frozen))))
    blocks.append(("Phương pháp: mỗi chỉ tiêu một định nghĩa", list(_methods(frozen))))
    for number, (title, found) in enumerate(blocks, start=1):
        yield Heading(f"Phụ lục {number}. {title}")
        yield from found


def _form(frozen: Frozen) -> Iterator[Block]:
    section = frozen.reports["dossiers"].section("form_ii06a")
    if section.table is None or section.missing is not None:
        yield from _section(frozen.reports["dossiers"], "form_ii06a")
        return
    rows = section.table.rows.reset_index(drop=True)
    numbers = [str(n) for n in range(1, len(rows))] + [""]
    rows = rows.assign(position=numbers)
    columns = (TableColumn("position", "TT"), *section.table.columns)
    yield TableBlock(
        plain_text(section.sentence),
        Table(columns, rows),
        note=section.note,
        groups=(("", 2), *FORM_GROUPS),
        numbers=tuple(f"({n})" for n in range(1, len(columns) + 1)),
        last_is_total=True,
        widths=(0.5, 2.4, *([1.0] * (len(columns) - 2))),
    )


def _lists(frozen: Frozen) -> Iterator[Block]:
    section = frozen.reports["dossiers"].section("dossier_list")
    if section.table is None:
        return
    left_out = {"field", "channel"}
    columns = tuple(c for c in section.table.columns if c.key not in left_out)
    yield TableBlock(
        plain_text(section.sentence), Table(columns, section.table.rows), note=section.note
    )


def _matrix(frozen: Frozen) -> Iterator[Block]:
    report = frozen.reports["tasks"]
    if not any(section.code == "matrix" for section in report.sections):
        return
    table = report.section("matrix").table
    assert table is not None
    months = set(months_between(*frozen.period.months))
    columns = tuple(
        column
        for column in table.columns
        if column.key in months or column.key in ("code", "title")
    )
    shown = len(columns) - 2
    yield TableBlock(
        "Kết quả từng nhiệm vụ theo tháng",
        Table(columns, table.rows),
        widths=(0.7, 3.6, *([1.0] * shown)),
    )


def _methods(frozen: Frozen) -> Iterator[Block]:
    table = frozen.reports["data"].section("dictionary").table
    assert table is not None
    yield TableBlock(
        "Định nghĩa, điều loại trừ, căn cứ và số của kỳ",
        table,
        note=HIDDEN_NOTE + "." if _has_hidden(frozen.reports.values()) else "",
        widths=(1.8, 4.6, 2.2, 1.2, 2.0, 1.4),
    )


def _has_hidden(reports: Iterable[Report]) -> bool:
    return any(
        section.table is not None
        and HIDDEN_MARK in section.table.rows
        and bool(pd.Series(section.table.rows[HIDDEN_MARK]).fillna(False).any())
        for report in reports
        for section in report.sections
    )
