"""What is said of a trend: beside the ends of its lines, and inside the plot where it has room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard import formatting as fmt
from dashboard.figures import months as time
from dashboard.figures.common import Floats, Sheet, share_words
from dashboard.figures.measuring import escape, text_height, text_width
from dashboard.figures.placing import Placer
from dashboard.figures.scales import Scale
from dashboard.figures.series import Series
from dashboard.text import PARTIAL_MONTH, small_note
from dashboard.theme import Theme

_INTERVAL_RIBBON = "Dải: khoảng tin cậy 95 %"
_MOST_NOTES = 2
"""Small months, or stretches without data, that are each noted; of more, one note tells all."""

_GAP = 8.0


def level_words(label: str) -> str:
    """Return the words of a level on two lines for the margin: "Mốc 2023", "90,83 %"."""
    # The plain blank before the figure: "90,83 %" holds together with a no-break one.
    return "<br>".join(escape(label).rsplit(" ", 1))


def end_words(series: Series, i: int, *, noun: str, theme: Theme) -> str:
    """Return what stands beside the end of the line, in month ``i``."""
    value = share_words(series.records[i])
    lines = [f"<b>{fmt.month_tick(series.months[i])}: {value}</b>"]
    if theme.is_projector:
        return f"<b>{value}</b>"
    numerator, denominator = (series.records[i].get(k) for k in ("numerator", "denominator"))
    if series.is_pooled(i):
        lines.append(fmt.count_noun(series.n[i], noun))
    elif not (fmt.is_nothing(numerator) or fmt.is_nothing(denominator)):
        lines.append(fmt.count_of(numerator, denominator, noun))
    if series.is_partial[i]:
        lines.append(PARTIAL_MONTH)
    return "<br>".join(lines)


def ribbon_words() -> str:
    """Return the ribbon's name on two lines, for the margin."""
    return _INTERVAL_RIBBON.replace(" tin cậy", "<br>tin cậy")


def place_notes(
    series: Series,
    scale: Scale,
    drawn: Sheet,
    goals: Sequence[float],
    *,
    noun: str,
    missing_text: str,
) -> bool:
    """Say what needs saying inside the plot, off the line and off each other.

    Returns whether the ribbon has found room for its name; the other notes are left out where
    there is none, the tooltips still say them.
    """
    placer = Placer(drawn.plot_width, drawn.plot_height)
    x = time.to_px(series.months, drawn)
    y = (1 - scale.share(series.value)) * drawn.plot_height
    radius = drawn.theme.marker_size / 2 + 2
    for run in time.stretches(~series.is_missing):
        piece = slice(run.first, run.last + 1)
        placer.take_line(list(x[piece]), list(y[piece]), thickness=6)
        middles = np.column_stack([x[piece], y[piece]])
        placer.take(np.hstack([middles - radius, middles + radius]))
    for level in goals:
        height = (1 - scale.share(level)) * drawn.plot_height
        placer.take(np.array([[0, height - 2, drawn.plot_width, height + 2]]))
    # The ribbon first: its name has the fewest places where it can go.
    is_ribbon_named = _note_ribbon(series, scale, placer, drawn)
    _note_small(series, placer, drawn, x, y, noun=noun)
    _note_missing(series, placer, drawn, x, missing_text=missing_text)
    return is_ribbon_named


def _note_small(
    series: Series, placer: Placer, drawn: Sheet, x: Floats, y: Floats, *, noun: str
) -> None:
    small = np.flatnonzero(series.is_small & ~series.is_missing)
    if not len(small):
        return
    if len(small) > _MOST_NOTES:
        text = small_note(noun).strip()
        _say_at(text, placer, drawn, near=(0.0, drawn.plot_height))
        return
    for i in small:
        text = f"Tháng {int(series.months[i][5:7])}: chỉ<br>{fmt.count_noun(series.n[i], noun)}"
        box = (text_width(text, drawn.text_size) + 8, text_height(text, drawn.text_size) + 4)
        below = (x[i] - box[0] * 0.6, y[i] + box[1] * 0.9)
        at = (float(x[i]), float(y[i]))
        found = placer.place(*box, placer.in_sight(at, placer.grid(near=below)))
        if found is None:
            continue
        drawn.say(
            text,
            x=int(i),
            y=float(series.value[i]),
            ax=found[0] - x[i],
            ay=found[1] - y[i],
            showarrow=True,
            arrowhead=0,
            arrowwidth=drawn.theme.hairline,
            arrowcolor=drawn.theme.ink_3,
            standoff=drawn.theme.marker_size * 0.8,
            align="left",
            font={"color": drawn.theme.ink_2, "size": drawn.text_size},
        )


def _note_missing(
    series: Series, placer: Placer, drawn: Sheet, x: Floats, *, missing_text: str
) -> None:
    runs = time.stretches(series.is_missing)
    if len(runs) > _MOST_NOTES:
        text = f"Khoảng trống: {escape(missing_text)}"
        _say_at(text, placer, drawn, near=(float(x[runs[0].first]), drawn.plot_height))
        return
    for run in runs:
        label = time.stretch_label(series.months, run)
        text = f"{label}:<br>{escape(missing_text)}"
        width = text_width(text, drawn.text_size) + 6
        height = text_height(text, drawn.text_size)
        middle = max(float(np.mean(x[[run.first, run.last]])), width / 2)
        middle = min(middle, drawn.plot_width - width / 2)
        bottom_up = np.arange(drawn.plot_height - height / 2 - 2, height / 2, -6.0)
        centres = np.column_stack([np.full(len(bottom_up), middle), bottom_up])
        found = placer.place(width, height, centres)
        if found is not None:
            _say_px(text, found, drawn)


def _note_ribbon(series: Series, scale: Scale, placer: Placer, drawn: Sheet) -> bool:
    """Name the ribbon inside it, from the left; False where it has no room for its name."""
    width = text_width(_INTERVAL_RIBBON, drawn.text_size) + 6
    height = drawn.text_size * 1.5
    if drawn.theme.is_projector or not series.has_ribbon:
        return True
    centres = placer.grid(near=(width / 2 + _GAP, drawn.plot_height * 0.6))
    x = time.to_px(series.months, drawn)
    above = (1 - scale.share(series.high)) * drawn.plot_height
    below = (1 - scale.share(series.low)) * drawn.plot_height
    # The months that a name at each place stands over; the ribbon must hold it at all of them.
    first = np.searchsorted(x, centres[:, 0] - width / 2, side="right") - 1
    last = np.searchsorted(x, centres[:, 0] + width / 2)
    month = np.arange(len(x))
    is_over = (month >= first[:, None]) & (month <= last[:, None])
    top, bottom = centres[:, [1]] - height / 2, centres[:, [1]] + height / 2
    has_room = (above <= top) & (below >= bottom)
    is_inside = (first >= 0) & (last < len(x)) & (has_room | ~is_over).all(axis=1)
    found = placer.place(width, height, centres[is_inside])
    if found is None:
        return False
    _say_px(_INTERVAL_RIBBON, found, drawn, colour=drawn.theme.accent)
    return True


def _say_at(text: str, placer: Placer, drawn: Sheet, *, near: tuple[float, float]) -> None:
    box = (text_width(text, drawn.text_size) + 6, text_height(text, drawn.text_size))
    found = placer.place(*box, placer.grid(near=near))
    if found is not None:
        _say_px(text, found, drawn)


def _say_px(
    text: str, middle: tuple[float, float], drawn: Sheet, *, colour: str | None = None
) -> None:
    drawn.say(
        text,
        x=middle[0] / drawn.plot_width,
        xref="paper",
        xanchor="center",
        y=1 - middle[1] / drawn.plot_height,
        yref="paper",
        yanchor="middle",
        font={"color": colour or drawn.theme.ink_2, "size": drawn.text_size},
    )
