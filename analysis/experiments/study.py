"""Study: runs experiments, judges the claims, draws the figures, writes tables and one page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.experiments import registry, runner
from analysis.experiments.experiment import LABEL, SEED, TIME
from analysis.experiments.page import Section, page
from analysis.runs.provenance import provenance
from heuristics.errors import InputError
from instances.atomic import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    import pandas as pd

    from analysis.experiments.claim import Claim, Finding
    from analysis.experiments.experiment import Experiment

ROWS = "rows.sqlite"
"""File name of the store of rows in the folder of a study."""

CLAIMS, PAGE, MADE = "claims.csv", "index.html", "made.json"


@dataclass(frozen=True, kw_only=True, eq=False)
class Study:
    """Files and verdicts of a study.

    Parameters
    ----------
    page
        Path of the page.
    claims
        A row for each claim: experiment, sentence, place, test, verdict, evidence.
    skipped
        Reasons of experiments that were left out, by name.
    """

    page: Path
    claims: pd.DataFrame
    skipped: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the study as ``otgah experiment --json`` prints it."""
        return {
            "page": str(self.page),
            "skipped": self.skipped,
            "claims": self.claims.to_dict(orient="records"),
        }


def study(
    names: Sequence[str], out: str | PathLike[str], *, is_quick: bool = False, num_jobs: int = 1
) -> Study:
    """Run experiments and write their tables, figures and verdicts.

    Parameters
    ----------
    names
        Names of the experiments; ``all`` for every one.
    out
        Output folder. It receives the rows, which are kept and not made again, a tidy table of
        each experiment as CSV, a separate table of times, the figures as SVG and PNG, the claims
        as CSV, the provenance as JSON, and the page ``index.html``.
    is_quick
        True for few seeds and points.
    num_jobs
        Number of processes.

    Raises
    ------
    InputError
        If a name or the folder is bad.
    """
    experiments = _known(names)
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise InputError("must be a folder", source="--out", found=str(out))
    skipped = {each.name: why for each in experiments if (why := each.missing()) is not None}
    experiments = [each for each in experiments if each.name not in skipped]
    tables = runner.run(experiments, folder / ROWS, is_quick=is_quick, num_jobs=num_jobs)
    sections = [
        _section(each, tables[each.name], folder, is_quick=is_quick) for each in experiments
    ]
    claims = claims_table(sections)
    with replacing(folder / CLAIMS) as temporary:
        claims.to_csv(temporary, index=False, lineterminator="\n")
    with replacing(folder / MADE) as temporary:
        text = json.dumps(_made(experiments, is_quick=is_quick), indent=2)
        temporary.write_text(f"{text}\n", encoding="utf-8")
    with replacing(folder / PAGE) as temporary:
        temporary.write_text(page(sections, skipped, is_quick=is_quick), encoding="utf-8")
    return Study(page=folder / PAGE, claims=claims, skipped=skipped)


def _made(experiments: Sequence[Experiment], *, is_quick: bool) -> dict[str, Any]:
    """Return the command, the effort of each experiment and the versions."""
    names = [experiment.name for experiment in experiments]
    efforts = {each.name: each.effort(is_quick=is_quick) for each in experiments}
    return {
        "command": " ".join(["otgah experiment", *names, "--out DIR", *["--quick"] * is_quick]),
        "seeds": {name: effort.num_seeds for name, effort in efforts.items()},
        "epochs": {name: effort.num_epochs for name, effort in efforts.items()},
        **provenance(),
    }


def _known(names: Sequence[str]) -> list[Experiment]:
    wanted = list(registry.EXPERIMENTS) if registry.ALL in names else list(dict.fromkeys(names))
    for name in wanted:
        if name not in registry.EXPERIMENTS:
            rule = f"must be one of {', '.join((*registry.EXPERIMENTS, registry.ALL))}"
            raise InputError(rule, field="experiment", found=name)
    return [registry.EXPERIMENTS[name] for name in wanted]


def _section(
    experiment: Experiment, table: pd.DataFrame, folder: Path, *, is_quick: bool
) -> Section:
    """Judge and draw an experiment, and write its tables and figures."""
    counted, timed = split(experiment, table)
    for name, part in ((experiment.name, counted), (f"{experiment.name}.times", timed)):
        with replacing(folder / f"{name}.csv") as temporary:
            part.to_csv(temporary, index=False, lineterminator="\n")
    effort = experiment.effort(is_quick=is_quick)
    num_epochs = f", {effort.num_epochs} epochs each" if effort.num_epochs > 1 else ""
    source = f"{experiment.name}.csv, {table[SEED].nunique()} seeds{num_epochs}"
    drawings = experiment.draw(table, source)
    for drawing in drawings:
        for suffix, data in ((".svg", drawing.picture.svg()), (".png", drawing.picture.png())):
            with replacing(folder / f"{drawing.name}{suffix}") as temporary:
                temporary.write_bytes(data)
    findings = [(claim, claim.judge(table)) for claim in experiment.claims]
    return Section(
        experiment=experiment,
        table=counted,
        drawings=drawings,
        shown=None if experiment.tabulate is None else experiment.tabulate(table),
        findings=tuple(findings),
    )


def split(experiment: Experiment, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of counts and the table of times, each with its identifying columns."""
    timed = [name for name in table if str(name).startswith(TIME)]
    return table.drop(columns=timed), table[[*experiment.varies, LABEL, SEED, *timed]]


def claims_table(sections: Sequence[Section]) -> pd.DataFrame:
    """Return a row for each claim of these sections."""
    import pandas as pd

    return pd.DataFrame(
        [
            _claim_row(section.experiment, claim, finding)
            for section in sections
            for claim, finding in section.findings
        ],
        columns=["experiment", "sentence", "place", "test", "verdict", "depends_on", "evidence"],
    )


def _claim_row(experiment: Experiment, claim: Claim, finding: Finding) -> dict[str, str]:
    return {
        "experiment": experiment.name,
        "sentence": claim.sentence,
        "place": claim.place,
        "test": claim.test,
        "verdict": str(finding.verdict),
        "depends_on": finding.depends_on,
        "evidence": "; ".join(finding.evidence),
    }
