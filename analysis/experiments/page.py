"""Page of a study: the claims with their verdicts, then a section for each experiment."""

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
        The experiment.
    table
        Tidy table of its results.
    drawings
        Figures of the experiment.
    shown
        Table to show on the page; None without one.
    findings
        Claims, each with its finding.
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
        Sections of the page, in order.
    skipped
        Reasons for leaving out other experiments, by name.
    is_quick
        True if the study was the quick one.
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
