"""Bytes → text, whatever encoding a text file was saved in."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from etl.errors import RefusedFile
from etl.reading.legacy import is_tcvn3
from etl.reading.limits import unreadable
from etl.reading.sheets import Note

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 256 * 1024
_NEVER_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MOST_ODD = 0.005
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_FEW = 20
"""Of so many letters beyond ASCII one may be broken, and the text is still UTF-8."""
_DECLARED = re.compile(
    rb"(?:charset\s*=\s*[\"']?|encoding\s*=\s*[\"'])([A-Za-z0-9_-]{3,30})", re.IGNORECASE
)


@dataclass(frozen=True)
class Decoded:
    """A text, the encoding it was in, and what its reader should know about that."""

    text: str
    encoding: str
    notes: tuple[Note, ...] = ()


def decode(file: str, content: bytes, *, may_declare: bool = False) -> Decoded:
    """Return the text of a file: UTF-8, UTF-16 with or without mark, else a one-byte encoding.

    With ``may_declare``, what the file says about itself (HTML, XML) is tried first.

    Raises:
        RefusedFile: it is no text, or in an encoding that is not known.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return _checked(file, content, encoding)
            except UnicodeDecodeError:
                # It says UTF-8 and is not, or not everywhere: read on without what it says.
                content = content[len(mark) :]
                break
    if unmarked := _unmarked_utf16(content):
        return _checked(file, content, unmarked)
    tried = ["utf-8"]
    declared = _DECLARED.search(content[:4096]) if may_declare else None
    if declared:
        tried.append(declared[1].decode("ascii").lower())
    for encoding in tried:
        try:
            return _checked(file, content, encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return _damaged_utf8(file, content) or _one_byte(file, content)


def _damaged_utf8(file: str, content: bytes) -> Decoded | None:
    """Return a text in UTF-8 of which a few letters are broken; None for what is not UTF-8."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = sum(len(run) for run in _BEYOND_ASCII.findall(text)) - broken
    if broken * _FEW > whole:
        return None
    _hold_text(file, text)
    message = "chữ bị hỏng trong tệp, hiện thành dấu �; hãy xem lại các ô có dấu này."
    return Decoded(text, "utf-8", (Note("broken_letters", message, broken),))


def _checked(file: str, content: bytes, encoding: str) -> Decoded:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            raise _unknown(file) from error
        raise
    _hold_text(file, text)
    return Decoded(text, encoding)


def _hold_text(file: str, text: str) -> None:
    # One-byte encodings can read a picture, too; text has next to no control characters.
    odd = len(_NEVER_IN_TEXT.findall(text))
    if "\x00" in text or odd > max(1, _MOST_ODD * len(text)):
        raise unreadable(file)


def _unknown(file: str) -> RefusedFile:
    return RefusedFile(
        file,
        reason="không nhận ra bảng mã chữ của tệp.",
        next_step="Hãy mở tệp và lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi nạp lại.",
    )


def _unmarked_utf16(content: bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in: ASCII letters have a zero on one side."""
    sample = content[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2
    if len(content) % 2 or not most:
        return None
    if odd * 4 > most and not even:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > most and not odd else None


def _one_byte(file: str, content: bytes) -> Decoded:
    plain = content.decode("latin-1")
    _hold_text(file, plain)
    if is_tcvn3(plain[:_SAMPLE].splitlines()):
        # Left as it is: sheets of every format are converted in one place.
        return Decoded(content.decode("cp1252", errors="replace"), "tcvn3")
    for encoding, name in (("cp1258", "Windows-1258"), ("cp1252", "Windows-1252")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        message = f"chữ theo bảng mã cũ {name} đã được chuyển sang Unicode."
        return Decoded(text, encoding, (Note("old_encoding", message),))
    raise _unknown(file)
