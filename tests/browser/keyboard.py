"""Working a page without a mouse, seeing at every step where one is."""

from __future__ import annotations

import re
from typing import Any

_AT = """
() => {
  const at = document.activeElement;
  const seen = one => {
    if (!one) return false;
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none';
  };
  const near = [at, at.parentElement, at.nextElementSibling];
  return {
    name: at.getAttribute('aria-label')
      || [...(at.labels || [])].map(one => one.innerText).join(' ')
      || at.innerText || at.title || '',
    isSeen: at === document.body || near.some(seen),
    html: at.outerHTML.slice(0, 160),
  };
}
"""
MOST = 250
"""Stops before something counts as out of reach."""


def walk_to(page: Any, name: str, *, key: str = "Tab") -> None:
    """Press ``key`` until what is called ``name`` (a pattern for the whole name) has the focus.

    Every stop on the way must show that it has it.
    """
    for _ in range(MOST):
        page.keyboard.press(key)
        at = page.evaluate(_AT)
        assert at["isSeen"], f"nothing shows where the focus is: {at['html']}"
        if re.fullmatch(name, " ".join(at["name"].split())):
            return
    raise AssertionError(f"«{name}» is not reached by {key}")
