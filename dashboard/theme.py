"""The look, for what is drawn on the server: the same token table as ``assets/tokens.css``.

Figures name a token by its meaning, never a colour. Two hues carry meaning: blue (``accent``) is
ours, met, better; red (``concern``) is wrong in itself or a confirmed signal. Both have the same
lightness, so shape, word or position always repeats what a colour says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import plotly.graph_objects as go

FONT_FAMILY = '"Be Vietnam Pro", system-ui, "Segoe UI", sans-serif'
"""Named in full in every figure: a renderer without a default font would choose its own."""


@dataclass(frozen=True)
class Theme:
    """One ground to draw on: colour tokens, and the sizes in px that its distance asks for."""

    name: str
    page: str
    surface: str
    sunken: str
    line: str
    control: str
    edge: str
    ink: str
    ink_2: str
    ink_3: str
    accent: str
    accent_mid: str
    accent_soft: str
    on_accent: str
    concern: str
    concern_soft: str
    on_concern: str
    notice: str
    notice_mid: str
    notice_soft: str
    context: str
    context_soft: str
    grid: str
    baseline: str
    ribbon: str
    limits: str
    band_missing: str
    text_size: int = 13
    tick_size: int = 12
    text_weight: int = 500
    line_width: float = 2.0
    hairline: float = 1.0
    marker_size: int = 8
    is_projector: bool = False

    @property
    def ribbon_outline(self) -> str | None:
        """The outline of intervals: on a projector no tint below 3:1 may carry meaning alone."""
        return self.accent_mid if self.is_projector else None

    @cached_property
    def template(self) -> go.layout.Template:
        """The Plotly template: fonts, grounds, quiet axes and the tooltip of this ground."""
        axis = {
            "automargin": False,
            "fixedrange": True,
            "gridcolor": self.grid,
            "linecolor": self.edge,
            "showgrid": False,
            "showline": False,
            "tickfont": {"color": self.ink_2, "size": self.tick_size},
            "ticks": "",
            "zeroline": False,
        }
        return go.layout.Template(
            layout={
                "annotationdefaults": {"borderpad": 1, "showarrow": False},
                "autosize": True,
                "colorway": [self.accent, self.context],
                "dragmode": False,
                "font": {
                    "color": self.ink,
                    "family": FONT_FAMILY,
                    "size": self.text_size,
                    "weight": self.text_weight,
                },
                "hoverlabel": {
                    "align": "left",
                    "bgcolor": self.ink,
                    "bordercolor": self.ink,
                    "font": {
                        "color": self.surface,
                        "family": FONT_FAMILY,
                        "size": self.text_size,
                    },
                },
                "hovermode": "closest",
                "paper_bgcolor": self.surface,
                "plot_bgcolor": self.surface,
                "showlegend": False,
                "xaxis": axis,
                "yaxis": axis,
            }
        )


LIGHT = Theme(
    name="light",
    page="#f4f6f8",
    surface="#ffffff",
    sunken="#eef2f6",
    line="#dbe1e8",
    control="#7d8998",
    edge="#c5cdd7",
    ink="#16202c",
    ink_2="#445162",
    ink_3="#5d6979",
    accent="#0a5a8c",
    accent_mid="#5e97c2",
    accent_soft="#e2eef6",
    on_accent="#ffffff",
    concern="#b3261e",
    concern_soft="#fcebe9",
    on_concern="#ffffff",
    notice="#855600",
    notice_mid="#bd8010",
    notice_soft="#fdf3dc",
    context="#8793a1",
    context_soft="#d3dae2",
    grid="#e7ebf0",
    baseline="#16202c",
    ribbon="#e0ecf5",
    limits="#e9edf1",
    band_missing="#f0f2f5",
)

DARK = Theme(
    name="dark",
    page="#0e141b",
    surface="#161e28",
    sunken="#1d2733",
    line="#2b3745",
    control="#74839a",
    edge="#3a4858",
    ink="#e8edf3",
    ink_2="#b6c2d0",
    ink_3="#97a5b6",
    accent="#72b9ea",
    accent_mid="#35709b",
    accent_soft="#16344a",
    on_accent="#08131c",
    concern="#ff8e80",
    concern_soft="#43201e",
    on_concern="#26080a",
    notice="#e8b650",
    notice_mid="#b98a2d",
    notice_soft="#372b12",
    context="#7f8fa2",
    context_soft="#3a4858",
    grid="#25303c",
    baseline="#e8edf3",
    ribbon="#1b3547",
    limits="#222d39",
    band_missing="#1b2430",
)

PROJECTOR = Theme(
    name="projector",
    page="#ffffff",
    surface="#ffffff",
    sunken="#e6ebf0",
    line="#8b96a3",
    control="#4a5563",
    edge="#4a5563",
    ink="#070c12",
    ink_2="#26303c",
    ink_3="#36414e",
    accent="#003f75",
    accent_mid="#4d86b3",
    accent_soft="#d5e5f1",
    on_accent="#ffffff",
    concern="#9c0f0f",
    concern_soft="#fbe0de",
    on_concern="#ffffff",
    notice="#5f3d00",
    notice_mid="#a66a00",
    notice_soft="#fbe9c2",
    context="#5f6a77",
    context_soft="#aab4bf",
    grid="#cfd6dd",
    baseline="#070c12",
    ribbon="#bcd6e9",
    limits="#dfe5eb",
    band_missing="#e6ebf0",
    text_size=24,
    tick_size=24,
    text_weight=600,
    line_width=4.0,
    hairline=2.0,
    marker_size=15,
    is_projector=True,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, PROJECTOR)}
