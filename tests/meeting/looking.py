"""What a projector would show wrong: small words, words over words, words that are cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from dashboard.meeting.deck import write_deck
from dashboard.snapshots.freezing import Frozen

NARROW, WIDE = {"width": 1024, "height": 768}, {"width": 1920, "height": 1080}

FAULTS = """
(least) => {
  const deck = document.getElementById('deck').getBoundingClientRect();
  const slide = document.querySelector('.slide:not([hidden])');
  const layer = document.querySelector('.layer:not([hidden])');
  const root = layer || slide;
  const faults = [], boxes = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.textContent.trim(), owner = node.parentElement;
    if (!words || owner.closest('[hidden], .sr, .js-plotly-tester')) continue;
    if (!owner.checkVisibility()) continue;
    const size = parseFloat(getComputedStyle(owner).fontSize);
    if (size < least - 0.01) faults.push(`${size}px: ${words}`);
    const block = owner.closest(
      'svg text, p, h2, h3, b, td, th, span.place, .mark, li, dt, dd, caption');
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const trim = rect.height * 0.2;
      boxes.push({ words, block, left: rect.left + 1, right: rect.right - 1,
                   top: rect.top + trim, bottom: rect.bottom - trim });
    }
  }
  if (layer) {
    if (layer.scrollWidth > layer.clientWidth + 1)
      faults.push(`wider than the slide: ${layer.scrollWidth} in ${layer.clientWidth}`);
    return faults;
  }
  for (const box of boxes) {
    if (box.left < deck.left - 1 || box.right > deck.right + 1 ||
        box.top < deck.top - 1 || box.bottom > deck.bottom + 1)
      faults.push(`outside the slide: ${box.words}`);
  }
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const a = boxes[i], b = boxes[j];
    if (a.block === b.block) continue;
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      faults.push(`over one another: ${a.words} | ${b.words}`);
  }
  const clip = (name) => {
    for (const part of slide.querySelectorAll(name))
      if (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
        faults.push(`${name} holds ${part.scrollWidth}×${part.scrollHeight} ` +
                    `in ${part.clientWidth}×${part.clientHeight}`);
  };
  ['.middle', '.body', '.numbers', 'header', 'footer', '.strip'].forEach(clip);
  const chart = slide.querySelector('.chart');
  if (chart) {
    const own = chart.getBoundingClientRect();
    const body = chart.closest('.body').getBoundingClientRect();
    if (own.bottom > body.bottom + 1) faults.push('the chart is higher than its body');
    if (!chart.querySelector('.main-svg')) faults.push('the chart is not drawn');
    for (const text of chart.querySelectorAll('text')) {
      const rect = text.getBoundingClientRect();
      if (rect.width && (rect.left < own.left - 2 || rect.right > own.right + 2 ||
          rect.top < own.top - 4 || rect.bottom > own.bottom + 4))
        faults.push(`cut off: ${text.textContent}`);
    }
  }
  return faults;
}
"""
"""Faults of the slide or the layer that is on the screen. Words of one block may touch."""


def open_deck(page: Any, frozen: Frozen, folder: Path, *, name: str = "deck.html", **options: Any):  # type: ignore[no-untyped-def]
    """Write a deck, open it as a file and wait for its first slide."""
    path = folder / name
    path.write_bytes(write_deck(frozen, **options))
    show_deck(page, path)


def show_deck(page: Any, path: Path) -> None:
    """Open a deck's file and wait for its first slide."""
    page.goto(path.as_uri())
    wait_shown(page, 1)


def wait_shown(page: Any, number: int) -> None:
    """Wait until a slide is shown and its chart drawn."""
    expect(page.locator("html")).to_have_attribute("data-shown", str(number))


def count_slides(page: Any) -> int:
    """Return how many slides the deck has."""
    return int(page.locator(".slide").count())


def faults_of_all(page: Any, *, least: float) -> dict[str, list[str]]:
    """Return the faults of each slide by its code, and of the table behind it."""
    found = {}
    for number in range(1, count_slides(page) + 1):
        if number > 1:
            page.keyboard.press("ArrowRight")
        wait_shown(page, number)
        code = str(page.locator(".slide:not([hidden])").get_attribute("data-code"))
        found[code] = page.evaluate(FAULTS, least)
        if page.locator(".slide:not([hidden]) .behind").count():
            page.keyboard.press("t")
            found[f"{code}, table"] = page.evaluate(FAULTS, least)
            page.keyboard.press("t")
    for key, layer in (("o", "overview"), ("h", "help")):
        page.keyboard.press(key)
        found[layer] = page.evaluate(FAULTS, least)
        page.keyboard.press("Escape")
    return {code: faults for code, faults in found.items() if faults}
