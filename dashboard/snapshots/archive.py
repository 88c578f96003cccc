"""The archive: a zip of the documents, a manifest of their hashes, and its signature.

``manifest.json`` names every other file with its SHA-256; ``manifest.sig`` signs the manifest;
``khoa-cong-khai.pem`` is there to be compared with the key one already has, never to be trusted.
The same documents, key and newest entry of the audit log give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping

from dashboard.snapshots.codec import dump
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.signing import SigningKey
from etl.anchor import Mark

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "khoa-cong-khai.pem"
MANIFEST_FORMAT = 1

_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = 0o644 << 16


def make_manifest(
    frozen: Frozen,
    documents: Mapping[str, bytes],
    *,
    fingerprint: str,
    audit: Mark | None = None,
) -> bytes:
    """Return the manifest of the documents, by name.

    ``audit`` is the newest entry of the audit log: an archive that has left the house holds it
    where nobody who rules the database can take it away.
    """
    return dump(
        {
            "format": MANIFEST_FORMAT,
            "period": frozen.period.code,
            "calendar": frozen.calendar,
            "unit": frozen.unit,
            "edition": frozen.edition,
            "as_of": {source: day.isoformat() for source, day in frozen.as_of.items()},
            "data_version": frozen.data_version,
            "is_demo": frozen.is_demo,
            "content_sha256": frozen.content_sha256,
            "key_fingerprint": fingerprint,
            "audit": None if audit is None else str(audit),
            "files": {
                name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                for name, data in documents.items()
            },
        }
    )


def make_archive(
    frozen: Frozen,
    documents: Mapping[str, bytes],
    *,
    key: SigningKey,
    audit: Mark | None = None,
) -> bytes:
    """Return the zip of the documents with manifest, signature and public key."""
    with_key = {**documents, PUBLIC_KEY: key.public.pem}
    fingerprint = key.public.fingerprint
    manifest = make_manifest(frozen, with_key, fingerprint=fingerprint, audit=audit)
    parts = {**with_key, MANIFEST: manifest, SIGNATURE: key.sign(manifest)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(new_entry(name), parts[name])
    return buffer.getvalue()


def new_entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file as every archive of ours writes it: no clock, no owner."""
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.create_system = _UNIX
    entry.external_attr = _MODE
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
