"""Study: the verdict of each claim, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.text.phrases import aligned

if TYPE_CHECKING:
    from analysis.experiments.study import Study


def study_text(study: Study) -> str:
    """Return the verdict on each claim, and the path of the page."""
    rows = [
        [row["experiment"], row["verdict"], row["sentence"]]
        for row in study.claims.to_dict("records")
    ]
    return "\n".join([aligned(rows, ["experiment", "verdict", "claim"]), "", str(study.page)])
