"""Workbooks of Excel since 2007 (.xlsx, .xlsm): what is in their parts is looked at first."""

from __future__ import annotations

import posixpath
import re
import zipfile
from xml.etree import ElementTree

from etl.reading.calamine import Extent, read_workbook
from etl.reading.limits import Limits, unreadable
from etl.reading.sheets import Sheet, place_of

_CHUNK = 4 * 1024 * 1024
# An element that closes itself has a style and no value; calamine passes over it, and so do we.
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*?[^/]>")
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*?\bt=[\"']e[\"'])[^>]*?\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,30})<",
    re.DOTALL,
)
_CELL_END = re.compile(rb"</(?:\w+:)?(?:c|row)>|/>")
_TRUE = ("1", "true", "on")


def read(file: str, content: bytes, package: zipfile.ZipFile, limits: Limits) -> list[Sheet]:
    """Return the worksheets of an .xlsx package that is known to expand within ``limits``."""
    try:
        workbook, parts = _workbook(package)
        extents = [_extent(package, part) for part in parts]
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


def _extent(package: zipfile.ZipFile, part: str) -> Extent:
    """Return how far a sheet's cells with values reach, and its errors, block by block."""
    extent = Extent()
    rest = b""
    with package.open(part) as stream:
        while block := stream.read(_CHUNK):
            text = rest + block
            # Cut after the last whole element; what follows belongs to the next block.
            cut = max(
                (end.end() for end in _CELL_END.finditer(text, max(0, len(text) - 65536))),
                default=len(text),
            )
            _look(extent, text[:cut])
            rest = text[cut:]
    _look(extent, rest)
    return extent


def _look(extent: Extent, text: bytes) -> None:
    found = _CELL.findall(text)
    if not found:
        return
    extent.columns = max(
        extent.columns, *(place_of(name.decode()) + 1 for name in {name for name, _ in found})
    )
    extent.rows = max(extent.rows, max(map(int, {row for _, row in found})))
    if b't="e"' in text or b"t='e'" in text:
        for name, row, error in _ERROR.findall(text):
            extent.errors[int(row) - 1, place_of(name.decode())] = error.decode().strip()
