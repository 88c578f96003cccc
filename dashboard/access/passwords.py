"""Passwords: argon2id, long rather than complicated, and none that everybody tries first.

Rules after NIST SP 800-63B and OWASP ASVS 5.0: at least twelve characters, no demand for special
ones, no common password, nothing of the account's own name.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from etl.errors import UserError
from etl.normalise import fold

SHORTEST, LONGEST = 12, 128
_COMMON = Path(__file__).with_name("common_passwords.txt")


class PasswordError(UserError):
    """A password that is not good enough; the message says why."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def hash_password(password: str, *, name: str) -> str:
    """Return the hash to store.

    Raises:
        PasswordError: too short, too long, common, or made of the account's name.
    """
    if len(password) < SHORTEST:
        raise PasswordError(f"Mật khẩu cần ít nhất {SHORTEST} ký tự; một câu ngắn là tốt nhất.")
    if len(password) > LONGEST:
        raise PasswordError(f"Mật khẩu dài nhất {LONGEST} ký tự.")
    bare = _bare(password)
    if len(set(password)) < 5 or _is_common(bare):
        raise PasswordError("Mật khẩu này quá phổ biến, dễ đoán. Hãy chọn một câu khác.")
    own = _bare(name)
    if own and own in bare and len(bare) - len(own) < 6:
        raise PasswordError("Mật khẩu không nên chứa tên tài khoản.")
    return _hasher().hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; takes as long where there is none to compare."""
    try:
        return _hasher().verify(stored or _nobodys(), password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))


def _is_common(bare: str) -> bool:
    """Whether nothing is left of it once a common word and the digits around it are taken away."""
    core = bare.strip("0123456789")
    return bare in _common() or core in _common() or not core
