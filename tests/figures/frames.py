"""Small frames typed by hand, and what every figure must hold to."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.measuring import text_height, text_width
from dashboard.filters import shift_month

NAMES = [
    "Địa chính – Xây dựng",
    "Văn hóa – Xã hội",
    "Tư pháp – Hộ tịch",
    "Văn phòng – Thống kê",
    "Ban CHQS xã",
    "Tài chính – Kế toán",
    "Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính",
    "Trung tâm Phục vụ hành chính công xã",
    "Nông nghiệp – Môi trường nông thôn",
    "Lao động – Thương binh và Xã hội",
    "Công an xã",
    "Giáo dục – Thể thao",
]


def months_frame(
    counts: list[tuple[int, int] | None], *, first: str = "2024-01", state: str = ""
) -> pd.DataFrame:
    """Return a trend's frame from (numerator, denominator) by month, None without data."""
    rows = []
    for index, pair in enumerate(counts):
        numerator, denominator = pair or (None, None)
        value = numerator / denominator if pair else math.nan
        rows.append(
            {
                "month": shift_month(first, index),
                "value": value,
                "low": max(0.0, value - 0.1),
                "high": min(1.0, value + 0.05),
                "numerator": numerator,
                "denominator": denominator,
                "n": denominator,
                "state": "missing" if pair is None else "small" if denominator < 20 else "ok",
            }
        )
    frame = pd.DataFrame(rows)
    columns = ["numerator", "denominator", "n"]
    frame[columns] = frame[columns].astype("Int64")
    if state:
        frame.loc[frame.index[-1], "state"] = state
    return frame


def bars_frame(counts: list[tuple[int, int] | None]) -> pd.DataFrame:
    """Return a frame of bars from (numerator, denominator) by department."""
    rows = []
    for name, pair in zip(NAMES, counts, strict=False):
        numerator, denominator = pair or (None, None)
        value = numerator / denominator if denominator else math.nan
        rows.append(
            {
                "key": f"key {name}",
                "label": name,
                "value": value,
                "numerator": numerator,
                "denominator": denominator,
                "low": value * 0.5,
                "high": min(1.0, value * 1.5 + 0.01),
                "is_highlight": name == NAMES[0] and bool(numerator),
            }
        )
    frame = pd.DataFrame(rows)
    frame[["numerator", "denominator"]] = frame[["numerator", "denominator"]].astype("Int64")
    return frame


def said(figure: go.Figure) -> list[str]:
    """Return the words over a figure."""
    return [annotation.text for annotation in figure.layout.annotations]


def tips(figure: go.Figure) -> list[str]:
    """Return every tooltip of a figure."""
    return [
        str(tip)
        for trace in figure.data
        if trace.customdata is not None
        for _, tip in trace.customdata
    ]


def assert_sound(figure: go.Figure) -> None:
    """Hold a figure to what holds for all: arrays, solid marks, finite layout, short tooltips."""
    for trace in figure.data:
        for name in ("x", "y", "customdata", "base"):
            value = getattr(trace, name, None)
            assert value is None or isinstance(value, np.ndarray), f"{name} is no array"
        if trace.type == "bar" or (trace.mode and "markers" in trace.mode):
            assert trace.marker.opacity == 1
        assert trace.showlegend is False
        assert trace.hovertemplate or trace.hoverinfo == "skip"
    _assert_finite(figure.layout.to_plotly_json())
    assert "NaN" not in figure.to_json()
    assert "Infinity" not in figure.to_json()
    for tip in tips(figure):
        assert len(tip.split("<br>")) <= 5


def _assert_finite(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _assert_finite(inner)
    elif isinstance(value, list | tuple | np.ndarray):
        for inner in value:
            _assert_finite(inner)
    elif isinstance(value, float):
        assert math.isfinite(value)


def boxes(figure: go.Figure, *, width: int) -> list[tuple[str, float, float, float, float]]:
    """Return (words, left, top, right, bottom) in px of the words over a figure this wide."""
    layout = figure.layout
    margin = layout.margin
    plot = (width - margin.l - margin.r, layout.height - margin.t - margin.b)
    found = []
    for note in layout.annotations:
        x = margin.l + _share(note.x, note.xref, layout, "x") * plot[0] + (note.xshift or 0)
        y = margin.t + (1 - _share(note.y, note.yref, layout, "y")) * plot[1] - (note.yshift or 0)
        if note.showarrow:
            x, y = x + note.ax, y + note.ay
        size = note.font.size or layout.template.layout.font.size
        box = text_width(note.text, size), text_height(note.text, size)
        left = x - {"left": 0.0, "right": box[0]}.get(note.xanchor, box[0] / 2)
        top = y - {"top": 0.0, "bottom": box[1]}.get(note.yanchor, box[1] / 2)
        found.append((note.text, left, top, left + box[0], top + box[1]))
    return found


def _leaders(figure: go.Figure, *, width: int) -> list[tuple[str, np.ndarray]]:
    """Return (words, points in px) along the lines that lead from words to what they tell of."""
    notes = figure.layout.annotations
    return [
        (text, np.linspace(middle, middle - np.array([note.ax, note.ay]), 50))
        for note, (text, left, top, right, bottom) in zip(
            notes, boxes(figure, width=width), strict=True
        )
        if note.showarrow
        for middle in [np.array([(left + right) / 2, (top + bottom) / 2])]
    ]


def _share(value: float, reference: str | None, layout: go.Layout, letter: str) -> float:
    if reference == "paper":
        return value
    axis = layout[f"{letter}axis{(reference or letter).removeprefix(letter)}"]
    low, high = axis.range
    start, end = axis.domain or (0, 1)
    return start + (value - low) / (high - low) * (end - start)


def assert_apart(figure: go.Figure, *, width: int) -> None:
    """Hold that no words lie on other words, nor run off the figure."""
    placed = boxes(figure, width=width)
    for index, (text, left, top, right, bottom) in enumerate(placed):
        assert left >= -1, f"«{text}» is cut on the left"
        assert right <= width + 1, f"«{text}» is cut on the right"
        assert top >= -3, f"«{text}» is cut above"
        assert bottom <= figure.layout.height + 3, f"«{text}» is cut below"
        for other, *box in placed[index + 1 :]:
            across = min(right, box[2]) - max(left, box[0])
            down = min(bottom, box[3]) - max(top, box[1])
            assert across <= 1 or down <= 3, f"«{text}» lies on «{other}»"
    for text, line in _leaders(figure, width=width):
        for other, left, top, right, bottom in placed:
            inside = (line > [left + 1, top + 3]) & (line < [right - 1, bottom - 3])
            assert other == text or not inside.all(axis=1).any(), f"«{text}» leads over «{other}»"
