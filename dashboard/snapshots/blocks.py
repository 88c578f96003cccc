"""What official documents are made of: a letterhead and blocks, which PDF and DOCX both print.

Their form follows Decree 30/2020/NĐ-CP. Each is a draft made by a machine: number, date and
signature stay blank.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from dashboard import formatting as fmt
from dashboard.components.tables import NUMBER_KINDS
from dashboard.model import Chart, Sentence, Table
from dashboard.snapshots.cells import printed_rows
from dashboard.snapshots.freezing import Frozen

_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Heading:
    """The heading of a part or of an appendix."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Words; emphasis is kept."""

    spans: Sentence


@dataclass(frozen=True)
class TableBlock:
    """A table with its caption; ``groups`` is a row of heads over the columns (label, span)."""

    caption: str
    table: Table
    note: str = ""
    groups: tuple[tuple[str, int], ...] = ()
    numbers: tuple[str, ...] = ()
    """A row under the heads that numbers the columns, as official forms have."""
    last_is_total: bool = False
    widths: tuple[float, ...] = ()
    """Relative widths of the columns; empty for as their words ask."""


@dataclass(frozen=True)
class Figure:
    """A chart; ``name`` finds its drawing."""

    name: str
    caption: str
    alternative: str
    chart: Chart = field(repr=False)
    note: str = ""


Block = Heading | Paragraph | TableBlock | Figure


@dataclass(frozen=True)
class Letterhead:
    """Who speaks, and what stands on every official document of a frozen period."""

    agency: tuple[str, str]
    place: str
    marks: tuple[str, ...]
    footer: tuple[str, str]
    fingerprint: str
    signer: tuple[str, str] = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@dataclass(frozen=True)
class Document:
    """An official document: who speaks to whom, about what, in which parts."""

    letterhead: Letterhead
    kind: tuple[str, str]
    """What it is called, and the sign after its number."""
    title: tuple[str, str]
    opening: Sentence
    body: tuple[Block, ...]
    addressee: str = ""
    closing: Sentence = ()
    """The last words; they stay with the signature, which never stands alone on a page."""
    appendices: tuple[Block, ...] = ()
    """Wide tables, on landscape pages after the signature."""

    @property
    def figures(self) -> list[Figure]:
        """Every chart of the document."""
        return [block for block in (*self.body, *self.appendices) if isinstance(block, Figure)]

    @property
    def recipients(self) -> tuple[str, ...]:
        """Who is given the document, as its foot lists them."""
        return (*(["Như trên;"] if self.addressee else []), "Lưu: VT.")


def make_letterhead(frozen: Frozen, *, fingerprint: str) -> Letterhead:
    """Return the letterhead of a frozen period, signed by the key of this fingerprint."""
    kind, _, name = frozen.unit_name.partition(" ")
    return Letterhead(
        agency=("ỦY BAN NHÂN DÂN", frozen.unit_name.upper()),
        place=name or kind,
        marks=frozen.marks,
        footer=(
            f"Dự thảo lập từ phiên bản số liệu {fmt.version(frozen.data_version)}"
            + (f", số liệu đến ngày {fmt.day(frozen.latest)}" if frozen.latest else ""),
            "Phương pháp: hai mức cao nhất (SIPAS)",
        ),
        fingerprint=fingerprint,
    )


def number_parts(parts: Iterable[tuple[str, list[Block]]]) -> Iterator[Block]:
    """Give the blocks of the parts (title, blocks), each under a heading with a Roman number."""
    for number, (title, blocks) in zip(_ROMANS, parts, strict=False):
        yield Heading(f"{number}. {title}")
        yield from blocks


_ROOM, _WIDE_ROOM = 80.0, 138.0
"""Digits on a line of a page, and of a page that lies on its side, as appendices do."""
_PADDING, _BOLD = 2.4, 1.15
"""What a cell takes beside its words; a bold letter."""
_SHORT, _HELD = 20, 3
"""Lines of a table that stands whole; rows that stand together at the end of a longer one."""


def is_short(block: TableBlock, widths: tuple[float, ...], *, is_wide: bool) -> bool:
    """Whether a table is so low that it may stand whole on a page: half of one at most."""
    return sum(_heights(block, widths, is_wide=is_wide)) <= _SHORT


def held_rows(block: TableBlock, widths: tuple[float, ...], *, is_wide: bool) -> int:
    """Return how many of the last rows go overleaf together, so that none is alone there."""
    heights = _heights(block, widths, is_wide=is_wide)
    return next((n for n in (_HELD, 2) if n < len(heights) and sum(heights[-n:]) <= _SHORT), 0)


def _heights(block: TableBlock, widths: tuple[float, ...], *, is_wide: bool) -> list[int]:
    """Return the lines that each row takes, rather one too many."""
    room = _WIDE_ROOM if is_wide else _ROOM
    holds = [max(1.0, room * width / sum(widths) - _PADDING) for width in widths]
    return [
        max((math.ceil(len(text) / most) for text, most in zip(row, holds, strict=True)), default=1)
        for row in printed_rows(block.table)
    ]


def column_widths(block: TableBlock, *, is_wide: bool = False) -> tuple[float, ...]:
    """Return widths of a table's columns in characters: as stated, else by what stands in them.

    Long words take less than their share. Where the page is too narrow, what is longer than a
    word gives way first: no column is narrower than its longest word while the page has room.
    """
    if block.widths:
        return block.widths
    rows = printed_rows(block.table)
    least, extra = [], []
    for place, column in enumerate(block.table.columns):
        cells = [row[place] for row in rows]
        # A no-break space keeps a number and its unit together: it does not end a word.
        head = max(len(part) for part in column.label.split(" ")) * _BOLD
        word = max([head, 3.0, *(len(part) for text in cells for part in text.split(" "))])
        longest = max((len(text) for text in cells), default=0)
        whole = longest if column.kind in NUMBER_KINDS else min(longest, 60) ** 0.85
        least.append(word + _PADDING)
        extra.append(max(0.0, whole - word))
    room = _WIDE_ROOM if is_wide else _ROOM
    given = min(1.0, max(0.0, room - sum(least)) / (sum(extra) or 1.0))
    return tuple(word + given * more for word, more in zip(least, extra, strict=True))
