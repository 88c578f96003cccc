"""Is an archive what the office signed? Only keys that the reader already has are trusted."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from dashboard.snapshots.archive import (
    MANIFEST,
    MANIFEST_FORMAT,
    PUBLIC_KEY,
    SIGNATURE,
    new_entry,
)
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.signing import PublicKey, read_public_key

MOST_BYTES = 512 * 2**20
"""Unpacked size over which an archive is not read: a report has a hundredth of it."""


_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_LOCAL, _CENTRAL, _END = 30, 46, 22
"""Sizes in bytes of the fixed parts of a zip: APPNOTE.TXT 4.3."""


class Outcome(IntEnum):
    """The exit code of ``verify``."""

    INTACT = 0
    ALTERED = 1
    UNREADABLE = 2
    UNKNOWN_KEY = 3


@dataclass(frozen=True)
class Verdict:
    """What became of an archive: the outcome, each fault by its file, what the archive says."""

    outcome: Outcome
    faults: tuple[str, ...] = ()
    manifest: dict[str, Any] | None = None
    fingerprint: str = ""
    """Of the trusted key that signed it."""


def verify_archive(data: bytes, *, trusted: Iterable[PublicKey]) -> Verdict:
    """Check an archive byte by byte against the keys in ``trusted``.

    A file that was changed, added, taken out or renamed is named. Signed by no trusted key, a
    whole archive is of an unknown key: nobody vouches for it.
    """
    try:
        files, strange = _read(data)
        manifest_bytes, signature = files.pop(MANIFEST, None), files.pop(SIGNATURE, None)
    except SnapshotError as error:
        return Verdict(Outcome.UNREADABLE, (f"tệp nén: {error}",))
    except (zipfile.BadZipFile, OSError, ValueError):
        return Verdict(Outcome.UNREADABLE, ("tệp nén: không phải tệp .zip, hoặc đã hỏng",))
    absent = [
        f"{name}: thiếu"
        for name, part in ((MANIFEST, manifest_bytes), (SIGNATURE, signature))
        if part is None
    ]
    if manifest_bytes is None or signature is None:
        return Verdict(Outcome.ALTERED, tuple(absent))
    signer = next((key for key in trusted if key.has_signed(manifest_bytes, signature)), None)
    claimed = None if signer else _claimed_key(manifest_bytes, signature, files.get(PUBLIC_KEY))
    if signer is None and claimed is None:
        fault = f"{MANIFEST} hoặc {SIGNATURE}: đã bị sửa, chữ ký không khớp"
        return Verdict(Outcome.ALTERED, (fault,))
    manifest = _parse(manifest_bytes)
    if manifest is None:
        return Verdict(Outcome.UNREADABLE, (f"{MANIFEST}: không đúng định dạng",))
    faults = [*_faults(files, manifest["files"]), *strange]
    if claimed is not None and not faults:
        words = f"Không có khóa tin cậy nào khớp chữ ký (khóa tự xưng: {claimed.fingerprint})."
        return Verdict(Outcome.UNKNOWN_KEY, (words,))
    outcome = Outcome.ALTERED if faults else Outcome.INTACT
    return Verdict(outcome, tuple(faults), manifest, signer.fingerprint if signer else "")


def _claimed_key(manifest: bytes, signature: bytes, own_key: bytes | None) -> PublicKey | None:
    """Return the archive's own key where it fits the signature, None where it does not.

    It serves to tell a damaged archive from a whole one of somebody unknown and for nothing else:
    that it fits proves no more than that whoever made the archive also put the key there.
    """
    try:
        claimed = None if own_key is None else read_public_key(own_key, name=PUBLIC_KEY)
    except SnapshotError:
        return None
    return claimed if claimed is not None and claimed.has_signed(manifest, signature) else None


def _parse(data: bytes) -> dict[str, Any] | None:
    try:
        manifest = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(manifest, dict) or manifest.get("format") != MANIFEST_FORMAT:
        return None
    files = manifest.get("files")
    is_listed = isinstance(files, dict) and all(
        isinstance(one, dict) and re.fullmatch(r"[0-9a-f]{64}", str(one.get("sha256")))
        for one in files.values()
    )
    return manifest if is_listed else None


def _faults(files: dict[str, bytes], listed: dict[str, Any]) -> list[str]:
    """Name every file that is not as listed; one that only changed its name says both."""
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    faults = []
    added = {name for name in hashes if name not in listed}
    for name, entry in listed.items():
        if name in hashes:
            if hashes[name] != entry["sha256"]:
                faults.append(f"{name}: nội dung đã bị sửa")
            continue
        moved = next((other for other in sorted(added) if hashes[other] == entry["sha256"]), None)
        if moved is None:
            faults.append(f"{name}: thiếu")
        else:
            added.discard(moved)
            faults.append(f"{name}: bị đổi tên thành {moved}")
    return faults + [f"{name}: tệp lạ, không có trong {MANIFEST}" for name in sorted(added)]


def _read(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a zip, and what is strange about the zip itself.

    Raises:
        SnapshotError: it is encrypted, or too large to be a report.
        zipfile.BadZipFile: it is no zip, or a broken one.
    """
    strange, foreign = [], []
    files: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise SnapshotError("quá lớn so với một báo cáo")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED:
                raise SnapshotError("có mật khẩu")
            if entry.filename in files:
                strange.append(f"{entry.filename}: có hai tệp cùng tên")
                continue
            if not _is_ours(entry, data):
                foreign.append(entry.filename)
            try:
                files[entry.filename] = archive.read(entry)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                # Kept as something that no hash fits: the file is then named as altered.
                files[entry.filename] = str(error).encode()
        if foreign and len(foreign) == len(entries):
            strange.append("tệp nén: đã được nén lại bằng chương trình khác")
        else:
            strange += [f"{name}: phần đầu tệp nén đã bị sửa" for name in foreign]
        if archive.comment or len(data) != _size(entries):
            strange.append("tệp nén: có phần thêm vào ngoài các tệp")
    return files, strange


def _is_ours(entry: zipfile.ZipInfo, data: bytes) -> bool:
    """Whether both headers of an entry are as :func:`make_archive` writes them.

    Programs differ in which of the two names they believe, so both must say the same.
    """
    plain = new_entry(entry.filename)
    is_plain = all(
        getattr(entry, name) == getattr(plain, name)
        for name in (
            "date_time",
            "compress_type",
            "comment",
            "extra",
            "create_system",
            "create_version",
            "extract_version",
            "reserved",
            "volume",
            "internal_attr",
            "external_attr",
        )
    )
    is_plain &= entry.flag_bits == (0 if entry.filename.isascii() else _UTF8_NAME)
    header = entry.FileHeader(zip64=False)
    start = entry.header_offset
    return is_plain and data[start : start + len(header)] == header


def _size(entries: list[zipfile.ZipInfo]) -> int:
    """Return the size of a zip that holds these entries and nothing else."""
    names = sum(len(entry.filename.encode()) for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    return _END + len(entries) * (_LOCAL + _CENTRAL) + 2 * names + packed
