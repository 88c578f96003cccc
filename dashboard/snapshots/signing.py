"""The office's signing key: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from dashboard.snapshots.errors import SnapshotError
from etl.errors import refusal_words
from etl.settings import Settings


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are checked with."""

    key: Ed25519PublicKey

    @property
    def fingerprint(self) -> str:
        """The first 16 bytes of the SHA-256 of the raw key, in groups: "3f2a 91c0 …"."""
        digest = hashlib.sha256(self.raw).hexdigest()[:32]
        return " ".join(digest[i : i + 4] for i in range(0, len(digest), 4))

    @property
    def raw(self) -> bytes:
        """The 32 bytes of the key."""
        return self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def pem(self) -> bytes:
        """The key as a PEM file, to be handed to whoever checks."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Whether ``signature`` is this key's over ``data``."""
        try:
            self.key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """The office's private key."""

    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The key that others check with."""
        return PublicKey(self.key.public_key())

    def sign(self, data: bytes) -> bytes:
        """Return the signature of ``data``, 64 bytes; the same for the same data."""
        return self.key.sign(data)


def open_signing_key(path: Path) -> SigningKey:
    """Return the key at ``path``; the first call makes it, whoever else makes one meanwhile.

    Raises:
        SnapshotError: the file cannot be made or read, is no Ed25519 key, or others may read it.
    """
    try:
        if not path.exists():
            _make_key(path)
        _require_private(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SnapshotError(
            f"Không đọc hoặc tạo được khóa ký «{path}» ({refusal_words(error)}). "
            "Hãy kiểm tra quyền ghi của thư mục."
        ) from error
    except ValueError as error:
        raise SnapshotError(
            f"Tệp «{path}» không phải khóa ký. Hãy khôi phục từ bản sao lưu."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SnapshotError(f"Tệp «{path}» không phải khóa Ed25519. Hãy khôi phục từ bản sao lưu.")
    return SigningKey(key)


def _make_key(path: Path) -> None:
    """Write a whole key beside ``path``, then link it there: the first of several makers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # made with 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces a file that is there, unlike a rename: the first key stays.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _require_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SnapshotError(
            f"Khóa ký «{path}» đang để người khác đọc được. Hãy chạy: chmod 600 «{path}»."
        )


def read_public_key(data: bytes, *, name: str) -> PublicKey:
    """Return the public key in a PEM text.

    Raises:
        SnapshotError: not an Ed25519 public key; ``name`` says which file.
    """
    try:
        key = load_pem_public_key(data)
    except ValueError as error:
        raise SnapshotError(f"«{name}» không phải khóa công khai. Hãy chọn tệp .pem.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SnapshotError(f"«{name}» không phải khóa Ed25519. Hãy chọn đúng tệp khóa.")
    return PublicKey(key)


def find_trusted(settings: Settings, *, given: Iterable[Path]) -> list[PublicKey]:
    """Return the keys to believe: those given, those in the settings' folder, and our own.

    Our own key is read where it is, never made.

    Raises:
        SnapshotError: a given file cannot be read or is no key.
    """
    paths = [*given, *sorted(settings.trusted_keys.glob("*.pem"))]
    keys = []
    for path in paths:
        try:
            keys.append(read_public_key(path.read_bytes(), name=str(path)))
        except OSError as error:
            raise SnapshotError(
                f"Không đọc được khóa «{path}» ({refusal_words(error)})."
            ) from error
    if settings.signing_key.exists():
        keys.append(open_signing_key(settings.signing_key).public)
    return keys
