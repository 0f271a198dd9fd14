"""Page of one instance: its question, its answer, its size and its failed runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from analysis.reports.pages.elements import paragraph, prose
from analysis.reports.pages.troubles import contradicted, failures
from analysis.text.instance import (
    best_known_sentence,
    instance_answer,
    instance_size,
    instance_title,
)

if TYPE_CHECKING:
    from analysis.metrics.instance_runs import InstanceRuns


def opening(shown: InstanceRuns) -> str:
    """Return the question, contradictions, the answer, the size of the instance and failures."""
    instance = shown.instance
    return str(
        Markup("<h1>{}</h1>").format(prose(instance_title(shown)))
        + contradicted(shown.runs)
        + paragraph(instance_answer(shown), kind="answer")
        + paragraph(instance_size(instance), best_known_sentence(instance))
        + failures(shown.runs)
    )
