"""Pictures: figures with a caption and an alternative text, all in one style."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

WIDTH_IN = 5.2
STYLE: Any = {
    "text.parse_math": False,  # a name with a dollar is a name
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.edgecolor": "#8a8f98",
    "grid.color": "#e4e7ec",
    "axes.axisbelow": True,
    "xtick.color": "#3b424c",
    "ytick.color": "#3b424c",
    "svg.hashsalt": "otgah",
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure with a caption and an alternative text.

    Parameters
    ----------
    figure
        Figure of matplotlib.
    caption
        Explanation of the figure, with the source of its data.
    alternative
        Text with the main result, for readers who cannot see the figure.
    """

    figure: Figure
    caption: str
    alternative: str

    def svg(self) -> bytes:
        """Return the figure as SVG; equal figures have equal bytes."""
        return self._saved(format="svg", metadata={"Date": None})

    def png(self) -> bytes:
        """Return the figure as PNG."""
        return self._saved(format="png", dpi=160, metadata={"Software": None})

    def _saved(self, **options: Any) -> bytes:
        import matplotlib as mpl

        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):  # the style sets the salt of an SVG
            self.figure.savefig(buffer, **options)
        return buffer.getvalue()

    def to_html(self) -> str:
        """Return the figure as HTML that needs no other file."""
        data = base64.b64encode(self.svg()).decode()
        return (
            f'<figure><img src="data:image/svg+xml;base64,{data}" '
            f'alt="{html.escape(self.alternative)}"/>'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )
