"""Which cells of a survey breakdown must not leave the office. Pure: sizes in, positions out.

A cell of 1 to 4 forms could tell what one person answered. When one cell of a known total is
hidden the others give it away by subtraction, so the next smallest is hidden with it, until at
least two are hidden, together they hold five forms or more, and more forms than cells (else each
hidden cell would have to be exactly one form).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

FEWEST = 5
"""The fewest forms a published cell may hold, unless it holds none."""


def is_small(forms: float | None) -> bool:
    """Whether a number of forms is 1 to 4; blanks and zero are not."""
    return forms is not None and 0 < forms < FEWEST


def hidden_cells(sizes: Mapping[str, int], *, forced: Iterable[str] = ()) -> frozenset[str]:
    """Return the cells of a breakdown with a known total that must be hidden.

    ``sizes`` gives the forms of each cell; ``forced`` names cells hidden for another reason.
    All cells may come back: then even their number must not be shown.
    """
    return _complete(sizes, {name for name, n in sizes.items() if is_small(n)} | set(forced))


def _complete(sizes: Mapping[str, int], hidden: set[str]) -> frozenset[str]:
    hidden = {name for name in hidden if sizes.get(name, 0) > 0}
    if not hidden:
        return frozenset()
    rest = sorted((n, name) for name, n in sizes.items() if n > 0 and name not in hidden)
    for _, name in rest:
        if is_safe([sizes[one] for one in hidden]):
            break
        hidden.add(name)
    return frozenset(hidden)


def is_safe(hidden: Iterable[int]) -> bool:
    """Whether cells of these sizes stay unknown to a reader who knows what they add up to."""
    counts = list(hidden)
    return len(counts) > 1 and sum(counts) >= FEWEST and sum(counts) > len(counts)


def hidden_months(
    sizes: Mapping[str, int],
    sums: Mapping[str, Iterable[str]],
    *,
    forced: Iterable[str] = (),
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the months, and the named sums of months, that must be hidden.

    Sums overlap: twelve months less a quarter are nine months. A month is safe when it is safe
    inside every set of months that published sums tell apart; where it cannot be, a sum is given
    up, the first named first. A sum of 1 to 4 forms is never published.
    """
    published = {name: frozenset(months) for name, months in sums.items()}
    small = {
        name
        for name, months in published.items()
        if is_small(sum(sizes.get(month, 0) for month in months))
    }
    for name in small:
        del published[name]
    given_up: list[str] = []
    while True:
        hidden, unsafe = _hide_in_parts(sizes, published, frozenset(forced))
        if not unsafe:
            return hidden, frozenset({*small, *given_up})
        name = _least_needed(sizes, published, frozenset(forced), unsafe)
        del published[name]
        given_up.append(name)


def _least_needed(
    sizes: Mapping[str, int],
    published: Mapping[str, frozenset[str]],
    forced: frozenset[str],
    unsafe: frozenset[str],
) -> str:
    """Return the first sum without which less is unsafe, else the first that tells of it."""
    for name in published:
        others = {other: months for other, months in published.items() if other != name}
        if _hide_in_parts(sizes, others, forced)[1] < unsafe:
            return name
    return next(name for name, months in published.items() if unsafe & months)


def _hide_in_parts(
    sizes: Mapping[str, int], published: Mapping[str, frozenset[str]], forced: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return what is hidden, and of it what would still follow from the published sums."""
    parts: dict[tuple[bool, ...], dict[str, int]] = {}
    for month, n in sizes.items():
        signature = tuple(month in months for months in published.values())
        parts.setdefault(signature, {})[month] = n
    hidden: set[str] = set()
    unsafe: set[str] = set()
    for signature, cells in parts.items():
        small = {month for month, n in cells.items() if is_small(n)}
        own = small | (forced & set(cells))
        if not any(signature):
            # Months in no published sum cannot be subtracted from anything.
            hidden |= own
            continue
        complete = _complete(cells, own)
        hidden |= complete
        if complete and not is_safe([cells[month] for month in complete]):
            unsafe |= complete
    return frozenset(hidden), frozenset(unsafe)
