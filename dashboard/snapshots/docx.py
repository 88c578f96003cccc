"""The report as an editable Word document, in Word's own styles."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shared import Cm, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as WordParagraph

from dashboard.components.tables import NUMBER_KINDS
from dashboard.snapshots.archive import new_entry
from dashboard.snapshots.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Paragraph,
    TableBlock,
    column_widths,
    held_rows,
    is_short,
)
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.errors import SnapshotError

_FONT = "Times New Roman"
_PORTRAIT_WIDTH, _LANDSCAPE_WIDTH = 210 - 30 - 18, 297 - 20 - 18
"""Width in mm between the margins."""
_TEXT, _NUMBER, _HEAD = "TableText", "TableNumber", "TableHead"
"""Ids of the Word styles of what stands in a table: words, numbers, heads of columns."""


def write_docx(document: Document, pictures: Mapping[str, bytes]) -> bytes:
    """Return the report as DOCX. ``pictures`` holds a PNG for each figure's name."""
    word = docx.Document()
    _set_styles(word)
    _set_page(word.sections[0])
    _set_header_and_footer(word.sections[0], document)
    _set_properties(word, document)
    _write_head(word, document)
    _write_blocks(word, document.body, pictures, width=_PORTRAIT_WIDTH)
    _keep_end(word, document.body)
    if document.closing:
        _write_paragraph(word, Paragraph(document.closing)).paragraph_format.keep_with_next = True
    _write_foot(word, document)
    if document.appendices:
        appendix = word.add_section(WD_SECTION.NEW_PAGE)
        _shrink(word.paragraphs[-1])
        _set_landscape(appendix)
        _write_blocks(word, document.appendices, pictures, width=_LANDSCAPE_WIDTH, is_appendix=True)
    buffer = io.BytesIO()
    word.save(buffer)
    return _without_clock(buffer.getvalue())


def _without_clock(data: bytes) -> bytes:
    """Return a zip again with the same files and no times: equal documents, equal bytes."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(new_entry(name), source.read(name))
    return buffer.getvalue()


# Page and styles ----------------------------------------------------------------------------------


def _set_styles(word: WordDocument) -> None:
    normal = word.styles["Normal"]
    normal.font.name = _FONT
    normal.font.size = Pt(13)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.rPr.append(language)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Heading 1", 13), ("Title", 14), ("Caption", 12)):
        style = word.styles[name]
        style.font.name = _FONT
        style.font.size = Pt(size)
        style.font.bold = True
        style.font.italic = False
        style.font.color.rgb = docx.shared.RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), _FONT)
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        style.paragraph_format.space_before = Pt(9)
        style.paragraph_format.space_after = Pt(5)
        style.paragraph_format.keep_with_next = True
    word.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for code, name, alignment in (
        (_TEXT, "Bảng: chữ", WD_ALIGN_PARAGRAPH.LEFT),
        (_NUMBER, "Bảng: số", WD_ALIGN_PARAGRAPH.RIGHT),
        (_HEAD, "Bảng: đầu cột", WD_ALIGN_PARAGRAPH.CENTER),
    ):
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.element.styleId = code
        style.base_style = normal
        style.font.size = Pt(10.5)
        style.font.bold = code == _HEAD or None
        style.paragraph_format.space_after = Pt(1)
        style.paragraph_format.alignment = alignment
    border = word.styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        word.styles["Title"].element.pPr.remove(border)


def _set_page(section: WordSection) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(22), Mm(24)
    section.left_margin, section.right_margin = Mm(30), Mm(18)


def _set_landscape(section: WordSection) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(20), Mm(18)
    section.different_first_page_header_footer = False


def _shrink(end: WordParagraph) -> None:
    """Make the paragraph that ends a section too low to start a page of its own."""
    end.paragraph_format.space_after = Pt(0)
    end.paragraph_format.line_spacing = Pt(1)


def _set_header_and_footer(section: WordSection, document: Document) -> None:
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = number.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
    words = " · ".join(document.letterhead.footer)
    if document.letterhead.fingerprint:
        words += f" · Dấu vân tay khóa ký: {document.letterhead.fingerprint}"
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]
        paragraph.add_run(words).font.size = Pt(9)


def _set_properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    properties.title = " ".join(document.title)
    properties.author = " ".join(document.letterhead.agency)
    properties.language = "vi-VN"
    properties.comments = document.letterhead.footer[0]
    properties.created = properties.modified = datetime(1980, 1, 1)


# Head and foot ------------------------------------------------------------------------------------


def _write_head(word: WordDocument, document: Document) -> None:
    letterhead = document.letterhead
    grid = word.add_table(rows=2, cols=2)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    _set_widths(grid, (64, 98))
    _lines(grid.cell(0, 0), [(line, True, False) for line in letterhead.agency], is_ruled=True)
    _lines(
        grid.cell(0, 1),
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, False),
            ("Độc lập - Tự do - Hạnh phúc", True, False),
        ],
        is_ruled=True,
    )
    _lines(grid.cell(1, 0), [(f"Số: ……/{document.kind[1]}", False, False)])
    _lines(grid.cell(1, 1), [(f"{letterhead.place}, ngày … tháng … năm ……", False, True)])
    marks = "   ".join(f"[{mark}]" for mark in letterhead.marks)
    word.add_paragraph().add_run(marks).bold = True
    word.add_paragraph(document.kind[0], style="Title")
    title = word.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(document.title[0])
    run.bold = True
    run.add_break()
    title.add_run(document.title[1]).bold = True
    if document.addressee:
        to = word.add_paragraph(f"Kính gửi: {document.addressee}.")
        to.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write_paragraph(word, Paragraph(document.opening))


def _lines(cell: _Cell, lines: list[tuple[str, bool, bool]], *, is_ruled: bool = False) -> None:
    """Put centred lines (words, bold, italic) into a cell, with a rule under the last."""
    paragraph = cell.paragraphs[0]
    for number, (words, bold, italic) in enumerate(lines):
        if number:
            paragraph = cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(words)
        run.bold, run.italic = bold, italic
        run.font.size = Pt(12)
        run.underline = is_ruled and number == len(lines) - 1


def _keep_end(word: WordDocument, body: tuple[Block, ...]) -> None:
    """Keep the end of the body with the closing words and who signs: they fill no page alone."""
    last = body[-1] if body else None
    if isinstance(last, TableBlock) and not last.note:
        _keep_with_next(word.tables[-1].rows[-1])
    elif last is not None:
        word.paragraphs[-1].paragraph_format.keep_with_next = True


def _write_foot(word: WordDocument, document: Document) -> None:
    if not document.closing:
        # A table would touch the one above.
        word.add_paragraph().paragraph_format.keep_with_next = True
    grid = word.add_table(rows=1, cols=2)
    left, right = grid.cell(0, 0), grid.cell(0, 1)
    run = left.paragraphs[0].add_run("Nơi nhận:")
    run.bold = run.italic = True
    run.font.size = Pt(12)
    for recipient in document.recipients:
        left.add_paragraph().add_run(f"- {recipient}").font.size = Pt(11)
    _lines(right, [(line, True, False) for line in document.letterhead.signer])
    right.add_paragraph().paragraph_format.space_after = Mm(30)
    # Who signs stands on one page.
    _keep_whole(grid.rows[0]._tr)


# Blocks -------------------------------------------------------------------------------------------


def _write_blocks(
    word: WordDocument,
    blocks: tuple[Block, ...],
    pictures: Mapping[str, bytes],
    *,
    width: float,
    is_appendix: bool = False,
) -> None:
    """Write blocks in order, each appendix on a page of its own."""
    figures = 0
    for position, block in enumerate(blocks):
        if isinstance(block, Heading):
            heading = word.add_heading(block.text)
            heading.paragraph_format.page_break_before = is_appendix and position > 0
        elif isinstance(block, Paragraph):
            _write_paragraph(word, block)
        elif isinstance(block, TableBlock):
            _write_table(word, block, width=width, is_wide=is_appendix)
        elif isinstance(block, Figure):
            figures += 1
            _write_figure(word, block, pictures, number=figures, width=width)


def _write_paragraph(word: WordDocument, block: Paragraph) -> WordParagraph:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Cm(1.1)
    for span in block.spans:
        paragraph.add_run(span.text).bold = span.strong or None
    return paragraph


def _write_figure(
    word: WordDocument,
    block: Figure,
    pictures: Mapping[str, bytes],
    *,
    number: int,
    width: float,
) -> None:
    if block.name not in pictures:
        raise SnapshotError(f"Thiếu hình «{block.name}» của báo cáo. Hãy lập lại báo cáo.")
    word.add_paragraph(f"Hình {number}. {block.caption}", style="Caption")
    shape = word.add_picture(io.BytesIO(pictures[block.name]), width=Mm(width))
    shape._inline.docPr.set("descr", block.alternative)
    if block.note:
        _write_note(word, block.note)


def _write_note(word: WordDocument, words: str) -> None:
    run = word.add_paragraph().add_run(words)
    run.italic = True
    run.font.size = Pt(11)


def _write_table(
    word: WordDocument, block: TableBlock, *, width: float, is_wide: bool = False
) -> None:
    word.add_paragraph(block.caption, style="Caption")
    columns = block.table.columns
    heads = 1 + bool(block.groups) + bool(block.numbers)
    printed = printed_rows(block.table)
    table = word.add_table(rows=heads + max(len(printed), 1), cols=len(columns), style="Table Grid")
    table.autofit = False
    shares = column_widths(block, is_wide=is_wide)
    held = held_rows(block, shares, is_wide=is_wide)
    is_whole = is_short(block, shares, is_wide=is_wide)
    _set_widths(table, tuple(width * share / sum(shares) for share in shares))
    _write_heads(table, block)
    rows = list(table.rows)[heads:]
    if not printed:
        cells = rows[0].cells
        _fill(cells[0].merge(cells[-1]), "Không có dòng nào.")
    styles = [_NUMBER if column.kind in NUMBER_KINDS else _TEXT for column in columns]
    for position, (row, texts) in enumerate(zip(rows, printed, strict=False)):
        is_total = block.last_is_total and position == len(printed) - 1
        for cell, text, style in zip(row.cells, texts, styles, strict=True):
            _fill(cell, text, style=style, is_bold=is_total)
        _keep_whole(row._tr)
        # What is kept with the row after it: never the last of all, nor one alone on a page.
        left = len(printed) - 1 - position
        if (left or block.note) and (is_whole or position == 0 or left < held):
            _keep_with_next(row)
    if block.note:
        _write_note(word, block.note)


def _write_heads(table: WordTable, block: TableBlock) -> None:
    """Write the head rows, which Word repeats on every page."""
    position = 0
    if block.groups:
        cells, at = table.rows[0].cells, 0
        for label, span in block.groups:
            merged = cells[at].merge(cells[at + span - 1])
            _fill(merged, label, style=_HEAD)
            at += span
        position = 1
    for cell, column in zip(table.rows[position].cells, block.table.columns, strict=True):
        _fill(cell, column.label, style=_HEAD)
    if block.numbers:
        for cell, number in zip(table.rows[position + 1].cells, block.numbers, strict=True):
            _fill(cell, number, style=_HEAD)
    for row in table.rows[: position + 1 + bool(block.numbers)]:
        _keep_with_next(row)
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
        _keep_whole(row._tr)


def _keep_whole(row: OxmlElement) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _keep_with_next(row: _Row) -> None:
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _fill(cell: _Cell, words: str, *, style: str = _TEXT, is_bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph._p.style = style  # by its id: to look a name up for each cell takes seconds
    paragraph.add_run(words).bold = is_bold or None


def _set_widths(table: WordTable, widths: tuple[float, ...]) -> None:
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
