"""Whatever is done to an archive is found, and only keys that the reader has are believed."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dashboard.snapshots.archive import (
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    make_archive,
    new_entry,
)
from dashboard.snapshots.errors import SnapshotError
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.signing import SigningKey, open_signing_key, read_public_key
from dashboard.snapshots.verifying import Outcome, Verdict, verify_archive

DOCUMENTS = {
    "report.json": b'{"a": 1}\n',
    "bao-cao.pdf": bytes(range(256)) * 3,
    "báo cáo.html": "<p>Hài lòng</p>".encode(),
    "rong.txt": b"",
}


@pytest.fixture(scope="module")
def archive(june: Frozen, key: SigningKey) -> bytes:
    return make_archive(june, DOCUMENTS, key=key)


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(new_entry(name), data)
    return buffer.getvalue()


def check(data: bytes, key: SigningKey) -> Verdict:
    return verify_archive(data, trusted=[key.public])


def test_an_archive_is_intact_and_the_same_every_time(
    june: Frozen, key: SigningKey, archive: bytes
) -> None:
    verdict = check(archive, key)
    assert verdict.outcome is Outcome.INTACT
    assert verdict.faults == ()
    assert verdict.fingerprint == key.public.fingerprint
    assert make_archive(june, DOCUMENTS, key=key) == archive
    assert set(unpack(archive)) == {*DOCUMENTS, MANIFEST, SIGNATURE, PUBLIC_KEY}


def test_every_byte_of_every_file_counts(key: SigningKey, archive: bytes) -> None:
    files = unpack(archive)
    for name, data in files.items():
        for position in range(0, len(data), 1 if len(data) < 300 else 37):
            changed = bytearray(data)
            changed[position] ^= 0x01
            verdict = check(pack({**files, name: bytes(changed)}), key)
            assert verdict.outcome is Outcome.ALTERED, (name, position)
            assert any(name in fault for fault in verdict.faults), (name, position)


def test_every_byte_of_the_zip_itself_counts(key: SigningKey, archive: bytes) -> None:
    for position in range(len(archive)):
        changed = bytearray(archive)
        changed[position] ^= 0x20
        outcome = check(bytes(changed), key).outcome
        # The last byte of a compressed file has bits that mean nothing: no file changes by them.
        means_nothing = outcome is Outcome.INTACT and unpack(bytes(changed)) == unpack(archive)
        assert outcome in (Outcome.ALTERED, Outcome.UNREADABLE) or means_nothing, position


@pytest.mark.parametrize("name", [*DOCUMENTS, MANIFEST, SIGNATURE, PUBLIC_KEY])
def test_a_missing_file_is_named(key: SigningKey, archive: bytes, name: str) -> None:
    files = unpack(archive)
    del files[name]
    verdict = check(pack(files), key)
    assert verdict.outcome is Outcome.ALTERED
    assert any(name in fault and "thiếu" in fault for fault in verdict.faults)


def test_an_added_file_is_named(key: SigningKey, archive: bytes) -> None:
    verdict = check(pack({**unpack(archive), "them.txt": b"x"}), key)
    assert verdict.outcome is Outcome.ALTERED
    assert any("them.txt" in fault for fault in verdict.faults)


def test_a_renamed_file_is_named_with_both_names(key: SigningKey, archive: bytes) -> None:
    files = unpack(archive)
    files["bao-cao-moi.pdf"] = files.pop("bao-cao.pdf")
    (fault,) = check(pack(files), key).faults
    assert "bao-cao.pdf" in fault and "bao-cao-moi.pdf" in fault


def test_two_files_of_one_name_are_found(key: SigningKey, archive: bytes) -> None:
    files = unpack(archive)
    buffer = io.BytesIO(pack(files))
    with zipfile.ZipFile(buffer, "a") as opened, pytest.warns(UserWarning):
        opened.writestr("report.json", b"{}")
    assert check(buffer.getvalue(), key).outcome is Outcome.ALTERED


def test_hidden_bytes_around_the_zip_are_found(key: SigningKey, archive: bytes) -> None:
    for data in (archive + b"x", b"MZ" + archive):
        assert check(data, key).outcome is not Outcome.INTACT


def test_packed_again_by_another_program_only_what_was_changed_is_named(
    key: SigningKey, archive: bytes
) -> None:
    changed = {**unpack(archive), "bao-cao.pdf": b"changed"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as other:
        for name, data in changed.items():
            other.writestr(name, data)
    verdict = check(buffer.getvalue(), key)
    assert verdict.outcome is Outcome.ALTERED
    assert verdict.faults == (
        "bao-cao.pdf: nội dung đã bị sửa",
        "tệp nén: đã được nén lại bằng chương trình khác",
    )


def test_an_archive_signed_again_is_of_an_unknown_key(
    june: Frozen, key: SigningKey, tmp_path: Path
) -> None:
    stranger = open_signing_key(tmp_path / "other.pem")
    forged = make_archive(june, {**DOCUMENTS, "bao-cao.pdf": b"forged"}, key=stranger)
    verdict = check(forged, key)
    assert verdict.outcome is Outcome.UNKNOWN_KEY
    assert stranger.public.fingerprint in verdict.faults[0]
    assert verify_archive(forged, trusted=[stranger.public]).outcome is Outcome.INTACT
    assert verify_archive(forged, trusted=[]).outcome is Outcome.UNKNOWN_KEY


@pytest.mark.parametrize("name", [*DOCUMENTS, MANIFEST, SIGNATURE, PUBLIC_KEY])
def test_without_any_trusted_key_what_was_altered_is_found(archive: bytes, name: str) -> None:
    files = unpack(archive)
    verdict = verify_archive(pack({**files, name: files[name] + b" "}), trusted=[])
    assert verdict.outcome is Outcome.ALTERED
    assert verdict.fingerprint == ""


@pytest.mark.parametrize("data", [b"", b"PK", b"%PDF-1.7", b"PK\x05\x06" + bytes(17)])
def test_what_is_no_zip_is_unreadable(key: SigningKey, data: bytes) -> None:
    assert check(data, key).outcome is Outcome.UNREADABLE


# The key ------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    first, second = open_signing_key(path), open_signing_key(path)
    assert first.public.raw == second.public.raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert read_public_key(first.public.pem, name="k").fingerprint == first.public.fingerprint


def test_of_many_makers_at_once_one_key_stays(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    code = (
        "import sys; from pathlib import Path;"
        "from dashboard.snapshots.signing import open_signing_key as o;"
        "sys.stdin.read(); print(o(Path(sys.argv[1])).public.fingerprint)"
    )
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.close()
        maker.stdin = None
    said = {maker.communicate()[0] for maker in makers}
    assert len(said) == 1
    assert said == {open_signing_key(path).public.fingerprint + "\n"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.pem"
    open_signing_key(path)
    path.chmod(0o644)
    with pytest.raises(SnapshotError, match="chmod 600"):
        open_signing_key(path)


@pytest.mark.parametrize("content", [b"", b"no key"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SnapshotError, match="không phải khóa"):
        open_signing_key(path)
    with pytest.raises(SnapshotError, match="không phải khóa"):
        read_public_key(content, name="khoa.pem")
