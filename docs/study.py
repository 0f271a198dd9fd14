"""Study: the page of the kept study of the paper, with its verdicts and figures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.experiments.registry import EXPERIMENTS
from docs.markdown import escaped, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.experiments.experiment import Experiment

KEPT = Path("analysis", "results", "study")
"""Folder of the kept study, relative to the top of the repository."""


def pages(root: Path) -> dict[str, str]:
    """Return the text of the study's page by its path."""
    with (root / KEPT / "claims.csv").open(encoding="utf-8", newline="") as lines:
        claims = list(csv.DictReader(lines))
    sections = [
        _section(experiment, of_experiment, sorted((root / KEPT).glob(f"{name}*.svg")))
        for name, experiment in EXPERIMENTS.items()
        if (of_experiment := [each for each in claims if each["experiment"] == name])
    ]
    intro = (
        "# Section V measured again\n\n"
        "The guide [the study](guides/study.md) says how the verdicts are reached, and how to "
        "measure again.\n"
    )
    return {"analysis/study.md": "\n".join([intro, _counts(claims), *sections])}


def _counts(claims: Sequence[Mapping[str, str]]) -> str:
    verdicts = list(dict.fromkeys(each["verdict"] for each in claims))
    rows = [
        [escaped(verdict), str(sum(each["verdict"] == verdict for each in claims))]
        for verdict in verdicts
    ]
    return table(["verdict", "claims"], rows) + "\n"


def _section(
    experiment: Experiment, claims: Sequence[Mapping[str, str]], figures: Sequence[Path]
) -> str:
    parts = [f"## {escaped(experiment.title)}", escaped(experiment.question)]
    for path in figures:
        told = f"{experiment.title}: {path.stem}".replace("[", "(").replace("]", ")")
        parts.append(f"![{escaped(told)}](results/study/{path.name})")
    rows = [
        [escaped(each["sentence"]), escaped(each["place"]), f"**{escaped(each['verdict'])}**"]
        for each in claims
    ]
    parts.append(table(["claim", "place", "verdict"], rows))
    evidence = "\n".join(_evidence(each) for each in claims)
    parts.append(f":::{{dropdown}} Tests and evidence\n{evidence}\n:::")
    return "\n\n".join(parts) + "\n"


def _evidence(claim: Mapping[str, str]) -> str:
    told = [f"- *{escaped(claim['sentence'])}* {escaped(claim['test'])}"]
    told += [f"  - {escaped(each)}" for each in (claim["depends_on"], claim["evidence"]) if each]
    return "\n".join(told)
