"""Workbooks of Excel since 2007 (.xlsx, .xlsm): what is in their parts is looked at first."""

from __future__ import annotations

import posixpath
import re
import string
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from etl.reading.calamine import Extent, read_workbook
from etl.reading.limits import Limits, unreadable
from etl.reading.sheets import NOT_COMPUTED, Sheet, place_of

_CHUNK = 4 * 1024 * 1024
# Every place that is named, wherever it stands: looking closer would miss what is well hidden.
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,7}\d{1,10})[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLAIN_CELLS = tuple(b"<c" + end for end in (b" ", b">", b"/", b"\t", b"\n", b"\r"))
_LETTERS, _DIGITS = string.ascii_letters.encode(), string.digits.encode()
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_EMPTY = (
    re.compile(rb"<(?:\w+:)?c\s[^<>]*/>"),
    re.compile(rb"<(?:\w+:)?row\s[^<>]*(?:/>|>\s*</(?:\w+:)?row\s*>)"),
)
"""Cells and rows that have a style and no value: calamine passes over them, and so do we."""
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*?\bt=[\"']e[\"'])[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,30})<",
    re.DOTALL,
)
_NOT_COMPUTED = re.compile(
    rb"<(?:\w+:)?c\s(?![^>]*?\bt=[\"']str[\"'])[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*>"
    rb"\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without a result; one whose result is no text at all says that it is a text."""
_TRUE = ("1", "true", "on")


def read(file: str, content: bytes, package: zipfile.ZipFile, limits: Limits) -> list[Sheet]:
    """Return the worksheets of an .xlsx package that is known to expand within ``limits``."""
    try:
        workbook, parts = _workbook(package)
        extents = [_extent(package, part, limits) for part in parts]
    except (
        KeyError,
        StopIteration,
        ElementTree.ParseError,
        zipfile.BadZipFile,
        ValueError,
    ) as error:
        raise unreadable(file) from error
    return read_workbook(file, content, extents, limits, is_1904=_is_1904(workbook))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _workbook(package: zipfile.ZipFile) -> tuple[ElementTree.Element, list[str]]:
    """Return the workbook part, and the part of each sheet in the order of the workbook."""
    path = "xl/workbook.xml"
    if "_rels/.rels" in package.NameToInfo:
        for link in _parsed(package, "_rels/.rels"):
            if link.get("Type", "").endswith("/officeDocument"):
                path = link.get("Target", path).lstrip("/")
    folder, name = posixpath.split(path)
    workbook = _parsed(package, path)
    links = {
        link.get("Id", ""): link.get("Target", "")
        for link in _parsed(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    }
    # Names of parts are the same whatever their case, and some writers set backslashes.
    stored = {name.replace("\\", "/").lower(): name for name in package.namelist()}
    parts = []
    for element in workbook.iter():
        if _local(element.tag) == "sheet":
            key = next(key for key in element.attrib if _local(key) == "id")
            target = posixpath.normpath(posixpath.join("/", folder, links[element.attrib[key]]))
            parts.append(stored[target.lstrip("/").replace("\\", "/").lower()])
    return workbook, parts


def _parsed(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    # The parser of the standard library stops at entities that expand out of proportion.
    return ElementTree.fromstring(package.read(part))


def _is_1904(workbook: ElementTree.Element) -> bool:
    return any(
        _local(element.tag) == "workbookPr" and element.get("date1904", "").lower() in _TRUE
        for element in workbook.iter()
    )


def _extent(package: zipfile.ZipFile, part: str, limits: Limits) -> Extent:
    """Return how far a sheet's cells with values reach, and its errors, block by block.

    Cells without a value are told apart only in a sheet that would reach too far with them.
    """
    extent = Extent()
    for block in _blocks(package, part):
        _look(extent, block)
    is_within = extent.rows <= limits.rows and extent.columns <= limits.columns
    if is_within and extent.rows * extent.columns <= limits.cells:
        return extent
    filled = Extent(errors=extent.errors)
    for block in _blocks(package, part):
        for pattern in _EMPTY:
            block = pattern.sub(b"", block)
        _look(filled, block)
    return filled


def _blocks(package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Give the text of a part in pieces that end with a row."""
    rest = b""
    with package.open(part) as stream:
        while block := stream.read(_CHUNK):
            rest += block
            end = _last_row_end(rest)
            if end:
                yield rest[:end]
                rest = rest[end:]
    yield rest


def _last_row_end(text: bytes) -> int:
    """Return where the last whole row of a text ends, 0 where none does."""
    found = text.rfind(b"</row>")
    if found >= 0:
        return found + len(b"</row>")
    return max((end.end() for end in _ROW_END.finditer(text)), default=0)


def _count_cells(text: bytes) -> int:
    """Return how many cells begin in a text; those of a namespace with a prefix take longer."""
    if b":c" in text:
        return len(_CELL.findall(text))
    return sum(map(text.count, _PLAIN_CELLS))


def _look(extent: Extent, text: bytes) -> None:
    places = _PLACE.findall(text)
    if not places:
        return
    # Of a sheet with a million cells a million places: taken apart all at once, not one by one.
    listed = b",".join(places)
    names = listed.translate(None, _DIGITS).split(b",")
    distinct = {name for name in set(names) if name}
    extent.columns = max([extent.columns, *(place_of(n.decode().upper()) + 1 for n in distinct)])
    extent.rows = max(extent.rows, *map(int, listed.translate(None, _LETTERS).split(b",")))
    if _count_cells(text) > len(names) - names.count(b""):
        # Cells that name no place follow one another.
        extent.columns = max(extent.columns, *(len(_CELL.findall(r)) for r in _ROW.split(text)))
    if b't="e"' in text or b"t='e'" in text:
        for name, row, error in _ERROR.findall(text):
            extent.errors[int(row) - 1, place_of(name.decode().upper())] = error.decode().strip()
    if b"</f>" in text or b"<f " in text or b":f" in text:
        for name, row in _NOT_COMPUTED.findall(text):
            extent.errors[int(row) - 1, place_of(name.decode().upper())] = NOT_COMPUTED
