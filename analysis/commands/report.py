"""`otgah report`: a notebook and a page about one or two files of runs, and rules to check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

import otgah
from analysis.commands.common import (
    CHECK_FAILED,
    SUCCESS,
    AsJson,
    Runs,
    app,
    show,
    show_json,
)
from heuristics.errors import InputError, printable

if TYPE_CHECKING:
    from analysis.reports.report import Report
    from analysis.reports.rules import Finding, Rule


@app.command(
    short_help="Make a page about a file of runs, or compare two files.",
    epilog="Example: otgah report runs.sqlite --out report.html",
)
def report(
    runs: Runs,
    after: Annotated[
        Path | None,
        typer.Argument(
            metavar="[AFTER]", help="A later file of runs, compared with the first one."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="HTML", help="File of the page, which needs no network."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="overview, compare (two files), instance (with --instance), campaign, "
            "simulation (RUNS is the folder that `otgah simulate --tables` wrote), or league (RUNS "
            "is the CSV file that `make league` wrote).",
        ),
    ] = None,
    instance: Annotated[
        str | None,
        typer.Option(metavar="NAME or FILE", help="Instance whose schedules the page shows."),
    ] = None,
    notebook: Annotated[
        Path | None,
        typer.Option(
            metavar="IPYNB", help="File of the executed notebook; beside the page if not given."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit with 3 if a run failed or two runs contradict each other."
        ),
    ] = False,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar="RULE",
            help="Exit with 3 if the rule holds, as in 'ot-gah: gap.mean > 0.02'; or a file of "
            "rules, one on each line. May be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Make an executed notebook and a page about a file of runs, or compare two files.

    Rules are [SCOPE:] METRIC.STATISTIC COMPARATOR NUMBER. SCOPE is a method, or all; METRIC is gap,
    short, objective, runtime_s, num_nodes, failed, proved, optimal, ...; STATISTIC is mean, median,
    max, p95, count, ...; for two files also METRIC.worse, METRIC.p and METRIC.STATISTIC.change.
    """
    rules = otgah.read_rules(fail_if or ())
    wanted: dict[str, Any] = {"template": template, "instance": instance, "notebook": notebook}
    if out is None and (any(wanted.values()) or (after is None and not rules)):
        raise InputError("must be given", source="--out")
    if template in ("simulation", "league") and rules:
        raise InputError(f"must not be given with the template {template}", source="--fail-if")
    made = None if out is None else otgah.report(runs, out, after=after, **wanted)
    output = _of_one(runs, made, rules) if after is None else _of_two(runs, after, made, rules)
    if as_json:
        show_json(output.document | ({"findings": _dicts(output.findings)} if rules else {}))
    else:
        show(output.text)
    broken = [str(each) for each in output.findings if each.broken]
    for line in (*output.problems, *broken):
        print(f"otgah: {printable(line)}", file=sys.stderr)
    return CHECK_FAILED if broken or (strict and output.problems) else SUCCESS


class _Output(NamedTuple):
    """Output of the command."""

    document: dict[str, Any]
    text: str
    problems: tuple[str, ...]
    findings: tuple[Finding, ...]


def _of_one(path: Path, made: Report | None, rules: tuple[Rule, ...]) -> _Output:
    if made is None:
        runs = otgah.runs_of(path)
        found = otgah.findings(rules, runs)
        problems = otgah.problems(runs)
        kept = sum(not each.broken for each in found)
        return _Output(
            {"problems": list(problems)}, f"{kept} of {len(found)} checks kept", problems, found
        )
    found = () if made.runs is None else otgah.findings(rules, made.runs)
    text = f"{made.answer}\n{made.page}\n{made.notebook}"
    return _Output(made.to_dict(), text, made.problems, found)


def _of_two(before: Path, after: Path, made: Report | None, rules: tuple[Rule, ...]) -> _Output:
    from analysis.text.comparison import answers, comparison_text

    made_of = None if made is None else made.comparison
    compared = otgah.compare_stores(before, after) if made_of is None else made_of
    problems = otgah.comparison_problems(compared)
    document = {"answers": answers(compared), **compared.to_dict(), "problems": list(problems)}
    text = comparison_text(compared)
    if made is not None:
        document |= {"page": str(made.page), "notebook": str(made.notebook)}
        text += f"\n\n{made.page}\n{made.notebook}"
    return _Output(document, text, problems, otgah.findings(rules, compared.runs, compared))


def _dicts(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [each.to_dict() for each in findings]
