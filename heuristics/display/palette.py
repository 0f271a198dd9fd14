"""Palette: the colours of every drawing, in notebooks, reports and figures of experiments."""

from __future__ import annotations

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B07C00", "#56B4E9", "#000000", "#7F7F7F")
"""The palette of Okabe and Ito, whose colours colour-blind readers can tell apart, and grey. The
orange of the palette, #E69F00, is darker here to be visible on white; its yellow is left out."""

WITHIN, BEYOND = COLOURS[:2]
"""Colours of a bar within its capacity and of a bar beyond it."""
