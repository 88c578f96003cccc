"""Bytes → text, whatever encoding a text file was saved in."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from etl.errors import RefusedFile
from etl.reading.legacy import converted_note, find_old_font, is_syllable
from etl.reading.limits import unreadable
from etl.reading.old_fonts import VISCII, VISCII_FONT
from etl.reading.sheets import Note

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 256 * 1024
_BLOCK = 1024 * 1024
_NEVER_IN_TEXT = bytes((*range(0x09), *range(0x0E, 0x20)))
_MOST_ODD = 0.005
_OLD = {"cp1258": "Windows-1258", "cp1252": "Windows-1252"}
_LETTERS = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[\r\n]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_STRAY = 4
"""So many letters may be broken for each that is whole, and the text is still UTF-8.

What is written in one-byte letters is next to never whole in UTF-8, not even by chance.
"""
_FEWEST_WHOLE = 3
_STRAY_LETTERS = "etl-stray-letters"
_DECLARED = re.compile(
    rb"(?:charset\s*=\s*[\"']?|encoding\s*=\s*[\"'])([A-Za-z0-9_-]{3,30})", re.IGNORECASE
)


@dataclass(frozen=True)
class Bytes:
    """What a file holds, given anew to whoever reads it: it need never be in memory as a whole."""

    open: Callable[[], BinaryIO]
    size: int

    @classmethod
    def at(cls, path: Path) -> Bytes:
        """Return the bytes of a file."""
        return cls(lambda: path.open("rb"), path.stat().st_size)

    def without(self, count: int) -> Bytes:
        """Return the same without its first ``count`` bytes."""

        def opened() -> BinaryIO:
            file = self.open()
            file.seek(count)
            return file

        return Bytes(opened, self.size - count)

    @property
    def whole(self) -> bytes:
        """All bytes."""
        with self.open() as file:
            return file.read()

    def head(self, count: int) -> bytes:
        """Return the first ``count`` bytes."""
        with self.open() as file:
            return file.read(count)

    def blocks(self) -> Iterator[bytes]:
        """Return all bytes, block by block."""
        with self.open() as file:
            while block := file.read(_BLOCK):
                yield block


@dataclass(frozen=True)
class Decoded:
    """A text: the bytes it is written in, their encoding, what its reader should know of that."""

    content: Bytes
    codec: str
    encoding: str
    """The encoding as people know it."""
    errors: str = "strict"
    notes: tuple[Note, ...] = ()

    def open(self) -> TextIO:
        """Return the text to be read line by line, the ends of lines as they are."""
        return TextIOWrapper(
            self.content.open(), encoding=self.codec, errors=self.errors, newline=""
        )

    @property
    def text(self) -> str:
        """The whole text."""
        with self.open() as file:
            return file.read()


def decode(file: str, content: Bytes, *, may_declare: bool = False) -> Decoded:
    """Tell the encoding of a file: UTF-8, UTF-16 with or without mark, else a one-byte one.

    With ``may_declare``, what the file says about itself (HTML, XML) is tried first.

    Raises:
        RefusedFile: it is no text, or in an encoding that is not known.
    """
    for mark, encoding in _MARKS:
        if content.head(len(mark)) == mark:
            try:
                return _checked(file, _unmarked(content, mark), encoding)
            except UnicodeDecodeError:
                # It says UTF-8 and is not, or not everywhere: read on without what it says.
                content = content.without(len(mark))
                break
    if unmarked := _unmarked_utf16(content):
        return _checked(file, content, unmarked)
    tried = ["utf-8"]
    declared = _DECLARED.search(content.head(4096)) if may_declare else None
    if declared:
        tried.append(declared[1].decode("ascii").lower())
    for encoding in tried:
        try:
            # Python also calls things encodings that are none of text.
            b" ".decode(encoding)
            codec = codecs.lookup(encoding).name
            notes = (_old_encoding(codec, is_sure=codec == "cp1258"),) if codec in _OLD else ()
            return _held(file, content, encoding, notes=notes)
        except (UnicodeError, LookupError):
            continue
    return _mostly_utf8(file, content) or _one_byte(file, content)


def _unmarked(content: Bytes, mark: bytes) -> Bytes:
    """Return the bytes with one mark where programs have set it again and again."""
    head = content.head(16 * len(mark))
    extra = 0
    while head.startswith(mark, extra + len(mark)):
        extra += len(mark)
    return content.without(extra) if extra else content


def _stray_letter(error: UnicodeError) -> tuple[str, int]:
    """Read a letter that is none in UTF-8 as the old one-byte letter it must have been."""
    assert isinstance(error, UnicodeDecodeError)
    broken = error.object[error.start : error.end]
    # The beginning of a longer letter, cut off: nothing tells which.
    letter = (
        broken.decode("cp1258", "replace") if len(broken) == 1 and broken[0] > 0xBF else "\ufffd"
    )
    return letter, error.end


codecs.register_error(_STRAY_LETTERS, _stray_letter)


def _mostly_utf8(file: str, content: Bytes) -> Decoded | None:
    """Return a text in UTF-8 with some letters that are not; None for what is not UTF-8.

    Lines of two files may have been pasted together, or texts cut off within a letter.
    """
    broken = whole = 0
    for piece in _pieces(content, "utf-8", "replace"):
        broken += piece.count("\ufffd")
        whole += sum(len(run) for run in _BEYOND_ASCII.findall(piece))
    whole -= broken
    if whole < _FEWEST_WHOLE or broken > _STRAY * whole:
        return None
    message = (
        "chữ không cùng bảng mã với cả tệp (UTF-8), đọc theo bảng mã cũ hoặc hiện thành dấu �; "
        "hãy xem lại các ô có chữ lạ."
    )
    return _held(file, content, "utf-8", _STRAY_LETTERS, (Note("broken_letters", message, broken),))


def _checked(file: str, content: Bytes, encoding: str) -> Decoded:
    try:
        return _held(file, content, encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            raise _unknown(file) from error
        raise


def _pieces(content: Bytes, codec: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)(errors)
    for block in content.blocks():
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _held(
    file: str,
    content: Bytes,
    codec: str,
    errors: str = "strict",
    notes: tuple[Note, ...] = (),
    name: str = "",
) -> Decoded:
    """Return the text of ``content`` when it is one.

    Raises:
        RefusedFile: it is something else that happens to be readable.
        UnicodeDecodeError: it is not in ``codec``.
    """
    # One-byte encodings can read a picture, too; text has next to no control characters.
    odd = length = 0
    for piece in _pieces(content, codec, errors):
        length += len(piece)
        controls = piece.encode("ascii", "ignore")
        odd += len(controls) - len(controls.translate(None, _NEVER_IN_TEXT))
        if b"\x00" in controls:
            raise unreadable(file)
    if odd > max(1, _MOST_ODD * length):
        raise unreadable(file)
    return Decoded(content, codec, name or codec, errors, notes)


def _unknown(file: str) -> RefusedFile:
    return RefusedFile(
        file,
        reason="không nhận ra bảng mã chữ của tệp.",
        next_step="Hãy mở tệp và lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi nạp lại.",
    )


def _unmarked_utf16(content: Bytes) -> str | None:
    """Return which UTF-16 a text without a mark is in: ASCII letters have a zero on one side."""
    sample = content.head(_SAMPLE)
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2
    if content.size % 2 or not most:
        return None
    if odd * 4 > most and not even:
        return "utf-16-le"
    return "utf-16-be" if even * 4 > most and not odd else None


def _one_byte(file: str, content: Bytes) -> Decoded:
    sample = content.head(_SAMPLE)
    # Lines end where text files end them: one-byte letters are no ends of lines.
    font = find_old_font(_BREAK.split(sample.decode("latin-1")))
    if font is VISCII_FONT:
        return _held(file, content, VISCII, notes=(converted_note(font),), name=font.code)
    _held(file, content, "latin-1")
    if font is not None:
        # Left as it is: sheets of every format are converted in one place.
        return _held(file, content, "cp1252", "replace", name=font.code)
    is_sure = _is_vietnamese(sample)
    candidates = ["cp1258", "cp1252"] if is_sure else ["cp1252", "cp1258"]
    for codec in candidates:
        try:
            note = _old_encoding(codec, is_sure=is_sure and codec == "cp1258")
            return _held(file, content, codec, notes=(note,))
        except UnicodeDecodeError:
            continue
    raise _unknown(file)


def _old_encoding(codec: str, *, is_sure: bool = False) -> Note:
    message = f"chữ theo bảng mã cũ {_OLD[codec]} đã được chuyển sang Unicode."
    if not is_sure:
        message += (
            " Nếu chữ Việt hiện sai, tệp gõ bằng phông VPS hoặc phông cũ khác: hãy mở tệp, "
            "chuyển sang Unicode rồi nạp lại."
        )
    return Note("old_encoding", message)


def _is_vietnamese(sample: bytes) -> bool:
    """Whether words that Windows-1258 and Windows-1252 read differently are syllables in the first.

    The two differ in few letters; a text without such words is the same in both.
    """
    texts = [sample.decode(codec, "replace") for codec in ("cp1258", "cp1252")]
    ours, theirs = ([unicodedata.normalize("NFC", word) for word in text.split()] for text in texts)
    differing = [mine for mine, other in zip(ours, theirs, strict=True) if mine != other]
    words = [run for mine in differing for run in _LETTERS.findall(mine) if not run.isascii()]
    return sum(map(is_syllable, words)) * 2 >= len(words)
