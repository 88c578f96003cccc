"""Read documents back the way other programs do."""

from __future__ import annotations

import io
import json
import re
import subprocess
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import docx
import openpyxl

from dashboard.snapshots.making import Snapshot


def squeezed(text: str) -> str:
    """Return text with every run of blanks, no-break ones too, as one blank."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def pdf_text(data: bytes, *options: str) -> str:
    done = subprocess.run(
        ["pdftotext", *options, "-enc", "UTF-8", "-", "-"], input=data, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def pdf_facts(data: bytes) -> dict[str, str]:
    done = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr
    lines = (line.split(":", 1) for line in done.stdout.decode().splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in lines}


def docx_text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    footers = (
        paragraph.text for section in document.sections for paragraph in section.footer.paragraphs
    )
    return "\n".join((*(one.text for one in document.paragraphs), *cells, *footers))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.data: dict[str, str] = {}
        self._inside: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._inside = dict(attrs).get("id") or ""
        elif tag not in ("strong", "span", "code"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is None:
            self.words.append(data)
        elif self._inside:
            self.data[self._inside] = self.data.get(self._inside, "") + data


@dataclass(frozen=True)
class Made:
    """A snapshot and its documents, read by others' programs."""

    snapshot: Snapshot

    @cached_property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.snapshot.archive)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def file(self, ending: str, *, start: str = "bao-cao") -> bytes:
        (name,) = (n for n in self.files if n.startswith(start) and n.endswith(ending))
        return self.files[name]

    @cached_property
    def pdf(self) -> str:
        return squeezed(pdf_text(self.file(".pdf")))

    @cached_property
    def docx(self) -> str:
        return squeezed(docx_text(self.file(".docx")))

    @cached_property
    def _html(self) -> _Words:
        reader = _Words()
        reader.feed(self.file(".html").decode())
        return reader

    @cached_property
    def html(self) -> str:
        return squeezed("".join(self._html.words))

    def html_data(self, name: str) -> Any:
        return json.loads(self._html.data[name])

    @cached_property
    def workbook(self) -> openpyxl.Workbook:
        return openpyxl.load_workbook(io.BytesIO(self.file(".xlsx")))

    @cached_property
    def xlsx(self) -> str:
        return squeezed(
            "\n".join(
                str(cell)
                for sheet in self.workbook.worksheets
                for row in sheet.iter_rows(values_only=True)
                for cell in row
                if cell is not None
            )
        )
