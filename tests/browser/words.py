"""Words of a page that are not Vietnamese: every syllable of the language has one of few shapes."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

SIGNS = {"UBND", "CHQS", "SIPAS", "IV", "NĐ", "CP", "TT", "VPCP", "XH", "XD", "HT", "VP", "TK"}
"""Signs of institutions, documents and departments."""

NAMES = SIGNS | {"TC", "KT", "UTC", "Excel", "Word", "LibreOffice", "PDF", "HTML", "CSV", "csv"}
NAMES |= {"xlsx", "xls", "ods", "Enter", "Wilson"}
"""Programs, kinds of files, a key, the author of a method: the same in every language."""

_SYLLABLE = re.compile(
    r"(ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(ng|nh|ch|[cmnpt])?"
)
_VERSION = re.compile(r"[0-9a-f]{4}·[0-9a-f]{4}")
_TEXT = """() => {
  const found = [];
  const walker = document.createTreeWalker(
    document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest("script, style, code, .code")) found.push(node.nodeValue);
    } else for (const name of ["title", "aria-label", "placeholder", "alt"]) {
      if (node.hasAttribute(name)) found.push(node.getAttribute(name));
    }
  }
  return found.join("\\n");
}"""


def foreign_words(page: Any) -> set[str]:
    """Return the words on a page, hidden ones too, that cannot be Vietnamese and are no names."""
    text = _VERSION.sub("", page.evaluate(_TEXT))
    words = set(re.findall(r"[^\W\d_]{2,}", text)) - NAMES
    return {word for word in words if not _SYLLABLE.fullmatch(_plain(word))}


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
