"""What a page does to those who see, hear or move otherwise: axe's findings, shifts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

MOST_SHIFT = 0.05
"""Of Google's layout shift score; up to 0.1 counts as good."""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_ASK = """
rules => axe.run(document, { resultTypes: ['violations'], runOnly: { type: 'tag', values: rules } })
  .then(found => found.violations.flatMap(fault => fault.nodes.map(node =>
    `${fault.id}: ${node.target.join(' ')}: ${node.failureSummary.split('\\n').slice(1).join(' ')}`
  )))
"""

_SHIFT = """
() => new Promise(resolve => {
  let sum = 0;
  const add = entries => entries.forEach(one => { if (!one.hadRecentInput) sum += one.value; });
  const watch = new PerformanceObserver(list => add(list.getEntries()));
  watch.observe({ type: 'layout-shift', buffered: true });
  // What was seen before is handed over in the next task; two frames later it is there.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    add(watch.takeRecords());
    resolve(sum);
  }));
})
"""


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def faults_of(page: Any) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and good practice on the page as it stands."""
    page.evaluate(_axe())
    return list(page.evaluate(_ASK, _RULES))


def layout_shift(page: Any) -> float:
    """Return by how much what was already shown has moved since the page was opened."""
    return float(page.evaluate(_SHIFT))
