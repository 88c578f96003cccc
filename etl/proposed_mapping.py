"""A mapping file written from what was found in a file, for a person to finish."""

from __future__ import annotations

import json

from etl.catalogue.sources import SOURCES
from etl.inspecting import InspectedSheet
from etl.mapping import Mapping
from etl.normalise import fold
from etl.sources.proposing import LEVELS, QUESTIONS, Proposal


def mapping_text(
    sheet: InspectedSheet, *, has_other_sheets: bool, known: Mapping | None = None
) -> str:
    """Return the TOML of a mapping for ``sheet``: what is sure, what is guessed, what is missing.

    Guesses stand in it as they are, with the word to look at them; a required column for which
    nothing was found is a comment that waits to be filled in. Columns that the ``known`` mapping,
    by which the file was read, reads as one stay together.
    """
    source = SOURCES[sheet.nearest]
    joined = known.joined if known else {}
    parts = {fold(header) for headers in joined.values() for header in headers}
    lines = [
        "# Tệp ánh xạ: sửa cho đúng rồi nạp bằng  python -m etl load TỆP --mapping TỆP_NÀY",
        f"# {source.label}",
        f'source = "{source.code}"',
        "",
        "[columns]            # tên chuẩn = tên cột trong tệp",
    ]
    for proposal in sheet.proposals:
        if proposal.certainty == "none" or proposal.canonical in (QUESTIONS, LEVELS):
            continue
        is_sure = proposal.certainty == "sure"
        if not is_sure and fold(proposal.header) in parts:
            continue
        whole = joined.get(proposal.header)
        header = f"[{', '.join(map(quoted, whole))}]" if whole else quoted(proposal.header)
        doubt = "" if is_sure else f"   # đoán: {proposal.label}; hãy kiểm tra"
        lines.append(f"{proposal.canonical} = {header}{doubt}")
    given = {proposal.canonical for proposal in sheet.proposals}
    for name in sheet.missing:
        if name not in given:
            lines.append(f'# {name} = ""   # bắt buộc: {source.column(name).label}')
    free = [
        p.header for p in sheet.proposals if p.certainty == "none" and fold(p.header) not in parts
    ]
    if free:
        lines += ["", "# Các cột không nạp:", *(f"#   {quoted(header)}" for header in free)]
    lines += _questions(sheet.proposals)
    lines += ["", "# [dates]", '# order = "dmy"       # dmy | mdy | ymd']
    if has_other_sheets:
        lines += ["", "[options]", f"sheet = {quoted(sheet.name)}"]
    return "\n".join(lines) + "\n"


def _questions(proposals: tuple[Proposal, ...]) -> list[str]:
    found = [proposal for proposal in proposals if proposal.canonical == QUESTIONS]
    if not found:
        return []
    return [
        "",
        "[questions]          # câu hỏi trong tệp = tiêu chí",
        *(f"{quoted(p.header)} = {quoted(p.label.rpartition(' ')[2])}" for p in found),
    ]


def quoted(text: str) -> str:
    """Return ``text`` as a TOML string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
