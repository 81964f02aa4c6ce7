"""The one look of all figures.

Colours are names of the stylesheet's tokens, which the page's script puts in for the light or the
dark scheme. States have a colour and a pattern each, so that they read without colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from registry.domain.outcomes import State

INK = "var(--ink)"
SOFT = "var(--ink-soft)"
FAINT = "var(--ink-faint)"
LINE = "var(--line)"
STRONG_LINE = "var(--line-strong)"
SURFACE = "var(--surface)"
ACCENT = "var(--accent)"
WARNING = "var(--warning-line)"
CLEAR = "rgba(0,0,0,0)"
DARK_TEXT = "#14201f"

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif'
TEXT_PX = 13
SMALL_PX = 12

_AXIS = {
    "gridcolor": LINE,
    "linecolor": STRONG_LINE,
    "zerolinecolor": STRONG_LINE,
    "tickcolor": STRONG_LINE,
    "zeroline": False,
    "fixedrange": True,
}

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": TEXT_PX, "color": INK},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "dragmode": False,
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left",
            "bgcolor": SURFACE,
            "bordercolor": STRONG_LINE,
            "font": {"color": INK},
        },
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)


@dataclass(frozen=True, slots=True)
class Fill:
    """How an area is filled, and the colour of text upon it."""

    colour: str
    text: str = INK
    outline: str = SURFACE
    pattern: str = ""
    pattern_colour: str = SURFACE
    pattern_opacity: float = 1.0

    @property
    def marker(self) -> dict[str, object]:
        """Give the marker of a Plotly bar."""
        return {
            "color": self.colour,
            "line": {"color": self.outline, "width": 1},
            "pattern": {
                "shape": self.pattern,
                "fgcolor": self.pattern_colour,
                "fgopacity": self.pattern_opacity,
                "bgcolor": self.colour,
                "size": 7,
                "solidity": 0.2,
            },
        }


STATE_FILLS: dict[State, Fill] = {
    State.RESPONDER: Fill("var(--state-responder)", "var(--on-accent)"),
    State.NON_RESPONDER: Fill("var(--state-non-responder)", DARK_TEXT),
    State.DIED_BEFORE: Fill(
        "var(--state-died-before)", "var(--on-accent)", pattern="/", pattern_opacity=0.35
    ),
    State.ALIVE_NOT_ASSESSED: Fill(
        "var(--state-alive-not-assessed)", pattern="\\", pattern_colour=FAINT, pattern_opacity=0.45
    ),
    State.NOT_DUE: Fill(CLEAR, outline="var(--state-not-due)"),
    State.INELIGIBLE: Fill(
        CLEAR,
        outline="var(--state-ineligible)",
        pattern=".",
        pattern_colour="var(--state-ineligible)",
        pattern_opacity=0.55,
    ),
}
HELD_FILL = Fill(
    "var(--sunken)",
    SOFT,
    STRONG_LINE,
    pattern="x",
    pattern_colour=STRONG_LINE,
    pattern_opacity=0.45,
)
"""Held back: crossed out, so that it can't be taken for a state, for zero or for nothing."""
