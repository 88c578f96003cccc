"""What a page is to those who see, hear or move otherwise: axe's findings, motion, paper."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

MOST_SHIFT = 0.05
"""Of Google's layout shift score; up to 0.1 counts as good."""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_ASK = """
// What still fades in has not its own colours yet.
([within, rules]) => Promise.allSettled(document.getAnimations().map(one => one.finished))
  .then(() => axe.run(within || document,
    { resultTypes: ['violations'], runOnly: { type: 'tag', values: rules } }))
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


def faults_of(page: Any, within: str = "") -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and good practice on the page as it stands.

    ``within`` is a selector: what lies outside it is not looked at.
    """
    page.evaluate(_axe())
    return list(page.evaluate(_ASK, [within, _RULES]))


def layout_shift(page: Any) -> float:
    """Return by how much what was already shown has moved since the page was opened."""
    return float(page.evaluate(_SHIFT))


_MOVING = """
() => [...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  const lasts = times => times.split(',').some(time => parseFloat(time) > 0);
  return lasts(style.transitionDuration)
    || (style.animationName !== 'none' && lasts(style.animationDuration));
}).map(one => one.outerHTML.slice(0, 120))
"""


def moving(page: Any) -> list[str]:
    """Return what would still move, for a reader whose system asks for less motion."""
    return list(page.evaluate(_MOVING))


PAPER = {"width": 1047, "height": 718}
"""What an A4 sheet on its side holds between margins of 10 mm, in CSS pixels."""

_CUT = """
() => {
  const faults = [];
  for (const one of document.querySelectorAll('body *')) {
    if (!one.checkVisibility() || one.closest('.sr, .js-plotly-plot, option')) continue;
    const name = one.outerHTML.slice(0, 100), style = getComputedStyle(one);
    if (one.matches('.filters, .nav-side, .tabs, dialog, .btn-a, .icon-btn, .acts, .ag-root'))
      faults.push(`on paper: ${name}`);
    if (style.overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)
      faults.push(`cut at the side: ${name}`);
    if (style.overflowY !== 'visible' && one.scrollHeight > one.clientHeight + 1)
      faults.push(`cut below: ${name}`);
  }
  for (const one of document.querySelectorAll('.js-plotly-plot .main-svg')) {
    const card = one.closest('.card2').getBoundingClientRect(), own = one.getBoundingClientRect();
    if (own.left < card.left || own.right > card.right + 1)
      faults.push(`a chart beyond its card: ${one.closest('[id]').id}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push('wider than the sheet');
  return faults;
}
"""


def faults_on_paper(page: Any) -> list[str]:
    """Return what a printed page would show of its controls, and what it would cut off.

    The page is left as it lies on paper.
    """
    # A browser tells of printing while the screen's rules still hold.
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    return list(page.evaluate(_CUT))
