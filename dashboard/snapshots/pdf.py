"""The report and the notice as PDF, set by typst: tagged, fonts embedded, the same every time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from fontTools.ttLib import TTFont

from dashboard.components.tables import NUMBER_KINDS
from dashboard.model import Sentence
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
from dashboard.snapshots.codec import dump
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.html_parts import TEMPLATES
from dashboard.text import DEMO_WORDS
from etl.settings import ASSETS_DIR

STANDARD: Final = "ua-1"
"""PDF/UA-1: everything in the file is tagged for readers who listen."""
_FONTS = (ASSETS_DIR / "vendor" / "tinos", ASSETS_DIR / "vendor" / "be-vietnam-pro")
_UNKNOWN = "□"
_PICTURE_PPI = 180.0
_CENTRED = frozenset({"code", "date", "month"})


@cache
def _fonts() -> typst.Fonts:
    """Only our own fonts: a report looks the same on every machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(_FONTS)
    )


@cache
def _printable_characters() -> frozenset[int]:
    """The characters that every cut of the report's font has a sign for, and blanks."""
    covered: list[frozenset[int]] = []
    for path in _FONTS[0].glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            covered.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*covered) | frozenset(map(ord, "\n\t\r"))


def printable(value: Any) -> Any:
    """Return data with the characters that cannot be printed, emoji among them, as «□».

    PDF/UA asks for a sign for every character: one without would stop the whole report.
    """
    if isinstance(value, str):
        known = _printable_characters()
        return "".join(one if ord(one) in known else _UNKNOWN for one in value)
    if isinstance(value, Mapping):
        return {name: printable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value


def write_pdf(document: Document, drawings: Mapping[str, bytes]) -> bytes:
    """Return the report as PDF. ``drawings`` holds an SVG for each figure's name.

    Raises:
        SnapshotError: typst could not set it; nothing was left behind.
    """
    files = {f"{name}.svg": svg for name, svg in drawings.items()}
    return compile_pdf("report.typ", _report_data(document), files)


def compile_pdf(template: str, data: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """Set a template with its data and images.

    Raises:
        SnapshotError: typst refused the template, the data or an image.
    """
    with tempfile.TemporaryDirectory(prefix="pdf-") as name:
        folder = Path(name)
        for path in TEMPLATES.glob("*.typ"):
            shutil.copyfile(path, folder / path.name)
        (folder / "data.json").write_bytes(dump(printable(data)))
        for file, content in files.items():
            (folder / file).write_bytes(content)
        try:
            made = typst.compile(
                folder / template,
                root=folder,
                font_paths=_fonts(),
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=STANDARD,
                timestamp=0,  # no clock: equal documents, equal bytes
            )
        except typst.TypstError as error:
            raise SnapshotError(f"Không lập được tệp PDF ({error.message}).") from error
    assert isinstance(made, bytes)
    return made


def to_pictures(drawings: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return SVG drawings as PNG in print resolution, with our own fonts, by name.

    Raises:
        SnapshotError: typst refused a drawing.
    """
    if not drawings:
        return {}
    pages = "\n#pagebreak()\n".join(f'#image("{name}.svg")' for name in drawings)
    source = f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n"
    with tempfile.TemporaryDirectory(prefix="png-") as place:
        folder = Path(place)
        main = folder / "pictures.typ"
        main.write_text(source, encoding="utf-8")
        for name, svg in drawings.items():
            (folder / f"{name}.svg").write_bytes(svg)
        try:
            made = typst.compile(
                main,
                root=folder,
                font_paths=_fonts(),
                ignore_system_fonts=True,
                format="png",
                ppi=_PICTURE_PPI,
            )
        except typst.TypstError as error:
            raise SnapshotError(f"Không lập được hình cho tệp Word ({error.message}).") from error
    return dict(zip(drawings, made if isinstance(made, list) else [made], strict=True))


def _report_data(document: Document) -> dict[str, Any]:
    title = f"{document.kind[0]} {' '.join(document.title)}"
    head = document.letterhead
    return {
        "full_title": title,
        "kind": list(document.kind),
        "title": list(document.title),
        "author": " ".join(head.agency),
        "keywords": [mark.lower() for mark in head.marks],
        "agency": list(head.agency),
        "place": head.place,
        "addressee": document.addressee,
        "marks": [{"words": mark, "is_demo": mark == DEMO_WORDS} for mark in head.marks],
        "opening": _spans(document.opening),
        "body": _blocks(document.body),
        "appendices": _blocks(document.appendices, is_wide=True),
        "footer": list(head.footer),
        "fingerprint": head.fingerprint,
        "closing": _spans(document.closing),
        "recipients": list(document.recipients),
        "signer": list(head.signer),
    }


def _blocks(blocks: tuple[Block, ...], *, is_wide: bool = False) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    figures = 0
    for block in blocks:
        if isinstance(block, Heading):
            made.append({"kind": "heading", "text": block.text})
        elif isinstance(block, Paragraph):
            made.append({"kind": "paragraph", "spans": _spans(block.spans)})
        elif isinstance(block, TableBlock):
            made.append(_table_data(block, is_wide=is_wide))
        elif isinstance(block, Figure):
            figures += 1
            made.append(
                {
                    "kind": "figure",
                    "number": figures,
                    "path": f"{block.name}.svg",
                    "caption": block.caption,
                    "alternative": block.alternative,
                    "note": block.note,
                }
            )
    return made


def _table_data(block: TableBlock, *, is_wide: bool) -> dict[str, Any]:
    """Return a table as the template reads it: printed cells."""
    table = block.table
    widths = column_widths(block, is_wide=is_wide)
    return {
        "kind": "table",
        "caption": block.caption,
        "note": block.note,
        "groups": [{"label": label, "span": span} for label, span in block.groups],
        "numbers": list(block.numbers),
        "last_is_total": block.last_is_total,
        "widths": list(widths),
        "is_short": is_short(block, widths, is_wide=is_wide),
        "held": held_rows(block, widths, is_wide=is_wide),
        "columns": [
            {
                "label": column.label,
                "number": column.kind in NUMBER_KINDS,
                "centre": column.kind in _CENTRED,
            }
            for column in table.columns
        ],
        "rows": printed_rows(table),
    }


def _spans(sentence: Sentence) -> list[dict[str, Any]]:
    return [{"text": span.text, "strong": span.strong} for span in sentence]
