"""Text folding: one way to tidy, one to match headers, one to match dimension labels."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BLANKS = re.compile(r"\s+")
_ADDED = re.compile(r"(?:\s*(?:\([^()]*\)|[*:]))+$")
_NUMBERED = re.compile(r"^\(?\d{1,2}[.)]\s*")
_DASHES = re.compile(r"\s*[-‐‑‒–—―−]\s*")


_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Marks of direction and of no width, which copying from pages and calendars brings along."""
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def drop_controls(text: str) -> str:
    """Return ``text`` without what no document can hold: control characters and non-characters."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def tidy(text: str) -> str:
    """Return ``text`` composed (NFC), trimmed, with runs of blanks as one space.

    What nobody sees is left out.
    """
    seen = text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    return _BLANKS.sub(" ", seen).strip()


def fold(text: str) -> str:
    """Return the form in which headers and value labels are matched.

    NFC → casefold → marks stripped → đ becomes d → blanks collapsed, so that
    ``hoà`` = ``hòa`` = ``HOA``.
    """
    # The same words are met row after row and source after source; a long text is met once.
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", tidy(text).casefold())
    bare = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
    return _BLANKS.sub(" ", bare.replace("đ", "d")).strip()


_SHORT = 200
_fold_short = lru_cache(8192)(_fold)


def bare_header(text: str) -> str:
    """Return the folded words of a header without what people add to them.

    "Mã hồ sơ (*)", "Ngày nhận (dd/mm/yyyy):" and "1. Mã hồ sơ" say no more than their words.
    """
    word = _ADDED.sub("", fold(text))
    return _NUMBERED.sub("", word).strip()


def label_key(text: str) -> str:
    """Return the form in which two spellings of a department, field or procedure are one.

    As :func:`fold`, and every dash with the blanks around it becomes ``-``.
    """
    return _DASHES.sub("-", fold(text))
