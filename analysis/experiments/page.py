"""Page: the claims with their verdicts, then a section for each experiment, in one file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.experiments.claim import Verdict
from analysis.reports.report import ASSETS
from analysis.runs.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.experiments.claim import Claim, Finding
    from analysis.experiments.experiment import Drawing, Experiment

_TEMPLATE = "study.html.j2"


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """An experiment as the page shows it.

    Parameters
    ----------
    experiment
        What was run.
    table
        Its tidy table.
    drawings
        Its figures.
    shown
        The table that is shown as it is; None for none.
    findings
        Each claim and what came of it.
    """

    experiment: Experiment
    table: pd.DataFrame
    drawings: tuple[Drawing, ...]
    shown: pd.DataFrame | None
    findings: tuple[tuple[Claim, Finding], ...]


def page(sections: Sequence[Section], skipped: Mapping[str, str], *, is_quick: bool) -> str:
    """Return the page as HTML that asks no network for anything.

    Parameters
    ----------
    sections
        The experiments, in order.
    skipped
        Why others are not there, by their name.
    is_quick
        Whether the efforts were the quick ones.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    findings = [finding for section in sections for _, finding in section.findings]
    counts = Counter(finding.verdict for finding in findings)
    return environment.get_template(_TEMPLATE).render(
        style=Markup((ASSETS / "page.css").read_text(encoding="utf-8")),
        sections=sections,
        skipped=skipped,
        is_quick=is_quick,
        num_claims=len(findings),
        counts=[(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]],
        figure=lambda drawing: Markup(drawing.picture.to_html()),
        versions=provenance(),
    )
